//! Spade.

use chargeback::spade::{
    ChargebackFeedback, DeclineFeedback, Environment, FraudFeedback, FraudType, RefundFeedback, Spade, State, WonMeans,
};
use chargeback::{
    Chargeback, ChargebackProvider, Delivery, Field, Fraud, FraudKind, Loss, LossKind, Network, NetworkCode, Reason,
    Stage,
};
use serde_json::{Value, json};

use super::{case, check_env, check_garbage, check_plan, check_refusals, report_once};
use crate::support::{ENRICHMENT, Play, Script, at, body, full, header, plain, provider, violations};

fn spade() -> Spade {
    Spade::new("spade-key", Environment::EastSandbox, WonMeans::MerchantWon)
}

fn ok() -> Play {
    Play::json(200, r#"{"details":"Chargeback successfully reported."}"#)
}

async fn told(chargeback: &Chargeback, vendor: Spade) -> (Value, Vec<Loss>) {
    let (result, script) = report_once(vendor, chargeback, ok()).await;
    (body(&script.sent()[0]), result.unwrap().losses().to_vec())
}

#[tokio::test]
async fn the_request_is_exact() {
    let chargeback = full(Stage::Received, Reason::FraudCardAbsent).build().unwrap();
    let (result, script) = report_once(spade(), &chargeback, ok()).await;
    let receipt = result.unwrap();
    let sent = &script.sent()[0];
    assert_eq!(sent.method(), "POST");
    assert_eq!(sent.uri(), "https://east.sandbox.spade.com/enrichments/canary-enrichment-id/chargeback");
    assert_eq!(header(sent, "x-api-key"), Some("spade-key"));
    assert_eq!(header(sent, "content-type"), Some("application/json"));
    assert_eq!(header(sent, "accept"), Some("application/json"));
    assert_eq!(sent.headers().len(), 3);
    assert_eq!(
        body(sent),
        json!({
            "state": "chargeback_pending",
            "chargebackNotes": "network code: canary-network canary-code; canary-notes",
            "occurredAt": "2026-10-06T06:30:00Z",
            "isFraud": true,
            "fraudType": "card_testing",
            "fraudNotes": "canary-fraud-notes",
        })
    );
    assert_eq!((receipt.stage_value(), receipt.reason_value()), ("chargeback_pending", "card_testing"));
    assert_eq!(receipt.message(), Some("Chargeback successfully reported."));
    assert_eq!((receipt.vendor_case(), receipt.request_id()), (None, None));
    check_plan(spade(), &chargeback, sent, &["spade-key"]);
}

#[tokio::test]
async fn whose_victory_it_is_decides_the_word() {
    let words = [
        (Stage::Won, "chargeback_won", "chargeback_lost"),
        (Stage::Reversed, "chargeback_won", "chargeback_lost"),
        (Stage::Withdrawn, "chargeback_won", "chargeback_lost"),
        (Stage::Lost, "chargeback_lost", "chargeback_won"),
        (Stage::Accepted, "chargeback_lost", "chargeback_won"),
        (Stage::Expired, "chargeback_lost", "chargeback_won"),
        (Stage::Received, "chargeback_pending", "chargeback_pending"),
        (Stage::Arbitration, "chargeback_pending", "chargeback_pending"),
    ];
    for (stage, merchants, issuers) in words {
        let chargeback = plain("c", stage, Reason::FraudOther).build().unwrap();
        for (means, word) in [(WonMeans::MerchantWon, merchants), (WonMeans::IssuerWon, issuers)] {
            let (sent, _) = told(&chargeback, Spade::new("k", Environment::WestProduction, means)).await;
            assert_eq!(sent["state"], word, "{stage} {means}");
        }
    }
}

#[tokio::test]
async fn fraud_is_said_only_where_it_is_fraud() {
    for reason in Reason::ALL.iter().cloned().chain([Reason::from("something")]) {
        let chargeback = plain("c", Stage::Received, reason.clone())
            .fraud(Fraud::new(FraudKind::StolenCard).notes("seen"))
            .build()
            .unwrap();
        let (sent, losses) = told(&chargeback, spade()).await;
        let fraud = matches!(reason, Reason::FraudCardAbsent | Reason::FraudCardPresent | Reason::FraudOther);
        if fraud {
            assert_eq!((&sent["isFraud"], &sent["fraudType"]), (&json!(true), &json!("stolen_card")), "{reason:?}");
            assert_eq!(sent["fraudNotes"], "seen");
        } else {
            for key in ["isFraud", "fraudType", "fraudNotes"] {
                assert!(sent.get(key).is_none(), "{reason:?} {key}");
            }
            assert_eq!(sent["chargebackNotes"], format!("reason: {}", reason.description()));
            assert!(losses.contains(&Loss::new(Field::Reason, LossKind::Noted, "in words, in the notes")));
            assert!(losses.contains(&Loss::new(Field::Fraud, LossKind::Dropped, "the reason is not fraud")));
        }
    }
}

#[tokio::test]
async fn the_type_of_fraud_comes_from_detail_code_and_reason() {
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
    for (kind, word) in kinds {
        let chargeback = plain("c", Stage::Received, Reason::FraudOther).fraud(Fraud::new(kind)).build().unwrap();
        assert_eq!(told(&chargeback, spade()).await.0["fraudType"], word);
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
    for (network, code, word) in codes {
        let code = NetworkCode::new(network, code);
        let present = plain("c", Stage::Received, Reason::FraudCardPresent).network_code(code.clone()).build().unwrap();
        let (sent, losses) = told(&present, spade()).await;
        assert_eq!(sent["fraudType"], word, "{code}");
        let merged = losses.iter().any(|loss| (loss.field(), loss.kind()) == (Field::Reason, LossKind::Merged));
        assert_eq!(merged, word == "other", "{code}");
        // A code proves how the card was present, not that it was.
        let absent = plain("c", Stage::Received, Reason::FraudCardAbsent).network_code(code).build().unwrap();
        assert_eq!(told(&absent, spade()).await.0["fraudType"], "card_not_present");
    }
    let other = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    assert_eq!(told(&other, spade()).await.0["fraudType"], "unknown");
}

#[tokio::test]
async fn a_type_that_hides_whether_the_card_was_present_is_a_loss() {
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
        let (sent, losses) = told(&chargeback, spade()).await;
        let merged = losses.iter().any(|loss| (loss.field(), loss.kind()) == (Field::Reason, LossKind::Merged));
        assert_eq!(merged, hides, "{reason:?} {kind:?}: {sent} {losses:?}");
    }
}

#[tokio::test]
async fn each_part_of_the_notes_that_is_cut_is_listed() {
    let lost = |losses: &[Loss], field: Field| losses.iter().find(|loss| loss.field() == field).map(Loss::kind);
    let code = |code: &str| NetworkCode::new(Network::Visa, code);
    let case = plain("c", Stage::Received, Reason::NotReceived).network_code(code("13.1"));
    let before = format!("reason: {}; network code: {}; ", Reason::NotReceived.description(), code("13.1"));
    let room = 512 - before.len();
    for (notes, kind) in [(room, None), (room + 1, Some(LossKind::Truncated))] {
        let (sent, losses) = told(&case.clone().notes("n".repeat(notes)).build().unwrap(), spade()).await;
        assert_eq!(sent["chargebackNotes"].as_str().unwrap().chars().count(), 512);
        assert_eq!(lost(&losses, Field::Notes), kind, "{notes}");
        assert_eq!(lost(&losses, Field::NetworkCode), Some(LossKind::Noted));
    }
    let long = plain("c", Stage::Received, Reason::NotReceived).network_code(code(&"7".repeat(500))).notes("gone");
    let (sent, losses) = told(&long.build().unwrap(), spade()).await;
    assert!(!sent["chargebackNotes"].as_str().unwrap().contains("gone"));
    assert_eq!(lost(&losses, Field::Notes), Some(LossKind::Dropped));
    assert_eq!(lost(&losses, Field::NetworkCode), Some(LossKind::Truncated));
}

#[tokio::test]
async fn times_have_whole_milliseconds_at_most() {
    let nanos = |nanos| at(3, 9) + chrono::Duration::nanoseconds(nanos);
    for (time, text) in [
        (nanos(0), "2026-10-03T09:30:00Z"),
        (nanos(999_999), "2026-10-03T09:30:00Z"),
        (nanos(120_456_789), "2026-10-03T09:30:00.120Z"),
    ] {
        let mut builder = Chargeback::builder("c", Stage::Received, Reason::FraudOther, time);
        builder = builder.vendor_payment(chargeback::spade::ID, ENRICHMENT);
        assert_eq!(told(&builder.build().unwrap(), spade()).await.0["occurredAt"], text);
    }
}

#[tokio::test]
async fn long_texts_are_cut_by_characters_and_listed() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther)
        .notes("漢".repeat(513))
        .fraud(Fraud::default().notes("é".repeat(600)))
        .build()
        .unwrap();
    let (sent, losses) = told(&chargeback, spade()).await;
    assert_eq!(sent["chargebackNotes"], "漢".repeat(512));
    assert_eq!(sent["fraudNotes"], "é".repeat(512));
    for field in [Field::Notes, Field::Fraud] {
        assert!(losses.iter().any(|loss| loss.field() == field && loss.kind() == LossKind::Truncated), "{field}");
    }
    let exact = plain("c", Stage::Received, Reason::FraudOther).notes("漢".repeat(512)).build().unwrap();
    let (_, losses) = told(&exact, spade()).await;
    assert!(losses.iter().all(|loss| loss.kind() != LossKind::Truncated));
}

