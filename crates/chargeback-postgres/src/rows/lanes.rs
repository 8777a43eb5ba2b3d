//! The rows of lanes.

use chargeback::lifecycle::ReportedStage;
use chargeback::outbox::rows::{Lane, entry, other_fields};
use chargeback::outbox::{LaneId, Owner, ReportSeq, StoreError};

use super::{Column, Columns, text, time};

/// Defines the columns of a lane that change, with their types and the value of each.
macro_rules! columns {
    ($( $name:literal: $sql:literal => |$lane:ident| $value:expr; )+) => {
        /// The columns after `id` and `vendor`.
        const COLUMNS: &[(&str, &str)] = &[ $( ($name, $sql), )+ ];

        /// The values of the columns for several lanes.
        fn values<'a>(lanes: &[&'a Lane], other: &'a [Option<String>]) -> Vec<Column<'a>> {
            let mut columns: Vec<Column<'a>> = vec![ids(lanes)];
            $( columns.push(Box::new(lanes.iter().map(|$lane| $value).collect::<Vec<_>>())); )+
            columns.push(Box::new(other));
            columns
        }
    };
}

columns! {
    "case_id": "text" => |lane| lane.case_id.as_str();
    "state": "text" => |lane| lane.state.as_str();
    "head": "bigint" => |lane| lane.head.get();
    "due": "timestamptz" => |lane| time(lane.due);
    "token": "bigint" => |lane| lane.token;
    "owner": "text" => |lane| lane.owner.as_ref().map(Owner::as_str);
    "attempts": "integer" => |lane| number(lane.attempts);
    "crashes": "integer" => |lane| number(lane.crashes);
    "lookups": "integer" => |lane| number(lane.lookups);
    "waited": "bigint" => |lane| lane.waited;
    "since": "timestamptz" => |lane| time(lane.since);
    "reason": "text" => |lane| lane.reason.map(chargeback::outbox::WaitReason::as_str);
    "acknowledged": "text" => |lane| stage(lane.entry.acknowledged.as_ref());
    "acknowledged_at": "timestamptz" => |lane| lane.entry.acknowledged.map(|stage| stage.occurred_at);
    "in_flight": "text" => |lane| stage(lane.entry.in_flight.as_ref());
    "in_flight_at": "timestamptz" => |lane| lane.entry.in_flight.map(|stage| stage.occurred_at);
    "vendor_case": "text" => |lane| lane.entry.vendor_case.as_deref().map(text);
    "in_flight_token": "bigint" => |lane| lane.in_flight_token;
    "in_flight_since": "timestamptz" => |lane| lane.in_flight_since.map(time);
    "in_flight_seq": "bigint" => |lane| lane.in_flight_seq.map(ReportSeq::get);
    "acknowledged_seq": "bigint" => |lane| lane.acknowledged_seq.map(ReportSeq::get);
    "resend": "text" => |lane| lane.resend.as_str();
    "again": "boolean" => |lane| lane.again;
    "replacement": "bigint" => |lane| lane.replacement.map(ReportSeq::get);
    "may_hold_skipped": "boolean" => |lane| lane.may_hold_skipped;
}

fn ids<'a>(lanes: &[&'a Lane]) -> Column<'a> {
    Box::new(lanes.iter().map(|lane| lane.id.get()).collect::<Vec<_>>())
}

fn number(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn stage(stage: Option<&ReportedStage>) -> Option<&'static str> {
    stage.map(|stage| stage.stage.as_str())
}

/// The columns in the order of [`read`], each with a prefix such as `l.`.
pub(crate) fn select(prefix: &str) -> String {
    let names = ["id", "vendor"].into_iter().chain(COLUMNS.iter().map(|(name, _)| *name)).chain(["entry"]);
    names.map(|name| format!("{prefix}{name}")).collect::<Vec<_>>().join(", ")
}

/// The number of columns of [`select`].
pub(crate) const WIDTH: usize = COLUMNS.len() + 3;

/// The statement that stores several lanes.
pub(crate) fn update() -> String {
    let columns = || COLUMNS.iter().copied().chain([("entry", "text")]);
    let set = columns().map(|(name, _)| format!("{name} = u.{name}")).collect::<Vec<_>>().join(", ");
    let names = columns().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
    let arrays = columns().zip(2..).map(|((_, sql), at)| format!("${at}::{sql}[]")).collect::<Vec<_>>().join(", ");
    format!(
        "UPDATE :schema.lane AS l SET {set} FROM unnest($1::bigint[], {arrays}) AS u(id, {names}) WHERE l.id = u.id"
    )
}

/// The JSON of the fields of each entry that this version does not know.
pub(crate) fn other(lanes: &[&Lane]) -> Result<Vec<Option<String>>, StoreError> {
    lanes.iter().map(|lane| other_fields(&lane.entry)).collect()
}

/// The parameters of [`update`].
pub(crate) fn parameters<'a>(lanes: &[&'a Lane], other: &'a [Option<String>]) -> Vec<Column<'a>> {
    values(lanes, other)
}

/// Reads a row of [`select`].
pub(crate) fn read(c: &mut Columns<'_>) -> Result<Lane, StoreError> {
    let seq = |number: Option<i64>| number.map(ReportSeq::new);
    let (id, vendor) = (LaneId::new(c.get()?), c.name()?);
    let (case_id, state) = (c.get::<&str>()?, c.name()?);
    let mut lane = Lane::new(vendor, case_id, ReportSeq::new(c.get()?), 0);
    (lane.id, lane.state) = (id, state);
    lane.due = c.millis()?;
    lane.token = c.get()?;
    lane.owner = c.get::<Option<&str>>()?.map(Owner::from_stored);
    (lane.attempts, lane.crashes, lane.lookups) = (c.count()?, c.count()?, c.count()?);
    (lane.waited, lane.since) = (c.get()?, c.millis()?);
    lane.reason = c.name_or_null()?;
    let (acknowledged, in_flight) = (c.stage_or_null()?, c.stage_or_null()?);
    let vendor_case = c.get()?;
    (lane.in_flight_token, lane.in_flight_since) = (c.get()?, c.millis_or_null()?);
    (lane.in_flight_seq, lane.acknowledged_seq) = (seq(c.get()?), seq(c.get()?));
    (lane.resend, lane.again) = (c.name()?, c.get()?);
    (lane.replacement, lane.may_hold_skipped) = (seq(c.get()?), c.get()?);
    lane.entry = entry(acknowledged, in_flight, vendor_case, c.get()?)?;
    Ok(lane)
}
