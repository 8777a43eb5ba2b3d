//! What is not signed as the processor signs is not taken, and the error says why and repeats nothing.

use std::fmt::Write as _;

use chargeback::webhooks::{Mapping, Tolerance, WebhookError, adyen, braintree, checkout, paypal, pipwave, stripe};
use chargeback::{Error, Violation};
use http::HeaderMap;

use super::{
    ADYEN_KEY, BRAINTREE_KEYS, PIPWAVE_KEYS, WEBHOOK_ID, adyen_signed, braintree_fields, braintree_verifier, fixture,
    headers, now, paypal_headers, paypal_verifier, pipwave_signed, sent, stripe_header, tls, two,
};

fn problems<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    match result.unwrap_err() {
        Error::Configuration(error) => error.problems().iter().map(Violation::to_string).collect(),
        other => panic!("{other}"),
    }
}

#[test]
fn an_empty_secret_is_refused_since_everybody_could_sign_with_it() {
    assert_eq!(problems(stripe::Verifier::new("")), ["secrets: empty"]);
    assert_eq!(problems(stripe::Verifier::new(two("whsec", " "))), ["secrets: empty"]);
    assert_eq!(problems(checkout::Verifier::new("")), ["secrets: empty"]);
    assert_eq!(problems(adyen::Verifier::new("")), ["secrets: empty"]);
    assert_eq!(problems(adyen::Verifier::new("not hex")).len(), 1);
    assert_eq!(problems(braintree::Verifier::new(" ", "key")), ["public_key: empty"]);
    assert_eq!(problems(braintree::Verifier::new("key", "")), ["private_key: empty"]);
    assert_eq!(problems(pipwave::Verifier::new("", "s")), ["api_key: empty"]);
    assert_eq!(problems(pipwave::Verifier::new("k", "")), ["api_secrets: empty"]);
    assert_eq!(problems(paypal::Verifier::new("")), ["webhook_id: empty"]);
}

#[test]
fn stripes_header_is_read_strictly() {
    let body = fixture("stripe", "charge.dispute.created-needs_response.json");
    let verifier = stripe::Verifier::new(super::STRIPE_SECRET).unwrap();
    let verify =
        |header: &str| verifier.verify_at(&headers([("Stripe-Signature", header)]), body.as_bytes(), now()).map(drop);
    let good = stripe_header(super::STRIPE_SECRET, now().timestamp(), &body);
    let (time, signature) = good.split_once(',').unwrap();
    assert_eq!((verify(&good), verify(&format!("{time}, {signature}"))), (Ok(()), Ok(())));
    let missing = verifier.verify_at(&HeaderMap::new(), body.as_bytes(), now()).map(drop);
    assert_eq!(missing, Err(WebhookError::Missing("stripe-signature")));
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
        assert_eq!(verify(malformed), Err(WebhookError::Malformed("stripe-signature")), "{malformed}");
    }
    // More signatures than anybody sends cost no time.
    let many = format!("{time},{}", vec![signature; 17].join(","));
    assert_eq!(verify(&many), Err(WebhookError::Malformed("stripe-signature")));
    assert_eq!(verify(&format!("{time},{}", vec![signature; 16].join(","))), Ok(()));
    // The time is signed as it is written.
    for no_match in [
        format!("t=+{seconds},{signature}"),
        format!("t=0{seconds},{signature}"),
        format!("{time},v1="),
        format!("{time},v1=zz"),
        format!("{time},v1={}", "00".repeat(32)),
        format!("t={},{signature}", seconds + 1),
        good.replace("v1=", "v1=00"),
    ] {
        assert_eq!(verify(&no_match), Err(WebhookError::NoMatch), "{no_match}");
    }
    let changed = body.replace("4999", "4998");
    let other_body = verifier.verify_at(&headers([("stripe-signature", good.as_str())]), changed.as_bytes(), now());
    assert_eq!(other_body.map(drop), Err(WebhookError::NoMatch));
    let mut not_text = HeaderMap::new();
    not_text.insert("stripe-signature", http::HeaderValue::from_bytes(b"t=1,v1=\xff").unwrap());
    let not_text = verifier.verify_at(&not_text, body.as_bytes(), now()).map(drop);
    assert_eq!(not_text, Err(WebhookError::Malformed("stripe-signature")));
}

