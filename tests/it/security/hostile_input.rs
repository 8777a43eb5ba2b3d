//! Hostile input: a chargeback with any text in any field keeps the shape of the request, or nothing is sent.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use chargeback::connector::Connector;
use chargeback::pipwave::TagChargeback;
use chargeback::revcent::CreateChargeback;
use chargeback::spade::ChargebackFeedback;
use chargeback::thirdwatch::ChargebackEvent;
use chargeback::transport::{RequestLimits, Transport, TransportFailure};
use chargeback::tutelar::TransactionChargeback;
use chargeback::{
    Chargeback, ChargebackProvider, Currency, DecimalNumber, Delivery, Error, Fraud, FraudKind, HttpProvider, Money,
    Network, NetworkCode, Processor, Reason, Representment, RetryPolicy, Rfc3339, Stage, async_trait, pipwave, revcent,
    spade, thirdwatch, tutelar,
};
use chrono::{DateTime, Utc};
use http::{Request, Response};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::TRANSACTION;

/// Texts that are known to break parsers and encoders.
const HOSTILE_TEXTS: [&str; 30] = [
    "",
    " ",
    ".",
    "..",
    "../../v1",
    "..\\..",
    "%2e%2e",
    "%2f",
    "a/b",
    "a?b=c#d",
    "a\r\nx-evil: 1",
    "a\nb",
    "\0",
    "a\0b",
    "\u{7f}\u{1b}[2J",
    "\u{202e}txt.exe",
    "\u{feff}",
    "e\u{301}",
    "😀",
    "注文-1",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "null",
    "-1",
    "1e999",
    "\\\"",
    "a:b",
    "\u{d7ff}\u{e000}\u{10ffff}",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => any::<String>(),
        8 => select(&HOSTILE_TEXTS[..]).prop_map(str::to_owned),
        4 => "[A-Za-z0-9_-]{1,40}",
        1 => (select(&["x", "界", "\0", "%", "\""][..]), 1_000..40_000_usize)
            .prop_map(|(one, times)| one.repeat(times)),
    ]
}

fn optional_text() -> impl Strategy<Value = Option<String>> {
    proptest::option::weighted(0.7, text())
}

/// A valid text half of the time, so that hostile texts in other fields reach the wire.
fn valid_or_hostile(good: &'static str) -> impl Strategy<Value = Option<String>> {
    prop_oneof![Just(Some(good.to_owned())), optional_text()]
}

/// Any time in chrono's range, mostly a recent one.
fn time() -> impl Strategy<Value = DateTime<Utc>> {
    let (first, last) = (DateTime::<Utc>::MIN_UTC.timestamp(), DateTime::<Utc>::MAX_UTC.timestamp());
    let limits = &[-62_167_219_200, 253_402_300_799, 253_402_300_800][..];
    prop_oneof![3 => 0..4_000_000_000_i64, 1 => first..last, 1 => select(limits)]
        .prop_flat_map(|seconds| (Just(seconds), 0..1_000_000_000_u32))
        .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap_or_default())
}

fn chargeback() -> impl Strategy<Value = Chargeback> {
    let names = (text(), select(Stage::ALL), any::<usize>(), text(), time());
    let payment =
        (valid_or_hostile("ORD_10726"), valid_or_hostile("txn-1"), optional_text(), optional_text(), optional_text());
    let at_vendors = (
        optional_text(),
        valid_or_hostile(TRANSACTION),
        optional_text(),
        proptest::option::weighted(0.2, valid_or_hostile("chargeback0000000001")),
    );
    let texts = (optional_text(), optional_text(), optional_text(), optional_text(), optional_text(), optional_text());
    let rest =
        (any::<i64>(), any::<bool>(), time(), time(), proptest::collection::vec((text(), text()), 0..4), any::<bool>());
    (names, payment, at_vendors, texts, rest).prop_filter_map("rejected by the model", |all| build(all).ok())
}

type Names = (String, Stage, usize, String, DateTime<Utc>);
type Payment = (Option<String>, Option<String>, Option<String>, Option<String>, Option<String>);
type AtVendors = (Option<String>, Option<String>, Option<String>, Option<Option<String>>);
type Texts = (Option<String>, Option<String>, Option<String>, Option<String>, Option<String>, Option<String>);
type Rest = (i64, bool, DateTime<Utc>, DateTime<Utc>, Vec<(String, String)>, bool);

