//! The mapping of a report.

use chargeback::spade::{Environment, Spade, WonMeans};
use chargeback::{
    Chargeback, ChargebackProvider as _, Field, Fraud, FraudKind, Loss, LossKind, Network, NetworkCode, Reason, Stage,
};
use serde_json::json;

use super::{sent, spade};
use crate::support::{ENRICHMENT, Script, at, plain, provider, violations};

#[tokio::test]
async fn won_means_decides_the_state() {
    let states = [
        (Stage::Won, "chargeback_won", "chargeback_lost"),
        (Stage::Reversed, "chargeback_won", "chargeback_lost"),
        (Stage::Withdrawn, "chargeback_won", "chargeback_lost"),
        (Stage::Lost, "chargeback_lost", "chargeback_won"),
        (Stage::Accepted, "chargeback_lost", "chargeback_won"),
        (Stage::Expired, "chargeback_lost", "chargeback_won"),
        (Stage::Received, "chargeback_pending", "chargeback_pending"),
        (Stage::Arbitration, "chargeback_pending", "chargeback_pending"),
    ];
    for (stage, merchants, issuers) in states {
        let chargeback = plain("c", stage, Reason::FraudOther).build().unwrap();
        for (means, state) in [(WonMeans::MerchantWon, merchants), (WonMeans::IssuerWon, issuers)] {
            let (body, _) = sent(&chargeback, Spade::new("k", Environment::WestProduction, means)).await;
            assert_eq!(body["state"], state, "{stage} {means}");
        }
    }
}

#[tokio::test]
async fn fraud_fields_are_sent_only_for_fraud_reasons() {
    for reason in Reason::ALL.iter().cloned().chain([Reason::from("something")]) {
        let chargeback = plain("c", Stage::Received, reason.clone())
            .fraud(Fraud::new(FraudKind::StolenCard).notes("seen"))
            .build()
            .unwrap();
        let (body, losses) = sent(&chargeback, spade()).await;
        let fraud = matches!(reason, Reason::FraudCardAbsent | Reason::FraudCardPresent | Reason::FraudOther);
        if fraud {
            assert_eq!((&body["isFraud"], &body["fraudType"]), (&json!(true), &json!("stolen_card")), "{reason:?}");
            assert_eq!(body["fraudNotes"], "seen");
        } else {
            for key in ["isFraud", "fraudType", "fraudNotes"] {
                assert!(body.get(key).is_none(), "{reason:?} {key}");
            }
            assert_eq!(body["chargebackNotes"], format!("reason: {}", reason.description()));
            assert!(losses.contains(&Loss::new(Field::Reason, LossKind::Noted, "as text in chargebackNotes")));
            assert!(losses.contains(&Loss::new(Field::Fraud, LossKind::Dropped, "the reason is not fraud")));
        }
    }
}

#[tokio::test]
async fn the_fraud_type_comes_from_details_code_or_reason() {
    let kinds = [
        (FraudKind::CardNotPresent, "card_not_present"),
        (FraudKind::CardTesting, "card_testing"),
        (FraudKind::StolenCard, "stolen_card"),
        (FraudKind::CounterfeitCard, "counterfeit_card"),
        (FraudKind::Phishing, "phishing"),
        (FraudKind::MerchantFraud, "merchant_fraud"),
        (FraudKind::FriendlyFraud, "chargeback_fraud"),
        (FraudKind::Other, "other"),
    ];
    assert_eq!(kinds.len(), FraudKind::ALL.len());
    for (kind, fraud_type) in kinds {
        let chargeback = plain("c", Stage::Received, Reason::FraudOther).fraud(Fraud::new(kind)).build().unwrap();
        assert_eq!(sent(&chargeback, spade()).await.0["fraudType"], fraud_type);
    }
    let codes = [
        (Network::Visa, "10.1", "counterfeit_card"),
        (Network::Mastercard, "4870", "counterfeit_card"),
        (Network::Amex, "F30", "counterfeit_card"),
        (Network::Discover, "UA05", "counterfeit_card"),
        (Network::Discover, "4866", "counterfeit_card"),
        (Network::Visa, "10.2", "stolen_card"),
        (Network::Mastercard, "4871", "stolen_card"),
        (Network::Amex, "F31", "stolen_card"),
        (Network::Visa, "10.3", "other"),
        (Network::Discover, "10.1", "other"),
        (Network::Mastercard, "10.2", "other"),
    ];
    for (network, code, fraud_type) in codes {
        let code = NetworkCode::new(network, code);
        let present = plain("c", Stage::Received, Reason::FraudCardPresent).network_code(code.clone()).build().unwrap();
        let (body, losses) = sent(&present, spade()).await;
        assert_eq!(body["fraudType"], fraud_type, "{code}");
        let merged = losses.iter().any(|loss| (loss.field(), loss.kind()) == (Field::Reason, LossKind::Merged));
        assert_eq!(merged, fraud_type == "other", "{code}");
        // The code applies only to fraud with the card present.
        let absent = plain("c", Stage::Received, Reason::FraudCardAbsent).network_code(code).build().unwrap();
        assert_eq!(sent(&absent, spade()).await.0["fraudType"], "card_not_present");
    }
    let other = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    assert_eq!(sent(&other, spade()).await.0["fraudType"], "unknown");
}

