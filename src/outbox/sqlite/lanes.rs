//! The rows of lanes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row, params_from_iter};

use super::super::ids::{LaneId, Owner, ReportSeq};
use super::super::lane::Lane;
use super::super::store_error::StoreError;
use super::errors::sql;
use super::rows::{Columns, millis};
use crate::lifecycle::{LedgerEntry, ReportedStage};

/// The columns of a lane after `id`, in the order of [`values`] and [`read`].
const COLUMNS: [&str; 27] = [
    "vendor",
    "case_id",
    "state",
    "head",
    "due",
    "token",
    "owner",
    "attempts",
    "crashes",
    "lookups",
    "waited",
    "since",
    "reason",
    "acknowledged",
    "acknowledged_at",
    "in_flight",
    "in_flight_at",
    "vendor_case",
    "entry",
    "in_flight_token",
    "in_flight_since",
    "in_flight_seq",
    "acknowledged_seq",
    "resend",
    "again",
    "replacement",
    "may_hold_skipped",
];

/// `SELECT` with all columns, without a condition.
pub(super) static SELECT: LazyLock<String> = LazyLock::new(|| format!("SELECT id, {} FROM lane", COLUMNS.join(", ")));
pub(super) static BY_ID: LazyLock<String> = LazyLock::new(|| format!("{} WHERE id = ?1", *SELECT));
pub(super) static OF_CASE: LazyLock<String> =
    LazyLock::new(|| format!("{} WHERE case_id = ?1 ORDER BY vendor", *SELECT));
/// The order of the index, so that a claim reads no more lanes than it takes.
pub(super) static DUE: LazyLock<String> = LazyLock::new(|| {
    let condition = "vendor = ?1 AND state IN ('ready', 'leased') AND due <= ?2 ORDER BY due LIMIT ?3";
    format!("{} INDEXED BY lane_due WHERE {condition}", *SELECT)
});
static INSERT: LazyLock<String> = LazyLock::new(|| {
    format!("INSERT INTO lane ({}) VALUES ({}?)", COLUMNS.join(", "), "?, ".repeat(COLUMNS.len() - 1))
});

/// Reads a row of [`SELECT`]. The fields are in the order of the columns.
pub(super) fn read(row: &Row<'_>) -> Result<Lane, StoreError> {
    let mut columns = Columns::new(row);
    let c = &mut columns;
    Ok(Lane {
        id: LaneId::new(c.get()?),
        vendor: c.name()?,
        case_id: c.get()?,
        state: c.name()?,
        head: ReportSeq::new(c.get()?),
        due: c.get()?,
        token: c.get()?,
        owner: c.get::<Option<String>>()?.map(Owner::from_stored),
        attempts: c.get()?,
        crashes: c.get()?,
        lookups: c.get()?,
        waited: c.get()?,
        since: c.get()?,
        reason: c.name_or_null()?,
        entry: read_entry(c)?,
        in_flight_token: c.get()?,
        in_flight_since: c.get()?,
        in_flight_seq: c.seq_or_null()?,
        acknowledged_seq: c.seq_or_null()?,
        resend: c.name()?,
        again: c.get()?,
        replacement: c.seq_or_null()?,
        may_hold_skipped: c.get()?,
    })
}

fn read_entry(c: &mut Columns<'_>) -> Result<LedgerEntry, StoreError> {
    let (acknowledged, in_flight, vendor_case) = (c.stage_or_null()?, c.stage_or_null()?, c.get()?);
    let other = match c.get::<Option<String>>()? {
        Some(json) => serde_json::from_str(&json).map_err(|_| StoreError::corrupt("a ledger entry cannot be read"))?,
        None => BTreeMap::new(),
    };
    Ok(LedgerEntry { acknowledged, in_flight, vendor_case, other })
}

fn text(value: &str) -> ValueRef<'_> {
    ValueRef::Text(value.as_bytes())
}

