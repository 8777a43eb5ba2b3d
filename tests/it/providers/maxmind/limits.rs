//! The limits that MaxMind documents.

use chargeback::maxmind::{MaxMind, ReportTransaction, Tag, WonTag};
use serde_json::json;

use super::{MINFRAUD_ID, maxmind};
use crate::providers::limits::{Limit, built, called, check, limit, typed};

const CALL: &str = "report_transaction";

/// The violations of a call with this text in a field, and no other id.
fn call(field: &str, text: &str) -> Vec<String> {
    let json = json!({ "tag": "chargeback", field: text });
    typed(field, json, |report: ReportTransaction| called(maxmind(), report))
}

/// The violations of a call with a transaction id and this text in a field.
fn known(field: &str, text: &str) -> Vec<String> {
    let json = json!({ "tag": "chargeback", "transaction_id": "t-1", field: text });
    typed(field, json, |report: ReportTransaction| called(maxmind(), report))
}

fn limits() -> Vec<Limit<'static>> {
    let address = "must be a public IP address, version 4 or 6";
    let code = "must be 8 digits and upper-case letters";
    let uuid = "must be a UUID of 36 characters";
    let tag = |value: &str| {
        let json = json!({ "tag": value, "transaction_id": "t-1" });
        typed("tag", json, |report: ReportTransaction| called(maxmind(), report))
    };
    let required = "required; set transaction_id, minfraud_id, maxmind_id or ip_address";
    let without = |field: &str| match field {
        "" => called(maxmind(), ReportTransaction::new(Tag::Chargeback)),
        "minfraud_id" => call(field, MINFRAUD_ID),
        "maxmind_id" => call(field, "ABCD1234"),
        _ => call(field, "74.209.24.1"),
    };
    vec![
        limit("license_key", "settings", |key| built(MaxMind::new(1, key, WonTag::Clear)))
            .inside("k")
            .outside("", "must not be empty"),
        limit("tag", CALL, tag).one_of(Tag::ALL.iter().map(|tag| tag.as_str())),
        limit("notes", CALL, |text| known("notes", text)).text_at_most(1000),
        limit("transaction_id", CALL, |text| call("transaction_id", text))
            .text_at_most(255)
            .outside("", "must not be empty"),
        limit("transaction_id", CALL, without)
            .inside("minfraud_id")
            .inside("maxmind_id")
            .inside("ip_address")
            .outside("", required),
        limit("ip_address", CALL, |text| call("ip_address", text))
            .inside("74.209.24.1")
            .inside("2600:1f18::1")
            .outside("192.168.1.5", address)
            .outside("::1", address)
            .outside("1.2.3.4/32", address),
        limit("maxmind_id", CALL, |text| call("maxmind_id", text))
            .inside("ABCD1234")
            .outside("ABCD123", code)
            .outside("ABCD12345", code)
            .outside("abcd1234", code),
        limit("minfraud_id", CALL, |text| call("minfraud_id", text))
            .inside(MINFRAUD_ID)
            .outside(&MINFRAUD_ID[1..], uuid)
            .outside(format!("{MINFRAUD_ID}0"), uuid),
    ]
}

#[test]
fn limits_are_checked_before_a_request() {
    check("maxmind", &limits());
}