#[tokio::test]
async fn ids_cannot_leave_their_place_in_the_path() {
    let ids = [
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("../../v1", "..%2F..%2Fv1"),
        ("%2f", "%252f"),
        ("a?b#c", "a%3Fb%23c"),
        ("注文", "%E6%B3%A8%E6%96%87"),
        ("a\r\nb", "a%0D%0Ab"),
        ("a\0b", "a%00b"),
        ("a.b_c-d~e", "a.b_c-d~e"),
    ];
    for (id, path) in ids {
        let script = Script::of([ok()]);
        let feedback = ChargebackFeedback::new(State::ChargebackPending);
        provider(spade(), &script).report_chargeback(id, feedback).await.unwrap();
        let sent = &script.sent()[0];
        assert_eq!(sent.uri().path(), format!("/enrichments/{path}/chargeback"));
        assert_eq!((sent.uri().host(), sent.uri().query()), (Some("east.sandbox.spade.com"), None));
    }
    for id in ["", ".", ".."] {
        let script = Script::silent();
        let feedback = ChargebackFeedback::new(State::ChargebackPending);
        let error = provider(spade(), &script).report_chargeback(id, feedback).await.unwrap_err();
        assert_eq!(violations(&error).len(), 1, "{id}");
        assert!(script.sent().is_empty());
    }
}

