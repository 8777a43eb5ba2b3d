//! Deliveries whose signed bytes could be read in two ways: duplicate names, and values that are joined without
//! escapes.

use chargeback::webhooks::{Event, Mapping, ParseError, VerifyError, adyen, pipwave};
use serde_json::{Value, json};

use super::{
    ADYEN_KEY, PIPWAVE_KEYS, adyen_message, adyen_signed, braintree_verified, checkout_verified, fixture,
    paypal_headers, paypal_verified, paypal_verifier, pipwave_signed, pipwave_verified, sha256, stripe_verified,
};

/// A body with a duplicate of a nested name, after the first one.
fn with_duplicate(body: &str, name: &str, other: &str) -> String {
    let place = body.find(&format!("\"{name}\"")).unwrap();
    format!("{}\"{name}\": {other}, {}", &body[..place], &body[place..])
}

#[test]
fn duplicate_names_are_an_error_at_any_depth() {
    let not_an_object = |read: Result<Event, ParseError>| {
        let error = read.unwrap_err();
        assert_eq!(error.violations().len(), 1, "{error}");
        assert_eq!(error.violations()[0].field(), "body");
    };
    for name in ["id", "status", "charge", "amount", "submission_count", "network_reason_code"] {
        let body = with_duplicate(&fixture("stripe", "charge.dispute.created-needs_response.json"), name, "1");
        not_an_object(stripe_verified(&body).parse(&Mapping::default()));
    }
    for name in ["payment_id", "amount", "reason_code"] {
        let body = with_duplicate(&fixture("checkout", "dispute_lost.json"), name, "1");
        not_an_object(checkout_verified(&body).parse(&Mapping::default()));
    }
    for name in ["dispute_id", "status", "seller_transaction_id", "currency_code"] {
        let body = with_duplicate(&fixture("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json"), name, "1");
        not_an_object(paypal_verified(&body).parse(&Mapping::default()));
        let asked = paypal_verifier().verification_request(&paypal_headers(body.as_bytes()), body.as_bytes());
        assert_eq!(asked.map(drop), Err(VerifyError::Malformed("body")));
    }
    // Adyen signs some values, so a duplicate could replace one of them.
    let signed = adyen_signed(&fixture("adyen", "CHARGEBACK-undefended.json"));
    let verifier = adyen::Verifier::new(ADYEN_KEY).unwrap();
    assert!(verifier.verify(signed.as_bytes()).is_ok());
    for name in ["pspReference", "value", "currency", "disputeStatus", "hmacSignature", "live"] {
        let body = with_duplicate(&signed, name, "1");
        assert_eq!(verifier.verify(body.as_bytes()).map(drop), Err(VerifyError::Malformed("body")), "{name}");
    }
    let signed = pipwave_signed(&fixture("pipwave", "chargeback-reverse_status_1_pending.json"));
    let verifier = pipwave::Verifier::new(PIPWAVE_KEYS.0, PIPWAVE_KEYS.1).unwrap();
    assert!(verifier.verify(signed.as_bytes()).is_ok());
    for body in [
        with_duplicate(&signed, "pw_id", "1"),
        with_duplicate(&signed, "reverse_status", "1"),
        signed.replacen('{', r#"{"more": {"a": 1, "a": 2}, "#, 1),
    ] {
        assert_eq!(verifier.verify(body.as_bytes()).map(drop), Err(VerifyError::Malformed("body")), "{body}");
    }
    let asked = paypal_verifier();
    let body = fixture("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json");
    let request = || asked.verification_request(&paypal_headers(body.as_bytes()), body.as_bytes()).unwrap();
    let twice = r#"{"verification_status":"FAILURE","verification_status":"SUCCESS"}"#;
    assert!(request().verify_reply(twice.as_bytes()).is_err());
}

#[test]
fn a_repeated_element_is_an_error() {
    let xml = fixture("braintree", "dispute_opened-chargeback.xml");
    assert!(braintree_verified(&xml).parse(&Mapping::default()).is_ok());
    for element in ["<kind>dispute_won</kind>", "<timestamp type=\"datetime\">2026-03-02T10:15:31Z</timestamp>"] {
        let changed = xml.replace("</notification>", &format!("{element}</notification>"));
        assert!(braintree_verified(&changed).parse(&Mapping::default()).is_err(), "{element}");
    }
    for element in ["<status>won</status>", "<id>another</id>", "<amount-disputed>1.00</amount-disputed>"] {
        let changed = xml.replace("</dispute>", &format!("{element}</dispute>"));
        let error = braintree_verified(&changed).parse(&Mapping::default()).unwrap_err();
        assert!(error.to_string().ends_with("occurs twice"), "{error}");
    }
    let changed = xml.replace("</transaction>", "<id>another</id></transaction>");
    assert!(braintree_verified(&changed).parse(&Mapping::default()).is_err());
}

/// The same signed text, split into other values.
#[test]
fn adyens_signed_text_cannot_be_split_into_another_case() {
    let mut post: Value = serde_json::from_str(&fixture("adyen", "CHARGEBACK-reference_with_colon.json")).unwrap();
    let verifier = adyen::Verifier::new(ADYEN_KEY).unwrap();
    assert!(verifier.verify(adyen_signed(&post.to_string()).as_bytes()).is_ok());
    let item = &mut post["notificationItems"][0]["NotificationRequestItem"];
    item["merchantReference"] = "A:B".into();
    let message = adyen_message(item);
    let parts: Vec<String> = message.split(':').map(str::to_owned).collect();
    assert_eq!(parts.len(), 9);
    let signature = adyen_signed(&post.to_string());
    let signature: Value = serde_json::from_str(&signature).unwrap();
    let signature = signature["notificationItems"][0]["NotificationRequestItem"]["additionalData"].clone();
    let places = [
        "/pspReference",
        "/originalReference",
        "/merchantAccountCode",
        "/merchantReference",
        "/amount/value",
        "/amount/currency",
        "/eventCode",
        "/success",
    ];
    let mut accepted = Vec::new();
    // The place whose value has two of the nine parts.
    for longest in 0..places.len() {
        let mut post = post.clone();
        let item = &mut post["notificationItems"][0]["NotificationRequestItem"];
        item["additionalData"] = signature.clone();
        let mut rest = parts.iter();
        for (place, pointer) in places.iter().enumerate() {
            let first = rest.next().unwrap().clone();
            let value = if place == longest { format!("{first}:{}", rest.next().unwrap()) } else { first };
            *item.pointer_mut(pointer).unwrap() = value.into();
        }
        assert_eq!(adyen_message(item), message);
        // An event code that is not about disputes needs no signature, and is no dispute.
        match verifier.verify(post.to_string().as_bytes()) {
            Ok(payload) => match payload.parse(&Mapping::default()).remove(0) {
                Ok(Event::NotADispute(_)) => (),
                _ => accepted.push(places[longest]),
            },
            Err(error) => assert!(matches!(error, VerifyError::Malformed(_)), "{error}"),
        }
    }
    assert_eq!(accepted, ["/merchantReference"], "only the reading that Adyen signed");
}

#[test]
fn pipwaves_signed_text_cannot_be_split_into_another_payment() {
    let verifier = pipwave::Verifier::new(PIPWAVE_KEYS.0, PIPWAVE_KEYS.1).unwrap();
    let mut post: Value =
        serde_json::from_str(&fixture("pipwave", "chargeback-reverse_status_1_pending.json")).unwrap();
    // The merchant's id may have a colon.
    post["txn_id"] = "A:1txn_id:B".into();
    assert!(verifier.verify(pipwave_signed(&post.to_string()).as_bytes()).is_ok());
    let mut signed: Value = serde_json::from_str(&pipwave_signed(&post.to_string())).unwrap();
    // The same text: the status has the first part of the merchant's id.
    let status = signed["transaction_status"].as_str().unwrap().to_owned();
    signed["transaction_status"] = format!("{status}txn_id:A:1").into();
    signed["txn_id"] = "B".into();
    assert_eq!(verifier.verify(signed.to_string().as_bytes()).map(drop), Err(VerifyError::NoMatch));
    for field in ["timestamp", "pw_id", "amount", "currency_code", "transaction_status"] {
        let mut post: Value = serde_json::from_str(&fixture("pipwave", "chargeback-warning_3001.json")).unwrap();
        post[field] = "1:2".into();
        let body = pipwave_signed(&post.to_string());
        assert_eq!(verifier.verify(body.as_bytes()).map(drop), Err(VerifyError::NoMatch), "{field}");
    }
}

/// Stripe's time has no full stop, and `PayPal`'s last three parts have no bar.
#[test]
fn the_other_joined_texts_have_one_reading() {
    let body = "1.{}";
    let signature = hex::encode(sha256(b"whsec", format!("1700000000.{body}").as_bytes()));
    let verifier = chargeback::webhooks::stripe::Verifier::new("whsec").unwrap();
    let verifier = verifier.tolerance(chargeback::webhooks::Tolerance::unchecked());
    let verify = |time: &str, body: &str| {
        let header = format!("t={time},v1={signature}");
        verifier.verify(&super::headers([("stripe-signature", header.as_str())]), body.as_bytes()).map(drop)
    };
    assert_eq!(verify("1700000000", body), Ok(()));
    assert_eq!(verify("1700000000.1", "{}"), Err(VerifyError::Malformed("stripe-signature")));

    let body = fixture("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json");
    let good = paypal_headers(body.as_bytes());
    let [id, time] = ["paypal-transmission-id", "paypal-transmission-time"].map(|name| good[name].to_str().unwrap());
    let mut split = good.clone();
    let (start, end) = id.split_once('-').unwrap();
    split.insert("paypal-transmission-id", start.parse().unwrap());
    split.insert("paypal-transmission-time", format!("{end}|{time}").parse().unwrap());
    assert!(paypal_verifier().verify_at(&split, body.as_bytes(), super::sent()).is_err());
}

/// A verified payload is never an error of the verification, whatever is in it.
#[test]
fn signed_nonsense_is_an_error_of_the_payload() {
    for body in ["", "null", "[]", "{}", "no json", r#"{"type":"charge.dispute.created"}"#] {
        assert!(matches!(stripe_verified(body).parse(&Mapping::default()), Err(_) | Ok(Event::Unknown(_))), "{body}");
        let read = checkout_verified(&body.replace("charge.dispute.created", "dispute_lost"));
        assert!(read.parse(&Mapping::default()).is_err(), "{body}");
        let event = body.replace("charge.dispute.created", "CUSTOMER.DISPUTE.CREATED").replace("type", "event_type");
        assert!(matches!(paypal_verified(&event).parse(&Mapping::default()), Err(_) | Ok(Event::Unknown(_))), "{body}");
        assert!(braintree_verified(body).parse(&Mapping::default()).is_err(), "{body}");
    }
    // Signed, and not Base64.
    let signature = {
        use hmac::{Hmac, KeyInit as _, Mac as _};
        use sha1::Digest as _;
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&sha1::Sha1::digest(super::BRAINTREE_KEYS.1)).unwrap();
        mac.update(b"not base64!");
        format!("{}|{}", super::BRAINTREE_KEYS.0, hex::encode(mac.finalize().into_bytes()))
    };
    let payload = super::braintree_verifier().verify_fields(&signature, "not base64!").unwrap();
    let error = payload.parse(&Mapping::default()).unwrap_err();
    assert_eq!(error.payload(), &b"not base64!"[..]);
    // A pipwave payload without the required id.
    let mut post: Value =
        serde_json::from_str(&fixture("pipwave", "chargeback-reverse_status_1_pending.json")).unwrap();
    post["pw_id"] = "".into();
    let error = pipwave_verified(&post.to_string()).parse(&Mapping::default()).unwrap_err();
    assert_eq!(error.violations().len(), 1);
    assert!(!format!("{error:?}").contains("test_key"), "the payload has the API key");
}

