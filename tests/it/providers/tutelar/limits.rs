//! The limits that Tutelar documents.

use chargeback::tutelar::{
    ChargebackStatus, DefeatedMeans, OrderIds, RefundStatus, TransactionChargeback, TransactionRefund, Tutelar,
};
use chargeback::{Reason, Stage};
use serde_json::json;

use super::tutelar;
use crate::providers::limits::{Limit, built, called, check, limit, reported, typed};
use crate::support::plain;

const EMPTY: &str = "must not be empty";
const CALL: &str = "chargeback";
const REFUND: &str = "refund";

/// The rules of an order id.
fn order_id(row: Limit<'_>) -> Limit<'_> {
    let other = "must contain only A-Z, a-z, 0-9, _ and - (Tutelar's code 104)";
    let row = row.inside("A-z_09").inside("o".repeat(40));
    let row = row.outside("o".repeat(41), "must not be longer than 40 characters (Tutelar's code 105)");
    ["o.1", "o 1", "o/1", "ö1"].into_iter().fold(row, |row, id| row.outside(id, other))
}

#[test]
fn every_documented_limit_is_checked() {
    let v1 = |api_key: &str, secret: &str| built(Tutelar::v1(api_key, secret, DefeatedMeans::Refuse));
    let call = |id: &str, reason: &str| TransactionChargeback::new(ChargebackStatus::Accepted, id, reason);
    let refund = |id: &str, reason: &str| TransactionRefund::new(RefundStatus::Requested, id, reason);
    let report =
        |id: &str| reported(tutelar(), &plain("c", Stage::Contested, Reason::Other).order_id(id).build().unwrap());
    let body = |status: &str| json!({ "status": status, "orderId": "o", "reason": "r" });
    let status = |text: &str| typed("status", body(text), |call: TransactionChargeback| called(tutelar(), call));
    let refund_status = |text: &str| typed("status", body(text), |call: TransactionRefund| called(tutelar(), call));
    let spaces = "must not start or end with white space";
    check(
        "tutelar",
        &[
            limit("api_key", "settings", |key| v1(key, "s"))
                .inside("k")
                .outside("", EMPTY)
                .outside("k ", spaces)
                .outside("k:", "must not contain a colon; HTTP Basic sends the key as the user name"),
            limit("secret_key", "settings", |key| v1("k", key)).inside("s:").outside("", EMPTY).outside(" s", spaces),
            order_id(limit("payment.order_id", "report", report)),
            limit("status", CALL, status).one_of(ChargebackStatus::ALL.iter().map(|status| status.as_str())),
            limit("status", REFUND, refund_status).one_of(RefundStatus::ALL.iter().map(|status| status.as_str())),
            // The pages of the calls document no length. Only reports check the rules of the create call.
            limit("orderId", CALL, |id| called(tutelar(), call(id, "r"))).inside("o".repeat(41)).outside("", EMPTY),
            limit("orderId", REFUND, |id| called(tutelar(), refund(id, "r"))).inside("o".repeat(41)).outside("", EMPTY),
            limit("reason", CALL, |reason| called(tutelar(), call("o", reason))).inside("r").outside("", EMPTY),
            limit("reason", REFUND, |reason| called(tutelar(), refund("o", reason))).inside("r").outside("", EMPTY),
        ],
    );
}

#[test]
fn another_order_id_needs_the_setting() {
    for id in ["o".repeat(41), "ö 1".to_owned()] {
        let case = plain("c", Stage::Contested, Reason::Other).order_id(&id).build().unwrap();
        assert_eq!(reported(tutelar().order_ids(OrderIds::Any), &case), Vec::<String>::new());
        assert!(!reported(tutelar(), &case).is_empty());
    }
}
