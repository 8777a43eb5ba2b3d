//! Finds our case in RevCent's fuzzy search, by exact comparison.
//!
//! Full-text search takes `CB-2610-0010` apart and may find every case of the month, ten of them. So each chargeback
//! that a report creates also holds a key made of its case id, one word that nothing else holds.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::call::Answer;
use super::operations::Get;
use super::reply::StoredChargeback;

/// RevCent's search returns no more than this many hits, without pages (its knowledge base, on the API's search calls).
const MOST_HITS: usize = 10;

/// Metadata whose name starts so is this crate's.
pub(super) const OUR_NAMES: &str = "chargeback.";

/// Under which name of metadata the key stands.
pub(super) const KEY_NAME: &str = "chargeback.key";

/// The key of a case: one alphanumeric word, the same for the same case id.
pub(super) fn key(case_id: &str) -> String {
    let digest = Sha256::digest(case_id);
    let mut key = String::with_capacity(32);
    key.push_str("cb");
    for byte in &digest[..15] {
        // Writing to a `String` cannot fail.
        let _ = write!(key, "{byte:02x}");
    }
    key
}

/// Whether a chargeback is the one of this case id: by its key, or by the id itself.
pub(super) fn is_ours(stored: &StoredChargeback, case_id: &str) -> bool {
    holds_key(stored, case_id) || stored.third_party_chargeback_id.as_deref() == Some(case_id)
}

/// Whether a chargeback says that it is another case's.
pub(super) fn is_another(stored: &StoredChargeback, case_id: &str) -> bool {
    stored.third_party_chargeback_id.is_some() && !is_ours(stored, case_id)
}

fn holds_key(stored: &StoredChargeback, case_id: &str) -> bool {
    stored.metadata.iter().any(|pair| pair.name == KEY_NAME && pair.value == key(case_id))
}

/// What the answers so far say.
pub(super) enum Found<'a> {
    /// A chargeback must be seen whole before it can be told.
    Ask(Get),
    /// No chargeback holds the id.
    Nothing,
    /// One does; this is it.
    One(&'a StoredChargeback),
    /// Several do.
    Several(Vec<String>),
    /// None of as many hits as the search can give; there may be more.
    TooMany,
}

/// Goes through the hits of the last search and the records seen since. Every hit that is a chargeback is read whole: hits
/// show little, and not the key.
pub(super) fn find<'a>(case_id: &str, answers: impl Iterator<Item = &'a Answer>) -> Found<'a> {
    let mut hits = None;
    let mut records: Vec<&StoredChargeback> = Vec::new();
    for answer in answers {
        match answer {
            Answer::Found(found) => hits = Some(found),
            Answer::Stored(stored) => records.push(stored),
            Answer::Written(_) => {}
        }
    }
    let Some(hits) = hits else { return Found::Nothing };
    let mut matching: Vec<&StoredChargeback> = Vec::new();
    for hit in hits.iter().filter(|hit| hit.is_chargeback()) {
        match records.iter().find(|record| record.id == hit.id) {
            None => return Found::Ask(Get { chargeback_id: hit.id.clone() }),
            Some(record) if is_ours(record, case_id) => {
                if matching.iter().all(|known| known.id != record.id) {
                    matching.push(record);
                }
            }
            Some(_) => {}
        }
    }
    match matching.as_slice() {
        [] if hits.len() >= MOST_HITS => Found::TooMany,
        [] => Found::Nothing,
        [one] => Found::One(one),
        several => Found::Several(several.iter().map(|record| record.id.clone()).collect()),
    }
}
