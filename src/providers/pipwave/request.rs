//! Pipwave's requests, and the body that they are signed with.

use std::fmt;

use serde::Serialize;

use super::signature::{Signature, Timestamp, sign};
use crate::providers::text::check_length;
use crate::util::redact::Presence;
use crate::util::secret::Secret;
use crate::util::strict_serde::object_struct;
use crate::util::string_enum::open_string_enum;
use crate::util::violation::Violation;

open_string_enum! {
    path = "chargeback::pipwave";
    /// Pipwave's stages, with their spaces. Another value, such as one of an older edition, is kept and signed
    /// unchanged. Such a value does not [validate](TagChargeback::validate), so this crate never sends it.
    pub enum ChargebackStage {
        /// The chargeback is open, whether contested or not.
        Disputed = "disputed",
        /// The chargeback is final, against the merchant. A paid payment can get this stage directly.
        Chargeback = "chargeback",
        /// The merchant won while the chargeback was open.
        DisputeWon = "dispute won",
        /// The chargeback is closed, without a named winner (medium confidence).
        DisputeResolved = "dispute resolved",
        /// The final chargeback was reversed in favour of the merchant (medium confidence).
        ChargebackReversed = "chargeback reversed",
    }
}

open_string_enum! {
    path = "chargeback::pipwave";
    /// Pipwave's reasons. Another value is kept and serialised unchanged. Such a value does not
    /// [validate](TagChargeback::validate), so this crate never sends it.
    pub enum ChargebackReason {
        /// The customer denies having authorised the payment.
        Unauthorized = "unauthorized",
        /// The goods or services did not arrive.
        NonReceipt = "non_receipt",
        /// The goods or services are not as described.
        NotAsDescribed = "not_as_described",
        /// Any other reason. The value is plural.
        Others = "others",
    }
}

object_struct! {
    names = "snake_case";
    /// The call `tag-chargeback`: sets a stage of a chargeback on a payment. Retried only after a lookup.
    ///
    /// Each attempt adds key, timestamp and signature. The call has no amount, date or free text.
    ///
    /// ```
    /// use chargeback::pipwave::{ChargebackStage, TagChargeback};
    ///
    /// let tag = TagChargeback::for_transaction("TXN-10726", ChargebackStage::Disputed);
    /// assert_eq!(tag.validate()[0].to_string(), "reason: required for a stage that opens a case");
    /// ```
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct TagChargeback {
        /// Pipwave's id of the payment, at most 32 characters. This id, `txn_id` or both are required.
        pub pw_id: Option<String>,
        /// The merchant's id of the transaction, at most 255 characters.
        pub txn_id: Option<String>,
        /// The stage of the chargeback; signed.
        pub stage: ChargebackStage,
        /// The reason of the chargeback; required for a stage that opens a case. Not signed.
        pub reason: Option<ChargebackReason>,
    }
}

impl TagChargeback {
    /// Creates a tag for the merchant's transaction id, without a reason.
    ///
    /// ```
    /// use chargeback::pipwave::{ChargebackReason, ChargebackStage, TagChargeback};
    ///
    /// let mut tag = TagChargeback::for_transaction("TXN-10726", ChargebackStage::Disputed);
    /// tag.reason = Some(ChargebackReason::NonReceipt);
    /// assert!(tag.validate().is_empty());
    /// ```
    pub fn for_transaction(txn_id: impl Into<String>, stage: ChargebackStage) -> Self {
        Self { pw_id: None, txn_id: Some(txn_id.into()), stage, reason: None }
    }

    /// Creates a tag for Pipwave's id of the payment, without a reason.
    ///
    /// ```
    /// use chargeback::pipwave::{ChargebackStage, TagChargeback};
    ///
    /// let tag = TagChargeback::for_payment("PW-1", ChargebackStage::DisputeWon);
    /// assert!(tag.validate().is_empty());
    /// ```
    pub fn for_payment(pw_id: impl Into<String>, stage: ChargebackStage) -> Self {
        Self { pw_id: Some(pw_id.into()), txn_id: None, stage, reason: None }
    }

