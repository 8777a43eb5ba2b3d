//! Errors of the database as errors of a store.

use chargeback::outbox::StoreError;
use tokio_postgres::error::{DbError, SqlState};

/// Converts an error of the database. The texts of the server are left out: they can contain values of rows.
pub(crate) fn sql(error: &tokio_postgres::Error) -> StoreError {
    if let Some(db) = error.as_db_error() {
        return of_server(db);
    }
    let text = if error.is_closed() { "the connection was closed" } else { "the connection failed" };
    StoreError::unavailable(text)
}

fn of_server(db: &DbError) -> StoreError {
    let code = db.code();
    if *code == SqlState::LOCK_NOT_AVAILABLE {
        return StoreError::unavailable("another transaction holds the case for too long (55P03)");
    }
    if *code == SqlState::INSUFFICIENT_PRIVILEGE {
        return StoreError::Unusable("the role lacks a right (42501); call `grant_worker` or `grant_enqueue`".into());
    }
    if *code == SqlState::UNDEFINED_TABLE
        || *code == SqlState::UNDEFINED_FUNCTION
        || *code == SqlState::INVALID_SCHEMA_NAME
    {
        return StoreError::Unusable(format!(
            "the schema has no tables of an outbox ({}); call `migrate` first",
            code.code()
        ));
    }
    if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        return StoreError::unavailable("the server is a read-only standby (25006)");
    }
    StoreError::unavailable(format!("the server reported error {}", code.code()))
}

/// True if the transaction can succeed if it is run again at once.
pub(crate) fn is_serialization(error: &tokio_postgres::Error) -> bool {
    let code = error.code();
    code == Some(&SqlState::T_R_SERIALIZATION_FAILURE) || code == Some(&SqlState::T_R_DEADLOCK_DETECTED)
}

/// Converts an error of the pool.
pub(crate) fn pool(error: deadpool_postgres::PoolError) -> StoreError {
    match error {
        deadpool_postgres::PoolError::Backend(error) => sql(&error),
        deadpool_postgres::PoolError::Timeout(_) => StoreError::unavailable("no connection was free in time"),
        _ => StoreError::unavailable("no connection could be made"),
    }
}
