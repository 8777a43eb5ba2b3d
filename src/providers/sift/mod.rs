//! Sift: events in the history of a user and an order.
//!
//! | | |
//! |---|---|
//! | Call | `POST {base}/v205/events` with the event `$chargeback`, JSON, the API key in the body |
//! | Required | an order id or a transaction id |
//! | Success | HTTP 200 with `"status": 0` in the body |
//! | Retry | idempotent |
//! | Rate limit | 180 requests in a second for the account, 3 in a second for one user |
//! | Documentation | current; clients were changed in January and March 2026 |
//!
//! ```
//! use chargeback::sift::Sift;
//! use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider, Reason, Stage};
//!
//! let sift = HttpProvider::new(Sift::new("api-key"))?;
//! let lost = Chargeback::builder("CB-1", Stage::Lost, Reason::CancelledRecurring, "2026-10-03T09:12:00Z".parse()?)
//!     .order_id("ORD-1")
//!     .user_id("user-5512")
//!     .build()?;
//! let plan = sift.plan(&lost)?;
//! assert_eq!((plan.stage_value(), plan.reason_value()), ("$lost", "$cancel_subscription"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Decisions.** A chargeback event does not stop the user from buying again. By Sift's documents, a decision with
//! the source `CHARGEBACK` must follow; [`apply_decision`](crate::HttpProvider::apply_decision) sends it. The call
//! needs the id of the account and a decision that exists in Sift's console, so no report sends one.
//!
//! **Success.** A reply with HTTP 200 and another `status` than 0 is an error. A negative code is a failure of Sift's
//! servers, and Sift may have acted. Codes 51, 61 and 63 are about the key or the account, and code 60 is the rate
//! limit, with HTTP 400 or 429. An unknown code in a 200 does not show whether Sift acted.
//!
//! **The key in replies.** Sift repeats the request, with the key, in its replies. Errors of this connector keep no
//! body of a reply, so [`Error::reply_body`] is `None`.
//!
//! **Retry.** The call is meant to be made again as the state changes. A repeat may add a second entry to the history
//! of the order (low confidence), which does no harm to the state (medium confidence).
//!
//! **If the outcome is unknown:** send the same report again. Each event has the time of its stage in `$time`, and the
//! repeat has the same time. Sift does not document whether it orders events by `$time` or by arrival, so send nothing
//! if a later stage of the case has been reported since. Sift has no documented call to read events.
//!
//! **Time.** `$time` is the start of the stage in Unix milliseconds. Sift refuses a time in the future (code 58), and
//! may process an old event as history; the age is not documented.
//!
//! **Reasons.** A case with a reason `fraud_*` or `unrecognized` and the kind
//! [`FriendlyFraud`](crate::FraudKind::FriendlyFraud) is sent as `$friendly_fraud`. A code of the network `ach` of the
//! form `R01` is sent as `$ach_return` with `$ach_return_code`. SEPA is another scheme, so its codes are custom fields.
//!
//! # Custom fields
//!
//! Fields that the event has no place for are sent as custom fields. Their names are ours:
//!
//! | Name | Value |
//! |---|---|
//! | `case` | the merchant's id of the case |
//! | `stage`, `reason` | the names of the [`Stage`](crate::Stage) and the [`Reason`](crate::Reason) |
//! | `opened_at`, `received_at`, `due_by` | as RFC 3339 in UTC |
//! | `amount_micros` | the amount in millionths of a major unit, Sift's unit of money: `12990000` is 12.99 |
//! | `currency` | the ISO 4217 code |
//! | `card_network`, `network_reason_code` | the network's name and its code |
//! | `gateway_transaction`, `arn`, `case_number`, `notes` | unchanged |
//! | `processor`, `processor_dispute`, `processor_payment` | the processor's name and its ids |
//! | `metadata` | the metadata as JSON text |
//!
//! **Sources.** Sift's published Python, PHP, Ruby, Java and .NET clients (high confidence), and a copy of its API
//! reference, which agrees with them (medium confidence). Not documented: limits of length, and the effect of a repeat.
//!
//! [`Error::reply_body`]: crate::Error::reply_body

mod config;
mod event;
mod map;
mod operations;
mod reply;
mod request;
mod values;

pub use self::config::{ID, Sift};
pub use self::event::{ChargebackEvent, MerchantAddress, MerchantProfile};
pub use self::reply::{DecisionReply, EventReply};
pub use self::request::{ApplyDecision, Decision, EventOptions, ReportChargeback};
pub use self::values::{ChargebackReason, ChargebackState, DecisionSource};
use super::env::check_key;
use super::map::stage_support;
use crate::connector::{Case, Connector, TranslateError, Translation};
use crate::engine::{CallReceipt, HttpProvider};
use crate::error::Error;
use crate::model::ProviderId;
use crate::provider::Capabilities;
use crate::util::violation::Violation;

impl Connector for Sift {
    type Step = ReportChargeback;

    fn id(&self) -> ProviderId {
        ID
    }

    fn capabilities(&self) -> Capabilities {
        let stage = |stage| stage_support(map::stage(stage));
        Capabilities::from_mapping(stage, |reason| map::reason(reason).support(), map::field)
            .needing(&["an order id or a transaction id"])
            .with_idempotent_writes()
    }

    fn check(&self) -> Vec<Violation> {
        Vec::from_iter(check_key("api_key", &self.api_key))
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<ReportChargeback>, TranslateError> {
        map::translate(case.chargeback())
    }
}

/// Sift's calls.
impl HttpProvider<Sift> {
    /// Reports a chargeback or its new state.
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, sift::{ChargebackEvent, ChargebackState, Sift}};
    /// # async fn example(sift: HttpProvider<Sift>) -> Result<(), Error> {
    /// let mut event = ChargebackEvent::for_order("ORD-1");
    /// event.state = Some(ChargebackState::Received);
    /// sift.report_chargeback(event).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the event breaks a rule of Sift; see [`Error`] for all others.
    pub async fn report_chargeback(&self, event: ChargebackEvent) -> Result<CallReceipt<EventReply>, Error> {
        self.report_chargeback_with(event, EventOptions::default()).await
    }

    /// Reports the same event, and asks for more in the reply, such as scores.
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, sift::{ChargebackEvent, EventOptions, Sift}};
    /// # async fn example(sift: HttpProvider<Sift>, event: ChargebackEvent) -> Result<(), Error> {
    /// let mut options = EventOptions::default();
    /// options.return_score = true;
    /// let scores = sift.report_chargeback_with(event, options).await?.reply.score_response;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`report_chargeback`](Self::report_chargeback).
    pub async fn report_chargeback_with(
        &self,
        event: ChargebackEvent,
        options: EventOptions,
    ) -> Result<CallReceipt<EventReply>, Error> {
        self.call(ReportChargeback::new(event, options)).await
    }

    /// Applies a decision to a user or an order. A decision can block the user, by the merchant's settings at Sift.
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, sift::{ApplyDecision, Decision, DecisionSource, Sift}};
    /// # async fn example(sift: HttpProvider<Sift>) -> Result<(), Error> {
    /// let block = Decision::new("block_user_payment_abuse", DecisionSource::Chargeback);
    /// sift.apply_decision(ApplyDecision::to_user("account-1", "user-17", block)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the call breaks a rule of Sift; see [`Error`] for all others.
    pub async fn apply_decision(&self, decision: ApplyDecision) -> Result<CallReceipt<DecisionReply>, Error> {
        self.call(decision).await
    }
}
