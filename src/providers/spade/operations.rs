//! Spade's four calls: one shape, four bodies.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde::Serialize;

use super::Spade;
use super::wire::{ChargebackFeedback, DeclineFeedback, FraudFeedback, FraudType, RefundFeedback, Reported};
use crate::connector::{Acknowledgement, Attempt, HttpRequestBuilder, NoLookup, Operation, ReplyError, RetrySafety};
use crate::providers::json::{Json, Object};
use crate::providers::reply::{object, refusal_of_status};
use crate::util::violation::Violation;

/// `POST /enrichments/{id}/{call}` with this feedback. Safe to repeat.
#[derive(Clone)]
pub struct Report<F> {
    enrichment_id: String,
    feedback: F,
}

impl<F: Feedback> Report<F> {
    /// Feedback on the enrichment with this id of Spade's. It is percent-encoded into the path; empty, `.` and `..` are
    /// refused when it is sent.
    pub fn new(enrichment_id: impl Into<String>, feedback: F) -> Self {
        Self { enrichment_id: enrichment_id.into(), feedback }
    }
}

impl<F: fmt::Debug> fmt::Debug for Report<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report").field("feedback", &self.feedback).finish_non_exhaustive()
    }
}

/// One of Spade's four kinds of feedback.
pub trait Feedback: Serialize + Clone + Send + Sync + sealed::Sealed + 'static {
    /// The last part of the path, which is the operation's name too.
    const CALL: &'static str;

    /// The rules of Spade's page that it breaks.
    fn violations(&self) -> Vec<Violation>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::ChargebackFeedback {}
    impl Sealed for super::RefundFeedback {}
    impl Sealed for super::DeclineFeedback {}
    impl Sealed for super::FraudFeedback {}
}

/// Gives the native types their rules without the trait.
macro_rules! validate {
    ($($Type:ident),+) => { $(
        impl $Type {
            /// The rules of Spade's page that it breaks: lengths in characters, and details of fraud without `isFraud`
            /// true.
            #[must_use]
            pub fn validate(&self) -> Vec<Violation> {
                self.violations()
            }
        }
    )+ };
}

validate!(ChargebackFeedback, RefundFeedback, DeclineFeedback, FraudFeedback);

impl Feedback for ChargebackFeedback {
    const CALL: &'static str = "chargeback";

    fn violations(&self) -> Vec<Violation> {
        let mut broken = Vec::new();
        at_most(512, "chargebackNotes", self.chargeback_notes.as_deref(), &mut broken);
        fraud_rules(self.is_fraud, self.fraud_type, self.fraud_notes.as_deref(), &mut broken);
        broken
    }
}

impl Feedback for RefundFeedback {
    const CALL: &'static str = "refund";

    fn violations(&self) -> Vec<Violation> {
        let mut broken = Vec::new();
        at_most(512, "refundNotes", self.refund_notes.as_deref(), &mut broken);
        fraud_rules(self.is_fraud, self.fraud_type, self.fraud_notes.as_deref(), &mut broken);
        broken
    }
}

impl Feedback for DeclineFeedback {
    const CALL: &'static str = "decline";

    fn violations(&self) -> Vec<Violation> {
        let mut broken = Vec::new();
        at_most(128, "declineCode", self.decline_code.as_deref(), &mut broken);
        at_most(512, "declineDescription", self.decline_description.as_deref(), &mut broken);
        at_most(512, "declineNotes", self.decline_notes.as_deref(), &mut broken);
        fraud_rules(self.is_fraud, self.fraud_type, self.fraud_notes.as_deref(), &mut broken);
        broken
    }
}

impl Feedback for FraudFeedback {
    const CALL: &'static str = "fraud";

    fn violations(&self) -> Vec<Violation> {
        let mut broken = Vec::new();
        fraud_rules(self.is_fraud, self.fraud_type, self.fraud_notes.as_deref(), &mut broken);
        broken
    }
}

fn at_most(limit: usize, field: &'static str, text: Option<&str>, broken: &mut Vec<Violation>) {
    if text.is_some_and(|text| text.len() > limit && text.chars().nth(limit).is_some()) {
        broken.push(Violation::new(field, format!("longer than {limit} characters")));
    }
}

fn fraud_rules(is_fraud: Option<bool>, kind: Option<FraudType>, notes: Option<&str>, broken: &mut Vec<Violation>) {
    at_most(512, "fraudNotes", notes, broken);
    if is_fraud != Some(true) {
        for (field, given) in [("fraudType", kind.is_some()), ("fraudNotes", notes.is_some())] {
            if given {
                broken.push(Violation::new(field, "only with isFraud true"));
            }
        }
    }
}

impl<F: Feedback> Operation for Report<F> {
    type Connector = Spade;
    type Reply = Reported;
    type Lookup = NoLookup<Spade>;

    fn name(&self) -> &'static str {
        F::CALL
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn validate(&self) -> Vec<Violation> {
        let mut broken = self.feedback.violations();
        match self.enrichment_id.as_str() {
            "" => broken.push(Violation::new("enrichmentId", "empty")),
            "." | ".." => broken.push(Violation::new("enrichmentId", "a dot segment is not an id")),
            _ => {}
        }
        broken
    }

    fn encode(&self, spade: &Spade, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        HttpRequestBuilder::post(&spade.base, &["enrichments", &self.enrichment_id, F::CALL])
            .secret_header("x-api-key", attempt.expose(&spade.api_key))
            .json(&self.feedback)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<Reported, ReplyError> {
        match (reply.status(), object(reply)) {
            (StatusCode::OK, Some(object)) => {
                Ok(Reported { details: object.get("details").and_then(Json::text).map(Cow::into_owned) })
            }
            (_, object) => Err(refusal_of_status(reply).message(object.as_ref().and_then(message))),
        }
    }

    fn acknowledge(&self, reply: &Reported) -> Acknowledgement {
        Acknowledgement::default().message(reply.details.clone())
    }
}

/// `details`, or the texts of a 400, which stand in lists under the names of fields.
fn message(object: &Object<'_>) -> Option<String> {
    if let Some(details) = object.owned_text(&["details", "detail", "message"]) {
        return Some(details);
    }
    let texts: Vec<String> = object
        .iter()
        .flat_map(|(field, value)| {
            let list = value.as_list().unwrap_or(std::slice::from_ref(value));
            list.iter().filter_map(Json::text).map(move |text| format!("{field}: {text}"))
        })
        .collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}