#[tokio::test]
async fn a_fraud_type_that_hides_card_presence_is_a_loss() {
    let cases = [
        (Reason::FraudCardAbsent, FraudKind::CardNotPresent, false),
        (Reason::FraudCardAbsent, FraudKind::CardTesting, false),
        (Reason::FraudCardAbsent, FraudKind::Phishing, false),
        (Reason::FraudCardAbsent, FraudKind::StolenCard, true),
        (Reason::FraudCardAbsent, FraudKind::FriendlyFraud, true),
        (Reason::FraudCardPresent, FraudKind::CounterfeitCard, false),
        (Reason::FraudCardPresent, FraudKind::StolenCard, false),
        (Reason::FraudCardPresent, FraudKind::CardNotPresent, true),
        (Reason::FraudCardPresent, FraudKind::Other, true),
        (Reason::FraudOther, FraudKind::CardNotPresent, false),
    ];
    for (reason, kind, hides) in cases {
        let chargeback = plain("c", Stage::Received, reason.clone()).fraud(Fraud::new(kind)).build().unwrap();
        let (body, losses) = sent(&chargeback, spade()).await;
        let merged = losses.iter().any(|loss| (loss.field(), loss.kind()) == (Field::Reason, LossKind::Merged));
        assert_eq!(merged, hides, "{reason:?} {kind:?}: {body} {losses:?}");
    }
}

#[tokio::test]
async fn each_cut_part_of_the_notes_is_a_loss() {
    let lost = |losses: &[Loss], field: Field| losses.iter().find(|loss| loss.field() == field).map(Loss::kind);
    let code = |code: &str| NetworkCode::new(Network::Visa, code);
    let case = plain("c", Stage::Received, Reason::NotReceived).network_code(code("13.1"));
    let before = format!("reason: {}; network code: {}; ", Reason::NotReceived.description(), code("13.1"));
    let room = 512 - before.len();
    for (notes, kind) in [(room, None), (room + 1, Some(LossKind::Truncated))] {
        let (body, losses) = sent(&case.clone().notes("n".repeat(notes)).build().unwrap(), spade()).await;
        assert_eq!(body["chargebackNotes"].as_str().unwrap().chars().count(), 512);
        assert_eq!(lost(&losses, Field::Notes), kind, "{notes}");
        assert_eq!(lost(&losses, Field::NetworkCode), Some(LossKind::Noted));
    }
    let long = plain("c", Stage::Received, Reason::NotReceived).network_code(code(&"7".repeat(500))).notes("gone");
    let (body, losses) = sent(&long.build().unwrap(), spade()).await;
    assert!(!body["chargebackNotes"].as_str().unwrap().contains("gone"));
    assert_eq!(lost(&losses, Field::Notes), Some(LossKind::Dropped));
    assert_eq!(lost(&losses, Field::NetworkCode), Some(LossKind::Truncated));
}

#[tokio::test]
async fn times_have_at_most_milliseconds() {
    let nanos = |nanos| at(3, 9) + chrono::Duration::nanoseconds(nanos);
    for (time, text) in [
        (nanos(0), "2026-10-03T09:30:00Z"),
        (nanos(999_999), "2026-10-03T09:30:00Z"),
        (nanos(120_456_789), "2026-10-03T09:30:00.120Z"),
    ] {
        let mut builder = Chargeback::builder("c", Stage::Received, Reason::FraudOther, time);
        builder = builder.vendor_payment(chargeback::spade::ID, ENRICHMENT);
        assert_eq!(sent(&builder.build().unwrap(), spade()).await.0["occurredAt"], text);
    }
}

#[tokio::test]
async fn long_texts_are_cut_by_characters() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther)
        .notes("漢".repeat(513))
        .fraud(Fraud::default().notes("é".repeat(600)))
        .build()
        .unwrap();
    let (body, losses) = sent(&chargeback, spade()).await;
    assert_eq!(body["chargebackNotes"], "漢".repeat(512));
    assert_eq!(body["fraudNotes"], "é".repeat(512));
    for field in [Field::Notes, Field::Fraud] {
        assert!(losses.iter().any(|loss| loss.field() == field && loss.kind() == LossKind::Truncated), "{field}");
    }
    let exact = plain("c", Stage::Received, Reason::FraudOther).notes("漢".repeat(512)).build().unwrap();
    let (_, losses) = sent(&exact, spade()).await;
    assert!(losses.iter().all(|loss| loss.kind() != LossKind::Truncated));
}

#[tokio::test]
async fn a_report_requires_an_enrichment_id() {
    let chargeback = Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).order_id("o").build().unwrap();
    let script = Script::empty();
    let error = provider(spade(), &script).report(&chargeback).await.unwrap_err();
    let rule = "vendor_references.spade.payment: required by Spade; set the enrichment id with vendor_payment";
    assert_eq!(violations(&error), [rule]);
    assert!(script.sent().is_empty());
}
