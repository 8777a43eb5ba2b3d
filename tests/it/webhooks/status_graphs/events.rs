//! Events with a status of [`steps`](super::steps), on a day of a month.

use chargeback::webhooks::{Event, Mapping};
use serde_json::{Value, json};

use super::steps::PAYPAL_OPEN;
use crate::webhooks::{
    adyen_verified, braintree_verified, checkout_verified, fixture, paypal_verified, pipwave_verified, stripe_verified,
};

/// Splits a status at the first space.
fn split(status: &str) -> (&str, Option<&str>) {
    status.split_once(' ').map_or((status, None), |(first, rest)| (first, Some(rest)))
}

fn sample(source: &str, name: &str) -> Value {
    serde_json::from_str(&fixture(source, name)).unwrap()
}

pub fn stripe(status: &str, day: u32) -> Event {
    let is_warning = status.starts_with("radar.");
    let mut event = if is_warning {
        sample("stripe", "radar.early_fraud_warning.created-actionable.json")
    } else {
        sample("stripe", "charge.dispute.updated-under_review.json")
    };
    event["created"] = (1_790_000_000 + day * 86_400).into();
    if is_warning {
        event["type"] = status.into();
    } else {
        let (status, case_type) = split(status);
        event["data"]["object"]["status"] = status.into();
        event["data"]["object"]["payment_method_details"]["card"]["case_type"] = case_type.into();
    }
    stripe_verified(&event.to_string()).parse(&Mapping::default()).unwrap()
}

pub fn adyen(status: &str, day: u32) -> Event {
    let words: Vec<&str> = status.split(' ').collect();
    let is_request = words.contains(&"request");
    let name = match words[0] {
        "NOTIFICATION_OF_FRAUD" => "NOTIFICATION_OF_FRAUD.json",
        _ if is_request => "REQUEST_FOR_INFORMATION-unresponded.json",
        _ => "CHARGEBACK-undefended.json",
    };
    let mut post = sample("adyen", name);
    let item = &mut post["notificationItems"][0]["NotificationRequestItem"];
    item["eventCode"] = words[0].into();
    item["eventDate"] = format!("2026-03-{day:02}T10:15:30+01:00").into();
    item["additionalData"]["disputeStatus"] = words.get(1).filter(|word| **word != "request").copied().into();
    adyen_verified(&post.to_string()).parse(&Mapping::default()).remove(0).unwrap()
}

pub fn checkout(status: &str, day: u32) -> Event {
    let (event_type, resolved_reason) = split(status);
    let mut event = sample("checkout", "dispute_lost.json");
    event["type"] = event_type.into();
    event["timestamp"] = format!("2026-03-{day:02}T10:20:32Z").into();
    event["data"]["id"] = "dsp_1".into();
    event["data"]["resolved_reason"] = resolved_reason.into();
    checkout_verified(&event.to_string()).parse(&Mapping::default()).unwrap()
}

pub fn braintree(status: &str, day: u32) -> Event {
    let mut words = status.split(' ');
    let (status, kind, mark) = (words.next().unwrap(), words.next().unwrap(), words.next());
    let mut xml = fixture("braintree", "dispute_opened-chargeback.xml");
    let mut set = |old: &str, new: &str| {
        assert_eq!(xml.matches(old).count(), 1, "{old}");
        xml = xml.replace(old, new);
    };
    set("<status>open</status>\n      <updated-at", &format!("<status>{status}</status>\n      <updated-at"));
    set(">2026-03-02T10:15:30Z</timestamp>", &format!(">2026-03-{day:02}T10:15:30Z</timestamp>"));
    set("<kind>chargeback</kind>", &format!("<kind>{kind}</kind>"));
    match mark {
        Some("+") => set("<status>open</status>", "<status>disputed</status>"),
        Some(programme) => set("program>none<", &format!("program>{programme}<")),
        None => {}
    }
    braintree_verified(&xml).parse(&Mapping::default()).unwrap()
}

pub fn paypal(status: &str, day: u32) -> Event {
    let mut words = status.split(' ');
    let (life_cycle, status, answer) = (words.next().unwrap(), words.next().unwrap(), words.next());
    let mut event = sample("paypal", "CUSTOMER.DISPUTE.UPDATED-waiting_for_seller.json");
    let dispute = &mut event["resource"];
    dispute["update_time"] = format!("2026-03-{day:02}T09:00:00.000Z").into();
    dispute["dispute_life_cycle_stage"] = life_cycle.into();
    if PAYPAL_OPEN.contains(&status) {
        dispute["status"] = status.into();
    } else {
        dispute["status"] = "RESOLVED".into();
        dispute["dispute_outcome"] = json!({ "outcome_code": status });
    }
    if answer.is_some() {
        let evidence = json!({ "source": "SUBMITTED_BY_SELLER", "dispute_life_cycle_stage": life_cycle });
        dispute["evidences"] = json!([evidence]);
    }
    paypal_verified(&event.to_string()).parse(&Mapping::default()).unwrap()
}

pub fn pipwave(status: &str, day: u32) -> Event {
    let mut post = sample("pipwave", "chargeback-reverse_status_1_pending.json");
    post["reverse_status"] = status.into();
    post["timestamp"] = (1_772_445_600 + day * 86_400).to_string().into();
    pipwave_verified(&post.to_string()).parse(&Mapping::default()).unwrap()
}
