//! The sources of an error.

use std::error::Error as _;

use bytes::Bytes;
use chargeback::connector::{TokenError, TokenRequest, TokenSource};
use chargeback::transport::{FailurePhase, RequestLimits, Transport, TransportFailure};
use chargeback::tutelar::{DefeatedMeans, Tutelar};
use chargeback::{ChargebackProvider, Delivery, HttpProvider, RetryPolicy, Secret, Stage, async_trait};
use http::{Request, Response};

use super::{at_stage, once, spade_connector};
use crate::support::{Script, kind};

/// A transport that times out in this phase.
#[derive(Debug)]
struct Slow(FailurePhase);

#[async_trait]
impl Transport for Slow {
    async fn send(&self, _: Request<Bytes>, _: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        Err(TransportFailure::new(self.0).timed_out().caused_by("a slow network"))
    }
}

#[tokio::test(start_paused = true)]
async fn transport_timeout_becomes_a_timeout_error() {
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
async fn missing_token_error_has_a_source() {
    let tutelar = once(Tutelar::v2(Down, DefeatedMeans::Refuse), &Script::empty());
    let error = tutelar.report(&at_stage(Stage::Accepted)).await.unwrap_err();
    let source = error.source().unwrap();
    assert_eq!(source.to_string(), "could not get a token");
    assert_eq!(source.source().unwrap().to_string(), "the token service is down");
}

#[cfg(feature = "rustls")]
#[test]
fn transport_setup_error_has_a_source() {
    let bad = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let error = chargeback::transport::HttpTransport::builder()
        .connect_timeout(std::time::Duration::from_secs(1))
        .root_certificates(bad)
        .build()
        .unwrap_err();
    assert_eq!(error.provider(), None);
    assert!(error.to_string().starts_with("configuration: transport: "), "{error}");
    assert!(error.source().is_some());
}
