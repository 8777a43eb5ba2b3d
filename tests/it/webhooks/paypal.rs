//! `PayPal`: certificates, signatures, stages and fields.

use chargeback::webhooks::{Mapping, Tolerance, VerifyError, paypal};
use serde_json::json;

use super::samples::{check, written};
use super::verify::problems;
use super::{WEBHOOK_ID, fixture, now, paypal_headers, paypal_verifier, pre_dispute, read, sent, tls};

#[test]
fn every_sample_has_the_expected_stage() {
    check(
        "paypal",
        &[
            ("CUSTOMER.DISPUTE.CREATED-", "inquiry!"),
            ("CUSTOMER.DISPUTE.CREATED-chargeback", "received"),
            ("CUSTOMER.DISPUTE.CREATED-alert_channel", "received"),
            ("CUSTOMER.DISPUTE.CREATED-two_transactions", "?disputed_transactions"),
            ("CUSTOMER.DISPUTE.UPDATED-inquiry", "inquiry!"),
            ("CUSTOMER.DISPUTE.UPDATED-waiting_for_seller", "received"),
            ("CUSTOMER.DISPUTE.UPDATED-waiting_for_buyer", "received"),
            ("CUSTOMER.DISPUTE.UPDATED-under_review", "received"),
            ("CUSTOMER.DISPUTE.UPDATED-pre_arbitration", "pre_arbitration"),
            ("CUSTOMER.DISPUTE.UPDATED-arbitration", "arbitration"),
            ("CUSTOMER.DISPUTE.UPDATED-status_other", "received"),
            ("CUSTOMER.DISPUTE.UPDATED-every_field", "received"),
            ("CUSTOMER.DISPUTE.RESOLVED-resolved_buyer_favour", "lost"),
            ("CUSTOMER.DISPUTE.RESOLVED-resolved_seller_favour", "won"),
            ("CUSTOMER.DISPUTE.RESOLVED-resolved_with_payout", "won"),
            ("CUSTOMER.DISPUTE.RESOLVED-canceled_by_buyer", "withdrawn"),
            ("CUSTOMER.DISPUTE.RESOLVED-inquiry_canceled_by_buyer", "inquiry!withdrawn"),
            ("CUSTOMER.DISPUTE.RESOLVED-accepted", "closed"),
            ("CUSTOMER.DISPUTE.RESOLVED-denied", "closed"),
            ("CUSTOMER.DISPUTE.RESOLVED-no", "closed"),
            ("CUSTOMER.DISPUTE.RESOLVED-pre_arbitration_seller", "won"),
            ("PAYMENT.CAPTURE.COMPLETED", "-"),
        ],
    );
}

#[test]
fn every_field_of_a_sample() {
    let expected = json!({
        "case_id": "paypal-PP-R-FIX-10000002", "stage": "received", "occurred_at": "2026-03-01T09:05:00Z",
        "reason": "not_received", "amount": { "value": "49.99", "currency": "USD" },
        "payment": { "order_id": "ORDER-5001", "gateway_transaction_id": "FIXSELLERTXN00001" },
        "opened_at": "2026-03-01T09:00:00Z", "received_at": "2026-03-01T09:05:00Z", "due_by": "2026-03-20T09:00:00Z",
        "processor": { "name": "paypal", "dispute_id": "PP-R-FIX-10000002", "payment_id": "FIXSELLERTXN00001" },
    });
    assert_eq!(written("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json"), expected);
    let crypto = read("paypal", "CUSTOMER.DISPUTE.CREATED-crypto_asset.json", &Mapping::default()).remove(0);
    assert_eq!(pre_dispute(crypto).amount(), None);
}

fn in_2020() -> chrono::DateTime<chrono::Utc> {
    "2020-06-01T00:00:00Z".parse().unwrap()
}

#[test]
fn the_certificate_must_be_configured_and_be_paypals() {
    let body = fixture("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json");
    let body = body.as_bytes();
    let good = paypal_headers(body);
    let with = |name: &'static str, value: &str| {
        let mut headers = good.clone();
        headers.insert(name, value.parse().unwrap());
        paypal_verifier().verify_at(&headers, body, sent()).map(drop)
    };
    assert_eq!(paypal_verifier().verify_at(&good, body, sent()).map(drop), Ok(()));
    let untrusted = Err(VerifyError::Certificate("not at a PayPal address"));
    for url in [
        "http://api.paypal.com/v1/notifications/certs/C",
        "https://api.paypal.com.evil.test/c",
        "https://evil.test/api.paypal.com",
        "https://api.paypal.com@evil.test/c",
        "https://user@api.paypal.com/c",
        "https://api.paypal.com:8443/c",
        "https://paypal.com/c",
    ] {
        assert_eq!(with("paypal-cert-url", url), untrusted, "{url}");
    }
    assert_eq!(with("paypal-cert-url", "certificate"), Err(VerifyError::Malformed("paypal-cert-url")));
    assert_eq!(with("paypal-auth-algo", "none"), Err(VerifyError::Malformed("paypal-auth-algo")));
    assert_eq!(with("paypal-transmission-sig", "!"), Err(VerifyError::Malformed("paypal-transmission-sig")));
    for signed in ["paypal-transmission-id", "paypal-transmission-time"] {
        assert_eq!(with(signed, "2026-03-01T09:05:03Z"), Err(VerifyError::NoMatch), "{signed} is signed");
    }
    for name in good.keys().filter(|name| *name != "paypal-auth-version") {
        let mut headers = good.clone();
        headers.remove(name);
        let error = paypal_verifier().verify_at(&headers, body, sent()).unwrap_err();
        assert!(matches!(error, VerifyError::Missing(missing) if missing == name.as_str()), "{error}");
    }
    let other_webhook = paypal::Verifier::new("WH-OTHER").unwrap();
    assert_eq!(other_webhook.verify_at(&good, body, sent()).map(drop), Err(VerifyError::Certificate("not configured")));
    let other_webhook = other_webhook.certificate(pinned());
    assert_eq!(
        other_webhook.verify_at(&good, body, sent()).map(drop),
        Err(VerifyError::NoMatch),
        "the webhook's id is signed"
    );
}

