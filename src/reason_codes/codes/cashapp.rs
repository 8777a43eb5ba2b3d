//! The rows of `cashapp`, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.

use crate::reason_codes::rows::rows;

rows! {
    "cashapp";
    "CD10", "Services cancelled", Consumer, CancelledGoodsServices, Reason, Medium, Current, "S1", "";
    "CD11", "Differs from what was agreed", Consumer, NotAsDescribed, Reason, Medium, Current, "S1", "";
    "CD12", "Not received", Consumer, NotReceived, Reason, Medium, Current, "S1", "";
    "CD13", "Cancelled or returned, no refund", Consumer, CreditNotProcessed, Reason, Medium, Current, "S1", "";
    "FR10", "Customer does not know the payment", Fraud, Unrecognized, Reason, Medium, Current, "S1", "";
    "FR11", "Customer does not know the payment, liability on merchant", Fraud, FraudOther, Reason, Medium, Current,
        "S1", "Stripe category unrecognized";
    "PE10", "Processed twice", Processing, Duplicate, Reason, Medium, Current, "S1", "";
    "PE11", "Amount differs", Processing, IncorrectAmount, Reason, Medium, Current, "S1", "";
    "PE12", "Paid by other means", Processing, Duplicate, Reason, Medium, Current, "S1", "";
}
