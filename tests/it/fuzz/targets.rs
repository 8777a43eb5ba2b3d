//! The fuzz targets, which the tests replay: each takes any bytes and checks the guarantees of one reader.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use bytes::Bytes;
use chargeback::connector::{Connector, Operation};
use chargeback::maxmind::{MaxMind, ReportTransaction, Tag, WonTag};
use chargeback::revcent::{CreateAndVoidTransaction, CreateChargeback, RevCent};
use chargeback::spade::{ChargebackFeedback, DeclineFeedback, FraudFeedback, RefundFeedback, Spade, WonMeans};
use chargeback::thirdwatch::{ChargebackEvent, TagUser, Thirdwatch, UntagUser};
use chargeback::transport::{FailurePhase, RequestLimits, Transport, TransportFailure};
use chargeback::tutelar::{DefeatedMeans, TransactionChargeback, TransactionRefund, Tutelar};
use chargeback::{
    Chargeback, ChargebackProvider, Delivery, Error, HttpProvider, Reason, RetryPolicy, Secret, Stage, async_trait,
    pipwave, ravelin, revcent, riskified, seon, sift, spade, thirdwatch, tutelar,
};
use chrono::{TimeZone, Utc};
use http::{Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A target by name.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 13] = [
    ("model", model),
    ("native", native),
    ("notification", notification),
    ("thirdwatch", reply_to_thirdwatch),
    ("revcent", reply_to_revcent),
    ("tutelar", reply_to_tutelar),
    ("spade", reply_to_spade),
    ("pipwave", reply_to_pipwave),
    ("maxmind", reply_to_maxmind),
    ("sift", reply_to_sift),
    ("ravelin", reply_to_ravelin),
    ("seon", reply_to_seon),
    ("riskified", reply_to_riskified),
];

const ENRICHMENT: &str = "0b6d1f0e-6a6a-4b8e-9d52-1f2f0a7f9d11";
const TRANSACTION: &str = "P4r7XkzvGqsB2oQmUwLA";

fn vendors() -> (Thirdwatch, RevCent, Tutelar, Spade, pipwave::Pipwave) {
    (
        Thirdwatch::new("k", thirdwatch::Environment::Staging).tag_after_fraud(),
        RevCent::new("k"),
        Tutelar::v1("k", "s", DefeatedMeans::MerchantWon),
        Spade::new("k", spade::Environment::EastSandbox, WonMeans::MerchantWon),
        pipwave::Pipwave::new("k", "s", pipwave::Environment::Staging),
    )
}

fn maxmind() -> MaxMind {
    MaxMind::new(1, "k", WonTag::Clear)
}

fn ravelin() -> ravelin::Ravelin {
    ravelin::Ravelin::new("k", ravelin::Alerts::Send, ravelin::UnclearReasons::LeaveOut)
}

fn seon() -> seon::Seon {
    seon::Seon::new("k", seon::Environment::Eu, seon::WonLabel::FalseAlert)
}

fn riskified() -> riskified::Riskified {
    riskified::Riskified::new("shop.example.com", "t", riskified::Environment::Production)
}

fn sift() -> sift::Sift {
    sift::Sift::new("k")
}

/// The reader of the model: an accepted value survives a round trip, and every vendor plans or rejects it.
pub fn model(bytes: &[u8]) {
    static PROVIDERS: LazyLock<Vec<Box<dyn ChargebackProvider>>> = LazyLock::new(|| {
        fn boxed<V: Connector>(vendor: V) -> Box<dyn ChargebackProvider> {
            Box::new(HttpProvider::builder(vendor).transport(Replies::default()).build().unwrap())
        }
        let (thirdwatch, revcent, tutelar, spade, pipwave) = vendors();
        vec![
            boxed(thirdwatch),
            boxed(revcent),
            boxed(tutelar),
            boxed(spade),
            boxed(pipwave),
            boxed(maxmind()),
            boxed(ravelin()),
            boxed(seon()),
            boxed(riskified()),
            boxed(sift()),
        ]
    });
    let Ok(chargeback) = serde_json::from_slice::<Chargeback>(bytes) else { return };
    let text = serde_json::to_string(&chargeback).unwrap();
    assert_eq!(serde_json::from_str::<Chargeback>(&text).unwrap(), chargeback);
    for provider in PROVIDERS.iter() {
        match provider.plan(&chargeback) {
            Ok(plan) => assert!(!plan.to_text().is_empty()),
            Err(error) => assert_eq!(error.delivery(), Delivery::NotSent),
        }
    }
}

