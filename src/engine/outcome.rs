//! The outcome of an attempt without acknowledgement, and the error that it becomes.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, StatusCode};

use super::retry::Happened;
use super::transport::TransportFailure;
use crate::connector::{Operation, ReplyError, ReplyErrorKind, RetrySafety, TokenError, TokenRequest};
use crate::error::{Delivery, Error, ErrorDetails, FailurePhase, LookupState, MAX_RETRY_AFTER, TimeLimit};
use crate::model::ProviderId;

/// The largest part of a reply that an error keeps.
const KEPT_BODY: usize = 8 * 1024;

/// The outcome of one attempt without acknowledgement.
pub(super) struct Problem {
    pub(super) cause: Cause,
    pub(super) status: Option<StatusCode>,
    pub(super) retry_after: Option<Duration>,
    body: Option<Bytes>,
}

pub(super) enum Cause {
    Rejected(ReplyError),
    Failed(TransportFailure),
    NoToken(TokenError),
    /// The request could not be encoded after an earlier attempt.
    NotEncoded(Box<Error>),
    TimedOut {
        limit: TimeLimit,
        sent: bool,
    },
}

impl Problem {
    pub(super) const fn new(cause: Cause) -> Self {
        Self { cause, status: None, retry_after: None, body: None }
    }

    pub(super) fn from_reply(error: ReplyError, reply: &http::Response<Bytes>, now: DateTime<Utc>) -> Self {
        // Copied: a slice would keep the whole reply in memory for as long as the error lives.
        let body = || Bytes::copy_from_slice(&reply.body()[..reply.body().len().min(KEPT_BODY)]);
        Self {
            status: Some(reply.status()),
            retry_after: retry_after(reply.headers(), now).max(error.shortest_wait()),
            body: error.keeps_body().then(body),
            cause: Cause::Rejected(error),
        }
    }

    pub(super) fn happened(&self) -> Happened {
        match &self.cause {
            Cause::Rejected(error) => Happened::from_reply_error(error.kind()),
            Cause::Failed(failure) => match failure.phase() {
                FailurePhase::NotSent => Happened::NotSent,
                FailurePhase::MaybeSent => Happened::Lost,
                FailurePhase::ReplyTooLarge => Happened::Unreadable,
            },
            Cause::NoToken(_) | Cause::NotEncoded(_) | Cause::TimedOut { sent: false, .. } => Happened::NotSent,
            Cause::TimedOut { sent: true, .. } => Happened::Lost,
        }
    }

    /// True if the cause may be temporary.
    fn is_temporary(&self) -> bool {
        match &self.cause {
            Cause::Rejected(error) => error.is_temporary(),
            Cause::Failed(failure) => failure.phase() != FailurePhase::ReplyTooLarge,
            Cause::NoToken(_) | Cause::TimedOut { .. } => true,
            Cause::NotEncoded(_) => false,
        }
    }

    /// The name for logs and for the result of a failed lookup.
    pub(super) fn outcome(&self) -> &'static str {
        match self.happened() {
            Happened::NotSent => "not_sent",
            Happened::Lost => "lost",
            Happened::Throttled => "rate_limited",
            Happened::Failed => "unavailable",
            Happened::Rejected => "rejected",
            Happened::Unreadable => "unreadable",
        }
    }

    /// The state of a lookup that ended in this problem.
    pub(super) fn lookup_state(&self) -> LookupState {
        match &self.cause {
            Cause::Rejected(error) if error.is_temporary() => LookupState::Failed,
            Cause::Rejected(error) => match error.kind() {
                ReplyErrorKind::NotFound => LookupState::NotFound,
                ReplyErrorKind::Authentication => LookupState::Unauthorized,
                ReplyErrorKind::Rejected | ReplyErrorKind::Conflict => LookupState::Impossible,
                ReplyErrorKind::RateLimited | ReplyErrorKind::Unavailable | ReplyErrorKind::Unreadable => {
                    LookupState::Failed
                }
            },
            Cause::Failed(_) | Cause::NoToken(_) | Cause::TimedOut { .. } => LookupState::Failed,
            Cause::NotEncoded(_) => LookupState::Impossible,
        }
    }

    pub(super) fn into_error<O: Operation>(self, provider: ProviderId, operation: &O, history: &History) -> Error {
        let delivery = history.delivery;
        let idempotent = operation.retry_safety() == RetrySafety::Idempotent;
        // A failed read of a case in doubt is a failed lookup.
        let reads_only = operation.reads_only();
        let lookup = if reads_only { Some(self.lookup_state()) } else { history.lookup.or(lookup_state(operation)) };
        let details = ErrorDetails::new(provider, operation.name(), delivery)
            .retryable(self.is_temporary() && (delivery != Delivery::Unknown || idempotent))
            .idempotent(idempotent)
            .retry_after(self.retry_after)
            .status(self.status)
            .attempts(history.attempts)
            .reply_body(self.body)
            .lookup(lookup)
            .lookup_detail(history.lookup_detail.clone());
        let details = if reads_only { details.read() } else { details };
        match self.cause {
            Cause::Rejected(error) => {
                let kind = error.kind();
                let (code, message, request_id) = error.into_parts();
                from_reply_error(kind, details.vendor_code(code).vendor_message(message).request_id(request_id))
            }
            Cause::Failed(failure) if failure.phase() == FailurePhase::ReplyTooLarge => {
                Error::unreadable(details.source(failure))
            }
            Cause::Failed(failure) if failure.is_timeout() => {
                let connecting = failure.phase() == FailurePhase::NotSent;
                let limit = if connecting { TimeLimit::Connect } else { TimeLimit::Attempt };
                Error::timeout(limit, details.source(failure))
            }
            Cause::Failed(failure) => Error::transport(failure.phase(), details.source(failure)),
            Cause::NotEncoded(error) => Error::transport(FailurePhase::NotSent, details.source(error)),
            Cause::NoToken(error) => Error::no_token(details.source(error)),
            Cause::TimedOut { limit, .. } => Error::timeout(limit, details),
        }
    }
}

