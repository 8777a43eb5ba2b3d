//! Errors: the line that people read, and everything that a program asks.

use std::error::Error as _;
use std::time::Duration;

use bytes::Bytes;
use chargeback::connector::{Connector, TokenError, TokenRequest, TokenSource};
use chargeback::pipwave::{Pipwave, Requery};
use chargeback::revcent::{FirstReport, RevCent};
use chargeback::spade::{Spade, WonMeans};
use chargeback::transport::{FailurePhase, RequestLimits, Transport, TransportFailure};
use chargeback::tutelar::{DefeatedMeans, Tutelar};
use chargeback::{
    Chargeback, ChargebackProvider, Delivery, Error, HttpProvider, Reason, RetryPolicy, Secret, Stage, async_trait,
    pipwave, revcent, spade,
};
use http::{Request, Response};

use crate::support::{Play, Script, at, kind, plain};

/// One attempt and no look.
fn once<V: Connector>(vendor: V, script: &Script) -> HttpProvider<V> {
    let retry = RetryPolicy::never().max_lookups(0);
    HttpProvider::builder(vendor).transport(script.clone()).retry(retry).build().unwrap()
}

fn spade_connector() -> Spade {
    Spade::new("k", spade::Environment::EastSandbox, WonMeans::MerchantWon)
}

fn at_stage(stage: Stage) -> Chargeback {
    plain("case-1", stage, Reason::FraudOther).build().unwrap()
}

async fn spade_error(play: Play) -> Error {
    once(spade_connector(), &Script::of([play])).report(&at_stage(Stage::Received)).await.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn the_line_says_what_happened_whether_it_acted_and_what_to_do() {
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
async fn a_code_is_shown_if_it_is_one() {
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
        let script = Script::of([Play::json(200, body)]);
        let error = once(revcent, &script).report(&at_stage(Stage::Received)).await.unwrap_err();
        let line = format!(
            "revcent create_chargeback: rejected by the vendor (HTTP 200, code {shown}) after 1 attempt; the vendor did \
             not act"
        );
        assert_eq!(error.to_string(), line);
        assert!(format!("{error:?}").contains("ErrorDetails {") && format!("{error:?}").contains(shown), "{error:?}");
        let Error::Rejected(vendor) = &error else { panic!("{error}") };
        assert_eq!((vendor.code(), vendor.message()), (Some(code), Some("m")));
    }
}

#[tokio::test(start_paused = true)]
async fn every_kind_knows_its_vendor_and_the_operation_if_it_is_one() {
    let spade = once(spade_connector(), &Script::silent());
    let nameless = Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).order_id("o").build().unwrap();
    let error = spade.report(&nameless).await.unwrap_err();
    assert_eq!((kind(&error), error.provider(), error.operation()), ("invalid", Some(&spade::ID), None));
    let error = spade.report(&at_stage(Stage::Alert)).await.unwrap_err();
    assert_eq!((kind(&error), error.provider(), error.operation()), ("unsupported", Some(&spade::ID), None));
    let Error::Unsupported(unsupported) = &error else { panic!("{error}") };
    assert_eq!(unsupported.value(), "alert");
    assert!(error.to_string().starts_with("spade does not support stage 'alert' ("), "{error}");
    assert!(error.to_string().ends_with("; nothing was sent"), "{error}");

    let revcent = once(RevCent::new("k"), &Script::silent());
    let error = revcent.get_chargeback("short").await.unwrap_err();
    assert_eq!(
        (kind(&error), error.provider(), error.operation()),
        ("invalid", Some(&revcent::ID), Some("get_chargeback"))
    );
    assert_eq!(error.to_string(), "revcent get_chargeback: invalid: chargeback_id: not exactly 20 characters");
    let error = Chargeback::builder("", Stage::Received, Reason::Other, at(3, 9)).build().unwrap_err();
    assert_eq!(error.to_string(), "invalid: case_id: empty; payment: no id of the payment is given");
    let error = HttpProvider::builder(Pipwave::new("", "", pipwave::Environment::Live)).build().unwrap_err();
    assert_eq!((error.provider(), error.operation()), (Some(&pipwave::ID), None));
}

