//! Stripe's dispute samples are valid for async-stripe's type `Dispute`, which is generated from Stripe's API
//! description.

use std::path::PathBuf;

use serde_json::Value;
use stripe_shared::Dispute;

/// Samples of older API versions, which lack fields that the current type requires.
const OLD: [&str; 2] =
    ["charge.dispute.closed-charge_refunded_old.json", "charge.dispute.created-old_api_version.json"];

#[test]
fn samples_are_disputes() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/inbound/stripe");
    let (mut read, mut old) = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !name.starts_with("charge.dispute.") {
            continue;
        }
        let event: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let object = &event["data"]["object"];
        let dispute = miniserde::json::from_str::<Dispute>(&object.to_string());
        if OLD.contains(&name.as_str()) {
            assert!(dispute.is_err(), "{name} is valid for the current type");
            old += 1;
            continue;
        }
        let dispute = dispute.unwrap_or_else(|_| panic!("{name} is not a dispute"));
        assert_eq!(dispute.id.as_str(), object["id"], "{name}");
        assert_eq!(Some(dispute.amount), object["amount"].as_i64(), "{name}");
        assert_eq!(dispute.status.as_str(), object["status"], "{name}");
        assert_eq!(dispute.reason, object["reason"], "{name}");
        let charge = object["charge"].as_str().or(object["charge"]["id"].as_str());
        assert_eq!(dispute.charge.id().as_str(), charge.unwrap());
        read += 1;
    }
    println!("{read} samples are disputes, {old} are of older API versions");
    assert!(read > 20 && old == OLD.len());
}
