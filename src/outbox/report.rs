//! A report that is to be accepted, and an accepted one.

use std::collections::BTreeSet;
use std::fmt;

use super::ids::ReportSeq;
use super::key::EventKey;
use crate::lifecycle::ReportedStage;
use crate::model::{Chargeback, ProviderId};
use crate::util::redact::Presence;

/// A report that a store is to accept.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct NewReport<'a> {
    /// The key of the event.
    pub key: &'a EventKey,
    /// The merchant's id of the case.
    pub case_id: &'a str,
    /// The stage and its time.
    pub stage: ReportedStage,
    /// The JSON of the chargeback. The store compares repeated events by its keyed hash and does not keep it.
    pub plain: &'a [u8],
    /// The payload to store: the JSON, or the sealed JSON.
    pub payload: &'a [u8],
    /// The vendors that receive the report.
    pub vendors: &'a [ProviderId],
}

impl<'a> NewReport<'a> {
    /// Creates a report of a chargeback whose JSON is stored as it is.
    #[must_use]
    pub fn new(key: &'a EventKey, chargeback: &'a Chargeback, json: &'a [u8], vendors: &'a [ProviderId]) -> Self {
        Self {
            key,
            case_id: chargeback.case_id(),
            stage: ReportedStage::for_chargeback(chargeback),
            plain: json,
            payload: json,
            vendors,
        }
    }

    /// Sets the sealed payload.
    #[must_use]
    pub const fn sealed(mut self, payload: &'a [u8]) -> Self {
        self.payload = payload;
        self
    }
}

impl fmt::Debug for NewReport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewReport")
            .field("case_id", &Presence(true))
            .field("stage", &self.stage)
            .field("vendors", &self.vendors)
            .finish_non_exhaustive()
    }
}

/// The result of an enqueue.
///
/// ```
/// use chargeback::outbox::Enqueued;
///
/// /// True if the event needs no further work of the caller: answer 200 in all these cases.
/// fn is_accepted(result: &Enqueued) -> bool {
///     !matches!(result, Enqueued::Conflicting { .. })
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Enqueued {
    /// The report was accepted.
    New {
        /// The number of the report.
        seq: ReportSeq,
    },
    /// The same event was accepted before. Nothing changed.
    Duplicate {
        /// The number of the accepted report.
        seq: ReportSeq,
    },
    /// Another chargeback was accepted with the same key, for example from another version of a parser. Nothing
    /// changed.
    Conflicting {
        /// The number of the accepted report.
        seq: ReportSeq,
    },
    /// The event was accepted before, and its case was erased. Nothing changed.
    Erased,
}

/// The row of an accepted report.
#[derive(Clone)]
pub struct StoredReport {
    /// The number.
    pub seq: ReportSeq,
    /// The merchant's id of the case.
    pub case_id: String,
    /// The key of the event.
    pub key: String,
    /// The keyed hash of the JSON.
    pub digest: [u8; 32],
    /// None after the sweep.
    pub payload: Option<Vec<u8>>,
    /// The stage and its time.
    pub stage: ReportedStage,
    /// The vendors for which the report was accepted.
    pub vendors: BTreeSet<ProviderId>,
    /// The vendors that have not passed the report, and those that send it again.
    pub open: BTreeSet<ProviderId>,
    /// The payload is deleted at this time if no vendor is left in `open`.
    pub keep_until: i64,
    /// The time at which the report was accepted.
    pub accepted_at: i64,
}

impl fmt::Debug for StoredReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredReport")
            .field("seq", &self.seq)
            .field("payload", &Presence::new(self.payload.as_ref()))
            .field("vendors", &self.vendors)
            .field("open", &self.open)
            .finish_non_exhaustive()
    }
}
