//! Published signatures, and ours computed elsewhere, are taken to the letter.

use chargeback::webhooks::{Event, Mapping, Tolerance, WebhookError, adyen, braintree, checkout, stripe};
use chrono::DateTime;
use serde_json::json;

use super::{ADYEN_KEY, headers, two};

/// From a public test of async-stripe.
const ASYNC_STRIPE: &str = r#"{"account":"acct_123","api_version":"2017-05-25","created":1533204620,"data":{"object":{"amount":1000,"currency":"usd","customer":"cus_123","date":1533204620,"description":"Test Invoice Item","discountable":false,"id":"ii_123","invoice":"in_123","livemode":false,"metadata":{},"object":"invoiceitem","period":{"end":1533204620,"start":1533204620},"proration":false,"quantity":3,"quantity_decimal":"0"}},"id":"evt_123","livemode":false,"object":"event","pending_webhooks":1,"request":{"id":"req_123","idempotency_key":"idempotency-key-123"},"type":"invoiceitem.created"}"#;

/// Computed with Python's hmac module.
const OWN: &str = r#"{"id":"evt_1","object":"event","type":"charge.dispute.created","created":1700000000,"data":{"object":{"id":"du_1","object":"dispute","amount":1250,"currency":"usd","charge":"ch_1","reason":"fraudulent","status":"needs_response"}}}"#;
const OWN_NEW: &str = "8f82c3f60ae05ded3741139411835cdd1ef18a77181793aa528838fb9fc73f32";
const OWN_OLD: &str = "08d48affe39445f2b78b436bffb8458c576e518d0ef2fca1dbe688831e9b95d1";

#[test]
fn stripe_the_vector_of_async_stripe() {
    let signature = "t=1533204620,v1=d7373bc68f4bd320b253cd7461f87af6e1cdf1b4d7db1614d8d1d746972d2d0a";
    let verifier = stripe::Verifier::new("secret").unwrap();
    let at = DateTime::from_timestamp(1_533_204_620, 0).unwrap();
    let payload = verifier.verify_at(&headers([("stripe-signature", signature)]), ASYNC_STRIPE.as_bytes(), at).unwrap();
    assert!(matches!(payload.parse(&Mapping::default()).unwrap(), Event::NotADispute(_)));
}

#[test]
fn stripe_a_secret_that_is_being_rolled() {
    assert_eq!(OWN.len(), 230);
    let at = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let check = |secrets: chargeback::webhooks::Secrets, signatures: &str| {
        let header = format!("t=1700000000,{signatures}");
        let verifier = stripe::Verifier::new(secrets).unwrap();
        verifier.verify_at(&headers([("stripe-signature", header.as_str())]), OWN.as_bytes(), at).map(drop)
    };
    let (new, old) = ("whsec_test_secret", "whsec_old_secret");
    let (by_new, by_old) = (format!("v1={OWN_NEW}"), format!("v1={OWN_OLD}"));
    // Stripe signs with both for a day; either end may know one alone.
    for signatures in [&by_new, &by_old, &format!("{by_old},{by_new}"), &format!("{by_new},{by_old}")] {
        assert_eq!(check(two(new, old), signatures), Ok(()), "{signatures}");
    }
    assert_eq!(check(new.into(), &format!("{by_old},{by_new}")), Ok(()));
    assert_eq!(check(old.into(), &format!("v0={OWN_NEW},{by_old},{by_new}")), Ok(()));
    assert_eq!(check(new.into(), &by_old), Err(WebhookError::NoMatch));
    assert_eq!(check(new.into(), &format!("v0={OWN_NEW},{by_old}")), Err(WebhookError::NoMatch), "v0 proves nothing");
}

fn item(message: &str, signature: &str) -> String {
    // The merchant's reference may hold colons: the others are counted from both ends.
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
fn adyen_the_vectors_of_its_sdks_and_our_own() {
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
        assert_eq!(verify(&key.to_lowercase()), Ok(()), "hexadecimal in small letters");
        assert_eq!(verify(&key.replace('0', "1")), Err(WebhookError::NoMatch));
        let both = adyen::Verifier::new(two(&"00".repeat(32), key)).unwrap();
        assert!(both.verify(body.as_bytes()).is_ok(), "the key that is being replaced");
    }
}

#[test]
fn checkout_our_own_vector() {
    let body = r#"{"id":"evt_1","type":"dispute_received","data":{"id":"dsp_1","amount":1250,"currency":"EUR","payment_id":"pay_1"}}"#;
    let signature = "01698e8f2ebef447787786fe470e5bfdc779603b5907f06bf811c5190ddb47ae";
    let verify = |key: &str, signature: &str| {
        let verifier = checkout::Verifier::new(two("another", key)).unwrap();
        verifier.verify(&headers([("cko-signature", signature)]), body.as_bytes()).map(drop)
    };
    assert_eq!(verify("test_signature_key", signature), Ok(()));
    assert_eq!(verify("test_signature_kex", signature), Err(WebhookError::NoMatch));
    assert_eq!(verify("test_signature_key", "xyz"), Err(WebhookError::Malformed("cko-signature")));
}

#[test]
fn braintree_our_own_vector() {
    let verifier = braintree::Verifier::new("integration_public_key", "integration_private_key").unwrap();
    let verify = |payload: &str| {
        let signature = "other_key|00&integration_public_key|10bf71f9a7343c54ee69013cabea1aad72f18f73";
        verifier.verify_fields(signature, payload).map(drop)
    };
    assert_eq!(verify("PG5vdGlmaWNhdGlvbi8+\n"), Ok(()));
    assert_eq!(verify("PG5vdGlmaWNhdGlvbi8+"), Ok(()), "a form reader has cut the line feed off");
    assert_eq!(verify("PG5vdGlmaWNhdGlvbi8+\n\n"), Err(WebhookError::NoMatch));
    assert_eq!(verify("PG5vdGlmaWNhdGlvbi8="), Err(WebhookError::NoMatch));
}

#[test]
fn stripe_time_is_checked_in_both_directions() {
    let check = |tolerance: Option<Tolerance>, seconds: i64| {
        let verifier = stripe::Verifier::new("whsec_test_secret").unwrap();
        let verifier = tolerance.into_iter().fold(verifier, stripe::Verifier::tolerance);
        let at = DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap();
        let header = format!("t=1700000000,v1={OWN_NEW}");
        verifier.verify_at(&headers([("stripe-signature", header.as_str())]), OWN.as_bytes(), at).map(drop)
    };
    for seconds in [-60, 0, 300] {
        assert_eq!(check(None, seconds), Ok(()), "{seconds}");
    }
    assert_eq!((check(None, 301), check(None, -61)), (Err(WebhookError::TooOld), Err(WebhookError::TooNew)));
    let exact = Tolerance::new(std::time::Duration::ZERO, std::time::Duration::ZERO);
    assert_eq!((check(Some(exact), 1), check(Some(exact), 0)), (Err(WebhookError::TooOld), Ok(())));
    for seconds in [-1_000_000_000, 1_000_000_000] {
        assert_eq!(check(Some(Tolerance::unchecked()), seconds), Ok(()), "by name alone");
        let ever = Tolerance::new(std::time::Duration::MAX, std::time::Duration::MAX);
        assert_eq!(check(Some(ever), seconds), Ok(()));
    }
}
