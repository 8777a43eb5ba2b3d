//! The table of reason codes equals its CSV file, and the docs show it.

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

/// The largest width of a generated line.
const WIDTH: usize = 120;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/reason_codes").join(name)
}

fn csv() -> Vec<Row> {
    csv::Reader::from_path(path("codes.csv")).unwrap().deserialize().collect::<Result<_, _>>().unwrap()
}

/// Returns the name of the enum's variant for a name in the CSV: `under_review` to `UnderReview`.
fn variant(name: &str) -> String {
    name.split('_').map(|part| part[..1].to_uppercase() + &part[1..]).collect()
}

/// Appends the parts of a row, separated by spaces, and starts a new line before a part that would exceed the width.
fn push_parts(text: &mut String, parts: &[String]) {
    text.push_str("   ");
    let mut width = 3;
    for part in parts {
        if width + 1 + part.len() > WIDTH || part.contains('\n') {
            text.push_str("\n       ");
            width = 7;
        }
        write!(text, " {part}").unwrap();
        width += 1 + part.len();
    }
    text.push('\n');
}

/// Returns a string literal that may be broken over lines, so that no line exceeds the width.
fn literal(text: &str) -> String {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for part in format!("{text:?}").split_inclusive(' ') {
        if line.len() + part.len() > WIDTH - 12 {
            lines.push(std::mem::take(&mut line));
        }
        line.push_str(part);
    }
    lines.push(line);
    lines.join("\\\n        ")
}

/// Returns the module with the rows of one network.
fn rows_module(network: &str, rows: &[Row]) -> String {
    let mut text = format!(
        "//! The rows of `{network}`, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.\n\n\
         use crate::reason_codes::rows::rows;\n\nrows! {{\n    {network:?};\n"
    );
    for row in rows.iter().filter(|row| row.network == network) {
        let kind = match row.kind.as_str() {
            "status" => format!("Status({})", variant(&row.stage)),
            kind => variant(kind),
        };
        let names = [&row.category, &row.reason].map(|name| variant(name) + ",");
        let [category, reason] = names;
        push_parts(
            &mut text,
            &[
                format!("{:?},", row.code),
                format!("{:?},", row.title),
                category,
                reason,
                kind + ",",
                variant(&row.confidence) + ",",
                variant(&row.status) + ",",
                format!("{:?},", row.sources),
                literal(&row.note) + ";",
            ],
        );
    }
    text + "}\n"
}

/// Returns the module with the list of networks.
fn networks_module(networks: &BTreeSet<&str>) -> String {
    let mut text =
        "//! The rows of all networks, written from `codes.csv` by the test `reason_codes::the_table_is_the_csv`.\n\
        //! To change a row, change the CSV, then run the tests with `UPDATE_DOCS=1`.\n\n"
            .to_owned();
    for network in networks {
        writeln!(text, "mod {network};").unwrap();
    }
    text += "\nuse super::code::ReasonCode;\n\n/// The networks and their rows, both sorted byte by byte.\n\
        pub(super) static NETWORKS: &[(&str, &[ReasonCode])] = &[\n";
    for network in networks {
        writeln!(text, "    ({network:?}, {network}::CODES),").unwrap();
    }
    text + "];\n"
}

#[test]
fn the_table_is_the_csv() {
    let rows = csv();
    let networks: BTreeSet<&str> = rows.iter().map(|row| row.network.as_str()).collect();
    let modules = networks.iter().map(|network| (format!("codes/{network}.rs"), rows_module(network, &rows)));
    for (name, expected) in modules.chain([("codes/mod.rs".to_owned(), networks_module(&networks))]) {
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path(&name), &expected).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path(&name)).unwrap(), expected, "{name}: run the tests with UPDATE_DOCS=1");
        assert!(expected.lines().all(|line| line.len() <= WIDTH), "{name} has a line over {WIDTH} characters");
        assert!(expected.lines().count() < 400, "{name} is too long");
    }
    let files = std::fs::read_dir(path("codes")).unwrap().count();
    assert_eq!(files, networks.len() + 1, "src/reason_codes/codes has a file that is not in the CSV");
    // The compiled table equals the CSV.
    assert_eq!((rows.len(), reason_codes::all().count()), (358, 358));
    for (row, code) in rows.iter().zip(reason_codes::all()) {
        let stage = match code.kind() {
            CodeKind::Status(stage) => stage.as_str(),
            _ => "",
        };
        let actual = [code.network(), code.code(), code.title(), code.category().as_str(), code.reason().as_str()];
        assert_eq!(actual, [&row.network, &row.code, &row.title, &row.category, &row.reason].map(String::as_str));
        let actual = [
            code.kind().as_str(),
            stage,
            code.confidence().as_str(),
            code.status().as_str(),
            code.sources(),
            code.note(),
        ];
        let expected = [&row.kind, &row.stage, &row.confidence, &row.status, &row.sources, &row.note];
        assert_eq!(actual, expected.map(String::as_str));
    }
}

#[test]
fn the_docs_show_the_table() {
    let mut table = "| Network | Code | Meaning | Reason | Kind | Use | Confidence | Sources | Note |\n\
        |---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
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
        reason_codes::all().flat_map(|row| row.sources().split(';')).filter(|source| *source != "own knowledge")
    {
        assert!(sources.contains(&format!("| {source} |")), "{source} is not explained");
    }
}

/// The row of a code.
fn row(network: Network, code: &str) -> &'static ReasonCode {
    lookup(&NetworkCode::new(network, code)).unwrap_or_else(|| panic!("no row for {code}"))
}

