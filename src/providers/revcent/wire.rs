//! RevCent's request bodies and their rules.

use std::fmt;

use crate::model::{DecimalNumber, Rfc3339};
use crate::util::strict_serde::{object_struct, some};
use crate::util::string_enum::string_enum;
use crate::util::violation::Violation;

string_enum! {
    /// How a representment ended, in RevCent's words. A report sends `won` or `lost`, never `pending`.
    pub enum Outcome {
        /// Not decided. It contradicts RevCent's own rule that an outcome needs `completed`; leave it out instead.
        Pending = "pending",
        /// Decided for the merchant.
        Won = "won",
        /// Decided against the merchant.
        Lost = "lost",
    }
}

object_struct! {
    names = "snake_case";
    /// Body of `POST /v2/chargebacks`.
    ///
    /// It has no way to be set to refund the customer: see
    /// [`create_and_void_transaction`](crate::HttpProvider::create_and_void_transaction).
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CreateChargeback {
        /// RevCent's id of the transaction, exactly 20 characters. This or `gateway_transaction_id`, never both.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub transaction_id: Option<String>,
        /// The gateway's id of the transaction, only if `transaction_id` is not given.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub gateway_transaction_id: Option<String>,
        /// The amount charged back, a JSON number. RevCent states neither unit nor currency; its own plugin sends major
        /// units (medium confidence), and so do reports.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub amount: Option<DecimalNumber>,
        /// The acquirer reference number. RevCent searches it.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub arn: Option<String>,
        /// The case number that the network or the processor gave. RevCent searches it.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub case_number: Option<String>,
        /// The reason code, free text. A report sends the network's code, or the reason in words.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub reason_code: Option<String>,
        /// RevCent's id of a third-party integration, exactly 20 characters. Reports do not send it.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub third_party_integration_id: Option<String>,
        /// The caller's own id of the case; a report's case id. It is what an unclear create is looked up by, so set
        /// it.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub third_party_chargeback_id: Option<String>,
        /// The order id of a chargeback management company. Reports do not send it: see [the module](super).
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub third_party_order_id: Option<String>,
        /// When the issuer or customer raised the chargeback.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub chargeback_date: Option<Rfc3339>,
        /// When the merchant got the chargeback.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub received_date: Option<Rfc3339>,
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub(super) void_transaction: Option<bool>,
        /// The representment, if there is one.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub representment: Option<RepresentmentFields>,
        /// Names and values. RevCent searches the values.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub metadata: Option<Vec<Metadatum>>,
    }
}

impl CreateChargeback {
    /// A chargeback of the transaction with this id of RevCent's, 20 characters. All else is left out.
    pub fn for_transaction(transaction_id: impl Into<String>) -> Self {
        Self { transaction_id: Some(transaction_id.into()), ..Self::default() }
    }

    /// A chargeback of the transaction with this id of the gateway's. All else is left out.
    pub fn for_gateway_transaction(gateway_transaction_id: impl Into<String>) -> Self {
        Self { gateway_transaction_id: Some(gateway_transaction_id.into()), ..Self::default() }
    }

    /// Whether it would refund the customer in full. It can only have come in by reading JSON.
    #[must_use]
    pub fn voids_transaction(&self) -> bool {
        self.void_transaction == Some(true)
    }

    /// The rules of RevCent's schema and of its descriptions that it breaks.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let mut broken = Vec::new();
        match (&self.transaction_id, &self.gateway_transaction_id) {
            (None, None) => broken.push(Violation::new("transaction_id", "this or gateway_transaction_id is required")),
            (Some(_), Some(_)) => {
                broken.push(Violation::new("gateway_transaction_id", "only if transaction_id is not given"));
            }
            _ => {}
        }
        twenty("transaction_id", self.transaction_id.as_deref(), &mut broken);
        twenty("third_party_integration_id", self.third_party_integration_id.as_deref(), &mut broken);
        if let Some(fight) = &self.representment {
            if fight.completed == Some(true) && fight.initiated != Some(true) {
                broken.push(Violation::new("representment.completed", "needs initiated to be true"));
            }
            if fight.outcome.is_some() && (fight.initiated, fight.completed) != (Some(true), Some(true)) {
                broken.push(Violation::new("representment.outcome", "needs initiated and completed to be true"));
            }
        }
        metadata_rules(self.metadata.as_deref(), &mut broken);
        broken
    }
}

