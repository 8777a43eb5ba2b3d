//! A chargeback, the value that is reported.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::field::Field;
use super::money::Money;
use super::network::NetworkCode;
use super::payment::{Fraud, Payment, Processor, Representment, VendorReference};
use super::provider_id::ProviderId;
use super::reason::Reason;
use super::rfc3339::{optional_time, time};
use super::stage::Stage;
use crate::util::redact::Presence;
use crate::util::strict_serde::{object_struct, unique};

/// A chargeback as the merchant knows it: the input of every report.
///
/// [`Chargeback::builder`] creates it, and [`build`](crate::ChargebackBuilder::build) checks the rules that hold for
/// every vendor. The rules of one vendor are checked when a report to that vendor is planned or sent.
///
/// A chargeback is an immutable value. To report a later stage, create a new value with [`moved_to`](Self::moved_to).
///
/// # Times
///
/// A chargeback and its JSON keep every time to the nanosecond. Vendors receive times in UTC, truncated to
/// milliseconds; this is not listed as a [`Loss`](crate::Loss).
///
/// # Serialization
///
/// Serde writes and reads all fields, so a chargeback can be kept in a queue or a file. Names are stable and in
/// `snake_case`; times are RFC 3339, amounts are decimal text. Reading checks the same rules as building and rejects
/// unknown fields.
///
/// A `serde_json` error may quote a short piece of the input, such as a text in place of an object or the name of an
/// unknown field. Do not log it without redaction if the input holds personal data.
///
/// # Debug
///
/// `Debug` shows the case id, stage, reason, amount, dates, network code and the processor's name. Ids of people and
/// payments and all free text are left out.
///
/// # Examples
///
/// ```
/// use chargeback::{Chargeback, Currency, Money, Network, NetworkCode, Reason, Stage};
///
/// let received = "2026-10-03T09:12:00Z".parse()?;
/// let chargeback = Chargeback::builder("CB-2026-0142", Stage::Received, Reason::NotReceived, received)
///     .order_id("ORD_10726")
///     .user_id("user-5512")
///     .amount(Money::from_minor_units(12_990, Currency::USD))
///     .network_code(NetworkCode::new(Network::Visa, "13.1"))
///     .build()?;
///
/// let json = serde_json::to_string(&chargeback)?;
/// assert_eq!(serde_json::from_str::<Chargeback>(&json)?, chargeback);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Chargeback {
    pub(super) data: Data,
}

object_struct! {
    names = "snake_case";
    nulls = absent;
    /// The fields, shared by the chargeback and its builder.
    #[derive(Clone, PartialEq, Eq)]
    pub(super) struct Data {
        pub(super) case_id: String,
        pub(super) stage: Stage,
        #[serde(deserialize_with = "time")]
        pub(super) occurred_at: DateTime<Utc>,
        pub(super) reason: Reason,
        pub(super) network_code: Option<NetworkCode>,
        pub(super) amount: Option<Money>,
        #[serde(default, skip_serializing_if = "Payment::is_empty")]
        pub(super) payment: Payment,
        #[serde(default, deserialize_with = "unique", skip_serializing_if = "BTreeMap::is_empty")]
        pub(super) vendor_references: BTreeMap<ProviderId, VendorReference>,
        #[serde(default, deserialize_with = "optional_time", skip_serializing_if = "Option::is_none")]
        pub(super) opened_at: Option<DateTime<Utc>>,
        #[serde(default, deserialize_with = "optional_time", skip_serializing_if = "Option::is_none")]
        pub(super) received_at: Option<DateTime<Utc>>,
        #[serde(default, deserialize_with = "optional_time", skip_serializing_if = "Option::is_none")]
        pub(super) due_by: Option<DateTime<Utc>>,
        pub(super) processor: Option<Processor>,
        pub(super) arn: Option<String>,
        pub(super) case_number: Option<String>,
        pub(super) notes: Option<String>,
        #[serde(default, deserialize_with = "unique", skip_serializing_if = "BTreeMap::is_empty")]
        pub(super) metadata: BTreeMap<String, String>,
        pub(super) fraud: Option<Fraud>,
        pub(super) representment: Option<Representment>,
    }
}

