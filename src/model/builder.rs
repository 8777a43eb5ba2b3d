//! The builder of a chargeback.

use std::fmt;

use chrono::{DateTime, Utc};

use super::chargeback::{Chargeback, Data};
use super::invalid::InvalidError;
use super::money::Money;
use super::network::NetworkCode;
use super::payment::{Fraud, Processor, Representment, VendorReference};
use super::provider_id::ProviderId;
use super::reason::Reason;
use super::rules;
use super::stage::Stage;

/// Builds a [`Chargeback`]. [`Chargeback::builder`] creates it.
///
/// Setters never fail, and setting a field again replaces its value. [`build`](Self::build) checks all rules at once.
///
/// A vendor receives only the fields that its API has. Other fields are listed as a [`Loss`](crate::Loss) on the plan
/// and the receipt.
///
/// ```
/// use chargeback::{Chargeback, Currency, Money, Reason, Stage};
///
/// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::Other, "2026-10-03T09:12:00Z".parse()?)
///     .order_id("ORD_10726")
///     .amount(Money::from_decimal("129.90", Currency::USD)?)
///     .build()?;
/// assert_eq!(chargeback.case_id(), "CB-1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a builder does nothing until `build`"]
#[derive(Clone)]
pub struct ChargebackBuilder {
    data: Data,
}

impl fmt::Debug for ChargebackBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ChargebackBuilder").field(&Chargeback { data: self.data.clone() }).finish()
    }
}

impl From<Data> for ChargebackBuilder {
    fn from(data: Data) -> Self {
        Self { data }
    }
}

impl ChargebackBuilder {
    /// Sets the stage as the merchant sees it, and the time since which the case has this stage.
    ///
    /// Vendors receive the time in UTC, truncated to milliseconds.
    pub fn stage(mut self, stage: Stage, occurred_at: DateTime<Utc>) -> Self {
        self.data.stage = stage;
        self.data.occurred_at = occurred_at;
        self
    }

