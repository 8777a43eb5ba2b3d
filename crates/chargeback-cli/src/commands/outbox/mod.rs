//! `chargeback outbox`.

mod acts;
mod doubts;
mod guide;
mod lane_ref;
mod lanes;
mod show;
mod store;
mod upkeep;

use chargeback::outbox::{Operator, Outbox};

pub(crate) use self::lane_ref::LaneRef;
use self::store::Opened;
use crate::args::{OutboxArgs, OutboxCommand};
use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::output::{Output, line};

/// Runs a command of an operator.
pub(crate) async fn run(
    arguments: &OutboxArgs,
    config: impl FnOnce() -> Result<Config, Failure>,
    output: Output,
) -> Result<Exit, Failure> {
    if matches!(arguments.command, OutboxCommand::Migrate) {
        return store::migrate(arguments).await;
    }
    if let OutboxCommand::Drain { choice } = &arguments.command {
        let reporter = config()?.reporter(choice)?;
        let opened = Opened::open(arguments).await?;
        let outbox = Outbox::new(opened.store(), reporter).map_err(|error| Failure::new(error.to_string()))?;
        outbox.drain().await;
        line("delivered everything that was due");
        let exit = lanes::status(&outbox.operator(), output).await;
        opened.close().await;
        return exit;
    }
    let opened = Opened::open(arguments).await?;
    let exit = act(&arguments.command, &Operator::new(opened.store()), output).await;
    opened.close().await;
    exit
}

async fn act(command: &OutboxCommand, operator: &Operator, output: Output) -> Result<Exit, Failure> {
    match command {
        OutboxCommand::Status => lanes::status(operator, output).await,
        OutboxCommand::List(arguments) => lanes::list(operator, arguments, output).await,
        OutboxCommand::Show(arguments) => show::show(operator, arguments, output).await,
        OutboxCommand::Retry { lane } => acts::retry(operator, *lane).await,
        OutboxCommand::Skip(arguments) => acts::skip(operator, arguments).await,
        OutboxCommand::Replace(arguments) => acts::replace(operator, arguments).await,
        OutboxCommand::Replay(arguments) => acts::replay(operator, arguments).await,
        OutboxCommand::Resolve(arguments) => guide::resolve(operator, arguments, output).await,
        OutboxCommand::Doubts { command } => doubts::doubts(operator, command, output).await,
        OutboxCommand::Pause(arguments) => acts::pause(operator, arguments).await,
        OutboxCommand::Resume { vendor } => acts::resume(operator, vendor).await,
        OutboxCommand::Erase(arguments) => upkeep::erase(operator, arguments).await,
        OutboxCommand::Export { case } => show::export(operator, case, output).await,
        OutboxCommand::Purge(arguments) => upkeep::purge(operator, arguments, output).await,
        OutboxCommand::Check => upkeep::check(operator, output).await,
        OutboxCommand::Restore(_) => upkeep::distrust(operator).await,
        OutboxCommand::Migrate | OutboxCommand::Drain { .. } => Ok(Exit::Success),
    }
}
