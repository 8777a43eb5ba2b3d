//! Exact RFC 3339 times.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, FixedOffset, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::util::violation::Violation;

/// A time as exact RFC 3339 text, with its instant.
///
/// A conversion from `DateTime<Utc>` writes `2026-10-03T09:12:00Z`, with a fraction of at most three digits. A time
/// that was parsed or read from JSON keeps its text and offset.
///
/// ```
/// use chargeback::Rfc3339;
/// use chrono::{DateTime, Utc};
///
/// let opened_at: DateTime<Utc> = "2026-10-03T09:12:00Z".parse()?;
/// assert_eq!(Rfc3339::try_from(opened_at)?.as_str(), "2026-10-03T09:12:00Z");
///
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
    /// Returns the text, including offset and fraction.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the instant in UTC.
    ///
    /// ```
    /// use chargeback::Rfc3339;
    ///
    /// let time: Rfc3339 = "2026-10-03T11:12:00+02:00".parse()?;
    /// assert_eq!(time.as_str(), "2026-10-03T11:12:00+02:00");
    /// assert_eq!(time.instant().to_rfc3339(), "2026-10-03T09:12:00+00:00");
    /// # Ok::<(), chargeback::ParseTimeError>(())
    /// ```
    #[must_use]
    pub fn instant(&self) -> DateTime<Utc> {
        self.instant.with_timezone(&Utc)
    }
}

impl FromStr for Rfc3339 {
    type Err = ParseTimeError;

    /// Parses the `date-time` of RFC 3339 strictly: with a `T`, seconds, and an offset with a colon.
    ///
    /// Second 60 is accepted only where a leap second is possible, at 23:59:60 UTC.
    ///
    /// # Errors
    ///
    /// Returns [`ParseTimeError`] if the text has another form, or its year is not between 1 and 9999.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // `parse_from_rfc3339` checks the values, and accepts more forms than the RFC.
        let instant = DateTime::parse_from_rfc3339(text).map_err(|_| ParseTimeError(()))?;
        let leap = instant.nanosecond() >= 1_000_000_000;
        let utc = instant.with_timezone(&Utc);
        if !has_rfc3339_form(text)
            || !(1..=9999).contains(&instant.year())
            || (leap && (utc.hour(), utc.minute()) != (23, 59))
        {
            return Err(ParseTimeError(()));
        }
        Ok(Self { text: text.to_owned(), instant })
    }
}

/// Returns true if digits and marks are in the places that the `date-time` of RFC 3339 requires.
///
/// The values, such as the number of the month, are not checked.
fn has_rfc3339_form(text: &str) -> bool {
    const MARKS: [(usize, &[u8]); 5] = [(4, b"-"), (7, b"-"), (10, b"Tt"), (13, b":"), (16, b":")];
    if text.len() < 20 || !text.is_ascii() {
        return false;
    }
    let (date_time, rest) = text.as_bytes().split_at(19);
    let form = date_time.iter().enumerate().all(|(at, byte)| match MARKS.iter().find(|(index, _)| *index == at) {
        Some((_, marks)) => marks.contains(byte),
        None => byte.is_ascii_digit(),
    });
    form && is_offset(after_fraction(rest))
}

/// Skips a full stop and the digits after it. A full stop without digits is kept, so that it is no offset.
fn after_fraction(text: &[u8]) -> &[u8] {
    let Some(fraction) = text.strip_prefix(b".") else { return text };
    match fraction.iter().take_while(|byte| byte.is_ascii_digit()).count() {
        0 => text,
        digits => &fraction[digits..],
    }
}

