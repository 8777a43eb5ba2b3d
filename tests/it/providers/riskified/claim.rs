//! The claim for reimbursement.

use chargeback::riskified::{
    ChargebackDetails, ChargebackType, Claim, DisputeDetails, DisputeStatus, DisputeType, Fulfillment,
};
use chargeback::{Delivery, HttpProvider, RetryPolicy};
use serde_json::json;

use super::{ok, riskified};
use crate::support::{Play, Script, body, provider};

fn claim() -> Claim {
    let mut details = ChargebackDetails::default();
    details.id = Some("CB-1".into());
    details.kind = Some(ChargebackType::SecondChargeback);
    details.chargeback_amount = Some("129.90".parse().unwrap());
    details.chargeback_currency = Some("USD".into());
    details.respond_by = Some("2026-10-20T00:00:00Z".parse().unwrap());
    let mut dispute = DisputeDetails::default();
    dispute.status = Some(DisputeStatus::Pending);
    dispute.dispute_type = Some(DisputeType::ArbitraryCourt);
    let mut delivery = Fulfillment::default();
    delivery.tracking_numbers = Some("1Z999".into());
    let mut claim = Claim::new("ORD-1");
    claim.order.chargeback_details = Some(details);
    claim.order.dispute_details = Some(dispute);
    claim.order.fulfillment = Some(vec![delivery]);
    claim
}

#[tokio::test]
async fn a_claim_sends_every_field_and_exact_amounts() {
    let script = Script::new([ok()]);
    let reply = provider(riskified(), &script).file_reimbursement_claim(claim()).await.unwrap().reply;
    assert_eq!((reply.id.as_str(), reply.status.as_deref()), ("ORD-1", Some("submitted")));
    let sent = &script.sent()[0];
    assert_eq!(sent.uri().path(), "/api/chargeback");
    assert!(String::from_utf8_lossy(sent.body()).contains("\"chargeback_amount\":129.90,"));
    // Another crate can make JSON numbers exact, so the text counts.
    let amount: serde_json::Value = serde_json::from_str("129.90").unwrap();
    assert_eq!(
        body(sent),
        json!({
            "order": {
                "id": "ORD-1",
                "chargeback_details": {
                    "id": "CB-1",
                    "chargeback_currency": "USD",
                    "chargeback_amount": amount,
                    "type": "cb2",
                    "respond_by": "2026-10-20T00:00:00Z",
                },
                "fulfillment": [{ "tracking_numbers": "1Z999" }],
                "dispute_details": { "status": "pending", "dispute_type": "arbitrary_court" },
            },
        })
    );
}

#[tokio::test(start_paused = true)]
async fn a_claim_is_never_repeated() {
    for play in [Play::Lost, Play::json(504, ""), Play::json(429, ""), Play::Hang] {
        let script = Script::new([play.clone(), ok()]);
        let provider =
            HttpProvider::builder(riskified()).transport(script.clone()).retry(RetryPolicy::default()).build();
        let error = provider.unwrap().file_reimbursement_claim(claim()).await.unwrap_err();
        let is_unknown = !matches!(&play, Play::Reply { status: 429, .. });
        assert_eq!(error.delivery() == Delivery::Unknown, is_unknown, "{play:?}: {error}");
        assert!(!is_unknown || !error.is_retryable(), "{play:?}: {error}");
        assert_eq!(script.sent().len(), 1, "{play:?}");
    }
}

#[cfg(feature = "sandbox")]
#[tokio::test(start_paused = true)]
async fn no_report_files_a_claim() {
    use chargeback::{ChargebackProvider as _, Reason, Stage};

    let sandbox = chargeback::sandbox::Sandbox::in_memory();
    let provider = sandbox.connect(sandbox.riskified_connector()).build().unwrap();
    for &stage in Stage::ALL {
        for reason in Reason::ALL {
            let _ = provider.report(&crate::support::full(stage, reason.clone()).build().unwrap()).await;
        }
    }
    assert!(!sandbox.riskified().cases().is_empty() && sandbox.riskified().claims().is_empty());
}
