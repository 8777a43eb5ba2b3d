//! Times and amounts as exports write them.

use chargeback::{Currency, Money};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// Formats that are accepted in addition to those of the description.
const TIMES: [&str; 4] = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d"];

/// Abbreviations of time zones, with their hours east of UTC. Exports use them instead of offsets.
const ZONES: [(&str, i32); 16] = [
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("BST", 1),
    ("CET", 1),
    ("CEST", 2),
    ("EET", 2),
    ("EEST", 3),
    ("EST", -5),
    ("EDT", -4),
    ("CST", -6),
    ("CDT", -5),
    ("MST", -7),
    ("MDT", -6),
    ("PST", -8),
    ("PDT", -7),
];

/// Returns the offset of a time zone: an abbreviation, or an offset such as `+02:00` or `GMT+2`.
pub(super) fn zone(text: &str) -> Option<FixedOffset> {
    let text = text.trim();
    if let Some((_, hours)) = ZONES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        return FixedOffset::east_opt(hours * 3_600);
    }
    let offset = text.strip_prefix("UTC").or_else(|| text.strip_prefix("GMT")).unwrap_or(text);
    match (offset.strip_prefix('+'), offset.strip_prefix('-')) {
        (Some(digits), _) => zone_of(1, digits),
        (None, Some(digits)) => zone_of(-1, digits),
        (None, None) => None,
    }
}

fn zone_of(sign: i32, digits: &str) -> Option<FixedOffset> {
    let digits = digits.replace(':', "");
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) = if digits.len() <= 2 { (number, 0) } else { (number / 100, number % 100) };
    FixedOffset::east_opt(sign * (hours * 3_600 + minutes * 60))
}

/// Parses a time; a date is its first moment in the time zone.
pub(super) fn time(text: &str, formats: &[String], zone: FixedOffset) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    let formats = formats.iter().map(String::as_str).chain(TIMES);
    formats.into_iter().find_map(|format| {
        if let Ok(time) = DateTime::parse_from_str(text, format) {
            return Some(time.to_utc());
        }
        let local = NaiveDateTime::parse_from_str(text, format)
            .or_else(|_| NaiveDate::parse_from_str(text, format).map(|date| date.and_time(NaiveTime::MIN)));
        Some(local.ok()?.and_local_timezone(zone).single()?.to_utc())
    })
}

/// The decimal separator of a file.
#[derive(Clone, Copy)]
pub(super) struct Decimal {
    /// The separator, if the description states it.
    pub(super) separator: Option<char>,
    /// True if amounts are whole numbers of the smallest unit.
    pub(super) minor_units: bool,
    /// True if the file may come from a country with a decimal comma: its delimiter is `;`.
    pub(super) may_be_comma: bool,
}

/// Parses an amount in the unit of the currency. Separators between groups of three digits are removed.
pub(super) fn amount(text: &str, currency: &str, decimal: Decimal) -> Result<Money, String> {
    let currency = currency.trim().to_ascii_uppercase().parse();
    let currency: Currency = currency.map_err(|error| format!("currency: {error}"))?;
    if decimal.minor_units {
        return minor(text, currency);
    }
    let has_thousandths = Money::from_decimal("0.001", currency).is_ok();
    let is_ambiguous = decimal.separator.is_none() && (has_thousandths || decimal.may_be_comma);
    let text = plain_decimal(text, decimal.separator == Some(','), is_ambiguous)?;
    Money::from_decimal(&text, currency).map_err(|error| format!("amount: {error}"))
}

/// Parses a whole number of the smallest unit. For currencies without a fraction, the pages of PayPal disagree on the
/// unit.
fn minor(text: &str, currency: Currency) -> Result<Money, String> {
    if text.is_empty() || text.len() > 15 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("amount: not a whole number of the smallest unit".to_owned());
    }
    let digits = match (Money::from_decimal("0.1", currency).is_ok(), Money::from_decimal("0.001", currency).is_ok()) {
        (false, _) => return Err("amount: the unit is not documented for a currency without a fraction".to_owned()),
        (true, false) => 2,
        (true, true) => 3,
    };
    let padded = format!("{text:0>width$}", width = digits + 1);
    let (whole, fraction) = padded.split_at(padded.len() - digits);
    Money::from_decimal(&format!("{whole}.{fraction}"), currency).map_err(|error| format!("amount: {error}"))
}

