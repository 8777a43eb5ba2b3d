//! Tests by vendor: exact requests, and the classification of documented and undocumented replies.

mod documented_limits;
mod env;
mod limits;
mod maxmind;
mod pipwave;
mod ravelin;
mod revcent;
mod riskified;
mod seon;
mod sift;
mod spade;
mod thirdwatch;
mod tutelar;

use std::collections::HashMap;

use bytes::Bytes;
use chargeback::connector::Connector;
use chargeback::{Chargeback, ChargebackProvider, Delivery, Error, Receipt, Violation};
use http::{Method, Request};

use crate::support::{Play, Script, header, kind, provider};

/// A reply and its expected classification.
struct Case {
    status: u16,
    body: &'static str,
    kind: &'static str,
    delivery: Delivery,
    code: Option<&'static str>,
    message: Option<&'static str>,
}

const fn case(
    status: u16,
    body: &'static str,
    kind: &'static str,
    delivery: Delivery,
    code: Option<&'static str>,
    message: Option<&'static str>,
) -> Case {
    Case { status, body, kind, delivery, code, message }
}

/// Checks the method, the address and all headers of a request with a JSON body.
#[track_caller]
fn check_post(sent: &Request<Bytes>, uri: &str, (name, key): (&str, &str)) {
    assert_eq!((sent.method(), sent.uri().to_string().as_str()), (&Method::POST, uri));
    assert_eq!(header(sent, name), Some(key));
    assert_eq!(header(sent, "content-type"), Some("application/json"));
    assert_eq!(header(sent, "accept"), Some("application/json"));
    assert_eq!(sent.headers().len(), 3);
}

/// Sends one report with one attempt and no lookups, against one reply.
async fn report_once<V: Connector>(vendor: V, chargeback: &Chargeback, play: Play) -> (Result<Receipt, Error>, Script) {
    let script = Script::new([play]);
    let once = chargeback::RetryPolicy::never().max_lookups(0);
    let provider = chargeback::HttpProvider::builder(vendor).transport(script.clone()).retry(once).build().unwrap();
    (provider.report(chargeback).await, script)
}