#[test]
fn adyen_takes_no_post_in_which_one_item_is_not_signed() {
    let verifier = adyen::Verifier::new(ADYEN_KEY).unwrap();
    let verify = |body: &str| verifier.verify(body.as_bytes()).map(drop);
    let missing = WebhookError::Missing("additionalData.hmacSignature");
    assert_eq!(verify(&fixture("adyen", "CHARGEBACK-unsigned.json")), Err(missing.clone()));
    let batch = adyen_signed(&fixture("adyen", "batch-of_three.json"));
    assert_eq!(verify(&batch), Ok(()));
    let post: serde_json::Value = serde_json::from_str(&batch).unwrap();
    for item in 0..3 {
        let change = |place: &str, value: serde_json::Value| {
            let mut post = post.clone();
            *post.pointer_mut(&format!("/notificationItems/{item}/NotificationRequestItem/{place}")).unwrap() = value;
            verify(&post.to_string())
        };
        assert_eq!(change("additionalData/hmacSignature", "AAAA".into()), Err(WebhookError::NoMatch));
        let malformed = WebhookError::Malformed("additionalData.hmacSignature");
        assert_eq!(change("additionalData/hmacSignature", "not base64!".into()), Err(malformed.clone()));
        assert_eq!(change("additionalData/hmacSignature", 7.into()), Err(malformed));
        assert_eq!(change("additionalData", serde_json::json!({})), Err(missing.clone()));
        for signed in
            ["pspReference", "merchantAccountCode", "merchantReference", "eventCode", "success", "amount/currency"]
        {
            assert_eq!(change(signed, "x".into()), Err(WebhookError::NoMatch), "{signed} is signed");
        }
        assert_eq!(change("amount/value", 1.into()), Err(WebhookError::NoMatch));
        assert_eq!(change("eventDate", "2020-01-01T00:00:00Z".into()), Ok(()), "the date is not, as the docs say");
    }
    for odd in ["[]", "{}", r#"{"notificationItems":{}}"#, r#"{"notificationItems":[7]}"#, "no json"] {
        assert!(matches!(verify(odd), Err(WebhookError::Body(_))), "{odd}");
    }
    assert!(
        verifier.verify(fixture("adyen", "batch-empty.json").as_bytes()).unwrap().parse(&Mapping::default()).is_empty()
    );
}

#[test]
fn braintrees_form_has_two_fields_and_a_pair_of_ours() {
    let xml = fixture("braintree", "dispute_opened-chargeback.xml");
    let (signature, payload) = braintree_fields(&xml);
    let form = |pairs: &[(&str, &str)]| {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(pairs);
        braintree_verifier().verify(form.finish().as_bytes()).map(drop)
    };
    let (sig, load) = (("bt_signature", signature.as_str()), ("bt_payload", payload.as_str()));
    assert_eq!(form(&[sig, load]), Ok(()));
    assert_eq!(form(&[load, ("more", "1"), sig]), Ok(()));
    assert_eq!(form(&[load]), Err(WebhookError::Missing("bt_signature")));
    assert_eq!(form(&[sig]), Err(WebhookError::Missing("bt_payload")));
    assert_eq!(form(&[sig, load, load]), Err(WebhookError::Malformed("bt_payload")), "which of the two is signed?");
    let many = vec![signature.as_str(); 17].join("&");
    assert_eq!(form(&[("bt_signature", &many), load]), Err(WebhookError::Malformed("bt_signature")));
    assert_eq!(form(&[("bt_signature", "no pair"), load]), Err(WebhookError::Malformed("bt_signature")));
    let others = signature.replace(BRAINTREE_KEYS.0, "another_key");
    assert_eq!(form(&[("bt_signature", &others), load]), Err(WebhookError::NoMatch));
    assert_eq!(form(&[sig, ("bt_payload", &payload.replace('P', "Q"))]), Err(WebhookError::NoMatch));
    let rolled = braintree::Verifier::new("new_key", "new").unwrap().or(BRAINTREE_KEYS.0, BRAINTREE_KEYS.1).unwrap();
    assert!(rolled.verify_fields(&signature, &payload).is_ok());
    let wrong_key = braintree::Verifier::new(BRAINTREE_KEYS.0, "another").unwrap();
    assert_eq!(wrong_key.verify_fields(&signature, &payload).map(drop), Err(WebhookError::NoMatch));
}

fn in_2020() -> chrono::DateTime<chrono::Utc> {
    "2020-06-01T00:00:00Z".parse().unwrap()
}

