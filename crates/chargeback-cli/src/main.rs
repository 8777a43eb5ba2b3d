//! The command line tool `chargeback`.

mod args;
mod commands;
mod config;
mod failure;
mod input;
mod output;
mod sandbox;
mod signals;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::args::{Cli, Command, ConfigCommand};
use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::output::{Output, warn};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => {
            let done = runtime.block_on(run(cli));
            // A blocked read of the standard input must not keep the process alive.
            runtime.shutdown_background();
            done
        }
        Err(error) => Err(Failure::at("the runtime could not start", error)),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(failure) => {
            warn(format_args!("error: {failure}"));
            failure.exit.into()
        }
    }
}

async fn run(cli: Cli) -> Result<Exit, Failure> {
    let output = Output { json: cli.global.json, show_payload: cli.global.show_payload };
    let config = || Config::load(cli.global.config.as_deref());
    match cli.command {
        Command::Validate(arguments) => commands::validate(&arguments, output),
        Command::Convert(arguments) => commands::convert(&arguments, output),
        Command::Plan(arguments) => commands::plan(&arguments, &config()?, output),
        Command::Vendors(arguments) => commands::vendors(&arguments, &config()?, output),
        Command::Codes(arguments) => commands::codes(&arguments, output),
        Command::Formats { format } => commands::formats(format.as_deref()),
        Command::Webhook(arguments) => commands::webhook(&arguments, output),
        Command::Report(arguments) => commands::report(&arguments, &config()?, output).await,
        Command::Backfill(arguments) => commands::backfill::run(&arguments, &config()?, output).await,
        Command::Outbox(arguments) => commands::outbox::run(&arguments, config, output).await,
        Command::Sandbox(arguments) => sandbox::run(&arguments, output).await,
        Command::Config { command: ConfigCommand::Check } => commands::config_check(&config()?, output),
        Command::Config { command: ConfigCommand::Example } => {
            output::line(include_str!("config/example.toml").trim_end());
            Ok(Exit::Success)
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "chargeback", &mut script);
            output::data(String::from_utf8_lossy(&script).trim_end())?;
            Ok(Exit::Success)
        }
    }
}
