//! The names of the schema.

use std::fmt;

use chargeback::outbox::StoreError;

/// The largest length of a schema's name. The name of the queue's schema is longer, and the server cuts at 63 bytes.
const LONGEST: usize = 48;

/// The schema of an outbox. The name needs no quotes in SQL.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Schema(String);

impl Default for Schema {
    fn default() -> Self {
        Self("chargeback".to_owned())
    }
}

impl Schema {
    pub(crate) fn new(name: &str) -> Result<Self, StoreError> {
        let first = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
        let rest = name.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_');
        if first && rest && name.len() <= LONGEST && !name.starts_with("pg_") {
            return Ok(Self(name.to_owned()));
        }
        Err(StoreError::Unusable(
            "the name of the schema must have 1 to 48 lower-case letters, digits and underscores".into(),
        ))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The schema of the job queue.
    pub(crate) fn queue(&self) -> String {
        format!("{}_queue", self.0)
    }

    /// Replaces the placeholders of a statement.
    pub(crate) fn apply(&self, statement: &str) -> String {
        statement.replace(":schema", &self.0).replace(":queue", &self.queue()).replace(":name", &self.0)
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_need_quotes_are_refused() {
        for name in ["", "A", "a-b", "a b", "a\"", "1a", "pg_x", &"a".repeat(49)] {
            assert!(Schema::new(name).is_err(), "{name}");
        }
        assert_eq!(
            Schema::new("merchant_2").unwrap().apply(":schema.x :queue.y ':name'"),
            "merchant_2.x merchant_2_queue.y 'merchant_2'"
        );
    }
}
