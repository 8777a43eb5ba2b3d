//! Finds the record of a case by exact comparison.
//!
//! Full-text search splits `CB-2610-0010` and may find every case of the month, ten of them. Each chargeback that a
//! report creates therefore also holds a key made of its case id: one alphanumeric term that no other record holds.

use sha2::{Digest as _, Sha256};

use super::lookup::{Get, StepReply};
use super::reply::StoredChargeback;

/// RevCent's search returns at most this many hits, without pages (its knowledge base, on the API's search calls).
const MAX_HITS: usize = 10;

/// Prefix of the metadata names that this crate writes.
pub(super) const NAME_PREFIX: &str = "chargeback.";

/// Metadata name of the case key.
pub(super) const KEY_NAME: &str = "chargeback.key";

/// The ids that identify the record of a case.
///
/// Another case at RevCent may have the same case id, for example the case of another shop. So a record without the key
/// must not show the transaction of another case.
pub(super) struct CaseKey {
    case_id: String,
    key: String,
    /// The ids of the disputed transaction, as far as the caller knows them: RevCent's and the gateway's.
    transaction_id: Option<String>,
    gateway_transaction_id: Option<String>,
}

impl CaseKey {
    pub(super) fn new(case_id: &str) -> Self {
        let mut key = String::with_capacity(32);
        key.push_str("cb");
        for byte in &Sha256::digest(case_id)[..15] {
            key.extend([byte >> 4, byte & 15].map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])));
        }
        Self { case_id: case_id.to_owned(), key, transaction_id: None, gateway_transaction_id: None }
    }

    /// Adds the ids of the disputed transaction: RevCent's and the gateway's.
    pub(super) fn with_transaction(mut self, transaction_id: Option<&String>, gateway_id: Option<&String>) -> Self {
        self.transaction_id = transaction_id.cloned();
        self.gateway_transaction_id = gateway_id.cloned();
        self
    }

    pub(super) fn case_id(&self) -> &str {
        &self.case_id
    }

    /// Returns the key: one alphanumeric term, the same for the same case id.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Returns true if the record names this case: it holds the key or the case id.
    pub(super) fn matches(&self, stored: &StoredChargeback) -> bool {
        self.has_key(stored) || stored.third_party_chargeback_id.as_deref() == Some(&*self.case_id)
    }

    fn has_key(&self, stored: &StoredChargeback) -> bool {
        stored.metadata.iter().any(|pair| pair.name == KEY_NAME && pair.value == self.key)
    }

    /// Returns true if a record without the key shows that it belongs to another case: another case id, the key of
    /// another case, or another transaction. An absent value proves nothing.
    pub(super) fn contradicts(&self, stored: &StoredChargeback) -> bool {
        let differs = |stored: Option<&String>, known: Option<&String>| stored.zip(known).is_some_and(|(a, b)| a != b);
        !self.has_key(stored)
            && (stored.metadata.iter().any(|pair| pair.name == KEY_NAME)
                || stored.third_party_chargeback_id.as_ref().is_some_and(|id| *id != self.case_id)
                || differs(stored.transaction_id.as_ref(), self.transaction_id.as_ref())
                || differs(stored.gateway_transaction_id.as_ref(), self.gateway_transaction_id.as_ref()))
    }
}

/// Result of the search for a case, as far as the replies show it.
pub(super) enum Found<'a> {
    /// The record of a hit must be read first.
    Unread(Get),
    /// No record matches.
    Nothing,
    /// This record matches.
    One(&'a StoredChargeback),
    /// Several records match; these are their ids.
    Several(Vec<String>),
    /// The only record with the case id belongs to another case.
    OtherCase,
    /// No record matches, and the search may have left out more.
    TooMany,
}

impl<'a> Found<'a> {
    /// Returns the record of the last get by RevCent's id.
    pub(super) fn by_id(replies: &'a [StepReply]) -> Self {
        match replies.last() {
            Some(StepReply::Record(stored)) => Self::One(stored),
            _ => Self::Nothing,
        }
    }
}

