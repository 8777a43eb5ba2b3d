//! The commands.

pub(crate) mod backfill;
mod codes;
mod config_check;
mod convert;
pub(crate) mod outbox;
mod plan;
mod report;
mod validate;
mod vendors;
mod webhook;

pub(crate) use self::codes::codes;
pub(crate) use self::config_check::config_check;
pub(crate) use self::convert::convert;
pub(crate) use self::plan::{plan, reason as plan_reason};
pub(crate) use self::report::report;
pub(crate) use self::validate::{formats, validate};
pub(crate) use self::vendors::vendors;
pub(crate) use self::webhook::webhook;
