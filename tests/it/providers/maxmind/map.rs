//! Stages, reasons, ids and notes.

use chargeback::maxmind::{self, MaxMind, WonTag};
use chargeback::{ChargebackProvider as _, Error, Field, LossKind, Reason, Stage};

use super::{MINFRAUD_ID, maxmind, ok, sent};
use crate::providers::report_once;
use crate::support::{Script, plain, provider, violations};

#[tokio::test]
async fn a_won_case_sends_the_tag_of_the_setting() {
    for (setting, tag) in
        [(WonTag::Clear, "clear"), (WonTag::NotFraud, "not_fraud"), (WonTag::Chargeback, "chargeback")]
    {
        for stage in [Stage::Won, Stage::Reversed] {
            let chargeback = plain("c", stage, Reason::FraudOther).build().unwrap();
            assert_eq!(sent(&chargeback, MaxMind::new(1, "k", setting)).await["tag"], tag, "{stage}");
        }
        let withdrawn = plain("c", Stage::Withdrawn, Reason::FraudOther).build().unwrap();
        assert_eq!(sent(&withdrawn, MaxMind::new(1, "k", setting)).await["tag"], "clear");
    }
}

#[tokio::test]
async fn a_reason_other_than_fraud_is_a_loss_or_refused() {
    for reason in Reason::ALL {
        let chargeback = plain("c", Stage::Received, reason.clone()).build().unwrap();
        let (result, _) = report_once(maxmind(), &chargeback, ok()).await;
        let receipt = result.unwrap();
        let kinds: Vec<LossKind> =
            receipt.losses().iter().filter(|loss| loss.field() == Field::Reason).map(chargeback::Loss::kind).collect();
        let is_fraud = reason.as_str().starts_with("fraud_");
        assert_eq!(kinds, [if is_fraud { LossKind::Noted } else { LossKind::Merged }], "{reason}");
        let refused = provider(maxmind().fraud_reasons_only(), &Script::empty()).plan(&chargeback).err();
        match refused {
            None => assert!(is_fraud, "{reason}"),
            Some(Error::Unsupported(error)) => assert!(error.field() == Field::Reason && !is_fraud, "{reason}"),
            Some(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn ids_are_sent_by_their_form() {
    let with = |id: &str| plain("c", Stage::Received, Reason::FraudOther).vendor_payment(maxmind::ID, id).build();
    let by_uuid = sent(&with(MINFRAUD_ID).unwrap(), maxmind()).await;
    assert_eq!((&by_uuid["minfraud_id"], by_uuid.get("maxmind_id")), (&MINFRAUD_ID.into(), None));
    let by_code = sent(&with("ABCD1234").unwrap(), maxmind()).await;
    assert_eq!((&by_code["maxmind_id"], by_code.get("minfraud_id")), (&"ABCD1234".into(), None));
    assert_eq!(by_code["transaction_id"], "txn-1");
    let by_order = sent(&with("ABCD1234").unwrap(), maxmind().order_id_as_transaction_id()).await;
    assert_eq!(by_order["transaction_id"], "ORD_10726");
    assert!(by_order["notes"].as_str().unwrap().contains("\ntransaction_id: txn-1"));
    let (result, _) = report_once(maxmind(), &with("abcd1234").unwrap(), ok()).await;
    let rule = "must be a minFraud id (a UUID) or a MaxMind id (8 digits and upper-case letters)";
    assert_eq!(violations(&result.unwrap_err()), [format!("vendor_references.maxmind.payment: {rule}")]);
}

#[tokio::test]
async fn long_notes_are_cut_and_listed() {
    let long = plain("c", Stage::Received, Reason::FraudOther).notes("ä".repeat(2000)).build().unwrap();
    let (result, script) = report_once(maxmind(), &long, ok()).await;
    let notes = crate::support::body(&script.sent()[0])["notes"].as_str().unwrap().to_owned();
    assert_eq!(notes.chars().count(), 1000);
    let receipt = result.unwrap();
    let cut = receipt.losses().iter().find(|loss| loss.field() == Field::Notes).unwrap();
    assert_eq!((cut.kind(), cut.detail()), (LossKind::Truncated, "notes has at most 1000 characters"));
}
