//! Cases in doubt as a list that people outside of the system can decide.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{LaneId, ReportSeq};
use super::operate::{LaneFilter, LaneSummary, Seen};
use super::operator::{ActError, Operator};
use super::store_error::StoreError;
use crate::model::{ProviderId, Stage};
use crate::provider::Resolution;
use crate::util::redact::Presence;

/// A case in doubt that needs a person: one line of a list for the vendor's support, in JSON. The person fills in
/// `decision` and `checked_at`.
///
/// The record has the merchant's id of the case, which can be personal data. `Debug` does not show it.
///
/// ```
/// use chargeback::outbox::{DoubtDecision, DoubtRecord, MemoryStore, Operator, StoreError};
///
/// async fn export(operator: &Operator) -> Result<Vec<String>, StoreError> {
///     let doubts = operator.export_doubts(None).await?;
///     Ok(doubts.iter().map(|doubt| serde_json::to_string(doubt).unwrap_or_default()).collect())
/// }
///
/// let line = r#"{"lane":7,"token":3,"head":12,"vendor":"revcent","case_id":"CB-1","vendor_case":null,
///     "stage":"received","check_not_before":"2026-10-03T09:23:00Z",
///     "decision":{"found":"chargeback0000000001"},"checked_at":"2026-10-03T10:00:00Z"}"#;
/// let doubt: DoubtRecord = serde_json::from_str(line)?;
/// assert_eq!(doubt.decision, Some(DoubtDecision::Found("chargeback0000000001".into())));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DoubtRecord {
    /// The lane.
    pub lane: i64,
    /// The fencing token of the lane, as it was exported.
    pub token: i64,
    /// The report of the lane, as it was exported.
    pub head: i64,
    /// The vendor.
    pub vendor: ProviderId,
    /// The merchant's id of the case.
    pub case_id: String,
    /// The vendor's id of the case, if it is known.
    pub vendor_case: Option<String>,
    /// The stage whose outcome is unknown.
    pub stage: Option<Stage>,
    /// The time from which a check may show that the vendor does not have the report.
    pub check_not_before: Option<DateTime<Utc>>,
    /// The result of the check; `None` until a person has decided.
    pub decision: Option<DoubtDecision>,
    /// The time of the check; required with a decision.
    pub checked_at: Option<DateTime<Utc>>,
}

/// The result of a check with the vendor, as [`Operator::resolve`] takes it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DoubtDecision {
    /// The vendor has the case, under this id.
    Found(String),
    /// The vendor has the report, but gives cases no ids.
    Applied,
    /// The vendor does not have the report.
    NotFound,
}

/// The result of [`Operator::import_doubts`].
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct ImportedDoubts {
    /// The number of doubts that ended.
    pub resolved: u64,
    /// The number of records without a decision or without the time of the check.
    pub undecided: u64,
    /// The lanes whose decision was refused, with the reason. [`StoreError::Changed`] if the lane changed since the
    /// export.
    pub failed: Vec<(LaneId, ActError)>,
}

impl DoubtRecord {
    fn new(lane: &LaneSummary) -> Self {
        Self {
            lane: lane.id.get(),
            token: lane.token,
            head: lane.head.get(),
            vendor: lane.vendor.clone(),
            case_id: lane.case_id().to_owned(),
            vendor_case: lane.vendor_case().map(str::to_owned),
            stage: lane.in_flight.map(|reported| reported.stage),
            check_not_before: lane.check_not_before,
            decision: None,
            checked_at: None,
        }
    }
}

impl From<DoubtDecision> for Resolution {
    fn from(decision: DoubtDecision) -> Self {
        match decision {
            DoubtDecision::Found(id) => Self::Found(id),
            DoubtDecision::Applied => Self::Applied,
            DoubtDecision::NotFound => Self::NotFound,
        }
    }
}

impl Operator {
    /// Lists every case in doubt that needs a person, of one vendor or of all.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn export_doubts(&self, vendor: Option<&ProviderId>) -> Result<Vec<DoubtRecord>, StoreError> {
        let mut filter = LaneFilter::needs_attention();
        if let Some(vendor) = vendor {
            filter = filter.vendor(vendor.clone());
        }
        let mut doubts = Vec::new();
        loop {
            let page = self.list(&filter).await?;
            let Some(last) = page.last() else { return Ok(doubts) };
            filter = filter.after(last.id);
            doubts.extend(page.iter().filter(|lane| lane.in_flight.is_some()).map(DoubtRecord::new));
        }
    }

    /// Ends the doubt of each record that has a decision. A record that is refused does not stop the others.
    ///
    /// Importing the same list again changes nothing: the lanes have changed, and each record is refused.
    pub async fn import_doubts(&self, doubts: impl IntoIterator<Item = DoubtRecord>) -> ImportedDoubts {
        let mut imported = ImportedDoubts::default();
        for doubt in doubts {
            let (Some(decision), Some(checked_at)) = (doubt.decision, doubt.checked_at) else {
                imported.undecided += 1;
                continue;
            };
            let (lane, seen) = (LaneId::new(doubt.lane), Seen::new(doubt.token, ReportSeq::new(doubt.head)));
            match self.resolve_seen(lane, seen, decision.into(), checked_at).await {
                Ok(()) => imported.resolved += 1,
                Err(error) => imported.failed.push((lane, error)),
            }
        }
        imported
    }
}

impl fmt::Debug for DoubtRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DoubtRecord")
            .field("lane", &self.lane)
            .field("vendor", &self.vendor)
            .field("case_id", &Presence(true))
            .field("stage", &self.stage)
            .field("decision", &self.decision)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for DoubtDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Found(_) => "Found([redacted])",
            Self::Applied => "Applied",
            Self::NotFound => "NotFound",
        })
    }
}