    /// Returns the rules of Pipwave's page that the tag breaks.
    ///
    /// The page requires a reason "where a case is opened". Here this is `disputed`. `chargeback` may open a case too,
    /// and the tag does not show whether it does.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let mut violations = payment_rules(self.pw_id.as_deref(), self.txn_id.as_deref());
        if matches!(self.stage, ChargebackStage::Other(_)) {
            violations.push(Violation::new("stage", "must be one of Pipwave's five stages"));
        }
        if matches!(self.reason, Some(ChargebackReason::Other(_))) {
            violations.push(Violation::new("reason", "must be one of Pipwave's four reasons"));
        }
        if self.stage == ChargebackStage::Disputed && self.reason.is_none() {
            violations.push(Violation::new("reason", "required for a stage that opens a case"));
        }
        violations
    }

    /// Creates the body as it is sent, with key, timestamp and signature. The body does not contain the secret.
    ///
    /// ```
    /// use chargeback::Secret;
    /// use chargeback::pipwave::signature::Timestamp;
    /// use chargeback::pipwave::{ChargebackStage, TagChargeback};
    ///
    /// let tag = TagChargeback::for_transaction("ORDER-1", ChargebackStage::Disputed);
    /// let (key, secret) = (Secret::from("test_key"), Secret::from("test_secret"));
    /// let signed = tag.signed(&key, &secret, &Timestamp::Seconds(1_456_790_400)).signature().to_owned();
    /// assert_eq!(signed, "454e162253f748d15c3fd7e31c2e4cd06714343b");
    /// ```
    pub fn signed<'a>(
        &'a self,
        api_key: &'a Secret,
        api_secret: &'a Secret,
        timestamp: &'a Timestamp,
    ) -> SignedTag<'a> {
        let mut buffer = [0; 20];
        let api_key = api_key.expose();
        let mut pairs = [
            Some(("action", TAG)),
            Some(("api_key", api_key)),
            Some(("api_secret", api_secret.expose())),
            Some(("stage", self.stage.as_str())),
            Some(("timestamp", timestamp.text(&mut buffer))),
            self.pw_id.as_deref().map(|id| ("pw_id", id)),
            self.txn_id.as_deref().map(|id| ("txn_id", id)),
        ];
        SignedTag { tag: self, timestamp, api_key, signature: Some(Signature::new(&mut pairs)) }
    }
}

/// The action of [`TagChargeback`].
const TAG: &str = "tag-chargeback";

/// A tag with key, timestamp and signature, serialised as the body that is sent.
#[must_use]
pub struct SignedTag<'a> {
    tag: &'a TagChargeback,
    timestamp: &'a Timestamp,
    api_key: &'a str,
    /// `None` in a plan.
    signature: Option<Signature>,
}

impl<'a> SignedTag<'a> {
    /// Returns the signature, 40 lower-case hexadecimal digits.
    #[must_use]
    pub fn signature(&self) -> &str {
        // In a plan, the key is a placeholder, which also serves as the signature.
        self.signature.as_ref().map_or(self.api_key, Signature::as_str)
    }

    /// Creates the body for a plan, with a placeholder for key and signature.
    pub(super) fn redacted(tag: &'a TagChargeback, timestamp: &'a Timestamp, placeholder: &'a str) -> Self {
        Self { tag, timestamp, api_key: placeholder, signature: None }
    }
}

impl fmt::Debug for SignedTag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedTag").field("tag", self.tag).field("timestamp", self.timestamp).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Body<'a> {
    action: &'a str,
    timestamp: &'a Timestamp,
    api_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pw_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    txn_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    signature: &'a str,
}

