//! Adyen: signatures, stages and fields.

use chargeback::webhooks::{Cycle, Event, Mapping, ParseError, PreDisputeState, VerifyError, adyen};
use chargeback::{Field, Reason, Stage, Violation};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::samples::{check, written};
use super::{ADYEN_KEY, adyen_signed, adyen_verified, as_live, case, dispute, fixture, now, pre_dispute, two};

/// A delivery of one item with these signed values.
fn item(message: &str, signature: &str) -> String {
    // The merchant's reference may contain colons, so the other values are counted from both ends.
    let ends: Vec<&str> = message.split(':').collect();
    let (first, last) = (&ends[..3], &ends[ends.len() - 4..]);
    let reference = ends[3..ends.len() - 4].join(":");
    let mut item = json!({
        "additionalData": { "hmacSignature": signature },
        "amount": { "value": last[0].parse::<i64>().unwrap(), "currency": last[1] },
        "pspReference": first[0], "merchantAccountCode": first[2], "merchantReference": reference,
        "eventCode": last[2], "success": last[3], "eventDate": "2026-03-02T10:15:30+01:00",
    });
    if !first[1].is_empty() {
        item["originalReference"] = json!(first[1]);
    }
    json!({ "live": "false", "notificationItems": [{ "NotificationRequestItem": item }] }).to_string()
}

#[test]
fn every_sample_has_the_expected_stage() {
    check(
        "adyen",
        &[
            ("NOTIFICATION_OF_FRAUD", "alert!"),
            ("REQUEST_FOR_INFORMATION", "inquiry!"),
            ("REQUEST_FOR_INFORMATION-expired", "inquiry!expired"),
            ("NOTIFICATION_OF_CHARGEBACK", "received"),
            ("CHARGEBACK-", "received"),
            ("CHARGEBACK-responded", "under_review"),
            ("CHARGEBACK-pending", "under_review"),
            ("CHARGEBACK-accepted", "accepted"),
            ("CHARGEBACK-expired", "expired"),
            ("CHARGEBACK-lost", "lost"),
            ("CHARGEBACK-won", "won"),
            ("CHARGEBACK_REVERSED", "reversed"),
            ("SECOND_CHARGEBACK", "lost"),
            ("SECOND_CHARGEBACK-undefended", "received"),
            ("INFORMATION_SUPPLIED.", "under_review"),
            ("INFORMATION_SUPPLIED-responded", "inquiry!answered"),
            ("DISPUTE_DEFENSE_PERIOD_ENDED-", "expired"),
            ("DISPUTE_DEFENSE_PERIOD_ENDED-accepted", "accepted"),
            ("ISSUER_RESPONSE_TIMEFRAME_EXPIRED", "won"),
            ("ISSUER_COMMENTS", "="),
            ("PREARBITRATION_OPEN", "pre_arbitration"),
            ("PREARBITRATION_ACCEPTED", "lost"),
            ("PREARBITRATION_LOST", "lost"),
            ("PREARBITRATION_DECLINED", "under_review"),
            ("PREARBITRATION_ISSUER_WITHDRAWN", "won"),
            ("PREARBITRATION_WON", "won"),
            ("SCHEME_ARBITRATION.", "arbitration"),
            ("SCHEME_ARBITRATION_WON", "won"),
            ("SCHEME_ARBITRATION_LOST", "lost"),
            ("AUTHORISATION", "-"),
            ("REPORT_AVAILABLE", "-"),
            ("batch-of_three", "- received received"),
        ],
    );
}

#[test]
fn every_field_of_a_sample() {
    let expected = json!({
        "case_id": "adyen-FIXDISPUTE000004", "stage": "received", "occurred_at": "2026-03-02T09:15:30Z",
        "reason": "not_as_described", "network_code": { "network": "mastercard", "code": "4853" },
        "amount": { "value": "49.99", "currency": "EUR" },
        "payment":
            { "order_id": "ORDER-2004", "gateway_transaction_id": "FIXPAYMENT000004", "user_id": "shopper-0001" },
        "due_by": "2026-03-20T22:59:59Z", "arn": "74000000000000000000001",
        "processor": { "name": "adyen", "dispute_id": "FIXDISPUTE000004", "payment_id": "FIXPAYMENT000004" },
    });
    assert_eq!(written("adyen", "CHARGEBACK-every_key.json"), expected);
    let event = dispute("adyen", "CHARGEBACK-every_key.json");
    assert_eq!(event.event_id, "FIXDISPUTE000004:CHARGEBACK:true:2026-03-02T10:15:30+01:00");
    assert!(
        [Field::Reason, Field::DueBy, Field::OccurredAt, Field::Stage]
            .iter()
            .all(|field| event.unsigned_fields.contains(field))
    );
    assert!([Field::Amount, Field::OrderId].iter().all(|field| !event.unsigned_fields.contains(field)));
    assert_eq!(dispute("adyen", "CHARGEBACK-live_utc.json").live, Some(true));
    let first = dispute("adyen", "NOTIFICATION_OF_CHARGEBACK-auto_defended.json").chargeback;
    assert_eq!((first.received_at(), first.representment().is_some()), (Some(first.occurred_at()), true));
}

