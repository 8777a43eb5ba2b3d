//! The full-text search of the fake RevCent.

use std::collections::{BTreeSet, HashMap};

/// Record numbers by search term.
#[derive(Default)]
pub(super) struct SearchIndex {
    numbers: HashMap<String, BTreeSet<usize>>,
}

impl SearchIndex {
    pub(super) fn insert(&mut self, number: usize, text: &str) {
        for term in terms(text) {
            self.numbers.entry(term).or_default().insert(number);
        }
    }

    pub(super) fn remove(&mut self, number: usize, text: &str) {
        for term in terms(text) {
            let Some(numbers) = self.numbers.get_mut(&term) else { continue };
            numbers.remove(&number);
            if numbers.is_empty() {
                self.numbers.remove(&term);
            }
        }
    }

    /// Returns the records with all terms of the query, in any order.
    pub(super) fn with_all_terms(&self, query: &str) -> BTreeSet<usize> {
        let none = BTreeSet::new();
        let sets: Vec<_> = terms(query).iter().map(|term| self.numbers.get(term).unwrap_or(&none)).collect();
        let smallest = sets.iter().copied().min_by_key(|set| set.len()).unwrap_or(&none);
        smallest.iter().copied().filter(|number| sets.iter().all(|set| set.contains(number))).collect()
    }

    /// Returns the records with any term of the query.
    pub(super) fn with_any_term(&self, query: &str) -> BTreeSet<usize> {
        terms(query).iter().filter_map(|term| self.numbers.get(term)).flatten().copied().collect()
    }
}

/// Splits a text into lower-case alphanumeric terms.
fn terms(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|term| !term.is_empty()).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::SearchIndex;

    #[test]
    fn a_query_finds_terms_in_any_order_and_case() {
        let mut index = SearchIndex::default();
        index.insert(0, "CB-2610 visa");
        index.insert(1, "CB-2611 Visa");
        assert_eq!(index.with_all_terms("VISA cb 2611"), [1].into());
        assert_eq!(index.with_all_terms("cb 2612"), [].into());
        assert_eq!(index.with_all_terms(""), [].into());
        assert_eq!(index.with_any_term("2610 2612 visa"), [0, 1].into());
        index.remove(1, "CB-2611 Visa");
        assert_eq!(index.with_all_terms("visa"), [0].into());
    }
}
