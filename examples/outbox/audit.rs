//! Compares the accepted reports with the records of the vendors.

use std::collections::{BTreeMap, BTreeSet};

use chargeback::outbox::{CaseExport, LaneState, Operator, PassedAs, StoreError};
use chargeback::sandbox::{RecordedCase, Sandbox};
use chargeback::{Stage, pipwave, revcent, spade, thirdwatch, tutelar};
use serde_json::Value;

use crate::feed::Dispute;

/// The result for one vendor, in reports.
#[derive(Default)]
pub(crate) struct Row {
    pub(crate) enqueued: u64,
    pub(crate) acknowledged: u64,
    /// Passed without a request: the vendor has no value for the stage, or a later stage was reported before.
    pub(crate) not_needed: u64,
    /// Accepted writes at the vendor. A report that was sent again after a kill is an additional one.
    pub(crate) writes: u64,
    /// Cases that the vendor has twice.
    pub(crate) doubled: u64,
    /// Reports that no lane has, and cases that are not at their last stage.
    pub(crate) lost: u64,
    /// Reports that wait for a person: the head of a blocked lane, and the reports behind it.
    pub(crate) person: u64,
}

/// Audits all disputes at all vendors.
pub(crate) async fn audit(
    sandbox: &Sandbox,
    operator: &Operator,
    disputes: u32,
) -> Result<BTreeMap<&'static str, Row>, StoreError> {
    let recorded = [
        (thirdwatch::ID, sandbox.thirdwatch().cases()),
        (revcent::ID, sandbox.revcent().cases()),
        (tutelar::ID, sandbox.tutelar().cases()),
        (spade::ID, sandbox.spade().cases()),
        (pipwave::ID, sandbox.pipwave().cases()),
    ];
    let mut rows = BTreeMap::new();
    for dispute in (0..disputes).map(Dispute) {
        let export = operator.export(&dispute.case_id()).await?;
        for (vendor, cases) in &recorded {
            let name = name(vendor.as_str());
            add(rows.entry(name).or_default(), dispute, name, &export, cases);
        }
    }
    Ok(rows)
}

/// The five names as constants.
fn name(vendor: &str) -> &'static str {
    ["thirdwatch", "revcent", "tutelar", "spade", "pipwave"].into_iter().find(|name| *name == vendor).unwrap_or("other")
}

fn add(row: &mut Row, dispute: Dispute, vendor: &str, export: &CaseExport, cases: &[RecordedCase]) {
    let enqueued = u64::try_from(dispute.stages().len()).unwrap_or(0);
    row.enqueued += enqueued;
    let passed: Vec<_> = export.history.iter().filter(|entry| entry.vendor.as_str() == vendor).collect();
    let seqs = |is_wanted: fn(PassedAs) -> bool| -> u64 {
        let wanted = passed.iter().filter(|entry| is_wanted(entry.passed)).map(|entry| entry.seq);
        u64::try_from(wanted.collect::<BTreeSet<_>>().len()).unwrap_or(0)
    };
    row.acknowledged += seqs(|passed| passed == PassedAs::Acknowledged);
    row.not_needed += seqs(|passed| passed != PassedAs::Acknowledged);
    let blocked = export.lanes.iter().find(|lane| lane.vendor.as_str() == vendor && lane.state == LaneState::Blocked);
    let person = blocked.map_or(0, |lane| 1 + lane.behind);
    row.person += person;
    row.lost += enqueued.saturating_sub(seqs(|_| true) + person);

    let records: Vec<_> = cases.iter().filter(|case| is_of(case, dispute, vendor)).collect();
    row.doubled += u64::try_from(records.len()).unwrap_or(0).saturating_sub(1);
    row.writes += u64::try_from(records.iter().map(|case| case.history.len()).sum::<usize>()).unwrap_or(0);
    let is_at_last_stage = records.last().is_some_and(|case| state(case, vendor) == last_value(dispute, vendor));
    if person == 0 && !is_at_last_stage {
        row.lost += 1;
    }
}

/// Returns true if the record belongs to the dispute.
fn is_of(case: &RecordedCase, dispute: Dispute, vendor: &str) -> bool {
    match vendor {
        "revcent" => case.state["third_party_chargeback_id"] == dispute.case_id().as_str(),
        "spade" => case.key == dispute.payment().enrichment,
        _ => case.key == dispute.payment().order_id,
    }
}

/// Returns the vendor's value of the stage.
fn state<'a>(case: &'a RecordedCase, vendor: &str) -> Option<&'a str> {
    let value: &Value = match vendor {
        "thirdwatch" => &case.state["_chargebackState"],
        "revcent" => &case.state["representment"]["outcome"],
        "tutelar" => &case.state["status"],
        "spade" => &case.state["state"],
        _ => &case.state["stage"],
    };
    value.as_str()
}

/// Returns the vendor's value of the last stage of a dispute.
fn last_value(dispute: Dispute, vendor: &str) -> Option<&'static str> {
    let is_won = dispute.stages().last() == Some(&Stage::Won);
    Some(match (vendor, is_won) {
        ("thirdwatch", true) => "_won",
        ("thirdwatch", false) => "_lost",
        ("revcent", true) => "won",
        ("revcent", false) => "lost",
        ("tutelar", true) => "defeated",
        ("tutelar", false) => "accepted",
        ("spade", true) => "chargeback_won",
        ("spade", false) => "chargeback_lost",
        ("pipwave", true) => "dispute won",
        ("pipwave", false) => "chargeback",
        _ => return None,
    })
}
