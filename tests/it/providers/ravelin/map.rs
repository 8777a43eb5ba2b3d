//! Alerts, reasons and references.

use chargeback::ravelin::{Alerts, Ravelin, UnclearReasons};
use chargeback::{Chargeback, ChargebackProvider as _, Error, Reason, Stage};
use serde_json::{Value, json};

use super::{ravelin, sent};
use crate::support::{Script, at, plain, provider, violations};

#[tokio::test]
async fn an_alert_is_sent_only_by_the_setting() {
    let alert = plain("c", Stage::Alert, Reason::FraudOther).build().unwrap();
    assert_eq!(sent(&alert, ravelin()).await["dispute"]["stage"], "EARLY_FRAUD_WARNING");
    let refusing = Ravelin::new("k", Alerts::Refuse, UnclearReasons::LeaveOut);
    let error = provider(refusing, &Script::empty()).plan(&alert).unwrap_err();
    assert!(matches!(&error, Error::Unsupported(error) if error.to_string().contains("setting alerts")), "{error}");
}

#[tokio::test]
async fn unclear_reasons_are_sent_by_the_setting() {
    for (setting, expected) in [
        (UnclearReasons::Fraud, json!(false)),
        (UnclearReasons::NonFraud, json!(true)),
        (UnclearReasons::LeaveOut, Value::Null),
    ] {
        for reason in [Reason::Unrecognized, Reason::NoReply, Reason::Other, Reason::from("x")] {
            let chargeback = plain("c", Stage::Received, reason.clone()).build().unwrap();
            let vendor = Ravelin::new("k", Alerts::Send, setting);
            assert_eq!(sent(&chargeback, vendor).await["dispute"]["nonFraud"], expected, "{setting} {reason}");
        }
    }
}

#[tokio::test]
async fn the_time_is_that_of_the_stage_in_every_attempt() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let [first, second] = [sent(&chargeback, ravelin()).await, sent(&chargeback, ravelin()).await];
    assert_eq!(first, second);
    assert_eq!(first["timestamp"], at(3, 9).timestamp_millis());
}

#[test]
fn a_report_needs_a_reference() {
    let nameless = Chargeback::builder("c", Stage::Received, Reason::FraudOther, at(3, 9)).user_id("u").build();
    let error = provider(ravelin(), &Script::empty()).plan(&nameless.unwrap()).unwrap_err();
    let rule = "required by Ravelin; set gateway_transaction_id, transaction_id or order_id";
    assert_eq!(violations(&error), [format!("payment.gateway_transaction_id: {rule}")]);
}
