//! The rows of `amex`, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.

use crate::reason_codes::rows::rows;

rows! {
    "amex";
    "004", "Inquiry: goods or services not received", Inquiry, NotReceived, Reason, Medium, Current, "S1", "";
    "021", "Inquiry: goods or services cancelled or expired", Inquiry, CancelledGoodsServices, Reason, Medium, Current,
        "S1", "Stripe groups it with subscription cancelled";
    "024", "Inquiry: damaged or defective", Inquiry, NotAsDescribed, Reason, Medium, Current, "S1", "";
    "059", "Inquiry: damaged or defective, repair wanted", Inquiry, NotAsDescribed, Reason, Medium, Current, "S1", "";
    "061", "Inquiry: credit processed as charge", Inquiry, CreditNotProcessed, Reason, Medium, Current, "S1", "";
    "062", "Inquiry: charge processed as credit", Inquiry, Other, Reason, Medium, Current, "S1",
        "Stripe groups it with credit not processed";
    "063", "Inquiry: quality not acceptable", Inquiry, NotAsDescribed, Reason, Medium, Current, "S1", "";
    "127", "Inquiry: charge not recognised", Inquiry, Unrecognized, Reason, High, Current, "S1;S8", "";
    "147", "Inquiry: insurer should pay", Inquiry, Other, Reason, Medium, Current, "S1", "";
    "154", "Inquiry: cancelled or refused", Inquiry, CancelledGoodsServices, Reason, Medium, Current, "S1",
        "Stripe groups it with credit not processed";
    "155", "Inquiry: not received, credit wanted", Inquiry, NotReceived, Reason, High, Current, "S1;S8", "";
    "158", "Inquiry: returned, credit wanted", Inquiry, CreditNotProcessed, Reason, Medium, Current, "S1", "";
    "169", "Inquiry: invalid currency", Inquiry, Other, Reason, Medium, Current, "S1", "";
    "170", "Inquiry: lodging or card deposit cancelled", Inquiry, CancelledGoodsServices, Reason, Medium, Current, "S1",
        "Stripe groups it with credit not processed";
    "173", "Inquiry: duplicate charge", Inquiry, Duplicate, Reason, High, Current, "S1;S8", "";
    "175", "Inquiry: credit not processed", Inquiry, CreditNotProcessed, Reason, High, Current, "S1;S8", "";
    "176", "Inquiry: not recognised, card not present", Inquiry, Unrecognized, Reason, Medium, Current, "S1", "";
    "177", "Inquiry: unauthorised charge", Inquiry, FraudOther, Reason, High, Current, "S1;S8",
        "Braintree reports it as not recognised";
    "193", "Inquiry: fraudulent charge", Inquiry, FraudOther, Reason, High, Current, "S1;S8", "";
    "680", "Inquiry: wrong amount", Inquiry, IncorrectAmount, Reason, Medium, Current, "S1", "";
    "684", "Inquiry: paid by other means", Inquiry, Duplicate, Reason, High, Current, "S1;S8",
        "Braintree reports it as credit not processed";
    "691", "Inquiry: support wanted", Inquiry, Unrecognized, Reason, Medium, Current, "S1",
        "Stripe category unrecognized";
    "693", "Inquiry: damage, theft or loss charge questioned", Inquiry, IncorrectAmount, Reason, Medium, Current, "S1",
        "";
    "A01", "Charge above the authorised amount", Authorization, Authorization, Reason, High, Current, "S1;S3;S4;S5",
        "Stripe groups it with credit not processed";
    "A02", "No valid authorization", Authorization, Authorization, Reason, High, Current, "S1;S3;S4;S5", "";
    "A08", "Authorization had expired", Authorization, Authorization, Reason, High, Current, "S1;S3;S4;S5", "";
    "C02", "Credit not received", Consumer, CreditNotProcessed, Reason, High, Current, "S1;S3;S4;S5;S8", "";
    "C04", "Returned or refused, no credit", Consumer, CreditNotProcessed, Reason, High, Current, "S1;S3;S4;S5;S8", "";
    "C05", "Goods or services cancelled", Consumer, CancelledGoodsServices, Reason, High, Current, "S1;S3;S4;S5;S8",
        "Stripe groups it with credit not processed";
    "C08", "Not received or partly received", Consumer, NotReceived, Reason, High, Current, "S1;S3;S4;S5;S8", "";
    "C14", "Paid by other means", Consumer, Duplicate, Reason, High, Current, "S1;S3;S4;S5", "";
    "C18", "No-show or cancelled card deposit", Consumer, CancelledGoodsServices, Reason, High, Current,
        "S1;S3;S4;S5;S8", "S5 gives another title; S1 S3 S4 agree";
    "C28", "Recurring billing cancelled", Consumer, CancelledRecurring, Reason, High, Current, "S1;S3;S4;S5;S8", "";
    "C31", "Not as described", Consumer, NotAsDescribed, Reason, High, Current, "S1;S3;S4;S5;S8", "";
    "C32", "Damaged or defective", Consumer, NotAsDescribed, Reason, High, Current, "S1;S3;S4;S5;S8", "";
    "F10", "Imprint missing", Fraud, FraudCardPresent, Reason, High, Current, "S1;S3;S4;S5", "";
    "F14", "Signature missing", Fraud, FraudCardPresent, Reason, High, Current, "S3;S4;S5", "";
    "F22", "Card expired or not yet valid", Fraud, FraudOther, Reason, Medium, Retired, "S3",
        "in the Amex file specification, absent from newer lists";
    "F24", "No proof that the card member took part", Fraud, FraudOther, Reason, Medium, Current, "S1;S3;S4;S5",
        "S1 titles it multiple records of charge; S3 S4 S5 agree on this meaning";
    "F29", "Card not present", Fraud, FraudCardAbsent, Reason, High, Current, "S1;S3;S4;S5;S8", "";
    "F30", "Chip counterfeit", Fraud, FraudCardPresent, Reason, High, Current, "S1;S3;S4;S5", "";
    "F31", "Chip lost, stolen or not received", Fraud, FraudCardPresent, Reason, High, Current, "S1;S3;S4;S5", "";
    "FR2", "Fraud full recourse programme", Fraud, FraudOther, Reason, High, Current, "S1;S3;S4;S8", "";
    "FR4", "Immediate chargeback programme", Fraud, FraudOther, Umbrella, High, Current, "S1;S3;S4",
        "programme code for any dispute type";
    "FR5", "Immediate chargeback programme (second form)", Fraud, FraudOther, Umbrella, High, Current, "S1;S3",
        "programme code";
    "FR6", "Partial immediate chargeback programme", Fraud, FraudOther, Umbrella, High, Current, "S1;S3;S4",
        "programme code for any dispute type";
    "M01", "Merchant authorised the chargeback", Inquiry, Other, Status(Accepted), High, Current, "S1;S3;S4;S5",
        "a status and not a reason: stage Accepted";
    "M02", "Card member no longer disputes", Inquiry, Other, Status(Withdrawn), Medium, Current, "S3",
        "a status and not a reason: stage Withdrawn";
    "M04", "Merchant accepted the debit", Inquiry, Other, Status(Accepted), High, Current, "S1;S3",
        "a status and not a reason: stage Accepted";
    "M10", "Rental vehicle: capital damages", Consumer, IncorrectAmount, Reason, High, Current, "S1;S3;S4", "";
    "M11", "Debit reversed because credit was received", Inquiry, Other, Status(Refunded), High, Current, "S1;S3",
        "a status and not a reason: stage Refunded";
    "M19", "Account adjustment, not a dispute", Other, Other, Adjustment, Medium, Current, "S3",
        "must be ignored by a chargeback reporter";
    "M21", "Account adjustment, not a dispute", Other, Other, Adjustment, Medium, Current, "S3",
        "must be ignored by a chargeback reporter";
    "M22", "Account adjustment, not a dispute", Other, Other, Adjustment, Medium, Current, "S3",
        "must be ignored by a chargeback reporter";
    "M23", "Account adjustment, not a dispute", Other, Other, Adjustment, Medium, Current, "S3",
        "must be ignored by a chargeback reporter";
    "M24", "Account adjustment, not a dispute", Other, Other, Adjustment, Medium, Current, "S3",
        "must be ignored by a chargeback reporter";
    "M25", "Account adjustment, not a dispute", Other, Other, Adjustment, Medium, Current, "S3",
        "must be ignored by a chargeback reporter";
    "M27", "Account adjustment, not a dispute", Other, Other, Adjustment, Medium, Current, "S3",
        "must be ignored by a chargeback reporter";
    "M28", "Account adjustment, not a dispute", Other, Other, Adjustment, Medium, Current, "S3",
        "must be ignored by a chargeback reporter";
    "M29", "Account adjustment, not a dispute", Other, Other, Adjustment, Medium, Current, "S3",
        "must be ignored by a chargeback reporter";
    "M32", "Account adjustment, not a dispute", Other, Other, Adjustment, Medium, Current, "S3",
        "must be ignored by a chargeback reporter";
    "M33", "Account adjustment, not a dispute", Other, Other, Adjustment, Medium, Current, "S3",
        "must be ignored by a chargeback reporter";
    "M36", "See notes", Inquiry, Other, Reason, High, Current, "S1;S3", "";
    "M38", "Debit reversed", Inquiry, Other, Status(Reversed), High, Current, "S1;S3;S8",
        "a status and not a reason: stage Reversed";
    "M39", "Correction of an earlier transaction", Other, Other, Adjustment, High, Current, "S1;S3",
        "adjustment, not a dispute";
    "M42", "Reversal request too late", Inquiry, NoReply, Status(Expired), High, Current, "S1;S3",
        "a status and not a reason: the time to request a reversal has passed; sources do not state if the case is \
        lost or expired";
    "M43", "Account adjustment, not a dispute", Other, Other, Adjustment, Medium, Current, "S3",
        "must be ignored by a chargeback reporter";
    "M44", "Account adjustment, not a dispute", Other, Other, Adjustment, Medium, Current, "S3",
        "must be ignored by a chargeback reporter";
    "M45", "Account adjustment, not a dispute", Other, Other, Adjustment, Medium, Current, "S3",
        "must be ignored by a chargeback reporter";
    "M46", "Account adjustment, not a dispute", Other, Other, Adjustment, Medium, Current, "S3",
        "must be ignored by a chargeback reporter";
    "M49", "Rental vehicle: theft or loss of use", Consumer, IncorrectAmount, Reason, High, Current, "S3;S4", "";
    "OP1", "General", Other, Other, Reason, Medium, Current, "S1", "";
    "P01", "Card number not assigned", Processing, ProcessingError, Reason, High, Current, "S1;S3;S4;S5", "";
    "P03", "Credit was processed as charge", Processing, CreditNotProcessed, Reason, High, Current, "S1;S3;S4;S5", "";
    "P04", "Charge was processed as credit", Processing, ProcessingError, Reason, High, Current, "S1;S3;S4;S5", "";
    "P05", "Wrong amount", Processing, IncorrectAmount, Reason, High, Current, "S1;S3;S4;S5;S8", "";
    "P07", "Late submission", Processing, LatePresentment, Reason, High, Current, "S1;S3;S4;S5", "";
    "P08", "Duplicate charge", Processing, Duplicate, Reason, High, Current, "S1;S3;S4;S5;S8", "";
    "P09", "Merchant paid twice for one transaction", Processing, Duplicate, Reason, Medium, Current, "S3",
        "Amex file specification only";
    "P22", "Card number does not match", Processing, ProcessingError, Reason, High, Current, "S1;S3;S4;S5", "";
    "P23", "Wrong currency", Processing, ProcessingError, Reason, High, Current, "S1;S3;S4;S5", "";
    "R03", "Reply to inquiry insufficient", Inquiry, NoReply, Reason, High, Current, "S1;S3;S4;S5;S8", "";
    "R13", "No reply to inquiry", Inquiry, NoReply, Reason, High, Current, "S1;S3;S4;S5;S8", "";
    "S01", "Reversal request denied", Inquiry, Other, Status(Lost), High, Current, "S1;S3;S8",
        "a status and not a reason: stage Lost";
    "S02", "Support reviewed, account not debited", Inquiry, Other, Status(Closed), Medium, Current, "S1",
        "a status and not a reason: inquiry closed in favour of merchant";
    "S03", "Support received", Inquiry, Other, Status(UnderReview), High, Current, "S1;S3",
        "a status and not a reason: UnderReview";
    "S04", "Reversal request under review", Inquiry, Other, Status(UnderReview), High, Current, "S1;S3",
        "a status and not a reason: UnderReview";
}
