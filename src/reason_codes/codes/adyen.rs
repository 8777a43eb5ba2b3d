//! The rows of `adyen`, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.

use crate::reason_codes::rows::rows;

rows! {
    "adyen";
    "(chargebackReasonCode)", "Acquiring webhooks carry the card network code itself", Other, Other, NoCode, High,
        Current, "S26",
        "not a code: look up the value under the network named by chargebackSchemeCode (visa, mc, amex, discover, \
        diners, jcb ...); trim spaces first";
    "duplicate", "Issuing platform dispute type: duplicate", Processing, Duplicate, Reason, Medium, Current, "S25", "";
    "fraud", "Issuing platform dispute type: fraud", Fraud, FraudOther, Reason, Medium, Current, "S25", "";
    "notDelivered", "Issuing platform dispute type: not delivered", Consumer, NotReceived, Reason, Medium, Current,
        "S25", "";
    "other", "Issuing platform dispute type: other", Other, Other, Reason, Medium, Current, "S25", "";
}