async fn check_refusals<V: Connector>(vendor: impl Fn() -> V, chargeback: &Chargeback, cases: &[Case]) {
    for case in cases {
        let (result, _) = report_once(vendor(), chargeback, Play::json(case.status, case.body)).await;
        let error = result.expect_err(case.body);
        let context = format!("{} {}: {error}", case.status, case.body);
        assert_eq!((kind(&error), error.delivery()), (case.kind, case.delivery), "{context}");
        assert_eq!((error.vendor_code(), error.vendor_message()), (case.code, case.message), "{context}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(case.status), "{context}");
        assert_eq!(error.reply_body(), Some(case.body.as_bytes()), "{context}");
        if let Some(message) = case.message {
            assert!(!error.to_string().contains(message) && !format!("{error:?}").contains(message), "{context}");
        }
    }
}

/// Replies that no vendor documents and that must never count as success: pages, fragments, wrong types, wrong
/// encodings. With a 2xx each is unreadable; otherwise the status decides.
const GARBAGE: &[&[u8]] = &[
    b"<html><body>It works!</body></html>",
    b"OK",
    b"null",
    b"true",
    b"[]",
    b"[{}]",
    b"\"ok\"",
    b"200",
    b"{",
    b"{\"status\":",
    b"{\"status\":NaN}",
    b"{\"status\":1e999}",
    b"{}{}",
    b"\xff\xfe{\"status\":200}",
    b"{\"status\":\"\xc3\x28\"}",
    b"\x1f\x8b\x08\x00gzip",
    b"{\"status\":200,\"success\":true,\"code\":1,\"details\":\"a\",\"details\":\"b\"}",
    b"{\"status\":200,\"success\":true,\"code\":1,\"details\":\"a\",\"data\":{\"orderId\":\"a\",\"orderId\":\"b\"}}",
    b"{\"status\":200,\"success\":true,\"code\":1,\"details\":[{\"a\":{},\"a\":{}}]}",
];

async fn check_garbage<V: Connector>(vendor: impl Fn() -> V, chargeback: &Chargeback) {
    let deep = [b"[".repeat(5000), b"]".repeat(5000)].concat();
    for body in GARBAGE.iter().copied().chain([deep.as_slice()]) {
        for (status, expected, delivery) in [
            (200, "unreadable", Delivery::Unknown),
            (201, "unreadable", Delivery::Unknown),
            (204, "unreadable", Delivery::Unknown),
            (302, "unreadable", Delivery::Unknown),
            (403, "authentication", Delivery::Rejected),
            (404, "not found", Delivery::Rejected),
            (418, "rejected", Delivery::Rejected),
            (429, "rate limited", Delivery::Rejected),
            (502, "unavailable", Delivery::Unknown),
        ] {
            let play = Play::Reply { status, headers: Vec::new(), body: bytes::Bytes::copy_from_slice(body) };
            let (result, _) = report_once(vendor(), chargeback, play).await;
            let error = result.expect_err("garbage is not a success");
            let context = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            assert_eq!((kind(&error), error.delivery()), (expected, delivery), "{status} {context}");
        }
    }
}

/// Checks that the plan shows the request that was sent, without secrets.
fn check_plan<V: Connector>(vendor: V, chargeback: &Chargeback, sent: &http::Request<bytes::Bytes>, secrets: &[&str]) {
    let plan = provider(vendor, &Script::empty()).plan(chargeback).unwrap();
    let step = plan.steps()[0].request().unwrap();
    assert_eq!((step.method(), step.url()), (sent.method(), sent.uri().to_string().as_str()));
    let names = |request: &http::Request<bytes::Bytes>| -> Vec<String> {
        request.headers().keys().map(|name| name.as_str().to_owned()).collect()
    };
    let planned: Vec<String> = step.headers().iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(planned, names(sent));
    let text = plan.to_text();
    for secret in secrets {
        assert!(!text.contains(secret) && !format!("{plan:?}").contains(secret), "{secret} in {text}");
    }
}

/// Checks `from_vars` with all variables missing, with one missing, and with invalid values.
fn check_env<V: std::fmt::Debug>(
    from_vars: impl Fn(&dyn Fn(&str) -> Option<String>) -> Result<V, Error>,
    good: &[(&'static str, &str)],
    wrong: &[(&'static str, &str, &str)],
) {
    let problems = |vars: &HashMap<&str, &str>| match from_vars(&|name| vars.get(name).map(|v| (*v).to_owned())) {
        Ok(_) => Vec::new(),
        Err(Error::Configuration(error)) => {
            error.problems().iter().map(|p: &Violation| format!("{}: {}", p.field(), p.rule())).collect::<Vec<_>>()
        }
        Err(other) => panic!("{other}"),
    };
    let all: Vec<String> = good.iter().map(|(name, _)| format!("{name}: not set")).collect();
    assert_eq!(problems(&HashMap::new()), all, "every missing variable is named at once");
    let whole: HashMap<&str, &str> = good.iter().copied().collect();
    assert!(from_vars(&|name| whole.get(name).map(|v| (*v).to_owned())).is_ok());
    for (name, _) in good {
        let mut without = whole.clone();
        without.remove(name);
        assert_eq!(problems(&without), [format!("{name}: not set")]);
        without.insert(name, "  ");
        assert_eq!(problems(&without), [format!("{name}: not set")]);
    }
    for (name, value, rule) in wrong {
        let mut vars = whole.clone();
        vars.insert(name, value);
        assert_eq!(problems(&vars), [format!("{name}: {rule}")]);
        let error = from_vars(&|name| vars.get(name).map(|v| (*v).to_owned())).unwrap_err();
        assert!(!error.to_string().contains(value), "{error}");
    }
}
