//! Documentation, comments and messages follow the rules in [`prose_rules`](super::prose_rules).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use regex::Regex;

use super::prose_rules::{COLUMNS, FORBIDDEN_START, FORBIDDEN_START_LIMIT, NAMES, RULES, Rule};
use super::source::{Literal, Source};
use super::text::{Paragraph, comments, markdown};
use super::{files, root};

/// The folders of each group. Each group keeps the limits, so a large group cannot hide a small one.
const GROUPS: [(&str, &[&str]); 2] =
    [("src", &["src", "crates"]), ("tests", &["tests", "examples", "benches", "fuzz"])];

const PAGES: [&str; 5] = ["README.md", "DESIGN.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"];

/// The number of matches that a failure lists for each rule.
const LISTED: usize = 25;

/// Reads the files of some folders. Keys are paths relative to the repository.
fn read(folders: &[&str], extension: &str) -> BTreeMap<String, String> {
    let folders = folders.iter().filter(|folder| root().join(folder).exists());
    let files = folders.flat_map(|folder| {
        files(&root().join(folder), extension).into_iter().map(move |(file, text)| (format!("{folder}/{file}"), text))
    });
    files.collect()
}

/// Returns the paragraphs of each group, with the file that has them.
fn corpus() -> Vec<(&'static str, Vec<(String, Paragraph)>)> {
    let mut groups: Vec<(&str, Vec<(String, Paragraph)>)> = Vec::new();
    for (name, folders) in GROUPS {
        let files = read(folders, "rs").into_iter();
        let found = files.flat_map(|(file, text)| {
            comments(&Source::parse(&text)).into_iter().map(move |paragraph| (file.clone(), paragraph))
        });
        groups.push((name, found.collect()));
    }
    let mut pages = read(&["src", "docs", "crates"], "md");
    pages.extend(PAGES.map(|page| (page.to_owned(), std::fs::read_to_string(root().join(page)).unwrap())));
    let found = pages
        .into_iter()
        .flat_map(|(file, text)| markdown(&text).into_iter().map(move |paragraph| (file.clone(), paragraph)));
    groups.push(("Markdown", found.collect()));
    groups
}

/// Fails if a rule matches too often, with the places.
fn check(rule: &Rule) {
    let pattern = Regex::new(rule.pattern).unwrap();
    let mut failures = String::new();
    for (group, paragraphs) in corpus() {
        let words: usize = paragraphs.iter().map(|(_, paragraph)| paragraph.words()).sum();
        assert!(words > 1000, "{group} has only {words} words");
        let hits: Vec<String> =
            paragraphs.iter().flat_map(|(file, paragraph)| places(&pattern, file, paragraph)).collect();
        let rate = per_thousand(hits.len(), words);
        if rate > rule.limit {
            let listed = &hits[..hits.len().min(LISTED)];
            let (limit, count, listed) = (rule.limit, hits.len(), listed.join("\n"));
            let _ = writeln!(failures, "{group}: {rate:.2} per 1,000 words ({count}), at most {limit}:\n{listed}");
        }
    }
    assert!(failures.is_empty(), "{}\n{failures}", rule.name);
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are small")]
fn per_thousand(count: usize, of: usize) -> f64 {
    1000.0 * count as f64 / of as f64
}

fn places(pattern: &Regex, file: &str, paragraph: &Paragraph) -> Vec<String> {
    let found = pattern.find_iter(&paragraph.text);
    let place = |at| format!("  {file}:{}: {}", paragraph.line(at), excerpt(&paragraph.text, at));
    found.map(|hit| place(hit.start())).collect()
}

/// Returns the text around an offset.
fn excerpt(text: &str, at: usize) -> String {
    let before = text[..at].chars().rev().take(20).map(char::len_utf8).sum::<usize>();
    text[at - before..].chars().take(100).collect()
}

#[test]
fn noun_clauses_have_a_noun() {
    check(&RULES[0]);
}

#[test]
fn sentences_start_with_a_noun() {
    check(&RULES[1]);
}

#[test]
fn vendors_receive_reports() {
    check(&RULES[2]);
}

#[test]
fn values_are_called_values() {
    check(&RULES[3]);
}

#[test]
fn the_vocabulary_is_current() {
    check(&RULES[4]);
}

#[test]
fn possessives_precede_their_noun() {
    check(&RULES[5]);
}

#[test]
fn exceptions_are_called_exceptions() {
    check(&RULES[6]);
}

#[test]
fn sentences_keep_their_order() {
    check(&RULES[7]);
}

#[test]
fn docs_start_with_an_action_or_a_thing() {
    let pattern = Regex::new(FORBIDDEN_START).unwrap();
    let corpus = corpus();
    let docs = || corpus.iter().flat_map(|(_, found)| found).filter(|(_, paragraph)| paragraph.starts_doc);
    let hits: Vec<String> = docs().flat_map(|(file, paragraph)| places(&pattern, file, paragraph)).collect();
    let share = per_thousand(hits.len(), docs().count()) / 10.0;
    let listed = hits[..hits.len().min(LISTED)].join("\n");
    assert!(docs().count() > 500, "{} doc comments", docs().count());
    assert!(
        share <= FORBIDDEN_START_LIMIT,
        "{share:.1} % of doc comments start with a question word, at most {FORBIDDEN_START_LIMIT} %:\n{listed}"
    );
}

#[test]
fn lines_are_not_wide() {
    let mut wide = Vec::new();
    for (file, text) in GROUPS.iter().flat_map(|(_, folders)| read(folders, "rs")) {
        let too_wide = text.lines().enumerate().filter(|(_, line)| is_wide(line));
        wide.extend(too_wide.map(|(index, _)| format!("  {file}:{}", index + 1)));
    }
    let listed = wide[..wide.len().min(LISTED)].join("\n");
    assert!(wide.is_empty(), "{} lines are wider than {COLUMNS} columns:\n{listed}", wide.len());
}

fn is_wide(line: &str) -> bool {
    line.chars().count() > COLUMNS
}

/// Returns the literals of `#[error(...)]` attributes and of bodies of `impl Display`.
fn messages(source: &Source) -> Vec<&Literal> {
    let starts = Regex::new(r"#\[error\(|\bimpl\b[^{};]*\bDisplay\s+for\b[^{;]*\{").unwrap();
    let mut found = Vec::new();
    for start in starts.find_iter(&source.code) {
        let end = start.end() + closing(&source.code[start.end()..]);
        found.extend(source.strings.iter().filter(|literal| (start.start()..end).contains(&literal.start)));
    }
    found
}

/// Returns the offset of the bracket that closes one opened before the text.
fn closing(text: &str) -> usize {
    let mut depth = 1_usize;
    for (offset, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return offset;
        }
    }
    text.len()
}

