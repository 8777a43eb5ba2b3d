//! The table of reason codes is the CSV beside it, and the docs show it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use chargeback::reason_codes::{self, CodeKind, CodeStatus, Confidence, ReasonCode, ReasonTable, lookup};
use chargeback::{Category, Network, NetworkCode, Reason, Stage};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Row {
    network: String,
    code: String,
    title: String,
    category: String,
    reason: String,
    kind: String,
    stage: String,
    confidence: String,
    status: String,
    sources: String,
    note: String,
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/reason_codes").join(name)
}

fn csv() -> Vec<Row> {
    csv::Reader::from_path(path("codes.csv")).unwrap().deserialize().collect::<Result<_, _>>().unwrap()
}

/// A word of the CSV as the name of the enum's variant: `under_review` to `UnderReview`.
fn variant(word: &str) -> String {
    word.split('_').map(|part| part[..1].to_uppercase() + &part[1..]).collect()
}

fn source(rows: &[Row]) -> String {
    let mut text = "//! The rows, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`. Change the CSV, then\n\
        //! run the tests with `UPDATE_DOCS=1`.\n\nuse std::borrow::Cow;\n\nuse super::{CodeKind, CodeStatus, Confidence, ReasonCode};\n\
        use crate::model::{Category, Reason, Stage};\n\n\
        #[rustfmt::skip] // One row, one line.\npub(super) static CODES: [ReasonCode; "
        .to_owned();
    writeln!(text, "{}] = [", rows.len()).unwrap();
    for row in rows {
        let Row { network, code, title, sources, note, .. } = row;
        let kind = match row.kind.as_str() {
            "status" => format!("Status(Stage::{})", variant(&row.stage)),
            word => variant(word),
        };
        writeln!(
            text,
            "    ReasonCode {{ network: Cow::Borrowed({network:?}), code: Cow::Borrowed({code:?}), title: Cow::Borrowed({title:?}), \
             category: Category::{}, reason: Reason::{}, kind: CodeKind::{kind}, confidence: Confidence::{}, \
             status: CodeStatus::{}, sources: {sources:?}, note: Cow::Borrowed({note:?}) }},",
            variant(&row.category), variant(&row.reason), variant(&row.confidence), variant(&row.status),
        )
        .unwrap();
    }
    text + "];\n"
}

#[test]
fn the_table_is_the_csv() {
    let rows = csv();
    let expected = source(&rows);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path("codes.rs"), &expected).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path("codes.rs")).unwrap(), expected, "run the tests with UPDATE_DOCS=1");
    // And what was compiled is what was written.
    assert_eq!((rows.len(), reason_codes::all().len()), (358, 358));
    for (row, code) in rows.iter().zip(reason_codes::all()) {
        let stage = match code.kind() {
            CodeKind::Status(stage) => stage.as_str(),
            _ => "",
        };
        let written = [code.network(), code.code(), code.title(), code.category().as_str(), code.reason().as_str()];
        assert_eq!(written, [&row.network, &row.code, &row.title, &row.category, &row.reason].map(String::as_str));
        let written = [
            code.kind().as_str(),
            stage,
            code.confidence().as_str(),
            code.status().as_str(),
            code.sources(),
            code.note(),
        ];
        let expected = [&row.kind, &row.stage, &row.confidence, &row.status, &row.sources, &row.note];
        assert_eq!(written, expected.map(String::as_str));
    }
}

#[test]
fn the_docs_show_the_table() {
    let mut table = "| Network | Code | Meaning | Reason | Kind | Use | Confidence | Sources | Note |\n|---|---|---|---|---|---|---|---|---|\n".to_owned();
    for row in csv() {
        let kind = if row.stage.is_empty() { row.kind } else { format!("{}: `{}`", row.kind, row.stage) };
        writeln!(
            table,
            "| {} | `{}` | {} | `{}` | {kind} | {} | {} | {} | {} |",
            row.network,
            row.code,
            row.title,
            row.reason,
            row.status,
            row.confidence,
            row.sources.replace(';', " "),
            row.note
        )
        .unwrap();
    }
    crate::docs::check_block("src/reason_codes/codes.md", "codes", &table);
    let sources = std::fs::read_to_string(path("sources.md")).unwrap();
    for source in
        reason_codes::all().iter().flat_map(|row| row.sources().split(';')).filter(|source| *source != "own knowledge")
    {
        assert!(sources.contains(&format!("| {source} |")), "{source} is not explained");
    }
}

#[test]
fn every_code_is_found_by_its_network_and_no_other() {
    for row in csv() {
        let network = Network::from(row.network.as_str());
        let found = lookup(&network, &row.code).unwrap_or_else(|| panic!("{} {}", row.network, row.code));
        assert_eq!((found.network(), found.code()), (row.network.as_str(), row.code.as_str()));
        // Some processors send white space; a network code is trimmed as it is made.
        assert_eq!(lookup(&network, &format!(" {}\n", row.code)), Some(found));
        assert_eq!(NetworkCode::new(network.clone(), format!(" {} ", row.code)).meaning(), Some(found));
        // Text, to the letter: a leading zero more or less is another code, or none.
        for other in [format!("0{}", row.code), row.code.trim_start_matches('0').to_owned(), format!("{}.", row.code)] {
            if other != row.code {
                assert_ne!(lookup(&network, &other), Some(found));
            }
        }
        assert_eq!(lookup(&Network::from("nobody"), &row.code), None);
        assert!(found.reason().is_known(), "{found:?}");
    }
    for nothing in ["", " ", "13", "13.10", "zz"] {
        assert_eq!(lookup(&Network::Visa, nothing), None, "{nothing}");
    }
}

