//! Reports to several vendors with one call.

mod builder;
#[cfg(feature = "bulk")]
mod bulk;
#[cfg(feature = "bulk")]
mod bulk_options;
mod core;
mod deliver;
#[cfg(feature = "bulk")]
mod gate;
mod isolate;
mod outcome;
#[cfg(any(feature = "bulk", feature = "outbox"))]
mod rate_limit;
mod record;
#[cfg(feature = "bulk")]
mod stop;
mod target;
mod with_entry;

pub use self::builder::ReporterBuilder;
#[cfg(feature = "bulk")]
pub use self::bulk::BulkReport;
#[cfg(feature = "bulk")]
pub use self::bulk_options::{BulkOptions, BulkOutcome};
pub use self::core::{Reporter, ResolveError, UnknownProvider};
pub use self::outcome::{Blocked, Outcome, OutcomeKind, Outcomes, ProviderOutcome, Requirement, Skipped};
#[cfg(any(feature = "bulk", feature = "outbox"))]
pub use self::rate_limit::RateLimit;
pub use self::record::OutcomeRecord;
#[cfg(feature = "bulk")]
pub use self::stop::Stop;
pub use self::target::Target;
