//! The rows of `spade`, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.

use crate::reason_codes::rows::rows;

rows! {
    "spade";
    "card_not_present", "Fraud type: card not present", Fraud, FraudCardAbsent, Reason, High, Current, "S31", "";
    "card_testing", "Fraud type: card testing", Fraud, FraudCardAbsent, Reason, High, Current, "S31",
        "presence is inferred";
    "chargeback_fraud", "Fraud type: abusive chargeback", Fraud, Other, Reason, High, Current, "S31",
        "friendly fraud; do not use for a stolen card";
    "counterfeit_card", "Fraud type: counterfeit card", Fraud, FraudCardPresent, Reason, High, Current, "S31", "";
    "merchant_fraud", "Fraud type: merchant fraud", Fraud, Other, Reason, High, Current, "S31",
        "the merchant is the fraudster; issuer vocabulary";
    "none", "Fraud type: none", Other, Other, Reason, High, Current, "S31", "avoid: only allowed when isFraud is true";
    "other", "Fraud type: other", Fraud, FraudOther, Reason, High, Current, "S31", "";
    "phishing", "Fraud type: phishing", Fraud, FraudCardAbsent, Reason, High, Current, "S31", "presence is inferred";
    "stolen_card", "Fraud type: stolen card", Fraud, FraudCardPresent, Reason, High, Current, "S31",
        "presence is inferred";
    "unknown", "Fraud type: unknown", Fraud, FraudOther, Reason, High, Current, "S31", "";
}
