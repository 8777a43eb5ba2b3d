//! The rows of `ravelin`, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.

use crate::reason_codes::rows::rows;

rows! {
    "ravelin";
    "CREDIT_NOT_PROCESSED", "Credit not processed", Consumer, CreditNotProcessed, Reason, Medium, Current, "S32", "";
    "DUPLICATE", "Duplicate", Processing, Duplicate, Reason, Medium, Current, "S32", "";
    "FRAUDULENT", "Fraud", Fraud, FraudOther, Reason, Medium, Current, "S32", "";
    "GENERAL", "General", Other, Other, Reason, Medium, Current, "S32", "";
    "PRODUCT_NOT_RECEIVED", "Not received", Consumer, NotReceived, Reason, Medium, Current, "S32", "";
    "PRODUCT_UNACCEPTABLE", "Not acceptable", Consumer, NotAsDescribed, Reason, Medium, Current, "S32", "";
    "SUBSCRIPTION_CANCELLED", "Subscription cancelled", Consumer, CancelledRecurring, Reason, Medium, Current, "S32",
        "";
    "UNRECOGNISED", "Not recognised", Fraud, Unrecognized, Reason, Medium, Current, "S32", "";
}
