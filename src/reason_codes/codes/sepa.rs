//! The rows of `sepa`, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.

use crate::reason_codes::rows::rows;

rows! {
    "sepa";
    "AC01", "Account number wrong", Processing, ProcessingError, Reason, High, Current, "S18;S19",
        "direct debit: no defence process";
    "AC04", "Account closed", Processing, ProcessingError, Reason, High, Current, "S18;S19",
        "direct debit: no defence process";
    "AC06", "Account blocked", Processing, ProcessingError, Reason, High, Current, "S18;S19",
        "direct debit: no defence process";
    "AG01", "Direct debit forbidden on this account", Processing, ProcessingError, Reason, Medium, Current, "S19",
        "direct debit: no defence process";
    "AM04", "Not enough funds", Processing, ProcessingError, Reason, Medium, Current, "S18",
        "direct debit: no defence process";
    "AM05", "Duplicate", Processing, Duplicate, Reason, Medium, Current, "S18", "direct debit: no defence process";
    "MD01", "No mandate", Fraud, FraudOther, Reason, Low, Current, "own knowledge",
        "not in the excerpts seen; direct debit: no defence process";
    "MD06", "Refund requested by the debtor", Consumer, Other, Reason, Medium, Current, "S18",
        "no-questions refund within eight weeks; direct debit: no defence process";
    "MD07", "Debtor deceased", Other, Other, Reason, Medium, Current, "S18", "direct debit: no defence process";
    "MS02", "Refusal by the debtor", Consumer, Other, Reason, Medium, Current, "S18",
        "direct debit: no defence process";
    "MS03", "Reason not given by the bank", Other, Other, Reason, Medium, Current, "S18",
        "direct debit: no defence process";
}
