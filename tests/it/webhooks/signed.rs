//! Fixtures, signed as the processors sign.

use std::path::PathBuf;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chargeback::webhooks::{
    DisputeEvent, Event, Mapping, ParseError, PreDisputeEvent, Secrets, adyen, braintree, checkout, paypal, pipwave,
    stripe,
};
use chargeback::{Secret, pipwave as pipwave_vendor};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

pub const STRIPE_SECRET: &str = "whsec_test_secret";
pub const ADYEN_KEY: &str = "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF";
pub const CHECKOUT_KEY: &str = "test_signature_key";
pub const BRAINTREE_KEYS: (&str, &str) = ("integration_public_key", "integration_private_key");
pub const PIPWAVE_KEYS: (&str, &str) = ("test_key", "test_secret");
pub const WEBHOOK_ID: &str = "WH-TEST";

pub fn now() -> DateTime<Utc> {
    "2026-11-01T12:00:00Z".parse().unwrap()
}

/// The time at which `PayPal`'s sample was sent.
pub fn sent() -> DateTime<Utc> {
    "2026-03-01T09:05:10Z".parse().unwrap()
}

pub fn tls(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls").join(name)).unwrap()
}

pub fn folder(source: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/inbound").join(source)
}

pub fn fixture(source: &str, name: &str) -> String {
    std::fs::read_to_string(folder(source).join(name)).unwrap_or_else(|error| panic!("{source}/{name}: {error}"))
}

pub fn headers<'h>(pairs: impl IntoIterator<Item = (&'h str, &'h str)>) -> HeaderMap {
    let pair = |(name, value): (&str, &str)| -> (HeaderName, HeaderValue) {
        (name.to_lowercase().parse().unwrap(), value.parse().unwrap())
    };
    pairs.into_iter().map(pair).collect()
}

pub fn sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

pub fn stripe_header(secret: &str, time: i64, body: &str) -> String {
    format!("t={time},v1={}", hex::encode(sha256(secret.as_bytes(), format!("{time}.{body}").as_bytes())))
}

pub fn stripe_verified(body: &str) -> stripe::VerifiedPayload {
    let headers = headers([("stripe-signature", stripe_header(STRIPE_SECRET, now().timestamp(), body).as_str())]);
    stripe::Verifier::new(STRIPE_SECRET).unwrap().verify_at(&headers, body.as_bytes(), now()).unwrap()
}

/// The eight signed values of an item, joined by colons.
pub fn adyen_message(item: &Value) -> String {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let amount = &item["amount"];
    [
        &item["pspReference"],
        &item["originalReference"],
        &item["merchantAccountCode"],
        &item["merchantReference"],
        &amount["value"],
        &amount["currency"],
        &item["eventCode"],
        &item["success"],
    ]
    .map(text)
    .join(":")
}

/// Signs every item that has a signature field.
pub fn adyen_signed(body: &str) -> String {
    let mut post: Value = serde_json::from_str(body).unwrap();
    for item in post["notificationItems"].as_array_mut().unwrap() {
        let item = &mut item["NotificationRequestItem"];
        let signature = STANDARD.encode(sha256(&hex::decode(ADYEN_KEY).unwrap(), adyen_message(item).as_bytes()));
        if let Some(place) = item["additionalData"].get_mut("hmacSignature") {
            *place = Value::String(signature);
        }
    }
    post.to_string()
}

pub fn adyen_verified(body: &str) -> adyen::VerifiedPayload {
    adyen::Verifier::new(ADYEN_KEY).unwrap().verify(adyen_signed(body).as_bytes()).unwrap()
}

pub fn checkout_verified(body: &str) -> checkout::VerifiedPayload {
    let signature = hex::encode(sha256(CHECKOUT_KEY.as_bytes(), body.as_bytes()));
    let headers = headers([("Cko-Signature", signature.as_str())]);
    checkout::Verifier::new(CHECKOUT_KEY).unwrap().verify(&headers, body.as_bytes()).unwrap()
}

pub fn braintree_fields(xml: &str) -> (String, String) {
    // As Ruby's encoder writes Base64: lines of 60 characters, each with a line feed.
    let packed = STANDARD.encode(xml);
    let lines: String =
        packed.as_bytes().chunks(60).map(|line| std::str::from_utf8(line).unwrap().to_owned() + "\n").collect();
    let mut mac = Hmac::<Sha1>::new_from_slice(&Sha1::digest(BRAINTREE_KEYS.1)).unwrap();
    mac.update(lines.as_bytes());
    (format!("{}|{}", BRAINTREE_KEYS.0, hex::encode(mac.finalize().into_bytes())), lines)
}

