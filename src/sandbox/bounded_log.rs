//! Numbered things, of which only so many are kept.

use std::collections::VecDeque;

/// Things by number, counted from 0; the oldest go when there are too many.
#[derive(Debug)]
pub(super) struct Shelf<T> {
    things: VecDeque<T>,
    /// The number of the oldest that is there.
    first: usize,
    most: usize,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { things: VecDeque::new(), first: 0, most: usize::MAX }
    }
}

impl<T> Shelf<T> {
    /// Keeps so many from now on, at least one.
    pub(super) fn keep_last(&mut self, most: usize) {
        self.most = most.max(1);
    }

    /// The number that the next thing gets.
    pub(super) fn next_number(&self) -> usize {
        self.first + self.things.len()
    }

    /// Adds a thing; gives its number, and what had to go.
    pub(super) fn add(&mut self, thing: T) -> (usize, Vec<T>) {
        let mut gone = Vec::new();
        while self.things.len() >= self.most {
            gone.extend(self.things.pop_front());
            self.first += 1;
        }
        self.things.push_back(thing);
        (self.next_number() - 1, gone)
    }

    pub(super) fn get(&self, number: usize) -> Option<&T> {
        self.things.get(number.checked_sub(self.first)?)
    }

    pub(super) fn get_mut(&mut self, number: usize) -> Option<&mut T> {
        self.things.get_mut(number.checked_sub(self.first)?)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.things.iter()
    }
}
