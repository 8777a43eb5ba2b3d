//! The counts, from indexes alone.

use rusqlite::{Connection, Params};

use super::super::operate::{Counts, VendorCounts};
use super::super::rules::{vendors, view};
use super::super::state::WaitReason;
use super::super::store_error::StoreError;
use super::super::tables::VendorRow;
use super::errors::sql;
use super::rows::Columns;

const DUE: &str = "SELECT vendor, count(*) FILTER (WHERE state = 'ready' AND due <= ?1), \
     count(*) FILTER (WHERE state = 'ready' AND due > ?1), count(*) FILTER (WHERE state = 'leased'), \
     min(due) FILTER (WHERE state = 'ready' AND due <= ?1) \
     FROM lane INDEXED BY lane_due WHERE state IN ('ready', 'leased') GROUP BY vendor";
const BLOCKED: &str =
    "SELECT vendor, reason, count(*) FROM lane INDEXED BY lane_blocked WHERE state = 'blocked' GROUP BY vendor, reason";
const DOUBTS: &str =
    "SELECT vendor, count(*) FROM lane INDEXED BY lane_doubt WHERE in_flight IS NOT NULL GROUP BY vendor";
const NEWER: &str =
    "SELECT vendor, count(*) FROM lane INDEXED BY lane_newer WHERE reason = 'newer_payload' GROUP BY vendor";
const DIFFERS: &str = "SELECT vendor, count(*) FROM lane INDEXED BY lane_differs \
     WHERE resend = 'impossible' OR may_hold_skipped = 1 GROUP BY vendor";

/// The queries of lanes.
#[cfg(test)]
pub(super) const OF_LANES: [&str; 5] = [DUE, BLOCKED, DOUBTS, NEWER, DIFFERS];

/// Counts the lanes.
pub(super) fn counts(connection: &Connection, now: i64) -> Result<Counts, StoreError> {
    let mut counts = Counts::new();
    each(connection, "SELECT name, state, until, version FROM vendor", [], &mut counts, |count, c| {
        let state: Option<String> = c.get()?;
        let (until, version) = (c.get()?, c.get()?);
        if let Some(state) = state {
            count.state = vendors::state(&VendorRow { state, until, version }, now)?;
        }
        Ok(())
    })?;
    each(connection, DUE, [now], &mut counts, |count, c| {
        (count.ready, count.waiting, count.leased) = (number(c)?, number(c)?, number(c)?);
        count.oldest_due = c.get::<Option<i64>>()?.map(view::time);
        Ok(())
    })?;
    each(connection, BLOCKED, [], &mut counts, |count, c| {
        let reason: Option<WaitReason> = c.name_or_null()?;
        count.blocked.insert(reason.map_or("", WaitReason::as_str), number(c)?);
        Ok(())
    })?;
    each(connection, DOUBTS, [], &mut counts, |count, c| number(c).map(|number| count.doubts = number))?;
    each(connection, NEWER, [], &mut counts, |count, c| number(c).map(|number| count.newer_payload = number))?;
    each(connection, DIFFERS, [], &mut counts, |count, c| number(c).map(|number| count.vendor_may_differ = number))?;
    Ok(counts)
}

/// Adds the rows of a query, whose first column is the vendor.
fn each(
    connection: &Connection,
    query: &str,
    params: impl Params,
    counts: &mut Counts,
    mut add: impl FnMut(&mut VendorCounts, &mut Columns<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(query).map_err(sql)?;
    let mut rows = statement.query(params).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let mut columns = Columns::new(row);
        add(counts.entry(columns.name()?).or_default(), &mut columns)?;
    }
    Ok(())
}

fn number(columns: &mut Columns<'_>) -> Result<u64, StoreError> {
    columns.get::<i64>().map(|number| u64::try_from(number).unwrap_or(0))
}
