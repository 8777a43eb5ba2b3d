//! The same requests as hand-written code: a plain struct of borrowed text, `serde_json`, an address and the
//! headers.
//!
//! The code supports one stage and one reason, validates nothing and lists no losses.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use chargeback::{Chargeback, revcent, spade};
use chrono::{DateTime, SecondsFormat, Utc};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, Request};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

use crate::cases::{KEY, SECRET, Vendor, now};

/// Builds the request that reports a case to this vendor.
#[must_use]
pub fn request(vendor: Vendor, origin: &str, case: &Chargeback) -> Request<Bytes> {
    call(vendor, origin, case).into_request()
}

/// The parts of a request, for any HTTP client.
#[derive(Debug)]
pub struct Call {
    pub address: String,
    pub key_name: &'static str,
    pub key: HeaderValue,
    /// The JSON of a POST; a GET has none.
    pub body: Option<Vec<u8>>,
}

/// Builds the parts of the request that reports a case to this vendor.
#[must_use]
pub fn call(vendor: Vendor, origin: &str, case: &Chargeback) -> Call {
    match vendor {
        Vendor::Thirdwatch => {
            post(format!("{origin}/v1/chargeback"), "x-thirdwatch-api-key", KEY, json(&thirdwatch(case)))
        }
        Vendor::RevCent => {
            let key = revcent_key(case.case_id());
            let amount =
                case.amount().map(|amount| RawValue::from_string(amount.to_decimal()).expect("an amount is a number"));
            post(format!("{origin}/v2/chargebacks"), "x-api-key", KEY, json(&revcent(case, &key, amount.as_deref())))
        }
        Vendor::Tutelar => {
            let authorization = format!("Basic {}", BASE64.encode(format!("{KEY}:{SECRET}")));
            let address = format!("{origin}/api/v1/fraud-detector/transaction/chargeback");
            let reason = tutelar_reason(case);
            post(address, "authorization", &authorization, json(&tutelar(case, &reason)))
        }
        Vendor::Spade => {
            let id = case.vendor_reference(&spade::ID).and_then(|reference| reference.payment.as_deref());
            let address = format!("{origin}/enrichments/{}/chargeback", id.expect("an enrichment"));
            let notes = spade_notes(case);
            post(address, "x-api-key", KEY, json(&spade_body(case, &notes)))
        }
        Vendor::Pipwave => {
            let (txn_id, at) = (case.payment().transaction_id.as_deref().expect("a transaction"), now().timestamp());
            let signature = pipwave_signature(txn_id, at);
            post(format!("{origin}/payment"), "x-api-key", KEY, json(&pipwave(txn_id, at, &signature)))
        }
    }
}

/// Passes a function that only serializes the body, with all values prepared.
pub fn json_alone(vendor: Vendor, case: &Chargeback, mut repeat: impl FnMut(&dyn Fn() -> Vec<u8>)) {
    match vendor {
        Vendor::Thirdwatch => repeat(&|| json(&thirdwatch(case))),
        Vendor::RevCent => {
            let key = revcent_key(case.case_id());
            let amount = RawValue::from_string("129.90".to_owned()).expect("a number");
            repeat(&|| json(&revcent(case, &key, Some(&amount))));
        }
        Vendor::Tutelar => {
            let reason = tutelar_reason(case);
            repeat(&|| json(&tutelar(case, &reason)));
        }
        Vendor::Spade => {
            let notes = spade_notes(case);
            repeat(&|| json(&spade_body(case, &notes)));
        }
        Vendor::Pipwave => {
            let signature = pipwave_signature("TXN_5567001", 0);
            repeat(&|| json(&pipwave("TXN_5567001", now().timestamp(), &signature)));
        }
    }
}

