//! A search through the code for `#[derive(Debug)]` on types with text, which could show people's data.

use std::path::{Path, PathBuf};

/// Types with text that may be shown, each with the reason.
const ALLOWED: [(&str, &str); 30] = [
    ("Act", "reasons without personal data; the resolution and the report redact their texts"),
    ("CheckResult", "names and problems of a store under test"),
    ("DecisionReply", "has no fields"),
    ("EventOptions", "flags and types of abuse"),
    ("Failure", "private; fixed texts"),
    ("History", "private; the text holds no data of the case"),
    ("HttpTransportBuilder", "certificates"),
    ("HyperTransportBuilder", "certificates"),
    ("Known", "private; the vendor's ids of cases"),
    ("LabelReply", "has no fields"),
    ("Loss", "holds no value of the chargeback"),
    ("Mapping", "names of fields"),
    ("NetworkCode", "names and codes of card networks"),
    ("OutcomeRecord", "messages of errors, which hold no values"),
    ("Owner", "the random name of a worker"),
    ("Reading", "private; becomes an `UnknownValue`, which redacts the value"),
    ("ReasonCode", "rows of the table of codes"),
    ("ReportReply", "has no fields"),
    ("Riskified", "the domain of the merchant's shop; the token is redacted"),
    ("StageSupport", "the vendor's names of stages"),
    ("StoreError", "fixed texts; stores add no ids"),
    ("Ticket", "private; case ids"),
    ("Timestamp", "a time"),
    ("TranslateError", "stable names, and explanations without data of the case"),
    ("UnsupportedError", "stable names, and explanations without data of the case"),
    ("VendorEvent", "names of workers, and reasons without personal data"),
    ("VendorRow", "private; the state of a vendor"),
    ("VendorState", "names of workers, and reasons without personal data"),
    ("Verifier", "keys and ids of the merchant's account; secrets are redacted"),
    ("Violation", "names and rules of fields"),
];

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// The code of a file without comments and tests.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The name and the body of each type with a derived `Debug`.
fn derived(code: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in code.split("#[derive(").skip(1) {
        let (traits, rest) = part.split_once(")]").unwrap();
        if !traits.split(',').any(|name| name.trim() == "Debug") {
            continue;
        }
        let items = ["struct ", "enum "].map(|keyword| rest.split_once(keyword));
        let (_, item) = items.into_iter().flatten().min_by_key(|(before, _)| before.len()).unwrap();
        let name: String = item.chars().take_while(|letter| letter.is_alphanumeric()).collect();
        let end = item.find("\n}").or_else(|| item.find(';')).unwrap_or(item.len());
        let end = item[..end].find(";\n").map_or(end, |end_of_tuple| end.min(end_of_tuple));
        found.push((name, item[..end].to_owned()));
    }
    found
}

fn has_text(body: &str) -> bool {
    let words: Vec<&str> = body.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
    let types =
        ["String", "OsString", "Value", "Bytes", "Cow", "Map", "HeaderMap", "Json", "RawValue", "Object", "Uri", "Url"];
    types.iter().any(|text| words.contains(text))
        || body.contains("Box<str>")
        || body.contains("Vec<u8>")
        || body.contains("Arc<str>")
        || body.contains("&str")
        || body.contains("&'a str")
}

#[test]
fn no_type_with_text_derives_debug() {
    let mut files = Vec::new();
    sources(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut shown = Vec::new();
    for file in files {
        for (name, body) in derived(&code(&file)) {
            if has_text(&body) && !ALLOWED.iter().any(|(allowed, _)| *allowed == name) {
                shown.push(format!("{}: {name}", file.display()));
            }
        }
    }
    assert!(shown.is_empty(), "write `Debug` by hand, or add the type with a reason: {shown:#?}");
}

#[test]
fn the_search_finds_derived_debug() {
    let code = "#[derive(Debug, Clone)]\npub struct Shown {\n    text: String,\n}\n\
                #[derive(Clone)]\nstruct Not(String);\n\
                #[derive(Debug)]\nenum Short {\n    A(u8),\n}\n\
                #[derive(Debug)]\nenum Long {\n    A(String),\n}\nstruct Other(u8);\n\
                #[derive(Debug)]\nstruct Tuple(Cow<'static, str>);\n";
    let with_text: Vec<String> =
        derived(code).into_iter().filter(|(_, body)| has_text(body)).map(|(name, _)| name).collect();
    assert_eq!(with_text, ["Shown", "Long", "Tuple"]);
}
