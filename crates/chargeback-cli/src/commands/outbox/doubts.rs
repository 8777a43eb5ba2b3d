//! `outbox doubts`.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;

use chargeback::outbox::{DoubtRecord, LaneFilter, LaneId, LaneSummary, Operator};
use serde_json::json;

use super::decision::{self, Decision};
use super::lanes::id;
use crate::args::DoubtsCommand;
use crate::config::named;
use crate::failure::{Exit, Failure, chain};
use crate::output::{Output, warn};

/// Exports or imports the doubts that need a person.
pub(super) async fn doubts(operator: &Operator, command: &DoubtsCommand, output: Output) -> Result<Exit, Failure> {
    match command {
        DoubtsCommand::Export { vendor } => {
            output.allows_personal_data()?;
            let vendor = vendor.as_deref().map(|name| named(name).and_then(id)).transpose()?;
            for doubt in operator.export_doubts(vendor.as_ref()).await? {
                output.json(&doubt)?;
            }
            Ok(Exit::Success)
        }
        DoubtsCommand::Import { file } => import(operator, file, output).await,
    }
}

async fn import(operator: &Operator, file: &Path, output: Output) -> Result<Exit, Failure> {
    let source: Box<dyn Read> = if file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(file).map_err(|error| Failure::at(file.display(), error).exit(Exit::Usage))?)
    };
    let (mut doubts, mut unreadable) = (Vec::new(), 0_u64);
    for (number, text) in (1_u64..).zip(BufReader::new(source).lines()) {
        let text = text.map_err(|error| Failure::at(file.display(), error))?;
        if text.trim().is_empty() {
            continue;
        }
        let doubt = serde_json::from_str::<DoubtRecord>(&text).ok();
        if let Some(doubt) = &doubt
            && doubt.decision.is_some() != doubt.checked_at.is_some()
        {
            unreadable += 1;
            warn(format_args!("line {number}: `decision` and `checked_at` must be given together"));
        } else if let Some(doubt) = doubt {
            doubts.push((number, doubt));
        } else {
            unreadable += 1;
            warn(format_args!("line {number}: not a doubt as `doubts export` writes it"));
        }
    }
    let (doubts, foreign) = of_this_store(operator, doubts).await?;
    let (doubts, wrong) = with_possible_decision(operator, doubts).await?;
    let imported = operator.import_doubts(doubts).await;
    for (lane, error) in &imported.failed {
        warn(format_args!("lane {lane}: {}", chain(error)));
    }
    let (resolved, undecided, failed) =
        (imported.resolved, imported.undecided, imported.failed.len() + foreign + wrong);
    let text =
        format!("{resolved} resolved, {undecided} without a decision, {failed} refused, {unreadable} unreadable");
    let value = json!({
        "resolved": resolved, "undecided": undecided, "refused": failed, "unreadable": unreadable,
    });
    output.print(&value, text)?;
    Ok(match (unreadable, failed) {
        (0, 0) => Exit::Success,
        (0, _) => Exit::Attention,
        _ => Exit::Unreadable,
    })
}

/// Returns the doubts whose lane is about the same case and vendor, and the number of the others.
async fn of_this_store(
    operator: &Operator,
    doubts: Vec<(u64, DoubtRecord)>,
) -> Result<(Vec<(u64, DoubtRecord)>, usize), Failure> {
    let (mut known, mut foreign) = (Vec::new(), 0);
    for (number, doubt) in doubts {
        let before = LaneId::new(doubt.lane.saturating_sub(1));
        let lanes = operator.list(&LaneFilter::all().after(before).limit(1)).await?;
        let is_same = |lane: &LaneSummary| lane.vendor == doubt.vendor && lane.case_id() == doubt.case_id;
        if lanes.first().is_some_and(is_same) {
            known.push((number, doubt));
        } else {
            foreign += 1;
            warn(format_args!("line {number}: the lane of this store is about another case or vendor"));
        }
    }
    Ok((known, foreign))
}

/// Returns the doubts whose decision can be right, and the number of the others.
async fn with_possible_decision(
    operator: &Operator,
    doubts: Vec<(u64, DoubtRecord)>,
) -> Result<(Vec<DoubtRecord>, usize), Failure> {
    let (decided, mut kept): (Vec<_>, Vec<_>) = doubts.into_iter().partition(|(_, doubt)| doubt.decision.is_some());
    let decision = |(_, doubt): &(u64, DoubtRecord)| {
        let resolution = doubt.decision.clone()?.into();
        Some(Decision { vendor: doubt.vendor.clone(), case_id: doubt.case_id.clone(), resolution })
    };
    let decisions: Vec<_> = decided.iter().filter_map(decision).collect();
    let mut wrong = 0;
    for (doubt, problem) in decided.into_iter().zip(decision::problems(operator, &decisions).await?) {
        if let Some(problem) = problem {
            wrong += 1;
            warn(format_args!("line {}: {problem}", doubt.0));
        } else {
            kept.push(doubt);
        }
    }
    Ok((kept.into_iter().map(|(_, doubt)| doubt).collect(), wrong))
}