pub fn braintree_verifier() -> braintree::Verifier {
    braintree::Verifier::new(BRAINTREE_KEYS.0, BRAINTREE_KEYS.1).unwrap()
}

pub fn braintree_verified(xml: &str) -> braintree::VerifiedPayload {
    let (signature, payload) = braintree_fields(xml);
    braintree_verifier().verify_fields(&signature, &payload).unwrap()
}

/// `PayPal`'s headers for this body, signed with the test key.
pub fn paypal_headers(body: &[u8]) -> HeaderMap {
    let given: Value = serde_json::from_str(&fixture("paypal", "transmission_headers.json")).unwrap();
    let text = |name: &str| given[name].as_str().unwrap().to_owned();
    let (id, time) = (text("PAYPAL-TRANSMISSION-ID"), text("PAYPAL-TRANSMISSION-TIME"));
    let message = format!("{id}|{time}|{WEBHOOK_ID}|{}", crc32fast::hash(body));
    let pem = String::from_utf8(tls("paypal.key")).unwrap();
    let der: String = pem.lines().filter(|line| !line.starts_with("---")).collect();
    let key = RsaKeyPair::from_pkcs8(&STANDARD.decode(der).unwrap()).unwrap();
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
    let mut headers =
        headers(given.as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())));
    headers.insert("paypal-transmission-sig", STANDARD.encode(signature).parse().unwrap());
    headers
}

pub fn paypal_verifier() -> paypal::Verifier {
    let certificate =
        paypal::Certificate::from_chain(&tls("paypal-chain.pem"), &tls("paypal-root.pem"), now()).unwrap();
    paypal::Verifier::new(WEBHOOK_ID).unwrap().certificate(certificate)
}

pub fn paypal_verified(body: &str) -> paypal::VerifiedPayload {
    paypal_verifier().verify_at(&paypal_headers(body.as_bytes()), body.as_bytes(), sent()).unwrap()
}

pub fn pipwave_signed(body: &str) -> String {
    let mut post: Value = serde_json::from_str(body).unwrap();
    let text = |name: &str| match &post[name] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let names = ["timestamp", "pw_id", "txn_id", "amount", "currency_code", "transaction_status"];
    let values = names.map(text);
    let mut pairs: Vec<(&str, &str)> = names.iter().zip(&values).map(|(name, value)| (*name, value.as_str())).collect();
    pairs.push(("api_key", PIPWAVE_KEYS.0));
    let signature = pipwave_vendor::signature::sign(pairs, &Secret::from(PIPWAVE_KEYS.1));
    post["signature"] = Value::String(signature);
    post.to_string()
}

pub fn pipwave_verified(body: &str) -> pipwave::VerifiedPayload {
    let verifier = pipwave::Verifier::new(PIPWAVE_KEYS.0, PIPWAVE_KEYS.1).unwrap();
    verifier.verify(pipwave_signed(body).as_bytes()).unwrap()
}

/// Signs a fixture and parses its events.
pub fn read(source: &str, name: &str, mapping: &Mapping) -> Vec<Result<Event, ParseError>> {
    let body = fixture(source, name);
    match source {
        "stripe" => vec![stripe_verified(&body).parse(mapping)],
        "adyen" => adyen_verified(&body).parse(mapping),
        "checkout" => vec![checkout_verified(&body).parse(mapping)],
        "braintree" => vec![braintree_verified(&body).parse(mapping)],
        "paypal" => vec![paypal_verified(&body).parse(mapping)],
        "pipwave" => vec![pipwave_verified(&body).parse(mapping)],
        other => panic!("{other}"),
    }
}

/// The event of a processor's test mode as a live one. Most samples are of the test mode.
pub fn as_live(event: Event) -> Event {
    match event {
        Event::TestMode(test) => test.treat_as_live(),
        event => event,
    }
}

/// The dispute of an event.
pub fn case(event: Result<Event, ParseError>) -> DisputeEvent {
    match as_live(event.unwrap()) {
        Event::Dispute(event) => *event,
        other => panic!("{other:?}"),
    }
}

/// The case before a chargeback of an event.
pub fn pre_dispute(event: Result<Event, ParseError>) -> PreDisputeEvent {
    match as_live(event.unwrap()) {
        Event::PreDispute(event) => *event,
        other => panic!("{other:?}"),
    }
}

/// The first dispute of a fixture.
pub fn dispute(source: &str, name: &str) -> DisputeEvent {
    case(read(source, name, &Mapping::default()).remove(0))
}

pub fn two(new: &str, old: &str) -> Secrets {
    Secrets::new(new).or(old)
}
