//! A sixth vendor, outside the crate. Retry, time limits, reading back, redaction and the dry run come for free.
//!
//! Acme takes `POST /disputes/{order}` with `{"phase": "open"}` or `"closed"`; `GET` of the same shows the phase.

use bytes::Bytes;
use chargeback::vendor::{
    Attempt, BaseUrl, Case, Operation, Outgoing, Refusal, Refused, Repeat, Settled, Translation, Vendor,
};
use chargeback::{
    Capabilities, Carriage, Chargeback, ChargebackProvider as _, Expression, Fidelity, Field, HttpProvider, ProviderId,
    Secret, Stage, Violation,
};
use http::{Request, Response};
use serde_json::{Value, json};

#[derive(Debug)]
pub(crate) struct Acme {
    pub(crate) base: BaseUrl,
    pub(crate) key: Secret,
}
/// How Acme says a stage. Capabilities and translation both use it, so they cannot differ.
fn phase(stage: Stage) -> Expression {
    match stage {
        Stage::Received => Expression::exact("open"),
        Stage::Contested | Stage::UnderReview => Expression::lossy("open"),
        Stage::Won | Stage::Lost | Stage::Closed => Expression::lossy("closed"),
        _ => Expression::refused(),
    }
}
impl Vendor for Acme {
    type Step = Call;
    fn id(&self) -> ProviderId {
        ProviderId::from_static("acme")
    }
    fn capabilities(&self) -> Capabilities {
        let sent = [Field::Stage, Field::OrderId];
        let field = |field| if sent.contains(&field) { Carriage::Sent } else { Carriage::Dropped };
        Capabilities::ask(phase, |_| Expression::lossy(""), field)
    }
    fn translate(&self, case: &Case<'_>) -> Result<Translation<Call>, Refused> {
        let phase = phase(case.chargeback().stage());
        if phase.fidelity() == Fidelity::Refused {
            return Err(Refused::stage(case.chargeback(), "Acme has open and closed"));
        }
        let Some(order) = case.chargeback().payment().order_id.clone() else {
            return Err(Refused::Invalid(vec![Violation::new("payment.order_id", "Acme needs it")]));
        };
        let tell = Call { order, phase: Some(phase.word().to_owned()) };
        Ok(Translation::of(tell).words(phase.word().to_owned(), "").loss_of(Field::Stage, &phase))
    }
}
/// Tells Acme the phase of an order, or, without one, asks for it.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    order: String,
    phase: Option<String>,
}
impl Operation for Call {
    type Vendor = Acme;
    type Reply = Value;
    type Probe = Self;
    fn name(&self) -> &'static str {
        if self.phase.is_some() { "tell" } else { "ask" }
    }
    fn repeat(&self) -> Repeat {
        if self.phase.is_some() { Repeat::AfterReadBack } else { Repeat::Safe }
    }
    fn reads_only(&self) -> bool {
        self.phase.is_none()
    }
    fn encode(&self, acme: &Acme, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        let (path, key) = (["disputes", self.order.as_str()], attempt.expose(&acme.key));
        let Some(phase) = &self.phase else {
            return Outgoing::get(&acme.base, &path).secret_header("x-acme-key", key).empty();
        };
        Outgoing::post(&acme.base, &path).secret_header("x-acme-key", key).json(&json!({ "phase": phase }))
    }
    fn decode(&self, reply: &Response<Bytes>) -> Result<Value, Refusal> {
        let body = serde_json::from_slice(reply.body()).ok().filter(Value::is_object);
        body.filter(|_| reply.status() == 200).ok_or_else(|| Refusal::of_status(reply.status()))
    }
    fn probe(&self) -> Option<Self> {
        self.phase.is_some().then(|| Self { phase: None, ..self.clone() })
    }
    fn settle(&self, seen: &[Value]) -> Settled<Self> {
        match seen.last() {
            Some(shown) if shown["phase"].as_str() == self.phase.as_deref() => Settled::Holds(shown.clone()),
            _ => Settled::Again(self.clone()),
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