#[test]
fn paypals_certificate_must_be_given_and_be_paypals() {
    let body = fixture("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json");
    let body = body.as_bytes();
    let good = paypal_headers(body);
    let with = |name: &'static str, value: &str| {
        let mut headers = good.clone();
        headers.insert(name, value.parse().unwrap());
        paypal_verifier().verify_at(&headers, body, sent()).map(drop)
    };
    assert_eq!(paypal_verifier().verify_at(&good, body, sent()).map(drop), Ok(()));
    let elsewhere = Err(WebhookError::Certificate("not at an address of PayPal's"));
    for url in [
        "http://api.paypal.com/v1/notifications/certs/C",
        "https://api.paypal.com.evil.test/c",
        "https://evil.test/api.paypal.com",
        "https://api.paypal.com@evil.test/c",
        "https://user@api.paypal.com/c",
        "https://api.paypal.com:8443/c",
        "https://paypal.com/c",
    ] {
        assert_eq!(with("paypal-cert-url", url), elsewhere, "{url}");
    }
    assert_eq!(with("paypal-cert-url", "certificate"), Err(WebhookError::Malformed("paypal-cert-url")));
    assert_eq!(with("paypal-auth-algo", "none"), Err(WebhookError::Malformed("paypal-auth-algo")));
    assert_eq!(with("paypal-transmission-sig", "!"), Err(WebhookError::Malformed("paypal-transmission-sig")));
    for signed in ["paypal-transmission-id", "paypal-transmission-time"] {
        assert_eq!(with(signed, "2026-03-01T09:05:03Z"), Err(WebhookError::NoMatch), "{signed} is signed");
    }
    for name in good.keys().filter(|name| *name != "paypal-auth-version") {
        let mut headers = good.clone();
        headers.remove(name);
        let error = paypal_verifier().verify_at(&headers, body, sent()).unwrap_err();
        assert!(matches!(error, WebhookError::Missing(missing) if missing == name.as_str()), "{error}");
    }
    let other_webhook = paypal::Verifier::new("WH-OTHER").unwrap();
    assert_eq!(other_webhook.verify_at(&good, body, sent()).map(drop), Err(WebhookError::Certificate("not given")));
    let pinned = paypal::Certificate::pinned(&tls("paypal-expired.pem")).unwrap();
    let other_webhook = other_webhook.certificate(pinned.clone());
    assert_eq!(
        other_webhook.verify_at(&good, body, sent()).map(drop),
        Err(WebhookError::NoMatch),
        "the webhook's id is signed"
    );
    let pinned = paypal::Verifier::new(WEBHOOK_ID).unwrap().certificate(pinned);
    assert_eq!(pinned.verify_at(&good, body, sent()).map(drop), Ok(()), "who pins vouches");
    let late = paypal_verifier()
        .tolerance(Tolerance::new(std::time::Duration::from_secs(60), std::time::Duration::from_secs(60)));
    let later = sent() + chrono::TimeDelta::minutes(2);
    assert_eq!(late.verify_at(&good, body, later).map(drop), Err(WebhookError::TooOld));
    let days_later = |days| paypal_verifier().verify_at(&good, body, sent() + chrono::TimeDelta::days(days)).map(drop);
    assert_eq!((days_later(3), days_later(5)), (Ok(()), Err(WebhookError::TooOld)));
    // Renewed with its key, old and new given: the one that is valid counts.
    let old = paypal::Certificate::from_chain(&tls("paypal-expired.pem"), &tls("paypal-root.pem"), in_2020()).unwrap();
    let new = paypal::Certificate::from_chain(&tls("paypal-chain.pem"), &tls("paypal-root.pem"), sent()).unwrap();
    let both = paypal::Verifier::new(WEBHOOK_ID).unwrap().certificate(old).certificate(new);
    let verified = both.verify_at(&good, body, sent()).unwrap();
    assert_eq!(verified.transmission_id(), "00000000-0000-11f0-8000-000000000001");
}

#[test]
fn paypals_certificate_leads_to_a_root_and_has_its_name_and_time() {
    let root = tls("paypal-root.pem");
    let certificate = |chain: &str| paypal::Certificate::from_chain(&tls(chain), &root, now());
    assert!(certificate("paypal-chain.pem").is_ok());
    let untrusted = ["chain: leads to none of the roots, or is not valid now"];
    assert_eq!(problems(certificate("paypal-expired.pem")), untrusted);
    assert_eq!(problems(paypal::Certificate::from_chain(&tls("paypal-chain.pem"), &tls("ca.pem"), now())), untrusted);
    assert_eq!(problems(certificate("paypal-elsewhere.pem")), ["chain: not issued to PayPal's signing service"]);
    assert_eq!(problems(certificate("paypal.key")), ["chain: no PEM with certificates"]);
    assert_eq!(problems(paypal::Certificate::pinned(b"")), ["certificate: no PEM with certificates"]);
    // A bundle of many roots, as systems have them.
    let bundle = [tls("ca.pem"), root.clone()].concat();
    assert!(paypal::Certificate::from_chain(&tls("paypal-chain.pem"), &bundle, now()).is_ok());
    // One that was valid when it was given, and is no longer.
    let expired = paypal::Certificate::from_chain(&tls("paypal-expired.pem"), &root, in_2020()).unwrap();
    let body = fixture("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json");
    let verifier = paypal::Verifier::new(WEBHOOK_ID).unwrap().certificate(expired);
    let result = verifier.verify_at(&paypal_headers(body.as_bytes()), body.as_bytes(), sent()).map(drop);
    assert_eq!(result, Err(WebhookError::Certificate("no longer valid, or not yet")));
}

