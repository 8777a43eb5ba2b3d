//! Tokens and signatures: each attempt gets new ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chargeback::connector::{TokenError, TokenRequest, TokenSource};
use chargeback::tutelar::{DefeatedMeans, Tutelar};
use chargeback::{
    Chargeback, ChargebackProvider, Delivery, HttpProvider, Reason, Secret, Stage, async_trait, pipwave::signature,
};
use tokio::time::Instant;

use super::{pipwave_connector, received};
use crate::support::{Play, Script, at, body, header, kind, plain, provider};

#[derive(Debug, Default)]
struct Tokens {
    requests: Arc<AtomicU32>,
    fresh: Arc<AtomicU32>,
}

#[async_trait]
impl TokenSource for Tokens {
    async fn token(&self, request: TokenRequest) -> Result<Secret, TokenError> {
        let n = self.requests.fetch_add(1, Ordering::SeqCst);
        if request == TokenRequest::Fresh {
            self.fresh.fetch_add(1, Ordering::SeqCst);
        }
        Ok(Secret::from(format!("token-{n}")))
    }
}

fn accepted() -> Chargeback {
    plain("case-1", Stage::Accepted, Reason::FraudOther).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn rejected_token_is_renewed_once() {
    let tokens = Tokens::default();
    let fresh = Arc::clone(&tokens.fresh);
    let script = Script::new([Play::json(401, "{}"), Play::json(200, r#"{"success":true}"#)]);
    let receipt = provider(Tutelar::v2(tokens, DefeatedMeans::Refuse), &script).report(&accepted()).await.unwrap();
    assert_eq!(receipt.attempts(), 2);
    assert_eq!(fresh.load(Ordering::SeqCst), 1);
    let sent = script.sent();
    assert_eq!(header(&sent[0], "authorization"), Some("Bearer token-0"));
    assert_eq!(header(&sent[1], "authorization"), Some("Bearer token-1"));

    let tokens = Tokens::default();
    let fresh = Arc::clone(&tokens.fresh);
    let script = Script::new(vec![Play::json(401, "{}"); 2]);
    let error = provider(Tutelar::v2(tokens, DefeatedMeans::Refuse), &script).report(&accepted()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("authentication", Delivery::Rejected));
    assert_eq!((fresh.load(Ordering::SeqCst), script.sent().len()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn token_is_requested_before_each_attempt() {
    let script = Script::new([Play::Lost, Play::json(200, r#"{"success":true}"#)]);
    let vendor = Tutelar::v2(Tokens::default(), DefeatedMeans::Refuse);
    let _ = provider(vendor, &script).report(&accepted()).await.unwrap();
    let tokens: Vec<_> = script.sent().iter().map(|sent| header(sent, "authorization").unwrap().to_owned()).collect();
    assert_eq!(tokens, ["Bearer token-0", "Bearer token-1"]);
}

#[derive(Debug)]
struct NoTokens {
    hang: bool,
}

#[async_trait]
impl TokenSource for NoTokens {
    async fn token(&self, _: TokenRequest) -> Result<Secret, TokenError> {
        if self.hang {
            std::future::pending::<()>().await;
        }
        Err(TokenError::new("the token service is down"))
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_without_a_token() {
    let script = Script::empty();
    let down = provider(Tutelar::v2(NoTokens { hang: false }, DefeatedMeans::Refuse), &script);
    let error = down.report(&accepted()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery(), error.is_retryable()), ("authentication", Delivery::NotSent, true));
    let hanging = provider(Tutelar::v2(NoTokens { hang: true }, DefeatedMeans::Refuse), &script);
    let start = Instant::now();
    let error = hanging.report(&accepted()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("timeout", Delivery::NotSent));
    assert_eq!(start.elapsed().as_secs(), 45);
    assert!(script.sent().is_empty());
}

#[tokio::test(start_paused = true)]
async fn each_attempt_has_a_new_signature() {
    #[derive(Debug)]
    struct Steps(AtomicU32);
    impl chargeback::transport::Clock for Steps {
        fn now(&self) -> chrono::DateTime<chrono::Utc> {
            at(3, 9) + chrono::Duration::seconds(i64::from(self.0.fetch_add(7, Ordering::SeqCst)))
        }
        fn elapsed(&self) -> Duration {
            Duration::ZERO
        }
        fn sleep(&self, time: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>> {
            Box::pin(tokio::time::sleep(time))
        }
    }
    #[derive(Debug)]
    struct NoJitter;
    impl chargeback::transport::Jitter for NoJitter {
        fn sample(&self) -> f64 {
            0.0
        }
    }
    let script = Script::new([Play::NotSent, Play::retry_after(429, 1), Play::json(200, r#"{"status":200}"#)]);
    let provider = HttpProvider::builder(pipwave_connector())
        .transport(script.clone())
        .clock(Steps(AtomicU32::new(0)))
        .jitter(NoJitter);
    let _ = provider.build().unwrap().report(&received()).await.unwrap();
    let sent: Vec<_> = script.sent().iter().map(body).collect();
    assert_eq!(sent.len(), 3);
    for body in &sent {
        let time = body["timestamp"].as_i64().unwrap().to_string();
        let pairs = [
            ("action", "tag-chargeback"),
            ("api_key", "k"),
            ("stage", "disputed"),
            ("timestamp", time.as_str()),
            ("txn_id", "txn-1"),
        ];
        assert_eq!(body["signature"], signature::sign(pairs, &Secret::from("s")));
    }
    assert_ne!(sent[0]["timestamp"], sent[1]["timestamp"]);
    assert_ne!(sent[1]["signature"], sent[2]["signature"]);
}

#[tokio::test(start_paused = true)]
async fn token_with_invalid_characters_ends_the_retries() {
    #[derive(Debug, Default)]
    struct Turning(AtomicU32);
    #[async_trait]
    impl TokenSource for Turning {
        async fn token(&self, _: TokenRequest) -> Result<Secret, TokenError> {
            Ok(Secret::from(if self.0.fetch_add(1, Ordering::SeqCst) == 0 { "good" } else { "bad\nline" }))
        }
    }
    // The first attempt may have acted, and the second could not be built. The error reports both.
    let script = Script::new([Play::Lost]);
    let shared = Arc::new(Turning::default());
    let tutelar = provider(Tutelar::v2(Arc::clone(&shared), DefeatedMeans::Refuse), &script);
    let error = tutelar.report(&accepted()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery(), error.is_retryable()), ("transport", Delivery::Unknown, false));
    assert!(
        std::error::Error::source(&error).unwrap().to_string().contains("authorization: has a character"),
        "{error:?}"
    );
    // Without an earlier attempt, the error is `Invalid`, and nothing was sent.
    let error = provider(Tutelar::v2(shared, DefeatedMeans::Refuse), &script).report(&accepted()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("invalid", Delivery::NotSent));
    assert_eq!(script.sent().len(), 1);
}
