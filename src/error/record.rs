//! Storable copies of errors.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::advice::AdviceKind;
use super::core::Error;
use super::delivery::Delivery;
use super::kinds::ErrorKind;
use super::lookup_state::LookupState;
use crate::model::ProviderId;
use crate::util::redact::Presence;

/// The facts of an [`Error`], for a database or a log file.
///
/// The record holds no key, no personal data, and no text that the vendor wrote. Read it with serde; fields that a
/// newer version adds are ignored.
///
/// ```
/// use chargeback::{Delivery, Error, ErrorDetails, ErrorKind, ErrorRecord, ProviderId};
///
/// let details = ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::Rejected).attempts(1);
/// let record = Error::rejected(details).record();
/// assert_eq!((record.kind, record.delivery), (ErrorKind::Rejected, Delivery::Rejected));
///
/// let json = serde_json::to_string(&record)?;
/// assert_eq!(serde_json::from_str::<ErrorRecord>(&json)?, record);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ErrorRecord {
    /// The kind of the error.
    pub kind: ErrorKind,
    /// The effect on the vendor's record.
    pub delivery: Delivery,
    /// The next step. The wait of [`RetryAt`](crate::Advice::RetryAt) is `retry_after`.
    pub advice: AdviceKind,
    /// The state of the lookup of the vendor's record, if the outcome is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<LookupState>,
    /// The vendor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderId>,
    /// The name of the failed operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// True if the same call may succeed later and cannot make the vendor act twice.
    pub retryable: bool,
    /// The time that the vendor asked to wait, in whole milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millis")]
    pub retry_after: Option<Duration>,
    /// The HTTP status of the last reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The vendor's error code; `[redacted]` if it does not have the form of a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_code: Option<String>,
    /// The vendor's id of the call. `Debug` does not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The number of attempts.
    pub attempts: u32,
    /// The text of the error.
    pub message: String,
}

impl Error {
    /// Returns a copy of the facts that can be stored.
    ///
    /// ```
    /// use chargeback::{Delivery, Error, ErrorDetails, ProviderId};
    ///
    /// let error = Error::rejected(ErrorDetails::new(ProviderId::from_static("acme"), "report", Delivery::Rejected));
    /// assert_eq!(error.record().message, error.to_string());
    /// ```
    #[must_use]
    pub fn record(&self) -> ErrorRecord {
        ErrorRecord::from(self)
    }
}

impl From<&Error> for ErrorRecord {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind(),
            delivery: error.delivery(),
            advice: error.advice().kind(),
            lookup: error.lookup_state(),
            provider: error.provider().cloned(),
            operation: error.operation().map(str::to_owned),
            retryable: error.is_retryable(),
            retry_after: error.retry_after().map(|time| Duration::from_millis(millis::whole(time))),
            status: error.status().map(|status| status.as_u16()),
            vendor_code: error.shown_code().map(Into::into),
            request_id: error.request_id().map(str::to_owned),
            attempts: error.attempts(),
            message: error.to_string(),
        }
    }
}

impl fmt::Debug for ErrorRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorRecord")
            .field("kind", &self.kind)
            .field("delivery", &self.delivery)
            .field("advice", &self.advice)
            .field("request_id", &Presence::new(self.request_id.as_ref()))
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

/// Durations as whole milliseconds.
mod millis {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(super) fn whole(time: Duration) -> u64 {
        u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
    }

    #[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
    pub(super) fn serialize<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        time.map(whole).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(deserializer)?.map(Duration::from_millis))
    }
}
