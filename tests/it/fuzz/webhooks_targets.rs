//! The fuzz targets of processors' webhooks: the bytes are signed as the processor signs, verified and parsed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chargeback::webhooks::{
    Event, Mapping, ParseError, Tolerance, VerifyError, adyen, braintree, checkout, paypal, pipwave, stripe,
};
use chargeback::{Chargeback, Secret, Stage};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

/// A target by name.
type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const WEBHOOKS_TARGETS: [Target; 6] = [
    ("webhooks_stripe", stripe_webhook),
    ("webhooks_adyen", adyen_webhook),
    ("webhooks_checkout", checkout_webhook),
    ("webhooks_braintree", braintree_webhook),
    ("webhooks_paypal", paypal_webhook),
    ("webhooks_pipwave", pipwave_webhook),
];

/// Checks that a parsed chargeback survives serialization, and that a parse error names a field.
fn check(read: Result<Event, ParseError>) {
    match read {
        Ok(Event::TestMode(test)) => check(Ok(test.treat_as_live())),
        Ok(Event::Dispute(event)) => {
            let text = serde_json::to_string(&event.chargeback).unwrap();
            assert_eq!(serde_json::from_str::<Chargeback>(&text).unwrap(), event.chargeback);
            assert_eq!(event.occurred_at, event.chargeback.occurred_at());
            assert!(event.chargeback.case_id().starts_with(event.source.as_str()));
            assert!(!matches!(event.chargeback.stage(), Stage::Alert | Stage::Inquiry));
        }
        Ok(Event::PreDispute(event)) => {
            assert!(matches!(event.stage(), Stage::Alert | Stage::Inquiry));
            assert!(event.into_chargeback_before_dispute().representment().is_none());
        }
        Ok(_) => (),
        Err(error) => assert!(!error.violations().is_empty(), "{error}"),
    }
}

fn sha256(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

fn header(name: &'static str, value: &[u8]) -> Option<HeaderMap> {
    let value = HeaderValue::from_bytes(value).ok()?;
    Some([(http::HeaderName::from_static(name), value)].into_iter().collect())
}

/// The first line is also used as a header with an arbitrary value.
pub fn stripe_webhook(bytes: &[u8]) {
    let verifier = stripe::Verifier::new("whsec").unwrap().tolerance(Tolerance::unchecked());
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if let Some(headers) = header("stripe-signature", line) {
        assert!(verifier.verify(&headers, bytes).is_err(), "a signature without the secret");
    }
    let signature = format!("t=1700000000,v1={}", hex::encode(sha256(b"whsec", &[b"1700000000.", bytes])));
    let headers = header("stripe-signature", signature.as_bytes()).unwrap();
    check(verifier.verify(&headers, bytes).unwrap().parse(&Mapping::default()));
}

pub fn checkout_webhook(bytes: &[u8]) {
    let verifier = checkout::Verifier::new("key").unwrap();
    let headers = header("cko-signature", hex::encode(sha256(b"key", &[bytes])).as_bytes()).unwrap();
    check(verifier.verify(&headers, bytes).unwrap().parse(&Mapping::default()));
}

pub fn adyen_webhook(bytes: &[u8]) {
    let key = "00".repeat(32);
    let verifier = adyen::Verifier::new(key.as_str()).unwrap();
    let _ = verifier.verify(bytes);
    let Ok(mut post) = serde_json::from_slice::<Value>(bytes) else { return };
    let Some(items) = post.get_mut("notificationItems").and_then(Value::as_array_mut) else { return };
    for item in items {
        let Some(item) = item.get_mut("NotificationRequestItem") else { return };
        let text = |value: Option<&Value>| match value {
            Some(Value::String(text)) => text.clone(),
            None | Some(Value::Null) => String::new(),
            Some(other) => other.to_string(),
        };
        let at = |pointer: &str| text(item.pointer(pointer));
        let names = ["/pspReference", "/originalReference", "/merchantAccountCode", "/merchantReference"];
        let more = ["/amount/value", "/amount/currency", "/eventCode", "/success"];
        let message = names.into_iter().chain(more).map(at).collect::<Vec<_>>().join(":");
        let signature = STANDARD.encode(sha256(&[0; 32], &[message.as_bytes()]));
        let Some(place) = item.pointer_mut("/additionalData/hmacSignature") else { return };
        *place = signature.into();
    }
    // A list among the signed values has no text, so the test cannot sign the item.
    let Ok(payload) = verifier.verify(post.to_string().as_bytes()) else { return };
    payload.parse(&Mapping::default()).into_iter().for_each(check);
}

pub fn braintree_webhook(bytes: &[u8]) {
    let verifier = braintree::Verifier::new("public", "private").unwrap();
    let _ = verifier.verify(bytes);
    let payload = STANDARD.encode(bytes);
    let mut mac = Hmac::<Sha1>::new_from_slice(&Sha1::digest("private")).unwrap();
    mac.update(payload.as_bytes());
    let signature = format!("public|{}", hex::encode(mac.finalize().into_bytes()));
    check(verifier.verify_fields(&signature, &payload).unwrap().parse(&Mapping::default()));
}

pub fn paypal_webhook(bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    headers.insert("paypal-cert-url", HeaderValue::from_static("https://api.paypal.com/c"));
    for name in ["paypal-auth-algo", "paypal-transmission-id", "paypal-transmission-sig", "paypal-transmission-time"] {
        headers.insert(name, HeaderValue::from_static("x"));
    }
    match paypal::Verifier::new("WH").unwrap().verification_request(&headers, bytes) {
        Ok(request) => {
            let verified = request.verify_reply(br#"{"verification_status":"SUCCESS"}"#).unwrap();
            check(verified.parse(&Mapping::default()));
        }
        Err(error) => assert_eq!(error, VerifyError::Malformed("body")),
    }
}

pub fn pipwave_webhook(bytes: &[u8]) {
    let verifier = pipwave::Verifier::new("key", "secret").unwrap();
    let _ = verifier.verify(bytes);
    let Ok(Value::Object(mut post)) = serde_json::from_slice::<Value>(bytes) else { return };
    let names = ["timestamp", "pw_id", "txn_id", "amount", "currency_code", "transaction_status"];
    let values = names.map(|name| match post.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    });
    let mut pairs: Vec<(&str, &str)> = names.iter().zip(&values).map(|(name, value)| (*name, value.as_str())).collect();
    pairs.push(("api_key", "key"));
    let signature = chargeback::pipwave::signature::sign(pairs, &Secret::from("secret"));
    post.insert("signature".into(), signature.into());
    if let Ok(verified) = verifier.verify(Value::Object(post).to_string().as_bytes()) {
        check(verified.parse(&Mapping::default()));
    }
}
