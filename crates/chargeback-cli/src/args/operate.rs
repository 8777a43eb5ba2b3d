//! The arguments of `chargeback outbox`.

use std::path::PathBuf;
use std::time::Duration;

use chargeback::outbox::{LaneState, WaitReason};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};

use crate::commands::outbox::{LaneRef, is_like_url};
use crate::failure::variable_name;

#[derive(Debug, Args)]
pub(crate) struct OutboxArgs {
    /// Store: the path of a SQLite file, or the URL of a PostgreSQL database. Put a URL with a password into the
    /// variable.
    #[arg(long, env = "CHARGEBACK_STORE", hide_env_values = true, global = true, value_name = "STORE")]
    pub(crate) store: Option<String>,
    /// Schema of the outbox in PostgreSQL.
    #[arg(long, default_value = SCHEMA, global = true)]
    pub(crate) schema: String,
    /// Environment variable with the key of the SQLite file, if it was created with one.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) store_key_env: Option<String>,
    #[command(subcommand)]
    pub(crate) command: OutboxCommand,
}

impl OutboxArgs {
    /// Returns the start of a command that operates the same store, for suggestions.
    pub(crate) fn command(&self) -> String {
        let mut command = match self.store.as_deref() {
            Some(store) if std::env::var("CHARGEBACK_STORE").is_ok_and(|set| set == store) => COMMAND.to_owned(),
            Some(store) => command_for(store),
            None => COMMAND.to_owned(),
        };
        if self.schema != SCHEMA {
            command = format!("{command} --schema {}", quoted(&self.schema));
        }
        match &self.store_key_env {
            Some(name) => format!("{command} --store-key-env {}", variable_name(name)),
            None => command,
        }
    }
}

const COMMAND: &str = "chargeback outbox";

const SCHEMA: &str = "chargeback";

/// Returns the start of a command that operates a store. A URL can hold a password, so it is not shown.
pub(crate) fn command_for(store: &str) -> String {
    let store = if is_like_url(store) { "URL".to_owned() } else { quoted(store) };
    format!("{COMMAND} --store {store}")
}

/// Returns a text as one argument of a shell.
fn quoted(text: &str) -> String {
    let is_plain = |char: char| char.is_alphanumeric() || "._-/\\:".contains(char);
    if text.chars().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[derive(Debug, Subcommand)]
pub(crate) enum OutboxCommand {
    /// Show lanes by vendor and state, and the state of each vendor.
    #[command(after_help = "Example:\n  chargeback outbox --store chargebacks.db status")]
    Status,
    /// List lanes; those that need a person by default. A lane is the reports of one case to one vendor.
    #[command(after_help = "Example:\n  chargeback outbox list --vendor revcent --reason in_doubt")]
    List(ListArgs),
    /// Show one lane, its reports and its history. Case ids and payloads need --show-payload.
    #[command(
        after_help = "Examples:\n  chargeback outbox show 17\n  chargeback outbox show --case CB-1 --show-payload"
    )]
    Show(ShowArgs),
    /// Send the report of a lane again at once. A report in doubt starts with a lookup.
    #[command(after_help = "Example:\n  chargeback outbox retry 17@3.12")]
    Retry {
        /// Lane as `list` shows it.
        lane: LaneRef,
    },
    /// Pass the report of a lane without sending it. Does not end a doubt.
    #[command(after_help = "Example:\n  chargeback outbox skip 17@3.12 --reason 'ticket 4711'")]
    Skip(SkipArgs),
    /// Send another chargeback in place of a blocked report.
    #[command(after_help = "Example:\n  chargeback outbox replace 17@3.12 corrected.json --reason 'ticket 4711'")]
    Replace(ReplaceArgs),
    /// Send a passed report again.
    #[command(after_help = "Example:\n  chargeback outbox replay 17@3.12")]
    Replay(ReplayArgs),
    /// End a doubt after a check with the vendor. Without a decision, print instructions for the check.
    ///
    /// A doubt is a request without a reply: the vendor may have acted on it. A vendor with ids (RevCent) takes --found
    /// with the id of the chargeback; every other vendor takes --applied. --not-found is accepted only for a check at
    /// least 11 minutes after the request, because a request can arrive late. Nothing more is sent for the case to this
    /// vendor before the decision.
    #[command(after_help = "Examples:\n  chargeback outbox resolve 17\n  chargeback outbox resolve 17@3.12 --found \
                      chargeback0000000001\n  chargeback outbox resolve 17@3.12 --not-found --checked-at \
                      2026-10-03T10:00:00Z")]
    Resolve(ResolveArgs),
    /// Exchange the doubts with people outside, as JSON Lines.
    Doubts {
        #[command(subcommand)]
        command: DoubtsCommand,
    },
    /// Pause a vendor for all workers.
    #[command(after_help = "Example:\n  chargeback outbox pause spade --reason 'maintenance until 14:00'")]
    Pause(PauseArgs),
    /// Resume a paused vendor.
    #[command(after_help = "Example:\n  chargeback outbox resume spade")]
    Resume {
        /// Vendor.
        vendor: String,
    },
    /// Erase the data of a case, for a person's request. Cannot be undone.
    #[command(after_help = "Example:\n  chargeback outbox erase CB-1 --yes")]
    Erase(EraseArgs),
    /// Print all data about a case as JSON, personal data included.
    #[command(after_help = "Example:\n  chargeback outbox export CB-1 > cb-1.json")]
    Export {
        /// Merchant's id of the case.
        case: String,
    },
    /// Delete payloads that every vendor has passed, and old history.
    #[command(after_help = "Example:\n  chargeback outbox purge --keep-history-days 90")]
    Purge(PurgeArgs),
    /// Check the integrity of the store.
    #[command(after_help = "Example:\n  chargeback outbox check")]
    Check,
    /// Create or upgrade the tables in PostgreSQL. A SQLite file is upgraded when it is opened.
    #[command(after_help = "Example:\n  CHARGEBACK_STORE=postgres://owner@db.example/shop chargeback outbox migrate")]
    Migrate,
    /// Deliver the reports that are due, and end. Needs the keys of the vendors.
    #[command(after_help = "Example:\n  chargeback outbox drain --vendor spade")]
    Drain {
        /// Vendors, by name; repeat or separate by commas. Default: every vendor with settings.
        #[arg(long = "vendor", value_name = "VENDOR", value_delimiter = ',')]
        vendors: Vec<String>,
    },
    /// Prepare a store that was restored from a backup: put every lane in doubt once, because the lost part may have
    /// reported cases.
    #[command(after_help = "Example:\n  chargeback outbox restore --distrust")]
    Restore(RestoreArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Vendor.
    #[arg(long)]
    pub(crate) vendor: Option<String>,
    /// Reason, for example `in_doubt`, `rejected` or `retry`.
    #[arg(long)]
    pub(crate) reason: Option<WaitReason>,
    /// State: idle, ready, leased or blocked. Default: blocked.
    #[arg(long, conflicts_with = "all")]
    pub(crate) state: Option<LaneState>,
    /// Lanes in every state.
    #[arg(long)]
    pub(crate) all: bool,
    /// Lanes in doubt, also those that wait for a lookup. Reads the whole store.
    #[arg(long, conflicts_with_all = ["all", "state", "reason"])]
    pub(crate) in_doubt: bool,
    /// Largest number of lanes.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) limit: u32,
}

