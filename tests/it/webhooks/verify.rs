//! Configuration errors, and redaction.

use std::fmt::Write as _;

use chargeback::webhooks::{Mapping, WebhookError, adyen, braintree, checkout, paypal, pipwave, stripe};
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
