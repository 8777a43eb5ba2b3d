//! The rows of `paypal`, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.

use crate::reason_codes::rows::rows;

rows! {
    "paypal";
    "CANCELED_RECURRING_BILLING", "Recurring payment cancelled", Consumer, CancelledRecurring, Reason, High, Current,
        "S22;S1", "";
    "CREDIT_NOT_PROCESSED", "Credit not processed", Consumer, CreditNotProcessed, Reason, High, Current, "S22;S1", "";
    "DUPLICATE_TRANSACTION", "Duplicate", Processing, Duplicate, Reason, High, Current, "S22;S1", "";
    "INCORRECT_AMOUNT", "Wrong amount", Processing, IncorrectAmount, Reason, High, Current, "S22;S1",
        "the Stripe table row puts it under unrecognized; likely a layout slip";
    "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED", "Not as described", Consumer, NotAsDescribed, Reason, High, Current,
        "S22;S1", "";
    "MERCHANDISE_OR_SERVICE_NOT_RECEIVED", "Goods or services not received", Consumer, NotReceived, Reason, High,
        Current, "S22;S1", "";
    "OTHER", "Other", Other, Other, Reason, High, Current, "S22;S1", "";
    "PAYMENT_BY_OTHER_MEANS", "Paid by other means", Processing, Duplicate, Reason, High, Current, "S22;S1", "";
    "PROBLEM_WITH_REMITTANCE", "Problem with the remittance", Processing, ProcessingError, Reason, High, Current,
        "S22;S1", "";
    "UNAUTHORISED", "Unauthorised payment", Fraud, FraudCardAbsent, Reason, High, Current, "S22;S1",
        "wallet payment, always remote";
}
