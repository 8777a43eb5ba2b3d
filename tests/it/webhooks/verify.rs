//! Configuration errors, and redaction.

use std::fmt::Write as _;

use chargeback::webhooks::{Mapping, VerifyError, adyen, braintree, checkout, paypal, pipwave, stripe};
use chargeback::{Error, Violation};

use super::{ADYEN_KEY, fixture, paypal_headers, paypal_verifier, two};

/// The violations of a configuration error.
pub fn problems<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    match result.unwrap_err() {
        Error::Configuration(error) => error.problems().iter().map(Violation::to_string).collect(),
        other => panic!("{other}"),
    }
}

#[test]
fn empty_secrets_are_rejected() {
    assert_eq!(problems(stripe::Verifier::new("")), ["secrets: must not be empty"]);
    assert_eq!(problems(stripe::Verifier::new(two("whsec", " "))), ["secrets: must not be empty"]);
    assert_eq!(problems(checkout::Verifier::new("")), ["secrets: must not be empty"]);
    assert_eq!(problems(adyen::Verifier::new("")), ["secrets: must not be empty"]);
    assert_eq!(problems(adyen::Verifier::new("not hex")).len(), 1);
    assert_eq!(problems(braintree::Verifier::new(" ", "key")), ["public_key: must not be empty"]);
    assert_eq!(problems(braintree::Verifier::new("key", "")), ["private_key: must not be empty"]);
    assert_eq!(problems(pipwave::Verifier::new("", "s")), ["api_key: must not be empty"]);
    assert_eq!(problems(pipwave::Verifier::new("k", "")), ["api_secrets: must not be empty"]);
    assert_eq!(problems(paypal::Verifier::new("")), ["webhook_id: must not be empty"]);
}

/// A setting that can never match is refused when it is configured, for every processor.
#[test]
fn settings_that_can_never_match_are_rejected() {
    let end = "has white space at its end";
    let start = "has white space at its start";
    for (space, rule) in [("\n", end), ("\r\n", end), (" ", end), ("\t", end), ("\u{a0}", end), ("", start)] {
        let padded = |text: &str| if rule == end { format!("{text}{space}") } else { format!(" {text}") };
        let rejected = |field: &str| vec![format!("{field}: {rule}")];
        assert_eq!(problems(stripe::Verifier::new(padded("whsec_abc"))), rejected("secrets"));
        assert_eq!(problems(stripe::Verifier::new(two("whsec_new", &padded("whsec_old")))), rejected("secrets"));
        assert_eq!(problems(checkout::Verifier::new(padded("key"))), rejected("secrets"));
        assert_eq!(problems(adyen::Verifier::new(padded(ADYEN_KEY))), rejected("secrets"));
        assert_eq!(problems(braintree::Verifier::new(padded("public"), "private")), rejected("public_key"));
        assert_eq!(problems(braintree::Verifier::new("public", padded("private"))), rejected("private_key"));
        let rolled = braintree::Verifier::new("public", "private").unwrap().or("other", padded("private"));
        assert_eq!(problems(rolled), rejected("private_key"));
        assert_eq!(problems(pipwave::Verifier::new(padded("key"), "secret")), rejected("api_key"));
        assert_eq!(problems(pipwave::Verifier::new("key", padded("secret"))), rejected("api_secrets"));
        assert_eq!(problems(paypal::Verifier::new(padded("WH-1"))), rejected("webhook_id"));
    }
    assert_eq!(problems(stripe::Verifier::new("whsec_a\nb")), ["secrets: has a control character"]);
    for api_key in ["sk_test_abc", "sk_live_abc", "rk_live_abc", "pk_test_abc"] {
        for secrets in [api_key.into(), two("whsec_abc", api_key)] {
            let [problem] = &problems(stripe::Verifier::new(secrets))[..] else { panic!() };
            assert!(problem.contains("whsec_") && !problem.contains(api_key), "{problem}");
        }
    }
    for not_a_key in [&ADYEN_KEY[2..], &ADYEN_KEY[1..], &ADYEN_KEY.replace('0', "x"), &ADYEN_KEY.repeat(2)] {
        let [problem] = &problems(adyen::Verifier::new(not_a_key))[..] else { panic!() };
        assert!(problem.starts_with("secrets: not 64 hexadecimal digits"), "{problem}");
    }
}

#[test]
fn debug_shows_no_secret_and_no_personal_data() {
    let stripe = stripe::Verifier::new(two("whsec_canary", "whsec_other_canary")).unwrap();
    let braintree = braintree::Verifier::new("public", "private_canary").unwrap();
    let body = fixture("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json");
    let request = paypal_verifier().verification_request(&paypal_headers(body.as_bytes()), body.as_bytes()).unwrap();
    let pipwave = super::pipwave_verified(&fixture("pipwave", "chargeback-reverse_status_1_pending.json"));
    let mut shown = format!("{stripe:?} {braintree:?} {request:?} {pipwave:?} {:?}", paypal_verifier());
    let checkout = checkout::Verifier::new("checkout_canary").unwrap();
    let pipwave = pipwave::Verifier::new("key_canary", "secret_canary").unwrap();
    let adyen = adyen::Verifier::new(ADYEN_KEY).unwrap();
    write!(shown, "{checkout:?} {pipwave:?} {adyen:?}").unwrap();
    // Every event of every sample.
    for source in ["stripe", "adyen", "checkout", "braintree", "paypal", "pipwave"] {
        for entry in std::fs::read_dir(super::folder(source)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if super::samples::is_sample(&name) {
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
        VerifyError::Missing("x"),
        VerifyError::Malformed("x"),
        VerifyError::NoMatch,
        VerifyError::TooOld,
        VerifyError::TooNew,
    ] {
        assert!(!error.to_string().is_empty() && !error.to_string().contains('\n'));
    }
}
