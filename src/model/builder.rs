//! Builds and checks a chargeback.

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::{Deserialize, Deserializer};

use super::chargeback::{Chargeback, Data};
use super::invalid::InvalidError;
use super::money::Money;
use super::network::NetworkCode;
use super::payment::{Fraud, Payment, Processor, Representment, VendorReference};
use super::provider_id::ProviderId;
use super::reason::Reason;
use super::stage::Stage;
use crate::util::violation::Violation;

/// Builds a [`Chargeback`]; made by [`Chargeback::builder`].
///
/// Setters never fail, and to set a field again replaces it. [`build`](Self::build) checks everything at once.
///
/// What a vendor has no place for is not sent to it, and listed as a [`Loss`](crate::Loss) on plan and receipt.
#[must_use = "a builder does nothing until `build`"]
#[derive(Clone)]
pub struct ChargebackBuilder {
    data: Data,
}

impl std::fmt::Debug for ChargebackBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ChargebackBuilder").field(&Chargeback { data: self.data.clone() }).finish()
    }
}

impl From<Data> for ChargebackBuilder {
    fn from(data: Data) -> Self {
        Self { data }
    }
}

impl Chargeback {
    /// Starts a chargeback: the merchant's own id of the case, where it stands, why, and since when it stands there.
    ///
    /// Beside these a chargeback needs at least one id of the payment; [`build`](ChargebackBuilder::build) has the
    /// rules.
    pub fn builder(
        case_id: impl Into<String>,
        stage: Stage,
        reason: impl Into<Reason>,
        occurred_at: DateTime<Utc>,
    ) -> ChargebackBuilder {
        ChargebackBuilder::new(case_id.into(), stage, reason.into(), occurred_at)
    }

    /// A builder with everything that this value holds.
    pub fn to_builder(&self) -> ChargebackBuilder {
        ChargebackBuilder::from(self.data.clone())
    }

    /// The same case at another stage, since `occurred_at`. All else stays.
    ///
    /// Add what came with the change through [`to_builder`](Self::to_builder), for example a
    /// [`Representment`] when the merchant contests the chargeback.
    ///
    /// # Errors
    ///
    /// [`InvalidError`] if the year of `occurred_at` is not between 1 and 9999.
    pub fn moved_to(&self, stage: Stage, occurred_at: DateTime<Utc>) -> Result<Self, InvalidError> {
        self.to_builder().stage(stage, occurred_at).build()
    }
}

impl ChargebackBuilder {
    pub(super) fn new(case_id: String, stage: Stage, reason: Reason, occurred_at: DateTime<Utc>) -> Self {
        Self::from(Data {
            case_id,
            stage,
            occurred_at,
            reason,
            network_code: None,
            amount: None,
            payment: Payment::default(),
            vendor_references: std::collections::BTreeMap::new(),
            opened_at: None,
            received_at: None,
            due_by: None,
            processor: None,
            arn: None,
            case_number: None,
            notes: None,
            metadata: std::collections::BTreeMap::new(),
            fraud: None,
            representment: None,
        })
    }

    /// Sets where the case stands from the merchant's seat, and since when. Vendors are sent the time in UTC, cut to
    /// milliseconds.
    pub fn stage(mut self, stage: Stage, occurred_at: DateTime<Utc>) -> Self {
        self.data.stage = stage;
        self.data.occurred_at = occurred_at;
        self
    }

    /// Sets why the customer or issuer charges back. Text becomes the reason of that name, or
    /// [`Reason::Unknown`] and keeps its words.
    pub fn reason(mut self, reason: impl Into<Reason>) -> Self {
        self.data.reason = reason.into();
        self
    }

    /// Sets the card network's reason code. RevCent is sent the raw code in place of the reason; Thirdwatch, Tutelar
    /// and Spade are sent it in a note beside the reason. Spade's type of fraud is read from it where it proves one.
    pub fn network_code(mut self, code: NetworkCode) -> Self {
        self.data.network_code = Some(code);
        self
    }

    /// Sets the amount charged back, which may be a part of the payment; not negative. RevCent takes it as a number,
    /// Thirdwatch as a note.
    pub const fn amount(mut self, amount: Money) -> Self {
        self.data.amount = Some(amount);
        self
    }

    /// Sets the merchant's id of the order. Tutelar needs it (by default 1 to 40 of `A-Z`, `a-z`, `0-9`, `_`, `-`);
    /// Thirdwatch takes it, and RevCent as metadata.
    pub fn order_id(mut self, id: impl Into<String>) -> Self {
        self.data.payment.order_id = Some(id.into());
        self
    }

    /// Sets the merchant's id of the transaction. Pipwave needs it (`txn_id`, at most 255 characters) or its own id of
    /// the payment; Thirdwatch takes it.
    pub fn transaction_id(mut self, id: impl Into<String>) -> Self {
        self.data.payment.transaction_id = Some(id.into());
        self
    }

