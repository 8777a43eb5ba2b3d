//! Requests that write: the bodies with RevCent's rules, and one type per call.

use std::fmt;
use std::sync::Arc;

use crate::model::{DecimalNumber, Rfc3339};
use crate::util::strict_serde::object_struct;
use crate::util::string_enum::string_enum;
use crate::util::violation::Violation;

/// Maximum length of a metadata name, in characters.
pub(super) const MAX_NAME: usize = 100;

/// Maximum length of a metadata value, in characters.
pub(super) const MAX_VALUE: usize = 255;

string_enum! {
    path = "chargeback::revcent";
    /// Outcome of a representment at RevCent. A report sends `won` or `lost`, never `pending`.
    pub enum Outcome {
        /// Not decided. Set no outcome instead: the value contradicts RevCent's rule that an outcome needs `completed`.
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
    /// No setter asks RevCent to refund the customer: see [`CreateAndVoidTransaction`].
    ///
    /// ```
    /// use chargeback::revcent::{CreateChargeback, Metadatum};
    ///
    /// let mut chargeback = CreateChargeback::for_gateway_transaction("ch_3Q0");
    /// chargeback.third_party_chargeback_id = Some("case-1".into());
    /// chargeback.metadata = Some(vec![Metadatum::new("team", "disputes")]);
    /// assert!(chargeback.validate().is_empty());
    /// ```
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CreateChargeback {
        /// RevCent's id of the transaction, exactly 20 characters. Set this or `gateway_transaction_id`, never both.
        pub transaction_id: Option<String>,
        /// The gateway's id of the transaction, only if `transaction_id` is not set.
        pub gateway_transaction_id: Option<String>,
        /// The disputed amount, a JSON number. RevCent states neither unit nor currency. RevCent's own plugin sends
        /// major units (medium confidence), and so do reports.
        pub amount: Option<DecimalNumber>,
        /// The acquirer reference number. RevCent searches it.
        pub arn: Option<String>,
        /// The case number that the network or the processor gave. RevCent searches it.
        pub case_number: Option<String>,
        /// The reason code, free text. A report sends the network's code, or a description of the reason.
        pub reason_code: Option<String>,
        /// RevCent's id of a third-party integration, exactly 20 characters. Reports do not send it.
        pub third_party_integration_id: Option<String>,
        /// The caller's id of the case; a report sends its case id. Set it: a create with an unknown outcome is
        /// looked up by this id.
        pub third_party_chargeback_id: Option<String>,
        /// The order id of a chargeback management company. Reports do not send it: see [the module](super).
        pub third_party_order_id: Option<String>,
        /// Time at which the issuer or customer raised the chargeback.
        pub chargeback_date: Option<Rfc3339>,
        /// Time at which the merchant received the chargeback.
        pub received_date: Option<Rfc3339>,
        pub(super) void_transaction: Option<bool>,
        /// The representment, if one was initiated.
        pub representment: Option<RepresentmentFields>,
        /// Names and values. RevCent searches the values.
        pub metadata: Option<Vec<Metadatum>>,
    }
}

impl CreateChargeback {
    /// Creates a request with RevCent's id of the transaction, 20 characters. All other fields are unset.
    ///
    /// ```
    /// use chargeback::revcent::CreateChargeback;
    ///
    /// let chargeback = CreateChargeback::for_transaction("B2VsAx6lZ4fzpMGnXkE0");
    /// assert!(chargeback.validate().is_empty());
    /// let too_short = CreateChargeback::for_transaction("B2VsAx6");
    /// assert_eq!(too_short.validate()[0].to_string(), "transaction_id: must have exactly 20 characters");
    /// ```
    pub fn for_transaction(transaction_id: impl Into<String>) -> Self {
        Self { transaction_id: Some(transaction_id.into()), ..Self::default() }
    }

    /// Creates a request with the gateway's id of the transaction. All other fields are unset.
    pub fn for_gateway_transaction(gateway_transaction_id: impl Into<String>) -> Self {
        Self { gateway_transaction_id: Some(gateway_transaction_id.into()), ..Self::default() }
    }

    /// Returns true if the request would refund the customer in full. Only deserialized JSON can set this.
    ///
    /// ```
    /// use chargeback::revcent::CreateChargeback;
    ///
    /// let json = r#"{"gateway_transaction_id":"ch_3Q0","void_transaction":true}"#;
    /// assert!(serde_json::from_str::<CreateChargeback>(json)?.voids_transaction());
    /// assert!(!CreateChargeback::for_gateway_transaction("ch_3Q0").voids_transaction());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn voids_transaction(&self) -> bool {
        self.void_transaction == Some(true)
    }

    /// Returns every violation of the rules in RevCent's schema and field descriptions.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let mut violations = Vec::new();
        match (&self.transaction_id, &self.gateway_transaction_id) {
            (None, None) => violations
                .push(Violation::new("transaction_id", "required; set transaction_id or gateway_transaction_id")),
            (Some(_), Some(_)) => {
                violations
                    .push(Violation::new("gateway_transaction_id", "must not be set together with transaction_id"));
            }
            _ => {}
        }
        violations.extend(check_len_20("transaction_id", self.transaction_id.as_deref()));
        violations.extend(check_len_20("third_party_integration_id", self.third_party_integration_id.as_deref()));
        if let Some(representment) = &self.representment {
            if representment.completed == Some(true) && representment.initiated != Some(true) {
                violations.push(Violation::new("representment.completed", "requires initiated to be true"));
            }
            if representment.outcome.is_some()
                && (representment.initiated, representment.completed) != (Some(true), Some(true))
            {
                violations.push(Violation::new("representment.outcome", "requires initiated and completed to be true"));
            }
        }
        violations.extend(check_metadata(self.metadata.as_deref()));
        violations
    }
}

