//! Free text that a connector builds from several fields.

use super::text::truncate;
use crate::model::Field;
use crate::provider::{Loss, LossKind};

/// The name, the limit and the separator of a vendor's field for free text.
#[derive(Clone, Copy)]
pub(crate) struct NotesFormat {
    pub(crate) name: &'static str,
    /// The limit in characters (Unicode code points).
    pub(crate) limit: usize,
    pub(crate) separator: &'static str,
}

/// Builds free text from parts, and lists every part that exceeds the limit as a loss.
pub(crate) struct Notes<'l> {
    format: NotesFormat,
    text: String,
    /// The length of `text` in characters.
    length: usize,
    losses: &'l mut Vec<Loss>,
}

impl<'l> Notes<'l> {
    pub(crate) fn new(format: NotesFormat, capacity: usize, losses: &'l mut Vec<Loss>) -> Self {
        Self { format, text: String::with_capacity(capacity), length: 0, losses }
    }

    /// Appends one part, made of pieces. A part that starts at the limit or later is dropped, and one that ends after
    /// it is cut; `finish` removes the excess text.
    pub(crate) fn add(&mut self, field: Field, pieces: &[&str]) {
        let NotesFormat { name, limit, separator } = self.format;
        if !self.text.is_empty() {
            self.push(separator);
        }
        let start = self.length;
        for piece in pieces {
            self.push(piece);
        }
        if start >= limit {
            self.losses.push(Loss::new(field, LossKind::Dropped, format!("no space is left in {name}")));
        } else if self.length > limit {
            let detail = format!("{name} has at most {limit} characters");
            self.losses.push(Loss::new(field, LossKind::Truncated, detail));
        }
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.length += text.chars().count();
    }

    /// Returns the text, cut to the limit; `None` if there is no part.
    pub(crate) fn finish(mut self) -> Option<String> {
        let kept = truncate(&self.text, self.format.limit).0.len();
        self.text.truncate(kept);
        (!self.text.is_empty()).then_some(self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTES_LIMIT: usize = 512;
    const SEPARATOR: &str = "; ";
    const FORMAT: NotesFormat = NotesFormat { name: "notes", limit: NOTES_LIMIT, separator: SEPARATOR };

    fn notes(parts: &[(Field, &[&str])]) -> (Option<String>, Vec<(Field, LossKind)>) {
        let mut losses = Vec::new();
        let mut notes = Notes::new(FORMAT, 0, &mut losses);
        for (field, pieces) in parts {
            notes.add(*field, pieces);
        }
        let text = notes.finish();
        (text, losses.iter().map(|loss| (loss.field(), loss.kind())).collect())
    }

    #[test]
    fn parts_are_joined() {
        let parts: [(Field, &[&str]); 2] = [(Field::Reason, &["reason: ", "duplicate"]), (Field::Notes, &["n"])];
        assert_eq!(notes(&parts), (Some("reason: duplicate; n".to_owned()), vec![]));
        assert_eq!(notes(&[]), (None, vec![]));
    }

    #[test]
    fn a_part_beyond_the_limit_is_cut_or_dropped() {
        let (full, more) = ("ä".repeat(NOTES_LIMIT), "ä".repeat(NOTES_LIMIT + 1));
        let cut = (Field::Reason, LossKind::Truncated);
        let dropped = (Field::Notes, LossKind::Dropped);
        assert_eq!(notes(&[(Field::Reason, &[&full])]), (Some(full.clone()), vec![]));
        assert_eq!(notes(&[(Field::Reason, &[&more])]), (Some(full.clone()), vec![cut]));
        assert_eq!(notes(&[(Field::Reason, &[&full]), (Field::Notes, &["n"])]), (Some(full), vec![dropped]));
    }

    #[test]
    fn a_part_after_the_separator_needs_one_character() {
        let room = |left: usize| "a".repeat(NOTES_LIMIT - SEPARATOR.len() - left);
        let (text, losses) = notes(&[(Field::Reason, &[&room(1)]), (Field::Notes, &["bc"])]);
        assert_eq!(text, Some(room(1) + "; b"));
        assert_eq!(losses, [(Field::Notes, LossKind::Truncated)]);
        let (text, losses) = notes(&[(Field::Reason, &[&room(0)]), (Field::Notes, &["bc"])]);
        assert_eq!(text, Some(room(0) + "; "));
        assert_eq!(losses, [(Field::Notes, LossKind::Dropped)]);
    }
}