fn optional<T>(value: Option<T>, convert: impl FnOnce(T) -> i64) -> ValueRef<'static> {
    value.map_or(ValueRef::Null, |value| ValueRef::Integer(convert(value)))
}

/// The values of [`COLUMNS`]. `other` is the JSON of the entry's unknown fields.
fn values<'a>(lane: &'a Lane, other: Option<&'a str>) -> [ValueRef<'a>; COLUMNS.len()] {
    let stage = |stage: Option<ReportedStage>| match stage {
        Some(stage) => [text(stage.stage.as_str()), ValueRef::Integer(millis(&stage))],
        None => [ValueRef::Null, ValueRef::Null],
    };
    let [acknowledged, acknowledged_at] = stage(lane.entry.acknowledged);
    let [in_flight, in_flight_at] = stage(lane.entry.in_flight);
    let number = |number: u32| ValueRef::Integer(i64::from(number));
    [
        text(lane.vendor.as_str()),
        text(&lane.case_id),
        text(lane.state.as_str()),
        ValueRef::Integer(lane.head.get()),
        ValueRef::Integer(lane.due),
        ValueRef::Integer(lane.token),
        lane.owner.as_ref().map_or(ValueRef::Null, |owner| text(owner.as_str())),
        number(lane.attempts),
        number(lane.crashes),
        number(lane.lookups),
        ValueRef::Integer(lane.waited),
        ValueRef::Integer(lane.since),
        lane.reason.map_or(ValueRef::Null, |reason| text(reason.as_str())),
        acknowledged,
        acknowledged_at,
        in_flight,
        in_flight_at,
        lane.entry.vendor_case.as_deref().map_or(ValueRef::Null, text),
        other.map_or(ValueRef::Null, text),
        optional(lane.in_flight_token, |token| token),
        optional(lane.in_flight_since, |since| since),
        optional(lane.in_flight_seq, ReportSeq::get),
        optional(lane.acknowledged_seq, ReportSeq::get),
        text(lane.resend.as_str()),
        ValueRef::Integer(i64::from(lane.again)),
        optional(lane.replacement, ReportSeq::get),
        ValueRef::Integer(i64::from(lane.may_hold_skipped)),
    ]
}

fn other(lane: &Lane) -> Result<Option<String>, StoreError> {
    if lane.entry.other.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&lane.entry.other).map(Some).map_err(|_| StoreError::corrupt("a ledger entry has no JSON"))
}

/// Inserts a lane with a new id.
pub(super) fn insert(connection: &Connection, lane: &Lane) -> Result<LaneId, StoreError> {
    let other = other(lane)?;
    let values = values(lane, other.as_deref()).into_iter().map(ToSqlOutput::Borrowed);
    let mut insert = connection.prepare_cached(&INSERT).map_err(sql)?;
    insert.insert(params_from_iter(values)).map(LaneId::new).map_err(sql)
}

/// Stores the columns that differ. Only the indexes of these columns change.
pub(super) fn update(connection: &Connection, before: &Lane, after: &Lane) -> Result<(), StoreError> {
    let (other_before, other_after) = (other(before)?, other(after)?);
    let before = values(before, other_before.as_deref());
    let after_values = values(after, other_after.as_deref());
    let mut statement = String::with_capacity(256);
    let mut changed = Vec::with_capacity(COLUMNS.len() + 1);
    for ((value, before), column) in after_values.into_iter().zip(before).zip(COLUMNS) {
        if value != before {
            statement.push_str(if changed.is_empty() { "UPDATE lane SET " } else { " = ?, " });
            statement.push_str(column);
            changed.push(ToSqlOutput::Borrowed(value));
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    statement.push_str(" = ? WHERE id = ?");
    changed.push(ToSqlOutput::Borrowed(ValueRef::Integer(after.id.get())));
    let mut update = connection.prepare_cached(&statement).map_err(sql)?;
    update.execute(params_from_iter(changed)).map(|_| ()).map_err(sql)
}
