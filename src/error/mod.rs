//! Errors, and the effect of a failed call on the vendor's record.

mod core;
mod create;
mod delivery;
mod details;
mod kinds;
mod record;

pub use self::core::Error;
pub use self::delivery::{Delivery, FailurePhase};
pub use self::details::ErrorDetails;
pub(crate) use self::details::MAX_RETRY_AFTER;
pub use self::kinds::{
    ConfigurationError, ConflictError, ErrorKind, InDoubtError, NotStartedError, PanickedError, TimeLimit,
    TimeoutError, TransportError, UnreadableError, UnsupportedError, VendorError,
};
pub use self::record::ErrorRecord;
pub use crate::model::InvalidError;
