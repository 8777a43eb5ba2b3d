//! The limits that RevCent documents.

use chargeback::revcent::{Create, CreateChargeback, Edit, EditChargeback, Get, Lookup, Metadatum, Outcome, RevCent};
use chargeback::{Chargeback, Field, LossKind, Stage, revcent};

use super::*;
use crate::providers::limits::{Limit, built, called, check, limit, reported, typed};

const CREATE: &str = "create";
const EDIT: &str = "edit";
const REPORT: &str = "report";

fn create(change: impl FnOnce(&mut CreateChargeback)) -> Vec<String> {
    let mut create = CreateChargeback::for_gateway_transaction("gw-1");
    change(&mut create);
    called(revcent(), Create::new(create))
}

fn edit(change: impl FnOnce(&mut EditChargeback)) -> Vec<String> {
    let mut changes = EditChargeback::default();
    changes.case_number = Some("n".into());
    change(&mut changes);
    called(revcent(), Edit::new(ID, changes))
}

fn metadata(name: &str, value: &str) -> Vec<Metadatum> {
    vec![Metadatum::new(name, value)]
}

fn representment(initiated: bool, completed: bool, outcome: bool) -> RepresentmentFields {
    let mut fields = RepresentmentFields::default();
    (fields.initiated, fields.completed) = (Some(initiated), Some(completed));
    fields.outcome = outcome.then_some(Outcome::Won);
    fields
}

fn with_payment(id: &str) -> Chargeback {
    let builder = Chargeback::builder("case-1", Stage::Received, Reason::Other, at(3, 9));
    builder.vendor_payment(revcent::ID, id).build().unwrap()
}

/// Ids with exactly 20 characters.
fn ids() -> Vec<Limit<'static>> {
    let transaction = |id: &str| called(revcent(), Create::new(CreateChargeback::for_transaction(id)));
    let integration = |id: &str| create(|create| create.third_party_integration_id = Some(id.to_owned()));
    let edited_integration = |id: &str| edit(|edit| edit.third_party_integration_id = Some(id.to_owned()));
    let edited = |id: &str| {
        let mut changes = EditChargeback::default();
        changes.arn = Some("a".into());
        called(revcent(), Edit::new(id, changes))
    };
    let known = |id: &str| plain("c", Stage::Received, Reason::Other).vendor_case(revcent::ID, id).build().unwrap();
    vec![
        limit("transaction_id", CREATE, transaction).exactly_20(),
        limit("third_party_integration_id", CREATE, integration).exactly_20(),
        limit("third_party_integration_id", EDIT, edited_integration).exactly_20(),
        limit("chargeback_id", "get", |id| called(revcent(), Lookup::Get(Get::new(id)))).exactly_20(),
        limit("chargeback_id", EDIT, edited).exactly_20(),
        limit("vendor_references.revcent.payment", REPORT, |id| reported(revcent(), &with_payment(id))).exactly_20(),
        limit("vendor_references.revcent.case", REPORT, move |id| reported(revcent(), &known(id))).exactly_20(),
    ]
}

/// Names and values of metadata.
fn pairs() -> Vec<Limit<'static>> {
    let one_to = |row: Limit<'static>, length: usize| {
        let rule = format!("must have 1 to {length} characters");
        let row = row.inside("n").inside("n".repeat(length));
        row.outside("", &rule).outside("n".repeat(length + 1), &rule)
    };
    let name = |name: &str| create(|create| create.metadata = Some(metadata(name, "v")));
    let value = |value: &str| create(|create| create.metadata = Some(metadata("n", value)));
    let edited_name = |name: &str| edit(|edit| edit.metadata = Some(metadata(name, "v")));
    let edited_value = |value: &str| edit(|edit| edit.metadata = Some(metadata("n", value)));
    let named = |name: &str| plain("c", Stage::Received, Reason::Other).metadata(name, "v").build().unwrap();
    vec![
        one_to(limit("metadata[0].name", CREATE, name), 100),
        one_to(limit("metadata[0].value", CREATE, value), 255),
        one_to(limit("metadata[0].name", EDIT, edited_name), 100),
        one_to(limit("metadata[0].value", EDIT, edited_value), 255),
        limit("metadata", REPORT, move |name| reported(revcent(), &named(name)))
            .inside("n".repeat(100))
            .outside("n".repeat(101), "names must not be longer than 100 characters"),
    ]
}

#[test]
fn every_documented_limit_is_checked() {
    let both = |both: &str| create(|create| create.transaction_id = (both == "both").then(|| TRANSACTION.to_owned()));
    let initiated = |initiated: &str| {
        create(|create| create.representment = Some(representment(initiated == "initiated", true, false)))
    };
    let completed = |completed: &str| {
        create(|create| create.representment = Some(representment(true, completed == "completed", true)))
    };
    let outcome = |outcome: &str| {
        let json = json!({ "initiated": true, "completed": true, "outcome": outcome });
        typed("representment.outcome", json, |fields| create(|create| create.representment = Some(fields)))
    };
    let mut limits = vec![
        limit("api_key", "settings", |key| built(RevCent::new(key)))
            .inside("k")
            .outside("", "must not be empty")
            .outside("k ", "must not start or end with white space"),
        limit("gateway_transaction_id", CREATE, both)
            .inside("one")
            .outside("both", "must not be set together with transaction_id"),
        limit("representment.completed", CREATE, initiated)
            .inside("initiated")
            .outside("", "requires initiated to be true"),
        limit("representment.outcome", CREATE, completed)
            .inside("completed")
            .outside("", "requires initiated and completed to be true"),
        limit("representment.outcome", CREATE, outcome).one_of(Outcome::ALL.iter().map(|outcome| outcome.as_str())),
    ];
    limits.extend(ids());
    limits.extend(pairs());
    check("revcent", &limits);
}

#[tokio::test]
async fn a_report_truncates_a_metadata_value_at_the_documented_limit() {
    for (length, cut) in [(255, false), (256, true)] {
        let case = plain("c", Stage::Received, Reason::Other).metadata("n", "ä".repeat(length)).build().unwrap();
        let script = Script::new([created()]);
        let receipt = provider(create_at_once(), &script).report(&case).await.unwrap();
        let sent = body(&script.sent()[0]);
        let value = sent["metadata"].as_array().unwrap().iter().find(|pair| pair["name"] == "n").unwrap();
        assert_eq!(value["value"].as_str().unwrap().chars().count(), 255);
        let lost = |loss: &chargeback::Loss| loss.field() == Field::Metadata && loss.kind() == LossKind::Truncated;
        assert_eq!(receipt.losses().iter().any(lost), cut, "{length}");
    }
}
