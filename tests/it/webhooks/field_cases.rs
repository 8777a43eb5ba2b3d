//! Deliveries as merchants received them, one file for each.

use std::path::PathBuf;

use chargeback::webhooks::{Event, Mapping, ParseError, Source, VerifyError, adyen};
use chargeback::{Reason, Stage};
use serde_json::{Value, json};

use super::{
    ADYEN_KEY, adyen_signed, as_live, braintree_verified, case, checkout_verified, fixture, paypal_verified,
    stripe_verified,
};

fn file(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/field-cases").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The event without the test mode. Names with a full stop are paths, and an event without an id gets one.
fn whole(event: &Value) -> String {
    let mut event = event.clone();
    let object = event.as_object_mut().unwrap();
    if let Some(dispute) = object.remove("data.object") {
        object.insert("data".into(), json!({ "object": dispute }));
    }
    object.entry("id").or_insert_with(|| "evt_field".into());
    event.to_string()
}

fn stripe(event: &Value) -> Result<Event, ParseError> {
    stripe_verified(&whole(event)).parse(&Mapping::default())
}

fn paypal(event: &Value) -> Result<Event, ParseError> {
    paypal_verified(&whole(event)).parse(&Mapping::default())
}

/// The number of this file is the name of its test.
#[test]
fn every_file_has_a_test() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/field-cases");
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let source = include_str!("field_cases.rs");
    for name in names {
        assert!(source.contains(&format!("file(\"{name}\")")), "{name} has no test");
    }
}

#[test]
fn case_01_an_unsigned_report_does_not_reject_a_signed_chargeback() {
    let file = file("01-adyen-unsigned-report.json");
    let verifier = adyen::Verifier::new(ADYEN_KEY).unwrap();
    let marks = |body: &Value| -> Result<Vec<String>, VerifyError> {
        let payload = verifier.verify(adyen_signed(&body.to_string()).as_bytes())?;
        assert!(payload.rejected().is_empty());
        let mark = |event: Result<Event, ParseError>| match as_live(event.unwrap()) {
            Event::NotADispute(_) => "NotADispute".to_owned(),
            Event::Dispute(event) => format!("Dispute stage={}", event.chargeback.stage()),
            other => panic!("{other:?}"),
        };
        Ok(payload.parse(&Mapping::default()).into_iter().map(mark).collect())
    };
    for name in ["input", "also"] {
        let expected: Vec<String> = serde_json::from_value(file["expect"][name].clone()).unwrap();
        assert_eq!(marks(&file[name]), Ok(expected), "{name}");
    }
    let mut chargeback = file["input"].clone();
    chargeback["notificationItems"][0]["NotificationRequestItem"]["eventCode"] = "CHARGEBACK".into();
    assert_eq!(marks(&chargeback), Err(VerifyError::Missing("additionalData.hmacSignature")));
}

#[test]
fn case_06_a_review_at_paypal_is_no_answer_of_the_merchant() {
    let file = file("06-paypal-review-is-no-answer-of-the-merchant.json");
    for name in ["input", "also"] {
        let chargeback = case(paypal(&file[name])).chargeback;
        assert_eq!((chargeback.stage(), chargeback.representment()), (Stage::Received, None), "{name}");
    }
}

#[test]
fn case_08_a_currency_that_is_not_in_the_table() {
    let file = file("08-currency-not-in-the-table.json");
    let event = case(stripe(&file["input"]));
    assert_eq!(event.chargeback.stage(), Stage::Received);
    assert_eq!(event.chargeback.amount().unwrap().to_string(), "100.00 ANG");
    let with = |currency: &str| {
        let mut input = file["input"].clone();
        input["data"]["object"]["currency"] = currency.into();
        case(stripe(&input)).chargeback
    };
    for currency in file["also"]["stripe currency"].as_array().unwrap() {
        assert!(with(currency.as_str().unwrap()).amount().is_some(), "{currency}");
    }
    let unknown = with("usdc");
    assert_eq!((unknown.amount(), unknown.notes()), (None, Some("data.object.amount: 10000 usdc")));
    let mut post: Value = serde_json::from_str(&fixture("adyen", "CHARGEBACK-undefended.json")).unwrap();
    post["notificationItems"][0]["NotificationRequestItem"]["amount"]["currency"] =
        file["also"]["adyen amount.currency"][0].clone();
    let event = super::adyen_verified(&post.to_string()).parse(&Mapping::default()).remove(0);
    assert_eq!(case(event).chargeback.amount().unwrap().currency().code(), "CNH");
    let xml = fixture("braintree", "dispute_opened-chargeback.xml").replace(">USD<", ">ANG<");
    let event = braintree_verified(&xml).parse(&Mapping::default());
    assert_eq!(case(event).chargeback.amount().unwrap().to_string(), "49.99 ANG");
    for code in file["also"]["backfill csv currency"].as_array().unwrap() {
        assert!(code.as_str().unwrap().parse::<chargeback::Currency>().is_ok(), "{code}");
    }
}

