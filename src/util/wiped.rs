//! Buffers whose memory is overwritten on drop.

use std::io;

use bytes::Bytes;
use secrecy::zeroize::Zeroizing;

/// A buffer for text that contains a secret. Every memory block that the buffer leaves is overwritten: on drop, and
/// when the buffer grows.
pub(crate) struct WipedBuffer(Zeroizing<Vec<u8>>);

impl WipedBuffer {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(capacity)))
    }

    /// Makes the content immutable. The memory is overwritten when the last clone is dropped.
    pub(crate) fn into_bytes(self) -> Bytes {
        Bytes::from_owner(self.0)
    }
}

impl io::Write for WipedBuffer {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let needed = self.0.len().saturating_add(text.len());
        if needed > self.0.capacity() {
            // A growing `Vec` frees its old memory without overwriting it.
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(self.0.capacity().saturating_mul(2))));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn content_survives_growth() {
        for capacity in [0, 1, 7, 100] {
            let mut buffer = WipedBuffer::with_capacity(capacity);
            for piece in ["key", "", "-of-", "some length"] {
                buffer.write_all(piece.as_bytes()).unwrap();
            }
            buffer.flush().unwrap();
            assert_eq!(buffer.into_bytes(), "key-of-some length", "{capacity}");
        }
    }

    /// The buffer must not let `Vec` move its content: growth is in the code above alone.
    #[test]
    fn memory_is_left_only_by_replacing_the_buffer() {
        let mut buffer = WipedBuffer::with_capacity(4);
        for _ in 0..1_000 {
            let (start, capacity) = (buffer.0.as_ptr(), buffer.0.capacity());
            buffer.write_all(b"abc").unwrap();
            let moved = buffer.0.as_ptr() != start;
            assert!(!moved || buffer.0.capacity() >= capacity * 2);
        }
    }
}