    /// Sets the payment gateway's id of the transaction. RevCent needs it or its own id of the transaction; Thirdwatch
    /// takes it as a note.
    pub fn gateway_transaction_id(mut self, id: impl Into<String>) -> Self {
        self.data.payment.gateway_transaction_id = Some(id.into());
        self
    }

    /// Sets the merchant's id of the customer, case sensitive; leave it out for a guest. Thirdwatch needs it or a
    /// session id.
    pub fn user_id(mut self, id: impl Into<String>) -> Self {
        self.data.payment.user_id = Some(id.into());
        self
    }

    /// Sets the id of the session in which the payment was made. For a guest, Thirdwatch is sent it as the user.
    pub fn session_id(mut self, id: impl Into<String>) -> Self {
        self.data.payment.session_id = Some(id.into());
        self
    }

    /// Sets a vendor's own id of the payment: a Spade enrichment, a RevCent transaction (20 characters), a Pipwave
    /// `pw_id` (at most 32). Only that vendor is sent it.
    pub fn vendor_payment(mut self, provider: ProviderId, id: impl Into<String>) -> Self {
        self.reference(provider).payment = Some(id.into());
        self
    }

    /// Sets a vendor's own id of the case, from [`Receipt::vendor_case`](crate::Receipt::vendor_case): a RevCent
    /// chargeback (20 characters). With it a report reads that record and searches for none. The other four give no
    /// such id.
    pub fn vendor_case(mut self, provider: ProviderId, id: impl Into<String>) -> Self {
        self.reference(provider).case = Some(id.into());
        self
    }

    fn reference(&mut self, provider: ProviderId) -> &mut VendorReference {
        self.data.vendor_references.entry(provider).or_default()
    }

    /// Sets when the customer or issuer raised the chargeback: RevCent's `chargeback_date`, a note at Thirdwatch.
    pub const fn opened_at(mut self, at: DateTime<Utc>) -> Self {
        self.data.opened_at = Some(at);
        self
    }

    /// Sets when the merchant got the chargeback: RevCent's `received_date`, a note at Thirdwatch.
    pub const fn received_at(mut self, at: DateTime<Utc>) -> Self {
        self.data.received_at = Some(at);
        self
    }

    /// Sets until when the merchant may answer. Thirdwatch is told, as a note; no other vendor takes it.
    pub const fn due_by(mut self, at: DateTime<Utc>) -> Self {
        self.data.due_by = Some(at);
        self
    }

    /// Sets the payment processor that told the merchant of the chargeback. RevCent is told in metadata, Thirdwatch in
    /// a note.
    pub fn processor(mut self, processor: Processor) -> Self {
        self.data.processor = Some(processor);
        self
    }

    /// Sets the acquirer reference number, as text; its form is not checked. RevCent takes it, Thirdwatch as a note.
    pub fn arn(mut self, arn: impl Into<String>) -> Self {
        self.data.arn = Some(arn.into());
        self
    }

    /// Sets the case number that the network or the processor gave, as text. RevCent takes it, Thirdwatch as a note.
    pub fn case_number(mut self, number: impl Into<String>) -> Self {
        self.data.case_number = Some(number.into());
        self
    }

    /// Sets free text for people. It is sent, so mind what it says about whom.
    ///
    /// Spade takes 512 characters (code points) in all, and there the reason and the network code stand before the
    /// notes; RevCent takes 255, as metadata. What is longer is cut, and listed as
    /// [`Truncated`](crate::LossKind::Truncated) or [`Dropped`](crate::LossKind::Dropped). Thirdwatch takes all of it;
    /// Tutelar and Pipwave take none.
    pub fn notes(mut self, notes: impl Into<String>) -> Self {
        self.data.notes = Some(notes.into());
        self
    }

    /// Adds a name and its value; the same name again replaces the value. They are sent, so mind what they say about
    /// whom.
    ///
    /// For RevCent, a name of more than 100 characters or one that starts with `chargeback.` is refused, and a value is
    /// cut after 255. Thirdwatch takes all, as `metadata.` and the name. The others take none.
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.data.metadata.insert(name.into(), value.into());
        self
    }

    /// Sets what the merchant knows of the fraud. Only Spade takes it, and only with a reason `fraud_*`.
    pub fn fraud(mut self, fraud: Fraud) -> Self {
        self.data.fraud = Some(fraud);
        self
    }

    /// Sets the merchant's representment against the chargeback. Only RevCent takes it: its dates are sent from here
    /// alone, and without it a case that RevCent does not hold as contested cannot be reported there as won or lost.
    pub const fn representment(mut self, representment: Representment) -> Self {
        self.data.representment = Some(representment);
        self
    }

    /// Checks and builds.
    ///
    /// What holds for every vendor: `case_id` has 1 to 255 characters, no control characters and no white space around
    /// it; the payment is known by at least one id, the merchant's or a vendor's (of the payment or of the case); no
    /// id, text or name that is given is empty (values of metadata may be); the amount is not negative; years are 1 to
    /// 9999, and leap seconds stand at midnight; a representment does not end before it starts.
    ///
    /// # Errors
    ///
    /// [`InvalidError`] with every rule that is broken, each with its field.
    pub fn build(self) -> Result<Chargeback, InvalidError> {
        let mut broken = Vec::new();
        check_ids(&self.data, &mut broken);
        check_texts(&self.data, &mut broken);
        check_times(&self.data, &mut broken);
        if self.data.amount.is_some_and(|amount| amount.minor_units() < 0) {
            broken.push(Violation::new("amount", "negative"));
        }
        if broken.is_empty() { Ok(Chargeback { data: self.data }) } else { Err(InvalidError::new(broken)) }
    }
}