#[tokio::test]
async fn without_an_enrichment_nothing_is_sent() {
    let chargeback = Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).order_id("o").build().unwrap();
    let script = Script::silent();
    let error = provider(spade(), &script).report(&chargeback).await.unwrap_err();
    let rule = "vendor_references.spade.payment: Spade needs the enrichment id of the payment";
    assert_eq!(violations(&error), [rule]);
    assert!(script.sent().is_empty());
}

#[tokio::test]
async fn native_rules_are_all_listed() {
    let mut feedback = DeclineFeedback::default();
    feedback.decline_code = Some("x".repeat(129));
    feedback.decline_description = Some("x".repeat(513));
    feedback.decline_notes = Some("x".repeat(513));
    feedback.is_fraud = Some(false);
    feedback.fraud_type = Some(FraudType::Other);
    feedback.fraud_notes = Some("x".repeat(513));
    let script = Script::silent();
    let error = provider(spade(), &script).report_decline("", feedback).await.unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "declineCode: longer than 128 characters",
            "declineDescription: longer than 512 characters",
            "declineNotes: longer than 512 characters",
            "fraudNotes: longer than 512 characters",
            "fraudType: only with isFraud true",
            "fraudNotes: only with isFraud true",
            "enrichmentId: empty",
        ]
    );
    assert!(script.sent().is_empty());
}

#[tokio::test]
async fn the_four_calls_differ_in_path_and_body() {
    let script = Script::of([ok(), ok(), ok(), ok()]);
    let spade = provider(spade(), &script);
    let mut fraud = FraudFeedback::default();
    fraud.is_fraud = Some(true);
    let mut refund = RefundFeedback::default();
    refund.refund_notes = Some("r".into());
    let mut decline = DeclineFeedback::default();
    decline.decline_code = Some("05".into());
    let reported = spade.report_chargeback(ENRICHMENT, ChargebackFeedback::new(State::ChargebackLost)).await.unwrap();
    assert_eq!(reported.reply.details.as_deref(), Some("Chargeback successfully reported."));
    spade.report_refund(ENRICHMENT, refund).await.unwrap();
    spade.report_decline(ENRICHMENT, decline).await.unwrap();
    spade.report_fraud(ENRICHMENT, fraud).await.unwrap();
    let sent: Vec<(String, Value)> =
        script.sent().iter().map(|sent| (sent.uri().path().replace(ENRICHMENT, "{id}"), body(sent))).collect();
    let expected = [
        ("/enrichments/{id}/chargeback", json!({ "state": "chargeback_lost" })),
        ("/enrichments/{id}/refund", json!({ "refundNotes": "r" })),
        ("/enrichments/{id}/decline", json!({ "declineCode": "05" })),
        ("/enrichments/{id}/fraud", json!({ "isFraud": true })),
    ];
    assert_eq!(sent, expected.map(|(path, body)| (path.to_owned(), body)));
}

