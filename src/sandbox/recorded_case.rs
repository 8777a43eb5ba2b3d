//! The cases that a fake has recorded.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value;

use super::bounded_log::BoundedLog;
use crate::util::redact::Presence;

/// A case that a fake has recorded, or the vendor's counterpart of a case: a payment, an order, an enrichment.
///
/// ```
/// use chargeback::sandbox::Sandbox;
/// use chargeback::spade::WonMeans;
/// use chargeback::{Chargeback, ChargebackProvider as _, Reason, Stage, spade};
/// # use chrono::{TimeZone, Utc};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let time = Utc.with_ymd_and_hms(2026, 10, 3, 9, 12, 0).unwrap();
///
/// let sandbox = Sandbox::in_memory();
/// let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build()?;
/// let received = Chargeback::builder("CB-1", Stage::Received, Reason::FraudCardAbsent, time)
///     .vendor_payment(spade::ID, "0b6d1f0e")
///     .build()?;
/// spade.report(&received).await?;
/// spade.report(&received.moved_to(Stage::Lost, time + chrono::TimeDelta::days(30))?).await?;
///
/// let case = sandbox.spade().case("0b6d1f0e").unwrap();
/// assert_eq!(case.key, "0b6d1f0e");
/// assert_eq!(case.state["state"], "chargeback_lost");
/// assert_eq!(case.history.len(), 2);
/// assert_eq!(case.history[0]["state"], "chargeback_pending");
/// # Ok(())
/// # }
/// ```
///
/// `Debug` does not show the values, because they may hold personal data.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct RecordedCase {
    /// The vendor's key of the case:
    ///
    /// | Vendor | Key |
    /// |---|---|
    /// | Thirdwatch | the transaction id, or else the order, user or session id |
    /// | RevCent | the chargeback id |
    /// | Tutelar | the order id |
    /// | Spade | the enrichment id |
    /// | Pipwave | `txn_id`, or else `pw_id` |
    /// | MaxMind | `transaction_id`, or else `minfraud_id`, `maxmind_id` or `ip_address` |
    /// | Sift | `$order_id`, or else `$transaction_id` |
    /// | Ravelin | `disputeId` |
    /// | SEON | `transaction_id` |
    /// | Riskified | the id of the order |
    pub key: String,
    /// The current state as JSON, in the vendor's own names and values: the record at RevCent, and the last
    /// accepted body or its values at the other vendors.
    pub state: Value,
    /// All accepted writes as JSON, oldest first. Rejected requests are not included.
    pub history: Vec<Value>,
}

impl fmt::Debug for RecordedCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedCase")
            .field("key", &Presence(true))
            .field("state", &Presence(true))
            .field("history", &self.history.len())
            .finish()
    }
}

/// Cases by key, in the order of their first write.
#[derive(Default)]
pub(super) struct Records {
    cases: BoundedLog<RecordedCase>,
    numbers: HashMap<String, usize>,
}

impl Records {
    /// Records an accepted write and the new state of its case.
    pub(super) fn accept(&mut self, key: &str, state: Value, write: Value) {
        let known = self.numbers.get(key).and_then(|&number| self.cases.get_mut(number));
        if let Some(case) = known {
            case.state = state;
            case.history.push(write);
            return;
        }
        let (number, removed) = self.cases.push(RecordedCase { key: key.to_owned(), state, history: vec![write] });
        self.numbers.insert(key.to_owned(), number);
        for (_, case) in removed {
            self.numbers.remove(&case.key);
        }
    }

    pub(super) fn all(&self) -> Vec<RecordedCase> {
        self.cases.iter().cloned().collect()
    }

    pub(super) fn keep_last(&mut self, cases: usize) {
        self.cases.keep_last(cases);
    }
}
