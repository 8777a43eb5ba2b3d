//! Changed bits, and arbitrary JSON and text, in signed webhooks.

use chargeback::webhooks::{Event, Mapping, Tolerance, adyen, checkout, pipwave, stripe};
use chargeback::{Currency, Money};
use proptest::prelude::*;
use serde_json::Value;

use super::{
    ADYEN_KEY, CHECKOUT_KEY, PIPWAVE_KEYS, STRIPE_SECRET, adyen_signed, as_live, braintree_fields, braintree_verified,
    braintree_verifier, case, checkout_verified, fixture, headers, now, paypal_headers, paypal_verified,
    paypal_verifier, pipwave_signed, pipwave_verified, sent, sha256, stripe_header, stripe_verified,
};

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let bit = bit % (bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

/// A header with one bit flipped; `None` if the result is not a header value.
fn flipped_header(name: &'static str, value: &str, bit: usize) -> Option<http::HeaderMap> {
    let value = http::HeaderValue::from_bytes(&flipped(value.as_bytes(), bit)).ok()?;
    Some([(name.parse().unwrap(), value)].into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_flipped_bit_is_rejected_by_stripe_and_checkout(bit in any::<usize>()) {
        let body = fixture("stripe", "charge.dispute.created-needs_response.json");
        let verifier = stripe::Verifier::new(STRIPE_SECRET).unwrap().tolerance(Tolerance::unchecked());
        let signature = stripe_header(STRIPE_SECRET, now().timestamp(), &body);
        let good = headers([("stripe-signature", signature.as_str())]);
        prop_assert!(verifier.verify_at(&good, body.as_bytes(), now()).is_ok());
        prop_assert!(verifier.verify_at(&good, &flipped(body.as_bytes(), bit), now()).is_err());
        if let Some(bad) = flipped_header("stripe-signature", &signature, bit) {
            let value = bad["stripe-signature"].to_str().unwrap_or("").to_owned();
            // Upper-case hexadecimal is the same signature.
            if value.to_lowercase() != signature {
                prop_assert!(verifier.verify_at(&bad, body.as_bytes(), now()).is_err(), "{}", value);
            }
        }

        let body = fixture("checkout", "dispute_lost.json");
        let verifier = checkout::Verifier::new(CHECKOUT_KEY).unwrap();
        let signature = hex::encode(sha256(CHECKOUT_KEY.as_bytes(), body.as_bytes()));
        let good = headers([("cko-signature", signature.as_str())]);
        prop_assert!(verifier.verify(&good, &flipped(body.as_bytes(), bit)).is_err());
        if let Some(bad) = flipped_header("cko-signature", &signature, bit) {
            let same = bad["cko-signature"].to_str().unwrap_or("").to_lowercase() == signature;
            prop_assert!(same || verifier.verify(&bad, body.as_bytes()).is_err());
        }
    }

    #[test]
    fn a_flipped_bit_is_rejected_by_braintree_and_paypal(bit in any::<usize>()) {
        let (signature, payload) = braintree_fields(&fixture("braintree", "dispute_lost.xml"));
        let changed = flipped(payload.as_bytes(), bit);
        // Only the last line feed may be lost.
        if let Ok(changed) = std::str::from_utf8(&changed) {
            prop_assert!(braintree_verifier().verify_fields(&signature, changed).is_err());
        }
        let body = fixture("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json");
        let good = paypal_headers(body.as_bytes());
        prop_assert!(paypal_verifier().verify_at(&good, &flipped(body.as_bytes(), bit), sent()).is_err());
        let signature = good["paypal-transmission-sig"].to_str().unwrap().to_owned();
        if let Some(bad) = flipped_header("paypal-transmission-sig", &signature, bit) {
            let mut headers = good.clone();
            headers.extend(bad);
            prop_assert!(paypal_verifier().verify_at(&headers, body.as_bytes(), sent()).is_err());
        }
    }

    /// Adyen and Pipwave sign only some values; each of them is checked.
    #[test]
    fn a_changed_signed_value_is_rejected_by_adyen_and_pipwave(bit in any::<usize>(), field in 0_usize..6) {
        let signed = adyen_signed(&fixture("adyen", "CHARGEBACK-undefended.json"));
        let mut post: Value = serde_json::from_str(&signed).unwrap();
        let item = &mut post["notificationItems"][0]["NotificationRequestItem"];
        let names =
            ["pspReference", "originalReference", "merchantAccountCode", "merchantReference", "eventCode", "success"];
        let before = item[names[field]].as_str().unwrap().to_owned();
        let after = String::from_utf8_lossy(&flipped(before.as_bytes(), bit)).into_owned();
        item[names[field]] = after.into();
        // A changed event code may be one that is not about disputes.
        let verified = adyen::Verifier::new(ADYEN_KEY).unwrap().verify(post.to_string().as_bytes());
        if let Ok(payload) = verified {
            prop_assert_eq!(names[field], "eventCode");
            let events = payload.parse(&Mapping::default());
            prop_assert!(matches!(&events[..], [Ok(Event::NotADispute(_))]), "{:?}", events);
        }

        let signed = pipwave_signed(&fixture("pipwave", "chargeback-reverse_status_1_pending.json"));
        let mut post: Value = serde_json::from_str(&signed).unwrap();
        let names = ["pw_id", "txn_id", "amount", "currency_code", "transaction_status", "signature"];
        let before = post[names[field]].as_str().unwrap().to_owned();
        post[names[field]] = String::from_utf8_lossy(&flipped(before.as_bytes(), bit)).into_owned().into();
        let verifier = pipwave::Verifier::new(PIPWAVE_KEYS.0, PIPWAVE_KEYS.1).unwrap();
        prop_assert!(verifier.verify(post.to_string().as_bytes()).is_err());
    }

    #[test]
    fn arbitrary_json_is_parsed_or_rejected(
        value in json(), place in any::<prop::sample::Index>(), sample in 0_usize..5
    ) {
        // A sample with arbitrary JSON at an arbitrary place.
        let (source, name) = [
            ("stripe", "charge.dispute.created-needs_response.json"), ("adyen", "CHARGEBACK-every_key.json"),
            ("checkout", "dispute_lost.json"), ("paypal", "CUSTOMER.DISPUTE.UPDATED-every_field.json"),
            ("pipwave", "chargeback-reverse_status_1_pending.json"),
        ][sample];
        let mut event: Value = serde_json::from_str(&fixture(source, name)).unwrap();
        let paths = paths(&event, "");
        *event.pointer_mut(place.get(&paths).as_str()).unwrap() = value;
        check(source, &event.to_string());
    }

    #[test]
    fn arbitrary_text_in_an_element_is_parsed_or_rejected(text in ".{0,40}", place in any::<prop::sample::Index>()) {
        let xml = fixture("braintree", "dispute_won.xml");
        let ends: Vec<usize> = xml.match_indices("</").map(|(at, _)| at).collect();
        let at = *place.get(&ends);
        let changed = format!("{}{text}{}", &xml[..at], &xml[at..]);
        let _ = braintree_verified(&changed).parse(&Mapping::default());
    }

    #[test]
    fn no_minor_unit_is_lost(
        count in 0..=i64::MAX,
        currency in prop::sample::select(vec!["usd", "jpy", "kwd", "isk", "mga", "ugx", "clp", "eur"]),
    ) {
        let body = fixture("stripe", "charge.dispute.created-needs_response.json");
        let mut event: Value = serde_json::from_str(&body).unwrap();
        event["data"]["object"]["amount"] = count.into();
        event["data"]["object"]["currency"] = currency.into();
        let read = stripe_verified(&event.to_string()).parse(&Mapping::default());
        let known: Currency = currency.parse().unwrap();
        // Stripe counts ISK and UGX in hundredths, and MGA in whole units.
        let expected = match currency {
            "isk" | "ugx" => (count % 100 == 0).then_some(count / 100),
            "mga" => count.checked_mul(100),
            _ => Some(count),
        };
        let event = case(read);
        let expected = expected.map(|expected| Money::from_minor_units(expected, known));
        prop_assert_eq!(event.chargeback.amount(), expected);
        prop_assert_eq!(event.unread_fields.len(), usize::from(expected.is_none()));
        let notes = event.chargeback.notes().unwrap_or_default();
        prop_assert_eq!(notes.contains(&format!("{count} {currency}")), expected.is_none(), "{}", notes);
    }
}

/// Parses a signed body.
fn check(source: &str, body: &str) {
    let mapping = Mapping::default();
    let events = match source {
        "stripe" => vec![stripe_verified(body).parse(&mapping)],
        // A delivery without items, or with an item that is not an object, is rejected earlier.
        "adyen"
            if serde_json::from_str::<Value>(body)
                .unwrap()
                .pointer("/notificationItems/0/NotificationRequestItem/additionalData/hmacSignature")
                .is_none() =>
        {
            Vec::new()
        }
        // A list or an object among the signed values has no text, so the test cannot sign it.
        "adyen" => adyen::Verifier::new(ADYEN_KEY)
            .unwrap()
            .verify(adyen_signed(body).as_bytes())
            .map_or_else(|_| Vec::new(), |verified| verified.parse(&mapping)),
        "checkout" => vec![checkout_verified(body).parse(&mapping)],
        "paypal" => vec![paypal_verified(body).parse(&mapping)],
        _ => match pipwave::Verifier::new(PIPWAVE_KEYS.0, PIPWAVE_KEYS.1)
            .unwrap()
            .verify(pipwave_signed(body).as_bytes())
        {
            Ok(_) => vec![pipwave_verified(body).parse(&mapping)],
            Err(_) => Vec::new(),
        },
    };
    for event in events {
        let case = match event.map(as_live) {
            Ok(Event::Dispute(event)) => event.chargeback,
            Ok(Event::PreDispute(event)) => event.into_chargeback_before_dispute(),
            Ok(_) | Err(_) => continue,
        };
        let text = serde_json::to_string(&case).unwrap();
        assert_eq!(serde_json::from_str::<chargeback::Chargeback>(&text).unwrap(), case);
    }
}

/// Every place of a document as a JSON pointer.
fn paths(value: &Value, here: &str) -> Vec<String> {
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(name, value)| (escaped(name), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(place, value)| (place.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    let deeper = inner.into_iter().flat_map(|(name, value)| {
        let path = format!("{here}/{name}");
        std::iter::once(path.clone()).chain(paths(value, &path)).collect::<Vec<_>>()
    });
    deeper.collect()
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        "[0-9]{1,25}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((".{0,8}", inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}
