//! The retry decision as one pure function.

use std::time::Duration;

use crate::connector::{ReplyErrorKind, RetrySafety};
use crate::error::Delivery;

/// The outcome of one attempt, as far as the retry decision depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happened {
    /// Nothing was sent.
    NotSent,
    /// Something may have been sent, and there was no reply.
    Lost,
    /// The vendor throttles: HTTP 429.
    Throttled,
    /// The vendor reports an internal error.
    Failed,
    /// The vendor rejects the request.
    Rejected,
    /// The reply is not in a documented format.
    Unreadable,
}

impl Happened {
    pub(super) const fn from_reply_error(kind: ReplyErrorKind) -> Self {
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

    /// The effect of this attempt alone on the vendor's record.
    pub(super) const fn delivery(self, reads_only: bool) -> Delivery {
        match self {
            Self::NotSent => Delivery::NotSent,
            Self::Throttled | Self::Rejected => Delivery::Rejected,
            Self::Lost | Self::Failed | Self::Unreadable if reads_only => Delivery::NotSent,
            Self::Lost | Self::Failed | Self::Unreadable => Delivery::Unknown,
        }
    }
}

/// The facts on which the retry decision depends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    /// The number of attempts made, including this one.
    pub(super) attempts: u32,
    /// The largest number of attempts.
    pub(super) max_attempts: u32,
    /// An earlier attempt may have acted.
    pub(super) in_doubt: bool,
    /// The time left before the deadline.
    pub(super) remaining: Duration,
    /// The time that the vendor asked to wait.
    pub(super) retry_after: Option<Duration>,
    /// The wait by back-off.
    pub(super) backoff: Duration,
}

/// The next action after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Wait this long, then attempt again.
    Retry(Duration),
    /// Look up the vendor's record.
    LookUp,
    /// Return the error.
    Stop,
}

/// Decides the next action after an attempt without acknowledgement. `retry.md` has the table.
pub(super) fn decide(happened: Happened, safety: RetrySafety, facts: &Facts) -> Decision {
    match (happened, safety) {
        (Happened::NotSent, _)
        | (Happened::Throttled, RetrySafety::Idempotent | RetrySafety::LookupFirst)
        | (Happened::Lost | Happened::Failed, RetrySafety::Idempotent) => retry(facts),
        (Happened::Lost | Happened::Failed | Happened::Unreadable, RetrySafety::LookupFirst) => Decision::LookUp,
        // The vendor may reject the request because of the earlier attempt ("already set").
        (Happened::Rejected, RetrySafety::LookupFirst) if facts.in_doubt => Decision::LookUp,
        (Happened::Throttled | Happened::Lost | Happened::Failed, RetrySafety::Never)
        | (Happened::Unreadable, RetrySafety::Idempotent | RetrySafety::Never)
        | (Happened::Rejected, _) => Decision::Stop,
    }
}

impl Facts {
    /// The wait before the next attempt.
    pub(super) fn wait(&self) -> Duration {
        self.retry_after.unwrap_or_default().max(self.backoff)
    }
}

fn retry(facts: &Facts) -> Decision {
    let wait = facts.wait();
    if facts.attempts >= facts.max_attempts || wait >= facts.remaining { Decision::Stop } else { Decision::Retry(wait) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts = Facts {
        attempts: 1,
        max_attempts: 4,
        in_doubt: false,
        remaining: Duration::from_secs(30),
        retry_after: None,
        backoff: Duration::from_millis(300),
    };

    /// Runs every cell of the table in the docs against the function.
    #[test]
    fn decision_matches_the_documented_table() {
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
            for (safety, cell) in columns.into_iter().zip(cells) {
                let decided = match decide(happened, safety, &FACTS) {
                    Decision::Retry(wait) => {
                        assert_eq!(wait, FACTS.backoff);
                        "retry".to_owned()
                    }
                    Decision::LookUp => "look up".to_owned(),
                    Decision::Stop => format!("stop: `{:?}`", happened.delivery(false)),
                };
                assert_eq!(&decided, cell, "{happened:?} {safety:?}");
            }
        }
    }

    #[test]
    fn retries_end_with_the_attempts_and_the_deadline() {
        let last = Facts { attempts: 4, ..FACTS };
        assert_eq!(decide(Happened::NotSent, RetrySafety::Idempotent, &last), Decision::Stop);
        let late = Facts { remaining: Duration::from_millis(300), ..FACTS };
        assert_eq!(decide(Happened::Lost, RetrySafety::Idempotent, &late), Decision::Stop);
    }

    #[test]
    fn retry_after_is_used_if_it_fits_the_deadline() {
        let fits = Facts { retry_after: Some(Duration::from_secs(7)), ..FACTS };
        assert_eq!(
            decide(Happened::Throttled, RetrySafety::Idempotent, &fits),
            Decision::Retry(Duration::from_secs(7))
        );
        let too_long = Facts { retry_after: Some(Duration::from_secs(31)), ..FACTS };
        assert_eq!(decide(Happened::Throttled, RetrySafety::Idempotent, &too_long), Decision::Stop);
    }

    #[test]
    fn rejection_in_doubt_is_looked_up() {
        let doubt = Facts { in_doubt: true, ..FACTS };
        assert_eq!(decide(Happened::Rejected, RetrySafety::LookupFirst, &doubt), Decision::LookUp);
        assert_eq!(decide(Happened::Rejected, RetrySafety::Idempotent, &doubt), Decision::Stop);
    }

    #[test]
    fn failed_read_has_not_acted() {
        for happened in [Happened::Lost, Happened::Failed, Happened::Unreadable] {
            assert_eq!(happened.delivery(true), Delivery::NotSent);
            assert_eq!(happened.delivery(false), Delivery::Unknown);
        }
    }
}