/// Returns the number with a point and without group separators.
fn plain_decimal(text: &str, decimal_comma: bool, is_ambiguous: bool) -> Result<String, String> {
    let (decimal, group) = if decimal_comma { (',', '.') } else { ('.', ',') };
    let (whole, fraction) = match text.split_once(decimal) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let groups: Vec<&str> = whole.split(group).collect();
    let are_groups = groups[1..].iter().all(|part| part.len() == 3)
        && (1..=3).contains(&groups[0].len())
        && !groups[0].starts_with('0');
    if (groups.len() > 1 && !are_groups) || fraction.is_some_and(|fraction| fraction.contains(group)) {
        return Err("amount: not a decimal number".to_owned());
    }
    if groups.len() == 2 && fraction.is_none() && is_ambiguous {
        return Err("amount: a group or a decimal fraction; set `decimal` in a file for --columns".to_owned());
    }
    Ok(fraction.map_or_else(|| groups.concat(), |fraction| format!("{}.{fraction}", groups.concat())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_and_times() {
        let at = |text: &str, zone_name: &str| {
            time(text, &["%d.%m.%Y %H:%M".to_owned()], zone(zone_name)?).map(|time| time.to_rfc3339())
        };
        assert_eq!(at("2026-10-01 12:00:00", "CEST").as_deref(), Some("2026-10-01T10:00:00+00:00"));
        assert_eq!(at("2026-10-01", "-0530").as_deref(), Some("2026-10-01T05:30:00+00:00"));
        assert_eq!(at("01.10.2026 12:00", "GMT+2").as_deref(), Some("2026-10-01T10:00:00+00:00"));
        assert_eq!(at("2026-10-01T12:00:00+01:00", "UTC").as_deref(), Some("2026-10-01T11:00:00+00:00"));
        assert_eq!(at("yesterday", "UTC"), None);
        assert_eq!(zone("Mars"), None);
        assert_eq!(zone("+99:99"), None);
    }

    #[test]
    fn amounts_with_groups() {
        let plain = Decimal { separator: None, minor_units: false, may_be_comma: false };
        let unclear = Decimal { may_be_comma: true, ..plain };
        let comma = Decimal { separator: Some(','), ..unclear };
        let point = Decimal { separator: Some('.'), ..unclear };
        let minor = Decimal { minor_units: true, ..plain };
        let text = |text, currency, decimal| amount(text, currency, decimal).map(Money::to_decimal).ok();
        assert_eq!(text("1,234.50", "usd", plain).as_deref(), Some("1234.50"));
        assert_eq!(text("1.234,50", "usd", comma).as_deref(), Some("1234.50"));
        assert_eq!(text("12.50", "usd", plain).as_deref(), Some("12.50"));
        assert_eq!(text("1,200", "jpy", plain).as_deref(), Some("1200"));
        assert_eq!(text("1,500", "kwd", point).as_deref(), Some("1500.000"));
        assert_eq!(text("1,500.000", "kwd", plain).as_deref(), Some("1500.000"));
        assert_eq!(text("5000", "usd", minor).as_deref(), Some("50.00"));
        assert_eq!(text("5", "usd", minor).as_deref(), Some("0.05"));
        assert_eq!(text("5000", "kwd", minor).as_deref(), Some("5.000"));
        for (wrong, currency, decimal) in [
            ("50.00", "usd", minor),
            ("100", "jpy", minor),
            // A comma before two digits may be a decimal comma, which the description must state.
            ("12,50", "usd", plain),
            ("1.234.50", "usd", plain),
            ("0,500", "bhd", plain),
            ("000,123", "usd", plain),
            ("1,500", "kwd", plain),
            ("1,500", "usd", unclear),
            ("1", "dollar", plain),
        ] {
            assert_eq!(text(wrong, currency, decimal), None, "{wrong} {currency}");
        }
    }
}
