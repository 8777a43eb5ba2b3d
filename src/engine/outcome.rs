//! What became of an attempt that was not acknowledged, and the error that it ends in.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};

use super::retry::Happened;
use super::transport::TransportFailure;
use crate::connector::{ReplyError, ReplyErrorKind, RetrySafety, TokenError};
use crate::error::{
    ConflictError, Context, Delivery, Error, FailurePhase, TimeoutError, TransportError, UnreadableError, VendorError,
};
use crate::model::ProviderId;

/// How much of a reply an error keeps.
const KEPT_BODY: usize = 8 * 1024;

/// What became of one attempt.
pub(crate) struct Problem {
    pub(crate) cause: Cause,
    pub(crate) status: Option<StatusCode>,
    pub(crate) retry_after: Option<Duration>,
    body: Option<Bytes>,
}

pub(crate) enum Cause {
    Rejected(ReplyError),
    Failed(TransportFailure),
    NoToken(TokenError),
    /// The request could not be written, after an earlier attempt.
    NotWritten(Box<Error>),
    TimedOut {
        whole: bool,
        sent: bool,
    },
}

impl Problem {
    pub(crate) const fn new(cause: Cause) -> Self {
        Self { cause, status: None, retry_after: None, body: None }
    }

    pub(crate) fn of_reply(refusal: ReplyError, reply: &http::Response<Bytes>, now: DateTime<Utc>) -> Self {
        Self {
            cause: Cause::Rejected(refusal),
            status: Some(reply.status()),
            retry_after: retry_after(reply.headers(), now),
            // A copy: a slice would hold on to all of the reply for as long as the error lives.
            body: Some(Bytes::copy_from_slice(&reply.body()[..reply.body().len().min(KEPT_BODY)])),
        }
    }

    pub(crate) fn happened(&self) -> Happened {
        match &self.cause {
            Cause::Rejected(refusal) => Happened::from_reply_error(refusal.kind()),
            Cause::Failed(failure) => match failure.phase() {
                FailurePhase::NotSent => Happened::NotSent,
                FailurePhase::MaybeSent => Happened::Lost,
                FailurePhase::ReplyTooLarge => Happened::Unreadable,
            },
            Cause::NoToken(_) | Cause::NotWritten(_) | Cause::TimedOut { sent: false, .. } => Happened::NotSent,
            Cause::TimedOut { sent: true, .. } => Happened::Lost,
        }
    }

    /// Whether the cause may pass by itself.
    fn is_passing(&self) -> bool {
        match &self.cause {
            Cause::Rejected(refusal) => refusal.is_passing(),
            Cause::Failed(failure) => failure.phase() != FailurePhase::ReplyTooLarge,
            Cause::NoToken(_) | Cause::TimedOut { .. } => true,
            Cause::NotWritten(_) => false,
        }
    }

    /// A word for logs, and for what is said of a look that failed.
    pub(crate) fn outcome(&self) -> &'static str {
        match self.happened() {
            Happened::NotSent => "not_sent",
            Happened::Lost => "lost",
            Happened::Throttled => "rate_limited",
            Happened::Failed => "unavailable",
            Happened::Rejected => "refused",
            Happened::Unreadable => "unreadable",
        }
    }

    pub(crate) fn into_error(
        self,
        provider: ProviderId,
        operation: &'static str,
        repeat: RetrySafety,
        history: &History,
    ) -> Error {
        let delivery = history.delivery;
        let retryable = self.is_passing() && (delivery != Delivery::Unknown || repeat == RetrySafety::Idempotent);
        let mut context = Context::new(provider, operation, delivery);
        context.retryable = retryable;
        context.harmless = repeat == RetrySafety::Idempotent;
        context.retry_after = self.retry_after;
        context.status = self.status;
        context.attempts = history.attempts;
        context.body = self.body;
        context.looked.clone_from(&history.looked);
        match self.cause {
            Cause::Rejected(refusal) => {
                let kind = refusal.kind();
                (context.vendor_code, context.vendor_message, context.request_id) = refusal.into_parts();
                of_refusal(kind, context)
            }
            Cause::Failed(failure) if failure.phase() == FailurePhase::ReplyTooLarge => {
                context.source = Some(Box::new(failure));
                Error::Unreadable(UnreadableError::new(context))
            }
            Cause::Failed(failure) if failure.is_timeout() => {
                context.source = Some(Box::new(failure));
                Error::Timeout(TimeoutError::new(false, context))
            }
            Cause::Failed(failure) => {
                let phase = failure.phase();
                // The failure's own line says how far it came; below it stands why.
                context.source = Some(Box::new(failure));
                Error::Transport(TransportError::new(phase, context))
            }
            Cause::NotWritten(error) => {
                context.source = Some(error);
                Error::Transport(TransportError::new(FailurePhase::NotSent, context))
            }
            Cause::NoToken(error) => {
                context.source = Some(Box::new(error));
                Error::Authentication(VendorError::new("cannot authenticate", context))
            }
            Cause::TimedOut { whole, .. } => Error::Timeout(TimeoutError::new(whole, context)),
        }
    }
}