#[tokio::test]
async fn replies_are_classified() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let cases = [
        case(
            400,
            r#"{"state":["Invalid state.","Really."],"occurredAt":["No date."]}"#,
            "rejected",
            Delivery::Rejected,
            None,
            Some("occurredAt: No date.; state: Invalid state.; state: Really."),
        ),
        case(400, r#"{"invalidField":"No."}"#, "rejected", Delivery::Rejected, None, Some("invalidField: No.")),
        case(
            403,
            r#"{"details":"Incorrect authentication credentials."}"#,
            "authentication",
            Delivery::Rejected,
            None,
            Some("Incorrect authentication credentials."),
        ),
        case(403, "<html>nginx</html>", "authentication", Delivery::Rejected, None, None),
        case(401, "{}", "authentication", Delivery::Rejected, None, None),
        case(404, r#"{"details":"Not found."}"#, "not found", Delivery::Rejected, None, Some("Not found.")),
        case(422, "{}", "rejected", Delivery::Rejected, None, None),
        case(
            429,
            r#"{"details":"Too many requests. 1000 every 5 minutes per IP address."}"#,
            "rate limited",
            Delivery::Rejected,
            None,
            Some("Too many requests. 1000 every 5 minutes per IP address."),
        ),
        case(
            500,
            r#"{"details":"Internal server error."}"#,
            "unavailable",
            Delivery::Unknown,
            None,
            Some("Internal server error."),
        ),
        case(201, r#"{"details":"Made."}"#, "unreadable", Delivery::Unknown, None, Some("Made.")),
        case(202, "", "unreadable", Delivery::Unknown, None, None),
        case(200, "", "unreadable", Delivery::Unknown, None, None),
    ];
    check_refusals(spade, &chargeback, &cases).await;
    check_garbage(spade, &chargeback).await;
    for body in ["{}", r#"{"details":7,"new":[1]}"#, r#"{"detail":"renamed"}"#] {
        let (result, _) = report_once(spade(), &chargeback, Play::json(200, body)).await;
        assert!(result.is_ok(), "{body}");
    }
}

#[test]
fn settings_come_from_the_environment() {
    check_env(
        |get| Spade::from_vars(get),
        &[("SPADE_API_KEY", "k"), ("SPADE_ENVIRONMENT", "west_sandbox"), ("SPADE_WON_MEANS", "issuer_won")],
        &[
            ("SPADE_ENVIRONMENT", "north", "must be east_sandbox, east_production, west_sandbox or west_production"),
            ("SPADE_WON_MEANS", "neither-of-us", "must be merchant_won or issuer_won"),
            ("SPADE_BASE_URL", "http://x.example", "must be an https URL, or http to a loopback host"),
        ],
    );
}

#[tokio::test]
async fn every_environment_has_its_address() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let places = [
        (Environment::EastSandbox, "east.sandbox.spade.com"),
        (Environment::EastProduction, "east.api.spade.com"),
        (Environment::WestSandbox, "west.sandbox.spade.com"),
        (Environment::WestProduction, "west.api.spade.com"),
    ];
    for (place, host) in places {
        let (_, script) = report_once(Spade::new("k", place, WonMeans::MerchantWon), &chargeback, ok()).await;
        assert_eq!(script.sent()[0].uri().host(), Some(host));
    }
    let custom = spade().base_url("https://proxy.example/spade/".parse().unwrap());
    let (_, script) = report_once(custom, &chargeback, ok()).await;
    let address = format!("https://proxy.example/spade/enrichments/{ENRICHMENT}/chargeback");
    assert_eq!(script.sent()[0].uri().to_string(), address);
}