object_struct! {
    names = "snake_case";
    /// Body of `POST /v2/chargebacks/{chargeback_id}`. Unset fields keep their values.
    ///
    /// All fields of `representment` except the outcome freeze once written.
    ///
    /// ```
    /// use chargeback::revcent::EditChargeback;
    ///
    /// let mut changes = EditChargeback::default();
    /// changes.case_number = Some("DSP-1".into());
    /// assert!(!changes.is_empty() && changes.validate().is_empty());
    /// ```
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct EditChargeback {
        /// The disputed amount, a JSON number, in major units as [`CreateChargeback::amount`].
        pub amount: Option<DecimalNumber>,
        /// The acquirer reference number. RevCent searches it.
        pub arn: Option<String>,
        /// The case number that the network or the processor gave. RevCent searches it.
        pub case_number: Option<String>,
        /// The reason code, free text.
        pub reason_code: Option<String>,
        /// RevCent's id of a third-party integration, exactly 20 characters. Reports do not send it.
        pub third_party_integration_id: Option<String>,
        /// The caller's id of the case; a report sends its case id. RevCent searches it.
        pub third_party_chargeback_id: Option<String>,
        /// The order id of a chargeback management company. Reports do not send it: see [the module](super).
        pub third_party_order_id: Option<String>,
        /// Time at which the issuer or customer raised the chargeback.
        pub chargeback_date: Option<Rfc3339>,
        /// Time at which the merchant received the chargeback.
        pub received_date: Option<Rfc3339>,
        /// The values to write to the representment. Leave out values that are already frozen.
        pub representment: Option<RepresentmentFields>,
        /// Names and values. Whether RevCent merges or replaces them is not documented: send all pairs to keep.
        pub metadata: Option<Vec<Metadatum>>,
    }
}

impl EditChargeback {
    /// Returns true if every field is unset. Such an edit is not sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns every violation of RevCent's rules. Only contradictions within the request are found, because the record
    /// is not known here.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let mut violations = Vec::new();
        violations.extend(check_len_20("third_party_integration_id", self.third_party_integration_id.as_deref()));
        if let Some(representment) = &self.representment {
            if representment.completed == Some(true) && representment.initiated == Some(false) {
                violations.push(Violation::new("representment.completed", "contradicts initiated"));
            }
            if representment.outcome.is_some()
                && (representment.initiated == Some(false) || representment.completed == Some(false))
            {
                violations.push(Violation::new("representment.outcome", "contradicts initiated or completed"));
            }
        }
        violations.extend(check_metadata(self.metadata.as_deref()));
        violations
    }
}

