//! `outbox list`.

use chargeback::outbox::{Counts, LaneFilter, LaneState, LaneSummary, Operator, WaitReason};
use chrono::Utc;

use super::lane_ref::LaneRef;
use super::lanes::{id, lane_json};
use crate::args::ListArgs;
use crate::config::named;
use crate::failure::{Exit, Failure};
use crate::output::{Output, Table, away, line, time};

/// The lanes of one page of the search for doubts.
const PAGE: usize = 10_000;

pub(super) async fn list(
    operator: &Operator,
    arguments: &ListArgs,
    command: &str,
    output: Output,
) -> Result<Exit, Failure> {
    let lanes = find(operator, arguments).await?;
    if output.json {
        for lane in &lanes {
            output.json(&lane_json(lane, output.show_payload))?;
        }
        return Ok(Exit::Success);
    }
    if lanes.is_empty() {
        let by_default = !(arguments.all || arguments.in_doubt || arguments.state.is_some());
        line(if by_default && arguments.reason.is_none() { "no lanes need a person" } else { "no lanes" });
        return Ok(Exit::Success);
    }
    let counts = operator.counts().await?;
    let mut names = vec!["lane", "vendor", "state", "reason", "since", "stage", "attempts", "behind", "next attempt"];
    names.extend(["check after"].into_iter().chain(output.show_payload.then_some("case")));
    let mut table = Table::new(&names);
    for lane in &lanes {
        table.row(cells(lane, &counts, output.show_payload));
    }
    line(table);
    if lanes.iter().any(|lane| lane.reason == Some(WaitReason::Settling)) {
        line("\nsettling: acknowledged, and sent once more in case an earlier attempt arrives late");
    }
    if let Some(lane) = lanes.iter().find(|lane| lane.in_flight.is_some() && lane.state != LaneState::Leased) {
        line(format_args!("\nin doubt, for example: {command} resolve {}", lane.id));
    }
    if lanes.len() == arguments.limit as usize {
        line(format_args!("\nthe first {} lanes; raise --limit for more", arguments.limit));
    }
    Ok(Exit::Success)
}

async fn find(operator: &Operator, arguments: &ListArgs) -> Result<Vec<LaneSummary>, Failure> {
    let limit = arguments.limit as usize;
    let mut filter = LaneFilter::all().limit(if arguments.in_doubt { PAGE } else { limit });
    filter.states = match (arguments.state, arguments.all || arguments.in_doubt || arguments.reason.is_some()) {
        (Some(state), _) => vec![state],
        (None, true) => Vec::new(),
        (None, false) => vec![LaneState::Blocked],
    };
    filter.vendor = arguments.vendor.as_deref().map(|vendor| named(vendor).and_then(id)).transpose()?;
    filter.reason = arguments.reason;
    if !arguments.in_doubt {
        return Ok(operator.list(&filter).await?);
    }
    let mut found = Vec::new();
    loop {
        let page = operator.list(&filter).await?;
        let Some(last) = page.last().map(|lane| lane.id) else { return Ok(found) };
        found.extend(page.into_iter().filter(|lane| lane.in_flight.is_some()));
        if found.len() >= limit {
            found.truncate(limit);
            return Ok(found);
        }
        filter = filter.after(last);
    }
}

fn cells(lane: &LaneSummary, counts: &Counts, show_payload: bool) -> Vec<String> {
    let mut cells = vec![
        LaneRef::from(lane).to_string(),
        lane.vendor.to_string(),
        lane.state.to_string(),
        lane.reason.map(|reason| reason.to_string()).unwrap_or_default(),
        time(lane.since),
        lane.head_stage.map(|stage| stage.to_string()).unwrap_or_default(),
        lane.attempts.to_string(),
        lane.behind.to_string(),
        next_attempt(lane, counts),
        lane.check_not_before.map(time).unwrap_or_default(),
    ];
    if show_payload {
        cells.push(lane.case_id().to_owned());
    }
    cells
}

/// Returns the time until a ready lane is sent, which is not before the vendor's next probe.
fn next_attempt(lane: &LaneSummary, counts: &Counts) -> String {
    let state = counts.get(&lane.vendor).map(|counts| &counts.state);
    match state {
        _ if lane.state != LaneState::Ready => String::new(),
        Some(state) if state.paused.is_some() => "paused".to_owned(),
        Some(state) if lane.due < Utc::now() + state.hold => away(Utc::now() + state.hold),
        _ => away(lane.due),
    }
}
