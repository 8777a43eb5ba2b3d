//! The acts of an operator on lanes and vendors.

use std::fs;

use chargeback::outbox::{Operator, ReportSeq};
use chargeback::{Chargeback, ProviderId};

use super::lane_ref::LaneRef;
use super::lanes::id;
use crate::args::{PauseArgs, ReplaceArgs, ReplayArgs, SkipArgs};
use crate::config::named;
use crate::failure::{Exit, Failure};
use crate::input::json_error_text;
use crate::output::Output;

pub(super) async fn retry(operator: &Operator, lane: LaneRef, output: Output) -> Result<Exit, Failure> {
    let lane = lane.find_unchanged(operator).await?;
    operator.retry(&lane).await?;
    output.done(if lane.in_flight.is_some() {
        "the next lookup is due now; a worker or `chargeback outbox drain` runs it before any other request"
    } else {
        "the report is due now; a worker or `chargeback outbox drain` sends it"
    })?;
    Ok(Exit::Success)
}

pub(super) async fn skip(operator: &Operator, arguments: &SkipArgs, output: Output) -> Result<Exit, Failure> {
    let lane = arguments.lane.find_unchanged(operator).await?;
    operator.skip(&lane, &arguments.reason).await?;
    output.done(if lane.in_flight.is_some() {
        "the report was passed; its earlier request may still have arrived, so run `chargeback outbox resolve` next"
    } else {
        "the report was passed without being sent"
    })?;
    Ok(Exit::Success)
}

pub(super) async fn replace(operator: &Operator, arguments: &ReplaceArgs, output: Output) -> Result<Exit, Failure> {
    let place = || arguments.file.display();
    let json = fs::read(&arguments.file).map_err(|error| Failure::at(place(), error).exit(Exit::Usage))?;
    let chargeback: Chargeback = serde_json::from_slice(&json)
        .map_err(|error| Failure::at(place(), json_error_text(&error)).exit(Exit::Unreadable))?;
    let lane = arguments.lane.find_unchanged(operator).await?;
    if chargeback.case_id() != lane.case_id() {
        return Err(Failure::usage("the file is about another case; nothing was done"));
    }
    operator.replace(&lane, &chargeback, &arguments.reason).await?;
    output.done("the report was replaced, and is due now")?;
    Ok(Exit::Success)
}

pub(super) async fn replay(operator: &Operator, arguments: &ReplayArgs, output: Output) -> Result<Exit, Failure> {
    let lane = arguments.lane.find_unchanged(operator).await?;
    operator.replay(&lane, arguments.report.map(ReportSeq::new)).await?;
    output.done("the report is due again; a worker or `chargeback outbox drain` sends it")?;
    Ok(Exit::Success)
}

pub(super) async fn pause(operator: &Operator, arguments: &PauseArgs, output: Output) -> Result<Exit, Failure> {
    let vendor = id(named(&arguments.vendor)?)?;
    if let Some(reason) = paused(operator, &vendor).await?.filter(|reason| *reason != arguments.reason) {
        let next = "run `chargeback outbox resume` first, if that pause has ended";
        return Err(Failure::new(format!("{vendor} is paused already: {reason}")).exit(Exit::Changed).next(next));
    }
    operator.pause(&vendor, &arguments.reason).await?;
    output.done("paused for all workers; running reports end")?;
    Ok(Exit::Success)
}

pub(super) async fn resume(operator: &Operator, vendor: &str, output: Output) -> Result<Exit, Failure> {
    let vendor = id(named(vendor)?)?;
    let reason = paused(operator, &vendor).await?;
    operator.resume(&vendor).await?;
    output.done(&match reason {
        Some(reason) => format!("resumed; the vendor was paused: {reason}"),
        None => "resumed; the vendor was not paused".to_owned(),
    })?;
    Ok(Exit::Success)
}

/// Returns the reason of a pause, so that one operator does not replace the pause of another.
async fn paused(operator: &Operator, vendor: &ProviderId) -> Result<Option<String>, Failure> {
    Ok(operator.counts().await?.get(vendor).and_then(|counts| counts.state.paused.clone()))
}
