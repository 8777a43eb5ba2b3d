//! The client through real vendors: retry, time, tokens, reading back, turns and policy. Clocks are paused.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chargeback::pipwave::Pipwave;
use chargeback::revcent::{CreateChargeback, RevCent};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::{self, Spade, WonMeans};
use chargeback::thirdwatch::{self, Thirdwatch};
use chargeback::tutelar::{self, DefeatedMeans, Tutelar};
use chargeback::vendor::{BaseUrl, TokenAsk, TokenError, TokenSource};
use chargeback::{
    Chargeback, ChargebackProvider, Delivery, Error, Field, HttpProvider, LossKind, LossPolicy, Reason, RetryPolicy,
    Secret, Stage, Timeouts, async_trait, pipwave, revcent,
};
use tokio::time::Instant;

use crate::support::{Play, Script, at, body, header, kind, plain, provider};

fn spade() -> Spade {
    Spade::new("k", spade::Environment::EastSandbox, WonMeans::MerchantWon)
}

fn pipwave() -> Pipwave {
    Pipwave::new("k", "s", pipwave::Environment::Live)
}

fn received() -> Chargeback {
    plain("case-1", Stage::Received, Reason::FraudOther).build().unwrap()
}

const OK: &str = r#"{"details":"ok"}"#;

fn ok() -> Play {
    Play::json(200, OK)
}

