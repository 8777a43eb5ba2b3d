//! Reports of several steps, with a configurable connector: the effect of a failure before and after a write.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use chargeback::connector::{
    Attempt, BaseUrl, Case, CompletedStep, Connector, HttpRequestBuilder, NextSteps, NoLookup, Operation, ReplyError,
    RetrySafety, TranslateError, Translation,
};
use chargeback::{
    Capabilities, Chargeback, ChargebackProvider, FieldSupport, ProviderId, Reason, Receipt, Stage, StageSupport,
    Violation,
};
use http::{Request, Response};

use crate::support::{Play, Script, kind, plain, provider};

/// The step after the first one.
#[derive(Debug, Clone, Copy)]
enum Then {
    /// A step that the translation planned.
    Planned,
    /// A step that `next_steps` adds.
    Added,
    /// `next_steps` fails.
    TranslateError,
}

#[derive(Debug)]
struct Staged {
    base: BaseUrl,
    first_reads: bool,
    then: Then,
    /// The completed steps that `next_steps` received.
    shown: Arc<Mutex<String>>,
}

struct Step {
    name: &'static str,
    reads: bool,
}

impl Connector for Staged {
    type Step = Step;

    fn id(&self) -> ProviderId {
        ProviderId::from_static("staged")
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::from_mapping(|_| StageSupport::exact("x"), |_| StageSupport::exact("x"), |_| FieldSupport::Sent)
    }

    fn translate(&self, _: &Case<'_>) -> Result<Translation<Step>, TranslateError> {
        let first = Translation::new(Step { name: "first", reads: self.first_reads });
        Ok(match self.then {
            Then::Planned => first.and_then(Step { name: "second", reads: false }),
            Then::Added | Then::TranslateError => first,
        })
    }

    fn next_steps(&self, _: &Case<'_>, done: &[CompletedStep<Step>]) -> Result<NextSteps<Step>, TranslateError> {
        *self.shown.lock().unwrap() = format!("{done:?}");
        match self.then {
            Then::Added if done.len() == 1 => Ok(NextSteps::with(Step { name: "second", reads: false })),
            Then::Planned | Then::Added => Ok(NextSteps::as_planned()),
            Then::TranslateError => Err(TranslateError::Inconclusive("the next step is not possible".into())),
        }
    }
}

impl Operation for Step {
    type Connector = Staged;
    type Reply = ();
    type Lookup = NoLookup<Staged>;

    fn name(&self) -> &'static str {
        self.name
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn reads_only(&self) -> bool {
        self.reads
    }

    fn encode(&self, staged: &Staged, _: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        HttpRequestBuilder::post(&staged.base, &[self.name]).json(&())
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<(), ReplyError> {
        if reply.status().is_success() { Ok(()) } else { Err(ReplyError::from_status(reply.status())) }
    }
}

async fn report(first_reads: bool, then: Then, plays: &[u16]) -> (Result<Receipt, chargeback::Error>, String) {
    let shown = Arc::<Mutex<String>>::default();
    let script = Script::new(plays.iter().map(|status| Play::json(*status, "{}")));
    let staged = provider(
        Staged { base: "https://staged.example".parse().unwrap(), first_reads, then, shown: Arc::clone(&shown) },
        &script,
    );
    let result = staged.report(&case()).await;
    assert_eq!(script.left(), 0);
    let shown = shown.lock().unwrap().clone();
    (result, shown)
}

fn case() -> Chargeback {
    plain("case-1", Stage::Received, Reason::FraudOther).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn failure_after_a_write_keeps_the_receipt() {
    for (then, plays, failed) in [
        (Then::Planned, &[200, 400][..], Some(("second", "rejected"))),
        (Then::Added, &[200, 400], Some(("second", "rejected"))),
        (Then::TranslateError, &[200], Some(("first", "conflict"))),
        (Then::Added, &[200, 200], None),
    ] {
        let receipt = report(false, then, plays).await.0.unwrap();
        assert!(receipt.wrote());
        let step = receipt.failed_step().map(|(operation, error)| (operation, kind(error)));
        assert_eq!((receipt.is_complete(), step), (failed.is_none(), failed), "{then:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn failure_before_a_write_fails_the_report_unless_the_step_was_planned() {
    let (result, shown) = report(true, Then::Added, &[200, 400]).await;
    assert_eq!(kind(&result.unwrap_err()), "rejected");
    assert_eq!(shown, "[CompletedStep { operation: \"first\", .. }]");
    assert_eq!(kind(&report(true, Then::TranslateError, &[200]).await.0.unwrap_err()), "conflict");
    let receipt = report(true, Then::Planned, &[200, 400]).await.0.unwrap();
    assert_eq!((receipt.wrote(), receipt.is_complete()), (false, false));
}