#[test]
fn published_and_computed_vectors_are_verified() {
    let vectors = [
        // Public tests of Adyen's SDKs.
        (
            "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
            "7914073381342284::TestMerchant:TestPayment-1407325143704:1130:EUR:AUTHORISATION:true",
            "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=",
        ),
        (
            "9064450A8892A093D9E97EFCC9639DE31B74F3A7803135555A3C96F5A57915D6",
            "test_REPORT_AVAILABLE::Magento2Rik:testMerchantRef1:0:EUR:REPORT_AVAILABLE:true",
            "NuEkADFmlCC6VgX+wcoPAegIWxVPNBPCuKlM4Hzo5qc=",
        ),
        (
            r"74F490DD33F7327BAECC88B2947C011FC02D014A473AAA33A8EC93E4DC069174",
            r"ZVWN7D3WSMK2WN82::AntoniStroinski:\:/\/slashes are fun:1000:EUR:AUTHORISATION:true",
            "CZErGCNQaSsxbaQfZaJlakqo7KPP+mIa8a+wx3yNs9A=",
        ),
        // Computed with Python's hmac module.
        (
            ADYEN_KEY,
            "DISPUTE1:PAYMENT1:TestMerchant:ORDER-1:1250:EUR:CHARGEBACK:true",
            "ZNU7HvOummp123Jegss5zvgqekNMHvfstyN8QrEarRI=",
        ),
        (
            ADYEN_KEY,
            "DISPUTE1:PAYMENT1:TestMerchant:ORDER-1:1250:EUR:NOTIFICATION_OF_CHARGEBACK:true",
            "LKbXtCTgNwUAHd1bW5bb2qmPNz0FuR3OE/59W6bTMjI=",
        ),
        (
            ADYEN_KEY,
            "DISPUTE1::TestMerchant:ORDER-1:1250:EUR:CHARGEBACK_REVERSED:true",
            "EvNYRWi7VWTT5lp+dnIVPOnEwdFMS4X6eoZoOinqqe4=",
        ),
    ];
    for (key, message, signature) in vectors {
        let body = item(message, signature);
        let verify = |key: &str| adyen::Verifier::new(key).unwrap().verify(body.as_bytes()).map(drop);
        assert_eq!(verify(key), Ok(()), "{message}");
        assert_eq!(verify(&key.to_lowercase()), Ok(()), "lower-case hexadecimal");
        let other = if message.contains("CHARGEBACK") { Err(VerifyError::NoMatch) } else { Ok(()) };
        assert_eq!(verify(&key.replace('0', "1")), other, "only items about disputes need a signature");
        let both = adyen::Verifier::new(two(&"00".repeat(32), key)).unwrap();
        assert!(both.verify(body.as_bytes()).is_ok(), "the previous key of a rotation");
    }
}

