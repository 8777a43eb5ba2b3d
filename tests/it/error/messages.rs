//! Messages, accessors and sources of errors.

use bytes::Bytes;
use chargeback::connector::{TokenError, TokenRequest, TokenSource};
use chargeback::revcent::{FirstReport, RevCent};
use chargeback::transport::{FailurePhase, RequestLimits, Transport, TransportFailure};
use chargeback::tutelar::{DefeatedMeans, Tutelar};
use chargeback::{
    Chargeback, ChargebackProvider, Delivery, Error, HttpProvider, Reason, RetryPolicy, Secret, Stage, TimeLimit,
    async_trait,
};
use http::{Request, Response};

use super::{at_stage, once, spade_connector, spade_error};
use crate::support::{Play, Script, at};

#[tokio::test(start_paused = true)]
async fn message_has_cause_delivery_and_next_step() {
    let lines = [
        (Play::NotSent, "the connection failed after 1 attempt; nothing was sent; retry later"),
        (Play::Lost, "the connection failed after 1 attempt; the vendor may have acted; retry later"),
        (Play::json(400, "{}"), "rejected by the vendor (HTTP 400) after 1 attempt; the vendor did not act"),
        (
            Play::json(200, "<html>"),
            "unexpected reply (HTTP 200) after 1 attempt; the vendor may have acted; safe to send again",
        ),
        (Play::Hang, "timed out waiting for a reply after 1 attempt; the vendor may have acted; retry later"),
    ];
    for (play, line) in lines {
        assert_eq!(spade_error(play).await.to_string(), format!("spade report_chargeback: {line}"));
    }
    let Error::Timeout(timeout) = spade_error(Play::Hang).await else { panic!("not a timeout") };
    assert!(!timeout.is_deadline());
    let Error::Unreadable(unreadable) = spade_error(Play::json(200, "<html>")).await else { panic!("readable") };
    assert_eq!(unreadable.body(), b"<html>");
}

