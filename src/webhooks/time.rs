//! Times as processors write them.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::model::Rfc3339;

/// Parses an RFC 3339 time.
pub(super) fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    text.parse().ok().map(|time: Rfc3339| time.instant())
}

/// Parses a time or a day. A day is read as its last second in UTC, because the processor names a deadline by the day.
pub(super) fn parse_end_of_day(text: &str) -> Option<DateTime<Utc>> {
    let Ok(day) = text.parse::<NaiveDate>() else { return parse_time(text) };
    Some(day.and_time(NaiveTime::from_hms_opt(23, 59, 59)?).and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_its_last_second_in_utc() {
        let read = |text: &str| parse_end_of_day(text).map(|time| time.to_rfc3339());
        assert_eq!(read("2026-03-20").as_deref(), Some("2026-03-20T23:59:59+00:00"));
        assert_eq!(read("2026-03-20T09:00:00+01:00").as_deref(), Some("2026-03-20T08:00:00+00:00"));
        for text in ["", "20.03.2026", "2026-02-30", "2026-03-20 09:00:00Z"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