/// The state of the lookup of a write before a lookup; `None` if the write may be sent again without one.
pub(super) fn lookup_state<O: Operation>(operation: &O) -> Option<LookupState> {
    let has_lookup = || if operation.lookup().is_some() { LookupState::Possible } else { LookupState::Impossible };
    (operation.retry_safety() != RetrySafety::Idempotent).then(has_lookup)
}

fn from_reply_error(kind: ReplyErrorKind, details: ErrorDetails) -> Error {
    match kind {
        ReplyErrorKind::Authentication => Error::authentication(details),
        ReplyErrorKind::Rejected => Error::rejected(details),
        ReplyErrorKind::NotFound => Error::not_found(details),
        ReplyErrorKind::Conflict => Error::conflict(Vec::new(), details),
        ReplyErrorKind::RateLimited => Error::rate_limited(details),
        ReplyErrorKind::Unavailable => Error::unavailable(details),
        ReplyErrorKind::Unreadable => Error::unreadable(details),
    }
}

/// The course of all attempts of one operation.
#[derive(Debug)]
pub(super) struct History {
    pub(super) attempts: u32,
    pub(super) delivery: Delivery,
    /// The token of the last attempt was refused, so the next attempt asks for a fresh one.
    token_rejected: bool,
    /// A fresh token was already requested; this is done once.
    pub(super) token_renewed: bool,
    /// The state of the last lookup; `None` without one.
    pub(super) lookup: Option<LookupState>,
    pub(super) lookup_detail: Option<Cow<'static, str>>,
}

impl History {
    pub(super) const fn new() -> Self {
        Self::after(Delivery::NotSent)
    }

    /// A history that continues from this delivery.
    pub(super) const fn after(delivery: Delivery) -> Self {
        Self { attempts: 0, delivery, token_rejected: false, token_renewed: false, lookup: None, lookup_detail: None }
    }

    /// Returns the token to request for the next attempt: a fresh one once after a rejected token.
    pub(super) const fn next_token(&mut self) -> TokenRequest {
        let token = if self.token_rejected { TokenRequest::Fresh } else { TokenRequest::Current };
        self.token_rejected = false;
        token
    }

    /// Lets the next attempt request a fresh token. This is done once.
    pub(super) const fn renew_token(&mut self) {
        self.token_rejected = true;
        self.token_renewed = true;
    }

    pub(super) fn record(&mut self, problem: &Problem, reads_only: bool) {
        self.delivery = self.delivery.and(problem.happened().delivery(reads_only));
    }
}

/// Parses `Retry-After`: seconds, or one of the three date formats of HTTP. At most [`MAX_RETRY_AFTER`].
///
/// A date is relative to the `Date` of the reply, because the local clock may be wrong. `now` counts only without one.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // Digits that are no `u64` are a larger number.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)).min(MAX_RETRY_AFTER));
    }
    let until = http_date(text)?;
    let sent = headers.get(DATE).and_then(|date| http_date(date.to_str().ok()?.trim()));
    let wait = until - sent.unwrap_or(now);
    Some(wait.to_std().unwrap_or(Duration::ZERO).min(MAX_RETRY_AFTER))
}

fn http_date(text: &str) -> Option<DateTime<Utc>> {
    httpdate::parse_http_date(text).ok().map(DateTime::from)
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
            ("", None),
            ("+7", None),
            ("31536001", Some(31_536_000)),
            ("18446744073709551615", Some(31_536_000)),
            ("18446744073709551616", Some(31_536_000)),
            ("99999999999999999999999999999999999999", Some(31_536_000)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(31_536_000)),
        ];
        for (text, seconds) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_static(text));
            assert_eq!(retry_after(&headers, now), seconds.map(Duration::from_secs), "{text}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    #[test]
    fn retry_after_date_is_relative_to_the_date_of_the_reply() {
        let until = "Sun, 06 Nov 1994 08:50:00 GMT";
        let cases = [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 23),
            ("Sunday, 06-Nov-94 08:49:50 GMT", 10),
            ("Sun Nov  6 08:50:00 1994", 0),
            ("Sun, 06 Nov 1994 09:00:00 GMT", 0),
            // Without a valid date, the local clock counts.
            ("yesterday", 60),
        ];
        for (date, seconds) in cases {
            // A wrong local clock does not matter.
            for minute in if date == "yesterday" { 49..50 } else { 0..59 } {
                let now = Utc.with_ymd_and_hms(1994, 11, 6, 8, minute, 0).unwrap();
                let mut headers = HeaderMap::new();
                headers.insert(RETRY_AFTER, HeaderValue::from_static(until));
                headers.insert(DATE, HeaderValue::from_static(date));
                assert_eq!(retry_after(&headers, now), Some(Duration::from_secs(seconds)), "{date}");
            }
        }
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static(until));
        for now in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert!(retry_after(&headers, now).is_some());
        }
    }
}
