//! Retries, backoff and `Retry-After`.

use std::time::Duration;

use chargeback::revcent::{CreateChargeback, RevCent};
use chargeback::tutelar::{DefeatedMeans, Tutelar};
use chargeback::{ChargebackProvider, Delivery, HttpProvider, RetryPolicy, spade, tutelar};
use tokio::time::Instant;

use super::{OK, ok, received, spade_connector};
use crate::support::{FixedClock, HalfJitter, Play, Script, kind, provider};

#[tokio::test(start_paused = true)]
async fn idempotent_operation_is_retried_until_it_succeeds() {
    let script = Script::new([Play::NotSent, Play::Lost, Play::json(503, ""), ok()]);
    let receipt = provider(spade_connector(), &script).report(&received()).await.unwrap();
    assert_eq!(receipt.attempts(), 4);
    assert!(!receipt.was_reconciled() && receipt.is_complete() && receipt.wrote());
    assert_eq!(receipt.message(), Some("ok"));
    let sent = script.sent();
    assert!(sent.windows(2).all(|pair| pair[0].body() == pair[1].body()), "each attempt has the same body");
}

#[tokio::test(start_paused = true)]
async fn error_has_the_last_cause_and_the_delivery_of_all_attempts() {
    let cases = [
        (vec![Play::NotSent; 4], "transport", Delivery::NotSent, 4),
        (vec![Play::Lost; 4], "transport", Delivery::Unknown, 4),
        (vec![Play::json(500, "{}"); 4], "unavailable", Delivery::Unknown, 4),
        (vec![Play::retry_after(429, 1); 4], "rate limited", Delivery::Rejected, 4),
        (vec![Play::json(400, r#"{"state":["no"]}"#)], "rejected", Delivery::Rejected, 1),
        (vec![Play::json(200, "<html>")], "unreadable", Delivery::Unknown, 1),
        (vec![Play::TooLarge], "unreadable", Delivery::Unknown, 1),
        // After an attempt that may have acted, no later rejection or failure changes the delivery.
        (vec![Play::Lost, Play::json(400, "{}")], "rejected", Delivery::Unknown, 2),
        (vec![Play::Lost, Play::NotSent, Play::NotSent, Play::NotSent], "transport", Delivery::Unknown, 4),
        (vec![Play::json(500, ""), Play::json(403, "{}")], "authentication", Delivery::Unknown, 2),
        (vec![Play::NotSent, Play::json(404, "{}")], "not found", Delivery::Rejected, 2),
    ];
    for (plays, expected, delivery, attempts) in cases {
        let script = Script::new(plays.clone());
        let error = provider(spade_connector(), &script).report(&received()).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery(), error.attempts()), (expected, delivery, attempts), "{plays:?}");
        assert_eq!(error.operation(), Some("report_chargeback"));
        assert_eq!(error.provider(), Some(&spade::ID));
        assert_eq!(script.left(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn error_is_retryable_only_if_a_retry_is_safe() {
    let error = |plays: Vec<Play>| async move {
        provider(spade_connector(), &Script::new(plays)).report(&received()).await.unwrap_err()
    };
    assert!(error(vec![Play::NotSent; 4]).await.is_retryable());
    assert!(error(vec![Play::Lost; 4]).await.is_retryable(), "a repeat is safe for Spade");
    assert!(error(vec![Play::retry_after(429, 1); 4]).await.is_retryable());
    assert!(!error(vec![Play::json(400, "{}")]).await.is_retryable());
    assert!(!error(vec![Play::json(200, "page")]).await.is_retryable());
    // For a call that is not idempotent, an unknown outcome is not retryable.
    let script = Script::new(vec![Play::Lost]);
    let revcent = HttpProvider::builder(RevCent::new("k")).transport(script).retry(RetryPolicy::never().max_lookups(0));
    let error =
        revcent.build().unwrap().create_chargeback(CreateChargeback::for_gateway_transaction("g")).await.unwrap_err();
    assert_eq!((error.delivery(), error.is_retryable()), (Delivery::Unknown, false));
    assert!(error.to_string().ends_with("check with the vendor, then call resolve_doubt"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_respected_within_the_deadline() {
    let script = Script::new([Play::retry_after(429, 20), ok()]);
    let start = Instant::now();
    let _ = provider(spade_connector(), &script).report(&received()).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 20);

    let script = Script::new([Play::retry_after(429, 46)]);
    let start = Instant::now();
    let error = provider(spade_connector(), &script).report(&received()).await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), 0, "the provider waits although the deadline is earlier");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(46)));
    assert!(error.to_string().contains("retry after 46 s"), "{error}");

    // The wait is never shorter than the backoff, for any `Retry-After`.
    let script = Script::new([Play::retry_after(429, 0), ok()]);
    let clock = FixedClock::default();
    let slow = RetryPolicy::default().backoff(Duration::from_secs(6), Duration::from_secs(6));
    let spade_ = HttpProvider::builder(spade_connector())
        .transport(script)
        .retry(slow)
        .clock(clock)
        .jitter(HalfJitter)
        .build()
        .unwrap();
    let start = Instant::now();
    let _ = spade_.report(&received()).await.unwrap();
    assert_eq!(start.elapsed(), Duration::from_secs(3), "half of the maximum");

    let script = Script::new([Play::retry_after(503, 3), ok()]);
    let start = Instant::now();
    let _ = provider(spade_connector(), &script).report(&received()).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn native_call_is_retried_like_a_report() {
    let script = Script::new([Play::Lost, Play::json(200, r#"{"success":true,"message":"m"}"#)]);
    let tutelar = provider(Tutelar::v1("k", "s", DefeatedMeans::Refuse), &script);
    let refund = tutelar::TransactionRefund::new(tutelar::RefundStatus::Processed, "o", "r");
    assert_eq!(tutelar.report_refund(refund).await.unwrap().reply.message.as_deref(), Some("m"));
    assert_eq!(script.sent().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn backoff_doubles_up_to_the_maximum() {
    let policy = RetryPolicy::default().max_attempts(6).backoff(Duration::from_secs(2), Duration::from_secs(10));
    let script = Script::new(vec![Play::NotSent; 5].into_iter().chain([Play::json(200, OK)]));
    let builder = HttpProvider::builder(spade_connector()).transport(script).retry(policy);
    let spade = builder.clock(FixedClock::default()).jitter(HalfJitter).build().unwrap();
    let start = Instant::now();
    let receipt = spade.report(&received()).await.unwrap();
    // Half of 2, 4, 8, 10 and 10 seconds.
    assert_eq!((start.elapsed(), receipt.elapsed()), (Duration::from_secs(17), Duration::from_secs(17)));
    assert_eq!((receipt.attempts(), receipt.steps()[0].was_reconciled()), (6, false));
}

/// Adds a time to every clock that an application may use.
fn add_to_clocks(time: Duration) {
    let _ = (std::time::Instant::now() + time, Instant::now() + time, std::time::SystemTime::now() + time);
    let _ = chrono::Utc::now() + chrono::TimeDelta::from_std(time).unwrap();
}

#[tokio::test(start_paused = true)]
async fn longest_retry_after_can_be_added_to_a_clock() {
    let longest = Duration::from_secs(365 * 24 * 3600);
    for (text, expected) in [
        ("31536000", longest),
        ("31536001", longest),
        ("9223372036854775807", longest),
        ("18446744073709551615", longest),
        ("340282366920938463463374607431768211456", longest),
        ("Fri, 31 Dec 9999 23:59:59 GMT", longest),
        ("60", Duration::from_secs(60)),
    ] {
        for status in [429, 503] {
            let headers = vec![("retry-after", text.to_owned())];
            let reply = Play::Reply { status, headers, body: bytes::Bytes::from_static(b"{}") };
            let error = provider(spade_connector(), &Script::new([reply])).report(&received()).await.unwrap_err();
            assert_eq!(error.retry_after(), Some(expected), "{status} {text}");
            add_to_clocks(error.retry_after().unwrap());
        }
    }
    // The same holds for an error of a provider outside this crate.
    let details = chargeback::ErrorDetails::new(spade::ID, "report", Delivery::Rejected).retry_after(Duration::MAX);
    let error = chargeback::Error::rate_limited(details);
    add_to_clocks(error.retry_after().unwrap());
    add_to_clocks(error.record().retry_after.unwrap());
}

#[tokio::test(start_paused = true)]
async fn retry_after_date_is_relative_to_the_date_of_the_reply() {
    // The local clock is years away from the vendor's.
    let headers = vec![
        ("date", "Sun, 06 Nov 1994 08:49:37 GMT".to_owned()),
        ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT".to_owned()),
    ];
    let reply = Play::Reply { status: 429, headers, body: bytes::Bytes::from_static(b"{}") };
    let once = HttpProvider::builder(spade_connector()).transport(Script::new([reply])).retry(RetryPolicy::never());
    let error = once.build().unwrap().report(&received()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
}

/// Returns this sample.
#[derive(Debug)]
struct Sample(f64);

impl chargeback::transport::Jitter for Sample {
    fn sample(&self) -> f64 {
        self.0
    }
}

#[tokio::test(start_paused = true)]
async fn longest_backoff_and_odd_samples_do_not_overflow() {
    for sample in [0.0, 0.999_999, 1.0, 2.0, -1.0, f64::NAN, f64::INFINITY] {
        for time in [Duration::from_secs(1), Duration::MAX] {
            let script = Script::new(vec![Play::Lost; 4]);
            let builder = HttpProvider::builder(spade_connector()).transport(script).jitter(Sample(sample));
            let retry = RetryPolicy::default().backoff(time, time);
            assert!(builder.retry(retry).build().unwrap().report(&received()).await.is_err(), "{sample} {time:?}");
        }
    }
}