fn of_refusal(kind: ReplyErrorKind, context: Context) -> Error {
    match kind {
        ReplyErrorKind::Authentication => {
            Error::Authentication(VendorError::new("the vendor refuses the credentials", context))
        }
        ReplyErrorKind::Rejected => Error::Rejected(VendorError::new("rejected by the vendor", context)),
        ReplyErrorKind::NotFound => {
            Error::NotFound(VendorError::new("the vendor knows no such payment or case", context))
        }
        ReplyErrorKind::Conflict => Error::Conflict(ConflictError::new(Vec::new(), context)),
        ReplyErrorKind::RateLimited => Error::RateLimited(VendorError::new("rate limited by the vendor", context)),
        ReplyErrorKind::Unavailable => Error::Unavailable(VendorError::new("the vendor failed", context)),
        ReplyErrorKind::Unreadable => Error::Unreadable(UnreadableError::new(context)),
    }
}

/// Several cases at the vendor answer to one case id.
pub(crate) fn several(
    provider: ProviderId,
    operation: &'static str,
    delivery: Delivery,
    attempts: u32,
    candidates: Vec<String>,
) -> Error {
    let mut context = Context::new(provider, operation, delivery);
    context.attempts = attempts;
    Error::Conflict(ConflictError::new(candidates, context))
}

/// What the vendor shows does not tell what to do.
pub(crate) fn cannot_tell(
    provider: ProviderId,
    operation: &'static str,
    delivery: Delivery,
    why: Cow<'static, str>,
) -> Error {
    let mut context = Context::new(provider, operation, delivery);
    context.looked = Some(why);
    Error::Conflict(ConflictError::new(Vec::new(), context))
}

/// The time ran out before anything was sent.
pub(crate) fn never_got_its_turn(provider: ProviderId, operation: &'static str) -> Error {
    let mut context = Context::new(provider, operation, Delivery::NotSent);
    context.retryable = true;
    Error::Timeout(TimeoutError::new(true, context))
}

/// What has happened over the attempts at one operation.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) attempts: u32,
    pub(crate) delivery: Delivery,
    /// The last attempt's token was refused, and a fresh one is to be asked for.
    pub(crate) token_refused: bool,
    /// A fresh one has been asked for, which is done once.
    pub(crate) token_renewed: bool,
    pub(crate) looked: Option<Cow<'static, str>>,
}

impl History {
    pub(crate) const fn new() -> Self {
        Self::after(Delivery::NotSent)
    }

    /// With what is known from before.
    pub(crate) const fn after(delivery: Delivery) -> Self {
        Self { attempts: 0, delivery, token_refused: false, token_renewed: false, looked: None }
    }

    pub(crate) fn record(&mut self, problem: &Problem, reads_only: bool) {
        self.delivery = self.delivery.and(problem.happened().delivery(reads_only));
    }
}

/// `Retry-After`: seconds, or one of the three date forms of HTTP.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTime::<Utc>::from(httpdate::parse_http_date(text).ok()?);
    Some((at - now).to_std().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use http::HeaderValue;

    use super::*;

    #[test]
    fn retry_after_reads_seconds_and_all_http_dates() {
        let now = Utc.with_ymd_and_hms(1994, 11, 6, 8, 49, 0).unwrap();
        let cases = [
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(37)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(37)),
            ("Sun Nov  6 08:49:37 1994", Some(37)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("-1", None),
            ("soon", None),
            ("1.5", None),
        ];
        for (text, seconds) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_static(text));
            assert_eq!(retry_after(&headers, now), seconds.map(Duration::from_secs), "{text}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
