//! The delivery of an error.

use chargeback::pipwave::{Pipwave, Requery};
use chargeback::revcent::RevCent;
use chargeback::{Delivery, pipwave};

use super::once;
use crate::support::{Play, Script};

#[tokio::test(start_paused = true)]
async fn failed_read_has_delivery_not_sent() {
    let script = Script::of([Play::Lost]);
    let pipwave = once(Pipwave::new("k", "s", pipwave::Environment::Live), &script);
    let error = pipwave.requery(Requery::Transaction("t".into())).await.unwrap_err();
    assert_eq!((error.delivery(), error.is_retryable()), (Delivery::NotSent, true));
    let script = Script::of([Play::Lost, Play::json(500, "{}")]);
    let revcent = once(RevCent::new("k"), &script);
    assert_eq!(revcent.search_chargebacks("words").await.unwrap_err().delivery(), Delivery::NotSent);
    assert_eq!(revcent.get_chargeback("chargeback0000000001").await.unwrap_err().delivery(), Delivery::NotSent);
}
