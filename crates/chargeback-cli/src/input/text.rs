//! Encodings of text files.

use std::io::{BufRead as _, BufReader, Read};

/// Returns the reader after its byte order mark, if it has one. Errors are left to the next read.
pub(super) fn without_mark(source: impl Read + Send) -> BufReader<impl Read + Send> {
    let mut reader = BufReader::new(source);
    if reader.fill_buf().is_ok_and(|start| start.starts_with(b"\xEF\xBB\xBF")) {
        reader.consume(3);
    }
    reader
}

/// Returns an error text if the start of a file is UTF-16 or UTF-32.
pub(super) fn encoding_problem(start: &[u8]) -> Option<String> {
    let name = match start {
        [0xFF, 0xFE, 0, 0, ..] => "UTF-32LE",
        [0, 0, 0xFE, 0xFF, ..] => "UTF-32BE",
        [0xFF, 0xFE, ..] => "UTF-16LE",
        [0xFE, 0xFF, ..] => "UTF-16BE",
        _ => {
            // Latin text in UTF-16 has a zero in every second byte.
            let zeros = |first: usize| start.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
            match (zeros(0), zeros(1)) {
                (0, odd) if odd > start.len() / 4 => "UTF-16LE",
                (even, 0) if even > start.len() / 4 => "UTF-16BE",
                _ => return None,
            }
        }
    };
    Some(format!("the file is {name}, not UTF-8; convert it: iconv -f {name} -t UTF-8 IN.csv > OUT.csv"))
}

/// The error text of a row that is not UTF-8.
pub(super) const NOT_UTF8: &str = "not UTF-8, probably Latin-1 (Windows-1252); convert the file: iconv -f WINDOWS-1252 \
                                   -t UTF-8 IN.csv > OUT.csv";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_encodings_are_named() {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        assert!(encoding_problem(&wide("case_id,stage\n")).is_some_and(|text| text.contains("UTF-16LE")));
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
        assert!(encoding_problem(&wide("\u{feff}case_id")).is_some_and(|text| text.contains("UTF-16BE")));
        assert_eq!(encoding_problem("case_id,größe\n".as_bytes()), None);
        assert_eq!(encoding_problem(b""), None);
    }
}
