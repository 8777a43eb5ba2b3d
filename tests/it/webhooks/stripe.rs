//! Stripe: signatures, stages and fields.

use chargeback::webhooks::{Event, Mapping, Source, Tolerance, VerifyError, stripe};
use chargeback::{FraudKind, Reason, Violation};
use chrono::DateTime;
use http::HeaderMap;
use serde_json::{Value, json};

use super::samples::{check, written};
use super::{STRIPE_SECRET, dispute, fixture, headers, now, pre_dispute, read, stripe_header, stripe_verified, two};

/// From a public test of async-stripe.
const ASYNC_STRIPE: &str = concat!(
    r#"{"account":"acct_123","api_version":"2017-05-25","created":1533204620,"data":{"object":{"amount":1000,"#,
    r#""currency":"usd","customer":"cus_123","date":1533204620,"description":"Test Invoice Item","#,
    r#""discountable":false,"id":"ii_123","invoice":"in_123","livemode":false,"metadata":{},"#,
    r#""object":"invoiceitem","period":{"end":1533204620,"start":1533204620},"proration":false,"quantity":3,"#,
    r#""quantity_decimal":"0"}},"id":"evt_123","livemode":false,"object":"event","pending_webhooks":1,"#,
    r#""request":{"id":"req_123","idempotency_key":"idempotency-key-123"},"type":"invoiceitem.created"}"#
);

/// Computed with Python's hmac module.
const BODY: &str = concat!(
    r#"{"id":"evt_1","object":"event","type":"charge.dispute.created","created":1700000000,"#,
    r#""data":{"object":{"id":"du_1","object":"dispute","amount":1250,"currency":"usd","charge":"ch_1","#,
    r#""reason":"fraudulent","status":"needs_response"}}}"#
);
const BY_NEW: &str = "8f82c3f60ae05ded3741139411835cdd1ef18a77181793aa528838fb9fc73f32";
const BY_OLD: &str = "08d48affe39445f2b78b436bffb8458c576e518d0ef2fca1dbe688831e9b95d1";

#[test]
fn every_sample_has_the_expected_stage() {
    check(
        "stripe",
        &[
            ("charge.dispute.created-", "received"),
            ("charge.dispute.created-warning_needs_response", "inquiry!"),
            ("charge.dispute.created-prevented_block", "inquiry!refunded"),
            ("charge.dispute.updated-under_review", "under_review"),
            ("charge.dispute.updated-warning_under_review", "inquiry!answered"),
            ("charge.dispute.updated-metadata_only", "received"),
            ("charge.dispute.updated-unknown_values", "?status"),
            ("charge.dispute.closed-won", "won"),
            ("charge.dispute.closed-lost", "lost"),
            ("charge.dispute.closed-warning_closed", "inquiry!closed"),
            ("charge.dispute.closed-prevented", "inquiry!refunded"),
            ("charge.dispute.closed-charge_refunded_old", "refunded"),
            ("charge.dispute.funds_withdrawn-needs_response", "received"),
            ("charge.dispute.funds_reinstated-won", "won"),
            ("radar.early_fraud_warning.", "alert!"),
            ("charge.succeeded", "-"),
            ("payment_intent.succeeded", "-"),
        ],
    );
}

#[test]
fn every_field_of_a_sample() {
    let expected = json!({
        "case_id": "stripe-du_1FixTestA01Dispute001", "stage": "received", "occurred_at": "2026-10-05T00:00:01Z",
        "reason": "fraud_card_absent", "network_code": { "network": "visa", "code": "10.4" },
        "amount": { "value": "49.99", "currency": "USD" },
        "payment": { "order_id": "ORDER-1001", "gateway_transaction_id": "ch_3FixTestA01Charge0001" },
        "opened_at": "2026-10-05T00:00:00Z", "received_at": "2026-10-05T00:00:01Z", "due_by": "2026-10-19T00:00:00Z",
        "processor":
            { "name": "stripe", "dispute_id": "du_1FixTestA01Dispute001", "payment_id": "ch_3FixTestA01Charge0001" },
    });
    assert_eq!(written("stripe", "charge.dispute.created-needs_response.json"), expected);
    let event = dispute("stripe", "charge.dispute.created-needs_response.json");
    assert_eq!((event.source, event.live, event.unsigned_fields), (Source::Stripe, Some(false), vec![]));
    assert_eq!(
        (event.event_id.as_str(), event.event_type.as_str()),
        ("evt_1FixTestA01Event00001", "charge.dispute.created")
    );
    assert_eq!(event.occurred_at, event.chargeback.occurred_at());
    assert_eq!(event.payload, fixture("stripe", "charge.dispute.created-needs_response.json").as_bytes());
    assert_eq!(dispute("stripe", "charge.dispute.created-connect_live.json").live, Some(true));
}

