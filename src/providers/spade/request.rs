//! Spade's requests. Field names in JSON are in camelCase.

use std::fmt;

use crate::model::Rfc3339;
use crate::providers::text::check_length;
use crate::util::redact::Presence;
use crate::util::strict_serde::object_struct;
use crate::util::string_enum::string_enum;
use crate::util::violation::Violation;

string_enum! {
    path = "chargeback::spade";
    /// Spade's states of a chargeback. [`WonMeans`](super::WonMeans) sets whose win `chargeback_won` is, since Spade
    /// does not document it.
    pub enum State {
        /// Resolved and won.
        ChargebackWon = "chargeback_won",
        /// Resolved and lost.
        ChargebackLost = "chargeback_lost",
        /// Started and not resolved, whether contested or not.
        ChargebackPending = "chargeback_pending",
    }
}

string_enum! {
    path = "chargeback::spade";
    /// Spade's types of fraud. The page lists only their names; the meanings are our reading.
    pub enum FraudType {
        /// The card's data was used without the card.
        CardNotPresent = "card_not_present",
        /// Small payments that test whether stolen cards work.
        CardTesting = "card_testing",
        /// The chargeback itself is the abuse (our reading, medium confidence).
        ChargebackFraud = "chargeback_fraud",
        /// A copy of the card was used.
        CounterfeitCard = "counterfeit_card",
        /// The merchant defrauds the customer.
        MerchantFraud = "merchant_fraud",
        /// A known type that is not in this list.
        Other = "other",
        /// The customer was tricked into giving card data away.
        Phishing = "phishing",
        /// The card was lost or stolen.
        StolenCard = "stolen_card",
        /// Fraud of an unknown type. Reports send it for the reason `fraud_other`.
        Unknown = "unknown",
        /// No fraud, although the field is allowed only with `isFraud: true`. No report sends it.
        None = "none",
    }
}

object_struct! {
    names = "camelCase";
    /// Body of `POST /enrichments/{id}/chargeback`.
    ///
    /// ```
    /// use chargeback::spade::{ChargebackFeedback, State};
    ///
    /// let mut feedback = ChargebackFeedback::new(State::ChargebackLost);
    /// feedback.chargeback_notes = Some("second presentment".into());
    /// let json = r#"{"state":"chargeback_lost","chargebackNotes":"second presentment"}"#;
    /// assert_eq!(serde_json::to_string(&feedback)?, json);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ChargebackFeedback {
        /// The state of the chargeback; required.
        pub state: State,
        /// Free text on the chargeback, at most 512 characters. [The module](super) lists the parts that a report
        /// sends.
        pub chargeback_notes: Option<String>,
        /// The time of the state change. Reports always send it.
        pub occurred_at: Option<Rfc3339>,
        /// True if fraud is suspected. The default is not documented. A report sends `true` for the reasons `fraud_*`
        /// and otherwise leaves the field out.
        pub is_fraud: Option<bool>,
        /// The type of fraud; allowed only if `is_fraud` is true.
        pub fraud_type: Option<FraudType>,
        /// Free text on the fraud, at most 512 characters; allowed only if `is_fraud` is true.
        pub fraud_notes: Option<String>,
    }
}

impl ChargebackFeedback {
    /// Creates feedback with a state, without time, notes or fraud.
    ///
    /// ```
    /// use chargeback::spade::{ChargebackFeedback, FraudType, State};
    ///
    /// let mut feedback = ChargebackFeedback::new(State::ChargebackPending);
    /// feedback.fraud_type = Some(FraudType::StolenCard);
    /// assert_eq!(feedback.validate()[0].to_string(), "fraudType: requires isFraud to be true");
    /// feedback.is_fraud = Some(true);
    /// assert!(feedback.validate().is_empty());
    /// ```
    #[must_use]
    pub const fn new(state: State) -> Self {
        Self { state, chargeback_notes: None, occurred_at: None, is_fraud: None, fraud_type: None, fraud_notes: None }
    }

    /// Returns the rules of Spade's page that the feedback breaks: lengths in characters, and fraud details without
    /// `isFraud: true`.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let mut violations = Vec::from_iter(check_length("chargebackNotes", self.chargeback_notes.as_deref(), 512));
        fraud_rules(self.is_fraud, self.fraud_type, self.fraud_notes.as_deref(), &mut violations);
        violations
    }
}

