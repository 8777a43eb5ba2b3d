//! Line numbers of CSV rows.

use std::io::BufRead;

/// Counts the lines up to a byte. The count of the crate csv is too low after CRLF line ends and blank lines.
pub(super) struct LineOf<R> {
    reader: R,
    at: u64,
    line: u64,
}

impl<R: BufRead> LineOf<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, at: 0, line: 1 }
    }

    /// Returns the line of the first byte at or after `byte` that is not a line end, or 0 if the file cannot be
    /// read.
    pub(super) fn line_at(&mut self, byte: u64) -> u64 {
        loop {
            let Ok(buffer) = self.reader.fill_buf() else { return 0 };
            if buffer.is_empty() {
                return self.line;
            }
            let mut used = 0;
            for &next in buffer {
                if self.at >= byte && !matches!(next, b'\r' | b'\n') {
                    self.reader.consume(used);
                    return self.line;
                }
                self.line += u64::from(next == b'\n');
                self.at += 1;
                used += 1;
            }
            self.reader.consume(used);
        }
    }
}
