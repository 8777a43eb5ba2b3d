//! A connector with configurable steps, which logs its calls.

use std::sync::Arc;

use bytes::Bytes;
use chargeback::connector::{
    Acknowledgement, Attempt, BaseUrl, Case, CompletedStep, Connector, HttpRequestBuilder, LookupVerdict, NextSteps,
    Operation, ReplyError, RetrySafety, TokenError, TokenRequest, TokenSource, TranslateError, Translation,
};
use chargeback::{
    Capabilities, FieldSupport, HttpProvider, ProviderId, RetryPolicy, Secret, Stage, StageSupport, Violation,
    async_trait,
};
use http::{Request, Response};
use serde_json::Value;

use super::events::{Events, Logged};
use super::transport::{Play, Script};

/// The effect of a step on the vendor's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Reads,
    Writes(RetrySafety),
}

/// A step: its name, its effect, and whether the translation adds it after the report.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    pub name: &'static str,
    pub effect: Effect,
    pub follow_up: bool,
}

pub const READ: Spec = Spec { name: "read", effect: Effect::Reads, follow_up: false };
pub const WRITE: Spec = Spec { name: "write", effect: Effect::Writes(RetrySafety::Idempotent), follow_up: false };
pub const CREATE: Spec = Spec { name: "create", effect: Effect::Writes(RetrySafety::LookupFirst), follow_up: false };
pub const PAY: Spec = Spec { name: "pay", effect: Effect::Writes(RetrySafety::Never), follow_up: false };

impl Spec {
    pub const fn follow_up(self) -> Self {
        Self { follow_up: true, ..self }
    }

    pub const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }
}

/// A connector that takes these steps one after another. The vendor supports every stage except `Alert`, and requires
/// an order id. A step whose reply has `{"stop":true}` is the last one, with an error.
#[derive(Debug)]
pub struct Probe {
    base: BaseUrl,
    steps: Vec<Spec>,
    events: Events,
    token: Option<Token>,
}

#[derive(Debug)]
struct Token(Events);

#[async_trait]
impl TokenSource for Token {
    async fn token(&self, _: TokenRequest) -> Result<Secret, TokenError> {
        self.0.push("token");
        Ok(Secret::from("t-1"))
    }
}

pub const PROBE: ProviderId = ProviderId::from_static("probe");

impl Probe {
    pub fn new(events: &Events, steps: &[Spec]) -> Self {
        let base = "https://probe.example".parse().unwrap();
        Self { base, steps: steps.to_vec(), events: events.clone(), token: None }
    }

    pub fn with_token(mut self) -> Self {
        self.token = Some(Token(self.events.clone()));
        self
    }

    /// A provider with this connector, at most three lookups and no jitter.
    pub fn provider(self, script: &Script) -> HttpProvider<Self> {
        self.builder(script).build().unwrap()
    }

    pub fn builder(self, script: &Script) -> chargeback::HttpProviderBuilder<Self> {
        let transport = Logged { inner: script.clone(), events: self.events.clone() };
        HttpProvider::builder(self).transport(transport).retry(RetryPolicy::default())
    }
}

impl Connector for Probe {
    type Step = Step;

    fn id(&self) -> ProviderId {
        PROBE
    }

    fn capabilities(&self) -> Capabilities {
        let stage = |stage: Stage| {
            if stage == Stage::Alert { StageSupport::unsupported() } else { StageSupport::exact(stage.as_str()) }
        };
        Capabilities::from_mapping(stage, |_| StageSupport::exact("x"), |_| FieldSupport::Sent)
    }

