//! Sift's two calls: an event with its options, and a decision.

use std::fmt;

use serde::Serialize;

use super::event::{ChargebackEvent, has_id_characters};
use super::values::DecisionSource;
use crate::util::redact::Presence;
use crate::util::strict_serde::object_struct;
use crate::util::violation::Violation;

/// Parts of the reply to an event, as parameters of the address. Reports ask for none: a score lowers Sift's rate limit
/// from 180 to 20 requests in a second.
///
/// ```
/// use chargeback::sift::EventOptions;
///
/// let mut options = EventOptions::default();
/// options.return_score = true;
/// options.abuse_types = vec!["payment_abuse".into()];
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a parameter of the call")]
pub struct EventOptions {
    /// Returns the scores of the user: `return_score=true`.
    pub return_score: bool,
    /// Returns the state of workflows: `return_workflow_status=true`.
    pub return_workflow_status: bool,
    /// Runs the workflows on the event: `force_workflow_run=true`.
    pub force_workflow_run: bool,
    /// Returns the routes of workflows: `return_route_info=true`.
    pub return_route_info: bool,
    /// Returns the percentiles of scores: `fields=SCORE_PERCENTILES`.
    pub return_score_percentiles: bool,
    /// Returns warnings about the fields of the event: `fields=WARNINGS`.
    pub return_warnings: bool,
    /// The types of abuse to score, such as `payment_abuse`: `abuse_types=a,b`.
    pub abuse_types: Vec<String>,
}

impl EventOptions {
    /// Returns the parameters that are set, as names and values.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&'static str, String)> {
        let flags = [
            ("return_score", self.return_score),
            ("return_workflow_status", self.return_workflow_status),
            ("force_workflow_run", self.force_workflow_run),
            ("return_route_info", self.return_route_info),
        ];
        let flags = flags.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| (name, "true".to_owned()));
        let fields = match (self.return_score_percentiles, self.return_warnings) {
            (false, false) => None,
            (true, false) => Some("SCORE_PERCENTILES"),
            (false, true) => Some("WARNINGS"),
            (true, true) => Some("SCORE_PERCENTILES,WARNINGS"),
        };
        let fields = fields.map(|fields| ("fields", fields.to_owned()));
        let types = (!self.abuse_types.is_empty()).then(|| ("abuse_types", self.abuse_types.join(",")));
        flags.chain(fields).chain(types)
    }
}

/// The call `POST /v205/events` with the event `$chargeback`.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ReportChargeback {
    pub(super) event: ChargebackEvent,
    pub(super) options: EventOptions,
}

impl ReportChargeback {
    /// Creates the call.
    #[must_use]
    pub const fn new(event: ChargebackEvent, options: EventOptions) -> Self {
        Self { event, options }
    }
}

impl fmt::Debug for ReportChargeback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportChargeback").field("event", &self.event).finish_non_exhaustive()
    }
}

/// The body of an event: the event with its type and the key.
#[derive(Serialize)]
pub(super) struct EventBody<'e> {
    #[serde(rename = "$type")]
    pub(super) kind: &'static str,
    #[serde(rename = "$api_key")]
    pub(super) api_key: &'e str,
    #[serde(flatten)]
    pub(super) event: &'e ChargebackEvent,
}

/// The call `POST /v3/accounts/{account}/users/{user}/decisions`, or `.../orders/{order}/decisions` for an order of the
/// user. Never sent again automatically: each call adds an entry to the history. No report sends it.
///
/// ```
/// use chargeback::sift::{ApplyDecision, Decision, DecisionSource};
///
/// let block = Decision::new("block_user_payment_abuse", DecisionSource::Chargeback);
/// let call = ApplyDecision::to_user("account-1", "user-17", block);
/// assert!(call.validate().is_empty());
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApplyDecision {
    /// The id of the account at Sift.
    pub account_id: String,
    /// The merchant's id of the user.
    pub user_id: String,
    /// The merchant's id of the order, for a decision about an order.
    pub order_id: Option<String>,
    /// The decision.
    pub decision: Decision,
}

object_struct! {
    names = "snake_case";
    /// A decision about a user or an order.
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Decision {
        /// The id of a decision that exists in Sift's console.
        pub decision_id: String,
        /// The origin of the decision.
        pub source: DecisionSource,
        /// The analyst who decided; required for `MANUAL_REVIEW`.
        pub analyst: Option<String>,
        /// A note, free text.
        pub description: Option<String>,
        /// The time of the decision in Unix milliseconds. Default: the time of the call.
        pub time: Option<i64>,
    }
}

impl Decision {
    /// Creates a decision without analyst, note and time.
    pub fn new(decision_id: impl Into<String>, source: DecisionSource) -> Self {
        Self { decision_id: decision_id.into(), source, analyst: None, description: None, time: None }
    }
}

impl ApplyDecision {
    /// Creates a decision about a user.
    pub fn to_user(account_id: impl Into<String>, user_id: impl Into<String>, decision: Decision) -> Self {
        Self { account_id: account_id.into(), user_id: user_id.into(), order_id: None, decision }
    }

    /// Creates a decision about an order of a user.
    pub fn to_order(
        account_id: impl Into<String>,
        user_id: impl Into<String>,
        order_id: impl Into<String>,
        decision: Decision,
    ) -> Self {
        Self { order_id: Some(order_id.into()), ..Self::to_user(account_id, user_id, decision) }
    }

    /// Returns the rules that the call breaks.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let required = [
            ("account_id", Some(self.account_id.as_str())),
            ("user_id", Some(self.user_id.as_str())),
            ("order_id", self.order_id.as_deref()),
            ("decision_id", Some(self.decision.decision_id.as_str())),
        ];
        let mut violations: Vec<Violation> = required
            .into_iter()
            .filter(|(_, text)| *text == Some(""))
            .map(|(name, _)| Violation::new(name, "required"))
            .collect();
        if !has_id_characters(&self.user_id) {
            violations.push(Violation::new("user_id", "may only have letters, digits and =.-_+@:&^%!$"));
        }
        let analyst = self.decision.analyst.as_deref().unwrap_or_default();
        if self.decision.source == DecisionSource::ManualReview && analyst.is_empty() {
            violations.push(Violation::new("analyst", "required for MANUAL_REVIEW"));
        }
        violations
    }
}

impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decision")
            .field("decision_id", &Presence(true))
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ApplyDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApplyDecision")
            .field("user_id", &Presence(true))
            .field("order_id", &Presence::new(self.order_id.as_ref()))
            .field("decision", &self.decision)
            .finish_non_exhaustive()
    }
}