fn pinned() -> paypal::Certificate {
    paypal::Certificate::pinned(&tls("paypal-expired.pem")).unwrap()
}

#[test]
fn a_pinned_or_renewed_certificate_verifies_in_time() {
    let body = fixture("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json");
    let body = body.as_bytes();
    let good = paypal_headers(body);
    let pinned = paypal::Verifier::new(WEBHOOK_ID).unwrap().certificate(pinned());
    assert_eq!(pinned.verify_at(&good, body, sent()).map(drop), Ok(()), "a pinned certificate is not checked");
    let late = paypal_verifier()
        .tolerance(Tolerance::new(std::time::Duration::from_secs(60), std::time::Duration::from_secs(60)));
    let later = sent() + chrono::TimeDelta::minutes(2);
    assert_eq!(late.verify_at(&good, body, later).map(drop), Err(VerifyError::TooOld));
    let days_later = |days| paypal_verifier().verify_at(&good, body, sent() + chrono::TimeDelta::days(days)).map(drop);
    assert_eq!((days_later(3), days_later(5)), (Ok(()), Err(VerifyError::TooOld)));
    // The renewed certificate has the same key. Both are configured, and the valid one is used.
    let old = paypal::Certificate::from_chain(&tls("paypal-expired.pem"), &tls("paypal-root.pem"), in_2020()).unwrap();
    let new = paypal::Certificate::from_chain(&tls("paypal-chain.pem"), &tls("paypal-root.pem"), sent()).unwrap();
    let both = paypal::Verifier::new(WEBHOOK_ID).unwrap().certificate(old).certificate(new);
    let verified = both.verify_at(&good, body, sent()).unwrap();
    assert_eq!(verified.transmission_id(), "00000000-0000-11f0-8000-000000000001");
}

#[test]
fn the_certificate_needs_a_root_a_name_and_validity() {
    let root = tls("paypal-root.pem");
    let certificate = |chain: &str| paypal::Certificate::from_chain(&tls(chain), &root, now());
    assert!(certificate("paypal-chain.pem").is_ok());
    let untrusted = ["chain: does not lead to a root, or is not valid now"];
    assert_eq!(problems(certificate("paypal-expired.pem")), untrusted);
    assert_eq!(problems(paypal::Certificate::from_chain(&tls("paypal-chain.pem"), &tls("ca.pem"), now())), untrusted);
    assert_eq!(problems(certificate("paypal-elsewhere.pem")), ["chain: not issued to PayPal's signing service"]);
    assert_eq!(problems(certificate("paypal.key")), ["chain: not PEM with certificates"]);
    assert_eq!(problems(paypal::Certificate::pinned(b"")), ["certificate: not PEM with certificates"]);
    // A bundle of several roots.
    let bundle = [tls("ca.pem"), root.clone()].concat();
    assert!(paypal::Certificate::from_chain(&tls("paypal-chain.pem"), &bundle, now()).is_ok());
    // The certificate was valid when it was configured and expired later.
    let expired = paypal::Certificate::from_chain(&tls("paypal-expired.pem"), &root, in_2020()).unwrap();
    let body = fixture("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json");
    let verifier = paypal::Verifier::new(WEBHOOK_ID).unwrap().certificate(expired);
    let result = verifier.verify_at(&paypal_headers(body.as_bytes()), body.as_bytes(), sent()).map(drop);
    assert_eq!(result, Err(VerifyError::Certificate("expired or not yet valid")));
}

#[test]
fn a_delivery_can_be_verified_by_the_api() {
    let body = fixture("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json");
    let verifier = paypal::Verifier::new(WEBHOOK_ID).unwrap();
    let request = || verifier.verification_request(&paypal_headers(body.as_bytes()), body.as_bytes()).unwrap();
    let sent: serde_json::Value = serde_json::from_str(request().json()).unwrap();
    assert!(request().json().contains(body.trim()), "the event is sent unchanged");
    assert_eq!(sent["webhook_id"], WEBHOOK_ID);
    assert_eq!(sent["cert_url"], "https://api.paypal.com/v1/notifications/certs/CERT-fixture");
    let names: Vec<&str> = sent.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names.len(), 7, "{names:?}");
    let answer = |reply: &str| request().verify_reply(reply.as_bytes());
    assert!(answer(r#"{"verification_status":"SUCCESS"}"#).unwrap().parse(&Mapping::default()).is_ok());
    assert_eq!(answer(r#"{"verification_status":"FAILURE"}"#).map(drop), Err(VerifyError::NoMatch));
    for neither in ["", "{}", "SUCCESS", r#"{"verification_status":"success"}"#, r#"{"verification_status":null}"#] {
        assert_eq!(answer(neither).map(drop), Err(VerifyError::Malformed("verification_status")), "{neither}");
    }
    let not_json = verifier.verification_request(&paypal_headers(b"x"), b"x").map(drop);
    assert_eq!(not_json, Err(VerifyError::Malformed("body")));
}
