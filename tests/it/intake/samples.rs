//! What a sample becomes, field by field.

use chargeback::Field;
use chargeback::pipwave::Requery;
use chargeback::webhooks::Source;
use chargeback::webhooks::pipwave::Confirmation;
use serde_json::{Value, json};

use super::{dispute, fixture, pipwave_verified};

fn written(source: &str, name: &str) -> Value {
    serde_json::to_value(&dispute(source, name).chargeback).unwrap()
}

#[test]
fn stripe_field_by_field() {
    let expected = json!({
        "case_id": "stripe-du_1FixTestA01Dispute001", "stage": "received", "occurred_at": "2026-10-05T00:00:01Z",
        "reason": "fraud_card_absent", "network_code": { "network": "visa", "code": "10.4" },
        "amount": { "value": "49.99", "currency": "USD" },
        "payment": { "order_id": "ORDER-1001", "gateway_transaction_id": "ch_3FixTestA01Charge0001" },
        "opened_at": "2026-10-05T00:00:00Z", "received_at": "2026-10-05T00:00:01Z", "due_by": "2026-10-19T00:00:00Z",
        "processor": { "name": "stripe", "dispute_id": "du_1FixTestA01Dispute001", "payment_id": "ch_3FixTestA01Charge0001" },
    });
    assert_eq!(written("stripe", "charge.dispute.created-needs_response.json"), expected);
    let intake = dispute("stripe", "charge.dispute.created-needs_response.json");
    assert_eq!((intake.source, intake.live, intake.unsigned), (Source::Stripe, Some(false), &[][..]));
    assert_eq!(
        (intake.event_id.as_str(), intake.event.as_str()),
        ("evt_1FixTestA01Event00001", "charge.dispute.created")
    );
    assert_eq!(intake.occurred_at, intake.chargeback.occurred_at());
    assert_eq!(intake.payload, fixture("stripe", "charge.dispute.created-needs_response.json").as_bytes());
    assert_eq!(dispute("stripe", "charge.dispute.created-connect_live.json").live, Some(true));
}

#[test]
fn adyen_field_by_field() {
    let expected = json!({
        "case_id": "adyen-FIXDISPUTE000004", "stage": "received", "occurred_at": "2026-03-02T09:15:30Z",
        "reason": "not_as_described", "network_code": { "network": "mastercard", "code": "4853" },
        "amount": { "value": "49.99", "currency": "EUR" },
        "payment": { "order_id": "ORDER-2004", "gateway_transaction_id": "FIXPAYMENT000004", "user_id": "shopper-0001" },
        "due_by": "2026-03-20T22:59:59Z", "arn": "74000000000000000000001",
        "processor": { "name": "adyen", "dispute_id": "FIXDISPUTE000004", "payment_id": "FIXPAYMENT000004" },
    });
    assert_eq!(written("adyen", "CHARGEBACK-every_key.json"), expected);
    let intake = dispute("adyen", "CHARGEBACK-every_key.json");
    assert_eq!(intake.event_id, "FIXDISPUTE000004:CHARGEBACK:true:2026-03-02T10:15:30+01:00");
    assert!(
        [Field::Reason, Field::DueBy, Field::OccurredAt, Field::Stage]
            .iter()
            .all(|field| intake.unsigned.contains(field))
    );
    assert!([Field::Amount, Field::OrderId].iter().all(|field| !intake.unsigned.contains(field)));
    assert_eq!(dispute("adyen", "CHARGEBACK-live_utc.json").live, Some(true));
    let first = dispute("adyen", "NOTIFICATION_OF_CHARGEBACK-auto_defended.json").chargeback;
    assert_eq!((first.received_at(), first.representment().is_some()), (Some(first.occurred_at()), true));
}

#[test]
fn checkout_field_by_field() {
    let expected = json!({
        "case_id": "checkout-dsp_fixtestdispute0001", "stage": "received", "occurred_at": "2026-03-05T10:20:32.582Z",
        "reason": "fraud_card_absent", "network_code": { "network": "visa", "code": "10.4" },
        "amount": { "value": "49.99", "currency": "GBP" },
        "payment": { "order_id": "ORDER-3001", "gateway_transaction_id": "pay_fixtestpayment00000000001" },
        "opened_at": "2026-03-02T10:15:30.504270200Z", "due_by": "2026-03-20T18:00:00Z",
        "processor": { "name": "checkout", "dispute_id": "dsp_fixtestdispute0001", "payment_id": "pay_fixtestpayment00000000001" },
    });
    assert_eq!(written("checkout", "dispute_evidence_required.json"), expected);
    let times = ["dispute_evidence_required-created_on.json", "dispute_evidence_required.json"]
        .map(|name| dispute("checkout", name).occurred_at);
    assert!(times.iter().all(|time| time.timestamp() > 1_700_000_000), "the time has two names");
    assert!(dispute("checkout", "dispute_arbitration_lost.json").chargeback.representment().is_some());
}