impl Data {
    pub(super) fn new(case_id: String, stage: Stage, reason: Reason, occurred_at: DateTime<Utc>) -> Self {
        Self {
            case_id,
            stage,
            occurred_at,
            reason,
            network_code: None,
            amount: None,
            payment: Payment::default(),
            vendor_references: BTreeMap::new(),
            opened_at: None,
            received_at: None,
            due_by: None,
            processor: None,
            arn: None,
            case_number: None,
            notes: None,
            metadata: BTreeMap::new(),
            fraud: None,
            representment: None,
        }
    }
}

impl Chargeback {
    /// Returns the merchant's id of the case, which never changes: the key for order and de-duplication.
    ///
    /// The id has 1 to 255 characters.
    #[must_use]
    pub fn case_id(&self) -> &str {
        &self.data.case_id
    }

    /// Returns the stage of the case, as the merchant sees it.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.data.stage
    }

    /// Returns the time since which the case has its [`stage`](Self::stage).
    ///
    /// Vendors receive it in UTC, truncated to milliseconds.
    #[must_use]
    pub const fn occurred_at(&self) -> DateTime<Utc> {
        self.data.occurred_at
    }

    /// Returns the reason that the customer or issuer gives for the chargeback.
    #[must_use]
    pub const fn reason(&self) -> &Reason {
        &self.data.reason
    }

    /// Returns the card network's reason code as the network writes it, such as Visa `13.1`.
    ///
    /// The code is independent of [`reason`](Self::reason): neither is derived from the other.
    #[must_use]
    pub const fn network_code(&self) -> Option<&NetworkCode> {
        self.data.network_code.as_ref()
    }

    /// Returns the amount charged back, which may be a part of the payment. The amount is never negative.
    #[must_use]
    pub const fn amount(&self) -> Option<Money> {
        self.data.amount
    }

    /// Returns the merchant's ids of the payment that was charged back.
    #[must_use]
    pub const fn payment(&self) -> &Payment {
        &self.data.payment
    }

    /// Returns the ids of the payment and the case at one vendor, or `None` if none is set for that vendor.
    ///
    /// ```
    /// use chargeback::{Chargeback, Reason, Stage, revcent, spade};
    ///
    /// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::Other, "2026-10-03T09:12:00Z".parse()?)
    ///     .vendor_case(revcent::ID, "chargeback0000000001")
    ///     .build()?;
    /// let reference = chargeback.vendor_reference(&revcent::ID);
    /// assert_eq!(reference.and_then(|reference| reference.case.as_deref()), Some("chargeback0000000001"));
    /// assert!(chargeback.vendor_reference(&spade::ID).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn vendor_reference(&self, provider: &ProviderId) -> Option<&VendorReference> {
        self.data.vendor_references.get(provider)
    }

    /// Returns the references of all vendors, ordered by vendor name. Each is sent only to its vendor.
    pub fn vendor_references(&self) -> impl Iterator<Item = (&ProviderId, &VendorReference)> {
        self.data.vendor_references.iter()
    }

    /// Returns the time at which the customer or issuer raised the chargeback: RevCent's `chargeback_date`.
    ///
    /// Vendors receive it in UTC, truncated to milliseconds.
    #[must_use]
    pub const fn opened_at(&self) -> Option<DateTime<Utc>> {
        self.data.opened_at
    }

    /// Returns the time at which the merchant received the chargeback: RevCent's `received_date`.
    ///
    /// Vendors receive it in UTC, truncated to milliseconds.
    #[must_use]
    pub const fn received_at(&self) -> Option<DateTime<Utc>> {
        self.data.received_at
    }

    /// Returns the merchant's deadline to respond. Thirdwatch, MaxMind and Sift receive it as a note; no other vendor
    /// receives it.
    #[must_use]
    pub const fn due_by(&self) -> Option<DateTime<Utc>> {
        self.data.due_by
    }

    /// Returns the payment processor that notified the merchant of the chargeback.
    #[must_use]
    pub const fn processor(&self) -> Option<&Processor> {
        self.data.processor.as_ref()
    }

    /// Returns the acquirer reference number, with which acquirer and issuer trace the payment. Any text is accepted.
    #[must_use]
    pub fn arn(&self) -> Option<&str> {
        self.data.arn.as_deref()
    }

    /// Returns the case number that the network or the processor assigned, as text.
    #[must_use]
    pub fn case_number(&self) -> Option<&str> {
        self.data.case_number.as_deref()
    }

    /// Returns free text that is sent to vendors. See [`ChargebackBuilder::notes`] for vendors and limits.
    ///
    /// [`ChargebackBuilder::notes`]: crate::ChargebackBuilder::notes
    #[must_use]
    pub fn notes(&self) -> Option<&str> {
        self.data.notes.as_deref()
    }

    /// Returns names and values that are sent to vendors.
    ///
    /// See [`ChargebackBuilder::metadata`] for vendors and limits.
    ///
    /// [`ChargebackBuilder::metadata`]: crate::ChargebackBuilder::metadata
    #[must_use]
    pub const fn metadata(&self) -> &BTreeMap<String, String> {
        &self.data.metadata
    }

    /// Returns the merchant's findings about the fraud, which are more precise than the reason.
    ///
    /// Spade receives them, and Sift receives friendly fraud.
    #[must_use]
    pub const fn fraud(&self) -> Option<&Fraud> {
        self.data.fraud.as_ref()
    }

    /// Returns the merchant's representment against the chargeback, if one is known.
    ///
    /// Only RevCent receives its details.
    #[must_use]
    pub const fn representment(&self) -> Option<&Representment> {
        self.data.representment.as_ref()
    }

    /// Returns the fields that are set.
    ///
    /// Every provider either sends each of these fields or lists it as a [`Loss`](crate::Loss). References to vendors
    /// are not included because each is sent only to its vendor.
    ///
    /// ```
    /// use chargeback::{Chargeback, Field, Reason, Stage};
    ///
    /// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::Other, "2026-10-03T09:12:00Z".parse()?)
    ///     .order_id("ORD_10726")
    ///     .build()?;
    /// let expected = [Field::CaseId, Field::Stage, Field::OccurredAt, Field::Reason, Field::OrderId];
    /// assert_eq!(chargeback.fields(), expected);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn fields(&self) -> Vec<Field> {
        // Destructured without `..`, so that a new field cannot be forgotten here.
        let Data {
            case_id: _,
            payment,
            vendor_references: _,
            stage: _,
            occurred_at: _,
            opened_at,
            received_at,
            reason: _,
            network_code,
            amount,
            processor,
            due_by,
            arn,
            case_number,
            notes,
            metadata,
            fraud,
            representment,
        } = &self.data;
        let fields = [
            (Field::CaseId, true),
            (Field::Stage, true),
            (Field::OccurredAt, true),
            (Field::Reason, true),
            (Field::NetworkCode, network_code.is_some()),
            (Field::Amount, amount.is_some()),
            (Field::Currency, amount.is_some()),
            (Field::OrderId, payment.order_id.is_some()),
            (Field::TransactionId, payment.transaction_id.is_some()),
            (Field::GatewayTransactionId, payment.gateway_transaction_id.is_some()),
            (Field::UserId, payment.user_id.is_some()),
            (Field::SessionId, payment.session_id.is_some()),
            (Field::OpenedAt, opened_at.is_some()),
            (Field::ReceivedAt, received_at.is_some()),
            (Field::DueBy, due_by.is_some()),
            (Field::Processor, processor.is_some()),
            (Field::Arn, arn.is_some()),
            (Field::CaseNumber, case_number.is_some()),
            (Field::Notes, notes.is_some()),
            (Field::Metadata, !metadata.is_empty()),
            (Field::Fraud, fraud.is_some()),
            (Field::Representment, representment.is_some()),
        ];
        fields.into_iter().filter(|(_, set)| *set).map(|(field, _)| field).collect()
    }
}

impl fmt::Debug for Chargeback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = &self.data;
        f.debug_struct("Chargeback")
            .field("case_id", &data.case_id)
            .field("stage", &data.stage)
            .field("occurred_at", &data.occurred_at)
            .field("reason", &data.reason)
            .field("network_code", &data.network_code)
            .field("amount", &data.amount)
            .field("payment", &data.payment)
            .field("vendor_references", &data.vendor_references)
            .field("opened_at", &data.opened_at)
            .field("received_at", &data.received_at)
            .field("due_by", &data.due_by)
            .field("processor", &data.processor)
            .field("arn", &Presence::new(data.arn.as_ref()))
            .field("case_number", &Presence::new(data.case_number.as_ref()))
            .field("notes", &Presence::new(data.notes.as_ref()))
            .field("metadata", &Presence(!data.metadata.is_empty()))
            .field("fraud", &data.fraud)
            .field("representment", &data.representment)
            .finish()
    }
}

impl Serialize for Chargeback {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.data.serialize(serializer)
    }
}
