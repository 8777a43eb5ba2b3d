//! Reports that fail before a request is sent.

use chargeback::{Chargeback, ChargebackProvider, Error, Reason, Stage};

use super::spade_connector;
use crate::support::{Script, at, plain, provider};

#[tokio::test(start_paused = true)]
async fn unsupported_or_invalid_report_sends_nothing() {
    let script = Script::silent();
    let spade = provider(spade_connector(), &script);
    let alert = plain("c", Stage::Alert, Reason::FraudOther).build().unwrap();
    assert!(matches!(spade.report(&alert).await, Err(Error::Unsupported(_))));
    let unknown = Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).order_id("o").build().unwrap();
    assert!(matches!(spade.report(&unknown).await, Err(Error::Invalid(_))));
    assert!(script.sent().is_empty());
}
