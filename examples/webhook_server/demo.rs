//! Sends signed webhooks in the formats of Stripe and Adyen.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Utc;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::server::Payment;

pub(crate) const STRIPE_SECRET: &str = "whsec_demo";
pub(crate) const ADYEN_KEY: &str = "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF";

pub(crate) fn payments() -> HashMap<String, Payment> {
    let payment = |order: &str, user: &str, enrichment: &str| Payment {
        order_id: order.into(),
        user_id: user.into(),
        enrichment: enrichment.into(),
    };
    let stripe = payment("ORD_10726", "user-5512", "0b6d1f0e-6a6a-4b8e-9d52-000000000001");
    let adyen = payment("ORD_10901", "user-7781", "0b6d1f0e-6a6a-4b8e-9d52-000000000002");
    HashMap::from([("ch_3QK1a2".to_owned(), stripe), ("7914".to_owned(), adyen)])
}

/// Sends the webhooks of one case at each processor, with a duplicate and a late delivery.
pub(crate) async fn play(server: &str) -> Result<(), Box<dyn std::error::Error>> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let start = Utc::now().timestamp() - 3_000;
    let created = stripe_event("evt_1", "charge.dispute.created", "needs_response", start);
    let updated = stripe_event("evt_2", "charge.dispute.updated", "under_review", start + 1_000);
    let closed = stripe_event("evt_3", "charge.dispute.closed", "won", start + 2_000);
    for (name, event) in [
        ("a dispute", &created),
        ("a duplicate delivery", &created),
        ("the dispute is won", &closed),
        ("a late update", &updated),
    ] {
        let body = event.to_string();
        let time = Utc::now().timestamp();
        let signature = hex::encode(sha256(STRIPE_SECRET.as_bytes(), format!("{time}.{body}").as_bytes()));
        let sent = client
            .post(format!("{server}/webhooks/stripe"))
            .header("Stripe-Signature", format!("t={time},v1={signature}"))
            .body(body);
        println!("stripe  {:<36} -> {}", name, sent.send().await?.status());
    }
    for (name, items) in [
        (
            "a chargeback in a batch",
            vec![adyen_item("AUTHORISATION", "2026-03-01", ""), adyen_item("CHARGEBACK", "2026-03-02", "Undefended")],
        ),
        ("the chargeback is won", vec![adyen_item("PREARBITRATION_WON", "2026-03-09", "Won")]),
        ("a late duplicate", vec![adyen_item("CHARGEBACK", "2026-03-02", "Undefended")]),
    ] {
        let items: Vec<Value> = items.into_iter().map(|item| json!({ "NotificationRequestItem": item })).collect();
        let body = json!({ "live": "true", "notificationItems": items }).to_string();
        let reply = client.post(format!("{server}/webhooks/adyen")).body(body).send().await?;
        println!("adyen   {name:<36} -> {} {}", reply.status(), reply.text().await?);
    }
    let forged = client
        .post(format!("{server}/webhooks/stripe"))
        .header("Stripe-Signature", "t=1,v1=00")
        .body(created.to_string());
    println!("forged  {:<36} -> {}", "a dispute with a wrong signature", forged.send().await?.status());
    Ok(())
}

fn sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    // HMAC accepts keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

fn stripe_event(id: &str, name: &str, status: &str, created: i64) -> Value {
    json!({
        "id": id, "object": "event", "type": name, "created": created, "livemode": true,
        "data": { "object": {
            "id": "du_1QK7Zx", "object": "dispute", "amount": 12_990, "currency": "usd", "charge": "ch_3QK1a2",
            "created": created, "reason": "fraudulent", "status": status, "metadata": {},
            "evidence_details": {
                "due_by": created + 1_000_000, "submission_count": i32::from(status != "needs_response"),
            },
            "payment_method_details": {
                "type": "card", "card": { "brand": "visa", "network": "visa", "network_reason_code": "10.4" },
            },
        } },
    })
}

fn adyen_item(event: &str, day: &str, status: &str) -> Value {
    let signed = ["8837", "7914", "ExampleShop", "ORD_10901", "5400", "JPY", event, "true"];
    let key = hex::decode(ADYEN_KEY).unwrap_or_default();
    json!({
        "pspReference": signed[0], "originalReference": signed[1],
        "merchantAccountCode": signed[2], "merchantReference": signed[3],
        "amount": { "value": 5_400, "currency": signed[5] }, "eventCode": event, "success": "true",
        "eventDate": format!("{day}T10:15:30+01:00"), "paymentMethod": "mc", "reason": "Goods or Services Not Provided",
        "additionalData": {
            "chargebackReasonCode": " 4853", "chargebackSchemeCode": "mc", "disputeStatus": status,
            "shopperReference": "user-7781",
            "hmacSignature": STANDARD.encode(sha256(&key, signed.join(":").as_bytes())),
        },
    })
}
