//! The settings of `Mapping`.

use chargeback::reason_codes::{ReasonCode, ReasonTable};
use chargeback::webhooks::{Event, Mapping, ReferenceKind};
use chargeback::{Network, NetworkCode, Reason};

use super::{fixture, read, stripe_verified};

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
    let Event::Dispute(event) = stripe_verified(&body).parse(&mapping).unwrap() else { panic!() };
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
            let Event::Dispute(event) = events.into_iter().next().unwrap().unwrap() else { panic!() };
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
    let Event::Dispute(event) = events.into_iter().next().unwrap().unwrap() else { panic!() };
    assert_eq!(event.chargeback.reason(), &Reason::Unrecognized);
}
