//! README and docs agree with the code.

use std::fmt::Write as _;
use std::path::PathBuf;

use chargeback::maxmind::{MaxMind, WonTag};
use chargeback::pipwave::Pipwave;
use chargeback::ravelin::{Alerts, Ravelin, UnclearReasons};
use chargeback::revcent::RevCent;
use chargeback::riskified::Riskified;
use chargeback::seon::{Seon, WonLabel};
use chargeback::sift::Sift;
use chargeback::spade::{Spade, WonMeans};
use chargeback::thirdwatch::Thirdwatch;
use chargeback::tutelar::{DefeatedMeans, Tutelar};
use chargeback::{ChargebackProvider, Fidelity, Field, FieldSupport, Stage, StageSupport};
use chargeback::{pipwave, riskified, seon, spade, thirdwatch};

use crate::support::{Script, provider};

#[cfg(feature = "sandbox")]
mod readme;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns a provider for each vendor. The settings without a default have the values that the tables explain.
fn providers() -> Vec<Box<dyn ChargebackProvider>> {
    let script = Script::empty();
    vec![
        Box::new(provider(Thirdwatch::new("k", thirdwatch::Environment::Production), &script)),
        Box::new(provider(RevCent::new("k"), &script)),
        Box::new(provider(Tutelar::v1("k", "s", DefeatedMeans::MerchantWon), &script)),
        Box::new(provider(Spade::new("k", spade::Environment::EastProduction, WonMeans::MerchantWon), &script)),
        Box::new(provider(Pipwave::new("k", "s", pipwave::Environment::Live), &script)),
        Box::new(provider(MaxMind::new(1, "k", WonTag::Clear), &script)),
        Box::new(provider(Sift::new("k"), &script)),
        Box::new(provider(Ravelin::new("k", Alerts::Send, UnclearReasons::LeaveOut), &script)),
        Box::new(provider(Seon::new("k", seon::Environment::Eu, WonLabel::FalseAlert), &script)),
        Box::new(provider(Riskified::new("s", "t", riskified::Environment::Production), &script)),
    ]
}

/// Returns the stage tables, from the capabilities of the providers: one table for every five vendors.
fn stage_tables() -> String {
    providers().chunks(5).map(stage_table).collect::<Vec<_>>().join("\n")
}

/// Returns the table of fields, from the capabilities of the providers.
fn field_table() -> String {
    let providers = providers();
    let names: Vec<String> = providers.iter().map(|provider| provider.id().to_string()).collect();
    let mut table = format!("| Field | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for &field in Field::ALL {
        write!(table, "| `{field}` |").unwrap();
        for provider in &providers {
            table.push_str(match provider.capabilities().field(field) {
                FieldSupport::Sent => " S |",
                FieldSupport::Noted => " N |",
                _ => " - |",
            });
        }
        table.push('\n');
    }
    table
}

fn stage_table(providers: &[Box<dyn ChargebackProvider>]) -> String {
    let names: Vec<String> = providers.iter().map(|provider| provider.id().to_string()).collect();
    let mut table = format!("| Stage | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for &stage in Stage::ALL {
        write!(table, "| `{stage}` |").unwrap();
        for provider in providers {
            write!(table, " {} |", cell(provider.capabilities().stage(stage))).unwrap();
        }
        table.push('\n');
    }
    table
}

fn cell(expression: &StageSupport) -> String {
    let mark = match expression.fidelity() {
        Fidelity::Exact => "E",
        Fidelity::Lossy => "L",
        _ => return "X".to_owned(),
    };
    let setting = if expression.setting().is_some() { " S" } else { "" };
    let condition = match expression.condition() {
        None => "",
        Some("it was contested") => " C",
        Some(other) => panic!("the legend does not explain the condition {other}"),
    };
    format!("`{}` {mark}{setting}{condition}", expression.value())
}

/// Compares the text between two marks with the expected text, or replaces it if `UPDATE_DOCS` is set.
pub fn check_block(path: &str, name: &str, expected: &str) {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let text = read(path);
    let start = text.find(&open).unwrap_or_else(|| panic!("{path} has no {open}")) + open.len();
    let end = start + text[start..].find(&close).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(root().join(path), format!("{}{expected}{}", &text[..start], &text[end..])).unwrap();
        return;
    }
    assert_eq!(&text[start..end], expected, "{path} is out of date: run the tests with UPDATE_DOCS=1");
}

#[test]
fn stage_tables_match_the_capabilities() {
    check_block("README.md", "stages", &stage_tables());
    check_block("src/provider/stages.md", "stages", &stage_tables());
}

