//! A connector for a sixth vendor, outside the crate. `HttpProvider` adds retries, time limits, lookups, redaction
//! and plans.
//!
//! The API of Acme: `POST /disputes/{order}` with `{"phase": "open"}` or `{"phase": "closed"}`. `GET` on the same
//! path returns the phase.
//!
//! `cargo run --example custom_connector`

use bytes::Bytes;
use chargeback::connector::{
    Attempt, BaseUrl, Case, Connector, HttpRequestBuilder, LookupVerdict, Operation, ReplyError, RetrySafety,
    TranslateError, Translation,
};
use chargeback::{
    Capabilities, Chargeback, ChargebackProvider as _, Fidelity, Field, FieldSupport, HttpProvider, Loss, ProviderId,
    Secret, Stage, StageSupport, Violation,
};
use http::{Request, Response};
use serde_json::{Value, json};

#[derive(Debug)]
pub(crate) struct Acme {
    pub(crate) base_url: BaseUrl,
    pub(crate) key: Secret,
}

/// Maps a stage to a phase. Capabilities and translation use the same function, so they cannot differ.
fn phase(stage: Stage) -> StageSupport {
    match stage {
        Stage::Received => StageSupport::exact("open"),
        Stage::Contested | Stage::UnderReview => StageSupport::lossy("open"),
        Stage::Won | Stage::Lost | Stage::Closed => StageSupport::lossy("closed"),
        _ => StageSupport::unsupported(),
    }
}

/// Acme stores the phase of an order and no other field.
fn field(field: Field) -> FieldSupport {
    if matches!(field, Field::Stage | Field::OrderId) { FieldSupport::Sent } else { FieldSupport::Dropped }
}

impl Connector for Acme {
    type Step = Call;

    fn id(&self) -> ProviderId {
        ProviderId::from_static("acme")
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::from_mapping(phase, |_| StageSupport::lossy(""), field).with_lookup()
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<Call>, TranslateError> {
        let chargeback = case.chargeback();
        let phase = phase(chargeback.stage());
        if phase.fidelity() == Fidelity::Unsupported {
            return Err(TranslateError::unsupported_stage(chargeback, "supported: open, closed"));
        }
        let Some(order) = chargeback.payment().order_id.clone() else {
            return Err(TranslateError::Invalid(vec![Violation::new("payment.order_id", "Acme requires it")]));
        };
        let update = Call { order, phase: Some(phase.value().to_owned()) };
        Ok(Translation::new(update)
            .values(phase.value().to_owned(), "")
            .losses(Loss::from_support(Field::Stage, &phase)))
    }
}

/// Sets the phase of an order, or reads it if `phase` is `None`.
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
        if self.phase.is_some() { "set_phase" } else { "get_phase" }
    }

    fn retry_safety(&self) -> RetrySafety {
        if self.phase.is_some() { RetrySafety::LookupFirst } else { RetrySafety::Idempotent }
    }

    fn reads_only(&self) -> bool {
        self.phase.is_none()
    }

    fn encode(&self, acme: &Acme, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        let (path, key) = (["disputes", self.order.as_str()], attempt.expose(&acme.key));
        match &self.phase {
            Some(phase) => HttpRequestBuilder::post(&acme.base_url, &path)
                .secret_header("x-acme-key", key)
                .json(&json!({ "phase": phase })),
            None => HttpRequestBuilder::get(&acme.base_url, &path).secret_header("x-acme-key", key).empty(),
        }
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<Value, ReplyError> {
        let body = serde_json::from_slice(reply.body()).ok().filter(Value::is_object);
        body.filter(|_| reply.status() == 200).ok_or_else(|| ReplyError::from_status(reply.status()))
    }

    /// If the reply of an update is lost, `HttpProvider` reads the phase before it sends the update again.
    fn lookup(&self) -> Option<Self> {
        self.phase.is_some().then(|| Self { phase: None, ..self.clone() })
    }

    fn verdict(&self, replies: &[Value]) -> LookupVerdict<Self> {
        match replies.last() {
            Some(reply) if reply["phase"].as_str() == self.phase.as_deref() => LookupVerdict::Applied(reply.clone()),
            _ => LookupVerdict::Resend(self.clone()),
        }
    }
}

#[allow(dead_code, reason = "the tests use only the connector")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let acme = Acme { base_url: "https://api.acme.example".parse()?, key: Secret::from("k") };
    let acme = HttpProvider::new(acme)?;
    let line = include_str!("data/chargebacks.jsonl").lines().next().unwrap_or_default();
    let chargeback: Chargeback = serde_json::from_str(line)?;
    // Prints the requests. Nothing is sent.
    println!("{}", acme.plan(&chargeback)?.to_text());
    Ok(())
}
