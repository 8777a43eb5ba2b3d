//! Times as exact RFC 3339 text.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, FixedOffset, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::util::violation::Violation;

/// A time as its exact RFC 3339 text, and the instant that it names.
///
/// Made from a `DateTime<Utc>` it reads `2026-10-03T09:12:00Z`, with a fraction of at most three digits. Read from JSON it
/// keeps its own spelling and offset.
///
/// ```
/// use chargeback::Rfc3339;
/// # use chrono::{TimeZone, Utc};
/// # let opened_at = Utc.with_ymd_and_hms(2026, 10, 3, 9, 12, 0).unwrap();
///
/// assert_eq!(Rfc3339::try_from(opened_at)?.as_str(), "2026-10-03T09:12:00Z");
/// let time: Rfc3339 = "2024-04-17T11:54:00+02:00".parse()?;
/// assert_eq!(time.as_str(), "2024-04-17T11:54:00+02:00");
/// assert_eq!(time.instant().to_string(), "2024-04-17 09:54:00 UTC");
/// assert!("2024-04-17 11:54:00Z".parse::<Rfc3339>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Rfc3339 {
    text: String,
    instant: DateTime<FixedOffset>,
}

impl Rfc3339 {
    /// The text as it was read, offset and fraction included.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The instant that the text names, in UTC.
    #[must_use]
    pub fn instant(&self) -> DateTime<Utc> {
        self.instant.with_timezone(&Utc)
    }
}

impl FromStr for Rfc3339 {
    type Err = ParseTimeError;

    /// Reads the `date-time` of RFC 3339, strictly: a `T`, seconds, an offset with a colon. A second of 60 is read only
    /// where a leap second can be, at 23:59:60 UTC.
    ///
    /// # Errors
    ///
    /// [`ParseTimeError`] if it is no such time, or its year is not between 1 and 9999.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = text.as_bytes();
        let shaped = text.len() >= 20
            && text.is_ascii()
            && matches!(bytes[10], b'T' | b't')
            && [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')].into_iter().all(|(at, mark)| bytes[at] == mark)
            && [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18].into_iter().all(|at: usize| bytes[at].is_ascii_digit())
            && offset_is_strict(text[19..].trim_start_matches(|c: char| c == '.' || c.is_ascii_digit()));
        let instant = DateTime::parse_from_rfc3339(text).ok().filter(|_| shaped).ok_or(ParseTimeError(()))?;
        let leap = instant.nanosecond() >= 1_000_000_000;
        let utc = instant.with_timezone(&Utc);
        if !(1..=9999).contains(&instant.year()) || (leap && (utc.hour(), utc.minute()) != (23, 59)) {
            return Err(ParseTimeError(()));
        }
        Ok(Self { text: text.to_owned(), instant })
    }
}

fn offset_is_strict(offset: &str) -> bool {
    matches!(offset, "Z" | "z") || (offset.len() == 6 && offset.starts_with(['+', '-']) && offset.as_bytes()[3] == b':')
}

impl TryFrom<DateTime<Utc>> for Rfc3339 {
    type Error = ParseTimeError;

    /// Cuts the time to whole milliseconds: more digits than three are often refused, and no chargeback needs them.
    ///
    /// # Errors
    ///
    /// [`ParseTimeError`] if the year is not between 1 and 9999.
    fn try_from(at: DateTime<Utc>) -> Result<Self, Self::Error> {
        let text = TimeText::new(at).ok_or(ParseTimeError(()))?;
        let instant = DateTime::from_timestamp(at.timestamp(), at.timestamp_subsec_millis() * 1_000_000);
        let instant = instant.ok_or(ParseTimeError(()))?;
        Ok(Self { text: text.as_str().to_owned(), instant: instant.fixed_offset() })
    }
}

/// A time as RFC 3339 in UTC, with a fraction of three digits if it has one; on the stack, for what is written at once.
pub(crate) struct TimeText {
    bytes: [u8; 24],
    length: usize,
}

impl TimeText {
    /// `None` if the year is not between 1 and 9999, or if it is in a leap second where none can be.
    pub(crate) fn new(at: DateTime<Utc>) -> Option<Self> {
        let year = u32::try_from(at.year()).ok().filter(|year| (1..=9999).contains(year))?;
        let (mut second, mut millis) = (at.second(), at.timestamp_subsec_millis());
        if millis >= 1000 {
            if (at.hour(), at.minute(), second) != (23, 59, 59) {
                return None;
            }
            (second, millis) = (60, millis - 1000);
        }
        let mut text = Self { bytes: [0; 24], length: 0 };
        text.push_digits(year, 1000);
        for (mark, part) in
            [(b'-', at.month()), (b'-', at.day()), (b'T', at.hour()), (b':', at.minute()), (b':', second)]
        {
            text.push(mark);
            text.push_digits(part, 10);
        }
        if millis > 0 {
            text.push(b'.');
            text.push_digits(millis, 100);
        }
        text.push(b'Z');
        Some(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        // Only ASCII is pushed.
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }

    /// Says of this field that its time cannot be written.
    pub(crate) fn violation(field: &'static str) -> Violation {
        Violation::new(field, "the year is not between 1 and 9999")
    }

    fn push(&mut self, byte: u8) {
        // `2026-10-03T09:12:00.123Z` is the longest.
        self.bytes[self.length] = byte;
        self.length += 1;
    }

    /// Writes a number with as many digits as `first` has, which is the power of ten of its first digit.
    fn push_digits(&mut self, number: u32, first: u32) {
        let mut power = first;
        while power > 0 {
            // A digit is less than 10.
            self.push(b'0' + u8::try_from(number / power % 10).unwrap_or(0));
            power /= 10;
        }
    }
}

/// Reads a time of the model: as strictly as [`Rfc3339`].
pub(crate) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    Rfc3339::deserialize(deserializer).map(|time| time.instant())
}

/// Reads a time of the model that may be null.
pub(crate) fn optional_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    Ok(Option::<Rfc3339>::deserialize(deserializer)?.map(|time| time.instant()))
}

impl Serialize for Rfc3339 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Rfc3339 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Debug for Rfc3339 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rfc3339({})", self.text)
    }
}

impl fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// Error of `FromStr` for [`Rfc3339`]: the text is not an RFC 3339 date-time between the years 1 and 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 date-time such as 2026-10-03T09:12:00Z")]
pub struct ParseTimeError(());
