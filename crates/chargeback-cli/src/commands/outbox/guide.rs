//! `outbox resolve`: instructions for the check with a vendor, and the decision.

use chargeback::outbox::{AcceptedReport, LaneSummary, Operator};
use chargeback::{Chargeback, Resolution};
use chrono::Utc;
use serde_json::json;

use super::decision::{self, Decision};
use super::lane_ref::LaneRef;
use crate::args::ResolveArgs;
use crate::failure::{Exit, Failure};
use crate::output::{Output, away, line, time};

/// Ends a doubt, or prints instructions if no decision is given.
pub(super) async fn resolve(
    operator: &Operator,
    arguments: &ResolveArgs,
    command: &str,
    output: Output,
) -> Result<Exit, Failure> {
    let resolution = match (&arguments.found, arguments.applied, arguments.not_found) {
        (Some(id), ..) => Resolution::Found(id.clone()),
        (None, true, _) => Resolution::Applied,
        (None, false, true) => Resolution::NotFound,
        (None, false, false) => return instructions(operator, arguments.lane, command, output).await,
    };
    let lane = arguments.lane.find_unchanged(operator).await?;
    let (vendor, case_id) = (lane.vendor.clone(), lane.case_id().to_owned());
    let checked = [Decision { vendor, case_id, resolution: resolution.clone() }];
    if let Some(problem) = decision::problems(operator, &checked).await?.into_iter().flatten().next() {
        return Err(problem);
    }
    let checked_at = arguments.checked_at.unwrap_or_else(Utc::now);
    operator.resolve(&lane, resolution, checked_at).await.map_err(|error| {
        let failure = Failure::from(error);
        match lane.check_not_before {
            Some(after) if arguments.not_found && checked_at < after => failure.next(format!(
                "{WAIT}; check with the vendor after {}, which is {}, then run the command again",
                time(after),
                away(after)
            )),
            _ => failure,
        }
    })?;
    output.done(match (&arguments.found, arguments.applied) {
        (Some(_), _) => "resolved; the report is due now, and updates the vendor's case",
        (None, true) => "resolved; the report was passed",
        (None, false) => "resolved; the report is due now",
    })?;
    Ok(Exit::Success)
}

/// The reason for the wait before `--not-found`.
const WAIT: &str = "a request can arrive minutes after it was sent, so an early check proves nothing";

async fn instructions(operator: &Operator, lane: LaneRef, command: &str, output: Output) -> Result<Exit, Failure> {
    let lane = lane.find(operator).await?;
    let Some(in_flight) = lane.in_flight else {
        return Err(Failure::new("the lane is not in doubt").exit(Exit::Usage));
    };
    let data = operator.export(lane.case_id()).await?;
    // The ids of the report in doubt; another report of the case can have other ones.
    let is_in_doubt = |report: &&AcceptedReport| report.stage == in_flight;
    let payload = data.reports.iter().rev().find(is_in_doubt).and_then(|report| report.payload.as_deref());
    let chargeback: Option<Chargeback> = payload.and_then(|payload| serde_json::from_slice(payload).ok());
    let (searched, ids) = search(&lane, chargeback.as_ref());
    let reference = LaneRef::from(&lane);
    if output.json {
        let mut value = json!({
            "lane": reference.to_string(), "vendor": lane.vendor, "stage": in_flight.stage, "search_by": searched,
            "check_not_before": lane.check_not_before,
        });
        if output.show_payload {
            value["ids"] = json!(ids);
        }
        output.json(&value)?;
        return Ok(Exit::Success);
    }
    print_steps(&lane, (searched, &ids), command, output);
    Ok(Exit::Success)
}

fn print_steps(lane: &LaneSummary, (searched, ids): (&str, &Ids), command: &str, output: Output) {
    let reference = LaneRef::from(lane);
    let stage = lane.in_flight.map(|reported| reported.stage.to_string()).unwrap_or_default();
    line(format_args!(
        "Lane {reference}: a request to {} for the stage `{stage}` may have arrived, and no reply came back.\n",
        lane.vendor
    ));
    match lane.check_not_before {
        Some(after) if after > Utc::now() => {
            line(format_args!("1. Wait until {}, which is {}: {WAIT}.", time(after), away(after)));
        }
        _ => line("1. The time for late requests is over; a check is possible now."),
    }
    line(format_args!("2. In the dashboard of {}, or with its support, search by {searched}.", lane.vendor));
    if output.show_payload {
        for (name, id) in ids {
            line(format_args!("     {name}: {id}"));
        }
    } else {
        line("     (add --show-payload to see the values)");
    }
    line(format_args!("3. Is there a chargeback for this payment{}?", expectation(lane)));
    line(format_args!("   yes:       {command} resolve {reference} {}", found(lane)));
    if decision::gives_ids(&lane.vendor) {
        line("              (the id of the chargeback has 20 characters)");
    }
    line(format_args!("   no:        {command} resolve {reference} --not-found"));
    line("   not sure:  leave the lane as it is. Nothing more is sent for this case to this vendor.");
}

/// Returns the state that the vendor would show.
fn expectation(lane: &LaneSummary) -> String {
    match lane.acknowledged {
        Some(reported) => format!(" that is past the stage `{}`", reported.stage),
        None => String::new(),
    }
}

/// Returns the decision if the vendor has the report.
fn found(lane: &LaneSummary) -> &'static str {
    if decision::gives_ids(&lane.vendor) { "--found ID_OF_THE_CHARGEBACK" } else { "--applied" }
}

type Ids = Vec<(&'static str, String)>;

/// Returns the ids by which the vendor stores a case, and their values. The mapping is that of the connectors.
fn search(lane: &LaneSummary, chargeback: Option<&Chargeback>) -> (&'static str, Ids) {
    let payment = chargeback.map(Chargeback::payment);
    let mut ids: Ids = vec![("case", lane.case_id().to_owned())];
    let mut add = |name, value: Option<&str>| ids.extend(value.map(|value| (name, value.to_owned())));
    add("order id", payment.and_then(|payment| payment.order_id.as_deref()));
    add("transaction id", payment.and_then(|payment| payment.transaction_id.as_deref()));
    add("gateway transaction id", payment.and_then(|payment| payment.gateway_transaction_id.as_deref()));
    let at_vendor = chargeback.and_then(|chargeback| chargeback.vendor_reference(&lane.vendor));
    add("payment id at the vendor", at_vendor.and_then(|reference| reference.payment.as_deref()));
    add("case id at the vendor", lane.vendor_case());
    let searched = match lane.vendor.as_str() {
        "revcent" => "the payment id or the gateway transaction id",
        "pipwave" => "the transaction id (`txn_id`)",
        "tutelar" | "riskified" => "the order id",
        "sift" => "the order id, or else the transaction id",
        "spade" => "the enrichment id of the payment",
        "ravelin" => "the id of the dispute, which is the case id",
        "thirdwatch" | "maxmind" | "seon" => "the transaction id",
        _ => "the ids of the payment",
    };
    (searched, ids)
}
