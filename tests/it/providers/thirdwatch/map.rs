//! The mapping of a report.

use chargeback::{Chargeback, ChargebackProvider as _, Field, Loss, LossKind, Reason, Stage};
use serde_json::json;

use super::{ok, thirdwatch};
use crate::providers::report_once;
use crate::support::{Script, at, body, plain, provider, violations};

#[tokio::test]
async fn a_guest_has_the_session_id_as_user_id() {
    let guest = Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).session_id("s-1").build().unwrap();
    let (result, script) = report_once(thirdwatch(), &guest, ok()).await;
    let sent = body(&script.sent()[0]);
    assert_eq!((&sent["_userId"], &sent["_sessionId"]), (&json!("s-1"), &json!("s-1")));
    let assumed =
        Loss::new(Field::SessionId, LossKind::Assumed, "no user id: the session id is also sent as `_userId`");
    assert!(result.unwrap().losses().contains(&assumed));

    let no_user = Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).order_id("o").build().unwrap();
    let script = Script::empty();
    let error = provider(thirdwatch(), &script).report(&no_user).await.unwrap_err();
    assert_eq!(violations(&error), ["payment.user_id: required by Thirdwatch; set user_id or session_id"]);
    assert!(script.sent().is_empty());
}

#[tokio::test]
async fn a_tag_follows_open_or_lost_fraud_if_enabled() {
    for &stage in Stage::ALL {
        for reason in [Reason::FraudCardAbsent, Reason::FraudOther, Reason::Unrecognized, Reason::NotReceived] {
            let chargeback = plain("c", stage, reason.clone()).build().unwrap();
            let script = Script::new([ok(), ok()]);
            let tagging = provider(thirdwatch().tag_after_fraud(), &script);
            let Ok(receipt) = tagging.report(&chargeback).await else {
                assert!(matches!(stage, Stage::Alert | Stage::Inquiry | Stage::Refunded | Stage::Closed));
                continue;
            };
            let fraud = matches!(reason, Reason::FraudCardAbsent | Reason::FraudOther);
            let open_or_lost = !matches!(stage, Stage::Won | Stage::Reversed | Stage::Withdrawn);
            let steps: Vec<&str> = receipt.steps().iter().map(chargeback::StepReport::operation).collect();
            let expected =
                if fraud && open_or_lost { vec!["report_chargeback", "tag"] } else { vec!["report_chargeback"] };
            assert_eq!(steps, expected, "{stage} {reason:?}");
            let plan = tagging.plan(&chargeback).unwrap();
            assert_eq!(plan.steps().iter().map(chargeback::PlannedStep::operation).collect::<Vec<_>>(), expected);
            if fraud && open_or_lost {
                let tag = &script.sent()[1];
                assert_eq!(tag.uri().path(), "/event/v1/tag");
                let expected = json!({ "_userId": "user-1", "_isBad": true, "_abuseType": "_paymentAbuse" });
                assert_eq!(body(tag), expected);
            }
            let (result, _) = report_once(thirdwatch(), &chargeback, ok()).await;
            assert_eq!(result.unwrap().steps().len(), 1, "no tag by default");
        }
    }
}
