//! The client through real vendors: retry, time, tokens, reading back, turns and policy. Clocks are paused.

#[cfg(feature = "sandbox")]
mod doubt;
#[cfg(feature = "sandbox")]
mod dropped_futures;
mod failed_steps;
mod lookup;
mod tokens;
mod traffic;
pub mod transport;

use std::time::Duration;

use chargeback::connector::BaseUrl;
use chargeback::pipwave::Pipwave;
use chargeback::revcent::{CreateChargeback, RevCent};
use chargeback::spade::{self, Spade, WonMeans};
use chargeback::tutelar::{DefeatedMeans, Tutelar};
use chargeback::{
    Chargeback, ChargebackProvider, Delivery, Error, HttpProvider, Reason, RetryPolicy, Stage, Timeouts, pipwave,
};
use tokio::time::Instant;

use crate::support::{FixedClock, HalfJitter, Play, Script, kind, plain, provider};

pub fn spade() -> Spade {
    Spade::new("k", spade::Environment::EastSandbox, WonMeans::MerchantWon)
}

fn pipwave() -> Pipwave {
    Pipwave::new("k", "s", pipwave::Environment::Live)
}

pub fn received() -> Chargeback {
    plain("case-1", Stage::Received, Reason::FraudOther).build().unwrap()
}

const OK: &str = r#"{"details":"ok"}"#;

pub fn ok() -> Play {
    Play::json(200, OK)
}

#[tokio::test(start_paused = true)]
async fn a_safe_operation_is_repeated_until_it_succeeds() {
    let script = Script::of([Play::NotSent, Play::Lost, Play::json(503, ""), ok()]);
    let receipt = provider(spade(), &script).report(&received()).await.unwrap();
    assert_eq!(receipt.attempts(), 4);
    assert!(!receipt.was_reconciled() && receipt.is_complete() && receipt.wrote());
    assert_eq!(receipt.message(), Some("ok"));
    let sent = script.sent();
    assert!(sent.windows(2).all(|pair| pair[0].body() == pair[1].body()), "each attempt says the same");
}

