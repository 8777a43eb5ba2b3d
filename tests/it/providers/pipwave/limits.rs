//! The limits that Pipwave documents.

use chargeback::pipwave::{ChargebackReason, ChargebackStage, Environment, Pipwave, Requery, TagChargeback};
use chargeback::{Chargeback, Reason, Stage, pipwave};

use super::pipwave;
use crate::providers::limits::{built, called, check, limit, reported};
use crate::support::{at, plain};

const TAG: &str = "tag-chargeback";
const REQUERY: &str = "requery";
const REPORT: &str = "report";
const SETTINGS: &str = "settings";

fn tag(change: impl FnOnce(&mut TagChargeback)) -> TagChargeback {
    let mut tag = TagChargeback::for_transaction("txn-1", ChargebackStage::Disputed);
    tag.reason = Some(ChargebackReason::NonReceipt);
    change(&mut tag);
    tag
}

fn with_payment(id: &str) -> Chargeback {
    let builder = Chargeback::builder("case-1", Stage::Received, Reason::Other, at(3, 9));
    builder.vendor_payment(pipwave::ID, id).build().unwrap()
}

#[test]
fn every_documented_limit_is_checked() {
    let key = |key: &str| built(Pipwave::new(key, "secret", Environment::Live));
    let secret = |secret: &str| built(Pipwave::new("key", secret, Environment::Live));
    let pw_id = |id: &str| called(pipwave(), tag(|tag| tag.pw_id = Some(id.to_owned())));
    let txn_id = |id: &str| called(pipwave(), tag(|tag| tag.txn_id = Some(id.to_owned())));
    let stage = |stage: &str| called(pipwave(), tag(|tag| tag.stage = ChargebackStage::from(stage)));
    let reason = |reason: &str| called(pipwave(), tag(|tag| tag.reason = Some(ChargebackReason::from(reason))));
    let transaction = |id: &str| plain("c", Stage::Received, Reason::Other).transaction_id(id).build().unwrap();
    let mut limits = vec![
        limit("api_key", SETTINGS, key)
            .at_most(32)
            .outside("", "must not be empty")
            .outside(" k", "must not start or end with white space"),
        limit("api_secret", SETTINGS, secret)
            .inside("s".repeat(64))
            .outside("", "must not be empty")
            .outside("s\n", "must not start or end with white space"),
        limit("pw_id", TAG, pw_id).text_at_most(32).outside("", "must not be empty"),
        limit("txn_id", TAG, txn_id).text_at_most(255).outside("", "must not be empty"),
        limit("pw_id", REQUERY, |id| called(pipwave(), Requery::Payment(id.to_owned())))
            .text_at_most(32)
            .outside("", "must not be empty"),
        limit("txn_id", REQUERY, |id| called(pipwave(), Requery::Transaction(id.to_owned())))
            .text_at_most(255)
            .outside("", "must not be empty"),
        limit("vendor_references.pipwave.payment", REPORT, |id| reported(pipwave(), &with_payment(id)))
            .text_at_most(32),
        limit("payment.transaction_id", REPORT, |id| reported(pipwave(), &transaction(id))).text_at_most(255),
    ];
    let mut stages = limit("stage", TAG, stage).outside("initiated", "must be one of Pipwave's five stages");
    for value in ChargebackStage::ALL {
        assert!(value.as_str().len() <= 32, "string (32) on the page");
        stages = stages.inside(value.as_str());
    }
    let mut reasons = limit("reason", TAG, reason).outside("other", "must be one of Pipwave's four reasons");
    for value in ChargebackReason::ALL {
        assert!(value.as_str().len() <= 32, "string (32) on the page");
        reasons = reasons.inside(value.as_str());
    }
    limits.extend([stages, reasons]);
    check("pipwave", &limits);
}