/// Finds the record of a case in the hits of the last search and in the records that were read.
///
/// Hits show few fields and not the key, so every hit that is a chargeback is read before it is compared.
pub(super) fn find<'a>(case: &CaseKey, replies: impl IntoIterator<Item = &'a StepReply>) -> Found<'a> {
    let mut hits: &[_] = &[];
    let mut records: Vec<&StoredChargeback> = Vec::new();
    for reply in replies {
        match reply {
            StepReply::Hits(found) => hits = found,
            StepReply::Record(stored) => records.push(stored),
            StepReply::Chargeback(_) => {}
        }
    }
    let mut matching: Vec<&StoredChargeback> = Vec::new();
    for hit in hits.iter().filter(|hit| hit.is_chargeback()) {
        let Some(record) = records.iter().find(|record| record.id == hit.id) else {
            return Found::Unread(Get::new(&hit.id));
        };
        if case.matches(record) && matching.iter().all(|known| known.id != record.id) {
            matching.push(record);
        }
    }
    if matching.iter().any(|record| case.has_key(record)) {
        // The case has its record, so a record of another case with the same id does not matter.
        matching.retain(|record| !case.contradicts(record));
    }
    match matching.as_slice() {
        [] if hits.len() >= MAX_HITS => Found::TooMany,
        [] => Found::Nothing,
        [one] if case.contradicts(one) => Found::OtherCase,
        [one] => Found::One(one),
        several => Found::Several(several.iter().map(|record| record.id.clone()).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::reply::Hit;
    use super::super::request::Metadatum;
    use super::*;

    fn hits(ids: &[&str]) -> StepReply {
        StepReply::Hits(ids.iter().map(|&id| Hit::for_chargeback(id)).collect())
    }

    fn record(id: &str, case_id: &str) -> StepReply {
        let case_id = Some(case_id.to_owned());
        let stored = StoredChargeback { id: id.to_owned(), third_party_chargeback_id: case_id, ..Default::default() };
        StepReply::Record(Box::new(stored))
    }

    fn result(replies: &[StepReply]) -> String {
        find_in(&CaseKey::new("case-1"), replies)
    }

    fn find_in(case: &CaseKey, replies: &[StepReply]) -> String {
        match find(case, replies) {
            Found::Unread(get) => format!("unread {}", get.chargeback_id),
            Found::Nothing => "nothing".into(),
            Found::One(stored) => format!("one {}", stored.id),
            Found::Several(ids) => format!("several {}", ids.join(" ")),
            Found::OtherCase => "other case".into(),
            Found::TooMany => "too many".into(),
        }
    }

    #[test]
    fn every_hit_is_read_before_a_decision() {
        let (mine, other) = (record("a", "case-1"), record("b", "case-10"));
        assert_eq!(result(&[]), "nothing");
        assert_eq!(result(&[hits(&["a", "b"])]), "unread a");
        assert_eq!(result(&[hits(&["a", "b"]), mine.clone()]), "unread b");
        assert_eq!(result(&[hits(&["a", "b"]), mine.clone(), other.clone()]), "one a");
        assert_eq!(result(&[hits(&["a", "a"]), mine.clone()]), "one a");
        assert_eq!(result(&[hits(&["b"]), other.clone()]), "nothing");
        assert_eq!(result(&[hits(&["a", "c"]), mine.clone(), record("c", "case-1")]), "several a c");
        // Records of an earlier search count, its hits do not.
        assert_eq!(result(&[hits(&["b"]), other.clone(), hits(&["b", "a"])]), "unread a");
        assert_eq!(result(&[hits(&["a"]), mine, hits(&[])]), "nothing");
        assert_eq!(result(&[hits(&["b"; MAX_HITS]), other]), "too many");
    }

    #[test]
    fn a_record_matches_by_key_or_case_id() {
        let case = CaseKey::new("case-1");
        assert_eq!((case.key().len(), CaseKey::new("case-1").key()), (32, case.key()));
        assert_ne!(case.key(), CaseKey::new("case-10").key());
        let keyed = |name: &str, value: &str, case_id: Option<&str>| StoredChargeback {
            metadata: vec![Metadatum::new(name, value)],
            third_party_chargeback_id: case_id.map(str::to_owned),
            ..Default::default()
        };
        for (stored, matches, contradicts) in [
            (keyed(KEY_NAME, case.key(), Some("renamed")), true, false),
            (keyed(KEY_NAME, "other", Some("case-1")), true, true),
            (keyed("note", "other", Some("case-1")), true, false),
            (keyed(KEY_NAME, "other", Some("case-10")), false, true),
            (keyed("note", case.key(), None), false, false),
        ] {
            assert_eq!((case.matches(&stored), case.contradicts(&stored)), (matches, contradicts));
        }
    }

    /// Every combination of case id, key, and both ids of the transaction: absent, equal or different.
    #[test]
    fn one_contradicting_id_makes_a_record_without_the_key_another_case() {
        let (transaction, gateway) = ("t-1".to_owned(), "g-1".to_owned());
        let case = CaseKey::new("case-1").with_transaction(Some(&transaction), Some(&gateway));
        let shown = |held: usize, equal: &str| [None, Some(equal), Some("other")][held].map(str::to_owned);
        for number in 0..3_usize.pow(4) {
            let [id, key, transaction, gateway] = [0, 1, 2, 3].map(|place| number / 3_usize.pow(place) % 3);
            let stored = StoredChargeback {
                third_party_chargeback_id: shown(id, "case-1"),
                metadata: shown(key, case.key()).map(|value| Metadatum::new(KEY_NAME, value)).into_iter().collect(),
                transaction_id: shown(transaction, "t-1"),
                gateway_transaction_id: shown(gateway, "g-1"),
                ..Default::default()
            };
            let is_other = key != 1 && [id, key, transaction, gateway].contains(&2);
            assert_eq!(case.contradicts(&stored), is_other, "{id} {key} {transaction} {gateway}");
            assert_eq!(case.matches(&stored), id == 1 || key == 1, "{id} {key} {transaction} {gateway}");
        }
    }

    #[test]
    fn a_record_of_another_case_is_neither_found_nor_absent() {
        let transaction = "t-1".to_owned();
        let case = CaseKey::new("case-1").with_transaction(Some(&transaction), None);
        let stored = |id: &str, keyed: bool, transaction: Option<&str>| {
            let pair = keyed.then(|| Metadatum::new(KEY_NAME, case.key()));
            StepReply::Record(Box::new(StoredChargeback {
                id: id.to_owned(),
                third_party_chargeback_id: Some("case-1".to_owned()),
                transaction_id: transaction.map(str::to_owned),
                metadata: pair.into_iter().collect(),
                ..Default::default()
            }))
        };
        let (keyed, other) = (stored("a", true, None), stored("b", false, Some("t-2")));
        let unknown = stored("c", false, None);
        let find = |replies: &[StepReply]| find_in(&case, replies);
        assert_eq!(find(&[hits(&["b"]), other.clone()]), "other case");
        assert_eq!(find(&[hits(&["b"; MAX_HITS]), other.clone()]), "other case");
        assert_eq!(find(&[hits(&["a", "b"]), keyed.clone(), other.clone()]), "one a");
        assert_eq!(find(&[hits(&["b", "c"]), other.clone(), unknown.clone()]), "several b c");
        assert_eq!(find(&[hits(&["a", "b", "c"]), keyed, other, unknown]), "several a c");
    }
}