/// The example answers 200; see `tests/it/examples/outbox.rs`.
#[test]
fn case_09_a_signed_payload_that_cannot_be_read_is_another_error_than_an_unsigned_one() {
    let file = file("09-signed-and-unreadable-is-answered-400.json");
    assert!(file["expect"].as_str().unwrap().contains("answer 200"));
    let body =
        r#"{"type":"charge.dispute.created","id":"evt_1","created":1760000000,"data":{"object":{"status":"won"}}}"#;
    let error: ParseError = stripe_verified(body).parse(&Mapping::default()).unwrap_err();
    assert_eq!(error.payload(), body.as_bytes());
    assert_eq!(error.processor(), Source::Stripe);
    assert_eq!(error.violations().len(), 2, "{error}");
    // Neither the message nor `Debug` has a part of the payload.
    assert!(!format!("{error} {error:?}").contains("1760000000"), "{error:?}");
}

#[test]
fn case_11_an_event_of_the_second_version() {
    let file = file("11-stripe-v2-event.json");
    let other = stripe(&file["input"]).unwrap();
    assert!(matches!(other, Event::NotADispute(_)), "{other:?}");
    let thin = stripe(&file["also"]).unwrap();
    let Event::Unknown(unknown) = thin else { panic!("{thin:?}") };
    assert_eq!((unknown.field, unknown.value.as_str()), ("type", "v1.charge.dispute.created"));
    assert_eq!(unknown.dispute_id.as_deref(), Some("du_x"));
    assert_eq!(unknown.notice.event_id, "evt_test_2");
}

#[test]
fn case_12_a_reason_code_without_its_network() {
    let file = file("12-reason-code-without-network.json");
    let event = checkout_verified(&file["input"].to_string()).parse(&Mapping::default());
    let chargeback = case(event).chargeback;
    assert_eq!((chargeback.reason(), chargeback.network_code()), (&Reason::from("10.4"), None));
    let mut also: Value =
        serde_json::from_str(&fixture("stripe", "charge.dispute.created-needs_response.json")).unwrap();
    for (name, value) in file["also"]["data.object"].as_object().unwrap() {
        also["data"]["object"][name] = value.clone();
    }
    let chargeback = case(stripe(&also)).chargeback;
    assert_eq!((chargeback.reason(), chargeback.network_code()), (&Reason::FraudOther, None));
    assert_eq!(chargeback.notes(), Some("reason code without a network: 10.4"));
}

#[test]
fn case_13_a_signing_secret_with_a_line_end() {
    use chargeback::webhooks::stripe::Verifier;

    let file = file("13-signing-secret-with-a-line-end.json");
    let also = file["input"]["also"].as_array().unwrap();
    for secret in std::iter::once(&file["input"]["secret"]).chain(also) {
        assert!(Verifier::new(secret.as_str().unwrap()).is_err(), "{secret}");
    }
    let error = Verifier::new(file["input"]["secret"].as_str().unwrap()).unwrap_err();
    assert!(error.to_string().contains("has white space at its end"), "{error}");
}

#[test]
fn case_15_an_order_in_a_field_that_the_mapping_names() {
    let file = file("15-paypal-order-in-custom.json");
    let event = |mapping: &Mapping| case(paypal_verified(&whole(&file["input"])).parse(mapping));
    assert_eq!(event(&Mapping::default()).chargeback.payment().order_id, None);
    let mapping = Mapping::default().order_id_at(Source::PayPal, "/resource/disputed_transactions/0/custom");
    assert_eq!(event(&mapping).chargeback.payment().order_id.as_deref(), Some("ORDER-9"));
}

