//! The rows of lanes.

use std::sync::LazyLock;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row, params_from_iter};

use super::super::entry::{entry, other_fields};
use super::super::ids::{LaneId, Owner, ReportSeq};
use super::super::lane::Lane;
use super::super::store_error::StoreError;
use super::errors::sql;
use super::rows::{Columns, millis};
use crate::lifecycle::{LedgerEntry, ReportedStage};
use crate::model::ProviderId;

/// The columns of a lane after `id`, in the order of [`values`] and [`read`].
const COLUMNS: [&str; 27] = [
    "vendor",
    "case_no",
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
    "vendor_case_no",
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

/// `SELECT` with all columns and the texts that they refer to, without a condition.
pub(super) static SELECT: LazyLock<String> = LazyLock::new(|| select(""));
pub(super) static BY_ID: LazyLock<String> = LazyLock::new(|| format!("{} WHERE id = ?1", *SELECT));
pub(super) static OF_CASE: LazyLock<String> =
    LazyLock::new(|| format!("{} WHERE case_no = ?1 ORDER BY vendor", *SELECT));
/// The order of the index, so that a claim reads no more lanes than it takes.
pub(super) static DUE: LazyLock<String> = LazyLock::new(|| {
    let condition = "vendor = ?1 AND state IN ('ready', 'leased') AND due <= ?2 ORDER BY due LIMIT ?3";
    format!("{} WHERE {condition}", select("INDEXED BY lane_due"))
});
static INSERT: LazyLock<String> = LazyLock::new(|| {
    format!("INSERT INTO lane ({}) VALUES ({}?)", COLUMNS.join(", "), "?, ".repeat(COLUMNS.len() - 1))
});

/// Returns a `SELECT` that uses an index.
pub(super) fn select(index: &str) -> String {
    let columns = COLUMNS.join(", ");
    let columns = columns.replace("case_no,", "case_no, cases.hash, cases.case_id,");
    let columns = columns.replace("vendor_case_no, cases.hash, cases.case_id,", "vendor_case_no, vendor_case.text,");
    format!(
        "SELECT id, {columns} FROM lane {index} CROSS JOIN cases ON cases.no = case_no \
         LEFT JOIN vendor_case ON vendor_case.no = vendor_case_no"
    )
}

/// A lane, and the numbers of its texts.
#[derive(Clone)]
pub(super) struct LaneRow {
    pub(super) lane: Lane,
    pub(super) case_no: i64,
    pub(super) vendor_case_no: Option<i64>,
}

/// Reads a row of [`SELECT`]. The fields are in the order of the columns.
pub(super) fn read(row: &Row<'_>) -> Result<LaneRow, StoreError> {
    let mut columns = Columns::new(row);
    let c = &mut columns;
    let (id, vendor) = (LaneId::new(c.get()?), c.name()?);
    let (case_no, case_id) = (c.get()?, c.case_id()?);
    let mut vendor_case_no = None;
    let lane = Lane {
        id,
        vendor,
        case_id,
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
        entry: read_entry(c, &mut vendor_case_no)?,
        in_flight_token: c.get()?,
        in_flight_since: c.get()?,
        in_flight_seq: c.seq_or_null()?,
        acknowledged_seq: c.seq_or_null()?,
        resend: c.name()?,
        again: c.get()?,
        replacement: c.seq_or_null()?,
        may_hold_skipped: c.get()?,
    };
    Ok(LaneRow { lane, case_no, vendor_case_no })
}

fn read_entry(c: &mut Columns<'_>, vendor_case_no: &mut Option<i64>) -> Result<LedgerEntry, StoreError> {
    let (acknowledged, in_flight) = (c.stage_or_null()?, c.stage_or_null()?);
    *vendor_case_no = c.get()?;
    let vendor_case = c.get()?;
    entry(acknowledged, in_flight, vendor_case, c.get::<Option<String>>()?.as_deref())
}

fn text(value: &str) -> ValueRef<'_> {
    ValueRef::Text(value.as_bytes())
}

fn optional<T>(value: Option<T>, convert: impl FnOnce(T) -> i64) -> ValueRef<'static> {
    value.map_or(ValueRef::Null, |value| ValueRef::Integer(convert(value)))
}

/// The values of [`COLUMNS`]. `other` is the JSON of the entry's unknown fields.
fn values<'a>(row: &'a LaneRow, other: Option<&'a str>) -> [ValueRef<'a>; COLUMNS.len()] {
    let lane = &row.lane;
    let stage = |stage: Option<ReportedStage>| match stage {
        Some(stage) => [text(stage.stage.as_str()), ValueRef::Integer(millis(&stage))],
        None => [ValueRef::Null, ValueRef::Null],
    };
    let [acknowledged, acknowledged_at] = stage(lane.entry.acknowledged);
    let [in_flight, in_flight_at] = stage(lane.entry.in_flight);
    let number = |number: u32| ValueRef::Integer(i64::from(number));
    [
        text(lane.vendor.as_str()),
        ValueRef::Integer(row.case_no),
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
        optional(row.vendor_case_no, |no| no),
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

/// Inserts a lane with a new id.
pub(super) fn insert(connection: &Connection, row: &LaneRow) -> Result<LaneId, StoreError> {
    let other = other_fields(&row.lane.entry)?;
    let values = values(row, other.as_deref()).into_iter().map(ToSqlOutput::Borrowed);
    let mut insert = connection.prepare_cached(&INSERT).map_err(sql)?;
    insert.insert(params_from_iter(values)).map(LaneId::new).map_err(sql)
}

/// Stores the columns that differ. Only the indexes of these columns change.
pub(super) fn update(connection: &Connection, before: &LaneRow, after: &LaneRow) -> Result<(), StoreError> {
    let (other_before, other_after) = (other_fields(&before.lane.entry)?, other_fields(&after.lane.entry)?);
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
    changed.push(ToSqlOutput::Borrowed(ValueRef::Integer(after.lane.id.get())));
    let mut update = connection.prepare_cached(&statement).map_err(sql)?;
    update.execute(params_from_iter(changed)).map(|_| ()).map_err(sql)
}

/// Returns the time at which the next lane of these vendors is due.
pub(super) fn next_due(connection: &Connection, vendors: &[ProviderId]) -> Result<Option<i64>, StoreError> {
    let query = "SELECT min(due) FROM lane INDEXED BY lane_due WHERE vendor = ?1 AND state IN ('ready', 'leased')";
    let mut statement = connection.prepare_cached(query).map_err(sql)?;
    let mut next = None;
    for vendor in vendors {
        let due: Option<i64> = statement.query_row([vendor.as_str()], |row| row.get(0)).map_err(sql)?;
        next = next.into_iter().chain(due).min();
    }
    Ok(next)
}