#[tokio::test(start_paused = true)]
async fn message_redacts_text_that_is_not_a_code() {
    let (longest, too_long) = ("9".repeat(64), "9".repeat(65));
    for (code, shown) in [
        ("E-1.2_x", "E-1.2_x"),
        ("buyer@example.com", "[redacted]"),
        ("two words", "[redacted]"),
        (longest.as_str(), longest.as_str()),
        (too_long.as_str(), "[redacted]"),
    ] {
        let body = format!(r#"{{"code":0,"error_code":"{code}","message":"m"}}"#);
        let revcent = RevCent::new("k").first_report(FirstReport::CreateAtOnce);
        let script = Script::new([Play::json(200, body)]);
        let error = once(revcent, &script).report(&at_stage(Stage::Received)).await.unwrap_err();
        let line = format!(
            "revcent create_chargeback: rejected by the vendor (HTTP 200, code {shown}) after 1 attempt; \
             the vendor did not act"
        );
        assert_eq!(error.to_string(), line);
        assert!(format!("{error:?}").contains("ErrorDetails {") && format!("{error:?}").contains(shown), "{error:?}");
        let Error::Rejected(vendor) = &error else { panic!("{error}") };
        assert_eq!((vendor.code(), vendor.message()), (Some(code), Some("m")));
    }
}

#[tokio::test(start_paused = true)]
async fn message_mentions_an_earlier_doubt_once() {
    let revcent = || RevCent::new("k").first_report(FirstReport::CreateAtOnce);
    let create = "revcent create_chargeback: the connection failed after 1 attempt; the vendor may have acted";
    let doubt = "; an earlier report of the case may have acted";
    let nameless =
        Chargeback::builder("case-1", Stage::Received, Reason::Other, at(3, 9)).user_id("u").build().unwrap();
    for (play, next, line) in [
        (
            Some(Play::NotSent),
            at_stage(Stage::Received),
            format!("revcent search_chargebacks: the connection failed after 1 attempt{doubt}; retry later"),
        ),
        (
            Some(Play::json(400, "{}")),
            at_stage(Stage::Received),
            format!(
                "revcent search_chargebacks: rejected by the vendor (HTTP 400) after 1 attempt{doubt}; check \
                 with the vendor, then call resolve_doubt"
            ),
        ),
        (
            None,
            at_stage(Stage::Alert),
            format!(
                "revcent does not support stage 'alert' (RevCent records only a representment and its outcome); \
                 nothing was sent{doubt}"
            ),
        ),
        (None, nameless, doubt.to_owned()),
    ] {
        let script = Script::new([Play::Lost].into_iter().chain(play));
        let revcent = once(revcent(), &script);
        let first = revcent.report(&at_stage(Stage::Received)).await.unwrap_err();
        assert_eq!(
            first.to_string(),
            format!("{create}; lookups are switched off; check with the vendor, then call resolve_doubt")
        );
        let second = revcent.report(&next).await.unwrap_err();
        assert_eq!(second.delivery(), Delivery::Unknown, "{second}");
        assert!(second.to_string().ends_with(&line), "{second}");
        assert_eq!(second.to_string().matches(doubt).count(), 1, "{second}");
    }
    let second = revcent().first_report(FirstReport::SearchKeyOnly);
    let error = once(second, &Script::empty()).report(&at_stage(Stage::Alert)).await.unwrap_err();
    assert!(!error.to_string().contains(doubt), "{error}");
}

#[tokio::test(start_paused = true)]
async fn message_of_a_read_does_not_deny_that_it_was_sent() {
    for (play, line) in [
        (Play::json(500, "{}"), "vendor error (HTTP 500) after 1 attempt; nothing was changed; retry later"),
        (Play::Lost, "the connection failed after 1 attempt; nothing was changed; retry later"),
        (Play::json(400, "{}"), "rejected by the vendor (HTTP 400) after 1 attempt; the vendor did not act"),
    ] {
        let error = once(RevCent::new("k"), &Script::new([play])).report(&at_stage(Stage::Received)).await.unwrap_err();
        assert_eq!(error.to_string(), format!("revcent search_chargebacks: {line}"));
    }
}

/// A token source that never replies.
#[derive(Debug)]
struct Silent;

#[async_trait]
impl TokenSource for Silent {
    async fn token(&self, _: TokenRequest) -> Result<Secret, TokenError> {
        std::future::pending().await
    }
}

/// A transport that cannot connect in time.
#[derive(Debug)]
struct Unreachable;

#[async_trait]
impl Transport for Unreachable {
    async fn send(&self, _: Request<Bytes>, _: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        Err(TransportFailure::new(FailurePhase::NotSent).timed_out())
    }
}

#[tokio::test(start_paused = true)]
async fn timeout_names_its_limit() {
    let retry = RetryPolicy::never();
    let spade = HttpProvider::builder(spade_connector()).transport(Unreachable).retry(retry).build().unwrap();
    let tutelar = once(Tutelar::v2(Silent, DefeatedMeans::Refuse), &Script::empty());
    let hanging = spade_error(Play::Hang).await;
    for (error, limit, fact) in [
        (spade.report(&at_stage(Stage::Received)).await.unwrap_err(), TimeLimit::Connect, "timed out connecting"),
        (
            tutelar.report(&at_stage(Stage::Accepted)).await.unwrap_err(),
            TimeLimit::Token,
            "timed out waiting for an access token",
        ),
        (hanging, TimeLimit::Attempt, "timed out waiting for a reply"),
    ] {
        let Error::Timeout(timeout) = &error else { panic!("{error}") };
        assert_eq!((timeout.limit(), timeout.is_deadline()), (limit, false));
        let sent = if limit == TimeLimit::Attempt { "the vendor may have acted" } else { "nothing was sent" };
        assert!(error.to_string().ends_with(&format!(": {fact} after 1 attempt; {sent}; retry later")), "{error}");
    }
}