#[cfg(feature = "sandbox")]
mod reported {
    use chargeback::lifecycle::{Ledger, MemoryLedger};
    use chargeback::sandbox::Sandbox;
    use chargeback::spade::WonMeans;
    use chargeback::{Chargeback, ChargebackProvider as _, Reporter, spade};

    use super::*;
    use crate::support::ENRICHMENT;

    fn with_vendor_ids(chargeback: &Chargeback) -> Chargeback {
        let builder = chargeback.to_builder().user_id("user-1").vendor_payment(spade::ID, ENRICHMENT);
        builder.build().unwrap()
    }

    /// The outcomes of events, as the README's snippet reports them.
    async fn outcomes(events: Vec<Event>, sandbox: &Sandbox) -> Vec<Vec<String>> {
        let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
        let thirdwatch = sandbox.connect(sandbox.thirdwatch_connector()).build().unwrap();
        let ledger: std::sync::Arc<dyn Ledger> = std::sync::Arc::new(MemoryLedger::new());
        let reporter = Reporter::builder().required(spade).required(thirdwatch).ledger(ledger).build().unwrap();
        let mut rounds = Vec::new();
        for event in events {
            let mut round = Vec::new();
            if let Event::Dispute(event) = event {
                for sent in &reporter.report(&with_vendor_ids(&event.chargeback)).await {
                    round.push(sent.outcome().to_string());
                }
            }
            rounds.push(round);
        }
        rounds
    }

    #[tokio::test(start_paused = true)]
    async fn case_02_an_answered_inquiry_becomes_a_chargeback() {
        let file = file("02-stripe-inquiry-answered-then-escalated.json");
        let mut events: Vec<Event> =
            file["input"].as_array().unwrap().iter().map(|event| stripe(event).unwrap()).collect();
        for event in &events[..2] {
            assert!(matches!(event, Event::PreDispute(event) if event.stage() == Stage::Inquiry), "{event:?}");
        }
        let sandbox = Sandbox::in_memory();
        let none = Vec::<String>::new();
        let acknowledged = vec!["acknowledged".to_owned(); 2];
        assert_eq!(outcomes(events.clone(), &sandbox).await, [none.clone(), none.clone(), acknowledged]);
        assert_eq!(sandbox.spade().cases()[0].state["state"], "chargeback_pending");
        // The inquiry is closed instead.
        let mut closed = file["input"][2].clone();
        closed["type"] = "charge.dispute.closed".into();
        closed["data.object"]["status"] = "warning_closed".into();
        events[2] = stripe(&closed).unwrap();
        let sandbox = Sandbox::in_memory();
        assert_eq!(outcomes(events, &sandbox).await, vec![none; 3]);
        assert_eq!((sandbox.spade().requests(), sandbox.thirdwatch().requests()), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn case_04_a_review_at_paypal_and_then_the_sellers_turn() {
        let file = file("04-paypal-review-then-sellers-turn.json");
        let [input, also] = ["input", "also"].map(|name| file[name].as_array().unwrap());
        for feed in [input.iter().collect::<Vec<_>>(), std::iter::once(&input[0]).chain(also).collect()] {
            let parsed = feed.into_iter().map(|event| paypal(event).unwrap()).collect();
            for (place, round) in outcomes(parsed, &Sandbox::in_memory()).await.into_iter().enumerate() {
                let is_expected = |text: &String| text == "acknowledged" || (place > 0 && text.starts_with("skipped"));
                assert!(round.len() == 2 && round.iter().all(is_expected), "{place}: {round:?}");
            }
        }
    }

    #[test]
    fn case_06_no_vendor_gets_a_representment() {
        let file = file("06-paypal-review-is-no-answer-of-the-merchant.json");
        let sandbox = Sandbox::in_memory();
        for name in ["input", "also"] {
            let chargeback = with_vendor_ids(&case(paypal(&file[name])).chargeback);
            let thirdwatch = sandbox.connect(sandbox.thirdwatch_connector()).build().unwrap();
            assert_eq!(thirdwatch.plan(&chargeback).unwrap().stage_value(), "_received");
            let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
            let plan = revcent.plan(&chargeback).unwrap();
            assert_eq!(plan.stage_value(), "no representment", "{plan:?}");
        }
    }
}