    /// Sets the reason of the chargeback. Text becomes the reason of that name, or a [`Reason::Unknown`] with the
    /// text.
    ///
    /// ```
    /// use chargeback::{Chargeback, Reason, Stage};
    ///
    /// let builder = Chargeback::builder("CB-1", Stage::Received, Reason::Other, "2026-10-03T09:12:00Z".parse()?);
    /// let chargeback = builder.reason("not_received").order_id("ORD_10726").build()?;
    /// assert_eq!(chargeback.reason(), &Reason::NotReceived);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reason(mut self, reason: impl Into<Reason>) -> Self {
        self.data.reason = reason.into();
        self
    }

    /// Sets the card network's reason code.
    ///
    /// RevCent and Riskified receive the raw code in place of the reason. MaxMind has a field for it, and most others
    /// receive it in a note in addition to the reason; see the table of [`FieldSupport`](crate::FieldSupport). Spade's
    /// fraud type is derived from the code where the code determines it.
    ///
    /// ```
    /// use chargeback::{Chargeback, Network, NetworkCode, Reason, Stage};
    ///
    /// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::Other, "2026-10-03T09:12:00Z".parse()?)
    ///     .order_id("ORD_10726")
    ///     .network_code(NetworkCode::new(Network::Visa, "13.1"))
    ///     .build()?;
    /// assert_eq!(chargeback.network_code().map(NetworkCode::code), Some("13.1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn network_code(mut self, code: NetworkCode) -> Self {
        self.data.network_code = Some(code);
        self
    }

    /// Sets the amount charged back, which may be a part of the payment and must not be negative.
    ///
    /// RevCent, Ravelin and Riskified receive it as a number, Thirdwatch, MaxMind and Sift as a note.
    pub const fn amount(mut self, amount: Money) -> Self {
        self.data.amount = Some(amount);
        self
    }

    /// Sets the merchant's id of the order.
    ///
    /// Riskified and Tutelar require it, Tutelar by default with 1 to 40 characters from `A-Z`, `a-z`, `0-9`, `_` and
    /// `-`. Sift and Ravelin accept it in place of an id of the payment.
    ///
    /// ```
    /// use chargeback::{Chargeback, Reason, Stage};
    ///
    /// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::Other, "2026-10-03T09:12:00Z".parse()?)
    ///     .order_id("ORD_10726")
    ///     .transaction_id("txn-88213")
    ///     .user_id("user-5512")
    ///     .build()?;
    /// assert_eq!(chargeback.payment().order_id.as_deref(), Some("ORD_10726"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn order_id(mut self, id: impl Into<String>) -> Self {
        self.data.payment.order_id = Some(id.into());
        self
    }

    /// Sets the merchant's id of the transaction.
    ///
    /// Pipwave and MaxMind require this id (at most 255 characters) or their own id of the payment, and SEON requires
    /// this id or its own. Sift and Ravelin need one of several ids, and this is one of them.
    pub fn transaction_id(mut self, id: impl Into<String>) -> Self {
        self.data.payment.transaction_id = Some(id.into());
        self
    }

    /// Sets the payment gateway's id of the transaction.
    ///
    /// RevCent requires this id or RevCent's id of the transaction. Ravelin needs one of several ids, and this is one
    /// of them.
    pub fn gateway_transaction_id(mut self, id: impl Into<String>) -> Self {
        self.data.payment.gateway_transaction_id = Some(id.into());
        self
    }

    /// Sets the merchant's id of the customer, which is case sensitive. Leave it out for a guest.
    ///
    /// Thirdwatch requires it or a session id.
    pub fn user_id(mut self, id: impl Into<String>) -> Self {
        self.data.payment.user_id = Some(id.into());
        self
    }

    /// Sets the id of the session in which the payment was made. For a guest, Thirdwatch receives it as the user id.
    ///
    /// ```
    /// use chargeback::{Chargeback, Reason, Stage};
    ///
    /// // A guest's payment: no user id.
    /// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::Other, "2026-10-03T09:12:00Z".parse()?)
    ///     .gateway_transaction_id("ch_3Q0")
    ///     .session_id("session-81")
    ///     .build()?;
    /// assert_eq!(chargeback.payment().session_id.as_deref(), Some("session-81"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn session_id(mut self, id: impl Into<String>) -> Self {
        self.data.payment.session_id = Some(id.into());
        self
    }

    /// Sets a vendor's id of the payment. No other vendor receives it.
    ///
    /// The id is a Spade enrichment, a RevCent transaction (20 characters), a Pipwave `pw_id` (at most 32), MaxMind's
    /// `minfraud_id` or `maxmind_id`, or SEON's `seon_id`.
    ///
    /// ```
    /// use chargeback::{Chargeback, Reason, Stage, spade};
    ///
    /// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::Other, "2026-10-03T09:12:00Z".parse()?)
    ///     .vendor_payment(spade::ID, "0b6d1f0e-6a6a-4b8e-9d52-1f2f0a7f9d11")
    ///     .build()?;
    /// assert!(chargeback.vendor_reference(&spade::ID).is_some_and(|reference| reference.payment.is_some()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn vendor_payment(mut self, provider: ProviderId, id: impl Into<String>) -> Self {
        self.reference(provider).payment = Some(id.into());
        self
    }

    /// Sets a vendor's id of the case, from [`Receipt::vendor_case`](crate::Receipt::vendor_case).
    ///
    /// RevCent has such an id (a chargeback, 20 characters); no other vendor of this crate has one. With this id a
    /// report reads that record instead of searching for the case.
    pub fn vendor_case(mut self, provider: ProviderId, id: impl Into<String>) -> Self {
        self.reference(provider).case = Some(id.into());
        self
    }

    fn reference(&mut self, provider: ProviderId) -> &mut VendorReference {
        self.data.vendor_references.entry(provider).or_default()
    }

    /// Sets the time at which the customer or issuer raised the chargeback.
    ///
    /// RevCent receives it as `chargeback_date`, in UTC, truncated to milliseconds. Other vendors receive it as the
    /// table of [`FieldSupport`](crate::FieldSupport) shows.
    ///
    /// ```
    /// use chargeback::{Chargeback, Reason, Stage};
    ///
    /// let received = "2026-10-03T09:12:00Z".parse()?;
    /// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, received)
    ///     .order_id("ORD_10726")
    ///     .opened_at("2026-10-01T00:00:00Z".parse()?)
    ///     .received_at(received)
    ///     .due_by("2026-10-23T00:00:00Z".parse()?)
    ///     .build()?;
    /// assert!(chargeback.opened_at() < chargeback.received_at());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn opened_at(mut self, at: DateTime<Utc>) -> Self {
        self.data.opened_at = Some(at);
        self
    }

    /// Sets the time at which the merchant received the chargeback.
    ///
    /// RevCent receives it as `received_date`, in UTC, truncated to milliseconds. Thirdwatch, MaxMind and Sift receive
    /// it as a note.
    pub const fn received_at(mut self, at: DateTime<Utc>) -> Self {
        self.data.received_at = Some(at);
        self
    }

    /// Sets the merchant's deadline to respond.
    ///
    /// Thirdwatch, MaxMind and Sift receive it as a note; no other vendor receives it.
    pub const fn due_by(mut self, at: DateTime<Utc>) -> Self {
        self.data.due_by = Some(at);
        self
    }

    /// Sets the payment processor that notified the merchant of the chargeback.
    ///
    /// No vendor has a field for it; some receive it in a note or in metadata, as the table of
    /// [`FieldSupport`](crate::FieldSupport) shows.
    pub fn processor(mut self, processor: Processor) -> Self {
        self.data.processor = Some(processor);
        self
    }

    /// Sets the acquirer reference number as text, without a check of its form.
    ///
    /// RevCent and Ravelin have a field for it; Thirdwatch, MaxMind and Sift receive it as a note.
    pub fn arn(mut self, arn: impl Into<String>) -> Self {
        self.data.arn = Some(arn.into());
        self
    }

    /// Sets the case number that the network or the processor assigned, as text.
    ///
    /// RevCent has a field for it; Thirdwatch, MaxMind and Sift receive it as a note.
    ///
    /// ```
    /// use chargeback::{Chargeback, Processor, Reason, Stage};
    ///
    /// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::Other, "2026-10-03T09:12:00Z".parse()?)
    ///     .order_id("ORD_10726")
    ///     .processor(Processor::new("stripe"))
    ///     .arn("74027326263000000000017")
    ///     .case_number("DSP-1")
    ///     .build()?;
    /// assert_eq!((chargeback.arn(), chargeback.case_number()), (Some("74027326263000000000017"), Some("DSP-1")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn case_number(mut self, number: impl Into<String>) -> Self {
        self.data.case_number = Some(number.into());
        self
    }

    /// Sets free text, which is sent to vendors. Check that it holds no personal data that they must not receive.
    ///
    /// | Vendor | Limit |
    /// |---|---|
    /// | Spade | 512 characters (code points) in total, after the reason and the network code |
    /// | RevCent | 255 characters, as metadata |
    /// | Thirdwatch | none |
    /// | MaxMind | 1,000 characters in total, with the fields that MaxMind has no place for |
    /// | Riskified | none documented |
    /// | Sift | none documented; sent as a custom field |
    /// | Tutelar, Pipwave, Ravelin, SEON | not sent |
    ///
    /// Longer text is truncated and listed as [`Truncated`](crate::LossKind::Truncated) or
    /// [`Dropped`](crate::LossKind::Dropped).
    pub fn notes(mut self, notes: impl Into<String>) -> Self {
        self.data.notes = Some(notes.into());
        self
    }

    /// Adds a name and its value, which are sent to vendors. The same name again replaces the value.
    ///
    /// RevCent rejects a name that is longer than 100 characters or starts with `chargeback.`, and its values are
    /// truncated to 255 characters. Thirdwatch receives all of them, as `metadata.` and the name, Sift as one JSON
    /// text, and MaxMind in its note as far as there is space. The other vendors receive none.
    ///
    /// ```
    /// use chargeback::{Chargeback, Reason, Stage};
    ///
    /// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::Other, "2026-10-03T09:12:00Z".parse()?)
    ///     .order_id("ORD_10726")
    ///     .metadata("warehouse", "north")
    ///     .notes("courier lost the parcel")
    ///     .build()?;
    /// assert_eq!(chargeback.metadata()["warehouse"], "north");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.data.metadata.insert(name.into(), value.into());
        self
    }

    /// Sets the merchant's findings about the fraud. Spade receives them, and Sift receives friendly fraud; both only
    /// with a reason that is fraud.
    ///
    /// ```
    /// use chargeback::{Chargeback, Fraud, FraudKind, Reason, Stage};
    ///
    /// let at = "2026-10-03T09:12:00Z".parse()?;
    /// let chargeback = Chargeback::builder("CB-1", Stage::Received, Reason::FraudCardAbsent, at)
    ///     .order_id("ORD_10726")
    ///     .fraud(Fraud::new(FraudKind::StolenCard))
    ///     .build()?;
    /// assert!(chargeback.fraud().is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fraud(mut self, fraud: Fraud) -> Self {
        self.data.fraud = Some(fraud);
        self
    }

    /// Sets the merchant's representment against the chargeback. Only RevCent receives it.
    ///
    /// The dates of a representment are sent only from this field. Without it, a case that RevCent does not hold as
    /// contested cannot be reported to RevCent as won or lost.
    ///
    /// ```
    /// use chargeback::{Chargeback, Reason, Representment, RepresentmentOutcome, Stage};
    ///
    /// let at = "2026-10-03T09:12:00Z".parse()?;
    /// let won = Chargeback::builder("CB-1", Stage::Won, Reason::NotReceived, at)
    ///     .order_id("ORD_10726")
    ///     .representment(Representment::initiated().completed_at(at).outcome(RepresentmentOutcome::Won))
    ///     .build()?;
    /// assert!(won.representment().is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn representment(mut self, representment: Representment) -> Self {
        self.data.representment = Some(representment);
        self
    }

    /// Checks the rules that hold for every vendor, and builds the chargeback.
    ///
    /// - `case_id` has 1 to 255 characters, no control characters, and no white space at its start or end.
    /// - At least one id of the payment is set: the merchant's, or a vendor's id of the payment or the case.
    /// - No id, text or name is empty. Values of metadata may be empty.
    /// - The amount is not negative.
    /// - Years are between 1 and 9999, and a leap second is at 23:59:60 UTC.
    /// - A representment does not end before it starts.
    ///
    /// ```
    /// use chargeback::{Chargeback, Reason, Stage};
    ///
    /// let builder = Chargeback::builder("", Stage::Received, Reason::NotReceived, "2026-10-03T09:12:00Z".parse()?);
    /// let error = builder.build().unwrap_err();
    /// assert_eq!(error.violations()[0].to_string(), "case_id: must not be empty");
    /// assert_eq!(error.violations()[1].field(), "payment");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`InvalidError`] with one violation for every broken rule, each with its field.
    pub fn build(self) -> Result<Chargeback, InvalidError> {
        let violations = rules::violations(&self.data);
        if violations.is_empty() { Ok(Chargeback { data: self.data }) } else { Err(InvalidError::new(violations)) }
    }
}