fn is_offset(text: &[u8]) -> bool {
    match text {
        b"Z" | b"z" => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => [h1, h2, m1, m2].into_iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

impl TryFrom<DateTime<Utc>> for Rfc3339 {
    type Error = ParseTimeError;

    /// Truncates the time to whole milliseconds, because vendors often reject more than three digits.
    ///
    /// # Errors
    ///
    /// Returns [`ParseTimeError`] if the year is not between 1 and 9999, or for a leap second other than 23:59:60
    /// UTC.
    fn try_from(at: DateTime<Utc>) -> Result<Self, Self::Error> {
        let text = TimeText::new(at).ok_or(ParseTimeError(()))?;
        let instant = DateTime::from_timestamp(at.timestamp(), at.timestamp_subsec_millis() * 1_000_000);
        let instant = instant.ok_or(ParseTimeError(()))?;
        Ok(Self { text: text.as_str().to_owned(), instant: instant.fixed_offset() })
    }
}

/// A time as RFC 3339 text in UTC on the stack, for text that is copied immediately.
///
/// The fraction has three digits, and is left out if it is zero.
pub(crate) struct TimeText {
    bytes: [u8; 24],
    length: usize,
}

impl TimeText {
    /// Returns `None` if the year is not between 1 and 9999, or for a leap second other than 23:59:60 UTC.
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
        // Cannot fail: only ASCII is pushed.
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }

    /// Returns the violation for a field whose time cannot be written.
    pub(crate) fn violation(field: &'static str) -> Violation {
        Violation::new(field, "the year must be between 1 and 9999")
    }

    fn push(&mut self, byte: u8) {
        // In bounds: `2026-10-03T09:12:00.123Z` is the longest text.
        self.bytes[self.length] = byte;
        self.length += 1;
    }

    /// Writes a number with leading zeros. `first` is the power of ten of the first digit.
    fn push_digits(&mut self, number: u32, first: u32) {
        let mut power = first;
        while power > 0 {
            // Cannot fail: the remainder is less than 10.
            self.push(b'0' + u8::try_from(number / power % 10).unwrap_or(0));
            power /= 10;
        }
    }
}

/// Deserializes a time with the rules of [`Rfc3339`].
pub(crate) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    Rfc3339::deserialize(deserializer).map(|time| time.instant())
}

/// Deserializes a time that may be null with the rules of [`Rfc3339`].
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
///
/// ```
/// use chargeback::Rfc3339;
///
/// assert!("2026-10-03T09:12:00Z".parse::<Rfc3339>().is_ok());
/// assert!("2026-10-03 09:12".parse::<Rfc3339>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 date-time such as 2026-10-03T09:12:00Z")]
pub struct ParseTimeError(());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_rfc3339_is_exact() {
        let good = [
            "2026-10-03T09:12:00Z",
            "2026-10-03t09:12:00z",
            "2026-10-03T09:12:00.1Z",
            "2026-10-03T09:12:00.123456789012+05:30",
            "2026-10-03T09:12:00-00:00",
            // Values are not part of the form.
            "0000-99-99T99:99:99+99:99",
        ];
        for text in good {
            assert!(has_rfc3339_form(text), "{text}");
        }
        let bad = [
            "",
            "2026-10-03",
            "2026-10-03T09:12Z",
            "2026-10-03T09:12:00",
            "2026-10-03 09:12:00Z",
            "2026-10-03T09:12:00,5Z",
            "2026-10-03T09:12:00.Z",
            "2026-10-03T09:12:00..5Z",
            "2026-10-03T09:12:00.5",
            "2026-10-03T09:12:00+0530",
            "2026-10-03T09:12:00+5:30",
            "2026-10-03T09:12:00+05:3",
            "2026-10-03T09:12:00+05:300",
            "2026-10-03T09:12:00+0a:00",
            "2026-10-03T09:12:00 Z",
            "2026-10-03T09:12:00ZZ",
            "+026-10-03T09:12:00Z",
            "2026/10/03T09:12:00Z",
            "2026-10-03T09.12.00Z",
            "２026-10-03T09:12:00Z",
        ];
        for text in bad {
            assert!(!has_rfc3339_form(text), "{text}");
        }
    }

    #[test]
    fn the_stack_text_pads_and_truncates() {
        let cases = [
            ("0001-02-03T04:05:06Z", Some("0001-02-03T04:05:06Z")),
            ("2026-10-03T09:12:00.0009Z", Some("2026-10-03T09:12:00Z")),
            ("2026-10-03T09:12:00.0019Z", Some("2026-10-03T09:12:00.001Z")),
            ("2016-12-31T23:59:60.25Z", Some("2016-12-31T23:59:60.250Z")),
            ("2016-12-31T22:59:60Z", None),
            ("0000-12-31T00:00:00Z", None),
        ];
        for (text, expected) in cases {
            let at = DateTime::parse_from_rfc3339(text).unwrap().to_utc();
            assert_eq!(TimeText::new(at).as_ref().map(TimeText::as_str), expected, "{text}");
        }
    }
}
