//! The rows of `braintree`, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.

use crate::reason_codes::rows::rows;

rows! {
    "braintree";
    "cancelled_recurring_transaction", "Recurring payment cancelled", Consumer, CancelledRecurring, Reason, High,
        Current, "S8;S27", "";
    "credit_not_processed", "Credit not processed", Consumer, CreditNotProcessed, Reason, High, Current, "S8;S27", "";
    "duplicate", "Duplicate", Processing, Duplicate, Reason, High, Current, "S8;S27", "";
    "fraud", "Fraud", Fraud, FraudOther, Reason, High, Current, "S8;S27", "";
    "general", "General", Other, Other, Reason, High, Current, "S8;S27", "";
    "invalid_account", "Invalid account", Processing, ProcessingError, Reason, High, Current, "S8;S27", "";
    "not_recognized", "Not recognised", Fraud, Unrecognized, Reason, High, Current, "S8;S27", "";
    "product_not_received", "Not received", Consumer, NotReceived, Reason, High, Current, "S8;S27", "";
    "product_unsatisfactory", "Not satisfactory", Consumer, NotAsDescribed, Reason, High, Current, "S8;S27", "";
    "retrieval", "Retrieval request", Inquiry, Other, Reason, High, Current, "S8;S27", "";
    "transaction_amount_differs", "Amount differs", Processing, IncorrectAmount, Reason, High, Current, "S8;S27", "";
}