#[test]
fn codes_that_networks_share_are_told_apart() {
    let mut by_code = BTreeMap::<&str, Vec<&ReasonCode>>::new();
    for row in reason_codes::all() {
        by_code.entry(row.code()).or_default().push(row);
    }
    let shared: BTreeSet<&str> = by_code.iter().filter(|(_, rows)| rows.len() > 1).map(|(code, _)| *code).collect();
    assert!(shared.contains("4863"), "{shared:?}");
    for code in shared {
        for row in &by_code[code] {
            assert_eq!(lookup(&row.network().into(), code), Some(*row));
        }
    }
    let reason = |network: &str, code: &str| lookup(&network.into(), code).unwrap().reason().clone();
    assert_eq!(reason("mastercard", "4863"), Reason::Unrecognized);
    assert_eq!(reason("discover", "4863"), Reason::Authorization);
    assert_eq!(reason("discover", "UA02"), reason("discover", "7030"), "two spellings of one code");
    assert_eq!(reason("stripe", "duplicate"), Reason::Duplicate);
    assert_eq!(lookup(&Network::Visa, "30").unwrap().status(), CodeStatus::Ambiguous);
}

#[test]
fn what_is_no_reason_says_so() {
    let kind = |network: Network, code: &str| lookup(&network, code).unwrap().kind();
    for (code, stage) in [
        ("M01", Stage::Accepted),
        ("M02", Stage::Withdrawn),
        ("M04", Stage::Accepted),
        ("M11", Stage::Refunded),
        ("M38", Stage::Reversed),
        ("M42", Stage::Expired),
        ("S01", Stage::Lost),
        ("S02", Stage::Closed),
        ("S03", Stage::UnderReview),
        ("S04", Stage::UnderReview),
    ] {
        assert_eq!(kind(Network::Amex, code), CodeKind::Status(stage));
    }
    assert_eq!(kind(Network::Amex, "M19"), CodeKind::Adjustment);
    assert_eq!(kind(Network::Mastercard, "4901"), CodeKind::SecondCycle);
    for umbrella in ["4808", "4834", "4837", "4853"] {
        assert_eq!(kind(Network::Mastercard, umbrella), CodeKind::Umbrella);
    }
    assert_eq!(kind(Network::Visa, "13.1"), CodeKind::Reason);
    let no_reasons =
        reason_codes::all().iter().filter(|row| matches!(row.kind(), CodeKind::Status(_) | CodeKind::Adjustment));
    assert!(
        no_reasons.clone().count() == 26
            && no_reasons.clone().all(|row| matches!(row.reason(), Reason::Other | Reason::NoReply))
    );
}

#[test]
fn families_of_codes_and_of_reasons_are_of_one_mind() {
    // A family that is one of reasons, too, is that of the row's reason; but for these, which networks put elsewhere.
    let elsewhere: Vec<String> = reason_codes::all()
        .iter()
        .filter(|row| !matches!(row.category(), Category::Inquiry | Category::Other))
        .filter(|row| row.reason().category().is_some_and(|family| family != row.category()))
        .map(|row| format!("{} {} {} {}", row.network(), row.code(), row.category(), row.reason()))
        .collect();
    let expected = [
        "amex C14 consumer duplicate",
        "amex M10 consumer incorrect_amount",
        "amex M49 consumer incorrect_amount",
        "amex P03 processing credit_not_processed",
        "discover 4550 processing credit_not_processed",
        "discover 4865 consumer duplicate",
        "discover CA consumer incorrect_amount",
        "discover CD processing credit_not_processed",
        "discover PM consumer duplicate",
    ];
    assert_eq!(elsewhere, expected);
    assert_eq!(reason_codes::all().iter().filter(|row| row.reason() == &Reason::ProcessingError).count(), 25);
    let counted = |confidence| reason_codes::all().iter().filter(|row| row.confidence() == confidence).count();
    assert_eq!([Confidence::High, Confidence::Medium, Confidence::Low].map(counted), [198, 144, 16]);
}

#[test]
fn rows_of_the_callers_own_lie_over_the_table() {
    let (old, new) = (NetworkCode::new(Network::Visa, "13.1"), NetworkCode::new(Network::Visa, "13.99"));
    let table = ReasonTable::default()
        .with(ReasonCode::new(&new, Reason::NotReceived, "New in 2027").with_kind(CodeKind::Umbrella))
        .with(ReasonCode::new(&old, Reason::Other, "First"))
        .with(ReasonCode::new(&old, Reason::NotAsDescribed, "Changed"));
    assert_eq!((table.reason(&old), table.reason(&new)), (Reason::NotAsDescribed, Reason::NotReceived));
    let row = table.lookup(&new).unwrap();
    assert_eq!((row.title(), row.kind(), row.category()), ("New in 2027", CodeKind::Umbrella, Category::Consumer));
    assert_eq!((row.sources(), row.note(), row.status()), ("", "", CodeStatus::Current));
    assert_eq!(table.reason(&NetworkCode::new(Network::Visa, "13.2")), Reason::CancelledRecurring, "all else stays");
    let unknown = NetworkCode::new(Network::Mastercard, "9999");
    assert_eq!(table.reason(&unknown), Reason::from("mastercard 9999"));
    assert_eq!(
        (old.meaning().unwrap().reason(), unknown.meaning()),
        (&Reason::NotReceived, None),
        "and the crate's own"
    );
}

#[test]
fn the_table_has_its_date() {
    assert!(reason_codes::DATE.parse::<chrono::NaiveDate>().is_ok());
}
