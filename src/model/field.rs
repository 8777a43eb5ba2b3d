//! The names of a chargeback's fields, for losses and capabilities.

use crate::util::string_enum::string_enum;

string_enum! {
    path = "chargeback";
    /// The name of a field of [`Chargeback`](crate::Chargeback), used by losses and capabilities.
    pub enum Field {
        /// [`Chargeback::case_id`](crate::Chargeback::case_id).
        CaseId = "case_id",
        /// [`Chargeback::stage`](crate::Chargeback::stage).
        Stage = "stage",
        /// [`Chargeback::occurred_at`](crate::Chargeback::occurred_at).
        OccurredAt = "occurred_at",
        /// [`Chargeback::reason`](crate::Chargeback::reason).
        Reason = "reason",
        /// [`Chargeback::network_code`](crate::Chargeback::network_code).
        NetworkCode = "network_code",
        /// The number of [`Chargeback::amount`](crate::Chargeback::amount).
        Amount = "amount",
        /// The currency of [`Chargeback::amount`](crate::Chargeback::amount).
        Currency = "currency",
        /// [`Payment::order_id`](crate::Payment::order_id).
        OrderId = "payment.order_id",
        /// [`Payment::transaction_id`](crate::Payment::transaction_id).
        TransactionId = "payment.transaction_id",
        /// [`Payment::gateway_transaction_id`](crate::Payment::gateway_transaction_id).
        GatewayTransactionId = "payment.gateway_transaction_id",
        /// [`Payment::user_id`](crate::Payment::user_id).
        UserId = "payment.user_id",
        /// [`Payment::session_id`](crate::Payment::session_id).
        SessionId = "payment.session_id",
        /// [`Chargeback::opened_at`](crate::Chargeback::opened_at).
        OpenedAt = "opened_at",
        /// [`Chargeback::received_at`](crate::Chargeback::received_at).
        ReceivedAt = "received_at",
        /// [`Chargeback::due_by`](crate::Chargeback::due_by).
        DueBy = "due_by",
        /// [`Chargeback::processor`](crate::Chargeback::processor).
        Processor = "processor",
        /// [`Chargeback::arn`](crate::Chargeback::arn).
        Arn = "arn",
        /// [`Chargeback::case_number`](crate::Chargeback::case_number).
        CaseNumber = "case_number",
        /// [`Chargeback::notes`](crate::Chargeback::notes).
        Notes = "notes",
        /// [`Chargeback::metadata`](crate::Chargeback::metadata).
        Metadata = "metadata",
        /// [`Chargeback::fraud`](crate::Chargeback::fraud).
        Fraud = "fraud",
        /// [`Chargeback::representment`](crate::Chargeback::representment).
        Representment = "representment",
    }
}
