//! The seam that a vendor implements: pure translation, no I/O.
//!
//! A vendor is a [`Connector`] with one or more [`Operation`]s. [`HttpProvider`](crate::HttpProvider) turns it into a
//! [`ChargebackProvider`](crate::ChargebackProvider) and does everything else: deadline, retry, tokens, sending,
//! reading back, redaction, plan, tracing. `examples/custom_connector.rs` is a whole one.
//!
//! ```text
//! translate(case)        ─► steps and losses          what to do, in the vendor's words
//!   encode(attempt)      ─► http request              afresh for each attempt: time, token, signature
//!   decode(http reply)   ─► typed reply, or Refusal   success is what the vendor calls success
//!   probe() ─► settle()  ─► holds, again, several ... only when an attempt may have acted
//! follow(done)           ─► more steps                when what comes next hangs on a reply
//! ```

mod attempt;
mod base_url;
mod operation;
mod reply;
mod request;
mod translation;

use std::fmt::Debug;

pub use self::attempt::{Attempt, TokenError, TokenRequest, TokenSource};
pub(crate) use self::base_url::is_loopback;
pub use self::base_url::{BaseUrl, ParseBaseUrlError};
pub use self::operation::{Acknowledgement, LookupVerdict, NoLookup, Operation, RetrySafety};
pub use self::reply::{ReplyError, ReplyErrorKind};
pub use self::request::HttpRequestBuilder;
pub(crate) use self::translation::Planned;
pub use self::translation::{Case, CompletedStep, NextSteps, PossibleReply, TranslateError, Translation};
use crate::model::ProviderId;
use crate::provider::Capabilities;
use crate::util::violation::Violation;

/// A vendor: its name, its settings, and how it is told of a chargeback.
///
/// Everything here is pure. Only [`TokenSource`] may wait.
pub trait Connector: Debug + Send + Sync + Sized + 'static {
    /// The operations that a report is made of: one type, or an enum where a report takes different ones.
    type Step: Operation<Connector = Self>;

    /// The vendor's name; make it with [`ProviderId::from_static`].
    fn id(&self) -> ProviderId;

    /// What it can express with its settings. Asked once, when the provider is built.
    fn capabilities(&self) -> Capabilities;

    /// What is wrong with its settings, such as an empty key. Asked once, when the provider is built.
    fn check(&self) -> Vec<Violation> {
        Vec::new()
    }

    /// Where its token comes from, if it needs one that changes.
    fn token_source(&self) -> Option<&dyn TokenSource> {
        None
    }

    /// Says a chargeback in the vendor's words.
    ///
    /// Losses of fields that the capabilities call dropped or noted need not be listed; they are added.
    ///
    /// # Errors
    ///
    /// [`TranslateError`] if the vendor cannot express it, or the chargeback lacks or breaks what the vendor asks for. List
    /// every violation, not the first.
    fn translate(&self, case: &Case<'_>) -> Result<Translation<Self::Step>, TranslateError>;

    /// Says what comes next, after a step has been acknowledged. The last of `done` is that step.
    ///
    /// # Errors
    ///
    /// [`TranslateError`] if what the vendor answered shows that the report cannot be made.
    fn next_steps(
        &self,
        case: &Case<'_>,
        done: &[CompletedStep<Self::Step>],
    ) -> Result<NextSteps<Self::Step>, TranslateError> {
        let _ = (case, done);
        Ok(NextSteps::as_planned())
    }

    /// For a plan: the kinds of answer that a step may get, where they lead to different steps.
    fn possible_replies(&self, case: &Case<'_>, step: &Self::Step) -> Vec<PossibleReply<Self::Step>> {
        let _ = (case, step);
        Vec::new()
    }
}
