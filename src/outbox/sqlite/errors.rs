//! Errors of `SQLite` as errors of the store.

use rusqlite::{Error, ErrorCode};

use super::super::store_error::StoreError;

/// Converts an error. Messages of `SQLite` may quote a statement, so the result has only fixed texts and codes.
#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(super) fn sql(error: Error) -> StoreError {
    let Error::SqliteFailure(failure, _) = error else { return other(&error) };
    let code = failure.extended_code;
    match failure.code {
        ErrorCode::DatabaseCorrupt => StoreError::corrupt(format!("the file is malformed (SQLite code {code})")),
        ErrorCode::NotADatabase => StoreError::corrupt("the file is not a database, or it is encrypted"),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            StoreError::unavailable(format!("another process holds the write lock (SQLite code {code})"))
        }
        ErrorCode::DiskFull => StoreError::unavailable("the disk is full"),
        ErrorCode::ReadOnly => StoreError::unavailable("the file is read-only"),
        ErrorCode::SystemIoFailure => {
            StoreError::unavailable(format!("the file cannot be read or written (SQLite code {code})"))
        }
        ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
            StoreError::unavailable(format!("the file cannot be opened (SQLite code {code})"))
        }
        ErrorCode::TooBig => StoreError::Refused("the payload is too large for the store"),
        ErrorCode::ConstraintViolation => {
            StoreError::corrupt(format!("the rows contradict each other (SQLite code {code})"))
        }
        _ => StoreError::unavailable(format!("SQLite failed with code {code}")),
    }
}

fn other(error: &Error) -> StoreError {
    match error {
        Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..)
        | Error::Utf8Error(..)
        | Error::QueryReturnedNoRows => StoreError::corrupt("a row has a value of another type"),
        _ => StoreError::unavailable("SQLite cannot run the statement"),
    }
}

/// A failure of a whole transaction, from which the errors of its commands are made.
#[derive(Debug, Clone)]
pub(super) enum Failure {
    Unavailable(String),
    Corrupt(String),
}

impl Failure {
    pub(super) fn new(error: &StoreError) -> Self {
        match error {
            StoreError::Corrupt(source) => Self::Corrupt(source.to_string()),
            StoreError::Unavailable(source) => Self::Unavailable(source.to_string()),
            other => Self::Unavailable(other.to_string()),
        }
    }

    pub(super) fn error(&self) -> StoreError {
        match self {
            Self::Unavailable(text) => StoreError::unavailable(text.clone()),
            Self::Corrupt(text) => StoreError::corrupt(text.clone()),
        }
    }
}
