//! A sixth vendor, outside the crate. Retry, time limits, reading back, redaction and the dry run come for free.
//!
//! Acme takes `POST /disputes/{order}` with `{"phase": "open"}` or `"closed"`; `GET` of the same shows the phase.

use bytes::Bytes;
use chargeback::connector::{
    Attempt, BaseUrl, Case, Connector, HttpRequestBuilder, LookupVerdict, Operation, ReplyError, RetrySafety,
    TranslateError, Translation,
};
use chargeback::{
    Capabilities, Chargeback, ChargebackProvider as _, Fidelity, Field, FieldSupport, HttpProvider, ProviderId, Secret,
    Stage, StageSupport, Violation,
};
use http::{Request, Response};
use serde_json::{Value, json};

#[derive(Debug)]
pub(crate) struct Acme {
    pub(crate) base: BaseUrl,
    pub(crate) key: Secret,
}
/// How Acme says a stage. Capabilities and translation both use it, so they cannot differ.
fn phase(stage: Stage) -> StageSupport {
    match stage {
        Stage::Received => StageSupport::exact("open"),
        Stage::Contested | Stage::UnderReview => StageSupport::lossy("open"),
        Stage::Won | Stage::Lost | Stage::Closed => StageSupport::lossy("closed"),
        _ => StageSupport::unsupported(),
    }
}
impl Connector for Acme {
    type Step = Call;
    fn id(&self) -> ProviderId {
        ProviderId::from_static("acme")
    }
    fn capabilities(&self) -> Capabilities {
        let sent = [Field::Stage, Field::OrderId];
        let field = |field| if sent.contains(&field) { FieldSupport::Sent } else { FieldSupport::Dropped };
        Capabilities::from_mapping(phase, |_| StageSupport::lossy(""), field)
    }
    fn translate(&self, case: &Case<'_>) -> Result<Translation<Call>, TranslateError> {
        let phase = phase(case.chargeback().stage());
        if phase.fidelity() == Fidelity::Unsupported {
            return Err(TranslateError::unsupported_stage(case.chargeback(), "Acme has open and closed"));
        }
        let Some(order) = case.chargeback().payment().order_id.clone() else {
            return Err(TranslateError::Invalid(vec![Violation::new("payment.order_id", "Acme needs it")]));
        };
        let tell = Call { order, phase: Some(phase.word().to_owned()) };
        Ok(Translation::new(tell).words(phase.word().to_owned(), "").loss_of(Field::Stage, &phase))
    }
}
/// Tells Acme the phase of an order, or, without one, asks for it.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    order: String,
    phase: Option<String>,
}
impl Operation for Call {
    type Connector = Acme;
    type Reply = Value;
    type Lookup = Self;
    fn name(&self) -> &'static str {
        if self.phase.is_some() { "tell" } else { "ask" }
    }
    fn retry_safety(&self) -> RetrySafety {
        if self.phase.is_some() { RetrySafety::LookupFirst } else { RetrySafety::Idempotent }
    }
    fn reads_only(&self) -> bool {
        self.phase.is_none()
    }
    fn encode(&self, acme: &Acme, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        let (path, key) = (["disputes", self.order.as_str()], attempt.expose(&acme.key));
        let Some(phase) = &self.phase else {
            return HttpRequestBuilder::get(&acme.base, &path).secret_header("x-acme-key", key).empty();
        };
        HttpRequestBuilder::post(&acme.base, &path).secret_header("x-acme-key", key).json(&json!({ "phase": phase }))
    }
    fn decode(&self, reply: &Response<Bytes>) -> Result<Value, ReplyError> {
        let body = serde_json::from_slice(reply.body()).ok().filter(Value::is_object);
        body.filter(|_| reply.status() == 200).ok_or_else(|| ReplyError::from_status(reply.status()))
    }
    fn lookup(&self) -> Option<Self> {
        self.phase.is_some().then(|| Self { phase: None, ..self.clone() })
    }
    fn verdict(&self, seen: &[Value]) -> LookupVerdict<Self> {
        match seen.last() {
            Some(shown) if shown["phase"].as_str() == self.phase.as_deref() => LookupVerdict::Applied(shown.clone()),
            _ => LookupVerdict::Resend(self.clone()),
        }
    }
}
#[allow(dead_code, reason = "tests take the vendor alone")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let acme = HttpProvider::new(Acme { base: "https://api.acme.example".parse()?, key: Secret::from("k") })?;
    let line = include_str!("data/chargebacks.jsonl").lines().next().unwrap_or_default();
    println!("{}", acme.plan(&serde_json::from_str::<Chargeback>(line)?)?.to_text());
    Ok(())
}
