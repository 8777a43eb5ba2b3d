//! The rules of requests.

use chargeback::tutelar::{ChargebackStatus, TransactionChargeback};

#[test]
fn a_chargeback_requires_order_id_and_reason() {
    let rules = |order: &str, reason: &str| {
        let chargeback = TransactionChargeback::new(ChargebackStatus::Accepted, order, reason);
        chargeback.validate().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(rules("", ""), ["orderId: must not be empty", "reason: must not be empty"]);
    assert!(rules("o", "r").is_empty());
}