/// The form of an event that is not about a dispute does not matter, for every processor.
#[test]
fn other_events_may_have_any_form() {
    for event in [
        json!({ "type": "invoice.paid" }),
        json!({ "type": "v2.money_management.adjustment.created", "created": "2026-01-02T03:04:05.000Z", "id": 7 }),
        json!({ "type": "v2.core.event_destination.ping", "created": [], "data": [], "related_object": null }),
        json!({ "type": "payment_approved", "timestamp": 1, "data": "x" }),
    ] {
        let read = stripe_verified(&event.to_string()).parse(&Mapping::default());
        assert!(matches!(read, Ok(Event::NotADispute(_))), "{event}: {read:?}");
        let read = checkout_verified(&event.to_string()).parse(&Mapping::default());
        assert!(matches!(read, Ok(Event::NotADispute(_))), "{event}: {read:?}");
    }
    for event in [json!({ "event_type": "CHECKOUT.ORDER.APPROVED" }), json!({ "event_type": "X", "resource": [1] })] {
        let read = paypal_verified(&event.to_string()).parse(&Mapping::default());
        assert!(matches!(read, Ok(Event::NotADispute(_))), "{event}: {read:?}");
    }
    let read = braintree_verified("<notification><kind>check</kind><kind>x</kind></notification>");
    assert!(matches!(read.parse(&Mapping::default()), Ok(Event::NotADispute(_))));
    let items = json!([
        { "NotificationRequestItem": { "eventCode": "REPORT_AVAILABLE" } },
        { "NotificationRequestItem": { "eventCode": "AUTHORISATION", "pspReference": [], "eventDate": 7 } },
        {
            "NotificationRequestItem":
                { "eventCode": "RECURRING_CONTRACT", "additionalData": { "hmacSignature": "wrong" } },
        },
    ]);
    let post = json!({ "notificationItems": items });
    let payload = adyen::Verifier::new(ADYEN_KEY).unwrap().verify(post.to_string().as_bytes()).unwrap();
    assert!(payload.rejected().is_empty());
    let read = payload.parse(&Mapping::default());
    assert!(read.iter().all(|event| matches!(event, Ok(Event::NotADispute(_)))), "{read:?}");
    assert_eq!(read.len(), 3);
    // Thin events about disputes have the id to fetch.
    for (event, id) in [
        (
            json!({ "type": "v1.charge.dispute.closed", "related_object": { "id": "du_1", "type": "dispute" } }),
            Some("du_1"),
        ),
        (
            json!({ "type": "v1.radar.early_fraud_warning.created", "related_object": { "id": "issfr_1" } }),
            Some("issfr_1"),
        ),
        (json!({ "type": "v9.new", "related_object": { "id": "du_2", "type": "dispute" } }), Some("du_2")),
        (json!({ "type": "v1.charge.dispute.closed", "related_object": null }), None),
    ] {
        let read = stripe_verified(&event.to_string()).parse(&Mapping::default());
        let Ok(Event::Unknown(unknown)) = read else { panic!("{event}: {read:?}") };
        assert_eq!(unknown.dispute_id.as_deref(), id, "{event}");
    }
}