/// The native readers: an accepted value survives a round trip, and its validation does not panic.
pub fn native(bytes: &[u8]) {
    fn round_trip<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(json: &[u8]) -> Option<T> {
        let value: T = serde_json::from_slice(json).ok()?;
        let text = serde_json::to_vec(&value).unwrap();
        assert_eq!(serde_json::from_slice::<T>(&text).unwrap(), value);
        Some(value)
    }
    let Some((kind, json)) = bytes.split_first() else { return };
    let _ = match kind % 19 {
        0 => round_trip::<ChargebackEvent>(json).map(|value| value.validate()),
        1 => round_trip::<TagUser>(json).map(|value| value.validate()),
        2 => round_trip::<UntagUser>(json).map(|value| value.validate()),
        3 => round_trip::<CreateChargeback>(json).map(|value| value.validate()),
        4 => round_trip::<revcent::EditChargeback>(json).map(|value| value.validate()),
        5 => round_trip::<TransactionChargeback>(json).map(|value| value.validate()),
        6 => round_trip::<TransactionRefund>(json).map(|value| value.validate()),
        7 => round_trip::<ChargebackFeedback>(json).map(|value| value.validate()),
        8 => round_trip::<RefundFeedback>(json).map(|value| value.validate()),
        9 => round_trip::<DeclineFeedback>(json).map(|value| value.validate()),
        10 => round_trip::<FraudFeedback>(json).map(|value| value.validate()),
        12 => round_trip::<sift::ChargebackEvent>(json).map(|value| value.validate()),
        13 => round_trip::<sift::Decision>(json).map(|_| Vec::new()),
        14 => round_trip::<ravelin::ReportDispute>(json).map(|value| value.validate()),
        15 => round_trip::<seon::LabelTransactions>(json).map(|value| value.validate()),
        16 => round_trip::<riskified::Claim>(json).map(|value| value.validate()),
        17 => round_trip::<riskified::ReportDecision>(json).map(|value| value.validate()),
        11 => round_trip::<ReportTransaction>(json).map(|value| value.validate()),
        _ => round_trip::<pipwave::TagChargeback>(json).map(|value| value.validate()),
    };
}

/// The reader of Pipwave's notifications: it accepts only signed bytes.
pub fn notification(bytes: &[u8]) {
    let (.., pipwave) = vendors();
    if let Ok(notification) = pipwave.verify_notification(bytes) {
        // A valid input is the signed fixture, or a hash collision.
        assert!(
            notification.pw_id().is_some() || notification.txn_id().is_some() || notification.timestamp().is_some()
        );
    }
    let _ = pipwave::Notification::verify(bytes, &Secret::from("test_key"), &Secret::from("test_secret"));
}

/// Plays the bytes as replies, one per line: the first byte selects the status, the rest is the body.
#[derive(Debug, Clone, Default)]
struct Replies {
    left: Arc<Mutex<Vec<(u16, Bytes)>>>,
    writes: Arc<Mutex<Vec<String>>>,
}

const STATUSES: [u16; 16] = [200, 201, 202, 204, 302, 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503];

fn replies(bytes: &[u8]) -> Vec<(u16, Bytes)> {
    let reply = |line: &[u8]| {
        let (status, body) = line.split_first().map_or((0, &line[..0]), |(status, body)| (*status, body));
        (STATUSES[usize::from(status) % STATUSES.len()], Bytes::copy_from_slice(body))
    };
    bytes.split(|byte| *byte == b'\n').map(reply).collect()
}

#[async_trait]
impl Transport for Replies {
    async fn send(&self, request: Request<Bytes>, _: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        if request.method() != "GET" {
            self.writes.lock().unwrap().push(format!("{} {:?}", request.uri().path(), request.body()));
        }
        let next = {
            let mut left = self.left.lock().unwrap();
            if left.is_empty() { None } else { Some(left.remove(0)) }
        };
        let Some((status, body)) = next else { return Err(TransportFailure::new(FailurePhase::MaybeSent)) };
        Ok(Response::builder().status(status).body(body).unwrap())
    }
}

fn contested() -> Chargeback {
    Chargeback::builder("case-1", Stage::Contested, Reason::FraudOther, Utc.timestamp_opt(1_790_000_000, 0).unwrap())
        .order_id("ORD_10726")
        .transaction_id("txn-1")
        .user_id("user-1")
        .vendor_payment(spade::ID, ENRICHMENT)
        .vendor_payment(revcent::ID, TRANSACTION)
        .build()
        .unwrap()
}

