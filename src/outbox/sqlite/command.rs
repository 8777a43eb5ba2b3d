//! Calls that the thread of a store runs, and their replies.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::super::ids::ReportSeq;
use super::super::key::EventKey;
use super::super::operate::Act;
use super::super::report::NewReport;
use super::super::rules::later;
use super::super::store_error::StoreError;
use super::errors::Failure;
use super::tables::SqliteTables;
use crate::lifecycle::ReportedStage;
use crate::model::ProviderId;
use crate::provider::Resolution;

/// A wait for the thread from which a call uses a later time than that at which it was made.
const LONG_WAIT: Duration = Duration::from_secs(1);

/// The reply of a call.
pub(super) type Reply<R> = oneshot::Sender<Result<R, StoreError>>;

/// A call in the queue of the thread.
pub(super) trait Command: Send {
    /// False if the caller no longer waits.
    fn is_wanted(&self) -> bool;
    fn is_write(&self) -> bool;
    /// Runs the call within the open transaction. After a rollback, the thread runs it again.
    fn run(&mut self, tables: &mut SqliteTables<'_>) -> Result<(), Failed>;
    /// Replaces the result.
    fn fail(&mut self, error: StoreError);
    /// Sends the result to the caller.
    fn reply(self: Box<Self>);
}

/// The effect of a failed call on its transaction.
#[derive(Debug, Clone)]
pub(super) enum Failed {
    /// The call follows a rule that refuses it.
    Refused,
    /// The database does not work.
    Broken(Failure),
}

/// A call of one kind. `F` must have no effect outside the transaction.
pub(super) struct Call<R, F> {
    pub(super) work: F,
    pub(super) result: Option<Result<R, StoreError>>,
    pub(super) reply: Reply<R>,
    /// The time of the call, by the clock of the store.
    pub(super) now: i64,
    pub(super) called: Instant,
    pub(super) is_write: bool,
    /// The place in the queue.
    pub(super) _permit: OwnedSemaphorePermit,
}

impl<R, F> Command for Call<R, F>
where
    R: Send,
    F: FnMut(&mut SqliteTables<'_>, i64) -> Result<R, StoreError> + Send,
{
    fn is_wanted(&self) -> bool {
        !self.reply.is_closed()
    }

    fn is_write(&self) -> bool {
        self.is_write
    }

    fn run(&mut self, tables: &mut SqliteTables<'_>) -> Result<(), Failed> {
        // The clock is read by the caller, because a simulated one may belong to the caller's runtime.
        let waited = self.called.elapsed();
        let now = if waited > LONG_WAIT { later(self.now, waited) } else { self.now };
        let result = (self.work)(tables, now);
        let failed = match &result {
            Ok(_) => Ok(()),
            Err(error @ StoreError::Unavailable(_)) => Err(Failed::Broken(Failure::new(error))),
            Err(_) => Err(Failed::Refused),
        };
        self.result = Some(result);
        failed
    }

    fn fail(&mut self, error: StoreError) {
        self.result = Some(Err(error));
    }

    fn reply(self: Box<Self>) {
        let result = self.result.unwrap_or_else(|| Err(StoreError::unavailable("the call was not run")));
        // The caller may have stopped waiting.
        let _ = self.reply.send(result);
    }
}

/// A report to accept that the thread can own.
#[derive(Clone)]
pub(super) struct OwnedReport {
    key: EventKey,
    case_id: String,
    stage: ReportedStage,
    payload: Vec<u8>,
    vendors: Vec<ProviderId>,
}

impl OwnedReport {
    pub(super) fn new(report: &NewReport<'_>) -> Self {
        Self {
            key: report.key.clone(),
            case_id: report.case_id.to_owned(),
            stage: report.stage,
            payload: report.payload.to_vec(),
            vendors: report.vendors.to_vec(),
        }
    }

    /// Returns the report without the plain JSON, which only the hashes need.
    pub(super) fn get(&self) -> NewReport<'_> {
        NewReport {
            key: &self.key,
            case_id: &self.case_id,
            stage: self.stage,
            plain: &[],
            payload: &self.payload,
            vendors: &self.vendors,
        }
    }
}

/// An act that the thread can own.
pub(super) enum OwnedAct {
    Retry,
    Skip { reason: String },
    Resolve { resolution: Resolution, checked_at: DateTime<Utc> },
    Replay { seq: Option<ReportSeq> },
    Replace { report: OwnedReport, reason: String },
}

impl OwnedAct {
    pub(super) fn new(act: Act<'_>) -> Self {
        match act {
            Act::Retry => Self::Retry,
            Act::Skip { reason } => Self::Skip { reason: reason.to_owned() },
            Act::Resolve { resolution, checked_at } => Self::Resolve { resolution, checked_at },
            Act::Replay { seq } => Self::Replay { seq },
            Act::Replace { report, reason } => {
                Self::Replace { report: OwnedReport::new(&report), reason: reason.to_owned() }
            }
        }
    }

    pub(super) fn get(&self) -> Act<'_> {
        match self {
            Self::Retry => Act::Retry,
            Self::Skip { reason } => Act::Skip { reason },
            Self::Resolve { resolution, checked_at } => {
                Act::Resolve { resolution: resolution.clone(), checked_at: *checked_at }
            }
            Self::Replay { seq } => Act::Replay { seq: *seq },
            Self::Replace { report, reason } => Act::Replace { report: report.get(), reason },
        }
    }
}
