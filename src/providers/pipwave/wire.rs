//! Pipwave's JSON.

use std::fmt;

use serde::Serialize;

use super::signature::{Signature, Timestamp, sign};
use crate::util::redact::Presence;
use crate::util::secret::Secret;
use crate::util::strict_serde::{object_struct, some};
use crate::util::string_enum::open_string_enum;
use crate::util::violation::Violation;

open_string_enum! {
    /// Pipwave's stages, with their spaces. Another word, such as one of an older edition, is kept and signed to the
    /// letter, but does not [validate](TagChargeback::validate), so it is never sent by this crate.
    pub enum ChargebackStage {
        /// The chargeback is open, contested or not.
        Disputed = "disputed",
        /// The chargeback is final, against the merchant. A paid payment may come here directly.
        Chargeback = "chargeback",
        /// The merchant won while the chargeback was open.
        DisputeWon = "dispute won",
        /// The chargeback is closed, and who won is not said (medium confidence).
        DisputeResolved = "dispute resolved",
        /// The chargeback was undone after it was final, for the merchant (medium confidence).
        ChargebackReversed = "chargeback reversed",
    }
}

open_string_enum! {
    /// Pipwave's reasons. Another word is kept and sent to the letter where it is written, but does not
    /// [validate](TagChargeback::validate), so it is never sent by this crate.
    pub enum ChargebackReason {
        /// The customer says that they did not authorise the payment.
        Unauthorized = "unauthorized",
        /// The goods or services did not arrive.
        NonReceipt = "non_receipt",
        /// The goods or services are not as described.
        NotAsDescribed = "not_as_described",
        /// Another reason than these; the word is plural.
        Others = "others",
    }
}

object_struct! {
    names = "snake_case";
    /// The call `tag-chargeback`: a stage of a chargeback on a payment, repeated after a look.
    ///
    /// Key, timestamp and signature are added for each attempt. There is no amount, date or free text.
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct TagChargeback {
        /// Pipwave's id of the payment, at most 32 characters. This or `txn_id`, or both.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub pw_id: Option<String>,
        /// The merchant's id of the transaction, at most 255 characters.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub txn_id: Option<String>,
        /// Where the chargeback stands; signed.
        pub stage: ChargebackStage,
        /// Why the customer or issuer charges back; required where a case is opened. It is not signed.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub reason: Option<ChargebackReason>,
    }
}

impl TagChargeback {
    /// A stage of a payment that the merchant knows by this transaction id, without a reason.
    pub fn for_transaction(txn_id: impl Into<String>, stage: ChargebackStage) -> Self {
        Self { pw_id: None, txn_id: Some(txn_id.into()), stage, reason: None }
    }

    /// A stage of a payment that Pipwave knows by this id, without a reason.
    pub fn for_payment(pw_id: impl Into<String>, stage: ChargebackStage) -> Self {
        Self { pw_id: Some(pw_id.into()), txn_id: None, stage, reason: None }
    }

    /// The rules of Pipwave's page that it breaks.
    ///
    /// "Where a case is opened" is read as: for `disputed`. `chargeback` may open a case too, which cannot be seen here.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let mut broken = payment_rules(self.pw_id.as_deref(), self.txn_id.as_deref());
        if matches!(self.stage, ChargebackStage::Other(_)) {
            broken.push(Violation::new("stage", "not one of Pipwave's five"));
        }
        if matches!(self.reason, Some(ChargebackReason::Other(_))) {
            broken.push(Violation::new("reason", "not one of Pipwave's four"));
        }
        if self.stage == ChargebackStage::Disputed && self.reason.is_none() {
            broken.push(Violation::new("reason", "required where a case is opened"));
        }
        broken
    }

    /// The body as it is posted: with key, timestamp and signature. Pure; the secret is not in it.
    pub fn signed<'a>(
        &'a self,
        api_key: &'a Secret,
        api_secret: &'a Secret,
        timestamp: &'a Timestamp,
    ) -> SignedTag<'a> {
        let mut room = [0; 20];
        let api_key = api_key.expose();
        let mut pairs = [
            ("action", TAG),
            ("api_key", api_key),
            ("api_secret", api_secret.expose()),
            ("stage", self.stage.as_str()),
            ("timestamp", timestamp.text(&mut room)),
            ("", ""),
            ("", ""),
        ];
        let mut length = 5;
        for (name, id) in [("pw_id", &self.pw_id), ("txn_id", &self.txn_id)] {
            if let Some(id) = id {
                pairs[length] = (name, id);
                length += 1;
            }
        }
        SignedTag { tag: self, timestamp, api_key, signature: Some(Signature::over(&mut pairs[..length])) }
    }
}

/// The action of [`TagChargeback`].
const TAG: &str = "tag-chargeback";

/// A tag with key, timestamp and signature, ready to be written as JSON.
#[must_use]
pub struct SignedTag<'a> {
    tag: &'a TagChargeback,
    timestamp: &'a Timestamp,
    api_key: &'a str,
    /// A dry run has none.
    signature: Option<Signature>,
}

impl<'a> SignedTag<'a> {
    /// The signature: 40 hexadecimal digits in small letters.
    #[must_use]
    pub fn signature(&self) -> &str {
        // In a dry run the key is a placeholder, and so is this.
        self.signature.as_ref().map_or(self.api_key, Signature::as_str)
    }

    /// For dry runs: placeholders for key and signature.
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

/// The call `requery`, which asks for a payment's status: by Pipwave's id, or by the merchant's. It only reads.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Requery {
    /// By Pipwave's id of the payment (`pw_id`), 1 to 32 characters.
    Payment(String),
    /// By the merchant's id of the transaction (`txn_id`), 1 to 255 characters.
    Transaction(String),
}

impl Requery {
    const ACTION: &'static str = "requery";

    /// The key and the id that are sent.
    pub(super) fn id(&self) -> (&'static str, &str) {
        match self {
            Self::Payment(id) => ("pw_id", id),
            Self::Transaction(id) => ("txn_id", id),
        }
    }

    /// The rules that it breaks: the length of the id.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        match self {
            Self::Payment(id) => payment_rules(Some(id), None),
            Self::Transaction(id) => payment_rules(None, Some(id)),
        }
    }

    /// The signature of the call, over action, key, id, timestamp and secret: 40 hexadecimal digits in small letters.
    #[must_use]
    pub fn sign(&self, api_key: &Secret, api_secret: &Secret, timestamp: &Timestamp) -> String {
        let at = timestamp.to_string();
        sign([("action", Self::ACTION), ("api_key", api_key.expose()), ("timestamp", &at), self.id()], api_secret)
    }

    /// Writes the body with this key and signature.
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
    let mut broken = Vec::new();
    if pw_id.is_none() && txn_id.is_none() {
        broken.push(Violation::new("txn_id", "this or pw_id is required"));
    }
    for (field, id, limit) in [("pw_id", pw_id, 32), ("txn_id", txn_id, 255)] {
        match id.map(|id| id.chars().count()) {
            Some(0) => broken.push(Violation::new(field, "empty")),
            Some(length) if length > limit => {
                broken.push(Violation::new(field, format!("longer than {limit} characters")));
            }
            _ => {}
        }
    }
    broken
}