/// A complete report with these replies: its result must agree with the requests that were sent.
fn report<V: Connector>(vendor: V, bytes: &[u8]) -> Vec<String> {
    let transport = Replies { left: Arc::new(Mutex::new(replies(bytes))), writes: Arc::default() };
    let retry = RetryPolicy::default().max_attempts(2).max_lookups(2).backoff(Duration::ZERO, Duration::ZERO);
    let provider = HttpProvider::builder(vendor).transport(transport.clone()).retry(retry).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let result = runtime.block_on(provider.report(&contested()));
    let writes = transport.writes.lock().unwrap().clone();
    match &result {
        Ok(receipt) => assert!(!receipt.steps().is_empty()),
        Err(error) => {
            assert!(!matches!(error, Error::Invalid(_) | Error::Configuration(_)), "{error}");
            assert!(error.delivery() != Delivery::NotSent || writes.is_empty(), "{error} after {writes:?}");
        }
    }
    writes
}

/// Decodes each reply. A success requires a success status, unless the vendor has its status in the body.
fn decode<O: Operation>(operation: &O, bytes: &[u8], any_status: bool) {
    for (status, body) in replies(bytes) {
        let reply = Response::builder().status(status).body(body).unwrap();
        match operation.decode(&reply) {
            Ok(reply) => {
                assert!(any_status || (200..300).contains(&status), "a success with {status}");
                let _ = operation.acknowledge(&reply);
            }
            Err(refusal) => assert!(!format!("{refusal:?}").is_empty()),
        }
    }
}

fn reply_to_thirdwatch(bytes: &[u8]) {
    decode(&TagUser::new("u", true), bytes, false);
    assert!(report(vendors().0, bytes).len() <= 4);
}

fn reply_to_revcent(bytes: &[u8]) {
    let create = CreateChargeback::for_transaction(TRANSACTION);
    decode(&revcent::Search::new("x"), bytes, false);
    decode(&revcent::Get::new("chargeback0000000001"), bytes, false);
    decode(&revcent::Create::new(create.clone()), bytes, false);
    let writes = report(vendors().1, bytes);
    let creates = writes.iter().filter(|write| write.starts_with("/v2/chargebacks ")).count();
    // A second create is allowed only after a reply that rules out the first.
    let refused = replies(bytes).iter().any(|(status, _)| *status == 429);
    assert!(creates <= 1 || refused, "{creates} creates: {writes:?}");
    assert!(writes.iter().all(|write| !write.contains("void_transaction")));
    let _: Option<CreateAndVoidTransaction> = None;
}

fn reply_to_tutelar(bytes: &[u8]) {
    let refund = TransactionRefund::new(tutelar::RefundStatus::Requested, "o", "r");
    decode(&refund, bytes, false);
    assert!(report(vendors().2, bytes).len() <= 2);
}

fn reply_to_spade(bytes: &[u8]) {
    decode(&spade::ReportRefund::new(ENRICHMENT, RefundFeedback::default()), bytes, false);
    assert!(report(vendors().3, bytes).len() <= 2);
}

fn reply_to_pipwave(bytes: &[u8]) {
    decode(&pipwave::Requery::Transaction("t".into()), bytes, true);
    decode(&pipwave::TagChargeback::for_transaction("t", pipwave::ChargebackStage::DisputeWon), bytes, true);
    let tags = report(vendors().4, bytes).iter().filter(|write| write.contains("tag-chargeback")).count();
    assert!(tags <= 2);
}

fn reply_to_maxmind(bytes: &[u8]) {
    decode(&ReportTransaction::new(Tag::Clear), bytes, false);
    assert!(report(maxmind(), bytes).len() <= 2);
}

fn reply_to_sift(bytes: &[u8]) {
    let event = sift::ReportChargeback::new(sift::ChargebackEvent::for_order("o"), sift::EventOptions::default());
    decode(&event, bytes, false);
    let decision = sift::Decision::new("d", sift::DecisionSource::Chargeback);
    decode(&sift::ApplyDecision::to_user("a", "u", decision), bytes, false);
    assert!(report(sift(), bytes).len() <= 2);
}

fn reply_to_ravelin(bytes: &[u8]) {
    let dispute = ravelin::Dispute::new("d", ravelin::DisputeStage::Chargeback);
    decode(&ravelin::ReportDispute::new(0, dispute), bytes, false);
    assert!(report(ravelin(), bytes).len() <= 2);
}

fn reply_to_seon(bytes: &[u8]) {
    decode(&seon::LabelTransactions::new(Vec::new()), bytes, false);
    assert!(report(seon(), bytes).len() <= 2);
}

fn reply_to_riskified(bytes: &[u8]) {
    decode(&riskified::Claim::new("o"), bytes, false);
    assert!(report(riskified(), bytes).len() <= 2);
}
