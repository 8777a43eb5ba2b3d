//! Tests of the RevCent connector.

mod documented_limits;
mod find;
mod first_report;
mod identity;
mod limits;
mod lookup;
mod losses;
mod native;
mod reason;
mod reconciled;
mod report;

use chargeback::revcent::{
    CreateChargeback, EditChargeback, FirstReport, Metadatum, Outcome, RepresentmentFields, RevCent,
};
use chargeback::{
    Chargeback, ChargebackProvider, Currency, DecimalNumber, Delivery, Error, Field, LossKind, Money, Network,
    NetworkCode, Reason, Representment, RepresentmentOutcome, Stage, revcent,
};
use serde_json::{Value, json};

use super::{case, check_env, check_garbage, check_plan, check_refusals, report_once};
use crate::support::{Play, Script, TRANSACTION, at, body, full, header, kind, plain, provider, violations};

const ID: &str = "chargeback0000000001";
const KEY: &str = "cb10f1b2d4";

fn revcent() -> RevCent {
    RevCent::new("rc-key")
}

fn create_at_once() -> RevCent {
    revcent().first_report(FirstReport::CreateAtOnce)
}

/// The reply on RevCent's page.
fn created() -> Play {
    Play::json(
        200,
        r#"{"api_call_id":"apicall0000000000001","api_call_unix":1700000000,"code":1,
           "chargeback_id":"chargeback0000000001","result":"Chargeback created."}"#,
    )
}

fn nothing() -> Play {
    Play::json(200, r#"{"code":1,"results":[]}"#)
}

fn found(ids: &[&str]) -> Play {
    let hits: Vec<Value> = ids.iter().map(|id| json!({ "item_type": "chargeback", "id": id, "score": 1.5 })).collect();
    Play::json(200, json!({ "code": 1, "results": hits }).to_string())
}

fn stored(fields: &Value) -> Play {
    let mut record = json!({ "id": ID, "third_party_chargeback_id": "case-1" });
    record.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    Play::json(200, json!({ "api_call_id": "a", "code": 1, "chargeback": record }).to_string())
}

fn received() -> Chargeback {
    plain("case-1", Stage::Received, Reason::FraudOther).build().unwrap()
}

fn operations(script: &Script) -> Vec<String> {
    let short = |call: String| call.split('?').next().unwrap().replace("/v2/chargebacks", "").replace(ID, "{id}");
    script.calls().into_iter().map(short).collect()
}

#[test]
fn settings_come_from_the_environment() {
    check_env(
        |get| RevCent::from_vars(get),
        &[("REVCENT_API_KEY", KEY)],
        &[("REVCENT_BASE_URL", "http://10.0.0.1", "must be an https URL, or http to a loopback host")],
    );
}