#[test]
fn field_table_matches_the_capabilities() {
    check_block("src/provider/fields.md", "fields", &field_table());
}

#[test]
fn quick_start_has_two_commands_that_ci_runs() {
    let readme = read("README.md");
    let section = readme.split("## Quick start").nth(1).unwrap();
    let block = section.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let commands: Vec<&str> = block.lines().collect();
    assert_eq!(commands, ["cargo run --example quickstart --features sandbox", "cargo test --all-features"]);
    let ci = read(".ci/run");
    assert!(ci.contains("cargo test --all-features"), "CI runs the README's test command");
}

/// Compares each line of a snippet that is not a whole program with the programs that are compiled or run.
#[test]
fn readme_snippets_are_lines_of_tested_programs() {
    let squeezed = |text: &str| text.split("//").next().unwrap().split_whitespace().collect::<String>();
    let programs: String =
        ["examples/one_vendor.rs", "tests/it/docs/readme.rs"].map(|path| squeezed_lines(&read(path))).concat();
    let readme = read("README.md");
    let snippets: Vec<&str> = readme.split("```rs\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(snippets.len(), 8);
    for line in snippets.iter().flat_map(|snippet| snippet.lines()).map(squeezed).filter(|line| !line.is_empty()) {
        assert!(programs.contains(&line), "no program has {line}");
    }
}

fn squeezed_lines(text: &str) -> String {
    let code = |line: &str| line.split("//").next().unwrap().split_whitespace().collect::<String>() + "\n";
    text.lines().map(code).collect()
}

const PAGES: [&str; 7] = [
    "README.md",
    "DESIGN.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/faults.md",
    "docs/performance.md",
];

#[test]
fn relative_links_have_a_target() {
    for page in PAGES {
        let text = read(page);
        for link in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            if link.starts_with("https://") {
                continue;
            }
            let (target, section) = link.split_once('#').unwrap_or((link, ""));
            let path = if target.is_empty() { root().join(page) } else { root().join(page).with_file_name(target) };
            assert!(path.exists(), "{page} links to {link}");
            if !section.is_empty() {
                let linked = std::fs::read_to_string(&path).unwrap();
                assert!(linked.lines().any(|line| anchor(line) == Some(section.to_owned())), "{page} links to {link}");
            }
        }
    }
}

#[test]
fn paths_in_the_docs_exist() {
    for page in PAGES {
        let text = read(page);
        let code = text.split('`').skip(1).step_by(2);
        let paths =
            code.filter(|code| ["src/", "tests/", "examples/", "docs/"].iter().any(|dir| code.starts_with(dir)));
        for path in paths.filter(|path| !path.contains(['<', '*', ' '])) {
            assert!(root().join(path).exists(), "{page} names {path}");
        }
    }
}

/// Returns the anchor of a heading as GitHub generates it; `None` for other lines.
fn anchor(line: &str) -> Option<String> {
    let title = line.strip_prefix('#')?.trim_start_matches('#').trim();
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    Some(kept.collect::<String>().to_lowercase().replace(' ', "-"))
}

#[test]
fn example_data_covers_a_month() {
    let text = read("examples/data/chargebacks.jsonl");
    let month: Vec<chargeback::Chargeback> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let distinct = |key: fn(&chargeback::Chargeback) -> Option<String>| {
        month.iter().filter_map(key).collect::<std::collections::BTreeSet<_>>()
    };
    assert!(distinct(|c| Some(c.case_id().to_owned())).len() >= 12);
    assert!(distinct(|c| Some(c.stage().to_string())).len() >= 10);
    assert!(distinct(|c| Some(c.reason().to_string())).len() >= 10);
    assert!(distinct(|c| Some(c.processor()?.name.clone())).len() >= 6);
    assert!(distinct(|c| Some(c.network_code()?.network().to_string())).len() >= 5);
    let currencies = distinct(|c| Some(c.amount()?.currency().to_string()));
    assert!(currencies.contains("JPY") && currencies.contains("KWD"));
    assert!(month.iter().any(|c| c.payment().user_id.is_none() && c.payment().session_id.is_some()), "a guest");
    assert!(month.iter().any(|c| c.payment().user_id.as_deref().is_some_and(|id| !id.is_ascii())));
    // Each line is equal to its value after a round trip.
    for (line, chargeback) in text.lines().zip(&month) {
        let written: serde_json::Value = serde_json::to_value(chargeback).unwrap();
        assert_eq!(written, serde_json::from_str::<serde_json::Value>(line).unwrap());
    }
}
