//! The rows of `sift`, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.

use crate::reason_codes::rows::rows;

rows! {
    "sift";
    "$duplicate", "Duplicate", Processing, Duplicate, Reason, Medium, Current, "S28", "";
    "$fraud", "Fraud", Fraud, FraudOther, Reason, Medium, Current, "S28", "";
    "$other", "Other", Other, Other, Reason, Medium, Current, "S28", "";
    "$product_not_received", "Not received", Consumer, NotReceived, Reason, Medium, Current, "S28", "";
    "$product_unacceptable", "Not acceptable", Consumer, NotAsDescribed, Reason, Medium, Current, "S28", "";
}