#[test]
fn the_vector_of_async_stripe_is_verified() {
    let signature = "t=1533204620,v1=d7373bc68f4bd320b253cd7461f87af6e1cdf1b4d7db1614d8d1d746972d2d0a";
    let verifier = stripe::Verifier::new("secret").unwrap();
    let at = DateTime::from_timestamp(1_533_204_620, 0).unwrap();
    let payload = verifier.verify_at(&headers([("stripe-signature", signature)]), ASYNC_STRIPE.as_bytes(), at).unwrap();
    assert!(matches!(payload.parse(&Mapping::default()).unwrap(), Event::NotADispute(_)));
}

#[test]
fn either_secret_of_a_rotation_is_accepted() {
    assert_eq!(BODY.len(), 230);
    let at = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let check = |secrets: chargeback::webhooks::Secrets, signatures: &str| {
        let header = format!("t=1700000000,{signatures}");
        let verifier = stripe::Verifier::new(secrets).unwrap();
        verifier.verify_at(&headers([("stripe-signature", header.as_str())]), BODY.as_bytes(), at).map(drop)
    };
    let (new, old) = ("whsec_test_secret", "whsec_old_secret");
    let (by_new, by_old) = (format!("v1={BY_NEW}"), format!("v1={BY_OLD}"));
    // Stripe signs with both for a day. Each side may have only one of them.
    for signatures in [&by_new, &by_old, &format!("{by_old},{by_new}"), &format!("{by_new},{by_old}")] {
        assert_eq!(check(two(new, old), signatures), Ok(()), "{signatures}");
    }
    assert_eq!(check(new.into(), &format!("{by_old},{by_new}")), Ok(()));
    assert_eq!(check(old.into(), &format!("v0={BY_NEW},{by_old},{by_new}")), Ok(()));
    assert_eq!(check(new.into(), &by_old), Err(VerifyError::NoMatch));
    assert_eq!(check(new.into(), &format!("v0={BY_NEW},{by_old}")), Err(VerifyError::NoMatch), "v0 is ignored");
}

#[test]
fn the_time_is_checked_in_both_directions() {
    let check = |tolerance: Option<Tolerance>, seconds: i64| {
        let verifier = stripe::Verifier::new("whsec_test_secret").unwrap();
        let verifier = tolerance.into_iter().fold(verifier, stripe::Verifier::tolerance);
        let at = DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap();
        let header = format!("t=1700000000,v1={BY_NEW}");
        verifier.verify_at(&headers([("stripe-signature", header.as_str())]), BODY.as_bytes(), at).map(drop)
    };
    for seconds in [-60, 0, 300] {
        assert_eq!(check(None, seconds), Ok(()), "{seconds}");
    }
    assert_eq!((check(None, 301), check(None, -61)), (Err(VerifyError::TooOld), Err(VerifyError::TooNew)));
    let exact = Tolerance::new(std::time::Duration::ZERO, std::time::Duration::ZERO);
    assert_eq!((check(Some(exact), 1), check(Some(exact), 0)), (Err(VerifyError::TooOld), Ok(())));
    for seconds in [-1_000_000_000, 1_000_000_000] {
        assert_eq!(check(Some(Tolerance::unchecked()), seconds), Ok(()), "only if disabled explicitly");
        let ever = Tolerance::new(std::time::Duration::MAX, std::time::Duration::MAX);
        assert_eq!(check(Some(ever), seconds), Ok(()));
    }
}

#[test]
fn the_signature_header_is_parsed_strictly() {
    let body = fixture("stripe", "charge.dispute.created-needs_response.json");
    let verifier = stripe::Verifier::new(STRIPE_SECRET).unwrap();
    let verify =
        |header: &str| verifier.verify_at(&headers([("Stripe-Signature", header)]), body.as_bytes(), now()).map(drop);
    let good = stripe_header(STRIPE_SECRET, now().timestamp(), &body);
    let (time, signature) = good.split_once(',').unwrap();
    assert_eq!((verify(&good), verify(&format!("{time}, {signature}"))), (Ok(()), Ok(())));
    let missing = verifier.verify_at(&HeaderMap::new(), body.as_bytes(), now()).map(drop);
    assert_eq!(missing, Err(VerifyError::Missing("stripe-signature")));
    let seconds = now().timestamp();
    for malformed in [
        "",
        "t",
        "t=",
        "t=soon,v1=00",
        time,
        signature,
        &format!("{time},{good}"),
        &format!("t=99999999999999999999,{signature}"),
        &format!("t=9223372036854775807,{signature}"),
        &format!("t={seconds},v0=00"),
    ] {
        assert_eq!(verify(malformed), Err(VerifyError::Malformed("stripe-signature")), "{malformed}");
    }
    // Too many signatures are rejected before any is checked.
    let many = format!("{time},{}", vec![signature; 17].join(","));
    assert_eq!(verify(&many), Err(VerifyError::Malformed("stripe-signature")));
    assert_eq!(verify(&format!("{time},{}", vec![signature; 16].join(","))), Ok(()));
    // The text of the time is signed.
    for no_match in [
        format!("t=+{seconds},{signature}"),
        format!("t=0{seconds},{signature}"),
        format!("{time},v1="),
        format!("{time},v1=zz"),
        format!("{time},v1={}", "00".repeat(32)),
        format!("t={},{signature}", seconds + 1),
        good.replace("v1=", "v1=00"),
    ] {
        assert_eq!(verify(&no_match), Err(VerifyError::NoMatch), "{no_match}");
    }
    let changed = body.replace("4999", "4998");
    let other_body = verifier.verify_at(&headers([("stripe-signature", good.as_str())]), changed.as_bytes(), now());
    assert_eq!(other_body.map(drop), Err(VerifyError::NoMatch));
    let mut not_text = HeaderMap::new();
    not_text.insert("stripe-signature", http::HeaderValue::from_bytes(b"t=1,v1=\xff").unwrap());
    let not_text = verifier.verify_at(&not_text, body.as_bytes(), now()).map(drop);
    assert_eq!(not_text, Err(VerifyError::Malformed("stripe-signature")));
}

