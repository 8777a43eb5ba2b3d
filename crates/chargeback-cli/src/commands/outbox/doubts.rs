//! `outbox doubts`.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;

use chargeback::outbox::{DoubtRecord, Operator};
use serde_json::json;

use super::lanes::id;
use crate::args::DoubtsCommand;
use crate::config::named;
use crate::failure::{Exit, Failure, chain};
use crate::output::{Output, warn};

/// Exports or imports the doubts that need a person.
pub(super) async fn doubts(operator: &Operator, command: &DoubtsCommand, output: Output) -> Result<Exit, Failure> {
    match command {
        DoubtsCommand::Export { vendor } => {
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
    for (number, text) in (1..).zip(BufReader::new(source).lines()) {
        let text = text.map_err(|error| Failure::at(file.display(), error))?;
        if text.trim().is_empty() {
            continue;
        }
        if let Ok(doubt) = serde_json::from_str::<DoubtRecord>(&text) {
            doubts.push(doubt);
        } else {
            unreadable += 1;
            warn(format_args!("line {number}: not a doubt as `doubts export` writes it"));
        }
    }
    let imported = operator.import_doubts(doubts).await;
    for (lane, error) in &imported.failed {
        warn(format_args!("lane {lane}: {}", chain(error)));
    }
    let (resolved, undecided, failed) = (imported.resolved, imported.undecided, imported.failed.len());
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
