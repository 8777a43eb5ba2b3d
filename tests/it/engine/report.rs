//! Reports that fail before a request is sent, and the size of a report's future.

use chargeback::revcent::RevCent;
use chargeback::{Chargeback, ChargebackProvider, Error, OpenGate, Reason, ReportContext, Stage};

use super::{received, spade_connector};
use crate::support::{Script, at, plain, provider};

#[tokio::test(start_paused = true)]
async fn unsupported_or_invalid_report_sends_nothing() {
    let script = Script::empty();
    let spade = provider(spade_connector(), &script);
    let alert = plain("c", Stage::Alert, Reason::FraudOther).build().unwrap();
    assert!(matches!(spade.report(&alert).await, Err(Error::Unsupported(_))));
    let unknown = Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).order_id("o").build().unwrap();
    assert!(matches!(spade.report(&unknown).await, Err(Error::Invalid(_))));
    assert!(script.sent().is_empty());
}

/// Applications hold the future of a report in other futures and in tasks.
#[test]
fn future_of_a_report_is_small() {
    let (chargeback, context) = (received(), ReportContext::new(&OpenGate));
    let spade = provider(spade_connector(), &Script::empty());
    let revcent = provider(RevCent::new("k"), &Script::empty());
    let sizes = [
        size_of_val(&*spade.report(&chargeback)),
        size_of_val(&*spade.report_with(&chargeback, &context)),
        size_of_val(&*revcent.report(&chargeback)),
        size_of_val(&*revcent.report_with(&chargeback, &context)),
    ];
    assert!(sizes.iter().all(|size| *size <= 2_048), "{sizes:?}");
}
