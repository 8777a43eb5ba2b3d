//! Checks the length of text against a vendor's limit, or shortens it.

use crate::util::violation::Violation;

/// Cuts text to at most `limit` characters (Unicode code points). The flag is true if text was cut off.
pub(crate) fn truncate(text: &str, limit: usize) -> (&str, bool) {
    // The character count never exceeds the byte count, so short text needs no scan.
    let end = if text.len() > limit { text.char_indices().nth(limit) } else { None };
    match end {
        Some((end, _)) => (&text[..end], true),
        None => (text, false),
    }
}

/// Returns the violation of a text with more than `limit` characters (Unicode code points).
pub(crate) fn check_length(field: &'static str, text: Option<&str>, limit: usize) -> Option<Violation> {
    let (_, is_longer) = truncate(text?, limit);
    is_longer.then(|| Violation::new(field, format!("must not be longer than {limit} characters")))
}

#[cfg(test)]
mod tests {
    use super::truncate;

    #[test]
    fn the_limit_counts_characters() {
        assert_eq!(truncate("", 0), ("", false));
        assert_eq!(truncate("abc", 3), ("abc", false));
        assert_eq!(truncate("abcd", 3), ("abc", true));
        assert_eq!(truncate("äöü", 3), ("äöü", false));
        assert_eq!(truncate("äöü", 2), ("äö", true));
        assert_eq!(truncate("a", 0), ("", true));
    }
}