impl<'de> Deserialize<'de> for Chargeback {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ChargebackBuilder::from(Data::deserialize(deserializer)?).build().map_err(serde::de::Error::custom)
    }
}

fn check_ids(data: &Data, broken: &mut Vec<Violation>) {
    match data.case_id.chars().count() {
        0 => broken.push(Violation::new("case_id", "empty")),
        1..=255 => {}
        _ => broken.push(Violation::new("case_id", "longer than 255 characters")),
    }
    if data.case_id.chars().any(char::is_control) {
        broken.push(Violation::new("case_id", "has a control character"));
    }
    // Vendors cut it off, or do not: the id would come back as another.
    if data.case_id.trim() != data.case_id {
        broken.push(Violation::new("case_id", "has white space around it"));
    }
    let Payment { order_id, transaction_id, gateway_transaction_id, user_id, session_id } = &data.payment;
    let ids = [
        ("payment.order_id", order_id),
        ("payment.transaction_id", transaction_id),
        ("payment.gateway_transaction_id", gateway_transaction_id),
        ("payment.user_id", user_id),
        ("payment.session_id", session_id),
    ];
    for (field, id) in ids {
        not_empty(field, id.as_deref(), broken);
    }
    for (provider, reference) in &data.vendor_references {
        for (part, id) in [("payment", &reference.payment), ("case", &reference.case)] {
            if id.as_deref().is_some_and(str::is_empty) {
                broken.push(Violation::new(format!("vendor_references.{provider}.{part}"), "empty (leave it out)"));
            }
        }
    }
    let known_to_vendor = |reference: &VendorReference| reference.payment.is_some() || reference.case.is_some();
    if ids.iter().all(|(_, id)| id.is_none()) && !data.vendor_references.values().any(known_to_vendor) {
        broken.push(Violation::new("payment", "no id of the payment is given"));
    }
}

fn check_texts(data: &Data, broken: &mut Vec<Violation>) {
    not_empty("arn", data.arn.as_deref(), broken);
    not_empty("case_number", data.case_number.as_deref(), broken);
    not_empty("notes", data.notes.as_deref(), broken);
    not_empty("fraud.notes", data.fraud.as_ref().and_then(|fraud| fraud.notes.as_deref()), broken);
    if data.metadata.keys().any(String::is_empty) {
        broken.push(Violation::new("metadata", "a name is empty"));
    }
    if let Some(processor) = &data.processor {
        not_empty("processor.name", Some(&processor.name), broken);
        not_empty("processor.dispute_id", processor.dispute_id.as_deref(), broken);
        not_empty("processor.payment_id", processor.payment_id.as_deref(), broken);
    }
    if let Some(code) = &data.network_code {
        not_empty("network_code.code", Some(code.code()), broken);
        if code.network().as_str().is_empty() {
            broken.push(Violation::new("network_code.network", "empty"));
        }
    }
}

fn not_empty(field: &'static str, text: Option<&str>, broken: &mut Vec<Violation>) {
    if text.is_some_and(str::is_empty) {
        broken.push(Violation::new(field, "empty (leave it out)"));
    }
}

fn check_times(data: &Data, broken: &mut Vec<Violation>) {
    let fight = data.representment.clone().unwrap_or_default();
    let times = [
        ("occurred_at", Some(data.occurred_at)),
        ("opened_at", data.opened_at),
        ("received_at", data.received_at),
        ("due_by", data.due_by),
        ("representment.initiated_at", fight.initiated_at),
        ("representment.completed_at", fight.completed_at),
    ];
    for (field, time) in times {
        if time.is_some_and(|time| !(1..=9999).contains(&time.year())) {
            broken.push(Violation::new(field, "the year is not between 1 and 9999"));
        }
        // Written, it would be a 60th second, which its readers take for none elsewhere than at midnight.
        if time.is_some_and(|time| time.nanosecond() >= 1_000_000_000 && (time.hour(), time.minute()) != (23, 59)) {
            broken.push(Violation::new(field, "a leap second that is not at 23:59:60 UTC"));
        }
    }
    if fight.initiated_at.zip(fight.completed_at).is_some_and(|(start, end)| end < start) {
        broken.push(Violation::new("representment.completed_at", "before representment.initiated_at"));
    }
}