#[test]
fn an_unsigned_dispute_is_rejected_and_no_other_item() {
    let verifier = adyen::Verifier::new(ADYEN_KEY).unwrap();
    // The position of the rejected item, if there is one.
    let verify = |body: &str| -> Result<Option<(usize, VerifyError)>, VerifyError> {
        let payload = verifier.verify(body.as_bytes())?;
        assert!(payload.rejected().len() < 2);
        Ok(payload.rejected().first().map(|item| (item.position, item.error.clone())))
    };
    let missing = VerifyError::Missing("additionalData.hmacSignature");
    assert_eq!(verify(&fixture("adyen", "CHARGEBACK-unsigned.json")), Err(missing.clone()));
    let batch = adyen_signed(&fixture("adyen", "batch-of_three.json"));
    assert_eq!(verify(&batch), Ok(None));
    let post: serde_json::Value = serde_json::from_str(&batch).unwrap();
    for item in 0..3 {
        let change = |place: &str, value: serde_json::Value| {
            let mut post = post.clone();
            *post.pointer_mut(&format!("/notificationItems/{item}/NotificationRequestItem/{place}")).unwrap() = value;
            verify(&post.to_string())
        };
        // The first item is not about a dispute.
        let rejected = |error: &VerifyError| Ok((item > 0).then(|| (item, error.clone())));
        assert_eq!(change("additionalData/hmacSignature", "AAAA".into()), rejected(&VerifyError::NoMatch));
        let malformed = VerifyError::Malformed("additionalData.hmacSignature");
        assert_eq!(change("additionalData/hmacSignature", "not base64!".into()), rejected(&malformed));
        assert_eq!(change("additionalData/hmacSignature", 7.into()), rejected(&malformed));
        assert_eq!(change("additionalData", serde_json::json!({})), rejected(&missing));
        for signed in ["pspReference", "merchantAccountCode", "merchantReference", "success", "amount/currency"] {
            assert_eq!(change(signed, "x".into()), rejected(&VerifyError::NoMatch), "{signed} is signed");
        }
        assert_eq!(change("eventCode", "SECOND_CHARGEBACK".into()), Ok(Some((item, VerifyError::NoMatch))));
        assert_eq!(change("eventCode", Value::Null), Ok(Some((item, VerifyError::NoMatch))));
        assert_eq!(change("amount/value", 1.into()), rejected(&VerifyError::NoMatch));
        assert_eq!(change("eventDate", "2020-01-01T00:00:00Z".into()), Ok(None), "the date is not signed");
    }
    for (odd, error) in [
        ("[]", VerifyError::Malformed("body")),
        ("no json", VerifyError::Malformed("body")),
        ("{}", VerifyError::Missing("notificationItems")),
        (r#"{"notificationItems":null}"#, VerifyError::Missing("notificationItems")),
        (r#"{"notificationItems":{}}"#, VerifyError::Malformed("notificationItems")),
        (r#"{"notificationItems":[7]}"#, VerifyError::Malformed("notificationItems")),
    ] {
        assert_eq!(verify(odd), Err(error), "{odd}");
    }
    let empty = fixture("adyen", "batch-empty.json");
    assert_eq!(verify(&empty), Err(VerifyError::Missing("notificationItems")), "nothing is verified");
}

/// A sample with another event code and more additional data. A null value removes a key.
fn post(event: &str, more: Value) -> Value {
    let mut post: Value = serde_json::from_str(&fixture("adyen", "CHARGEBACK-undefended.json")).unwrap();
    let item = &mut post["notificationItems"][0]["NotificationRequestItem"];
    item["eventCode"] = event.into();
    let Value::Object(more) = more else { panic!() };
    item["additionalData"].as_object_mut().unwrap().extend(more);
    post
}

/// Parses [`post`].
pub fn parse_event(event: &str, more: Value) -> Result<Event, ParseError> {
    adyen_verified(&post(event, more).to_string()).parse(&Mapping::default()).remove(0)
}

#[test]
fn a_repeated_key_is_accepted() {
    let body = adyen_signed(&fixture("adyen", "CHARGEBACK-undefended.json"));
    let verifier = adyen::Verifier::new(two(ADYEN_KEY, ADYEN_KEY)).unwrap();
    assert!(verifier.verify(body.as_bytes()).is_ok());
}

#[test]
fn an_item_may_be_dated_one_hour_ahead() {
    let verified = adyen_verified(&fixture("adyen", "CHARGEBACK-undefended.json"));
    let date: DateTime<Utc> = "2026-03-02T09:15:30Z".parse().unwrap();
    let at = |now| verified.parse_at(&Mapping::default(), now).remove(0);
    let hour = TimeDelta::hours(1);
    assert_eq!(case(at(date - hour)).occurred_at, date);
    let too_new = at(date - hour - TimeDelta::seconds(1)).unwrap_err();
    assert_eq!(too_new.violations(), [Violation::new("eventDate", "more than an hour in the future")]);
    // The limits of chrono.
    assert_eq!(case(at(DateTime::<Utc>::MAX_UTC)).occurred_at, date);
    assert!(at(DateTime::<Utc>::MIN_UTC).is_err());
}

/// Parses a sample with another event code, status and date, at [`now`].
fn parse_event_at(event: &str, status: &Value, date: &str) -> Result<Event, ParseError> {
    let mut post: Value = serde_json::from_str(&fixture("adyen", "CHARGEBACK-undefended.json")).unwrap();
    let item = &mut post["notificationItems"][0]["NotificationRequestItem"];
    item["eventCode"] = event.into();
    item["eventDate"] = date.into();
    item["additionalData"]["disputeStatus"] = status.clone();
    adyen_verified(&post.to_string()).parse_at(&Mapping::default(), now()).remove(0)
}

#[test]
fn a_date_in_the_future_is_rejected() {
    let read = |date: &str| parse_event_at("CHARGEBACK", &json!("Undefended"), date).map(drop);
    assert_eq!(read("2026-11-01T12:59:59Z"), Ok(()));
    for date in ["2026-11-01T13:00:01Z", "9998-01-01T00:00:00Z"] {
        assert_eq!(read(date).unwrap_err().to_string(), "unreadable body: eventDate: more than an hour in the future");
    }
}

#[test]
fn an_unknown_value_has_its_field_and_text() {
    let unknown = |event: &str, more: Value| match parse_event(event, more).unwrap() {
        Event::Unknown(unknown) => (unknown.field, unknown.value),
        other => panic!("{other:?}"),
    };
    assert_eq!(unknown("DISPUTE_OF_A_NEW_KIND", json!({})), ("eventCode", "DISPUTE_OF_A_NEW_KIND".into()));
    let new = json!({ "disputeStatus": "Paused" });
    assert_eq!(unknown("CHARGEBACK", new.clone()), ("additionalData.disputeStatus", "Paused".into()));
    assert!(
        matches!(parse_event("AUTHORISATION", new), Ok(Event::NotADispute(_))),
        "the status of an event that is not a dispute is ignored"
    );
    let ended = |status: &str| case(parse_event("DISPUTE_DEFENSE_PERIOD_ENDED", json!({ "disputeStatus": status })));
    assert_eq!(ended("Undefended").chargeback.stage(), Stage::Expired);
    assert_eq!(ended("Unresponded").chargeback.stage(), Stage::Expired);
}

#[test]
fn a_contradictory_status_is_unknown() {
    for (event, status) in [
        ("SECOND_CHARGEBACK", "Settled"),
        ("CHARGEBACK_REVERSED", "Lost"),
        ("PREARBITRATION_WON", "Lost"),
        ("PREARBITRATION_LOST", "Won"),
        ("ISSUER_RESPONSE_TIMEFRAME_EXPIRED", "Accepted"),
        ("CHARGEBACK_FROZEN", "Undefended"),
        ("PREARBITRATION_MOVED", "Undefended"),
        ("NOTIFICATION_OF_SOMETHING", "Undefended"),
    ] {
        let read = parse_event_at(event, &json!(status), "2026-03-02T10:15:30+01:00").unwrap();
        assert!(matches!(read, Event::Unknown(_)), "{event} {status}: {read:?}");
    }
    let stage = |event: &str, status: Value| {
        case(parse_event_at(event, &status, "2026-03-02T10:15:30+01:00")).chargeback.stage().to_string()
    };
    assert_eq!(stage("SECOND_CHARGEBACK", json!("Won")), "won");
    assert_eq!(stage("SECOND_CHARGEBACK", json!("Pending")), "under_review");
    assert_eq!(stage("SECOND_CHARGEBACK", Value::Null), "lost");
    assert_eq!(stage("CHARGEBACK_REVERSED", json!("Won")), "reversed", "not final");
    assert_eq!(stage("NOTIFICATION_OF_CHARGEBACK", json!("Accepted")), "accepted");
}

#[test]
fn an_unreadable_item_does_not_affect_the_others() {
    let mut post: Value = serde_json::from_str(&fixture("adyen", "batch-of_three.json")).unwrap();
    post["notificationItems"][1]["NotificationRequestItem"]["eventDate"] = "yesterday".into();
    post["notificationItems"][2]["NotificationRequestItem"]["success"] = "false".into();
    let events = adyen_verified(&post.to_string()).parse(&Mapping::default());
    assert!(matches!(&events[0], Ok(Event::NotADispute(_))));
    assert_eq!(events[1].as_ref().unwrap_err().to_string(), "unreadable body: eventDate: missing or not a time");
    assert!(
        matches!(&events[2], Ok(Event::Unknown(unknown)) if unknown.field == "success" && unknown.value == "false")
    );
    let status = |event: &str, status: Value| {
        let mut post: Value = serde_json::from_str(&fixture("adyen", "CHARGEBACK-undefended.json")).unwrap();
        let item = &mut post["notificationItems"][0]["NotificationRequestItem"];
        item["eventCode"] = event.into();
        item["additionalData"]["disputeStatus"] = status;
        adyen_verified(&post.to_string()).parse(&Mapping::default()).remove(0).unwrap()
    };
    for (event, value) in [
        ("CHARGEBACK", json!("Settled")),
        ("DISPUTE_DEFENSE_PERIOD_ENDED", Value::Null),
        ("NOTIFICATION_OF_FRAUD", json!("x")),
    ] {
        assert!(matches!(status(event, value), Event::Unknown(_)), "{event}");
    }
    for answered in ["Responded", "Pending", "Won"] {
        assert!(matches!(status("DISPUTE_DEFENSE_PERIOD_ENDED", json!(answered)), Event::NoChange(_)), "{answered}");
    }
}

#[test]
fn any_sign_of_an_answer_is_a_representment() {
    let answered = |event: &str, more: Value| case(parse_event(event, more)).chargeback.representment().is_some();
    assert!(!answered("CHARGEBACK", json!({})));
    assert!(answered("CHARGEBACK", json!({ "disputeStatus": "Pending" })));
    assert!(answered("CHARGEBACK", json!({ "autoDefended": "true" })));
    assert!(answered("SECOND_CHARGEBACK", json!({})));
    assert!(answered("PREARBITRATION_OPEN", json!({})));
    assert!(answered("SCHEME_ARBITRATION", json!({})));
}

#[test]
fn any_mark_of_a_request_for_information_is_pre_dispute() {
    let state = |event: &str, more: Value| {
        let event = pre_dispute(parse_event(event, more));
        assert_eq!(event.stage(), Stage::Inquiry, "the stage does not change before a chargeback");
        event.state
    };
    for (event, expected) in [
        ("INFORMATION_SUPPLIED", PreDisputeState::Answered),
        ("DISPUTE_DEFENSE_PERIOD_ENDED", PreDisputeState::Over(Stage::Expired)),
    ] {
        assert_eq!(case(parse_event(event, json!({}))).cycle, Cycle::Dispute, "{event}");
        assert_eq!(state(event, json!({ "rfiReasonCode": "30" })), expected, "{event}");
        assert_eq!(state(event, json!({ "rfiSchemeCode": "visa" })), expected, "{event}");
        // Neither a request nor a chargeback: a person checks it.
        let none = json!({
            "chargebackReasonCode": null, "chargebackSchemeCode": null, "disputeStatus": "Unresponded",
        });
        let read = as_live(parse_event(event, none).unwrap());
        assert!(
            matches!(&read, Event::Unknown(unknown) if unknown.field.ends_with("chargebackReasonCode")),
            "{read:?}"
        );
    }
    let responded = json!({ "disputeStatus": "Responded" });
    assert_eq!(state("INFORMATION_SUPPLIED", responded), PreDisputeState::Answered);
    assert_eq!(case(parse_event("CHARGEBACK", json!({ "rfiReasonCode": "30" }))).cycle, Cycle::Dispute);
}

#[test]
fn the_text_is_the_reason_without_a_code() {
    let reason = |text: &str| {
        let mut post = post("CHARGEBACK", json!({ "chargebackReasonCode": null, "chargebackSchemeCode": null }));
        post["notificationItems"][0]["NotificationRequestItem"]["reason"] = text.into();
        case(adyen_verified(&post.to_string()).parse(&Mapping::default()).remove(0)).chargeback.reason().clone()
    };
    assert_eq!(reason("Goods never came"), Reason::from("Goods never came"));
    assert_eq!(reason("null"), Reason::from(""));
    // Fraud reports have codes of another list.
    let note = pre_dispute(parse_event("NOTIFICATION_OF_FRAUD", json!({}))).into_chargeback_before_dispute();
    assert_eq!((note.reason(), note.network_code()), (&Reason::FraudOther, None));
}