fn build(all: (Names, Payment, AtVendors, Texts, Rest)) -> Result<Chargeback, chargeback::InvalidError> {
    let ((case, stage, reason, unknown, at), payment, at_vendors, texts, rest) = all;
    let reason = Reason::ALL.get(reason % (Reason::ALL.len() + 1)).cloned().unwrap_or(Reason::from(unknown));
    let mut builder = Chargeback::builder(case, stage, reason, at);
    macro_rules! set {
        ($($value:expr => $set:expr),+ $(,)?) => {
            $( if let Some(value) = $value { builder = $set(builder, value); } )+
        };
    }
    set! {
        payment.0 => |b: chargeback::ChargebackBuilder, v| b.order_id(v),
        payment.1 => |b: chargeback::ChargebackBuilder, v| b.transaction_id(v),
        payment.2 => |b: chargeback::ChargebackBuilder, v| b.gateway_transaction_id(v),
        payment.3 => |b: chargeback::ChargebackBuilder, v| b.user_id(v),
        payment.4 => |b: chargeback::ChargebackBuilder, v| b.session_id(v),
        at_vendors.0 => |b: chargeback::ChargebackBuilder, v| b.vendor_payment(spade::ID, v),
        at_vendors.1 => |b: chargeback::ChargebackBuilder, v| b.vendor_payment(revcent::ID, v),
        at_vendors.2 => |b: chargeback::ChargebackBuilder, v| b.vendor_payment(pipwave::ID, v),
        at_vendors.3.flatten() => |b: chargeback::ChargebackBuilder, v| b.vendor_case(revcent::ID, v),
        texts.0 => |b: chargeback::ChargebackBuilder, v| b.notes(v),
        texts.1 => |b: chargeback::ChargebackBuilder, v| b.arn(v),
        texts.2 => |b: chargeback::ChargebackBuilder, v| b.case_number(v),
        texts.3 => |b: chargeback::ChargebackBuilder, v: String| b.network_code(NetworkCode::new(Network::Visa, v)),
        texts.4 => |b: chargeback::ChargebackBuilder, v: String| b.processor(Processor::new(v.clone()).dispute_id(v)),
        texts.5 => |b: chargeback::ChargebackBuilder, v: String| b.fraud(Fraud::new(FraudKind::Phishing).notes(v)),
    }
    let (amount, contested, received, due, metadata, large) = rest;
    let amount = if large { amount } else { amount % 1_000_000 };
    builder = builder.amount(Money::from_minor_units(amount, Currency::JPY)).received_at(received).due_by(due);
    for (name, value) in metadata {
        builder = builder.metadata(name, value);
    }
    if contested {
        builder = builder.representment(Representment::initiated().initiated_at(due));
    }
    builder.build()
}

/// Replies with success to every request and records it.
#[derive(Debug, Clone, Default)]
struct Recorder(Arc<Mutex<Vec<Request<Bytes>>>>);

const SUCCESS: &str =
    r#"{"status":200,"success":true,"code":1,"chargeback_id":"chargeback0000000001","transaction_status":10}"#;

