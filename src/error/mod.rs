//! Errors, and the effect of a failed call on the vendor's record.

mod advice;
mod core;
mod create;
mod delivery;
mod details;
mod kinds;
mod lookup_state;
mod record;
mod unsupported;

pub use self::advice::{Advice, AdviceKind};
pub use self::core::Error;
pub use self::delivery::{Delivery, FailurePhase};
pub use self::details::ErrorDetails;
pub(crate) use self::details::MAX_RETRY_AFTER;
pub use self::kinds::{
    ConfigurationError, ConflictError, ErrorKind, InDoubtError, NotStartedError, PanickedError, TimeLimit,
    TimeoutError, TransportError, UnreadableError, VendorError,
};
pub use self::lookup_state::LookupState;
pub use self::record::ErrorRecord;
pub use self::unsupported::UnsupportedError;
pub use crate::model::InvalidError;
