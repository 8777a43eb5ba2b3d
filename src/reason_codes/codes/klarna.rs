//! The rows of `klarna`, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.

use crate::reason_codes::rows::rows;

rows! {
    "klarna";
    "Already paid", "Paid already", Processing, Duplicate, Reason, Medium, Current, "S1", "";
    "Faulty goods", "Faulty", Consumer, NotAsDescribed, Reason, Medium, Current, "S1", "";
    "Goods not received", "Not received", Consumer, NotReceived, Reason, Medium, Current, "S1", "";
    "High risk order", "High risk order", Other, Other, Reason, Medium, Current, "S1", "";
    "Incorrect invoice", "Wrong invoice", Processing, IncorrectAmount, Reason, Medium, Current, "S1", "";
    "Pandemic impact", "Pandemic", Other, Other, Reason, Medium, Current, "S1", "";
    "Return", "Return not credited", Consumer, CreditNotProcessed, Reason, Medium, Current, "S1", "";
    "Unauthorized purchase", "Unauthorised", Fraud, FraudCardAbsent, Reason, Medium, Current, "S1", "";
}
