//! `chargeback report`.

use chargeback::{Outcome, ProviderOutcome};
use serde_json::json;

use super::plan::reason;
use crate::args::ReportArgs;
use crate::config::Config;
use crate::failure::{Exit, Failure, chain};
use crate::input::{Content, Input};
use crate::output::Output;

/// The largest number of chargebacks. A longer run needs a store that survives an interruption.
const LIMIT: u64 = 20;

/// Reports a few chargebacks at once.
pub(crate) async fn report(arguments: &ReportArgs, config: &Config, output: Output) -> Result<Exit, Failure> {
    let reporter = config.reporter(&arguments.choice)?;
    let input = Input::open(&arguments.input)?;
    if input.count()? > LIMIT {
        let next = "use `chargeback backfill`, which survives interruptions and sends nothing twice";
        return Err(Failure::usage(format!("the file has more than {LIMIT} rows")).next(next));
    }
    let mut exit = Exit::Success;
    for row in input.rows()? {
        match row.content {
            Content::Chargeback(chargeback) => {
                for outcome in &reporter.report(&chargeback).await {
                    if !matches!(outcome.outcome(), Outcome::Acknowledged(_) | Outcome::Skipped(_)) {
                        exit = exit.max(Exit::Attention);
                    }
                    print(row.line, outcome, output)?;
                }
            }
            Content::Other(_) => {
                output.print(
                    &json!({ "line": row.line, "other": true }),
                    format!("line {}: not a chargeback", row.line),
                )?;
            }
            Content::Unreadable(reason) => {
                exit = exit.max(Exit::Unreadable);
                let value = json!({ "line": row.line, "unreadable": reason });
                output.print(&value, format!("line {}: {reason}", row.line))?;
            }
        }
    }
    Ok(exit)
}

fn print(line: u64, outcome: &ProviderOutcome, output: Output) -> Result<(), Failure> {
    let (vendor, name) = (outcome.provider(), outcome.outcome().as_str());
    let (losses, error): (Vec<String>, Option<String>) = match outcome.outcome() {
        Outcome::Acknowledged(receipt) => (receipt.losses().iter().map(ToString::to_string).collect(), None),
        other => (Vec::new(), Some(other.error().map_or_else(|| other.to_string(), reason_with_next))),
    };
    let mut text = format!("line {line}: {vendor}: {name}");
    if let Some(error) = &error {
        text = format!("{text}: {error}");
    }
    for loss in &losses {
        text = format!("{text}\n  lost: {loss}");
    }
    let delivery = outcome.outcome().error().map(|error| error.delivery().as_str());
    let value = json!({
        "line": line, "vendor": vendor, "outcome": name, "error": error, "delivery": delivery, "losses": losses,
    });
    output.print(&value, text)
}

fn reason_with_next(error: &chargeback::Error) -> String {
    match error {
        chargeback::Error::Invalid(_) => reason(error),
        other => chain(other),
    }
}
