//! A key stands in one header, marked as a secret, and nowhere else; and `Debug` shows none.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use bytes::Bytes;
use chargeback::connector::Connector;
use chargeback::pipwave::Pipwave;
use chargeback::revcent::{EditChargeback, FirstReport, RevCent};
use chargeback::spade::{FraudFeedback, Spade, WonMeans};
use chargeback::thirdwatch::{TagUser, Thirdwatch};
use chargeback::tutelar::{DefeatedMeans, RefundStatus, TransactionRefund, Tutelar};
use chargeback::{ChargebackProvider, HttpProvider, Reason, Secret, Stage, pipwave, spade, thirdwatch};
use http::{HeaderMap, Request};

use super::KEY;
use crate::support::{ENRICHMENT, Play, Script, TRANSACTION, body, plain, provider};

const SECRET: &str = "planted-secret";
const TOKEN: &str = "planted-token";

/// Whether one of the secrets is in a text, plain or as it is often written.
fn holds_secret(text: &str) -> bool {
    [KEY, SECRET, TOKEN].iter().any(|secret| {
        let forms = [(*secret).to_owned(), BASE64.encode(secret), hex::encode(secret)];
        forms.iter().any(|form| text.contains(form)) || text.contains(&BASE64.encode(format!("{KEY}:{SECRET}")))
    })
}

/// A vendor over a script that leaves every other request without a reply, so that it is repeated or looked up.
fn doubtful<V: Connector>(vendor: V) -> (HttpProvider<V>, Script) {
    let script = Script::of((0..400).map(|n| if n % 2 == 0 { Play::Lost } else { Play::json(400, "{}") }));
    (provider(vendor, &script), script)
}

/// Reports every stage, and looks at what was sent for that and before.
async fn check(tell: &dyn ChargebackProvider, script: &Script, name: &str, value: &str) {
    for (n, &stage) in Stage::ALL.iter().enumerate() {
        let _ = tell.report(&plain(&format!("case-{n}"), stage, Reason::FraudOther).build().unwrap()).await;
    }
    let sent = script.sent();
    assert!(sent.len() > 10, "{}: {}", tell.id(), sent.len());
    for request in sent {
        check_headers(request.headers(), name, value);
        assert!(!holds_secret(&request.uri().to_string()), "{}", request.uri());
        assert!(!holds_secret(&body_without_its_key(&tell.id(), &request)), "{request:?}");
    }
}

fn check_headers(headers: &HeaderMap, name: &str, value: &str) {
    let secret: Vec<&str> =
        headers.iter().filter(|(_, value)| value.is_sensitive()).map(|(name, _)| name.as_str()).collect();
    assert_eq!(secret, [name]);
    assert_eq!(headers[name], value);
    for (name, value) in headers.iter().filter(|(_, value)| !value.is_sensitive()) {
        assert!(!holds_secret(value.to_str().unwrap()), "{name}: {value:?}");
    }
    let shown = format!("{headers:?}");
    assert!(shown.contains("Sensitive") && !holds_secret(&shown), "{shown}");
}

/// Pipwave wants the key in the body, once, beside the header.
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

#[tokio::test(start_paused = true)]
async fn thirdwatchs_key_is_in_one_secret_header() {
    let (tell, script) = doubtful(thirdwatch());
    let _ = tell.tag(TagUser::new("user-1", true)).await;
    check(&tell, &script, "x-thirdwatch-api-key", KEY).await;
}

#[tokio::test(start_paused = true)]
async fn revcents_key_is_in_one_secret_header() {
    let (tell, script) = doubtful(RevCent::new(KEY).first_report(FirstReport::CreateAtOnce));
    let mut changes = EditChargeback::default();
    changes.case_number = Some("1".into());
    let _ = tell.edit_chargeback(TRANSACTION, changes).await;
    let _ = tell.get_chargeback(TRANSACTION).await;
    let _ = tell.search_chargebacks("case").await;
    check(&tell, &script, "x-api-key", KEY).await;
    for method in ["GET", "POST"] {
        assert!(script.sent().iter().any(|request| request.method() == method), "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn tutelars_keys_are_in_one_secret_header() {
    let (tell, script) = doubtful(tutelar_v1());
    let _ = tell.report_refund(TransactionRefund::new(RefundStatus::Processed, "ORD_1", "reason")).await;
    check(&tell, &script, "authorization", &format!("Basic {}", BASE64.encode(format!("{KEY}:{SECRET}")))).await;
}

#[tokio::test(start_paused = true)]
async fn tutelars_token_is_in_one_secret_header() {
    let (tell, script) = doubtful(tutelar_v2());
    let _ = tell.report_refund(TransactionRefund::new(RefundStatus::Processed, "ORD_1", "reason")).await;
    check(&tell, &script, "authorization", &format!("Bearer {TOKEN}")).await;
}

#[tokio::test(start_paused = true)]
async fn spades_key_is_in_one_secret_header() {
    let (tell, script) = doubtful(spade());
    let _ = tell.report_fraud(ENRICHMENT, FraudFeedback::default()).await;
    check(&tell, &script, "x-api-key", KEY).await;
}

#[tokio::test(start_paused = true)]
async fn pipwaves_key_is_in_one_secret_header_and_in_its_place_in_the_body() {
    let (tell, script) = doubtful(pipwave());
    let _ = tell.requery(pipwave::Requery::Payment("pw-1".into())).await;
    check(&tell, &script, "x-api-key", KEY).await;
}

#[test]
fn a_plan_has_the_word_redacted_where_the_keys_go() {
    let script = Script::silent();
    let providers: [Box<dyn ChargebackProvider>; 6] = [
        Box::new(provider(thirdwatch(), &script)),
        Box::new(provider(RevCent::new(KEY), &script)),
        Box::new(provider(tutelar_v1(), &script)),
        Box::new(provider(tutelar_v2(), &script)),
        Box::new(provider(spade(), &script)),
        Box::new(provider(pipwave(), &script)),
    ];
    for tell in &providers {
        // Contested is a stage that all five know.
        let plan = tell.plan(&plain("case-1", Stage::Contested, Reason::FraudOther).build().unwrap()).unwrap();
        for request in plan.steps().iter().filter_map(chargeback::PlannedStep::request) {
            let redacted = request.headers().iter().filter(|(_, value)| value == "[redacted]").count();
            assert_eq!(redacted, 1, "{}", tell.id());
            let shown = format!("{:?} {} {}", request.headers(), request.url(), request.body());
            assert!(shown.contains("\"[redacted]\"") && !holds_secret(&shown), "{shown}");
        }
        assert!(!holds_secret(&plan.to_text()) && !holds_secret(&format!("{plan:?} {plan:#?}")), "{}", tell.id());
    }
}

#[test]
fn debug_of_a_secret_shows_neither_text_nor_length() {
    for text in ["", " ", KEY, "a\"b", "\u{1f511}", &KEY.repeat(1000)] {
        for secret in [Secret::new(text), Secret::from(text), Secret::from(text.to_owned()).clone()] {
            assert_eq!(secret.expose(), text);
            assert_eq!(format!("{secret:?}"), "Secret([redacted])");
            assert_eq!(format!("{secret:#?}"), "Secret([redacted])");
            assert_eq!(format!("{:?}", Some(secret)), "Some(Secret([redacted]))");
        }
    }
}
