//! The rows of `stripe`, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.

use crate::reason_codes::rows::rows;

rows! {
    "stripe";
    "bank_cannot_process", "Bank cannot process (debit)", Processing, ProcessingError, Reason, High, Current, "S23;S24",
        "";
    "check_returned", "Cheque returned", Processing, ProcessingError, Reason, High, Current, "S23;S24", "";
    "credit_not_processed", "Credit not processed", Consumer, CreditNotProcessed, Reason, High, Current, "S23;S24", "";
    "customer_initiated", "Customer asked the bank (debit)", Consumer, Other, Reason, High, Current, "S23;S24", "";
    "debit_not_authorized", "Debit not authorised", Fraud, FraudOther, Reason, High, Current, "S23;S24", "";
    "duplicate", "Duplicate", Processing, Duplicate, Umbrella, High, Current, "S23;S24",
        "also carries every Mastercard 4834 sub-reason";
    "fraudulent", "Fraudulent", Fraud, FraudOther, Umbrella, High, Current, "S23;S24",
        "use the network code first: it states card present or absent";
    "general", "General", Other, Other, Umbrella, High, Current, "S23;S24",
        "carries authorization and processing codes; use the network code first";
    "incorrect_account_details", "Wrong account details", Processing, ProcessingError, Reason, High, Current, "S23;S24",
        "";
    "insufficient_funds", "Not enough funds", Processing, ProcessingError, Reason, High, Current, "S23;S24", "";
    "noncompliant", "Network rule case", Other, Other, Reason, High, Current, "S23;S24", "";
    "product_not_received", "Not received", Consumer, NotReceived, Reason, High, Current, "S23;S24", "";
    "product_unacceptable", "Not acceptable", Consumer, NotAsDescribed, Umbrella, High, Current, "S23;S24",
        "also carries every Mastercard 4853 sub-reason, counterfeit and misrepresentation";
    "subscription_canceled", "Subscription cancelled", Consumer, CancelledRecurring, Reason, High, Current, "S23;S24",
        "";
    "unrecognized", "Not recognised", Fraud, Unrecognized, Reason, High, Current, "S23;S24", "";
}
