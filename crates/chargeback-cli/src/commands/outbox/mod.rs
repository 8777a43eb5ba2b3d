//! `chargeback outbox`.

mod acts;
mod decision;
mod doubts;
mod guide;
mod lane_ref;
mod lanes;
mod list;
mod show;
mod store;
mod upkeep;

use chargeback::Reporter;
use chargeback::outbox::{Operator, Outbox};

pub(crate) use self::lane_ref::LaneRef;
use self::store::Opened;
pub(crate) use self::store::is_like_url;
use crate::args::{OutboxArgs, OutboxCommand, VendorChoice};
use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// Runs a command of an operator.
pub(crate) async fn run(
    arguments: &OutboxArgs,
    config: impl FnOnce() -> Result<Config, Failure>,
    output: Output,
) -> Result<Exit, Failure> {
    if matches!(arguments.command, OutboxCommand::Migrate) {
        return store::migrate(arguments, output).await;
    }
    if let OutboxCommand::Drain { vendors } = &arguments.command {
        let choice = VendorChoice { vendors: vendors.clone(), sandbox: false };
        return drain(arguments, config()?.reporter(&choice)?, output).await;
    }
    let opened = Opened::open(arguments).await?;
    let exit = act(arguments, &Operator::new(opened.store()), output).await;
    opened.close().await;
    exit
}

/// Delivers the reports that are due.
async fn drain(arguments: &OutboxArgs, reporter: Reporter, output: Output) -> Result<Exit, Failure> {
    let vendors: Vec<_> = reporter.providers().collect();
    let opened = Opened::open(arguments).await?;
    let outbox = Outbox::new(opened.store(), reporter).map_err(|error| Failure::new(error.to_string()))?;
    outbox.drain().await;
    let counts = outbox.counts().await?;
    let open: u64 =
        vendors.iter().filter_map(|vendor| counts.get(vendor)).map(|counts| counts.ready + counts.waiting).sum();
    let shown = lanes::status(&outbox.operator(), &arguments.command(), output).await;
    opened.close().await;
    shown?;
    Ok(if open == 0 { Exit::Success } else { Exit::Unfinished })
}

async fn act(arguments: &OutboxArgs, operator: &Operator, output: Output) -> Result<Exit, Failure> {
    let command = arguments.command();
    match &arguments.command {
        OutboxCommand::Status => lanes::status(operator, &command, output).await,
        OutboxCommand::List(arguments) => list::list(operator, arguments, &command, output).await,
        OutboxCommand::Show(arguments) => show::show(operator, arguments, &command, output).await,
        OutboxCommand::Retry { lane } => acts::retry(operator, *lane, output).await,
        OutboxCommand::Skip(arguments) => acts::skip(operator, arguments, output).await,
        OutboxCommand::Replace(arguments) => acts::replace(operator, arguments, output).await,
        OutboxCommand::Replay(arguments) => acts::replay(operator, arguments, output).await,
        OutboxCommand::Resolve(arguments) => guide::resolve(operator, arguments, &command, output).await,
        OutboxCommand::Doubts { command } => doubts::doubts(operator, command, output).await,
        OutboxCommand::Pause(arguments) => acts::pause(operator, arguments, output).await,
        OutboxCommand::Resume { vendor } => acts::resume(operator, vendor, output).await,
        OutboxCommand::Erase(arguments) => upkeep::erase(operator, arguments, output).await,
        OutboxCommand::Export { case } => show::export(operator, case, output).await,
        OutboxCommand::Purge(arguments) => upkeep::purge(operator, arguments, output).await,
        OutboxCommand::Check => upkeep::check(operator, output).await,
        OutboxCommand::Restore(_) => upkeep::distrust(operator, output).await,
        OutboxCommand::Migrate | OutboxCommand::Drain { .. } => Ok(Exit::Success),
    }
}
