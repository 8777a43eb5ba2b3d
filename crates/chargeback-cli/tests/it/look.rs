//! `validate`, `plan`, `vendors`, `codes`, `formats`, `report`.

use crate::support::{Tool, rows};

#[test]
fn validate_counts_and_names_unreadable_rows() {
    let tool = Tool::new();
    let mut text = rows(0..3);
    text += "CB-9,recieved,2026-09-01T10:00:00Z,duplicate,1,USD,,,,,\n";
    text += "\r\nCB-10,received,2026-09-01T10:00:00Z,duplicate,1,USD,ORD-10,,,,\n";
    text += "CB-11,received,tomorrow,duplicate,1,USD,,,,,\n";
    text += "CB-12,received,2026-09-01T10:00:00Z,planted-word,1,USD,,,,,\n";
    text += "CB-13,received\n";
    tool.write("a.csv", text);
    let ran = tool.run("--json validate a.csv");
    ran.exits(3);
    let value = &ran.json()[0];
    assert_eq!(value["chargebacks"], 10);
    let unreadable: Vec<(u64, &str)> = value["unreadable"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["line"].as_u64().unwrap(), row["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(unreadable[0].0, 11);
    assert!(unreadable[0].1.starts_with("stage: unknown stage"), "{unreadable:?}");
    assert_eq!(unreadable[1], (14, "occurred_at: not a time such as 2026-10-01T10:00:00Z or 2026-10-01 10:00"));
    assert_eq!(unreadable[2], (15, "reason: unknown reason"));
    assert_eq!(unreadable[3], (16, "2 columns instead of 11; check for an unclosed quote or another delimiter"));
    assert!(!ran.out.contains("planted-word"));
}

#[test]
fn marks_delimiters_and_encodings() {
    let tool = Tool::new();
    let plain = "case_id;stage;occurred_at;reason;order_id\r\nCB-1;won;2026-09-01 10:00;duplicate;O-1\r\n";
    tool.write("semicolon.csv", plain);
    tool.write("mark.csv", format!("\u{feff}{plain}"));
    for file in ["semicolon.csv", "mark.csv"] {
        assert_eq!(tool.run(&format!("--json validate {file}")).json()[0]["chargebacks"], 1, "{file}");
    }
    let wide: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
    tool.write("wide.csv", &wide);
    tool.run("validate wide.csv").fails(3, "UTF-16LE, not UTF-8; convert it: iconv");
    let mut latin = plain.as_bytes().to_vec();
    latin.extend(b"CB-\xE9;won;2026-09-01;duplicate;O\nCB-3;lost;2026-09-02;duplicate;O\n");
    tool.write("latin.csv", &latin);
    let ran = tool.run("validate latin.csv");
    assert!(ran.exits(3).contains("line 3: not UTF-8, probably Latin-1"), "{}", ran.out);
    assert!(ran.out.starts_with("2 chargebacks"), "{}", ran.out);
}

#[test]
fn a_wrong_format_is_explained() {
    let tool = Tool::new();
    tool.write("a.csv", "a,b\n1,2\n");
    tool.write("a.txt", "x");
    tool.run("validate a.csv --format adyen").fails(3, "column `Dispute PSP Reference` is missing");
    tool.run("validate a.csv").fails(3, "column `case_id` is missing");
    tool.run("validate a.csv --format word").fails(2, "use one of: jsonl, generic, stripe");
    tool.run("validate a.txt").fails(2, "add --format");
    tool.run("validate missing.csv").fails(2, "missing.csv");
    tool.write("twice.csv", "case_id,stage,occurred_at,reason,Stage\n");
    tool.run("validate twice.csv").fails(3, "column 5 (`Stage`) is a duplicate");
    tool.write("more.csv", "case_id,stage,occurred_at,reason,colour\n");
    tool.run("validate more.csv").fails(3, "column 5 (`colour`) is unknown");
}

#[test]
fn own_columns_are_described_in_a_file() {
    let tool = Tool::new();
    tool.write(
        "a.csv",
        "Nr|State|Day|Why|Sum|Cur|Pay\n7|Open|01.09.2026 12:00|Ware fehlt|1.234,50|EUR|P\n8|Fee|x|x|1|EUR|\n",
    );
    let columns = "delimiter = \"|\"\ndecimal = \",\"\ntimes = [\"%d.%m.%Y %H:%M\"]\ntime_zone = \"CEST\"\n[columns]\n\
        case_id = \"Nr\"\nstage = \"State\"\noccurred_at = \"Day\"\nreason = \"Why\"\namount = \"Sum\"\n\
        currency = \"Cur\"\norder_id = \"Pay\"\n[stages]\nOpen = \"received\"\n\
        Fee = \"ignore\"\n[reasons]\n\"Ware fehlt\" = \"not_received\"\n";
    tool.write("columns.toml", columns);
    let ran = tool.run("validate a.csv --columns columns.toml --json");
    ran.exits(0);
    assert_eq!(ran.json()[0]["reasons"]["not_received"], 1);
    assert_eq!(ran.json()[0]["other"]["Fee"], 1);
    let chargeback = tool.run("convert a.csv --columns columns.toml").json().remove(0);
    assert_eq!(chargeback["amount"]["value"], "1234.50");
    assert_eq!(chargeback["occurred_at"], "2026-09-01T10:00:00Z");
    tool.write("wrong.toml", "[columns]\ncase_id = \"Nr\"\nstage = \"State\"\noccurred_at = \"Day\"\ncolour = \"x\"\n");
    tool.run("validate a.csv --columns wrong.toml").fails(2, "columns.colour: unknown field");
}

#[test]
fn a_plan_shows_payloads_only_if_asked_and_keys_never() {
    let mut tool = Tool::new();
    tool.write("a.csv", rows(0..1));
    let hidden = tool.run("plan a.csv --sandbox");
    assert_eq!(hidden.code, 4, "Tutelar has no value for `received`: {hidden:?}");
    for word in ["CB-0", "ORD-0", "txn-0", "user-0", "enrichment-0"] {
        assert!(!hidden.out.contains(word), "{word}");
    }
    let shown = tool.run("plan a.csv --sandbox --show-payload");
    assert!(shown.out.contains("ORD-0") && shown.out.contains("POST https://sift.invalid"), "{}", shown.out);
    let json = tool.run("--json plan a.csv --sandbox --vendor sift --limit 1 --show-payload").json();
    assert_eq!(json[0]["steps"][0]["request"]["method"], "POST");
    for ran in [&hidden, &shown] {
        assert!(!ran.out.contains("sandbox-key") && !ran.out.contains("sandbox-secret"));
    }
    tool.set("SPADE_API_KEY", "planted-key");
    tool.set("SPADE_ENVIRONMENT", "east_sandbox");
    tool.set("SPADE_WON_MEANS", "merchant_won");
    let own = tool.run("plan a.csv --show-payload");
    assert!(own.exits(0).contains("https://east.sandbox.spade.com"), "{}", own.out);
    assert!(!own.out.contains("planted-key"));
}

#[test]
fn vendors_codes_and_formats_are_listed() {
    let tool = Tool::new();
    let vendors = tool.run("--json vendors").json();
    assert_eq!(vendors.len(), 10);
    assert!(tool.run("vendors").exits(0).contains("revcent     sandbox   7/15"));
    let spade = tool.run("vendors --vendor spade");
    assert!(spade.exits(0).contains("chargeback_won") && spade.out.contains("setting won_means"), "{}", spade.out);
    tool.run("vendors --vendor acme").fails(2, "use one of: thirdwatch");
    assert!(tool.run("codes visa 13.1").exits(0).contains("not_received"));
    assert!(tool.run("codes Mastercard").exits(0).lines().count() > 10);
    tool.run("codes visa 99.9").fails(1, "no such code");
    assert_eq!(tool.run("--json codes amex F29").json()[0]["reason"], "fraud_card_absent");
    assert!(tool.run("formats").exits(0).contains("braintree"));
    assert!(tool.run("formats stripe").exits(0).contains("Dispute Created (UTC)"));
    tool.run("formats word").fails(2, "unknown format");
}

#[test]
fn a_few_chargebacks_are_reported_at_once() {
    let tool = Tool::new();
    tool.write("a.csv", rows(0..1));
    let ran = tool.run("report a.csv --sandbox --vendor sift,spade");
    assert!(ran.exits(0).contains("line 2: sift: acknowledged"), "{}", ran.out);
    assert!(!ran.out.contains("CB-0"));
    let json = tool.run("--json report a.csv --sandbox --vendor tutelar");
    json.exits(4);
    assert_eq!(json.json()[0]["outcome"], "unsupported");
    tool.write("many.csv", rows(0..7));
    tool.run("report many.csv --sandbox").fails(2, "use `chargeback backfill`");
    let line = r#"{"case_id":"CB-7","stage":"lost","occurred_at":"2026-09-01T10:00:00Z","reason":"duplicate",
        "payment":{"order_id":"ORD-7"}}"#;
    let ran = tool.run_with_input("report - --format jsonl --sandbox --vendor sift", line.replace('\n', "").as_bytes());
    assert!(ran.exits(0).contains("acknowledged"), "{}", ran.out);
    tool.run("report a.csv").fails(2, "no vendor has settings");
}
