//! SEON's request. Field names in JSON are in `snake_case`.

use std::fmt;

use super::label::Label;
use crate::util::redact::Presence;
use crate::util::strict_serde::object_struct;
use crate::util::violation::Violation;

/// SEON's limit for the transactions of one call.
const TRANSACTIONS: usize = 50;

object_struct! {
    names = "snake_case";
    /// The label of a transaction. It replaces the label before, also that of an analyst.
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct TransactionLabel {
        /// The id that was given to SEON's Fraud API, or the one that SEON made. The transaction must exist.
        pub transaction_id: String,
        /// The label.
        pub label: Label,
    }
}

object_struct! {
    names = "snake_case";
    /// The call `PUT /SeonRestService/fraud-api/transaction-label/v2`: labels 1 to 50 transactions. Idempotent. A
    /// report labels one.
    ///
    /// SEON does not document a call of which only some transactions are valid.
    ///
    /// ```
    /// use chargeback::seon::{Label, LabelTransactions, TransactionLabel};
    ///
    /// let fraud = TransactionLabel::new("txn-1", Label::EcommerceChargebackFraud);
    /// assert!(LabelTransactions::new(vec![fraud]).validate().is_empty());
    /// assert_eq!(LabelTransactions::new(Vec::new()).validate().len(), 1);
    /// ```
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct LabelTransactions {
        /// The transactions with their labels.
        pub transactions: Vec<TransactionLabel>,
    }
}

impl TransactionLabel {
    /// Creates a label of a transaction.
    pub fn new(transaction_id: impl Into<String>, label: Label) -> Self {
        Self { transaction_id: transaction_id.into(), label }
    }
}

impl LabelTransactions {
    /// Creates the call.
    #[must_use]
    pub const fn new(transactions: Vec<TransactionLabel>) -> Self {
        Self { transactions }
    }

    /// Returns the rules that the call breaks.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let mut violations = Vec::new();
        if !(1..=TRANSACTIONS).contains(&self.transactions.len()) {
            violations.push(Violation::new("transactions", "must have 1 to 50 transactions"));
        }
        if self.transactions.iter().any(|transaction| transaction.transaction_id.is_empty()) {
            violations.push(Violation::new("transaction_id", "required"));
        }
        violations
    }
}

impl fmt::Debug for TransactionLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransactionLabel").field("transaction_id", &Presence(true)).field("label", &self.label).finish()
    }
}

impl fmt::Debug for LabelTransactions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LabelTransactions").field("transactions", &self.transactions).finish()
    }
}
