//! The rows of `visa`, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.

use crate::reason_codes::rows::rows;

rows! {
    "visa";
    "10.1", "Fraud: counterfeit copy of a chip card, terminal liability shift", Fraud, FraudCardPresent, Reason, High,
        Current, "S1;S4;S5;S7;S9;S20", "";
    "10.2", "Fraud: lost or stolen chip card, terminal liability shift", Fraud, FraudCardPresent, Reason, High, Current,
        "S1;S4;S5;S7;S9;S20", "";
    "10.3", "Fraud: other, card present", Fraud, FraudCardPresent, Reason, High, Current, "S1;S4;S5;S7;S9;S20", "";
    "10.4", "Fraud: other, card absent", Fraud, FraudCardAbsent, Reason, High, Current, "S1;S4;S5;S7;S9;S20", "";
    "10.5", "Fraud: merchant in the Visa fraud monitoring programme", Fraud, FraudOther, Reason, High, Current,
        "S1;S4;S5;S7;S9;S20", "does not state card presence";
    "11.1", "Account listed in the card recovery bulletin", Authorization, Authorization, Reason, High, Current,
        "S1;S4;S5;S7;S9;S20", "";
    "11.2", "Authorization had been declined", Authorization, Authorization, Reason, High, Current,
        "S1;S4;S5;S7;S9;S20", "";
    "11.3", "No valid authorization", Authorization, Authorization, Reason, High, Current, "S1;S4;S5;S7;S9;S20", "";
    "12.1", "Presented too late", Processing, LatePresentment, Reason, High, Current, "S1;S4;S5;S7;S9;S20", "";
    "12.2", "Wrong transaction code", Processing, ProcessingError, Reason, High, Current, "S1;S4;S5;S7;S9", "";
    "12.3", "Wrong currency", Processing, ProcessingError, Reason, High, Current, "S1;S4;S5;S7;S9", "";
    "12.4", "Wrong account number", Processing, ProcessingError, Reason, High, Current, "S1;S4;S5;S7;S9", "";
    "12.5", "Wrong amount", Processing, IncorrectAmount, Reason, High, Current, "S1;S4;S5;S7;S9", "";
    "12.6", "Duplicate or paid by other means (parent code)", Processing, Duplicate, Reason, High, Current, "S7;S9",
        "some processors send only the parent";
    "12.6.1", "Processed twice", Processing, Duplicate, Reason, High, Current, "S1;S4;S5", "";
    "12.6.2", "Paid by other means", Processing, Duplicate, Reason, High, Current, "S1;S4;S5", "";
    "12.7", "Invalid data in the transaction", Processing, ProcessingError, Reason, High, Current, "S1;S4;S5;S7", "";
    "13.1", "Goods or services not received", Consumer, NotReceived, Reason, High, Current, "S1;S4;S5;S7", "";
    "13.2", "Recurring payment was cancelled", Consumer, CancelledRecurring, Reason, High, Current, "S1;S4;S5;S7", "";
    "13.3", "Not as described or defective", Consumer, NotAsDescribed, Reason, High, Current, "S1;S4;S5;S7", "";
    "13.4", "Counterfeit goods", Consumer, CounterfeitMerchandise, Reason, High, Current, "S1;S4;S5;S7", "";
    "13.5", "Terms of sale misrepresented", Consumer, Misrepresentation, Reason, High, Current, "S1;S4;S5;S7", "";
    "13.6", "Refund promised but not processed", Consumer, CreditNotProcessed, Reason, High, Current, "S1;S4;S5;S7", "";
    "13.7", "Goods or services cancelled or returned", Consumer, CancelledGoodsServices, Reason, High, Current,
        "S1;S4;S5;S7", "Stripe groups it with credit not processed";
    "13.8", "Original credit not accepted", Consumer, Other, Reason, High, Current, "S1;S4;S5;S7", "";
    "13.9", "Cash or load value not received", Consumer, NotReceived, Reason, High, Current, "S1;S4;S5;S7", "";
    "28", "Retrieval: copy with signature requested", Inquiry, Other, Reason, Medium, Current, "S1", "";
    "30", "Retrieval: cardholder asks for a copy; before 2018 a chargeback for non-receipt", Inquiry, Other, Umbrella,
        Medium, Ambiguous, "S16;S1",
        "same number had two meanings: current retrieval request (S1) and pre-2018 chargeback \"not received\" \
        (S16). Decide by dispute stage";
    "33", "Retrieval: copy for fraud analysis", Inquiry, FraudOther, Reason, Medium, Current, "S1", "";
    "34", "Retrieval: copy for legal process", Inquiry, Other, Reason, Medium, Current, "S1", "";
    "41", "Recurring payment was cancelled", Consumer, CancelledRecurring, Reason, Medium, Retired, "S16",
        "retired April 2018 by Visa Claims Resolution; nearest current 13.2";
    "53", "Not as described or defective", Consumer, NotAsDescribed, Reason, Medium, Retired, "S16",
        "retired April 2018 by Visa Claims Resolution; nearest current 13.3";
    "57", "Several fraudulent transactions", Fraud, FraudCardPresent, Reason, Medium, Retired, "S9",
        "retired April 2018 by Visa Claims Resolution; nearest current 10.3";
    "62", "Counterfeit transaction", Fraud, FraudCardPresent, Reason, Medium, Retired, "S9",
        "retired April 2018 by Visa Claims Resolution; nearest current 10.1";
    "70", "Card recovery bulletin or exception file", Authorization, Authorization, Reason, Medium, Retired, "S9",
        "retired April 2018 by Visa Claims Resolution; nearest current 11.1";
    "71", "Authorization had been declined", Authorization, Authorization, Reason, Medium, Retired, "S9",
        "retired April 2018 by Visa Claims Resolution; nearest current 11.2";
    "72", "No authorization", Authorization, Authorization, Reason, Medium, Retired, "S9",
        "retired April 2018 by Visa Claims Resolution; nearest current 11.3";
    "73", "Expired card", Authorization, Authorization, Reason, Medium, Retired, "S9",
        "retired April 2018 by Visa Claims Resolution; nearest current 11.3";
    "74", "Late presentment", Processing, LatePresentment, Reason, Low, Retired, "S9",
        "retired April 2018 by Visa Claims Resolution; nearest current 12.1. S9 prints 74 as service code \
        violation, which other lists give to 78: conflict";
    "75", "Transaction not recognised", Fraud, Unrecognized, Reason, High, Retired, "S9;S16",
        "retired April 2018 by Visa Claims Resolution; nearest current 10.4";
    "76", "Wrong currency or transaction code", Processing, ProcessingError, Reason, Low, Retired, "own knowledge",
        "retired April 2018 by Visa Claims Resolution; nearest current 12.2 or 12.3";
    "77", "Account number does not match", Processing, ProcessingError, Reason, Low, Retired, "own knowledge",
        "retired April 2018 by Visa Claims Resolution; nearest current 12.4";
    "78", "Service code violation", Authorization, Authorization, Reason, Low, Retired, "own knowledge",
        "retired April 2018 by Visa Claims Resolution; nearest current 11.3";
    "80", "Wrong amount or account number", Processing, IncorrectAmount, Reason, Low, Retired, "own knowledge",
        "retired April 2018 by Visa Claims Resolution; nearest current 12.4 or 12.5";
    "81", "Fraud, card present", Fraud, FraudCardPresent, Reason, Medium, Retired, "S9",
        "retired April 2018 by Visa Claims Resolution; nearest current 10.3";
    "82", "Processed twice", Processing, Duplicate, Reason, Medium, Retired, "S16",
        "retired April 2018 by Visa Claims Resolution; nearest current 12.6.1";
    "83", "Fraud, card absent", Fraud, FraudCardAbsent, Reason, High, Retired, "S9;S16",
        "retired April 2018 by Visa Claims Resolution; nearest current 10.4";
    "85", "Refund not processed", Consumer, CreditNotProcessed, Reason, Medium, Retired, "S16",
        "retired April 2018 by Visa Claims Resolution; nearest current 13.6";
    "86", "Paid by other means", Processing, Duplicate, Reason, Low, Retired, "own knowledge",
        "retired April 2018 by Visa Claims Resolution; nearest current 12.6.2. Also seen as a processor alias";
    "90", "Cash or goods not received at a machine", Consumer, NotReceived, Reason, Low, Retired, "own knowledge",
        "retired April 2018 by Visa Claims Resolution; nearest current 13.9";
    "93", "Merchant in fraud monitoring programme", Fraud, FraudOther, Reason, Medium, Retired, "S9",
        "retired April 2018 by Visa Claims Resolution; nearest current 10.5";
    "96", "Amount over the limit for the terminal type", Authorization, Authorization, Reason, Low, Retired,
        "own knowledge", "retired April 2018 by Visa Claims Resolution; nearest current 11.3";
    "98", "Compliance case, old numbering", Other, Other, Reason, Low, Retired, "S4", "one secondary source";
    "C0135", "Compliance: surcharge wrongly assessed", Other, Other, Reason, Medium, Current, "S1",
        "Stripe category noncompliant; Stripe is the only source seen";
    "C028", "Compliance: refinancing of an existing debt", Other, Other, Reason, Medium, Current, "S1",
        "Stripe category noncompliant; Stripe is the only source seen";
    "C030", "Compliance: delayed or amended charges", Other, Other, Reason, Medium, Current, "S1",
        "Stripe category noncompliant; Stripe is the only source seen";
    "C031", "Compliance: sold paper", Other, Other, Reason, Medium, Current, "S1",
        "Stripe category noncompliant; Stripe is the only source seen";
    "C034", "Compliance: credit without an earlier debit", Other, Other, Reason, Medium, Current, "S1",
        "Stripe category noncompliant; Stripe is the only source seen";
    "C035", "Compliance: erroneous sale must be reversed", Other, Other, Reason, Medium, Current, "S1",
        "Stripe category noncompliant; Stripe is the only source seen";
    "C036", "Compliance: electronic commerce transaction rules", Other, Other, Reason, Medium, Current, "S1",
        "Stripe category noncompliant; Stripe is the only source seen";
    "C038", "Compliance: travel advance deposit service", Other, Other, Reason, Medium, Current, "S1",
        "Stripe category noncompliant; Stripe is the only source seen";
    "C045", "Compliance: returned by the dispute reduction service", Other, Other, Reason, Medium, Current, "S1",
        "Stripe category noncompliant; Stripe is the only source seen";
    "C048", "Compliance: split transaction", Other, Other, Reason, Medium, Current, "S1",
        "Stripe category noncompliant; Stripe is the only source seen";
    "C050", "Compliance: other, see attachment", Other, Other, Reason, Medium, Current, "S1",
        "Stripe category noncompliant; Stripe is the only source seen";
    "C071", "Compliance: prohibited acts", Other, Other, Reason, Medium, Current, "S1",
        "Stripe category noncompliant; Stripe is the only source seen";
    "C081", "Compliance: fee collection limits", Other, Other, Reason, Medium, Current, "S1",
        "Stripe category noncompliant; Stripe is the only source seen";
}