object_struct! {
    names = "camelCase";
    /// Body of `POST /enrichments/{id}/refund`. Every field is optional. No report sends it.
    ///
    /// ```
    /// use chargeback::spade::RefundFeedback;
    ///
    /// let mut feedback = RefundFeedback::default();
    /// feedback.occurred_at = Some("2026-10-03T09:12:00Z".parse()?);
    /// assert_eq!(serde_json::to_string(&feedback)?, r#"{"occurredAt":"2026-10-03T09:12:00Z"}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct RefundFeedback {
        /// Free text on the refund, at most 512 characters.
        pub refund_notes: Option<String>,
        /// The time of the refund.
        pub occurred_at: Option<Rfc3339>,
        /// True if fraud is suspected. The default is not documented.
        pub is_fraud: Option<bool>,
        /// The type of fraud; allowed only if `is_fraud` is true.
        pub fraud_type: Option<FraudType>,
        /// Free text on the fraud, at most 512 characters; allowed only if `is_fraud` is true.
        pub fraud_notes: Option<String>,
    }
}

impl RefundFeedback {
    /// Returns the rules of Spade's page that the feedback breaks, as for a [chargeback](ChargebackFeedback::validate).
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let mut violations = Vec::from_iter(check_length("refundNotes", self.refund_notes.as_deref(), 512));
        fraud_rules(self.is_fraud, self.fraud_type, self.fraud_notes.as_deref(), &mut violations);
        violations
    }
}

object_struct! {
    names = "camelCase";
    /// Body of `POST /enrichments/{id}/decline`. Every field is optional. No report sends it.
    ///
    /// ```
    /// use chargeback::spade::DeclineFeedback;
    ///
    /// let mut feedback = DeclineFeedback::default();
    /// feedback.decline_code = Some("5".repeat(129));
    /// assert_eq!(feedback.validate()[0].to_string(), "declineCode: must not be longer than 128 characters");
    /// ```
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct DeclineFeedback {
        /// The decline code of the issuer or network, at most 128 characters.
        pub decline_code: Option<String>,
        /// The meaning of the code as text, at most 512 characters.
        pub decline_description: Option<String>,
        /// Free text on the decline, at most 512 characters.
        pub decline_notes: Option<String>,
        /// The time of the decline.
        pub occurred_at: Option<Rfc3339>,
        /// True if fraud is suspected. The default is not documented.
        pub is_fraud: Option<bool>,
        /// The type of fraud; allowed only if `is_fraud` is true.
        pub fraud_type: Option<FraudType>,
        /// Free text on the fraud, at most 512 characters; allowed only if `is_fraud` is true.
        pub fraud_notes: Option<String>,
    }
}

impl DeclineFeedback {
    /// Returns the rules of Spade's page that the feedback breaks, as for a [chargeback](ChargebackFeedback::validate).
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let mut violations = Vec::from_iter(check_length("declineCode", self.decline_code.as_deref(), 128));
        violations.extend(check_length("declineDescription", self.decline_description.as_deref(), 512));
        violations.extend(check_length("declineNotes", self.decline_notes.as_deref(), 512));
        fraud_rules(self.is_fraud, self.fraud_type, self.fraud_notes.as_deref(), &mut violations);
        violations
    }
}

object_struct! {
    names = "camelCase";
    /// Body of `POST /enrichments/{id}/fraud`. Every field is optional. No report sends it.
    ///
    /// ```
    /// use chargeback::spade::{FraudFeedback, FraudType};
    ///
    /// let mut feedback = FraudFeedback::default();
    /// feedback.fraud_type = Some(FraudType::StolenCard);
    /// assert_eq!(feedback.validate().len(), 1);
    /// feedback.is_fraud = Some(true);
    /// assert!(feedback.validate().is_empty());
    /// ```
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct FraudFeedback {
        /// True if fraud is suspected. The default is not documented.
        pub is_fraud: Option<bool>,
        /// The type of fraud; allowed only if `is_fraud` is true.
        pub fraud_type: Option<FraudType>,
        /// Free text on the fraud, at most 512 characters; allowed only if `is_fraud` is true.
        pub fraud_notes: Option<String>,
    }
}

impl FraudFeedback {
    /// Returns the rules of Spade's page that the feedback breaks, as for a [chargeback](ChargebackFeedback::validate).
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let mut violations = Vec::new();
        fraud_rules(self.is_fraud, self.fraud_type, self.fraud_notes.as_deref(), &mut violations);
        violations
    }
}