impl Serialize for SignedTag<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let body = Body {
            action: TAG,
            timestamp: self.timestamp,
            api_key: self.api_key,
            pw_id: self.tag.pw_id.as_deref(),
            txn_id: self.tag.txn_id.as_deref(),
            stage: Some(self.tag.stage.as_str()),
            reason: self.tag.reason.as_ref().map(ChargebackReason::as_str),
            signature: self.signature(),
        };
        body.serialize(serializer)
    }
}

impl fmt::Debug for TagChargeback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TagChargeback")
            .field("pw_id", &Presence::new(self.pw_id.as_ref()))
            .field("txn_id", &Presence::new(self.txn_id.as_ref()))
            .field("stage", &self.stage)
            .field("reason", &self.reason)
            .finish()
    }
}

/// The call `requery`: gets the status of a payment by Pipwave's or by the merchant's id. Read-only.
///
/// ```
/// use chargeback::pipwave::Requery;
///
/// assert!(Requery::Transaction("TXN-10726".into()).validate().is_empty());
/// assert_eq!(Requery::Payment("p".repeat(33)).validate().len(), 1);
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Requery {
    /// Pipwave's id of the payment (`pw_id`), 1 to 32 characters.
    Payment(String),
    /// The merchant's id of the transaction (`txn_id`), 1 to 255 characters.
    Transaction(String),
}

impl Requery {
    const ACTION: &'static str = "requery";

    /// Returns the name of the id's field, and the id.
    pub(super) fn id(&self) -> (&'static str, &str) {
        match self {
            Self::Payment(id) => ("pw_id", id),
            Self::Transaction(id) => ("txn_id", id),
        }
    }

    /// Returns the rule that the call breaks: the length of the id.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        match self {
            Self::Payment(id) => payment_rules(Some(id), None),
            Self::Transaction(id) => payment_rules(None, Some(id)),
        }
    }

    /// Signs the call: action, key, id, timestamp and secret. Returns 40 lower-case hexadecimal digits.
    ///
    /// ```
    /// use chargeback::Secret;
    /// use chargeback::pipwave::Requery;
    /// use chargeback::pipwave::signature::Timestamp;
    ///
    /// let requery = Requery::Transaction("TXN-10726".into());
    /// let (key, secret) = (Secret::from("test_key"), Secret::from("test_secret"));
    /// let number = requery.sign(&key, &secret, &Timestamp::Seconds(1_456_790_400));
    /// // The number and the text have the same signature.
    /// assert_eq!(number, requery.sign(&key, &secret, &Timestamp::Text("1456790400".into())));
    /// ```
    #[must_use]
    pub fn sign(&self, api_key: &Secret, api_secret: &Secret, timestamp: &Timestamp) -> String {
        let at = timestamp.to_string();
        sign([("action", Self::ACTION), ("api_key", api_key.expose()), ("timestamp", &at), self.id()], api_secret)
    }

    /// Creates the body with this key and signature.
    pub(super) fn body<'a>(
        &'a self,
        api_key: &'a str,
        timestamp: &'a Timestamp,
        signature: &'a str,
    ) -> impl Serialize + 'a {
        let (payment, transaction) = match self {
            Self::Payment(id) => (Some(id.as_str()), None),
            Self::Transaction(id) => (None, Some(id.as_str())),
        };
        Body {
            action: Self::ACTION,
            timestamp,
            api_key,
            pw_id: payment,
            txn_id: transaction,
            stage: None,
            reason: None,
            signature,
        }
    }
}

impl fmt::Debug for Requery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Requery({})", self.id().0)
    }
}

fn payment_rules(pw_id: Option<&str>, txn_id: Option<&str>) -> Vec<Violation> {
    let mut violations = Vec::new();
    if pw_id.is_none() && txn_id.is_none() {
        violations.push(Violation::new("txn_id", "required; set txn_id or pw_id"));
    }
    for (field, id, limit) in [("pw_id", pw_id, 32), ("txn_id", txn_id, 255)] {
        violations.extend(match id {
            Some("") => Some(Violation::new(field, "must not be empty")),
            id => check_length(field, id, limit),
        });
    }
    violations
}
