//! Reasons and the id of the order.

use chargeback::{Chargeback, ChargebackProvider as _, Error, Field, Reason, Stage};

use super::{ok, riskified};
use crate::providers::report_once;
use crate::support::{Script, at, body, plain, provider, violations};

#[tokio::test]
async fn the_reason_is_sent_as_words_without_a_code() {
    let chargeback = plain("c", Stage::Received, Reason::NotReceived).build().unwrap();
    let (result, script) = report_once(riskified(), &chargeback, ok()).await;
    assert!(result.is_ok());
    assert_eq!(body(&script.sent()[0])["order"]["decision"]["reason"], "goods or services not received");
}

#[test]
fn an_unknown_reason_and_a_missing_order_are_refused() {
    let provider = provider(riskified(), &Script::empty());
    let unknown = plain("c", Stage::Received, Reason::from("x")).build().unwrap();
    let error = provider.plan(&unknown).unwrap_err();
    assert!(matches!(&error, Error::Unsupported(error) if error.field() == Field::Reason), "{error}");
    let nameless = Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).transaction_id("t").build();
    let error = provider.plan(&nameless.unwrap()).unwrap_err();
    assert_eq!(violations(&error), ["payment.order_id: required by Riskified"]);
}
