//! The mapping of a report.

use chargeback::{Chargeback, ChargebackProvider as _, Error, Field, LossKind, Reason, Stage, pipwave};

use super::{ok, pipwave};
use crate::providers::report_once;
use crate::support::{Script, at, body, plain, provider, violations};

#[tokio::test]
async fn a_reason_is_sent_only_with_stages_that_open_a_case() {
    for &stage in Stage::ALL {
        let chargeback = plain("c", stage, Reason::Duplicate).build().unwrap();
        let (result, script) = report_once(pipwave(), &chargeback, ok()).await;
        let Ok(receipt) = result else {
            assert!(matches!(stage, Stage::Alert | Stage::Inquiry | Stage::Refunded));
            continue;
        };
        let request = body(&script.sent()[0]);
        let opens = matches!(request["stage"].as_str(), Some("disputed" | "chargeback"));
        assert_eq!(request.get("reason").is_some(), opens, "{stage}");
        let dropped =
            receipt.losses().iter().any(|loss| (loss.field(), loss.kind()) == (Field::Reason, LossKind::Dropped));
        assert_eq!(dropped, !opens, "{stage}");
    }
}

#[tokio::test]
async fn a_payment_id_is_required_and_limited() {
    let builder = || Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).order_id("o");
    let cases = [
        (builder(), vec!["payment.transaction_id: required by Pipwave; set transaction_id or vendor_payment"]),
        (
            builder().transaction_id("é".repeat(256)).vendor_payment(pipwave::ID, "p".repeat(33)),
            vec![
                "vendor_references.pipwave.payment: must not be longer than 32 characters",
                "payment.transaction_id: must not be longer than 255 characters",
            ],
        ),
    ];
    for (builder, rules) in cases {
        let script = Script::empty();
        let error = provider(pipwave(), &script).report(&builder.build().unwrap()).await.unwrap_err();
        assert_eq!(violations(&error), rules);
        assert!(script.sent().is_empty());
    }
    let longest =
        builder().transaction_id("😀".repeat(255)).vendor_payment(pipwave::ID, "é".repeat(32)).build().unwrap();
    assert!(report_once(pipwave(), &longest, ok()).await.0.is_ok());
}

#[test]
fn a_plan_of_an_unsupported_stage_is_an_error() {
    let alert = plain("c", Stage::Alert, Reason::Other).build().unwrap();
    let error = provider(pipwave(), &Script::empty()).plan(&alert).unwrap_err();
    assert!(matches!(error, Error::Unsupported(_)));
}
