//! Sample chargebacks.

use chargeback::{
    Chargeback, ChargebackBuilder, Currency, Fraud, FraudKind, Money, Network, NetworkCode, Processor, Reason,
    Representment, Stage, pipwave, revcent, spade,
};
use chrono::{DateTime, TimeZone, Utc};

pub fn at(day: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 10, day, hour, 30, 0).unwrap()
}

pub const ENRICHMENT: &str = "0b6d1f0e-6a6a-4b8e-9d52-1f2f0a7f9d11";

pub const TRANSACTION: &str = "P4r7XkzvGqsB2oQmUwLA";

/// A chargeback with the fields that each vendor requires.
pub fn plain(case_id: &str, stage: Stage, reason: Reason) -> ChargebackBuilder {
    Chargeback::builder(case_id, stage, reason, at(3, 9))
        .order_id("ORD_10726")
        .transaction_id("txn-1")
        .user_id("user-1")
        .vendor_payment(spade::ID, ENRICHMENT)
        .vendor_payment(revcent::ID, TRANSACTION)
}

/// A chargeback with every field set, each to a unique text.
pub fn full(stage: Stage, reason: Reason) -> ChargebackBuilder {
    let mut fight = Representment::initiated().initiated_at(at(5, 14));
    if matches!(stage, Stage::Won | Stage::Lost | Stage::Reversed) {
        fight = fight.completed_at(at(20, 8));
    }
    Chargeback::builder("canary-case-id", stage, reason, at(6, 6))
        .order_id("canary-order-id")
        .transaction_id("canary-transaction-id")
        .gateway_transaction_id("canary-gateway-id")
        .user_id("canary-user-id")
        .session_id("canary-session-id")
        .vendor_payment(spade::ID, "canary-enrichment-id")
        .vendor_payment(revcent::ID, "canaryrevcentpayment")
        .vendor_payment(pipwave::ID, "canary-pw-id")
        .amount(Money::from_minor_units(987_654_321, Currency::KWD))
        .network_code(NetworkCode::new(Network::from("canary-network"), "canary-code"))
        .opened_at(at(1, 1))
        .received_at(at(2, 2))
        .due_by(at(28, 23))
        .processor(Processor::new("canary-processor").dispute_id("canary-dispute-id").payment_id("canary-payment-id"))
        .arn("canary-arn")
        .case_number("canary-case-number")
        .notes("canary-notes")
        .metadata("canary-name", "canary-value")
        .fraud(Fraud::new(FraudKind::CardTesting).notes("canary-fraud-notes"))
        .representment(fight)
}