#[test]
fn a_code_is_found_under_its_network_only() {
    for row in csv() {
        let network = Network::from(row.network.as_str());
        let found = lookup(&NetworkCode::new(network.clone(), &row.code))
            .unwrap_or_else(|| panic!("{} {}", row.network, row.code));
        assert_eq!((found.network(), found.code()), (row.network.as_str(), row.code.as_str()));
        // Some processors send white space, which a network code trims.
        assert_eq!(lookup(&NetworkCode::new(network.clone(), format!(" {}\n", row.code))), Some(found));
        // A leading zero more or less makes another code, or none.
        for other in [format!("0{}", row.code), row.code.trim_start_matches('0').to_owned(), format!("{}.", row.code)] {
            if other != row.code {
                assert_ne!(lookup(&NetworkCode::new(network.clone(), &other)), Some(found));
            }
        }
        assert_eq!(lookup(&NetworkCode::new("nobody".into(), &row.code)), None);
        assert!(found.reason().is_known(), "{found:?}");
    }
    for nothing in ["", " ", "13", "13.10", "zz"] {
        assert_eq!(lookup(&NetworkCode::new(Network::Visa, nothing)), None, "{nothing}");
    }
}

#[test]
fn a_code_shared_by_networks_has_a_row_for_each() {
    let mut by_code = BTreeMap::<&str, Vec<&ReasonCode>>::new();
    for row in reason_codes::all() {
        by_code.entry(row.code()).or_default().push(row);
    }
    let shared: BTreeSet<&str> = by_code.iter().filter(|(_, rows)| rows.len() > 1).map(|(code, _)| *code).collect();
    assert!(shared.contains("4863"), "{shared:?}");
    for code in shared {
        for row in &by_code[code] {
            assert_eq!(lookup(&NetworkCode::new(row.network().into(), code)), Some(*row));
        }
    }
    let reason = |network: &str, code: &str| row(network.into(), code).reason().clone();
    assert_eq!(reason("mastercard", "4863"), Reason::Unrecognized);
    assert_eq!(reason("discover", "4863"), Reason::Authorization);
    assert_eq!(reason("discover", "UA02"), reason("discover", "7030"), "two forms of one code");
    assert_eq!(reason("stripe", "duplicate"), Reason::Duplicate);
    assert_eq!(row(Network::Visa, "30").status(), CodeStatus::Ambiguous);
}

#[test]
fn codes_without_a_reason_have_another_kind() {
    let kind = |network: Network, code: &str| row(network, code).kind();
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
    let no_reasons = reason_codes::all().filter(|row| matches!(row.kind(), CodeKind::Status(_) | CodeKind::Adjustment));
    assert!(
        no_reasons.clone().count() == 26
            && no_reasons.clone().all(|row| matches!(row.reason(), Reason::Other | Reason::NoReply))
    );
}

#[test]
fn categories_of_codes_match_those_of_reasons() {
    // The category of a row is that of its reason, except for rows that a network lists elsewhere.
    let elsewhere: Vec<String> = reason_codes::all()
        .filter(|row| !matches!(row.category(), Category::Inquiry | Category::Other))
        .filter(|row| row.reason().category().is_some_and(|category| category != row.category()))
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
    assert_eq!(reason_codes::all().filter(|row| row.reason() == &Reason::ProcessingError).count(), 25);
    let counted = |confidence| reason_codes::all().filter(|row| row.confidence() == confidence).count();
    assert_eq!([Confidence::High, Confidence::Medium, Confidence::Low].map(counted), [198, 144, 16]);
}

#[test]
fn added_rows_take_precedence() {
    let (old, new) = (NetworkCode::new(Network::Visa, "13.1"), NetworkCode::new(Network::Visa, "13.99"));
    let table = ReasonTable::default()
        .with(ReasonCode::new(&new, Reason::NotReceived, "New in 2027").with_kind(CodeKind::Umbrella))
        .with(ReasonCode::new(&old, Reason::Other, "First"))
        .with(ReasonCode::new(&old, Reason::NotAsDescribed, "Changed"));
    assert_eq!((table.reason(&old), table.reason(&new)), (Reason::NotAsDescribed, Reason::NotReceived));
    let row = table.lookup(&new).unwrap();
    assert_eq!((row.title(), row.kind(), row.category()), ("New in 2027", CodeKind::Umbrella, Category::Consumer));
    assert_eq!((row.sources(), row.note(), row.status()), ("", "", CodeStatus::Current));
    assert_eq!(
        table.reason(&NetworkCode::new(Network::Visa, "13.2")),
        Reason::CancelledRecurring,
        "all other rows stay"
    );
    let unknown = NetworkCode::new(Network::Mastercard, "9999");
    assert_eq!(table.reason(&unknown), Reason::from("mastercard 9999"));
    assert_eq!(lookup(&old).unwrap().reason(), &Reason::NotReceived, "the crate's table is unchanged");
    assert_eq!(lookup(&unknown), None);
}

#[test]
fn the_table_has_a_date() {
    assert!(reason_codes::DATE.parse::<chrono::NaiveDate>().is_ok());
}

#[test]
fn a_row_has_a_kind_and_a_note() {
    let table = ReasonTable::default();
    let row = table.lookup(&NetworkCode::new(Network::Visa, "C081")).unwrap();
    assert!(row.note().contains("Stripe"), "{}", row.note());
    assert_eq!((row.kind().as_str(), CodeKind::Umbrella.as_str()), ("reason", "umbrella"));
}