#[derive(Debug, Args)]
#[group(id = "shown", required = true, multiple = false)]
pub(crate) struct ShowArgs {
    /// Lane.
    #[arg(group = "shown")]
    pub(crate) lane: Option<LaneRef>,
    /// Merchant's id of the case: shows the lanes of all vendors.
    #[arg(long, group = "shown", value_name = "CASE")]
    pub(crate) case: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SkipArgs {
    /// Lane as `list` shows it.
    pub(crate) lane: LaneRef,
    /// Reason, without personal data.
    #[arg(long)]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct ReplaceArgs {
    /// Lane as `list` shows it.
    pub(crate) lane: LaneRef,
    /// File with one chargeback as JSON. Not for an outbox with encrypted payloads.
    pub(crate) file: PathBuf,
    /// Reason, without personal data.
    #[arg(long)]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// Lane as `list` shows it.
    pub(crate) lane: LaneRef,
    /// Number of the report. Default: the last acknowledged one.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) report: Option<i64>,
}

#[derive(Debug, Args)]
pub(crate) struct ResolveArgs {
    /// Lane as `list` shows it.
    pub(crate) lane: LaneRef,
    /// The vendor has the case, under this id. Only for vendors with ids: RevCent, 20 characters.
    #[arg(long, conflicts_with_all = ["applied", "not_found"], value_name = "ID")]
    pub(crate) found: Option<String>,
    /// The vendor has the report, and gives cases no ids. The report is not sent again.
    #[arg(long, conflicts_with = "not_found")]
    pub(crate) applied: bool,
    /// The vendor does not have the report, at least 11 minutes after the request. The report is sent again.
    #[arg(long)]
    pub(crate) not_found: bool,
    /// Time of the check (RFC 3339), not in the future. Default: now.
    #[arg(long, value_name = "TIME")]
    pub(crate) checked_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DoubtsCommand {
    /// Write every doubt that needs a person, one JSON object for each line. The lines hold case ids.
    #[command(after_help = "Example:\n  chargeback outbox doubts export --vendor revcent > doubts.jsonl")]
    Export {
        /// Vendor.
        #[arg(long)]
        vendor: Option<String>,
    },
    /// Read the same lines, with `decision` and `checked_at` filled in.
    #[command(after_help = "Example:\n  chargeback outbox doubts import doubts.jsonl")]
    Import {
        /// File; `-` reads standard input.
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PauseArgs {
    /// Vendor.
    pub(crate) vendor: String,
    /// Reason, without personal data. `status` shows it.
    #[arg(long)]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct EraseArgs {
    /// Merchant's id of the case.
    pub(crate) case: String,
    /// Confirm.
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PurgeArgs {
    /// Keep payloads for this many hours after they were passed.
    #[arg(long, default_value_t = 0, value_name = "HOURS", value_parser = clap::value_parser!(u64).range(..=87_600))]
    pub(crate) keep_payload_hours: u64,
    /// Keep history for this many days.
    #[arg(long, default_value_t = 400, value_name = "DAYS", value_parser = clap::value_parser!(u64).range(..=36_500))]
    pub(crate) keep_history_days: u64,
}

impl PurgeArgs {
    pub(crate) const fn keep_payload(&self) -> Duration {
        Duration::from_secs(self.keep_payload_hours * 3_600)
    }

    pub(crate) const fn keep_history(&self) -> Duration {
        Duration::from_secs(self.keep_history_days * 86_400)
    }
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// Confirm that the store comes from a backup.
    #[arg(long, required = true)]
    distrust: bool,
}
