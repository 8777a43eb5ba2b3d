//! Exact times.

use chargeback::Rfc3339;
use chrono::{DateTime, TimeZone, Utc};

use crate::support::at;

#[test]
fn text_is_kept_and_parsing_is_strict() {
    let good = [
        ("2024-04-17T11:54:00Z", "2024-04-17T11:54:00Z"),
        ("2024-04-17t11:54:00z", "2024-04-17T11:54:00Z"),
        ("2024-04-17T11:54:00+00:00", "2024-04-17T11:54:00Z"),
        ("2024-12-31T23:59:59+14:00", "2024-12-31T09:59:59Z"),
        ("2024-04-17T11:54:00.123456789Z", "2024-04-17T11:54:00.123456789Z"),
        ("2024-04-17T11:54:00.1234567890123Z", "2024-04-17T11:54:00.123456789Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ];
    for (text, instant) in good {
        let time: Rfc3339 = text.parse().unwrap();
        assert_eq!(time.as_str(), text);
        assert_eq!(time.instant(), instant.parse::<DateTime<Utc>>().unwrap());
        assert_eq!(serde_json::to_string(&time).unwrap(), format!("\"{text}\""));
    }
    assert!("2016-12-31T23:59:60Z".parse::<Rfc3339>().is_ok(), "a leap second");
    let bad = [
        "",
        "2024-04-17",
        "2024-04-17T11:54:00",
        "2024-04-17 11:54:00Z",
        "2024-04-17T11:54Z",
        "2024-04-17T11:54:00+0530",
        "2024-04-17T11:54:00,5Z",
        "2024-04-17T11:54:00.Z",
        "2024-04-17T24:00:00Z",
        "2024-04-17T11:54:60Z",
        "2023-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "+2024-04-17T11:54:00Z",
        "2024-04-17T11:54:00Z\n",
        "２024-04-17T11:54:00Z",
        "2024-4-17T11:54:00Z",
        "2024-04-17T11:54:00 Z",
    ];
    for text in bad {
        assert!(text.parse::<Rfc3339>().is_err(), "{text:?}");
    }
    assert!(Rfc3339::try_from(Utc.with_ymd_and_hms(10000, 1, 1, 0, 0, 0).unwrap()).is_err());
    assert_eq!(Rfc3339::try_from(at(3, 9)).unwrap().as_str(), "2026-10-03T09:30:00Z");
}

#[test]
fn offsets_have_hours_a_colon_and_minutes() {
    for good in ["Z", "z", "+02:00", "-11:30", ".5Z", ".123456+00:00"] {
        assert!(format!("2026-10-03T09:12:00{good}").parse::<Rfc3339>().is_ok(), "{good}");
    }
    let bad = [
        "",
        "+",
        "+02",
        "+0200",
        "+2:00",
        "+02:0",
        "+02:000",
        "+02 :00",
        "+02: 00",
        "+ 02:00",
        " +02:00",
        "+02:00 ",
        " Z",
        "Z ",
        "UTC",
        "utc",
        "+02::00",
        "+02:00:00",
        "02:00",
        "~02:00",
        "+02-00",
        "+02.00",
        "++2:00",
        ".Z",
        ".",
        "GMT",
        "-",
        "+0a:00",
        "+02:60",
        "+24:00",
        "+99:00",
        "+020:0",
        "Z+02:00",
        "ZZ",
        "+02000",
    ];
    for bad in bad {
        assert!(format!("2026-10-03T09:12:00{bad}").parse::<Rfc3339>().is_err(), "{bad}");
    }
}

#[test]
fn leap_seconds_are_written_where_they_are_possible() {
    let time = |hour, minute, second, millis| {
        let time = chrono::NaiveTime::from_hms_milli_opt(hour, minute, second, millis).unwrap();
        chrono::NaiveDate::from_ymd_opt(2016, 12, 31).unwrap().and_time(time).and_utc()
    };
    for (at, text) in [
        (time(23, 59, 59, 999), "2016-12-31T23:59:59.999Z"),
        (time(23, 59, 59, 1000), "2016-12-31T23:59:60Z"),
        (time(23, 59, 59, 1500), "2016-12-31T23:59:60.500Z"),
    ] {
        let written = Rfc3339::try_from(at).unwrap();
        assert_eq!((written.as_str(), written.instant()), (text, at));
        assert_eq!(text.parse::<Rfc3339>().unwrap(), written);
    }
    for nowhere in [time(22, 59, 59, 1000), time(23, 58, 59, 1000)] {
        assert!(Rfc3339::try_from(nowhere).is_err(), "{nowhere}");
    }
}
