//! The retry decision: one pure function.

use std::time::Duration;

use crate::connector::{ReplyErrorKind, RetrySafety};
use crate::error::Delivery;

/// What became of one attempt, as far as the decision goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happened {
    /// Nothing left this machine.
    NotSent,
    /// Something may have left, and no reply came.
    Lost,
    /// The vendor refuses for now: 429.
    Throttled,
    /// The vendor says that it failed.
    Failed,
    /// The vendor refuses.
    Rejected,
    /// A reply that is none.
    Unreadable,
}

impl Happened {
    pub(crate) const fn from_reply_error(kind: ReplyErrorKind) -> Self {
        match kind {
            ReplyErrorKind::RateLimited => Self::Throttled,
            ReplyErrorKind::Unavailable => Self::Failed,
            ReplyErrorKind::Unreadable => Self::Unreadable,
            ReplyErrorKind::Authentication
            | ReplyErrorKind::Rejected
            | ReplyErrorKind::NotFound
            | ReplyErrorKind::Conflict => Self::Rejected,
        }
    }

    /// Whether the vendor acted, by this attempt alone.
    pub(crate) const fn delivery(self, reads_only: bool) -> Delivery {
        match self {
            Self::NotSent => Delivery::NotSent,
            Self::Throttled | Self::Rejected => Delivery::Rejected,
            // A read does not act, whatever becomes of it.
            Self::Lost | Self::Failed | Self::Unreadable => {
                if reads_only {
                    Delivery::NotSent
                } else {
                    Delivery::Unknown
                }
            }
        }
    }
}

/// What has happened so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts {
    /// Attempts made, this one included.
    pub(crate) attempts: u32,
    /// Attempts allowed.
    pub(crate) allowed: u32,
    /// Whether an earlier attempt may have acted.
    pub(crate) in_doubt: bool,
    /// Time left before the deadline.
    pub(crate) remaining: Duration,
    /// What the vendor asked for.
    pub(crate) retry_after: Option<Duration>,
    /// What the backoff would wait.
    pub(crate) backoff: Duration,
}

/// What to do after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Wait, then try again.
    Retry(Duration),
    /// Look at the vendor's record.
    LookUp,
    /// Give the error back.
    Stop,
}

/// Decides what to do after an attempt that was not acknowledged. The table stands in `retry.md`.
pub(crate) fn decide(happened: Happened, repeat: RetrySafety, facts: &Facts) -> Decision {
    match (happened, repeat) {
        (Happened::NotSent, _)
        | (Happened::Throttled, RetrySafety::Idempotent | RetrySafety::LookupFirst)
        | (Happened::Lost | Happened::Failed, RetrySafety::Idempotent) => retry(facts),
        (Happened::Lost | Happened::Failed | Happened::Unreadable, RetrySafety::LookupFirst) => Decision::LookUp,
        // The earlier attempt may be what this refusal is about ("already set").
        (Happened::Rejected, RetrySafety::LookupFirst) if facts.in_doubt => Decision::LookUp,
        (Happened::Throttled | Happened::Lost | Happened::Failed, RetrySafety::Never)
        | (Happened::Unreadable, RetrySafety::Idempotent | RetrySafety::Never)
        | (Happened::Rejected, _) => Decision::Stop,
    }
}

impl Facts {
    /// How long to wait before the next attempt.
    pub(crate) fn wait(&self) -> Duration {
        self.retry_after.unwrap_or_default().max(self.backoff)
    }
}

fn retry(facts: &Facts) -> Decision {
    let wait = facts.wait();
    if facts.attempts >= facts.allowed || wait >= facts.remaining { Decision::Stop } else { Decision::Retry(wait) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts = Facts {
        attempts: 1,
        allowed: 4,
        in_doubt: false,
        remaining: Duration::from_secs(30),
        retry_after: None,
        backoff: Duration::from_millis(300),
    };

    /// Runs every cell of the table in the docs against the function.
    #[test]
    fn the_documented_table_is_what_is_decided() {
        let rows = [
            Happened::NotSent,
            Happened::Throttled,
            Happened::Failed,
            Happened::Lost,
            Happened::Rejected,
            Happened::Unreadable,
        ];
        let columns = [RetrySafety::Idempotent, RetrySafety::LookupFirst, RetrySafety::Never];
        let table: Vec<Vec<&str>> = include_str!("retry.md")
            .lines()
            .skip(2)
            .map(|line| line.trim_matches('|').split('|').skip(1).map(str::trim).collect())
            .collect();
        assert_eq!(table.len(), rows.len());
        for (happened, cells) in rows.into_iter().zip(&table) {
            assert_eq!(cells.len(), columns.len());
            for (repeat, cell) in columns.into_iter().zip(cells) {
                let decided = match decide(happened, repeat, &FACTS) {
                    Decision::Retry(wait) => {
                        assert_eq!(wait, FACTS.backoff);
                        "retry".to_owned()
                    }
                    Decision::LookUp => "look up".to_owned(),
                    Decision::Stop => format!("stop: `{:?}`", happened.delivery(false)),
                };
                assert_eq!(&decided, cell, "{happened:?} {repeat:?}");
            }
        }
    }

    #[test]
    fn retries_end_with_the_attempts_and_the_time() {
        let last = Facts { attempts: 4, ..FACTS };
        assert_eq!(decide(Happened::NotSent, RetrySafety::Idempotent, &last), Decision::Stop);
        let late = Facts { remaining: Duration::from_millis(300), ..FACTS };
        assert_eq!(decide(Happened::Lost, RetrySafety::Idempotent, &late), Decision::Stop);
    }

    #[test]
    fn retry_after_is_obeyed_if_it_fits() {
        let fits = Facts { retry_after: Some(Duration::from_secs(7)), ..FACTS };
        assert_eq!(
            decide(Happened::Throttled, RetrySafety::Idempotent, &fits),
            Decision::Retry(Duration::from_secs(7))
        );
        let too_long = Facts { retry_after: Some(Duration::from_secs(31)), ..FACTS };
        assert_eq!(decide(Happened::Throttled, RetrySafety::Idempotent, &too_long), Decision::Stop);
    }

    #[test]
    fn a_refusal_after_doubt_is_looked_up() {
        let doubt = Facts { in_doubt: true, ..FACTS };
        assert_eq!(decide(Happened::Rejected, RetrySafety::LookupFirst, &doubt), Decision::LookUp);
        assert_eq!(decide(Happened::Rejected, RetrySafety::Idempotent, &doubt), Decision::Stop);
    }

    #[test]
    fn a_failed_read_has_not_acted() {
        for happened in [Happened::Lost, Happened::Failed, Happened::Unreadable] {
            assert_eq!(happened.delivery(true), Delivery::NotSent);
            assert_eq!(happened.delivery(false), Delivery::Unknown);
        }
    }
}
