//! Reads the status and the body of a reply.

use http::Response;

use super::json::{Json, Object};
use crate::connector::{ReplyError, ReplyErrorKind};

/// Parses the body as a JSON object. Returns `None` if any object in it has a duplicate key.
pub(crate) fn object(reply: &Response<impl AsRef<[u8]>>) -> Option<Object<'_>> {
    let Json::Object(object) = Json::parse(reply.body().as_ref())? else { return None };
    Some(object)
}

/// Classifies a reply that is not a success by its HTTP status. A 2xx without proof of success is unreadable.
pub(crate) fn status_error(reply: &Response<impl AsRef<[u8]>>) -> ReplyError {
    ReplyError::new(kind_by_status(reply, ReplyErrorKind::Unreadable))
}

/// Returns the kind of error of a failing HTTP status, or `in_success` if the status is 2xx.
pub(crate) fn kind_by_status(reply: &Response<impl AsRef<[u8]>>, in_success: ReplyErrorKind) -> ReplyErrorKind {
    if reply.status().is_success() { in_success } else { ReplyError::from_status(reply.status()).kind() }
}
