//! The rows of `discover`, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.

use crate::reason_codes::rows::rows;

rows! {
    "discover";
    "05", "Good faith investigation", Inquiry, Other, Reason, Medium, Current, "S11", "";
    "4534", "Processed twice", Processing, Duplicate, Reason, High, Current, "S1;S13;S21", "four-digit form of DP";
    "4541", "Recurring payment cancelled", Consumer, CancelledRecurring, Reason, High, Current, "S1;S13",
        "four-digit form of AP";
    "4542", "Presented too late", Processing, LatePresentment, Reason, High, Current, "S1;S13", "four-digit form of LP";
    "4550", "Credit and debit mixed up", Processing, CreditNotProcessed, Reason, High, Current, "S1;S13",
        "four-digit form of CD";
    "4553", "Quality disputed", Consumer, NotAsDescribed, Reason, High, Current, "S1;S13", "four-digit form of RM";
    "4586", "Amount altered", Processing, IncorrectAmount, Reason, High, Current, "S1;S13", "four-digit form of AW";
    "4752", "Not recognised", Fraud, Unrecognized, Reason, High, Current, "S1;S13", "four-digit form of AA";
    "4753", "Invalid card number", Processing, ProcessingError, Reason, High, Current, "S1;S13",
        "four-digit form of IN";
    "4755", "Goods or services not received", Consumer, NotReceived, Reason, High, Current, "S1;S13",
        "four-digit form of RG";
    "4757", "Operating regulations violated", Other, Other, Reason, Medium, Current, "S1", "";
    "4762", "Good faith investigation", Inquiry, Other, Reason, High, Current, "S1;S13", "four-digit form of 05";
    "4863", "Authorization non-compliance", Authorization, Authorization, Reason, High, Current, "S1;S13",
        "four-digit form of AT. Same number on Mastercard means not recognised";
    "4864", "Cash not received at ATM", Consumer, NotReceived, Reason, High, Current, "S1;S13", "four-digit form of NF";
    "4865", "Paid by other means", Consumer, Duplicate, Reason, High, Current, "S1;S13", "four-digit form of PM";
    "4866", "Fraud, counterfeit chip", Fraud, FraudCardPresent, Reason, High, Current, "S1;S13",
        "four-digit form of UA05";
    "4867", "Fraud, chip and PIN", Fraud, FraudCardPresent, Reason, High, Current, "S1;S13", "four-digit form of UA06";
    "6005", "Documents requested: cardholder dispute", Inquiry, Other, Reason, Medium, Current, "S1", "";
    "6021", "Documents requested", Inquiry, Other, Reason, Medium, Current, "S1", "";
    "6040", "Good faith investigation request", Inquiry, Other, Reason, Medium, Current, "S1", "";
    "6041", "Documents requested: fraud analysis", Inquiry, FraudOther, Reason, Medium, Current, "S1", "";
    "6050", "Dispute compliance request", Inquiry, Other, Reason, Medium, Current, "S1", "";
    "7010", "Fraud, card present", Fraud, FraudCardPresent, Reason, High, Current, "S1;S13;S21",
        "four-digit form of UA01; S21 (old) gives no authorization";
    "7030", "Fraud, card not present", Fraud, FraudCardAbsent, Reason, High, Current, "S1;S13",
        "four-digit form of UA02";
    "8002", "Credit not processed", Consumer, CreditNotProcessed, Reason, High, Current, "S1;S13;S21",
        "four-digit form of RN2";
    "AA", "Not recognised", Fraud, Unrecognized, Reason, High, Current, "S4;S5;S6;S11;S17",
        "S4 and S6 put it under fraud, S11 under services";
    "AL", "Airline transaction dispute", Consumer, NotReceived, Reason, Medium, Retired, "S17", "";
    "AP", "Recurring payment cancelled", Consumer, CancelledRecurring, Reason, High, Current, "S4;S5;S11", "";
    "AT", "Authorization non-compliance", Authorization, Authorization, Reason, High, Current, "S4;S5;S6;S11", "";
    "AW", "Amount altered", Processing, IncorrectAmount, Reason, High, Current, "S4;S5;S11", "";
    "CA", "Cash advance dispute", Consumer, IncorrectAmount, Reason, Medium, Retired, "S17", "";
    "CD", "Credit and debit mixed up", Processing, CreditNotProcessed, Reason, High, Current, "S4;S5;S6;S11;S17",
        "usually a refund posted as a sale";
    "CR", "Reservation cancelled", Consumer, CancelledGoodsServices, Reason, Medium, Retired, "S5", "";
    "DA", "Authorization declined", Authorization, Authorization, Reason, High, Retired, "S4;S5;S6;S17;S21",
        "merged into AT in newer lists";
    "DC", "Dispute compliance", Other, Other, Reason, Medium, Current, "S11", "";
    "DP", "Processed twice", Processing, Duplicate, Reason, High, Current, "S4;S5;S11;S17;S21", "";
    "DP1", "ATM processed twice", Processing, Duplicate, Reason, Low, Retired, "S21", "one source";
    "EX", "Expired card", Authorization, Authorization, Reason, High, Retired, "S4;S5;S6;S17",
        "merged into AT in newer lists";
    "IC", "Sales data illegible", Processing, NoReply, Reason, High, Retired, "S4;S5;S17", "";
    "IN", "Invalid card number", Processing, ProcessingError, Reason, High, Current, "S4;S5;S6;S11;S17;S21", "";
    "LP", "Presented too late", Processing, LatePresentment, Reason, High, Current, "S4;S5;S6;S11;S17", "";
    "N", "ATM: no cash", Consumer, NotReceived, Reason, Medium, Retired, "S17", "";
    "NA", "No authorization", Authorization, Authorization, Reason, High, Retired, "S4;S5;S6;S17;S21",
        "merged into AT in newer lists";
    "NC", "Not classified", Other, Other, Reason, High, Retired, "S4;S5;S17", "";
    "NF", "Cash not received at ATM", Consumer, NotReceived, Reason, High, Current, "S4;S5;S11", "";
    "P", "ATM: part of the cash", Consumer, NotReceived, Reason, Medium, Retired, "S17", "";
    "PM", "Paid by other means", Consumer, Duplicate, Reason, High, Current, "S4;S5;S11", "";
    "RG", "Goods or services not received", Consumer, NotReceived, Reason, High, Current, "S4;S5;S11;S17", "";
    "RM", "Quality disputed", Consumer, NotAsDescribed, Reason, High, Current, "S4;S5;S11;S17", "";
    "RN", "Credit not received (older form)", Consumer, CreditNotProcessed, Reason, Medium, Retired, "S17", "";
    "RN1", "Additional credit requested", Consumer, CreditNotProcessed, Reason, Low, Retired, "own knowledge",
        "not confirmed in any source seen";
    "RN2", "Credit not processed", Consumer, CreditNotProcessed, Reason, High, Current, "S4;S5;S11;S17", "";
    "SV", "No authorization reply for a gift card", Authorization, Authorization, Reason, Low, Retired, "S21",
        "one source";
    "UA01", "Fraud, card present", Fraud, FraudCardPresent, Reason, High, Current, "S4;S5;S6;S11",
        "older lists (S17 S21) use UA01 for missing authorization";
    "UA02", "Fraud, card not present", Fraud, FraudCardAbsent, Reason, High, Current, "S4;S5;S6;S11",
        "older lists (S17 S21) use UA02 for declined authorization";
    "UA05", "Fraud, counterfeit chip", Fraud, FraudCardPresent, Reason, High, Current, "S4;S5;S6;S11", "";
    "UA06", "Fraud, chip and PIN", Fraud, FraudCardPresent, Reason, High, Current, "S4;S5;S6;S11", "";
    "UA10", "Receipt requested, swiped", Inquiry, FraudCardPresent, Reason, High, Retired, "S4;S6;S17", "";
    "UA11", "Fraud claim, swiped without signature", Fraud, FraudCardPresent, Reason, High, Retired, "S4;S6;S17", "";
    "UA12", "Swiped, signature invalid", Fraud, FraudCardPresent, Reason, Medium, Retired, "S17", "";
    "UA18", "Swiped, documents illegible", Inquiry, NoReply, Reason, Medium, Retired, "S17", "";
    "UA20", "Documents requested, keyed", Inquiry, FraudOther, Reason, Medium, Retired, "S17", "";
    "UA30", "Documents requested, card not present", Inquiry, FraudCardAbsent, Reason, Medium, Retired, "S17", "";
}
