//! The shared model.

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

/// A chargeback as the merchant knows it: what every vendor is told from.
///
/// Built by [`Chargeback::builder`], whose [`build`](crate::ChargebackBuilder::build) checks what holds for every vendor. What
/// one vendor alone demands is checked when that vendor is asked.
///
/// It is a value: to report that the case moved on, make the next one with [`moved_to`](Self::moved_to).
///
/// It can sit in a queue or a file: serde writes and reads all of it, by stable `snake_case` names; times are RFC 3339,
/// amounts decimal text. Reading checks the same rules as building, and refuses fields that it does not know rather
/// than dropping them.
///
/// An error of `serde_json` from reading a model may quote a short piece of the input, such as a text that stands where
/// an object belongs, or the name of an unknown field. Do not log it unredacted where the input holds people's data.
///
/// `Debug` shows the case id, stage, reason, amount, dates, network code and the processor's name. Ids of people and
/// payments and all free text are left out.
///
/// ```
/// use chargeback::{Chargeback, Currency, Money, Network, NetworkCode, Reason, Stage};
/// # use chrono::{TimeZone, Utc};
/// # let when = Utc.with_ymd_and_hms(2026, 10, 3, 9, 12, 0).unwrap();
///
/// let chargeback = Chargeback::builder("CB-2026-0142", Stage::Received, Reason::NotReceived, when)
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
    /// The fields; shared by the model and its builder.
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

impl Chargeback {
    /// The merchant's own id of the case, the same for its whole life: the key for order and for de-duplication. 1 to
    /// 255 characters.
    #[must_use]
    pub fn case_id(&self) -> &str {
        &self.data.case_id
    }

    /// Where the case stands, from the merchant's seat.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.data.stage
    }

    /// Since when the case stands at its [`stage`](Self::stage). Vendors are sent it in UTC, cut to milliseconds.
    #[must_use]
    pub const fn occurred_at(&self) -> DateTime<Utc> {
        self.data.occurred_at
    }

    /// Why the customer or issuer charges back.
    #[must_use]
    pub const fn reason(&self) -> &Reason {
        &self.data.reason
    }

    /// The card network's reason code, raw: Visa `13.1`. It stands beside [`reason`](Self::reason), which is not
    /// derived from it.
    #[must_use]
    pub const fn network_code(&self) -> Option<&NetworkCode> {
        self.data.network_code.as_ref()
    }

    /// The amount charged back, which may be a part of the payment. Never negative.
    #[must_use]
    pub const fn amount(&self) -> Option<Money> {
        self.data.amount
    }

    /// The merchant's own ids of the payment that is charged back.
    #[must_use]
    pub const fn payment(&self) -> &Payment {
        &self.data.payment
    }

    /// What a vendor calls the payment and the case; `None` if nothing was given for this vendor.
    #[must_use]
    pub fn vendor_reference(&self, provider: &ProviderId) -> Option<&VendorReference> {
        self.data.vendor_references.get(provider)
    }

    /// All vendors' references, by the vendors' names in order. Each is sent to its own vendor alone.
    pub fn vendor_references(&self) -> impl Iterator<Item = (&ProviderId, &VendorReference)> {
        self.data.vendor_references.iter()
    }

    /// When the customer or issuer raised the chargeback: RevCent's `chargeback_date`.
    #[must_use]
    pub const fn opened_at(&self) -> Option<DateTime<Utc>> {
        self.data.opened_at
    }

    /// When the merchant got the chargeback: RevCent's `received_date`.
    #[must_use]
    pub const fn received_at(&self) -> Option<DateTime<Utc>> {
        self.data.received_at
    }

    /// Until when the merchant may answer. Thirdwatch is told, as a note; no other vendor takes it.
    #[must_use]
    pub const fn due_by(&self) -> Option<DateTime<Utc>> {
        self.data.due_by
    }

    /// The payment processor that told the merchant of the chargeback.
    #[must_use]
    pub const fn processor(&self) -> Option<&Processor> {
        self.data.processor.as_ref()
    }

    /// The acquirer reference number, by which acquirer and issuer trace the payment. Taken as text, of any form.
    #[must_use]
    pub fn arn(&self) -> Option<&str> {
        self.data.arn.as_deref()
    }

    /// The case number that the network or the processor gave, as text.
    #[must_use]
    pub fn case_number(&self) -> Option<&str> {
        self.data.case_number.as_deref()
    }

    /// Free text that Thirdwatch, RevCent and Spade are sent; [`ChargebackBuilder::notes`] has their limits.
    #[must_use]
    pub fn notes(&self) -> Option<&str> {
        self.data.notes.as_deref()
    }

    /// Names and values that Thirdwatch and RevCent are sent; [`ChargebackBuilder::metadata`] has their limits.
    #[must_use]
    pub const fn metadata(&self) -> &BTreeMap<String, String> {
        &self.data.metadata
    }

    /// What the merchant knows of the fraud, finer than the reason. Only Spade takes it.
    #[must_use]
    pub const fn fraud(&self) -> Option<&Fraud> {
        self.data.fraud.as_ref()
    }

    /// The merchant's representment against the chargeback; `None` if none is known of. Only RevCent takes its details.
    #[must_use]
    pub const fn representment(&self) -> Option<&Representment> {
        self.data.representment.as_ref()
    }

    /// Which fields say something in this case.
    ///
    /// Every provider either sends each of them or lists it among the [losses](crate::Loss). References to vendors are
    /// not among them: each is for its vendor alone.
    #[must_use]
    pub fn fields(&self) -> Vec<Field> {
        // Destructured whole, so that a new field cannot be forgotten here.
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
