//! Each key is in exactly one header, which is marked sensitive. `Debug` output contains no key.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use bytes::Bytes;
use chargeback::connector::Connector;
use chargeback::maxmind::{MaxMind, ReportTransaction, Tag, WonTag};
use chargeback::pipwave::Pipwave;
use chargeback::ravelin::{Alerts, Ravelin, UnclearReasons};
use chargeback::revcent::{EditChargeback, FirstReport, RevCent};
use chargeback::riskified::Riskified;
use chargeback::seon::{Seon, WonLabel};
use chargeback::sift::Sift;
use chargeback::spade::{FraudFeedback, Spade, WonMeans};
use chargeback::thirdwatch::{TagUser, Thirdwatch};
use chargeback::tutelar::{DefeatedMeans, RefundStatus, TransactionRefund, Tutelar};
use chargeback::{
    ChargebackProvider, HttpProvider, Reason, Secret, Stage, pipwave, riskified, seon, spade, thirdwatch,
};
use http::{HeaderMap, Request};

use super::KEY;
use crate::support::{ENRICHMENT, Play, Script, TRANSACTION, body, plain, provider};

const SECRET: &str = "planted-secret";
const TOKEN: &str = "planted-token";

/// Returns true if a text contains one of the secrets, in plain text, base64 or hex.
fn contains_secret(text: &str) -> bool {
    [KEY, SECRET, TOKEN].iter().any(|secret| {
        let forms = [(*secret).to_owned(), BASE64.encode(secret), hex::encode(secret)];
        forms.iter().any(|form| text.contains(form)) || text.contains(&BASE64.encode(format!("{KEY}:{SECRET}")))
    })
}

/// A provider over a script that drops every other reply, so that requests are retried or looked up.
fn unreliable<V: Connector>(vendor: V) -> (HttpProvider<V>, Script) {
    let script = Script::new((0..400).map(|n| if n % 2 == 0 { Play::Lost } else { Play::json(400, "{}") }));
    (provider(vendor, &script), script)
}

/// Reports every stage and checks all requests that the script has received.
async fn check(provider: &dyn ChargebackProvider, script: &Script, name: &str, value: &str) {
    for (n, &stage) in Stage::ALL.iter().enumerate() {
        let _ = provider.report(&plain(&format!("case-{n}"), stage, Reason::FraudOther).build().unwrap()).await;
    }
    let sent = script.sent();
    assert!(sent.len() > 10, "{}: {}", provider.id(), sent.len());
    for request in sent {
        check_headers(request.headers(), name, value);
        assert!(!contains_secret(&request.uri().to_string()), "{}", request.uri());
        assert!(!contains_secret(&body_without_its_key(&provider.id(), &request)), "{request:?}");
    }
}

fn check_headers(headers: &HeaderMap, name: &str, value: &str) {
    let secret: Vec<&str> =
        headers.iter().filter(|(_, value)| value.is_sensitive()).map(|(name, _)| name.as_str()).collect();
    assert_eq!(secret, [name]);
    assert_eq!(headers[name], value);
    for (name, value) in headers.iter().filter(|(_, value)| !value.is_sensitive()) {
        assert!(!contains_secret(value.to_str().unwrap()), "{name}: {value:?}");
    }
    let shown = format!("{headers:?}");
    assert!(shown.contains("Sensitive") && !contains_secret(&shown), "{shown}");
}

/// The body, without the key that Pipwave requires there in addition to the header.
fn body_without_its_key(vendor: &chargeback::ProviderId, request: &Request<Bytes>) -> String {
    if *vendor != pipwave::ID {
        return String::from_utf8(request.body().to_vec()).unwrap();
    }
    let mut body = body(request);
    assert_eq!(body.as_object_mut().unwrap().remove("api_key").unwrap(), KEY);
    body.to_string()
}

fn thirdwatch() -> Thirdwatch {
    Thirdwatch::new(KEY, thirdwatch::Environment::Staging).tag_after_fraud()
}

fn tutelar_v1() -> Tutelar {
    Tutelar::v1(KEY, SECRET, DefeatedMeans::MerchantWon)
}