#[tokio::test(start_paused = true)]
async fn attempts_end_and_the_error_tells_the_last_cause_and_the_whole_delivery() {
    let cases = [
        (vec![Play::NotSent; 4], "transport", Delivery::NotSent, 4),
        (vec![Play::Lost; 4], "transport", Delivery::Unknown, 4),
        (vec![Play::json(500, "{}"); 4], "unavailable", Delivery::Unknown, 4),
        (vec![Play::retry_after(429, 1); 4], "rate limited", Delivery::Rejected, 4),
        (vec![Play::json(400, r#"{"state":["no"]}"#)], "rejected", Delivery::Rejected, 1),
        (vec![Play::json(200, "<html>")], "unreadable", Delivery::Unknown, 1),
        (vec![Play::TooLarge], "unreadable", Delivery::Unknown, 1),
        // Once an attempt may have acted, no later refusal or failure makes that undone.
        (vec![Play::Lost, Play::json(400, "{}")], "rejected", Delivery::Unknown, 2),
        (vec![Play::Lost, Play::NotSent, Play::NotSent, Play::NotSent], "transport", Delivery::Unknown, 4),
        (vec![Play::json(500, ""), Play::json(403, "{}")], "authentication", Delivery::Unknown, 2),
        (vec![Play::NotSent, Play::json(404, "{}")], "not found", Delivery::Rejected, 2),
    ];
    for (plays, expected, delivery, attempts) in cases {
        let script = Script::of(plays.clone());
        let error = provider(spade(), &script).report(&received()).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery(), error.attempts()), (expected, delivery, attempts), "{plays:?}");
        assert_eq!(error.operation(), Some("report_chargeback"));
        assert_eq!(error.provider(), Some(&spade::ID));
        assert_eq!(script.left(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn retryable_means_that_it_may_pass_and_does_no_harm() {
    let error =
        |plays: Vec<Play>| async move { provider(spade(), &Script::of(plays)).report(&received()).await.unwrap_err() };
    assert!(error(vec![Play::NotSent; 4]).await.is_retryable());
    assert!(error(vec![Play::Lost; 4]).await.is_retryable(), "a repeat is safe at Spade");
    assert!(error(vec![Play::retry_after(429, 1); 4]).await.is_retryable());
    assert!(!error(vec![Play::json(400, "{}")]).await.is_retryable());
    assert!(!error(vec![Play::json(200, "page")]).await.is_retryable());
    // Where a repeat may do harm, an unclear outcome is not retryable.
    let script = Script::of(vec![Play::Lost]);
    let revcent = HttpProvider::builder(RevCent::new("k")).transport(script).retry(RetryPolicy::never().max_lookups(0));
    let error =
        revcent.build().unwrap().create_chargeback(CreateChargeback::for_gateway_transaction("g")).await.unwrap_err();
    assert_eq!((error.delivery(), error.is_retryable()), (Delivery::Unknown, false));
    assert!(error.to_string().ends_with("check with the vendor, then call resolve_doubt"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_obeyed_if_it_fits_the_deadline() {
    let script = Script::of([Play::retry_after(429, 20), ok()]);
    let start = Instant::now();
    let _ = provider(spade(), &script).report(&received()).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 20);

    let script = Script::of([Play::retry_after(429, 46)]);
    let start = Instant::now();
    let error = provider(spade(), &script).report(&received()).await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), 0, "no waiting for what cannot be waited for");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(46)));
    assert!(error.to_string().contains("retry after 46 s"), "{error}");

    // Never sooner than the backoff, whatever the vendor says.
    let script = Script::of([Play::retry_after(429, 0), ok()]);
    let clock = FixedClock::default();
    let slow = RetryPolicy::default().backoff(Duration::from_secs(6), Duration::from_secs(6));
    let spade_ =
        HttpProvider::builder(spade()).transport(script).retry(slow).clock(clock).jitter(HalfJitter).build().unwrap();
    let start = Instant::now();
    let _ = spade_.report(&received()).await.unwrap();
    assert_eq!(start.elapsed(), Duration::from_secs(3), "half of the ceiling");

    let script = Script::of([Play::retry_after(503, 3), ok()]);
    let start = Instant::now();
    let _ = provider(spade(), &script).report(&received()).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn time_limits_hold() {
    // Three attempts of 15 s each use the 45 s up.
    let script = Script::of(vec![Play::Hang; 3]);
    let retry = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    let spade_ = HttpProvider::builder(spade()).transport(script.clone()).retry(retry).build().unwrap();
    let start = Instant::now();
    let error = spade_.report(&received()).await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), 45);
    assert_eq!((kind(&error), error.delivery(), error.attempts()), ("timeout", Delivery::Unknown, 3));

    let limits = Timeouts::default().attempt(Duration::from_secs(2)).operation(Duration::from_secs(3));
    let script = Script::of(vec![Play::Hang; 2]);
    let spade_ = HttpProvider::builder(spade()).transport(script).retry(retry).timeouts(limits).build().unwrap();
    let start = Instant::now();
    let error = spade_.report(&received()).await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), 3);
    let Error::Timeout(timeout) = &error else { panic!("{error}") };
    assert!(timeout.is_deadline());
    assert!(error.to_string().contains("the deadline passed after 2 attempts"), "{error}");
}

#[test]
fn limits_of_zero_and_bad_settings_are_refused_at_once() {
    let limits = Timeouts::default().attempt(Duration::ZERO).connect(Duration::ZERO);
    let blank = Spade::new("  ", spade::Environment::EastSandbox, WonMeans::MerchantWon);
    let error = HttpProvider::builder(blank).transport(Script::silent()).timeouts(limits).build().unwrap_err();
    let Error::Configuration(error) = error else { panic!("{error}") };
    let problems: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        ["api_key: empty", "timeouts.connect: must not be zero", "timeouts.attempt: must not be zero"]
    );
    for key in ["a\nb", "ключ\u{0}"] {
        assert!(HttpProvider::builder(RevCent::new(key)).transport(Script::silent()).build().is_err(), "{key:?}");
    }
    assert!(HttpProvider::builder(Pipwave::new("k", "", pipwave::Environment::Live)).build().is_err());
    let colon = Tutelar::v1("a:b", "s", DefeatedMeans::Refuse);
    assert!(HttpProvider::builder(colon).transport(Script::silent()).build().is_err());
}

#[test]
fn keys_go_over_https_or_to_loopback() {
    for good in ["https://x.example/a/", "http://127.0.0.1:1", "http://[::1]:1", "http://localhost:8080/x"] {
        assert!(good.parse::<BaseUrl>().is_ok(), "{good}");
    }
    let bad = [
        "http://x.example",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "ftp://127.0.0.1",
        "https://u:p@x.example",
        "https://x.example?a=b",
        "https://x.example#a",
        "x.example",
        "",
        "file:///etc/passwd",
    ];
    for bad in bad {
        assert!(bad.parse::<BaseUrl>().is_err(), "{bad}");
    }
}
