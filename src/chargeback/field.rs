//! The fields of the model by name, so that a loss can say which one it is.

use super::{Chargeback, Data};
use crate::words::closed_words;

closed_words! {
    /// A field of [`Chargeback`], as losses and capabilities name it.
    pub enum Field {
        /// [`Chargeback::case_id`].
        CaseId = "case_id",
        /// [`Chargeback::stage`].
        Stage = "stage",
        /// [`Chargeback::occurred_at`].
        OccurredAt = "occurred_at",
        /// [`Chargeback::reason`].
        Reason = "reason",
        /// [`Chargeback::network_code`].
        NetworkCode = "network_code",
        /// The number of [`Chargeback::amount`].
        Amount = "amount",
        /// The currency of [`Chargeback::amount`].
        Currency = "currency",
        /// [`Payment::order_id`](super::Payment::order_id).
        OrderId = "payment.order_id",
        /// [`Payment::transaction_id`](super::Payment::transaction_id).
        TransactionId = "payment.transaction_id",
        /// [`Payment::gateway_transaction_id`](super::Payment::gateway_transaction_id).
        GatewayTransactionId = "payment.gateway_transaction_id",
        /// [`Payment::user_id`](super::Payment::user_id).
        UserId = "payment.user_id",
        /// [`Payment::session_id`](super::Payment::session_id).
        SessionId = "payment.session_id",
        /// [`Chargeback::opened_at`].
        OpenedAt = "opened_at",
        /// [`Chargeback::received_at`].
        ReceivedAt = "received_at",
        /// [`Chargeback::due_by`].
        DueBy = "due_by",
        /// [`Chargeback::processor`].
        Processor = "processor",
        /// [`Chargeback::arn`].
        Arn = "arn",
        /// [`Chargeback::case_number`].
        CaseNumber = "case_number",
        /// [`Chargeback::notes`].
        Notes = "notes",
        /// [`Chargeback::metadata`].
        Metadata = "metadata",
        /// [`Chargeback::fraud`].
        Fraud = "fraud",
        /// [`Chargeback::representment`].
        Representment = "representment",
    }
}

impl Chargeback {
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