fn tutelar_v2() -> Tutelar {
    Tutelar::v2(Secret::from(TOKEN), DefeatedMeans::MerchantWon)
}

fn spade() -> Spade {
    Spade::new(KEY, spade::Environment::EastSandbox, WonMeans::MerchantWon)
}

fn pipwave() -> Pipwave {
    Pipwave::new(KEY, SECRET, pipwave::Environment::Live)
}

fn ravelin() -> Ravelin {
    Ravelin::new(KEY, Alerts::Send, UnclearReasons::LeaveOut)
}

fn seon() -> Seon {
    Seon::new(KEY, seon::Environment::Eu, WonLabel::FalseAlert)
}

fn riskified() -> Riskified {
    Riskified::new("shop.example.com", SECRET, riskified::Environment::Production)
}

fn maxmind() -> MaxMind {
    MaxMind::new(1, KEY, WonTag::Clear)
}

#[tokio::test(start_paused = true)]
async fn thirdwatch_key_is_in_one_sensitive_header() {
    let (provider, script) = unreliable(thirdwatch());
    let _ = provider.tag(TagUser::new("user-1", true)).await;
    check(&provider, &script, "x-thirdwatch-api-key", KEY).await;
}

#[tokio::test(start_paused = true)]
async fn revcent_key_is_in_one_sensitive_header() {
    let (provider, script) = unreliable(RevCent::new(KEY).first_report(FirstReport::CreateAtOnce));
    let mut changes = EditChargeback::default();
    changes.case_number = Some("1".into());
    let _ = provider.edit_chargeback(TRANSACTION, changes).await;
    let _ = provider.get_chargeback(TRANSACTION).await;
    let _ = provider.search_chargebacks("case").await;
    check(&provider, &script, "x-api-key", KEY).await;
    for method in ["GET", "POST"] {
        assert!(script.sent().iter().any(|request| request.method() == method), "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn tutelar_keys_are_in_one_sensitive_header() {
    let (provider, script) = unreliable(tutelar_v1());
    let _ = provider.report_refund(TransactionRefund::new(RefundStatus::Processed, "ORD_1", "reason")).await;
    check(&provider, &script, "authorization", &format!("Basic {}", BASE64.encode(format!("{KEY}:{SECRET}")))).await;
}

#[tokio::test(start_paused = true)]
async fn tutelar_token_is_in_one_sensitive_header() {
    let (provider, script) = unreliable(tutelar_v2());
    let _ = provider.report_refund(TransactionRefund::new(RefundStatus::Processed, "ORD_1", "reason")).await;
    check(&provider, &script, "authorization", &format!("Bearer {TOKEN}")).await;
}

#[tokio::test(start_paused = true)]
async fn spade_key_is_in_one_sensitive_header() {
    let (provider, script) = unreliable(spade());
    let _ = provider.report_fraud(ENRICHMENT, FraudFeedback::default()).await;
    check(&provider, &script, "x-api-key", KEY).await;
}

#[tokio::test(start_paused = true)]
async fn pipwave_key_is_in_one_sensitive_header_and_in_the_body() {
    let (provider, script) = unreliable(pipwave());
    let _ = provider.requery(pipwave::Requery::Payment("pw-1".into())).await;
    check(&provider, &script, "x-api-key", KEY).await;
}

#[tokio::test(start_paused = true)]
async fn maxmind_key_is_in_one_sensitive_header() {
    let (provider, script) = unreliable(maxmind());
    let mut clear = ReportTransaction::new(Tag::Clear);
    clear.transaction_id = Some("txn-1".into());
    let _ = provider.report_transaction(clear).await;
    check(&provider, &script, "authorization", &format!("Basic {}", BASE64.encode(format!("1:{KEY}")))).await;
}

#[tokio::test(start_paused = true)]
async fn ravelin_key_is_in_one_sensitive_header() {
    let (provider, script) = unreliable(ravelin());
    check(&provider, &script, "authorization", &format!("token {KEY}")).await;
}

#[tokio::test(start_paused = true)]
async fn seon_key_is_in_one_sensitive_header() {
    let (provider, script) = unreliable(seon());
    check(&provider, &script, "x-api-key", KEY).await;
}

/// Riskified's token signs a request and is not in it. The signature is a sensitive header.
#[tokio::test(start_paused = true)]
async fn riskified_token_is_in_no_request() {
    let (provider, script) = unreliable(riskified());
    let _ = provider.file_reimbursement_claim(riskified::Claim::new("ORD-1")).await;
    for (n, &stage) in Stage::ALL.iter().enumerate() {
        let _ = provider.report(&plain(&format!("case-{n}"), stage, Reason::FraudOther).build().unwrap()).await;
    }
    assert!(script.sent().len() > 8);
    for request in script.sent() {
        let sensitive: Vec<&str> =
            request.headers().iter().filter(|(_, value)| value.is_sensitive()).map(|(name, _)| name.as_str()).collect();
        assert_eq!(sensitive, [riskified::signature::HEADER]);
        let all: Vec<&[u8]> = request.headers().values().map(http::HeaderValue::as_bytes).collect();
        let shown = String::from_utf8_lossy(&[all.concat(), request.body().to_vec()].concat()).into_owned();
        assert!(!contains_secret(&shown) && !contains_secret(&request.uri().to_string()), "{shown}");
    }
}

/// Sift's key of an event is in the body, and nowhere else.
#[tokio::test(start_paused = true)]
async fn sift_key_is_in_the_body_alone() {
    let (provider, script) = unreliable(Sift::new(KEY));
    for (n, &stage) in Stage::ALL.iter().enumerate() {
        let _ = provider.report(&plain(&format!("case-{n}"), stage, Reason::FraudOther).build().unwrap()).await;
    }
    assert!(script.sent().len() > 10);
    for request in script.sent() {
        let mut body = body(&request);
        assert_eq!(body.as_object_mut().unwrap().remove("$api_key").unwrap(), KEY);
        let rest = format!("{} {:?} {body}", request.uri(), request.headers());
        assert!(!contains_secret(&rest), "{rest}");
    }
}

#[test]
fn plan_redacts_every_key() {
    let script = Script::empty();
    let providers: [Box<dyn ChargebackProvider>; 10] = [
        Box::new(provider(thirdwatch(), &script)),
        Box::new(provider(RevCent::new(KEY), &script)),
        Box::new(provider(tutelar_v1(), &script)),
        Box::new(provider(tutelar_v2(), &script)),
        Box::new(provider(spade(), &script)),
        Box::new(provider(pipwave(), &script)),
        Box::new(provider(maxmind(), &script)),
        Box::new(provider(ravelin(), &script)),
        Box::new(provider(seon(), &script)),
        Box::new(provider(riskified(), &script)),
    ];
    for each in &providers {
        // All vendors support this stage.
        let plan = each.plan(&plain("case-1", Stage::Contested, Reason::FraudOther).build().unwrap()).unwrap();
        for request in plan.steps().iter().filter_map(chargeback::PlannedStep::request) {
            let redacted = request.headers().iter().filter(|(_, value)| value == "[redacted]").count();
            assert_eq!(redacted, 1, "{}", each.id());
            let shown = format!("{:?} {} {}", request.headers(), request.url(), request.body());
            assert!(shown.contains("\"[redacted]\"") && !contains_secret(&shown), "{shown}");
        }
        assert!(!contains_secret(&plan.to_text()) && !contains_secret(&format!("{plan:?} {plan:#?}")), "{}", each.id());
    }
}

#[test]
fn secret_debug_hides_text_and_length() {
    for text in ["", " ", KEY, "a\"b", "\u{1f511}", &KEY.repeat(1000)] {
        for secret in [Secret::new(text), Secret::from(text), Secret::from(text.to_owned()).clone()] {
            assert_eq!(secret.expose(), text);
            assert_eq!(format!("{secret:?}"), "Secret([redacted])");
            assert_eq!(format!("{secret:#?}"), "Secret([redacted])");
            assert_eq!(format!("{:?}", Some(secret)), "Some(Secret([redacted]))");
        }
    }
}