object_struct! {
    names = "snake_case";
    /// Body of `POST /v2/chargebacks/{chargeback_id}`. What is left out stays as it is.
    ///
    /// Of `representment`, all but the outcome freezes once it is written.
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct EditChargeback {
        /// The amount charged back, a JSON number, in major units as [`CreateChargeback::amount`].
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub amount: Option<DecimalNumber>,
        /// The acquirer reference number. RevCent searches it.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub arn: Option<String>,
        /// The case number that the network or the processor gave. RevCent searches it.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub case_number: Option<String>,
        /// The reason code, free text.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub reason_code: Option<String>,
        /// RevCent's id of a third-party integration, exactly 20 characters. Reports do not send it.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub third_party_integration_id: Option<String>,
        /// The caller's own id of the case; a report's case id. RevCent searches it.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub third_party_chargeback_id: Option<String>,
        /// The order id of a chargeback management company. Reports do not send it: see [the module](super).
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub third_party_order_id: Option<String>,
        /// When the issuer or customer raised the chargeback.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub chargeback_date: Option<Rfc3339>,
        /// When the merchant got the chargeback.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub received_date: Option<Rfc3339>,
        /// What to write of the representment; what is frozen already is best left out.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub representment: Option<RepresentmentFields>,
        /// Names and values. Whether RevCent merges or replaces them is not documented: send all that shall stay.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub metadata: Option<Vec<Metadatum>>,
    }
}

impl EditChargeback {
    /// Whether it changes nothing: every field is left out. Such an edit is not sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The rules that it breaks. What the chargeback already holds is not known here, so only contradictions are found.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let mut broken = Vec::new();
        twenty("third_party_integration_id", self.third_party_integration_id.as_deref(), &mut broken);
        if let Some(fight) = &self.representment {
            if fight.completed == Some(true) && fight.initiated == Some(false) {
                broken.push(Violation::new("representment.completed", "contradicts initiated"));
            }
            if fight.outcome.is_some() && (fight.initiated == Some(false) || fight.completed == Some(false)) {
                broken.push(Violation::new("representment.outcome", "contradicts initiated or completed"));
            }
        }
        metadata_rules(self.metadata.as_deref(), &mut broken);
        broken
    }
}

object_struct! {
    names = "snake_case";
    /// The representment of a chargeback, as it is written to RevCent. What is left out stays as it is.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct RepresentmentFields {
        /// Whether there is one. Freezes once set.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub initiated: Option<bool>,
        /// When it was initiated. Freezes once set.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub initiated_date: Option<Rfc3339>,
        /// Whether it has ended. Needs `initiated`; freezes once set.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub completed: Option<bool>,
        /// When it was completed. Freezes once set.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub completed_date: Option<Rfc3339>,
        /// How it was decided. Needs `initiated` and `completed`; leave it out while the representment runs.
        #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub outcome: Option<Outcome>,
    }
}

object_struct! {
    names = "snake_case";
    /// One pair of metadata: a name and its value, both required. `Debug` shows neither.
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Metadatum {
        /// 1 to 100 characters.
        pub name: String,
        /// 1 to 255 characters.
        pub value: String,
    }
}

impl Metadatum {
    /// A name of 1 to 100 characters and its value of 1 to 255; the lengths are checked when it is sent.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

fn twenty(field: &'static str, id: Option<&str>, broken: &mut Vec<Violation>) {
    if id.is_some_and(|id| id.chars().count() != 20) {
        broken.push(Violation::new(field, "not exactly 20 characters"));
    }
}

/// The limits of metadata.
pub(super) fn metadata_rules(metadata: Option<&[Metadatum]>, broken: &mut Vec<Violation>) {
    for (i, Metadatum { name, value }) in metadata.unwrap_or_default().iter().enumerate() {
        if !(1..=100).contains(&name.chars().count()) {
            broken.push(Violation::new(format!("metadata[{i}].name"), "not 1 to 100 characters"));
        }
        if !(1..=255).contains(&value.chars().count()) {
            broken.push(Violation::new(format!("metadata[{i}].value"), "not 1 to 255 characters"));
        }
    }
}

impl fmt::Debug for CreateChargeback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateChargeback")
            .field("amount", &self.amount)
            .field("void_transaction", &self.void_transaction)
            .field("representment", &self.representment)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for EditChargeback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EditChargeback")
            .field("amount", &self.amount)
            .field("representment", &self.representment)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Metadatum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metadatum").finish_non_exhaustive()
    }
}
