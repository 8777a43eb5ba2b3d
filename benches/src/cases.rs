//! The vendors, and a case for each with the fields that it carries.

use std::fmt;

use chargeback::connector::BaseUrl;
use chargeback::pipwave::{self, Pipwave};
use chargeback::revcent::{self, FirstReport, RevCent};
use chargeback::spade::{self, Spade, WonMeans};
use chargeback::thirdwatch::{self, Thirdwatch};
use chargeback::tutelar::{DefeatedMeans, Tutelar};
use chargeback::{Chargeback, ChargebackBuilder, Currency, Money, Network, NetworkCode, Processor, Reason, Stage};
use chrono::{DateTime, TimeZone as _, Utc};

/// The key that goes into headers; of the length that such keys have.
pub const KEY: &str = "k-0f3c1a7be2d94f8c9a55d1e07c6b2a31";
/// The secret that goes with it.
pub const SECRET: &str = "s-77aa0f3c1a7be2d94f8c9a55d1e07c6b";
/// Notes of ordinary length.
pub const NOTES: &str = "Delivered on 9 October, signed for by a neighbour; tracking 1Z999AA10123456784.";
/// An id of Spade's, which is a UUID.
pub const ENRICHMENT: &str = "0b6d1f0e-6a6a-4b8e-9d52-1f2f0a7f9d11";
/// An id of RevCent's, of 20 characters.
pub const TRANSACTION: &str = "A1b2C3d4E5f6G7h8I9j0";

/// One of the five.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Thirdwatch,
    RevCent,
    Tutelar,
    Spade,
    Pipwave,
}

impl Which {
    pub const ALL: [Self; 5] = [Self::Thirdwatch, Self::RevCent, Self::Tutelar, Self::Spade, Self::Pipwave];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Thirdwatch => "thirdwatch",
            Self::RevCent => "revcent",
            Self::Tutelar => "tutelar",
            Self::Spade => "spade",
            Self::Pipwave => "pipwave",
        }
    }

    /// The vendor of this name.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|which| which.name() == name).expect("a vendor's name")
    }

    /// How many requests the report of a new case makes: RevCent's searches twice, then creates.
    #[must_use]
    pub const fn requests(self) -> u64 {
        if matches!(self, Self::RevCent) { 3 } else { 1 }
    }
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

fn at(day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 10, day, 9, 12, 0).single().expect("a day of October")
}

/// The time that signed requests of the counts are made at.
#[must_use]
pub fn now() -> DateTime<Utc> {
    at(20)
}

/// The base address of a vendor at this origin: `http://127.0.0.1:1234`.
///
/// # Panics
///
/// If the origin is none.
#[must_use]
pub fn base(origin: &str) -> BaseUrl {
    origin.parse().expect("an origin")
}

#[must_use]
pub fn thirdwatch(origin: &str) -> Thirdwatch {
    Thirdwatch::new(KEY, thirdwatch::Environment::Staging).base_url(base(origin))
}

#[must_use]
pub fn revcent(origin: &str) -> RevCent {
    RevCent::new(KEY).base_url(base(origin))
}

/// For the counts, where the step of the translation shall be the one that writes.
#[must_use]
pub fn revcent_at_once(origin: &str) -> RevCent {
    revcent(origin).first_report(FirstReport::CreateAtOnce)
}

#[must_use]
pub fn tutelar(origin: &str) -> Tutelar {
    Tutelar::v1(KEY, SECRET, DefeatedMeans::MerchantWon).base_url(base(origin))
}

#[must_use]
pub fn spade(origin: &str) -> Spade {
    Spade::new(KEY, spade::Environment::EastSandbox, WonMeans::MerchantWon).base_url(base(origin))
}

#[must_use]
pub fn pipwave(origin: &str) -> Pipwave {
    Pipwave::new(KEY, SECRET, pipwave::Environment::Staging).base_url(base(origin))
}

/// The merchant's id of the nth case.
#[must_use]
pub fn case_id(number: u64) -> String {
    format!("CB-2610-{number:08}")
}

fn started(number: u64, stage: Stage) -> ChargebackBuilder {
    Chargeback::builder(case_id(number), stage, Reason::NotReceived, at(6))
}

fn order(builder: ChargebackBuilder) -> ChargebackBuilder {
    builder.order_id("ORD_10726").network_code(NetworkCode::new(Network::Visa, "13.1"))
}

fn dated(builder: ChargebackBuilder) -> ChargebackBuilder {
    builder
        .amount(Money::from_minor_units(12_990, Currency::USD))
        .opened_at(at(3))
        .received_at(at(5))
        .arn("74027196299000123456789")
        .case_number("2026100612345")
        .processor(Processor::new("stripe").dispute_id("dp_1PqRsT2eZvKYlo2C"))
        .notes(NOTES)
}

/// The nth case, with what this vendor carries and nothing else.
///
/// # Panics
///
/// If it breaks a rule of the model.
#[must_use]
pub fn case(which: Which, number: u64) -> Chargeback {
    let builder = match which {
        Which::Thirdwatch => dated(order(started(number, Stage::Received)))
            .transaction_id("TXN_5567001")
            .user_id("user-5512")
            .due_by(at(27)),
        Which::RevCent => dated(order(started(number, Stage::Received))).vendor_payment(revcent::ID, TRANSACTION),
        Which::Tutelar => order(started(number, Stage::Contested)),
        Which::Spade => started(number, Stage::Received)
            .network_code(NetworkCode::new(Network::Visa, "13.1"))
            .notes(NOTES)
            .vendor_payment(spade::ID, ENRICHMENT),
        Which::Pipwave => started(number, Stage::Received).transaction_id("TXN_5567001"),
    };
    builder.build().expect("a case")
}

/// The nth case with everything, at a stage that all five can be told.
///
/// # Panics
///
/// If it breaks a rule of the model.
#[must_use]
pub fn full(number: u64) -> Chargeback {
    dated(order(started(number, Stage::Contested)))
        .transaction_id("TXN_5567001")
        .user_id("user-5512")
        .due_by(at(27))
        .vendor_payment(revcent::ID, TRANSACTION)
        .vendor_payment(spade::ID, ENRICHMENT)
        .build()
        .expect("a case")
}