#[test]
fn paypal_can_be_asked_instead() {
    let body = fixture("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json");
    let verifier = paypal::Verifier::new(WEBHOOK_ID).unwrap();
    let question = || verifier.question(&paypal_headers(body.as_bytes()), body.as_bytes()).unwrap();
    let asked: serde_json::Value = serde_json::from_str(question().json()).unwrap();
    assert!(question().json().contains(body.trim()), "the event goes back to the letter");
    assert_eq!(asked["webhook_id"], WEBHOOK_ID);
    assert_eq!(asked["cert_url"], "https://api.paypal.com/v1/notifications/certs/CERT-fixture");
    let names: Vec<&str> = asked.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names.len(), 7, "{names:?}");
    let answer = |reply: &str| question().answered(reply.as_bytes());
    assert!(answer(r#"{"verification_status":"SUCCESS"}"#).unwrap().parse(&Mapping::default()).is_ok());
    assert_eq!(answer(r#"{"verification_status":"FAILURE"}"#).map(drop), Err(WebhookError::NoMatch));
    for neither in ["", "{}", "SUCCESS", r#"{"verification_status":"success"}"#, r#"{"verification_status":null}"#] {
        assert!(matches!(answer(neither).map(drop), Err(WebhookError::Body(_))), "{neither}");
    }
    assert!(matches!(verifier.question(&paypal_headers(b"x"), b"x").map(drop), Err(WebhookError::Body(_))));
}

#[test]
fn pipwaves_signature_is_that_of_the_connector() {
    let body = pipwave_signed(&fixture("pipwave", "chargeback-reverse_status_1_pending.json"));
    let verify = |key: &str, secrets: chargeback::webhooks::Secrets, body: &str| {
        pipwave::Verifier::new(key, secrets).unwrap().verify(body.as_bytes()).map(drop)
    };
    let (key, secret) = PIPWAVE_KEYS;
    assert_eq!(verify(key, two("new", secret), &body), Ok(()));
    assert_eq!(verify(key, two(secret, "old"), &body), Ok(()));
    assert_eq!(verify(key, "other".into(), &body), Err(WebhookError::NoMatch));
    assert_eq!(verify("other", secret.into(), &body), Err(WebhookError::NoMatch));
    assert_eq!(verify(key, secret.into(), &body.replace("126.60", "126.61")), Err(WebhookError::NoMatch));
    assert_eq!(
        verify(key, secret.into(), &body.replace("\"signature\"", "\"no\"")),
        Err(WebhookError::Missing("signature"))
    );
    assert!(matches!(verify(key, secret.into(), "[]"), Err(WebhookError::Body(_))));
}

#[test]
fn nothing_shows_a_secret_or_a_person() {
    let stripe = stripe::Verifier::new(two("whsec_canary", "whsec_other_canary")).unwrap();
    let braintree = braintree::Verifier::new("public", "private_canary").unwrap();
    let body = fixture("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json");
    let question = paypal_verifier().question(&paypal_headers(body.as_bytes()), body.as_bytes()).unwrap();
    let pipwave = super::pipwave_verified(&fixture("pipwave", "chargeback-reverse_status_1_pending.json"));
    let mut shown = format!("{stripe:?} {braintree:?} {question:?} {pipwave:?} {:?}", paypal_verifier());
    let checkout = checkout::Verifier::new("checkout_canary").unwrap();
    let pipwave = pipwave::Verifier::new("key_canary", "secret_canary").unwrap();
    let adyen = adyen::Verifier::new(ADYEN_KEY).unwrap();
    write!(shown, "{checkout:?} {pipwave:?} {adyen:?}").unwrap();
    // Every event of every sample, of whatever kind it is.
    for source in ["stripe", "adyen", "checkout", "braintree", "paypal", "pipwave"] {
        for entry in std::fs::read_dir(super::folder(source)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name != "transmission_headers.json" && name != "CHARGEBACK-unsigned.json" {
                write!(shown, "{:?}", super::read(source, &name, &Mapping::default())).unwrap();
            }
        }
    }
    let people = ["Test Buyer", "seller@", "buyer@", "shopper", "192.0.2", "Fixture text", "a_new_status"];
    let ids = ["ORDER", "FIXSELLER", "ch_3Fix", "fixtxn", "pay_fix", "74000000000000000000001"];
    for hidden in ["canary", "MII", ADYEN_KEY, "whsec", "test_key"].into_iter().chain(people).chain(ids) {
        assert!(!shown.contains(hidden), "{hidden} is shown");
    }
    for error in [
        WebhookError::Missing("x"),
        WebhookError::Malformed("x"),
        WebhookError::NoMatch,
        WebhookError::TooOld,
        WebhookError::TooNew,
    ] {
        assert!(!error.to_string().is_empty() && !error.to_string().contains('\n'));
    }
}
