//! The arguments of the command line.

mod look;
mod operate;
mod send;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use self::look::{CodesArgs, PlanArgs, ProcessorName, ValidateArgs, VendorsArgs, WebhookArgs};
pub(crate) use self::operate::{
    DoubtsCommand, EraseArgs, ListArgs, OutboxArgs, OutboxCommand, PauseArgs, PurgeArgs, ReplaceArgs, ReplayArgs,
    ResolveArgs, ShowArgs, SkipArgs, command_for,
};
pub(crate) use self::send::{BackfillArgs, ReportArgs, SandboxArgs, SandboxCommand};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the command failed
  2  wrong arguments or configuration
  3  rows of the file could not be read; the others were used
  4  a vendor did not take a report, or a person must act
  5  interrupted, or reports still wait; run the command again to continue
  6  the lane changed since it was shown; nothing was done
  130  ended at once by a second Ctrl-C
If several apply: 5, then 4, then 3. A report that the vendor cannot take (`not_sent`) is no failure.

Try it without an account:
  chargeback plan FILE --sandbox
  chargeback sandbox --port 9100";

const SANDBOX_HELP: &str = "\
Examples:
  chargeback sandbox --port 9100
  eval \"$(chargeback sandbox --port 9100 env)\"
  curl http://127.0.0.1:9100/vendors/spade/fault -d '{\"kind\":\"server_error\",\"share\":0.2}'

Control endpoint (VENDOR can be `all`):
  GET  /                              requests and cases of each vendor
  GET  /vendors/VENDOR/cases[/KEY]    recorded cases, with RevCent's ids
  POST /vendors/VENDOR/fault          {\"kind\": KIND}, and the fields below
  POST /vendors/VENDOR/delay          {\"before_ms\": 100, \"after_ms\": 100}
  POST /vendors/VENDOR/recover        end faults and delays
  POST /vendors/VENDOR/reset          forget the cases too; also POST /reset

KIND:
  reset, silence, slow, rejection, rejection_in_ok, unauthorized, too_many_requests, server_error,
  bad_gateway_page, parked_page, empty_body, changed_keys
Fields of a fault, all optional:
  acts        the vendor acts before it fails (default: false)
  share       part of the requests, 0 to 1 (default: all)
  next_write  only the next request that writes
  seconds     Retry-After of too_many_requests (default: none), delay of slow (default: 1)

To practise a doubt, lose one request, and decide. With `acts`, the lookup finds the case and no doubt remains.
The decision --not-found is possible 11 minutes later.
  curl http://127.0.0.1:9100/vendors/revcent/fault -d '{\"kind\":\"reset\",\"next_write\":true}'
  chargeback backfill FILE --store chargebacks.db --vendor revcent --lookups 1
  chargeback outbox --store chargebacks.db list
An outage is the fault {\"kind\":\"server_error\"} until `recover`.";

/// Report chargebacks to fraud and payment vendors, and operate their delivery.
#[derive(Debug, Parser)]
#[command(name = "chargeback", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The arguments of every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Configuration file (TOML). Settings that the file lacks come from the environment.
    #[arg(long, global = true, env = "CHARGEBACK_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print JSON instead of tables.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Show case ids and payment data, which can be personal data.
    #[arg(long, global = true)]
    pub(crate) show_payload: bool,
}

/// The vendors that a command works with.
#[derive(Debug, Args)]
pub(crate) struct VendorChoice {
    /// Vendors, by name; repeat or separate by commas. Default: every vendor with settings.
    #[arg(long = "vendor", value_name = "VENDOR", value_delimiter = ',')]
    pub(crate) vendors: Vec<String>,
    /// Use fakes of the vendors inside this process. Needs no keys and sends nothing to the network. A backfill needs
    /// --dry-run with it, because the store must not record the replies of fakes.
    #[arg(long)]
    pub(crate) sandbox: bool,
}

/// The file of chargebacks that a command reads.
#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// File of chargebacks; `-` reads standard input.
    pub(crate) file: PathBuf,
    /// Format: generic (CSV of this tool), jsonl, stripe, adyen, paypal, braintree or checkout.
    /// Default: by the extension, jsonl or generic.
    #[arg(long, value_name = "FORMAT", conflicts_with = "columns")]
    pub(crate) format: Option<String>,
    /// Description of the columns of any other CSV file (TOML). `chargeback formats stripe` prints an example.
    #[arg(long, value_name = "FILE")]
    pub(crate) columns: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check a file of chargebacks. Sends nothing.
    #[command(after_help = "Example:\n  chargeback validate disputes.csv --format stripe")]
    Validate(ValidateArgs),
    /// Print the chargebacks of a file as JSON Lines, which every other command reads. The lines hold personal data.
    #[command(after_help = "Example:\n  chargeback convert disputes.csv --format stripe > chargebacks.jsonl")]
    Convert(ValidateArgs),
    /// Show the exact requests for the first chargebacks of a file, with redacted keys, and the losses. Sends nothing.
    #[command(after_help = "Example:\n  chargeback plan chargebacks.jsonl --vendor spade --limit 1 --show-payload")]
    Plan(PlanArgs),
    /// Show the stages, reasons and fields that each vendor takes.
    #[command(after_help = "Example:\n  chargeback vendors --vendor spade")]
    Vendors(VendorsArgs),
    /// Show the meaning of a card network's reason code.
    #[command(after_help = "Example:\n  chargeback codes visa 13.1")]
    Codes(CodesArgs),
    /// Print the description of a file format, as a start for `--columns`.
    #[command(after_help = "Example:\n  chargeback formats stripe > my-columns.toml")]
    Formats {
        /// Format; all names if absent.
        format: Option<String>,
    },
    /// Verify a processor's webhook and print the event.
    #[command(after_help = "Example:\n  STRIPE_SECRET=whsec_... chargeback webhook stripe body.json --secret-env \
                      STRIPE_SECRET --header 'Stripe-Signature: t=1,v1=...' --at 2026-10-01T10:00:00Z")]
    Webhook(WebhookArgs),
    /// Report one chargeback or a few at once, without a store.
    #[command(after_help = "Example:\n  chargeback report chargeback.jsonl --sandbox")]
    Report(ReportArgs),
    /// Report a whole export durably: the same command continues after an interruption, and no case is created twice.
    /// After an attempt without a reply, an idempotent vendor gets the same report once more, which changes nothing.
    #[command(
        after_help = "Examples:\n  chargeback backfill disputes.csv --format stripe --dry-run --sandbox\n  chargeback \
                      backfill disputes.csv --format stripe --store chargebacks.db --results results.jsonl"
    )]
    Backfill(BackfillArgs),
    /// Operate an outbox: a SQLite file, or a PostgreSQL database. Needs no vendor keys, except for `drain`.
    #[command(after_help = "Examples:\n  chargeback outbox --store chargebacks.db status\n  export \
                      CHARGEBACK_STORE=postgres://worker@db.example/shop\n  chargeback outbox list")]
    Outbox(OutboxArgs),
    /// Run fakes of all vendors on loopback, for tests of services in any language.
    #[command(after_help = SANDBOX_HELP)]
    Sandbox(SandboxArgs),
    /// Check the configuration.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Print a completion script for a shell.
    #[command(after_help = "Example:\n  chargeback completions bash > /etc/bash_completion.d/chargeback")]
    Completions {
        /// Shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Name everything that is missing or wrong, for all vendors at once.
    #[command(after_help = "Example:\n  chargeback --config chargeback.toml config check")]
    Check,
    /// Print an example of a configuration file.
    #[command(after_help = "Example:\n  chargeback config example > chargeback.toml")]
    Example,
}