#[test]
fn a_fraud_warning_is_a_separate_case() {
    let name = "radar.early_fraud_warning.created-actionable.json";
    let warning = pre_dispute(read("stripe", name, &Mapping::default()).remove(0));
    assert_eq!(warning.case_id(), "stripe-issfr_1FixTestA18Warning01");
    assert_eq!((warning.reason(), warning.amount()), (&Reason::FraudOther, None));
    let body = fixture("stripe", "radar.early_fraud_warning.created-actionable.json");
    let body = body.replace("unauthorized_use_of_card", "made_with_stolen_card");
    let stolen = pre_dispute(stripe_verified(&body).parse(&Mapping::default()));
    assert_eq!(stolen.into_chargeback_before_dispute().fraud().unwrap().kind, Some(FraudKind::StolenCard));
}

#[test]
fn a_fraud_warning_has_a_kind_and_needs_a_time() {
    let warning = |place: &str, value: Value| {
        let body = fixture("stripe", "radar.early_fraud_warning.created-actionable.json");
        let mut event: Value = serde_json::from_str(&body).unwrap();
        *event.pointer_mut(place).unwrap() = value;
        stripe_verified(&event.to_string()).parse(&Mapping::default())
    };
    for (value, kind) in [
        ("made_with_stolen_card", Some(FraudKind::StolenCard)),
        ("made_with_lost_card", Some(FraudKind::StolenCard)),
        ("made_with_counterfeit_card", Some(FraudKind::CounterfeitCard)),
        ("misc", None),
    ] {
        let case = pre_dispute(warning("/data/object/fraud_type", value.into())).into_chargeback_before_dispute();
        assert_eq!(case.fraud().and_then(|fraud| fraud.kind), kind, "{value}");
    }
    for none in [json!(0), json!(-1), Value::Null] {
        let error = warning("/created", none.clone()).unwrap_err();
        assert_eq!(error.violations(), [Violation::new("created", "missing or not a time")], "{none}");
    }
}

#[test]
fn due_dates_charges_and_representments() {
    for none in ["charge.dispute.created-due_by_zero.json", "charge.dispute.created-due_by_null.json"] {
        assert_eq!(dispute("stripe", none).chargeback.due_by(), None, "{none}");
    }
    let expanded = dispute("stripe", "charge.dispute.created-expanded.json").chargeback;
    assert!(
        expanded.payment().gateway_transaction_id.as_ref().unwrap().starts_with("ch_"),
        "the id of an expanded charge"
    );
    assert!(dispute("stripe", "charge.dispute.updated-under_review.json").chargeback.representment().is_some());
    assert!(dispute("stripe", "charge.dispute.created-needs_response.json").chargeback.representment().is_none());
    assert_eq!(dispute("stripe", "charge.dispute.updated-under_review.json").chargeback.received_at(), None);
}

#[test]
fn all_violations_are_reported_together() {
    let problems = |change: &dyn Fn(&mut Value)| {
        let mut event: Value =
            serde_json::from_str(&fixture("stripe", "charge.dispute.created-needs_response.json")).unwrap();
        change(&mut event);
        match stripe_verified(&event.to_string()).parse(&Mapping::default()) {
            Err(error) => error.violations().iter().map(ToString::to_string).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        problems(&|event| event["data"]["object"] = json!({ "status": "won", "currency": "xxx" })),
        ["data.object.id: missing", "data.object.charge: missing"]
    );
    assert_eq!(problems(&|event| *event = json!({})), ["type: missing"]);
    assert_eq!(problems(&|event| event["id"] = Value::Null), ["id: missing"]);
    assert_eq!(
        problems(&|event| event["data"]["object"]["id"] = "x".repeat(300).into()),
        ["case_id: must not be longer than 255 characters"]
    );
    let unknown = |change: &dyn Fn(&mut Value)| {
        let mut event: Value =
            serde_json::from_str(&fixture("stripe", "charge.dispute.created-needs_response.json")).unwrap();
        change(&mut event);
        match stripe_verified(&event.to_string()).parse(&Mapping::default()).unwrap() {
            Event::Unknown(unknown) => (unknown.field, unknown.value),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(unknown(&|event| event["data"]["object"] = Value::Null), ("status", String::new()));
    assert_eq!(
        unknown(&|event| event["type"] = "charge.dispute.exploded".into()),
        ("type", "charge.dispute.exploded".into())
    );
}
