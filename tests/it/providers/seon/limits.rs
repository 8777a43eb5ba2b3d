//! The limits that SEON documents.

use chargeback::seon::{Environment, Label, LabelTransactions, Seon, TransactionLabel, WonLabel};
use serde_json::json;

use super::seon;
use crate::providers::limits::{Limit, built, called, check, limit, typed};

const CALL: &str = "transaction-label";

fn limits() -> Vec<Limit<'static>> {
    let id = |id: &str| {
        let label = TransactionLabel::new(id, Label::EcommerceChargebackFraud);
        called(seon(), LabelTransactions::new(vec![label]))
    };
    let label = |label: &str| {
        let json = json!({ "transactions": [{ "transaction_id": "t", "label": label }] });
        typed("label", json, |labels: LabelTransactions| called(seon(), labels))
    };
    let transactions = |count: &str| {
        let label = TransactionLabel::new("t", Label::EcommerceChargebackFraud);
        called(seon(), LabelTransactions::new(vec![label; count.parse().unwrap()]))
    };
    let count = "must have 1 to 50 transactions";
    vec![
        limit("license_key", "settings", |key| built(Seon::new(key, Environment::Eu, WonLabel::Refuse)))
            .inside("k")
            .outside("", "must not be empty"),
        limit("transactions", CALL, transactions).inside("1").inside("50").outside("0", count).outside("51", count),
        limit("transaction_id", CALL, id).inside("k").outside("", "required"),
        limit("label", CALL, label).one_of(Label::ALL.iter().map(|label| label.as_str())),
    ]
}

#[test]
fn limits_are_checked_before_a_request() {
    check("seon", &limits());
}