/// Builds the two searches of a report before RevCent's create.
#[must_use]
pub fn searches(origin: &str, case: &Chargeback) -> [Call; 2] {
    [revcent_key(case.case_id()).as_str(), case.case_id()].map(|term| {
        let address = format!("{origin}/v2/chargebacks/search?search_term={term}");
        Call { address, key_name: "x-api-key", key: secret(KEY), body: None }
    })
}

fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("a body")
}

fn secret(key: &str) -> HeaderValue {
    let mut key = HeaderValue::from_str(key).expect("a key");
    key.set_sensitive(true);
    key
}

fn post(address: String, key_name: &'static str, key: &str, body: Vec<u8>) -> Call {
    Call { address, key_name, key: secret(key), body: Some(body) }
}

impl Call {
    /// Returns the request of the crate `http`.
    ///
    /// # Panics
    ///
    /// Panics if the address is invalid.
    #[must_use]
    pub fn into_request(self) -> Request<Bytes> {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = self.address.try_into().expect("an address");
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(HeaderName::from_static(self.key_name), self.key);
        if let Some(body) = self.body {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.method_mut() = Method::POST;
            *request.body_mut() = Bytes::from(body);
        }
        request
    }
}

/// Formats a time with chrono.
fn rfc3339<S: Serializer>(at: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        None => serializer.serialize_none(),
    }
}

#[derive(Serialize)]
struct Thirdwatch<'a> {
    #[serde(rename = "_userId")]
    user_id: Option<&'a str>,
    #[serde(rename = "_orderId")]
    order_id: Option<&'a str>,
    #[serde(rename = "_transactionId")]
    transaction_id: Option<&'a str>,
    #[serde(rename = "_chargebackState")]
    state: &'a str,
    #[serde(rename = "_chargebackReason")]
    reason: &'a str,
    #[serde(rename = "_customInfo")]
    custom_info: CustomInfo<'a>,
}

/// The keys are in alphabetical order, as in a map.
#[derive(Serialize)]
struct CustomInfo<'a> {
    amount: Option<String>,
    arn: Option<&'a str>,
    case_id: &'a str,
    case_number: Option<&'a str>,
    currency: Option<&'a str>,
    #[serde(serialize_with = "rfc3339")]
    due_by: Option<DateTime<Utc>>,
    network: &'a str,
    network_reason_code: Option<&'a str>,
    notes: Option<&'a str>,
    #[serde(serialize_with = "rfc3339")]
    occurred_at: Option<DateTime<Utc>>,
    #[serde(serialize_with = "rfc3339")]
    opened_at: Option<DateTime<Utc>>,
    processor: Option<&'a str>,
    processor_dispute_id: Option<&'a str>,
    reason: &'a str,
    #[serde(serialize_with = "rfc3339")]
    received_at: Option<DateTime<Utc>>,
    stage: &'a str,
}

fn thirdwatch(case: &Chargeback) -> Thirdwatch<'_> {
    let payment = case.payment();
    Thirdwatch {
        user_id: payment.user_id.as_deref(),
        order_id: payment.order_id.as_deref(),
        transaction_id: payment.transaction_id.as_deref(),
        state: "_received",
        reason: "_product_not_received",
        custom_info: CustomInfo {
            amount: case.amount().map(chargeback::Money::to_decimal),
            arn: case.arn(),
            case_id: case.case_id(),
            case_number: case.case_number(),
            currency: case.amount().map(|_| "USD"),
            due_by: case.due_by(),
            network: "visa",
            network_reason_code: case.network_code().map(chargeback::NetworkCode::code),
            notes: case.notes(),
            occurred_at: Some(case.occurred_at()),
            opened_at: case.opened_at(),
            processor: case.processor().map(|processor| processor.name.as_str()),
            processor_dispute_id: case.processor().and_then(|processor| processor.dispute_id.as_deref()),
            reason: "not_received",
            received_at: case.received_at(),
            stage: "received",
        },
    }
}

