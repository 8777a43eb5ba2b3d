//! The rows of `thirdwatch`, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.

use crate::reason_codes::rows::rows;

rows! {
    "thirdwatch";
    "_duplicate", "Duplicate", Processing, Duplicate, Reason, High, Current, "S29", "";
    "_fraud", "Fraud", Fraud, FraudOther, Reason, High, Current, "S29", "";
    "_other", "Other", Other, Other, Reason, High, Current, "S29", "";
    "_product_not_received", "Not received", Consumer, NotReceived, Reason, High, Current, "S29", "";
    "_product_unacceptable", "Not acceptable", Consumer, NotAsDescribed, Reason, High, Current, "S29", "";
}
