//! The rows of `pipwave`, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.

use crate::reason_codes::rows::rows;

rows! {
    "pipwave";
    "non_receipt", "Not received", Consumer, NotReceived, Reason, High, Current, "S30", "";
    "not_as_described", "Not as described", Consumer, NotAsDescribed, Reason, High, Current, "S30", "";
    "others", "Other", Other, Other, Reason, High, Current, "S30", "plural form";
    "unauthorized", "Unauthorised", Fraud, FraudOther, Reason, High, Current, "S30", "";
}
