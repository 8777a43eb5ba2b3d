//! The API for adding a vendor: pure functions without I/O.
//!
//! A vendor is a [`Connector`] with one or more [`Operation`]s. [`HttpProvider`](crate::HttpProvider) turns the
//! connector into a [`ChargebackProvider`](crate::ChargebackProvider). The provider adds everything else: deadlines,
//! retries, tokens, sending, lookups, redaction, plans and logs. `examples/custom_connector.rs` is a complete
//! connector.
//!
//! For each report, the provider calls these methods:
//!
//! | Method | Purpose |
//! |---|---|
//! | [`Connector::translate`] | Translates the chargeback into the first steps, and lists the losses. |
//! | [`Operation::validate`] | Checks the vendor's rules for a step. |
//! | [`Operation::encode`] | Builds the HTTP request, again for each attempt, with its time and token. |
//! | [`Operation::decode`] | Returns the typed reply, or a [`ReplyError`] for a reply without acknowledgement. |
//! | [`Operation::lookup`], [`Operation::verdict`] | Read the vendor's record after an attempt that may have acted. |
//! | [`Operation::acknowledge`] | Returns the parts of the reply for the receipt. |
//! | [`Connector::next_steps`] | Returns the steps that follow from the replies so far. |

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

/// The translation for one vendor: its name, its settings, and its calls.
///
/// All methods are pure. Only a [`TokenSource`] may wait.
///
/// ```
/// use bytes::Bytes;
/// use chargeback::connector::{
///     Attempt, BaseUrl, Case, Connector, HttpRequestBuilder, NoLookup, Operation, ReplyError, RetrySafety,
///     TranslateError, Translation,
/// };
/// use chargeback::{
///     Capabilities, Chargeback, ChargebackProvider as _, Fidelity, Field, FieldSupport, HttpProvider, Loss,
///     ProviderId, Reason, Stage, StageSupport, Violation,
/// };
/// use chrono::Utc;
///
/// /// The connector, with the settings of an account.
/// #[derive(Debug)]
/// struct Acme {
///     base_url: BaseUrl,
/// }
///
/// /// Maps a stage to Acme's phase, for the capabilities and for the translation.
/// fn phase(stage: Stage) -> StageSupport {
///     match stage {
///         Stage::Received => StageSupport::exact("open"),
///         Stage::Won | Stage::Lost => StageSupport::lossy("closed"),
///         _ => StageSupport::unsupported(),
///     }
/// }
///
/// impl Connector for Acme {
///     type Step = SetPhase;
///
///     fn id(&self) -> ProviderId {
///         ProviderId::from_static("acme")
///     }
///
///     fn capabilities(&self) -> Capabilities {
///         let field = |field| if field == Field::Stage { FieldSupport::Sent } else { FieldSupport::Dropped };
///         Capabilities::from_mapping(phase, |_| StageSupport::lossy(""), field)
///     }
///
///     fn translate(&self, case: &Case<'_>) -> Result<Translation<SetPhase>, TranslateError> {
///         let phase = phase(case.chargeback().stage());
///         if phase.fidelity() == Fidelity::Unsupported {
///             return Err(TranslateError::unsupported_stage(case.chargeback(), "supported: open, closed"));
///         }
///         let step = SetPhase { case_id: case.chargeback().case_id().to_owned(), phase: phase.value().to_owned() };
///         let losses = Loss::from_support(Field::Stage, &phase);
///         Ok(Translation::new(step).values(phase.value().to_owned(), "").losses(losses))
///     }
/// }
///
/// /// `POST /cases/{id}`
/// struct SetPhase {
///     case_id: String,
///     phase: String,
/// }
///
/// impl Operation for SetPhase {
///     type Connector = Acme;
///     type Reply = ();
///     type Lookup = NoLookup<Acme>;
///
///     fn name(&self) -> &'static str {
///         "set_phase"
///     }
///
///     fn retry_safety(&self) -> RetrySafety {
///         RetrySafety::Idempotent
///     }
///
///     fn encode(&self, acme: &Acme, _: &Attempt<'_>) -> Result<http::Request<Bytes>, Violation> {
///         let body = serde_json::json!({ "phase": self.phase });
///         HttpRequestBuilder::post(&acme.base_url, &["cases", &self.case_id]).json(&body)
///     }
///
///     fn decode(&self, reply: &http::Response<Bytes>) -> Result<(), ReplyError> {
///         if reply.status() == 204 { Ok(()) } else { Err(ReplyError::from_status(reply.status())) }
///     }
/// }
///
/// let acme = HttpProvider::new(Acme { base_url: "https://api.acme.example".parse()? })?;
/// let lost = Chargeback::builder("case-1", Stage::Lost, Reason::NotReceived, Utc::now())
///     .order_id("ORD_1")
///     .build()?;
/// let plan = acme.plan(&lost)?;
/// assert_eq!(plan.stage_value(), "closed");
/// assert_eq!(plan.losses()[0].to_string(), "stage merged (sent as `closed`)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Connector: Debug + Send + Sync + Sized + 'static {
    /// The operation of a step of a report; an enum if a report takes several kinds of calls.
    type Step: Operation<Connector = Self>;

    /// Returns the vendor's name, as receipts, errors and logs show it.
    fn id(&self) -> ProviderId;

    /// Returns the values that the vendor's API can express with these settings. Called once, when the provider is
    /// built.
    fn capabilities(&self) -> Capabilities;

    /// Returns all problems of the settings, such as an empty key. Called once, when the provider is built.
    fn check(&self) -> Vec<Violation> {
        Vec::new()
    }

    /// Returns the source of an access token that expires. Default: `None`.
    fn token_source(&self) -> Option<&dyn TokenSource> {
        None
    }

    /// Translates a chargeback into the vendor's format.
    ///
    /// List the losses that the capabilities do not state. The engine adds the fields that are noted or dropped.
    ///
    /// # Errors
    ///
    /// [`TranslateError`] if the vendor does not support the stage, or the chargeback lacks required data or breaks a
    /// rule. List every violation, not only the first.
    fn translate(&self, case: &Case<'_>) -> Result<Translation<Self::Step>, TranslateError>;

    /// Returns the steps that follow from the replies so far. Called after each acknowledged step, which is the last of
    /// `completed`.
    ///
    /// # Errors
    ///
    /// [`TranslateError`] if a reply shows that the report cannot be made.
    fn next_steps(
        &self,
        case: &Case<'_>,
        completed: &[CompletedStep<Self::Step>],
    ) -> Result<NextSteps<Self::Step>, TranslateError> {
        let _ = (case, completed);
        Ok(NextSteps::as_planned())
    }

    /// Returns the replies to a step that lead to different steps, for a plan. Default: none.
    fn possible_replies(&self, case: &Case<'_>, step: &Self::Step) -> Vec<PossibleReply<Self::Step>> {
        let _ = (case, step);
        Vec::new()
    }
}