object_struct! {
    names = "snake_case";
    /// The representment of a chargeback as a write sends it. Unset fields keep their values.
    ///
    /// ```
    /// use chargeback::revcent::{EditChargeback, Outcome, RepresentmentFields};
    ///
    /// let mut fields = RepresentmentFields::default();
    /// fields.initiated = Some(true);
    /// fields.completed = Some(true);
    /// fields.outcome = Some(Outcome::Won);
    /// let mut changes = EditChargeback::default();
    /// changes.representment = Some(fields);
    /// assert!(changes.validate().is_empty());
    /// ```
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct RepresentmentFields {
        /// True if a representment was initiated. Freezes once set.
        pub initiated: Option<bool>,
        /// Time of initiation. Freezes once set.
        pub initiated_date: Option<Rfc3339>,
        /// True if the representment has ended. Needs `initiated`; freezes once set.
        pub completed: Option<bool>,
        /// Time of completion. Freezes once set.
        pub completed_date: Option<Rfc3339>,
        /// The outcome. Needs `initiated` and `completed`; leave it unset while the representment runs.
        pub outcome: Option<Outcome>,
    }
}

object_struct! {
    names = "snake_case";
    /// One metadata pair of a name and a value, both required. `Debug` shows neither.
    ///
    /// ```
    /// use chargeback::revcent::Metadatum;
    ///
    /// let pair = Metadatum::new("team", "disputes");
    /// assert_eq!(serde_json::to_string(&pair)?, r#"{"name":"team","value":"disputes"}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
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
    /// Creates a pair with a name of 1 to 100 characters and a value of 1 to 255. Lengths are checked before sending.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// Returns true if the text has the length of RevCent's ids, 20 characters.
pub(super) fn has_len_20(id: &str) -> bool {
    id.chars().count() == 20
}

/// Returns a violation if the id is set and its length is not 20.
pub(super) fn check_len_20(field: &'static str, id: Option<&str>) -> Option<Violation> {
    id.filter(|id| !has_len_20(id)).map(|_| Violation::new(field, "must have exactly 20 characters"))
}

/// Returns the pairs that exceed RevCent's limits for metadata.
pub(super) fn check_metadata(metadata: Option<&[Metadatum]>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (i, Metadatum { name, value }) in metadata.unwrap_or_default().iter().enumerate() {
        if !(1..=MAX_NAME).contains(&name.chars().count()) {
            violations.push(Violation::new(format!("metadata[{i}].name"), "must have 1 to 100 characters"));
        }
        if !(1..=MAX_VALUE).contains(&value.chars().count()) {
            violations.push(Violation::new(format!("metadata[{i}].value"), "must have 1 to 255 characters"));
        }
    }
    violations
}

/// A call of `POST /v2/chargebacks` that moves no money.
///
/// If its outcome is unknown, the call is looked up by the case id in it. Without a case id, it is not repeated.
#[derive(Debug, Clone)]
pub struct Create {
    pub(super) chargeback: Arc<CreateChargeback>,
}

/// A call of `POST /v2/chargebacks` with `void_transaction: true`: **refunds the customer in full**, irreversibly.
///
/// The call is never repeated if it may have acted.
#[derive(Debug, Clone)]
pub struct CreateAndVoidTransaction {
    pub(super) chargeback: CreateChargeback,
}

/// A call of `POST /v2/chargebacks/{chargeback_id}`.
///
/// If its outcome is unknown, an edit of the representment is looked up; any other edit is sent again.
#[derive(Clone)]
pub struct Edit {
    pub(super) chargeback_id: String,
    pub(super) changes: EditChargeback,
}

impl Create {
    /// Creates a call that creates this chargeback.
    pub fn new(chargeback: impl Into<Arc<CreateChargeback>>) -> Self {
        Self { chargeback: chargeback.into() }
    }
}

impl CreateAndVoidTransaction {
    // Not public: only the native call of the same name can refund.
    pub(super) const fn new(mut chargeback: CreateChargeback) -> Self {
        chargeback.void_transaction = Some(true);
        Self { chargeback }
    }
}

impl Edit {
    /// Creates a call that makes these changes, at least one, to the chargeback with this RevCent id, 20 characters.
    pub fn new(chargeback_id: impl Into<String>, changes: EditChargeback) -> Self {
        Self { chargeback_id: chargeback_id.into(), changes }
    }
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edit").field("changes", &self.changes).finish_non_exhaustive()
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
