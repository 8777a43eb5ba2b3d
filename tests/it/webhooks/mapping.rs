//! The settings of `Mapping`.

use chargeback::reason_codes::{ReasonCode, ReasonTable};
use chargeback::webhooks::{Mapping, ReferenceKind, Source};
use chargeback::{Field, Network, NetworkCode, Reason};

use super::{case, fixture, read, stripe_verified};

#[test]
fn merchant_ids_follow_the_mapping() {
    let body = fixture("stripe", "charge.dispute.created-needs_response.json");
    let body = body.replace(
        r#""order_id": "ORDER-1001""#,
        r#""shop_order": "O-1", "shop_txn": "T-1", "customer": "C-1", "visit": "V-1""#,
    );
    let mapping = Mapping::default()
        .order_key("shop_order")
        .transaction_key("shop_txn")
        .user_key("customer")
        .session_key("visit");
    let event = case(stripe_verified(&body).parse(&mapping));
    let payment = event.chargeback.payment();
    let ids = [&payment.order_id, &payment.transaction_id, &payment.user_id, &payment.session_id];
    assert_eq!(ids.map(Option::as_deref), [Some("O-1"), Some("T-1"), Some("C-1"), Some("V-1")]);
    for (source, name, reference) in [
        ("adyen", "CHARGEBACK-undefended.json", "ORDER-2"),
        ("checkout", "dispute_lost.json", "ORDER-3001"),
        ("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json", "ORDER-5001"),
    ] {
        for (kind, order, transaction) in [
            (ReferenceKind::Order, true, false),
            (ReferenceKind::Transaction, false, true),
            (ReferenceKind::OrderAndTransaction, true, true),
        ] {
            let events = read(source, name, &Mapping::default().reference_kind(kind));
            let event = case(events.into_iter().next().unwrap());
            let payment = event.chargeback.payment();
            assert_eq!([payment.order_id.is_some(), payment.transaction_id.is_some()], [order, transaction]);
            let given = payment.order_id.as_ref().or(payment.transaction_id.as_ref()).unwrap();
            assert!(given.starts_with(reference), "{given}");
        }
    }
}

#[test]
fn added_reason_codes_take_precedence() {
    let code = NetworkCode::new(Network::Visa, "10.4");
    let table = ReasonTable::default().with(ReasonCode::new(&code, Reason::Unrecognized, "Added"));
    let events = read("stripe", "charge.dispute.created-needs_response.json", &Mapping::default().reasons(table));
    let event = case(events.into_iter().next().unwrap());
    assert_eq!(event.chargeback.reason(), &Reason::Unrecognized);
}

const EVERY_KEY: &str = "CHARGEBACK-every_key.json";
const EVERY_FIELD: &str = "CUSTOMER.DISPUTE.UPDATED-every_field.json";
const PENDING: &str = "chargeback-reverse_status_1_pending.json";

/// A sample of a processor, a place of its payload, the text at it, and true if the processor signs it.
const PLACES: [(Source, &str, &str, &str, bool); 9] = [
    (
        Source::Stripe,
        "charge.dispute.created-needs_response.json",
        "/data/object/metadata/order_id",
        "ORDER-1001",
        true,
    ),
    (Source::Adyen, EVERY_KEY, "/additionalData/shopperReference", "shopper-0001", false),
    (Source::Adyen, EVERY_KEY, "/merchantReference", "ORDER-2004", true),
    (Source::Adyen, EVERY_KEY, "amount/value", "4999", true),
    (Source::Checkout, "dispute_lost.json", "/data/payment_reference", "ORDER-3001", true),
    (Source::Braintree, "dispute_opened-chargeback.xml", "/subject/dispute/case-number", "CASE-0001", true),
    (Source::PayPal, EVERY_FIELD, "/resource/disputed_transactions/0/custom", "order_line:1", true),
    (Source::Pipwave, PENDING, "/txn_id", "ORDER-6001", true),
    (Source::Pipwave, PENDING, "/reverse_pw_id", "FIXREVERSE1", false),
];

#[test]
fn ids_come_from_any_place_that_the_mapping_names() {
    for (source, name, place, expected, is_signed) in PLACES {
        let mapping = Mapping::default()
            .order_id_at(source, "/not/here")
            .order_id_at(source, place)
            .transaction_id_at(source, place)
            .user_id_at(source, place)
            .session_id_at(source, place);
        let event = case(read(source.as_str(), name, &mapping).remove(0));
        let payment = event.chargeback.payment();
        let ids = [&payment.order_id, &payment.transaction_id, &payment.user_id, &payment.session_id];
        assert_eq!(ids.map(Option::as_deref), [Some(expected); 4], "{source} {place}");
        for field in [Field::OrderId, Field::TransactionId, Field::SessionId] {
            assert_eq!(event.unsigned_fields.contains(&field), !is_signed, "{source} {place}: {field}");
        }
    }
}

#[test]
fn a_place_is_of_one_processor_and_may_be_empty() {
    for (source, name, place, ..) in PLACES {
        let unchanged = case(read(source.as_str(), name, &Mapping::default()).remove(0));
        let other = if source == Source::Stripe { Source::Adyen } else { Source::Stripe };
        let event = case(read(source.as_str(), name, &Mapping::default().order_id_at(other, place)).remove(0));
        assert_eq!(event.chargeback, unchanged.chargeback, "{source}");
        let event = case(read(source.as_str(), name, &Mapping::default().order_id_at(source, "/not/here")).remove(0));
        assert_eq!(event.chargeback.payment().order_id, None, "{source}");
    }
}
