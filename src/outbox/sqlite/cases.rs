//! Case ids and the numbers that the other tables use for them.

use rusqlite::{Connection, OptionalExtension as _};

use super::super::hashes::StoreKey;
use super::super::store_error::StoreError;
use super::errors::sql;
use super::rows::ERASED;

/// The hash of an erased case id; `None` for the id of another case.
fn erased_hash(case_id: &str) -> Option<[u8; 32]> {
    let digits = case_id.strip_prefix(ERASED)?;
    let mut hash = [0; 32];
    hex::decode_to_slice(digits, &mut hash).ok()?;
    // Only one text belongs to each hash.
    (hex::encode(hash) == digits).then_some(hash)
}

pub(super) fn is_erased(case_id: &str) -> bool {
    erased_hash(case_id).is_some()
}

/// The hash by which a case is found.
fn hash(key: &StoreKey, case_id: &str) -> [u8; 32] {
    erased_hash(case_id).unwrap_or_else(|| key.lookup(case_id))
}

/// Returns the number of a case.
pub(super) fn find(connection: &Connection, key: &StoreKey, case_id: &str) -> Result<Option<i64>, StoreError> {
    let query = "SELECT no FROM cases WHERE hash = ?1";
    let mut statement = connection.prepare_cached(query).map_err(sql)?;
    statement.query_row([hash(key, case_id)], |row| row.get(0)).optional().map_err(sql)
}

pub(super) fn insert(connection: &Connection, key: &StoreKey, case_id: &str) -> Result<i64, StoreError> {
    let insert = "INSERT INTO cases (hash, case_id) VALUES (?1, ?2)";
    let text = (!is_erased(case_id)).then_some(case_id);
    let mut statement = connection.prepare_cached(insert).map_err(sql)?;
    statement.insert((hash(key, case_id), text)).map_err(sql)
}

/// Replaces the id of a case by an erased one.
pub(super) fn erase(connection: &Connection, key: &StoreKey, no: i64, erased: &str) -> Result<(), StoreError> {
    let update = "UPDATE cases SET hash = ?2, case_id = NULL WHERE no = ?1";
    connection.execute(update, (no, hash(key, erased))).map(|_| ()).map_err(sql)
}

/// Forgets a case that no row refers to.
pub(super) fn forget_unused(connection: &Connection, no: i64) -> Result<(), StoreError> {
    let update = "UPDATE cases SET hash = NULL, case_id = NULL WHERE no = ?1 \
                  AND NOT EXISTS (SELECT 1 FROM lane WHERE case_no = ?1) \
                  AND NOT EXISTS (SELECT 1 FROM report WHERE case_no = ?1) \
                  AND NOT EXISTS (SELECT 1 FROM history WHERE case_no = ?1)";
    connection.execute(update, [no]).map(|_| ()).map_err(sql)
}

/// Stores the vendor's id of a case in place of an earlier one, and returns its number.
pub(super) fn replace_vendor_case(
    connection: &Connection,
    earlier: Option<i64>,
    text: Option<&str>,
) -> Result<Option<i64>, StoreError> {
    if let Some(no) = earlier {
        connection.execute("UPDATE vendor_case SET text = NULL WHERE no = ?1", [no]).map_err(sql)?;
    }
    let Some(text) = text else { return Ok(None) };
    let mut statement = connection.prepare_cached("INSERT INTO vendor_case (text) VALUES (?1)").map_err(sql)?;
    statement.insert([text]).map(Some).map_err(sql)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_text_of_an_erased_id_has_a_hash() {
        let erased = StoreKey::new(b"k").case_id("CB-1");
        assert!(is_erased(&erased));
        for other in ["CB-1", "erased/", "erased/00", &erased.to_uppercase(), &erased.replace("erased/", "erased/AB")] {
            assert!(!is_erased(other), "{other}");
        }
        let digits: String = erased.chars().skip(7).collect();
        assert!(!is_erased(&format!("erased/{}", digits.to_uppercase())));
    }
}