#[test]
fn braintree_field_by_field() {
    let expected = json!({
        "case_id": "braintree-fixdispute000001", "stage": "received", "occurred_at": "2026-03-02T10:15:30Z",
        "reason": "fraud_card_absent", "network_code": { "network": "visa", "code": "83" },
        "amount": { "value": "49.99", "currency": "USD" },
        "payment": { "order_id": "ORDER-4001", "gateway_transaction_id": "fixtxn0001" },
        "opened_at": "2026-03-01T09:00:00Z", "received_at": "2026-03-02T10:15:30Z", "due_by": "2026-03-20T23:59:59Z",
        "processor": { "name": "braintree", "dispute_id": "fixdispute000001", "payment_id": "fixtxn0001" }, "case_number": "CASE-0001",
    });
    assert_eq!(written("braintree", "dispute_opened-chargeback.xml"), expected);
    let partial = dispute("braintree", "dispute_opened-partial.xml").chargeback.amount().unwrap();
    assert!(partial.minor_units() < 4999, "what is disputed, not what was paid: {partial}");
    assert_eq!(
        dispute("braintree", "dispute_opened-chargeback.xml").event_id,
        "fixdispute000001:dispute_opened:2026-03-02T10:15:30Z"
    );
    let nil = dispute("braintree", "dispute_opened-nil_fields.xml").chargeback;
    assert_eq!((nil.due_by(), nil.case_number()), (None, None));
    assert!(dispute("braintree", "dispute_won.xml").chargeback.representment().is_some(), "its history says disputed");
}

#[test]
fn paypal_field_by_field() {
    let expected = json!({
        "case_id": "paypal-PP-R-FIX-10000002", "stage": "received", "occurred_at": "2026-03-01T09:05:00Z",
        "reason": "not_received", "amount": { "value": "49.99", "currency": "USD" },
        "payment": { "order_id": "ORDER-5001", "gateway_transaction_id": "FIXSELLERTXN00001" },
        "opened_at": "2026-03-01T09:00:00Z", "received_at": "2026-03-01T09:05:00Z", "due_by": "2026-03-20T09:00:00Z",
        "processor": { "name": "paypal", "dispute_id": "PP-R-FIX-10000002", "payment_id": "FIXSELLERTXN00001" },
    });
    assert_eq!(written("paypal", "CUSTOMER.DISPUTE.CREATED-chargeback.json"), expected);
    assert_eq!(dispute("paypal", "CUSTOMER.DISPUTE.CREATED-crypto_asset.json").chargeback.amount(), None);
}

#[test]
fn pipwave_field_by_field() {
    let expected = json!({
        "case_id": "pipwave-FIXPW0001", "stage": "received", "occurred_at": "2026-03-02T10:00:00Z", "reason": "",
        "payment": { "transaction_id": "ORDER-6001" }, "vendor_references": { "pipwave": { "payment": "FIXPW0001" } },
        "received_at": "2026-03-02T10:00:00Z", "processor": { "name": "pipwave", "dispute_id": "FIXPW0001" }, "case_number": "FIXREVERSE1",
    });
    assert_eq!(written("pipwave", "chargeback-reverse_status_1_pending.json"), expected);
    assert!(dispute("pipwave", "chargeback-no_reverse_ids.json").unsigned.contains(&Field::Stage));
}

#[test]
fn pipwave_is_asked_before_anybody_acts() {
    use Confirmation::{CannotTell as C, Confirmed as Y, Contradicted as N};

    let state = |status: i64| {
        let script = crate::support::Script::of([crate::support::Play::json(
            200,
            format!(r#"{{"status":200,"transaction_status":{status}}}"#),
        )]);
        let vendor = chargeback::pipwave::Pipwave::new("k", "s", chargeback::pipwave::Environment::Staging);
        let provider = crate::support::provider(vendor, &script);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(provider.requery(Requery::Payment("FIXPW0001".into()))).unwrap().reply
    };
    let payload = |name: &str| pipwave_verified(&fixture("pipwave", name));
    let received = payload("chargeback-reverse_status_1_pending.json");
    assert_eq!(received.requery(), Some(Requery::Payment("FIXPW0001".into())));
    assert_eq!(received.notification().txn_id(), Some("ORDER-6001"));
    let told = |name: &str| [13, 15, 10, 20, 25, 0, 99].map(|status| payload(name).confirmed_by(&state(status)));
    assert_eq!(told("chargeback-reverse_status_1_pending.json"), [Y, Y, N, C, C, N, N]);
    assert_eq!(told("chargeback-reverse_status_10_finalised.json"), [C, Y, N, C, C, N, N]);
    assert_eq!(told("chargeback-reverse_status_6_won.json"), [N, N, C, C, C, N, N]);
    assert_eq!(told("chargeback-reverse_status_7_resolved.json"), [C; 7]);
}
