//! A set of states, each with a number.

use std::hash::{Hash, Hasher};

/// The number of states of a block. Blocks are never moved, so the set needs no spare memory while it grows.
const BLOCK: usize = 1 << 16;

/// An empty slot.
const EMPTY: u32 = u32::MAX;

/// A multiplicative hash over blocks of eight bytes.
#[derive(Default)]
struct Mixer {
    hash: u64,
    pending: u64,
    bytes: u32,
}

impl Mixer {
    fn mix(&mut self, value: u64) {
        self.hash = (self.hash.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        let last = (self.hash.rotate_left(5) ^ self.pending).wrapping_mul(0x517c_c1b7_2722_0a95);
        // The low bits of a product depend on few bits of its factors.
        let last = (last ^ (last >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        last ^ (last >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u8(*byte);
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.pending = self.pending << 8 | u64::from(byte);
        self.bytes += 1;
        if self.bytes == 8 {
            self.mix(self.pending);
            (self.pending, self.bytes) = (0, 0);
        }
    }

    /// Discriminants of enums are small.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a hash may drop bits")]
    fn write_isize(&mut self, value: isize) {
        self.write_u8(value as u8);
    }

    /// Lengths of arrays are constant.
    fn write_usize(&mut self, _: usize) {}
}

/// The states of a search, in the order in which they were found.
pub(crate) struct States<S> {
    blocks: Vec<Vec<S>>,
    len: u32,
    slots: Vec<u32>,
}

impl<S: Copy + Eq + Hash> States<S> {
    pub(crate) fn new() -> Self {
        Self { blocks: Vec::new(), len: 0, slots: vec![EMPTY; 1 << 16] }
    }

    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    /// Returns a state by its number.
    pub(crate) fn get(&self, number: u32) -> &S {
        let at = index(number);
        &self.blocks[at / BLOCK][at % BLOCK]
    }

    /// Adds a state. Returns its number, and whether the state is new.
    pub(crate) fn add(&mut self, state: &S) -> (u32, bool) {
        let slot = match self.slot(state) {
            Ok(known) => return (known, false),
            Err(slot) => slot,
        };
        let number = self.len;
        self.slots[slot] = number;
        if index(number).is_multiple_of(BLOCK) {
            self.blocks.push(Vec::with_capacity(BLOCK));
        }
        if let Some(block) = self.blocks.last_mut() {
            block.push(*state);
        }
        self.len += 1;
        if index(self.len) * 2 > self.slots.len() {
            self.grow();
        }
        (number, true)
    }

    /// Returns the number of a known state, or the slot for a new one.
    fn slot(&self, state: &S) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = hash(state) & mask;
        loop {
            match self.slots[slot] {
                EMPTY => return Err(slot),
                number if self.get(number) == state => return Ok(number),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        self.slots = vec![EMPTY; mask + 1];
        for number in 0..self.len {
            let mut slot = hash(self.get(number)) & mask;
            while self.slots[slot] != EMPTY {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = number;
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a hash may drop bits")]
fn hash<S: Hash>(state: &S) -> usize {
    let mut mixer = Mixer::default();
    state.hash(&mut mixer);
    mixer.finish() as usize
}

/// Converts the number of a state to an index.
pub(crate) fn index(number: u32) -> usize {
    number as usize
}
