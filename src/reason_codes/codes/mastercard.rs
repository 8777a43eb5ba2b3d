//! The rows of `mastercard`, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.

use crate::reason_codes::rows::rows;

rows! {
    "mastercard";
    "4801", "Requested transaction data not received", Inquiry, NoReply, Reason, Medium, Retired, "S15",
        "retired; no successor";
    "4802", "Requested data illegible or missing", Inquiry, NoReply, Reason, Medium, Retired, "S15",
        "retired; no successor";
    "4807", "Warning bulletin", Authorization, Authorization, Reason, High, Retired, "S1;S4;S5;S7;S12;S15",
        "merged into 4808; Stripe marks it deprecated";
    "4808", "Authorization-related chargeback", Authorization, Authorization, Umbrella, High, Current,
        "S1;S4;S5;S6;S7;S12;S15",
        "umbrella: required authorization missing, expired protection period, several authorizations, terminal type \
        3, older 4807 and 4812";
    "4812", "Account number not on file", Authorization, Authorization, Reason, High, Retired, "S1;S4;S5;S12;S15",
        "merged into 4808";
    "4831", "Amount differs", Processing, IncorrectAmount, Reason, High, Retired, "S1;S5;S12;S15", "merged into 4834";
    "4834", "Point-of-interaction error", Processing, Duplicate, Umbrella, High, Current, "S1;S4;S5;S6;S12;S15;S16",
        "umbrella: amount differs, late presentment, duplicate or paid by other means, currency conversion, ATM, \
        loss or damage, surcharge. Use the message text to refine";
    "4835", "Card not valid or expired", Authorization, Authorization, Reason, Medium, Retired, "S5;S15",
        "S5 gives another title (card not present); S15 text used";
    "4837", "No cardholder authorization", Fraud, FraudOther, Umbrella, High, Current, "S1;S4;S5;S6;S7;S12;S14;S15;S16",
        "does not state card presence; mostly card absent because chip cases have 4870 and 4871. Refine with the \
        sales channel if known";
    "4840", "Fraudulent processing of transactions", Fraud, FraudCardPresent, Reason, High, Retired,
        "S1;S5;S6;S7;S12;S15", "still listed by S6 and S7; Stripe calls it a bad code";
    "4841", "Cancelled recurring or digital goods", Consumer, CancelledRecurring, Reason, High, Retired,
        "S1;S5;S12;S15", "merged into 4853";
    "4842", "Late presentment", Processing, LatePresentment, Reason, High, Retired, "S1;S5;S12;S15",
        "merged into 4834; Stripe marks it deprecated";
    "4846", "Currency not provided or wrong", Processing, ProcessingError, Reason, High, Retired, "S1;S5;S12;S15",
        "merged into 4834; Stripe marks it deprecated";
    "4847", "Required authorization missing and fraud", Fraud, FraudOther, Reason, Medium, Retired, "S15", "retired";
    "4849", "Questionable merchant activity", Fraud, FraudOther, Reason, High, Current, "S1;S4;S5;S6;S7;S12;S14;S15",
        "";
    "4850", "Instalment billing dispute", Processing, IncorrectAmount, Reason, Medium, Current, "S4;S5;S6;S14",
        "participating countries only. An old list (S15) used 4850 for credit posted as purchase";
    "4853", "Cardholder dispute", Consumer, NotAsDescribed, Umbrella, High, Current, "S1;S4;S5;S6;S12;S14;S15;S16",
        "umbrella: not received, not as described, counterfeit, credit not processed, recurring, digital goods, \
        no-show, addendum, timeshare. Use the message text to refine";
    "4854", "Cardholder dispute not classified elsewhere (United States)", Consumer, NotAsDescribed, Reason, High,
        Current, "S4;S5;S14;S15", "region limited";
    "4855", "Goods or services not provided", Consumer, NotReceived, Reason, High, Retired, "S1;S5;S12;S16",
        "merged into 4853; issuers must use 4853";
    "4857", "Card-activated telephone transaction", Processing, ProcessingError, Reason, Low, Retired, "S5", "retired";
    "4859", "Addendum, no-show or ATM dispute", Consumer, CancelledGoodsServices, Umbrella, High, Retired,
        "S1;S4;S5;S12",
        "merged into 4853 (addendum, no-show) and 4834 (ATM); a German domestic variant means services refused";
    "4860", "Credit not processed", Consumer, CreditNotProcessed, Reason, High, Retired, "S1;S4;S12",
        "merged into 4853";
    "4862", "Counterfeit magnetic stripe at point of sale", Fraud, FraudCardPresent, Reason, Low, Retired,
        "own knowledge", "retired";
    "4863", "Not recognised, possible fraud", Fraud, Unrecognized, Reason, High, Retired, "S1;S5;S6;S7;S12;S16",
        "merged into 4837. Same number on Discover means authorization non-compliance";
    "4870", "Chip liability shift, counterfeit", Fraud, FraudCardPresent, Reason, High, Current, "S1;S4;S5;S6;S12;S14",
        "";
    "4871", "Chip liability shift, lost or stolen or never received", Fraud, FraudCardPresent, Reason, High, Current,
        "S1;S4;S5;S6;S12;S14", "";
    "4901", "Second presentment lacks required documents", Other, Other, SecondCycle, Medium, Current, "S1",
        "second-cycle (documentation) code, not a cardholder reason";
    "4902", "Second presentment documents illegible", Other, Other, SecondCycle, Medium, Current, "S1",
        "second-cycle (documentation) code, not a cardholder reason";
    "4903", "Scanning error in documents", Other, Other, SecondCycle, Medium, Current, "S1",
        "second-cycle (documentation) code, not a cardholder reason";
    "4905", "Acquirer reference data invalid", Other, Other, SecondCycle, Medium, Current, "S1",
        "second-cycle (documentation) code, not a cardholder reason";
    "4908", "Acquirer reference data invalid, documents received", Other, Other, SecondCycle, Medium, Current, "S1",
        "second-cycle (documentation) code, not a cardholder reason";
    "4968", "Unknown code seen by Stripe", Other, Other, Reason, Low, Unknown, "S1",
        "Stripe marks it as needing investigation";
    "4999", "Domestic dispute under local rules (Europe)", Other, Other, Umbrella, Medium, Current, "S6",
        "meaning depends on the country";
    "6305", "Request: amount disputed", Inquiry, IncorrectAmount, Reason, Medium, Current, "S1", "retrieval request";
    "6321", "Request: transaction not recognised", Inquiry, Unrecognized, Reason, Medium, Current, "S1",
        "retrieval request";
    "6322", "Request: chip transaction certificate", Inquiry, Other, Reason, Medium, Current, "S1", "retrieval request";
    "6323", "Request: cardholder needs the data", Inquiry, Other, Reason, Medium, Current, "S1", "retrieval request";
    "6341", "Request: fraud investigation", Inquiry, FraudOther, Reason, Medium, Current, "S1", "retrieval request";
    "6342", "Request: chargeback or compliance papers", Inquiry, Other, Reason, Medium, Current, "S1",
        "retrieval request";
    "6343", "Request: health card audit", Inquiry, Other, Reason, Medium, Current, "S1", "retrieval request";
    "6390", "Request: syntax error return", Inquiry, Other, Reason, Medium, Current, "S1", "retrieval request";
}
