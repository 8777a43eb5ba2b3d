//! What every error of a call knows, and how it is written on one line.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

use super::Delivery;
use crate::model::{EARLIER, ProviderId};
use crate::util::redact::Presence;

type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// The facts of a failed call.
pub(crate) struct Context {
    pub(crate) provider: ProviderId,
    pub(crate) operation: &'static str,
    pub(crate) delivery: Delivery,
    pub(crate) retryable: bool,
    /// Whether sending it again does no harm, whatever became of it.
    pub(crate) harmless: bool,
    /// Whether the doubt is about an earlier report of the case.
    pub(super) earlier: bool,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) status: Option<StatusCode>,
    pub(crate) vendor_code: Option<String>,
    pub(crate) vendor_message: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) body: Option<Bytes>,
    pub(crate) looked: Option<Cow<'static, str>>,
    pub(crate) source: Option<BoxError>,
}

impl Context {
    pub(crate) const fn new(provider: ProviderId, operation: &'static str, delivery: Delivery) -> Self {
        Self {
            provider,
            operation,
            delivery,
            retryable: false,
            harmless: false,
            earlier: false,
            retry_after: None,
            status: None,
            vendor_code: None,
            vendor_message: None,
            request_id: None,
            attempts: 0,
            body: None,
            looked: None,
            source: None,
        }
    }

    /// An earlier report of the case may have acted, and nobody knows yet.
    pub(super) fn in_doubt(&mut self) {
        self.earlier = self.delivery != Delivery::Unknown;
        self.delivery = Delivery::Unknown;
    }

    /// Writes `vendor operation: what (HTTP status, code) after n attempts; outcome; what to do next`.
    pub(super) fn write_line(&self, f: &mut fmt::Formatter<'_>, what: &str) -> fmt::Result {
        write!(f, "{} {}: {what}", self.provider, self.operation)?;
        match (self.status, self.vendor_code.as_deref().map(shown_code)) {
            (Some(status), Some(code)) => write!(f, " (HTTP {}, code {code})", status.as_u16())?,
            (Some(status), None) => write!(f, " (HTTP {})", status.as_u16())?,
            (None, Some(code)) => write!(f, " (code {code})")?,
            (None, None) => {}
        }
        match self.attempts {
            0 => {}
            1 => f.write_str(" after 1 attempt")?,
            n => write!(f, " after {n} attempts")?,
        }
        f.write_str(if self.earlier { EARLIER } else { "; " })?;
        f.write_str(if self.earlier { "" } else { self.delivery.words() })?;
        if let Some(looked) = &self.looked {
            write!(f, "; {looked}")?;
        }
        match (self.retryable, self.retry_after, self.delivery) {
            (true, Some(wait), _) => write!(f, "; report again after {} s", wait.as_secs().max(1)),
            (true, None, _) => f.write_str("; report again later"),
            (false, _, Delivery::Unknown) if self.harmless => f.write_str("; sending it again does no harm"),
            (false, _, Delivery::Unknown) if self.earlier => Ok(()),
            (false, _, Delivery::Unknown) => f.write_str("; find out before sending it again"),
            (false, ..) => Ok(()),
        }
    }
}

/// A vendor's code as far as it is one. What has other characters than codes have may be somebody's data.
fn shown_code(code: &str) -> &str {
    let is_code =
        code.len() <= 64 && code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    if is_code { code } else { "[redacted]" }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("provider", &self.provider)
            .field("operation", &self.operation)
            .field("delivery", &self.delivery)
            .field("retryable", &self.retryable)
            .field("retry_after", &self.retry_after)
            .field("status", &self.status)
            .field("vendor_code", &self.vendor_code.as_deref().map(shown_code))
            .field("vendor_message", &Presence::new(self.vendor_message.as_ref()))
            .field("request_id", &Presence::new(self.request_id.as_ref()))
            .field("attempts", &self.attempts)
            .field("body", &Presence::new(self.body.as_ref()))
            .field("looked", &self.looked)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}
