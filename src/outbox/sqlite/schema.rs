//! The schema and its versions.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use super::super::store_error::StoreError;
use super::errors::sql;

/// The statements that lead from each version to the next one. Steps are added and never changed.
pub(super) const STEPS: [&str; 1] = [include_str!("schema.sql")];

/// The lowest version of this crate's schema that can use a store of the newest one. A step that an older version
/// cannot work with, such as a new name of a state, raises it.
pub(super) const OLDEST_READER: u32 = 1;

/// Creates or upgrades the tables, one transaction for each step.
pub(super) fn migrate(connection: &mut Connection, steps: &[&str], oldest_reader: u32) -> Result<(), StoreError> {
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    loop {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sql)?;
        let version = version(&transaction)?;
        if version > known {
            let oldest = number(&transaction, "oldest_reader")?.unwrap_or(version);
            return if oldest <= known { Ok(()) } else { Err(StoreError::TooNew { found: version, known }) };
        }
        let Some(step) = steps.get(usize::try_from(version).unwrap_or(usize::MAX)) else { return Ok(()) };
        transaction.execute_batch(step).map_err(sql)?;
        set(&transaction, "schema_version", version + 1)?;
        set(&transaction, "oldest_reader", oldest_reader.min(version + 1))?;
        transaction.commit().map_err(sql)?;
    }
}

/// Returns the version of the schema; 0 for an empty file.
fn version(connection: &Connection) -> Result<u32, StoreError> {
    let tables = "SELECT count(*), count(*) FILTER (WHERE name = 'meta') FROM sqlite_schema WHERE type = 'table'";
    let (all, meta): (u32, u32) =
        connection.query_row(tables, [], |row| Ok((row.get(0)?, row.get(1)?))).map_err(sql)?;
    if all == 0 {
        return Ok(0);
    }
    let version = if meta == 1 { number(connection, "schema_version")? } else { None };
    version.ok_or_else(|| StoreError::Unusable("the file is a database of another application".into()))
}

fn number(connection: &Connection, name: &str) -> Result<Option<u32>, StoreError> {
    let query = "SELECT value FROM meta WHERE name = ?1";
    match connection.query_row(query, [name], |row| row.get(0)).optional() {
        // The table has other columns.
        Err(rusqlite::Error::SqlInputError { .. }) => Ok(None),
        result => result.map_err(sql),
    }
}

fn set(connection: &Connection, name: &str, value: u32) -> Result<(), StoreError> {
    let insert = "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    connection.execute(insert, (name, value)).map(|_| ()).map_err(sql)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str =
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value); CREATE TABLE a (x); INSERT INTO a VALUES (1);";
    const SECOND: &str = "ALTER TABLE a ADD COLUMN y DEFAULT 2;";

    fn columns(connection: &Connection) -> u32 {
        connection.query_row("SELECT count(*) FROM pragma_table_info('a')", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn each_step_is_applied_once_and_keeps_the_rows() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &[FIRST], 1).unwrap();
        assert_eq!((version(&connection).unwrap(), columns(&connection)), (1, 1));
        for _ in 0..2 {
            migrate(&mut connection, &[FIRST, SECOND], 1).unwrap();
            assert_eq!((version(&connection).unwrap(), columns(&connection)), (2, 2));
        }
        let row: (u32, u32) =
            connection.query_row("SELECT x, y FROM a", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(row, (1, 2));
    }

    #[test]
    fn a_failed_step_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        let broken = "ALTER TABLE a ADD COLUMN y; INSERT INTO nothing VALUES (1);";
        assert!(migrate(&mut connection, &[FIRST, broken], 1).is_err());
        assert_eq!((version(&connection).unwrap(), columns(&connection)), (1, 1));
    }

    #[test]
    fn a_newer_store_decides_which_versions_may_use_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &[FIRST, SECOND], 1).unwrap();
        migrate(&mut connection, &[FIRST], 1).unwrap();
        set(&connection, "oldest_reader", 2).unwrap();
        let error = migrate(&mut connection, &[FIRST], 1).unwrap_err();
        assert!(matches!(error, StoreError::TooNew { found: 2, known: 1 }), "{error:?}");
    }

    #[test]
    fn the_database_of_another_application_is_not_used() {
        for tables in ["CREATE TABLE other (x)", "CREATE TABLE meta (x)", "CREATE TABLE meta (name, value)"] {
            let mut connection = Connection::open_in_memory().unwrap();
            connection.execute_batch(tables).unwrap();
            let error = migrate(&mut connection, &STEPS, 1).unwrap_err();
            assert!(matches!(error, StoreError::Unusable(_)), "{tables}: {error:?}");
        }
    }
}
