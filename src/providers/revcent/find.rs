//! Finds our case in RevCent's fuzzy search, by exact comparison.

use super::call::Answer;
use super::operations::Get;
use super::reply::StoredChargeback;

/// RevCent's search returns no more than this many hits, without pages.
const MOST_HITS: usize = 10;

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

/// Goes through the hits of the last search and the records seen since. A hit that shows another id of ours is not it;
/// every other one is read.
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
    for hit in hits {
        if hit.third_party_chargeback_id.as_deref().is_some_and(|id| id != case_id) {
            continue;
        }
        match records.iter().find(|record| record.id == hit.id) {
            None => return Found::Ask(Get { chargeback_id: hit.id.clone() }),
            Some(record) if record.third_party_chargeback_id.as_deref() == Some(case_id) => {
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
