//! The claim for reimbursement, with all documented fields.

use std::fmt;

use serde_json::Value;

use super::values::{ChargebackType, DisputeStatus, DisputeType};
use crate::model::{DecimalNumber, Rfc3339};
use crate::util::redact::Presence;
use crate::util::strict_serde::object_struct;
use crate::util::violation::Violation;

object_struct! {
    names = "snake_case";
    /// The call `POST /api/chargeback`: files a claim for reimbursement, or changes the dispute of one. An eligible
    /// claim leads to an automatic credit, so this call can move money. No report sends it, and it is never sent again
    /// automatically.
    ///
    /// ```
    /// use chargeback::riskified::{ChargebackDetails, ChargebackType, Claim};
    ///
    /// let mut details = ChargebackDetails::default();
    /// details.kind = Some(ChargebackType::Chargeback);
    /// details.chargeback_amount = Some("129.90".parse()?);
    /// details.chargeback_currency = Some("USD".into());
    /// let mut claim = Claim::new("ORD-1");
    /// claim.order.chargeback_details = Some(details);
    /// assert!(claim.validate().is_empty());
    /// # Ok::<(), chargeback::ParseDecimalError>(())
    /// ```
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Claim {
        /// The order of the claim.
        pub order: ClaimOrder,
    }
}

object_struct! {
    names = "snake_case";
    /// The order of a claim. Its details must match those that Riskified has.
    #[derive(Clone, Default, PartialEq)]
    #[non_exhaustive]
    pub struct ClaimOrder {
        /// The merchant's id of the order.
        pub id: String,
        /// The chargeback.
        pub chargeback_details: Option<ChargebackDetails>,
        /// The deliveries, under the key of the Java and PHP clients. For goods, Riskified checks the tracking number.
        pub fulfillment: Option<Vec<Fulfillment>>,
        /// The deliveries, under the key of the .NET client. Riskified does not document the right key: ask, and set
        /// one of the two.
        pub fulfillments: Option<Vec<Fulfillment>>,
        /// The dispute of the chargeback.
        pub dispute_details: Option<DisputeDetails>,
    }
}

object_struct! {
    names = "snake_case";
    /// A chargeback, as the acquirer stated it. No limits of length are documented.
    #[derive(Clone, Default, PartialEq)]
    #[non_exhaustive]
    pub struct ChargebackDetails {
        /// The id of the notice.
        pub id: Option<String>,
        /// The time of the chargeback, by the acquirer.
        pub chargeback_at: Option<Rfc3339>,
        /// The ISO 4217 code of the amount.
        pub chargeback_currency: Option<String>,
        /// The amount in major units, as an exact decimal.
        pub chargeback_amount: Option<DecimalNumber>,
        /// The acquirer's reason code. Only a code of fraud is eligible.
        pub reason_code: Option<String>,
        /// The acquirer's reason as text.
        pub reason_description: Option<String>,
        /// The type of the notice.
        #[serde(rename = "type")]
        pub kind: Option<ChargebackType>,
        /// The merchant account at the gateway.
        pub mid: Option<String>,
        /// The acquirer reference number.
        pub arn: Option<String>,
        /// The card network.
        pub credit_card_company: Option<String>,
        /// The last day to contest.
        pub respond_by: Option<Rfc3339>,
        /// The fee in major units, as an exact decimal.
        pub fee_amount: Option<DecimalNumber>,
        /// The ISO 4217 code of the fee.
        pub fee_currency: Option<String>,
        /// The bank that issued the card.
        pub card_issuer: Option<String>,
        /// The payment gateway.
        pub gateway: Option<String>,
        /// The name of the cardholder.
        pub cardholder: Option<String>,
        /// The issuer's message.
        pub message: Option<String>,
    }
}

object_struct! {
    names = "snake_case";
    /// The dispute of a chargeback. Riskified expects another call when the status changes.
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct DisputeDetails {
        /// The id of the case at the issuer or the gateway.
        pub case_id: Option<String>,
        /// The status of the dispute.
        pub status: Option<DisputeStatus>,
        /// The time at which the dispute was sent.
        pub disputed_at: Option<Rfc3339>,
        /// The time of the expected decision.
        pub expected_resolution_date: Option<Rfc3339>,
        /// The round of the dispute.
        pub dispute_type: Option<DisputeType>,
        /// The phone number of the contact at the issuer.
        pub issuer_poc_phone_number: Option<String>,
    }
}

object_struct! {
    names = "snake_case";
    /// A delivery of goods.
    #[derive(Clone, Default, PartialEq)]
    #[non_exhaustive]
    pub struct Fulfillment {
        /// The merchant's id of the delivery.
        pub fulfillment_id: Option<String>,
        /// The time of the delivery.
        pub created_at: Option<Rfc3339>,
        /// The status of the delivery, such as `success`.
        pub status: Option<String>,
        /// The items, as JSON objects.
        pub line_items: Option<Vec<Value>>,
        /// The carrier.
        pub tracking_company: Option<String>,
        /// The tracking numbers, in one text.
        pub tracking_numbers: Option<String>,
        /// The addresses of the tracking pages, in one text.
        pub tracking_urls: Option<String>,
        /// A note.
        pub message: Option<String>,
        /// A receipt.
        pub receipt: Option<String>,
    }
}

impl Claim {
    /// Creates a claim for an order, without chargeback, delivery and dispute.
    pub fn new(order_id: impl Into<String>) -> Self {
        Self { order: ClaimOrder { id: order_id.into(), ..ClaimOrder::default() } }
    }

    /// Returns the rules that the claim breaks.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let mut violations = Vec::new();
        if self.order.id.is_empty() {
            violations.push(Violation::new("id", "required"));
        }
        if let Some(details) = &self.order.chargeback_details {
            let currencies =
                [("chargeback_currency", &details.chargeback_currency), ("fee_currency", &details.fee_currency)];
            for (name, currency) in currencies {
                violations.extend(check_currency(name, currency.as_deref()));
            }
        }
        violations
    }
}

/// Returns the violation of a currency that does not have three letters.
pub(super) fn check_currency(name: &'static str, currency: Option<&str>) -> Option<Violation> {
    let is_code = |code: &str| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    (!currency.is_none_or(is_code)).then(|| Violation::new(name, "must have three letters"))
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").field("order", &self.order).finish()
    }
}

impl fmt::Debug for ClaimOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClaimOrder")
            .field("chargeback_details", &self.chargeback_details)
            .field("dispute_details", &self.dispute_details)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ChargebackDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChargebackDetails")
            .field("id", &Presence::new(self.id.as_ref()))
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for DisputeDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DisputeDetails")
            .field("case_id", &Presence::new(self.case_id.as_ref()))
            .field("status", &self.status)
            .field("dispute_type", &self.dispute_type)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Fulfillment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fulfillment").finish_non_exhaustive()
    }
}