#[tokio::test(start_paused = true)]
async fn a_safe_operation_is_repeated_until_it_succeeds() {
    let script = Script::of([Play::NotSent, Play::Lost, Play::json(503, ""), ok()]);
    let receipt = provider(spade(), &script).report(&received()).await.unwrap();
    assert_eq!(receipt.attempts(), 4);
    assert!(!receipt.was_read_back() && receipt.is_complete() && receipt.wrote());
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
        assert_eq!(error.operation(), Some("chargeback"));
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
    let revcent = HttpProvider::builder(RevCent::new("k")).transport(script).retry(RetryPolicy::never().looks(0));
    let error = revcent.build().unwrap().create(CreateChargeback::of_gateway_transaction("g")).await.unwrap_err();
    assert_eq!((error.delivery(), error.is_retryable()), (Delivery::Unknown, false));
    assert!(error.to_string().ends_with("find out before sending it again"), "{error}");
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
    assert!(error.to_string().contains("report again after 46 s"), "{error}");

    let script = Script::of([Play::retry_after(503, 3), ok()]);
    let start = Instant::now();
    let _ = provider(spade(), &script).report(&received()).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn time_limits_hold() {
    // Three attempts of 15 s each use the 45 s up.
    let script = Script::of(vec![Play::Hang; 3]);
    let retry = RetryPolicy::default().waits(Duration::ZERO, Duration::ZERO);
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
    assert_eq!(problems, ["api_key: empty", "timeouts.connect: zero", "timeouts.attempt: zero"]);
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

// ---- tokens

#[derive(Debug, Default)]
struct Tokens {
    asked: Arc<AtomicU32>,
    fresh: Arc<AtomicU32>,
}

#[async_trait]
impl TokenSource for Tokens {
    async fn token(&self, ask: TokenAsk) -> Result<Secret, TokenError> {
        let n = self.asked.fetch_add(1, Ordering::SeqCst);
        if ask == TokenAsk::Fresh {
            self.fresh.fetch_add(1, Ordering::SeqCst);
        }
        Ok(Secret::from(format!("token-{n}")))
    }
}

fn accepted() -> Chargeback {
    plain("case-1", Stage::Accepted, Reason::FraudOther).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_renewed_once() {
    let tokens = Tokens::default();
    let fresh = Arc::clone(&tokens.fresh);
    let script = Script::of([Play::json(401, "{}"), Play::json(200, r#"{"success":true}"#)]);
    let receipt = provider(Tutelar::v2(tokens, DefeatedMeans::Refuse), &script).report(&accepted()).await.unwrap();
    assert_eq!(receipt.attempts(), 2);
    assert_eq!(fresh.load(Ordering::SeqCst), 1);
    let sent = script.sent();
    assert_eq!(header(&sent[0], "authorization"), Some("Bearer token-0"));
    assert_eq!(header(&sent[1], "authorization"), Some("Bearer token-1"));

    let tokens = Tokens::default();
    let fresh = Arc::clone(&tokens.fresh);
    let script = Script::of(vec![Play::json(401, "{}"); 2]);
    let error = provider(Tutelar::v2(tokens, DefeatedMeans::Refuse), &script).report(&accepted()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("authentication", Delivery::Rejected));
    assert_eq!((fresh.load(Ordering::SeqCst), script.sent().len()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_asked_for_before_each_attempt() {
    let script = Script::of([Play::Lost, Play::json(200, r#"{"success":true}"#)]);
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
    async fn token(&self, _: TokenAsk) -> Result<Secret, TokenError> {
        if self.hang {
            std::future::pending::<()>().await;
        }
        Err(TokenError::new("the token service is down"))
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_token_nothing_is_sent() {
    let script = Script::silent();
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

// ---- reading back

fn is_write(request: &http::Request<bytes::Bytes>) -> bool {
    request.method() == "POST"
}

#[tokio::test(start_paused = true)]
async fn a_signature_is_made_afresh_for_each_attempt() {
    #[derive(Debug)]
    struct Steps(AtomicU32);
    impl chargeback::transport::Runtime for Steps {
        fn now(&self) -> chrono::DateTime<chrono::Utc> {
            at(3, 9) + chrono::Duration::seconds(i64::from(self.0.fetch_add(7, Ordering::SeqCst)))
        }
        fn elapsed(&self) -> Duration {
            Duration::ZERO
        }
        fn sleep(&self, time: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>> {
            Box::pin(tokio::time::sleep(time))
        }
        fn random(&self) -> f64 {
            0.0
        }
    }
    let script = Script::of([Play::NotSent, Play::retry_after(429, 1), Play::json(200, r#"{"status":200}"#)]);
    let provider =
        HttpProvider::builder(pipwave()).transport(script.clone()).runtime(Arc::new(Steps(AtomicU32::new(0))));
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
        assert_eq!(body["signature"], pipwave::signature::sign(pairs, &Secret::from("s")));
    }
    assert_ne!(sent[0]["timestamp"], sent[1]["timestamp"]);
    assert_ne!(sent[1]["signature"], sent[2]["signature"]);
}

#[tokio::test(start_paused = true)]
async fn what_the_record_holds_is_an_acknowledgement() {
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_vendor()).build().unwrap();
    for fault in
        [FaultKind::Reset, FaultKind::Silence, FaultKind::ServerError, FaultKind::EmptyBody, FaultKind::ParkedPage]
    {
        let before = sandbox.revcent().cases().len();
        let case = plain(&format!("case-{before}"), Stage::Received, Reason::FraudOther).build().unwrap();
        sandbox.revcent().fail_next_where(is_write, Fault::after_acting(fault.clone()));
        let receipt = revcent.report(&case).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert!(receipt.was_read_back(), "{fault:?}");
        assert_eq!(sandbox.revcent().cases().len(), before + 1, "{fault:?}");
        assert_eq!(receipt.vendor_case(), Some(sandbox.revcent().cases()[before].key.as_str()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_that_did_not_happen_is_never_made_twice_and_stays_unknown() {
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_vendor()).build().unwrap();
    sandbox.revcent().fail_next_where(is_write, Fault::before_acting(FaultKind::Reset));
    let error = revcent.report(&received()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery(), error.is_retryable()), ("transport", Delivery::Unknown, false));
    assert_eq!(error.looked(), Some("looked 3 times: no chargeback holds this case id"));
    assert!(sandbox.revcent().cases().is_empty());
    // The next report of the case looks too, and does not create while it may still appear.
    let error = revcent.report(&received()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("conflict", Delivery::Unknown));
    assert!(sandbox.revcent().cases().is_empty());
    // Another case is not held up.
    let _ = revcent.report(&plain("case-2", Stage::Received, Reason::FraudOther).build().unwrap()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_lagging_index_is_looked_at_again() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(2);
    let revcent = sandbox.connect(sandbox.revcent_vendor()).build().unwrap();
    sandbox.revcent().fail_next_where(is_write, Fault::after_acting(FaultKind::Reset));
    let receipt = revcent.report(&received()).await.unwrap();
    assert!(receipt.was_read_back());
    assert_eq!(sandbox.revcent().cases().len(), 1);

    // Slower than all looks: unknown, then found by a later report through the same provider.
    sandbox.revcent().lag_index(6);
    let case = plain("case-2", Stage::Received, Reason::FraudOther).build().unwrap();
    sandbox.revcent().fail_next_where(is_write, Fault::after_acting(FaultKind::Reset));
    assert_eq!(revcent.report(&case).await.unwrap_err().delivery(), Delivery::Unknown);
    for _ in 0..6 {
        if revcent.report(&case).await.is_ok() {
            break;
        }
    }
    assert!(revcent.report(&case).await.is_ok());
    assert_eq!(sandbox.revcent().cases().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_provider_remembers_the_cases_it_created() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1000);
    let revcent = sandbox.connect(sandbox.revcent_vendor()).build().unwrap();
    let receipt = revcent.report(&received()).await.unwrap();
    // The index knows nothing, the provider does; and so do its clones.
    let contested = received().moved_to(Stage::Contested, at(5, 1)).unwrap();
    let second = revcent.clone().report(&contested).await.unwrap();
    assert_eq!(second.vendor_case(), receipt.vendor_case());
    assert_eq!(sandbox.revcent().cases().len(), 1);
    // A new provider does not, unless it is told.
    let restarted = sandbox.connect(sandbox.revcent_vendor()).build().unwrap();
    let told = contested.to_builder().vendor_case(revcent::ID, receipt.vendor_case().unwrap()).build().unwrap();
    assert!(!restarted.report(&told).await.unwrap().wrote(), "it holds all of it");
    assert_eq!(sandbox.revcent().cases().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn many_tasks_report_one_case_and_it_is_created_once() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1000);
    let revcent = sandbox.connect(sandbox.revcent_vendor()).build().unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let revcent = revcent.clone();
        tasks.spawn(async move { revcent.report(&received()).await.map(|receipt| receipt.wrote()) });
    }
    let wrote: Vec<bool> = tasks.join_all().await.into_iter().map(Result::unwrap).collect();
    assert_eq!(wrote.iter().filter(|wrote| **wrote).count(), 1);
    assert_eq!(sandbox.revcent().cases().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_report_leaves_the_case_in_doubt() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1000);
    let revcent = sandbox.connect(sandbox.revcent_vendor()).build().unwrap();
    sandbox.revcent().fail_next_where(is_write, Fault::after_acting(FaultKind::Silence));
    let dropped = tokio::time::timeout(Duration::from_secs(1), revcent.report(&received())).await;
    assert!(dropped.is_err());
    // It was created, the index does not show it, and it is not created again.
    let error = revcent.report(&received()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("conflict", Delivery::Unknown));
    assert_eq!(sandbox.revcent().cases().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_turn_counts_against_the_deadline() {
    let script = Script::of(vec![Play::Hang; 3]);
    let spade = provider(spade(), &script);
    let (first, second) = (spade.clone(), spade);
    let running = tokio::spawn(async move { first.report(&received()).await });
    tokio::task::yield_now().await;
    let limits_passed = second.report(&received()).await.unwrap_err();
    assert_eq!(
        (kind(&limits_passed), limits_passed.delivery(), limits_passed.attempts()),
        ("timeout", Delivery::NotSent, 0)
    );
    assert!(running.await.unwrap().is_err());
}

// ---- policy, follow-ups, plan

#[tokio::test(start_paused = true)]
async fn a_failed_follow_up_is_told_and_does_not_unmake_the_report() {
    let script = Script::of([Play::json(200, "{}"), Play::json(400, r#"{"error":"no such user"}"#)]);
    let vendor = Thirdwatch::new("k", thirdwatch::Environment::Staging).tag_after_fraud();
    let receipt = provider(vendor, &script).report(&received()).await.unwrap();
    assert!(!receipt.is_complete());
    let (operation, error) = receipt.failed_step().unwrap();
    assert_eq!(
        (operation, error.vendor_message(), error.delivery()),
        ("tag", Some("no such user"), Delivery::Rejected)
    );
    // But a failed report is an error, and the tag is not sent.
    let script = Script::of([Play::json(400, "{}")]);
    let vendor = Thirdwatch::new("k", thirdwatch::Environment::Staging).tag_after_fraud();
    assert_eq!(kind(&provider(vendor, &script).report(&received()).await.unwrap_err()), "rejected");
}

#[tokio::test(start_paused = true)]
async fn losses_are_refused_as_the_caller_says() {
    let review = plain("c", Stage::UnderReview, Reason::FraudOther).build().unwrap();
    let build = |policy: LossPolicy, script: &Script| {
        HttpProvider::builder(spade()).transport(script.clone()).losses(policy).build().unwrap()
    };
    let script = Script::of([ok()]);
    let receipt = build(LossPolicy::Accept, &script).report(&review).await.unwrap();
    assert!(receipt.losses().iter().any(|loss| loss.field() == Field::Stage && loss.kind() == LossKind::Merged));

    let script = Script::silent();
    let error = build(LossPolicy::RefuseMeaning, &script).report(&review).await.unwrap_err();
    let Error::Unsupported(unsupported) = &error else { panic!("{error}") };
    assert_eq!((unsupported.field(), error.delivery()), (Field::Stage, Delivery::NotSent));
    let error = build(LossPolicy::Refuse(vec![Field::OrderId]), &script).report(&received()).await.unwrap_err();
    assert!(matches!(&error, Error::Unsupported(error) if error.field() == Field::OrderId), "{error}");
    assert!(build(LossPolicy::RefuseMeaning, &script).plan(&review).is_err(), "the plan says so too");
    assert!(script.sent().is_empty());

    // A reason in words is told, if not by a word of the vendor's own.
    let script = Script::of([ok()]);
    let in_words = plain("c", Stage::Received, Reason::NotReceived).build().unwrap();
    let _ = build(LossPolicy::RefuseMeaning, &script).report(&in_words).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn unsupported_and_invalid_send_nothing() {
    let script = Script::silent();
    let spade = provider(spade(), &script);
    let alert = plain("c", Stage::Alert, Reason::FraudOther).build().unwrap();
    assert!(matches!(spade.report(&alert).await, Err(Error::Unsupported(_))));
    let unknown = Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).order_id("o").build().unwrap();
    assert!(matches!(spade.report(&unknown).await, Err(Error::Invalid(_))));
    assert!(script.sent().is_empty());
}

#[tokio::test(start_paused = true)]
async fn native_calls_share_the_road() {
    let script = Script::of([Play::Lost, Play::json(200, r#"{"success":true,"message":"m"}"#)]);
    let tutelar = provider(Tutelar::v1("k", "s", DefeatedMeans::Refuse), &script);
    let refund = tutelar::TransactionRefund::new(tutelar::RefundStatus::Processed, "o", "r");
    assert_eq!(tutelar.refund(refund).await.unwrap().message.as_deref(), Some("m"));
    assert_eq!(script.sent().len(), 2);
}
