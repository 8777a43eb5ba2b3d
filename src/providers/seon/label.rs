//! SEON's labels.

use crate::util::string_enum::string_enum;

string_enum! {
    path = "chargeback::seon";
    /// SEON's labels of a transaction. A transaction has one label or none; the list is closed and case sensitive.
    ///
    /// The end of the list is from a customer's client (medium confidence), because the public copies of SEON's page
    /// are cut.
    pub enum Label {
        /// No family: declined.
        NotSpecifiedDeclined = "not_specified_declined",
        /// No family: approved.
        NotSpecifiedApproved = "not_specified_approved",
        /// No family: in review.
        NotSpecifiedInReview = "not_specified_in_review",
        /// Fraud detection: fraud.
        FraudDetectionFraud = "fraud_detection_fraud",
        /// Fraud detection: bonus abuse.
        FraudDetectionBonusAbuse = "fraud_detection_bonus_abuse",
        /// Fraud detection: multi accounting.
        FraudDetectionMultiAccounting = "fraud_detection_multi_accounting",
        /// Fraud detection: account takeover.
        FraudDetectionAto = "fraud_detection_ato",
        /// Fraud detection: underage.
        FraudDetectionUnderage = "fraud_detection_underage",
        /// Fraud detection: false identity.
        FraudDetectionFalseIdentity = "fraud_detection_false_identity",
        /// Fraud detection: phishing.
        FraudDetectionPhishing = "fraud_detection_phishing",
        /// Fraud detection: remote access fraud.
        FraudDetectionRemoteAccessFraud = "fraud_detection_remote_access_fraud",
        /// Fraud detection: chargeback fraud.
        FraudDetectionChargebackFraud = "fraud_detection_chargeback_fraud",
        /// Fraud detection: vishing.
        FraudDetectionVishing = "fraud_detection_vishing",
        /// Fraud detection: front man.
        FraudDetectionFrontMan = "fraud_detection_front_man",
        /// Fraud detection: marked as approved.
        FraudDetectionMarkedAsApproved = "fraud_detection_marked_as_approved",
        /// Fraud detection: verified payment.
        FraudDetectionVerifiedPayment = "fraud_detection_verified_payment",
        /// Fraud detection: false alert.
        FraudDetectionFalseAlert = "fraud_detection_false_alert",
        /// Fraud detection: arbitrage.
        FraudDetectionArbitrage = "fraud_detection_arbitrage",
        /// Fraud detection: vishing rat.
        FraudDetectionVishingRat = "fraud_detection_vishing_rat",
        /// Fraud detection: bot.
        FraudDetectionBot = "fraud_detection_bot",
        /// Fraud detection: campaign abuse.
        FraudDetectionCampaignAbuse = "fraud_detection_campaign_abuse",
        /// Fraud detection: missed fraud.
        FraudDetectionMissedFraud = "fraud_detection_missed_fraud",
        /// Credit risk: default.
        BnplCreditRiskDefault = "bnpl_credit_risk_default",
        /// Credit risk: fraud.
        BnplCreditRiskFraud = "bnpl_credit_risk_fraud",
        /// Credit risk: first payment default.
        BnplCreditRiskFirstPaymentDefault = "bnpl_credit_risk_first_payment_default",
        /// Credit risk: second payment default.
        BnplCreditRiskSecondPaymentDefault = "bnpl_credit_risk_second_payment_default",
        /// Credit risk: mule.
        BnplCreditRiskMule = "bnpl_credit_risk_mule",
        /// Credit risk: false identity.
        BnplCreditRiskFalseIdentity = "bnpl_credit_risk_false_identity",
        /// Credit risk: underage.
        BnplCreditRiskUnderage = "bnpl_credit_risk_underage",
        /// Credit risk: chargeback fraud.
        BnplCreditRiskChargebackFraud = "bnpl_credit_risk_chargeback_fraud",
        /// Credit risk: no intention to pay.
        BnplCreditRiskNoIntentionToPay = "bnpl_credit_risk_no_intention_to_pay",
        /// Credit risk: missed fraud.
        BnplCreditRiskMissedFraud = "bnpl_credit_risk_missed_fraud",
        /// Credit risk: repaid.
        BnplCreditRiskRepaid = "bnpl_credit_risk_repaid",
        /// Credit risk: on time payment.
        BnplCreditRiskOnTimePayment = "bnpl_credit_risk_on_time_payment",
        /// Credit risk: fully repaid.
        BnplCreditRiskFullyRepaid = "bnpl_credit_risk_fully_repaid",
        /// Credit risk: false alert.
        BnplCreditRiskFalseAlert = "bnpl_credit_risk_false_alert",
        /// E-commerce: fraud.
        EcommerceFraud = "ecommerce_fraud",
        /// E-commerce: false identity.
        EcommerceFalseIdentity = "ecommerce_false_identity",
        /// E-commerce: first party fraud.
        EcommerceFirstPartyFraud = "ecommerce_first_party_fraud",
        /// E-commerce: second party fraud.
        EcommerceSecondPartyFraud = "ecommerce_second_party_fraud",
        /// E-commerce: third party fraud.
        EcommerceThirdPartyFraud = "ecommerce_third_party_fraud",
        /// E-commerce: return refund abuse.
        EcommerceReturnRefundAbuse = "ecommerce_return_refund_abuse",
        /// E-commerce: underage.
        EcommerceUnderage = "ecommerce_underage",
        /// E-commerce: chargeback fraud.
        EcommerceChargebackFraud = "ecommerce_chargeback_fraud",
        /// E-commerce: chargeback dispute.
        EcommerceChargebackDispute = "ecommerce_chargeback_dispute",
        /// E-commerce: chargeback processing error.
        EcommerceChargebackProcessingError = "ecommerce_chargeback_processing_error",
        /// E-commerce: chargeback authorization issue.
        EcommerceChargebackAuthorizationIssue = "ecommerce_chargeback_authorization_issue",
        /// E-commerce: missed fraud.
        EcommerceMissedFraud = "ecommerce_missed_fraud",
        /// E-commerce: marked as approved.
        EcommerceMarkedAsApproved = "ecommerce_marked_as_approved",
        /// E-commerce: false alert.
        EcommerceFalseAlert = "ecommerce_false_alert",
        /// Money laundering: escalated without reporting.
        AmlEscalatedWithoutReporting = "aml_escalated_without_reporting",
        /// Money laundering: escalated reported.
        AmlEscalatedReported = "aml_escalated_reported",
        /// Money laundering: false alert.
        AmlFalseAlert = "aml_false_alert",
        /// Money laundering: marked as approved.
        AmlMarkedAsApproved = "aml_marked_as_approved",
    }
}
