//! Attempt and operation timeouts.

use std::time::Duration;

use chargeback::{ChargebackProvider, Delivery, Error, HttpProvider, RetryPolicy, Timeouts};
use tokio::time::Instant;

use super::{received, spade_connector};
use crate::support::{Play, Script, kind};

#[tokio::test(start_paused = true)]
async fn attempt_and_operation_timeouts_are_enforced() {
    // Three attempts of 15 s each use the operation timeout of 45 s.
    let script = Script::of(vec![Play::Hang; 3]);
    let retry = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    let spade_ = HttpProvider::builder(spade_connector()).transport(script.clone()).retry(retry).build().unwrap();
    let start = Instant::now();
    let error = spade_.report(&received()).await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), 45);
    assert_eq!((kind(&error), error.delivery(), error.attempts()), ("timeout", Delivery::Unknown, 3));

    let limits = Timeouts::default().attempt(Duration::from_secs(2)).operation(Duration::from_secs(3));
    let script = Script::of(vec![Play::Hang; 2]);
    let spade_ =
        HttpProvider::builder(spade_connector()).transport(script).retry(retry).timeouts(limits).build().unwrap();
    let start = Instant::now();
    let error = spade_.report(&received()).await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), 3);
    let Error::Timeout(timeout) = &error else { panic!("{error}") };
    assert!(timeout.is_deadline());
    assert!(error.to_string().contains("the deadline passed after 2 attempts"), "{error}");
}