/// Describes the first fault of a message.
fn fault(text: &str) -> Option<&'static str> {
    let first = text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
    let is_name = NAMES.contains(&first) || first.chars().all(|c| !c.is_lowercase()) && first.len() > 1;
    if first.starts_with(char::is_uppercase) && !is_name {
        return Some("starts with a capital letter");
    }
    if text.trim_end().ends_with('.') && text.contains(char::is_alphabetic) {
        return Some("ends with a full stop");
    }
    broken_rule(text)
}

/// Returns the name of the first rule that a message breaks.
fn broken_rule(text: &str) -> Option<&'static str> {
    RULES.iter().find(|rule| Regex::new(rule.pattern).unwrap().is_match(text)).map(|rule| rule.name)
}

type Check = fn(&str) -> Option<&'static str>;

#[test]
fn messages_are_plain() {
    let mut faults = Vec::new();
    let mut count = 0;
    for (file, text) in read(&["src", "crates"], "rs") {
        let source = Source::parse(&text);
        // Parts of messages, and names for `Debug`.
        let parts = source.strings.iter().filter(|_| file.starts_with("src/error"));
        let parts = parts.map(|part| (part, broken_rule as Check));
        let messages = messages(&source).into_iter().map(|message| (message, fault as Check));
        for (literal, check) in messages.chain(parts) {
            count += 1;
            if let Some(fault) = check(&literal.text) {
                faults.push(format!("  {file}:{}: {fault}: {:?}", source.line(literal.start), literal.text));
            }
        }
    }
    faults.dedup();
    assert!(count > 50, "{count} messages");
    assert!(faults.is_empty(), "{} messages break a rule:\n{}", faults.len(), faults.join("\n"));
}

mod rules {
    use super::*;

    #[test]
    fn each_rule_has_a_hit_and_a_near_miss() {
        for Rule { name, pattern, hit, miss, .. } in RULES {
            let pattern = Regex::new(pattern).unwrap();
            assert_eq!(pattern.find_iter(hit).count(), 1, "{name}: {hit}");
            assert!(!pattern.is_match(miss), "{name}: {miss}: {:?}", pattern.find(miss));
        }
    }

    #[test]
    fn a_match_may_span_two_lines() {
        let found = comments(&Source::parse("fn f() {\n    // Returns what\n    // the vendor sent.\n}\n"));
        let pattern = Regex::new(RULES[0].pattern).unwrap();
        assert_eq!(places(&pattern, "f.rs", &found[0]), ["  f.rs:2: Returns what the vendor sent."]);
    }

    #[test]
    fn a_doc_must_not_start_with_a_question_word() {
        let pattern = Regex::new(FORBIDDEN_START).unwrap();
        assert!(pattern.is_match("Whether the vendor acted."));
        assert!(!pattern.is_match("However the case ends. What a doc."));
    }

    #[test]
    fn a_line_has_at_most_120_columns() {
        assert!(is_wide(&"ä".repeat(121)));
        assert!(!is_wide(&"ä".repeat(120)));
    }

    #[test]
    fn messages_are_found_in_attributes_and_displays() {
        let text = "#[error(\"one\")] struct A; impl fmt::Display for B { fn f() { (\"two\", { \"three\" }) } }
                    impl<T: fmt::Display> Debug for C { \"no\" } const D: &str = \"no\";";
        let source = Source::parse(text);
        let texts: Vec<&str> = messages(&source).iter().map(|literal| literal.text.as_str()).collect();
        assert_eq!(texts, ["one", "two", "three"]);
    }

    #[test]
    fn messages_start_low_and_end_open() {
        for good in ["not a stage", "HTTP {status}", "Pipwave has no stage", "{}.{}", ".", "", "A1_KEY is not set"] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in ["Not a stage", "not a stage.", "the vendor was told", "A stage"] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