#[tokio::test(start_paused = true)]
async fn an_error_of_a_case_in_doubt_says_that_the_doubt_is_of_before() {
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
                "revcent search_chargebacks: rejected by the vendor (HTTP 400) after 1 attempt{doubt}; safe to send again"
            ),
        ),
        (
            None,
            at_stage(Stage::Alert),
            format!(
                "revcent does not support stage 'alert' (RevCent records only a representment and its outcome); nothing \
                 was sent{doubt}"
            ),
        ),
        (None, nameless, doubt.to_owned()),
    ] {
        let script = Script::of([Play::Lost].into_iter().chain(play));
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
    let second = revcent().first_report(FirstReport::SearchOwn);
    let error = once(second, &Script::silent()).report(&at_stage(Stage::Alert)).await.unwrap_err();
    assert!(!error.to_string().contains(doubt), "{error}");
}

/// A transport that never gets an answer in time, and says where.
#[derive(Debug)]
struct Slow(FailurePhase);

#[async_trait]
impl Transport for Slow {
    async fn send(&self, _: Request<Bytes>, _: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        Err(TransportFailure::new(self.0).timed_out().caused_by("a slow network"))
    }
}

#[tokio::test(start_paused = true)]
async fn a_transport_says_that_it_was_a_timeout() {
    for (phase, delivery, line) in [
        (FailurePhase::NotSent, Delivery::NotSent, "timed out connecting"),
        (FailurePhase::MaybeSent, Delivery::Unknown, "timed out waiting for a reply"),
    ] {
        let builder = HttpProvider::builder(spade_connector()).transport(Slow(phase)).retry(RetryPolicy::never());
        let error = builder.build().unwrap().report(&at_stage(Stage::Received)).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery()), ("timeout", delivery));
        let source = error.source().unwrap();
        assert_eq!(source.to_string(), line);
        assert_eq!(source.source().unwrap().to_string(), "a slow network");
        assert!(source.downcast_ref::<TransportFailure>().unwrap().is_timeout());
    }
    assert!(!TransportFailure::new(FailurePhase::NotSent).is_timeout());
}

#[derive(Debug)]
struct Down;

#[async_trait]
impl TokenSource for Down {
    async fn token(&self, _: TokenRequest) -> Result<Secret, TokenError> {
        Err(TokenError::new("the token service is down"))
    }
}

#[tokio::test(start_paused = true)]
async fn why_there_is_no_token_is_in_the_chain() {
    let tutelar = once(Tutelar::v2(Down, DefeatedMeans::Refuse), &Script::silent());
    let error = tutelar.report(&at_stage(Stage::Accepted)).await.unwrap_err();
    let source = error.source().unwrap();
    assert_eq!(source.to_string(), "no token could be had");
    assert_eq!(source.source().unwrap().to_string(), "the token service is down");
}

#[cfg(feature = "rustls")]
#[test]
fn why_a_transport_cannot_be_set_up_is_in_the_chain() {
    let bad = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let error = chargeback::transport::HttpTransport::builder()
        .connect_timeout(Duration::from_secs(1))
        .root_certificates(bad)
        .build()
        .unwrap_err();
    assert_eq!(error.provider(), None);
    assert!(error.to_string().starts_with("configuration: transport: "), "{error}");
    assert!(error.source().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_read_that_fails_has_not_acted() {
    let script = Script::of([Play::Lost]);
    let pipwave = once(Pipwave::new("k", "s", pipwave::Environment::Live), &script);
    let error = pipwave.requery(Requery::Transaction("t".into())).await.unwrap_err();
    assert_eq!((error.delivery(), error.is_retryable()), (Delivery::NotSent, true));
    let script = Script::of([Play::Lost, Play::json(500, "{}")]);
    let revcent = once(RevCent::new("k"), &script);
    assert_eq!(revcent.search_chargebacks("words").await.unwrap_err().delivery(), Delivery::NotSent);
    assert_eq!(revcent.get_chargeback("chargeback0000000001").await.unwrap_err().delivery(), Delivery::NotSent);
}

#[tokio::test(start_paused = true)]
async fn an_error_keeps_the_first_8_kib_of_a_reply() {
    let error = spade_error(Play::json(400, " ".repeat(8 * 1024 + 1))).await;
    assert_eq!(error.reply_body().map(<[u8]>::len), Some(8 * 1024));
    let error = spade_error(Play::retry_after(429, 7)).await;
    assert_eq!((error.retry_after(), error.attempts()), (Some(Duration::from_secs(7)), 1));
}