#[derive(Serialize)]
struct RevCent<'a> {
    transaction_id: Option<&'a str>,
    amount: Option<&'a RawValue>,
    arn: Option<&'a str>,
    case_number: Option<&'a str>,
    reason_code: Option<&'a str>,
    third_party_chargeback_id: &'a str,
    #[serde(serialize_with = "rfc3339")]
    chargeback_date: Option<DateTime<Utc>>,
    #[serde(serialize_with = "rfc3339")]
    received_date: Option<DateTime<Utc>>,
    metadata: [Pair<'a>; 7],
}

#[derive(Serialize)]
struct Pair<'a> {
    name: &'a str,
    value: &'a str,
}

fn revcent<'a>(case: &'a Chargeback, key: &'a str, amount: Option<&'a RawValue>) -> RevCent<'a> {
    let pair = |name, value: Option<&'a str>| Pair { name, value: value.unwrap_or_default() };
    let processor = case.processor();
    RevCent {
        transaction_id: case.vendor_reference(&revcent::ID).and_then(|reference| reference.payment.as_deref()),
        amount,
        arn: case.arn(),
        case_number: case.case_number(),
        reason_code: case.network_code().map(chargeback::NetworkCode::code),
        third_party_chargeback_id: case.case_id(),
        chargeback_date: case.opened_at(),
        received_date: case.received_at(),
        metadata: [
            pair("chargeback.key", Some(key)),
            pair("chargeback.currency", Some("USD")),
            pair("chargeback.network", Some("visa")),
            pair("chargeback.order_id", case.payment().order_id.as_deref()),
            pair("chargeback.processor", processor.map(|processor| processor.name.as_str())),
            pair("chargeback.processor_dispute_id", processor.and_then(|processor| processor.dispute_id.as_deref())),
            pair("chargeback.notes", case.notes()),
        ],
    }
}

fn revcent_key(case_id: &str) -> String {
    format!("cb{}", hex::encode(&Sha256::digest(case_id)[..15]))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tutelar<'a> {
    status: &'a str,
    order_id: Option<&'a str>,
    reason: &'a str,
}

fn tutelar<'a>(case: &'a Chargeback, reason: &'a str) -> Tutelar<'a> {
    Tutelar { status: "contested", order_id: case.payment().order_id.as_deref(), reason }
}

fn tutelar_reason(case: &Chargeback) -> String {
    let code = case.network_code().expect("a code");
    format!("{} (visa {})", case.reason().description(), code.code())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Spade<'a> {
    state: &'a str,
    chargeback_notes: &'a str,
    #[serde(serialize_with = "rfc3339")]
    occurred_at: Option<DateTime<Utc>>,
}

fn spade_body<'a>(case: &'a Chargeback, notes: &'a str) -> Spade<'a> {
    Spade { state: "chargeback_pending", chargeback_notes: notes, occurred_at: Some(case.occurred_at()) }
}

fn spade_notes(case: &Chargeback) -> String {
    let (code, notes) = (case.network_code().expect("a code"), case.notes().unwrap_or_default());
    format!("reason: {}; network code: visa {}; {notes}", case.reason().description(), code.code())
}

#[derive(Serialize)]
struct Pipwave<'a> {
    action: &'a str,
    timestamp: i64,
    api_key: &'a str,
    txn_id: &'a str,
    stage: &'a str,
    reason: &'a str,
    signature: &'a str,
}

fn pipwave<'a>(txn_id: &'a str, timestamp: i64, signature: &'a str) -> Pipwave<'a> {
    let (stage, reason) = ("disputed", "non_receipt");
    Pipwave { action: "tag-chargeback", timestamp, api_key: KEY, txn_id, stage, reason, signature }
}

fn pipwave_signature(txn_id: &str, at: i64) -> String {
    let signed =
        format!("action:tag-chargebackapi_key:{KEY}api_secret:{SECRET}stage:disputedtimestamp:{at}txn_id:{txn_id}");
    hex::encode(Sha1::digest(signed))
}