    fn token_source(&self) -> Option<&dyn TokenSource> {
        self.token.as_ref().map(|token| token as _)
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<Step>, TranslateError> {
        let chargeback = case.chargeback();
        let known = chargeback.vendor_reference(&PROBE).and_then(|reference| reference.case.as_deref());
        self.events.push(format!(
            "translate: in doubt {}, acknowledged before {}, vendor case {}",
            case.is_in_doubt(),
            case.was_acknowledged_before(),
            known.unwrap_or("none")
        ));
        if chargeback.stage() == Stage::Alert {
            return Err(TranslateError::unsupported_stage(chargeback, "supported: all others"));
        }
        if chargeback.payment().order_id.is_none() {
            return Err(TranslateError::Invalid(vec![Violation::new("payment.order_id", "required")]));
        }
        let step = |spec: &Spec| Step { spec: *spec, events: self.events.clone() };
        let mut translation = Translation::new(step(&self.steps[0]));
        for spec in self.steps.iter().filter(|spec| spec.follow_up) {
            translation = translation.and_then(step(spec));
        }
        Ok(translation)
    }

    fn next_steps(&self, _: &Case<'_>, done: &[CompletedStep<Step>]) -> Result<NextSteps<Step>, TranslateError> {
        let reply = done.last().map_or(&Value::Null, |done| &done.reply);
        if reply["stop"] == true {
            return Err(TranslateError::Inconclusive("the record belongs to another case".into()));
        }
        let next = match self.steps.get(done.len()) {
            Some(spec) if !spec.follow_up => NextSteps::with(Step { spec: *spec, events: self.events.clone() }),
            _ => NextSteps::as_planned(),
        };
        Ok(match reply["found"].as_str() {
            Some(id) => next.case_id(id),
            None => next,
        })
    }
}

/// A step, or the lookup of a step.
#[derive(Debug, Clone)]
pub struct Step {
    spec: Spec,
    events: Events,
}

impl Operation for Step {
    type Connector = Probe;
    type Reply = Value;
    type Lookup = Self;

    fn name(&self) -> &'static str {
        self.spec.name
    }

    fn retry_safety(&self) -> RetrySafety {
        match self.spec.effect {
            Effect::Reads => RetrySafety::Idempotent,
            Effect::Writes(safety) => safety,
        }
    }

    fn reads_only(&self) -> bool {
        self.spec.effect == Effect::Reads
    }

    fn encode(&self, probe: &Probe, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        if !attempt.is_plan() {
            self.events.push(format!("encode {}", self.spec.name));
        }
        HttpRequestBuilder::post(&probe.base, &[self.spec.name]).json(&())
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<Value, ReplyError> {
        let body = serde_json::from_slice(reply.body()).unwrap_or(Value::Null);
        if reply.status().is_success() { Ok(body) } else { Err(ReplyError::from_status(reply.status())) }
    }

    fn acknowledge(&self, reply: &Value) -> Acknowledgement {
        Acknowledgement::default().case_id(reply["case"].as_str().map(str::to_owned))
    }

    fn lookup(&self) -> Option<Self> {
        Some(Self { spec: Spec { name: "look_up", ..READ }, events: self.events.clone() })
    }

    fn verdict(&self, replies: &[Value]) -> LookupVerdict<Self> {
        let reply = replies.last().cloned().unwrap_or_default();
        match reply["verdict"].as_str() {
            Some("applied") => LookupVerdict::Applied(reply),
            Some("resend") => LookupVerdict::Resend(self.clone()),
            Some("ambiguous") => LookupVerdict::Ambiguous(vec!["P-1".into(), "P-2".into()]),
            _ => LookupVerdict::Inconclusive("the record does not show the step".into()),
        }
    }
}

/// A reply of the probe's vendor with status 200.
pub fn reply(body: &str) -> Play {
    Play::json(200, body)
}

/// A provider with these steps and replies, its script and its log.
pub fn probe(steps: &[Spec], plays: impl IntoIterator<Item = Play>) -> (Arc<HttpProvider<Probe>>, Script, Events) {
    let (events, script) = (Events::default(), Script::new(plays));
    (Arc::new(Probe::new(&events, steps).provider(&script)), script, events)
}