#[async_trait]
impl Transport for Recorder {
    async fn send(&self, request: Request<Bytes>, _: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        let reads = request.method() == "GET";
        self.0.lock().unwrap().push(request);
        Ok(Response::new(Bytes::from_static(if reads { br#"{"code":1,"results":[]}"# } else { SUCCESS.as_bytes() })))
    }
}

/// Reports a chargeback and returns the requests. An error must come from the input, and then no write was sent.
fn sent<V: Connector>(vendor: V, chargeback: &Chargeback) -> Vec<Request<Bytes>> {
    let recorder = Recorder::default();
    let once = RetryPolicy::never().max_lookups(0);
    let provider = HttpProvider::builder(vendor).transport(recorder.clone()).retry(once).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let result = runtime.block_on(provider.report(chargeback));
    let sent = recorder.0.lock().unwrap().clone();
    if let Err(error) = result {
        let caused_by_input = matches!(error, Error::Invalid(_) | Error::Unsupported(_));
        // The input can name a vendor record that the fake does not have; its reply is then unreadable.
        let no_record = matches!(error, Error::Unreadable(_)) && sent.iter().all(|request| request.method() == "GET");
        assert!(caused_by_input || no_record, "{error}");
        assert_eq!(error.delivery(), Delivery::NotSent);
        assert!(sent.iter().all(|request| request.method() == "GET"));
    }
    sent
}

/// Checks that the path has exactly these parts (`*` matches one part from the input), that the headers are the
/// connector's, and that no value contains a line break.
fn check_request(request: &Request<Bytes>, host: &str, path: &[&str]) {
    assert_eq!(request.uri().host(), Some(host));
    assert!(request.uri().query().is_none() || request.method() == "GET");
    let parts: Vec<&str> = request.uri().path().split('/').skip(1).collect();
    assert_eq!(parts.len(), path.len(), "{}", request.uri());
    for (part, expected) in parts.iter().zip(path) {
        assert!(*expected == "*" || part == expected, "{}", request.uri());
        assert!(!part.is_empty() && !matches!(*part, "." | ".."), "{}", request.uri());
        assert!(part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%-._~".contains(&byte)), "{}", request.uri());
    }
    for (name, value) in request.headers() {
        let expected = ["accept", "content-type", "x-api-key", "x-thirdwatch-api-key", "authorization"];
        assert!(expected.contains(&name.as_str()), "{name}");
        assert!(value.as_bytes().iter().all(|byte| (b' '..=b'~').contains(byte)));
    }
    assert!(request.headers().len() <= 3);
}

/// Reads the body back as the vendor's native type.
fn native<T: DeserializeOwned>(body: &Bytes, leave_out: &[&str]) -> T {
    let mut value: Value = serde_json::from_slice(body).unwrap();
    for name in leave_out {
        value.as_object_mut().unwrap().remove(*name);
    }
    serde_json::from_value(value).unwrap()
}

/// For any chargeback, each vendor receives a request with its expected shape and rules, or nothing.
#[test]
fn hostile_fields_keep_the_shape_of_the_request() {
    let mut sent = [0_usize; 5];
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) });
    let counted = std::cell::RefCell::new(&mut sent);
    let result = runner.run(&chargeback(), |chargeback| {
        let now = [
            thirdwatch(&chargeback),
            revcent(&chargeback),
            tutelar(&chargeback),
            spade(&chargeback),
            pipwave(&chargeback),
        ];
        for (count, now) in counted.borrow_mut().iter_mut().zip(now) {
            *count += now;
        }
        Ok(())
    });
    result.unwrap();
    println!("hostile chargebacks sent: {sent:?}");
    assert!(sent.iter().all(|count| *count > 40), "too few requests were sent: {sent:?}");
}

fn thirdwatch(chargeback: &Chargeback) -> usize {
    let sent = sent(thirdwatch::Thirdwatch::new("k", thirdwatch::Environment::Staging), chargeback);
    for request in &sent {
        check_request(request, "staging.thirdwatch.co", &["event", "v1", "chargeback"]);
        assert!(native::<ChargebackEvent>(request.body(), &[]).validate().is_empty());
    }
    sent.len()
}

fn revcent(chargeback: &Chargeback) -> usize {
    let sent = sent(revcent::RevCent::new("k"), chargeback);
    for request in &sent {
        let path: &[&str] = match (request.method().as_str(), request.uri().path()) {
            ("GET", "/v2/chargebacks/search") => &["v2", "chargebacks", "search"],
            ("GET", _) => &["v2", "chargebacks", "*"],
            _ => &["v2", "chargebacks"],
        };
        check_request(request, "api.revcent.com", path);
        if request.method() == "POST" {
            assert!(native::<CreateChargeback>(request.body(), &[]).validate().is_empty());
        } else if let Some(query) = request.uri().query() {
            assert!(query.starts_with("search_term=") && query.matches(['&', '=']).count() == 1, "{query}");
        }
    }
    sent.iter().filter(|request| request.method() == "POST").count()
}

fn tutelar(chargeback: &Chargeback) -> usize {
    let sent = sent(tutelar::Tutelar::v1("k", "s", tutelar::DefeatedMeans::MerchantWon), chargeback);
    for request in &sent {
        let path = ["api", "v1", "fraud-detector", "transaction", "chargeback"];
        check_request(request, request.uri().host().unwrap(), &path);
        assert!(native::<TransactionChargeback>(request.body(), &[]).validate().is_empty());
    }
    sent.len()
}

fn spade(chargeback: &Chargeback) -> usize {
    let vendor = spade::Spade::new("k", spade::Environment::EastSandbox, spade::WonMeans::MerchantWon);
    let sent = sent(vendor, chargeback);
    for request in &sent {
        check_request(request, "east.sandbox.spade.com", &["enrichments", "*", "chargeback"]);
        assert!(native::<ChargebackFeedback>(request.body(), &[]).validate().is_empty());
    }
    sent.len()
}

fn pipwave(chargeback: &Chargeback) -> usize {
    let sent = sent(pipwave::Pipwave::new("k", "s", pipwave::Environment::Staging), chargeback);
    for request in &sent {
        check_request(request, request.uri().host().unwrap(), &["payment"]);
        let envelope = ["action", "api_key", "timestamp", "signature"];
        assert!(native::<TagChargeback>(request.body(), &envelope).validate().is_empty());
    }
    sent.len()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn chargeback_survives_a_json_round_trip(chargeback in chargeback()) {
        let text = serde_json::to_string(&chargeback).unwrap();
        prop_assert_eq!(serde_json::from_str::<Chargeback>(&text).unwrap(), chargeback);
    }

    #[test]
    fn money_keeps_every_minor_unit(
        minor in any::<i64>(),
        currency in select(&[Currency::JPY, Currency::USD, Currency::KWD][..]),
    ) {
        let money = Money::from_minor_units(minor, currency);
        let text = money.to_decimal();
        prop_assert_eq!(Money::from_decimal(&text, currency).unwrap(), money);
        let json = serde_json::to_string(&money).unwrap();
        prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
    }

    #[test]
    fn decimals_and_times_keep_their_text(
        text in "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,9})?",
        time in time(),
    ) {
        let decimal: DecimalNumber = text.parse().unwrap();
        prop_assert_eq!(serde_json::to_string(&decimal).unwrap(), text.clone());
        let read: DecimalNumber = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read.as_str(), text.as_str());
        if let Ok(time) = Rfc3339::try_from(time) {
            prop_assert_eq!(time.as_str().parse::<Rfc3339>().unwrap(), time);
        }
    }

    #[test]
    fn parsers_do_not_panic(text in text()) {
        let _ = text.parse::<DecimalNumber>();
        let _ = text.parse::<Rfc3339>();
        let _ = text.parse::<Currency>();
        let _ = text.parse::<Stage>();
        let _ = text.parse::<chargeback::ProviderId>();
        let _ = text.parse::<chargeback::connector::BaseUrl>();
        for currency in [Currency::JPY, Currency::USD, Currency::KWD] {
            if let Ok(money) = Money::from_decimal(&text, currency) {
                prop_assert_eq!(Money::from_decimal(&money.to_decimal(), currency).unwrap(), money);
            }
        }
    }
}

/// Over a socket, one request arrives, with the expected headers and the announced body length.
#[tokio::test]
async fn hostile_ids_arrive_as_one_request() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base: chargeback::connector::BaseUrl = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let vendor = spade::Spade::new("k", spade::Environment::EastSandbox, spade::WonMeans::MerchantWon).base_url(base);
    let spade = HttpProvider::builder(vendor).retry(RetryPolicy::never()).build().unwrap();
    for id in HOSTILE_TEXTS.iter().filter(|id| !matches!(**id, "" | "." | "..")) {
        let feedback = ChargebackFeedback::new(spade::State::ChargebackPending);
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = vec![0; 65_536];
            let mut read = 0;
            while !bytes[..read].ends_with(b"}") {
                read += stream.read(&mut bytes[read..]).await.unwrap();
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
            // No further bytes arrive, so the id did not become a second request.
            let more = stream.read(&mut bytes[read..]).await.unwrap_or(0);
            assert_eq!(more, 0, "{id:?}");
            String::from_utf8(bytes[..read].to_vec()).unwrap()
        };
        let (result, request) = tokio::join!(spade.report_chargeback(id, feedback), serve);
        result.unwrap();
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let mut lines = head.split("\r\n");
        let start: Vec<&str> = lines.next().unwrap().split(' ').collect();
        let (["POST", path, "HTTP/1.1"], names) = (start.as_slice(), lines) else { panic!("{head}") };
        let parts: Vec<&str> = path.split('/').collect();
        assert!(matches!(parts.as_slice(), ["", "enrichments", _, "chargeback"]), "{path}");
        let mut names: Vec<&str> = names.map(|line| line.split_once(": ").unwrap().0).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "content-length", "content-type", "host", "user-agent", "x-api-key"], "{id:?}");
        assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
    }
}
