//! A numbered list that keeps only the latest entries.

use std::collections::VecDeque;

/// Entries numbered from 0. The oldest entries are removed when the list is full.
pub(super) struct BoundedLog<T> {
    entries: VecDeque<T>,
    /// The number of the oldest entry in the list.
    first: usize,
    capacity: usize,
}

impl<T> Default for BoundedLog<T> {
    fn default() -> Self {
        Self { entries: VecDeque::new(), first: 0, capacity: usize::MAX }
    }
}

impl<T> BoundedLog<T> {
    /// Sets the number of entries to keep, at least one. Takes effect at the next [`push`](Self::push).
    pub(super) fn keep_last(&mut self, capacity: usize) {
        self.capacity = capacity.max(1);
    }

    /// Returns the number that the next entry will get.
    pub(super) fn next_number(&self) -> usize {
        self.first + self.entries.len()
    }

    /// Adds an entry. Returns its number and the removed entries with their numbers, oldest first.
    pub(super) fn push(&mut self, entry: T) -> (usize, Vec<(usize, T)>) {
        let mut removed = Vec::new();
        while self.entries.len() >= self.capacity {
            removed.extend(self.entries.pop_front().map(|entry| (self.first, entry)));
            self.first += 1;
        }
        self.entries.push_back(entry);
        (self.next_number() - 1, removed)
    }

    pub(super) fn get(&self, number: usize) -> Option<&T> {
        self.entries.get(number.checked_sub(self.first)?)
    }

    pub(super) fn get_mut(&mut self, number: usize) -> Option<&mut T> {
        self.entries.get_mut(number.checked_sub(self.first)?)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.entries.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::BoundedLog;

    #[test]
    fn a_full_log_removes_the_oldest_entries_and_keeps_their_numbers() {
        let mut log = BoundedLog::default();
        assert_eq!([log.push("a").0, log.push("b").0, log.push("c").0], [0, 1, 2]);
        log.keep_last(2);
        assert_eq!(log.push("d"), (3, vec![(0, "a"), (1, "b")]));
        assert_eq!((log.get(1), log.get(2), log.get(3), log.next_number()), (None, Some(&"c"), Some(&"d"), 4));
        log.keep_last(0);
        assert_eq!(log.push("e"), (4, vec![(2, "c"), (3, "d")]), "at least one entry is kept");
    }
}
