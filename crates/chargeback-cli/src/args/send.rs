//! The arguments of the commands that send reports.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{InputArgs, VendorChoice};

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) choice: VendorChoice,
}

#[derive(Debug, Args)]
pub(crate) struct BackfillArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) choice: VendorChoice,
    /// SQLite file of the outbox; created if absent. Keep it, because it records every sent report.
    #[arg(
        long,
        env = "CHARGEBACK_STORE",
        hide_env_values = true,
        required_unless_present = "dry_run",
        value_name = "FILE"
    )]
    pub(crate) store: Option<PathBuf>,
    /// Plan every report, send nothing, write no store.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// File of results, one row for each chargeback and vendor; `.csv` or `.jsonl` by its extension. The file holds
    /// case ids.
    #[arg(long, value_name = "FILE")]
    pub(crate) results: Vec<PathBuf>,
    /// Reports at a time for each vendor.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) concurrency: u16,
    /// Seconds before each lookup after an unknown outcome. After the last one, a person must decide.
    #[arg(long, value_delimiter = ',', default_value = "60,600,3600,21600", value_name = "SECONDS")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=604_800))]
    pub(crate) lookups: Vec<u32>,
    /// End when nothing is due, instead of waiting for retries and lookups that are due later.
    #[arg(long)]
    pub(crate) no_wait: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// Port of the control endpoint. The vendors use the following ten ports.
    #[arg(long, default_value_t = 9100)]
    pub(crate) port: u16,
    /// Address to listen on. The fakes have no protection: use another address only inside a container.
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: IpAddr,
    /// Host name in the printed variables.
    #[arg(long, default_value = "127.0.0.1", value_name = "HOST")]
    pub(crate) public_host: String,
    /// Largest number of cases that each fake keeps.
    #[arg(long, default_value_t = 1_000_000, value_name = "CASES")]
    pub(crate) keep: usize,
    #[command(subcommand)]
    pub(crate) command: Option<SandboxCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SandboxCommand {
    /// Print the variables with which services reach the fakes, as `export` lines for a shell.
    #[command(after_help = "Example:\n  eval \"$(chargeback sandbox --port 9100 env)\"")]
    Env,
}
