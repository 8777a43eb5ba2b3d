//! The connectors, and a case for each vendor with the fields that its API supports.

use std::fmt;

use chargeback::connector::BaseUrl;
use chargeback::pipwave::{self, Pipwave};
use chargeback::revcent::{self, FirstReport, RevCent};
use chargeback::spade::{self, Spade, WonMeans};
use chargeback::thirdwatch::{self, Thirdwatch};
use chargeback::tutelar::{DefeatedMeans, Tutelar};
use chargeback::{Chargeback, ChargebackBuilder, Currency, Money, Network, NetworkCode, Processor, Reason, Stage};
use chrono::{DateTime, TimeZone as _, Utc};

/// An API key of realistic length.
pub const KEY: &str = "k-0f3c1a7be2d94f8c9a55d1e07c6b2a";
/// The secret for [`KEY`].
pub const SECRET: &str = "s-77aa0f3c1a7be2d94f8c9a55d1e07c6b";
/// Notes of realistic length.
pub const NOTES: &str = "Delivered on 9 October, signed for by a neighbour; tracking 1Z999AA10123456784.";
/// An enrichment id of Spade, a UUID.
pub const ENRICHMENT: &str = "0b6d1f0e-6a6a-4b8e-9d52-1f2f0a7f9d11";
/// A transaction id of RevCent with 20 characters.
pub const TRANSACTION: &str = "A1b2C3d4E5f6G7h8I9j0";

/// A vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vendor {
    Thirdwatch,
    RevCent,
    Tutelar,
    Spade,
    Pipwave,
}

impl Vendor {
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

    /// Returns the vendor with this name.
    ///
    /// # Panics
    ///
    /// Panics if the name is unknown.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|vendor| vendor.name() == name).expect("a vendor's name")
    }

    /// Returns the number of requests in the report of a new case. RevCent's has two searches and a create.
    #[must_use]
    pub const fn requests(self) -> u64 {
        if matches!(self, Self::RevCent) { 3 } else { 1 }
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

fn at(day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 10, day, 9, 12, 0).single().expect("a day of October")
}

/// Returns the fixed time of signed requests.
#[must_use]
pub fn now() -> DateTime<Utc> {
    at(20)
}

/// Parses an origin such as `http://127.0.0.1:1234` as a base URL.
///
/// # Panics
///
/// Panics if the origin is invalid.
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

/// Returns a RevCent connector whose first step is the create, so that the counts measure a write.
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

/// Returns the merchant's id of a case.
#[must_use]
pub fn case_id(number: u64) -> String {
    format!("CB-2610-{number:08}")
}

fn builder(number: u64, stage: Stage) -> ChargebackBuilder {
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

/// Builds a case with only the fields that this vendor's API supports.
///
/// # Panics
///
/// Panics if the case is invalid.
#[must_use]
pub fn case(vendor: Vendor, number: u64) -> Chargeback {
    let builder = match vendor {
        Vendor::Thirdwatch => dated(order(builder(number, Stage::Received)))
            .transaction_id("TXN_5567001")
            .user_id("user-5512")
            .due_by(at(27)),
        Vendor::RevCent => dated(order(builder(number, Stage::Received))).vendor_payment(revcent::ID, TRANSACTION),
        Vendor::Tutelar => order(builder(number, Stage::Contested)),
        Vendor::Spade => builder(number, Stage::Received)
            .network_code(NetworkCode::new(Network::Visa, "13.1"))
            .notes(NOTES)
            .vendor_payment(spade::ID, ENRICHMENT),
        Vendor::Pipwave => builder(number, Stage::Received).transaction_id("TXN_5567001"),
    };
    builder.build().expect("a case")
}

/// Builds a case with all fields, at a stage that all five vendors support.
///
/// # Panics
///
/// Panics if the case is invalid.
#[must_use]
pub fn full(number: u64) -> Chargeback {
    dated(order(builder(number, Stage::Contested)))
        .transaction_id("TXN_5567001")
        .user_id("user-5512")
        .due_by(at(27))
        .vendor_payment(revcent::ID, TRANSACTION)
        .vendor_payment(spade::ID, ENRICHMENT)
        .build()
        .expect("a case")
}
