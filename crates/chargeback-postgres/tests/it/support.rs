//! Helpers.

use chargeback::outbox::{Enqueued, EventKey, NewReport, OutboxStore};
use chargeback::{Chargeback, ProviderId};
use chrono::{DateTime, TimeZone as _, Utc};

/// A time in October 2026.
pub fn at(day: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 10, day, hour, 30, 0).unwrap()
}

/// Accepts a report through the store.
pub async fn enqueue(store: &impl OutboxStore, key: &str, chargeback: &Chargeback, vendors: &[ProviderId]) -> Enqueued {
    let (key, json) = (EventKey::new("test", "", key).unwrap(), serde_json::to_vec(chargeback).unwrap());
    store.enqueue(NewReport::new(&key, chargeback, &json, vendors)).await.unwrap()
}