fn fraud_rules(is_fraud: Option<bool>, kind: Option<FraudType>, notes: Option<&str>, violations: &mut Vec<Violation>) {
    violations.extend(check_length("fraudNotes", notes, 512));
    if is_fraud != Some(true) {
        for (field, is_set) in [("fraudType", kind.is_some()), ("fraudNotes", notes.is_some())] {
            if is_set {
                violations.push(Violation::new(field, "requires isFraud to be true"));
            }
        }
    }
}

impl fmt::Debug for ChargebackFeedback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChargebackFeedback")
            .field("state", &self.state)
            .field("chargeback_notes", &Presence::new(self.chargeback_notes.as_ref()))
            .field("occurred_at", &self.occurred_at)
            .field("is_fraud", &self.is_fraud)
            .field("fraud_type", &self.fraud_type)
            .field("fraud_notes", &Presence::new(self.fraud_notes.as_ref()))
            .finish()
    }
}

impl fmt::Debug for RefundFeedback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefundFeedback").field("fraud_type", &self.fraud_type).finish_non_exhaustive()
    }
}

impl fmt::Debug for DeclineFeedback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeclineFeedback").field("fraud_type", &self.fraud_type).finish_non_exhaustive()
    }
}

impl fmt::Debug for FraudFeedback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FraudFeedback").field("fraud_type", &self.fraud_type).finish_non_exhaustive()
    }
}

/// The call `POST /enrichments/{id}/chargeback`. Idempotent.
///
/// The enrichment id is percent-encoded into the path. An id that is empty, `.` or `..` breaks a rule.
///
/// ```
/// use chargeback::connector::Operation as _;
/// use chargeback::spade::{ChargebackFeedback, ReportChargeback, State};
///
/// let report = ReportChargeback::new("", ChargebackFeedback::new(State::ChargebackPending));
/// assert_eq!(report.validate()[0].to_string(), "enrichmentId: must not be empty");
/// ```
#[derive(Debug, Clone)]
pub struct ReportChargeback {
    pub(super) enrichment_id: EnrichmentId,
    pub(super) feedback: ChargebackFeedback,
}

impl ReportChargeback {
    /// Creates the call for the enrichment with this id.
    pub fn new(enrichment_id: impl Into<String>, feedback: ChargebackFeedback) -> Self {
        Self { enrichment_id: EnrichmentId(enrichment_id.into()), feedback }
    }
}

/// The call `POST /enrichments/{id}/refund`. Idempotent.
#[derive(Debug, Clone)]
pub struct ReportRefund {
    pub(super) enrichment_id: EnrichmentId,
    pub(super) feedback: RefundFeedback,
}

impl ReportRefund {
    /// Creates the call for the enrichment with this id. [`ReportChargeback`] states the rules for the id.
    pub fn new(enrichment_id: impl Into<String>, feedback: RefundFeedback) -> Self {
        Self { enrichment_id: EnrichmentId(enrichment_id.into()), feedback }
    }
}

/// The call `POST /enrichments/{id}/decline`. Idempotent.
#[derive(Debug, Clone)]
pub struct ReportDecline {
    pub(super) enrichment_id: EnrichmentId,
    pub(super) feedback: DeclineFeedback,
}

impl ReportDecline {
    /// Creates the call for the enrichment with this id. [`ReportChargeback`] states the rules for the id.
    pub fn new(enrichment_id: impl Into<String>, feedback: DeclineFeedback) -> Self {
        Self { enrichment_id: EnrichmentId(enrichment_id.into()), feedback }
    }
}

/// The call `POST /enrichments/{id}/fraud`. Idempotent.
#[derive(Debug, Clone)]
pub struct ReportFraud {
    pub(super) enrichment_id: EnrichmentId,
    pub(super) feedback: FraudFeedback,
}

impl ReportFraud {
    /// Creates the call for the enrichment with this id. [`ReportChargeback`] states the rules for the id.
    pub fn new(enrichment_id: impl Into<String>, feedback: FraudFeedback) -> Self {
        Self { enrichment_id: EnrichmentId(enrichment_id.into()), feedback }
    }
}

/// Spade's id of an enriched transaction. `Debug` does not show it.
#[derive(Clone)]
pub(super) struct EnrichmentId(String);

impl EnrichmentId {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Adds the rule that the id breaks to those that the feedback breaks.
    pub(super) fn check(&self, mut violations: Vec<Violation>) -> Vec<Violation> {
        match self.as_str() {
            "" => violations.push(Violation::new("enrichmentId", "must not be empty")),
            "." | ".." => violations.push(Violation::new("enrichmentId", "must not be a dot segment")),
            _ => {}
        }
        violations
    }
}

impl fmt::Debug for EnrichmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
