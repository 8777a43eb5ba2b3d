//! The query of a list of lanes.

use rusqlite::Connection;
use rusqlite::types::Value;

use super::super::operate::LaneFilter;
use super::super::state::LaneState;
use super::super::store_error::StoreError;
use super::errors::sql;
use super::lanes;

/// The default length of a list.
const LIST: usize = 1000;

/// Counts of rows that no rule of the outbox writes.
const CHECKS: [(&str, &str); 3] = [
    (
        "SELECT count(*) FROM lane LEFT JOIN report ON report.seq = coalesce(replacement, head) \
         WHERE report.seq IS NULL",
        "lanes have a head without a report",
    ),
    (
        "SELECT count(*) FROM lane LEFT JOIN payload ON payload.seq = coalesce(replacement, head) \
         WHERE state != 'idle' AND payload.seq IS NULL",
        "lanes have a report to send without a payload",
    ),
    (
        "SELECT count(*) FROM report LEFT JOIN payload USING (seq) WHERE kept != (payload.seq IS NOT NULL)",
        "reports do not agree with their payloads",
    ),
];

/// Returns the query of a filter and its values. `case_no` is the number of the filter's case.
pub(super) fn query(filter: &LaneFilter, case_no: Option<i64>) -> (String, Vec<Value>) {
    let mut conditions = Vec::new();
    let mut values = Vec::new();
    let mut add = |condition: &str, value: Value| {
        values.push(value);
        conditions.push(condition.to_owned());
    };
    if let Some(after) = filter.after {
        add("id > ?", Value::Integer(after.get()));
    }
    if let Some(vendor) = &filter.vendor {
        add("vendor = ?", Value::Text(vendor.as_str().to_owned()));
    }
    if let Some(reason) = filter.reason {
        add("reason = ?", Value::Text(reason.as_str().to_owned()));
    }
    if let Some(case_no) = case_no {
        add("case_no = ?", Value::Integer(case_no));
    }
    if !filter.states.is_empty() {
        // Constants, so that a partial index can be used.
        let states: Vec<String> = filter.states.iter().map(|state| format!("'{state}'")).collect();
        let states = states.join(", ");
        conditions.push(if filter.states.len() == 1 {
            format!("state = {states}")
        } else {
            format!("state IN ({states})")
        });
    }
    let index = if case_no.is_some() {
        "INDEXED BY lane_case"
    } else if filter.states == [LaneState::Blocked] {
        "INDEXED BY lane_blocked"
    } else {
        ""
    };
    let condition = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    values.push(Value::Integer(i64::try_from(filter.limit.unwrap_or(LIST)).unwrap_or(i64::MAX)));
    (format!("{}{condition} ORDER BY id LIMIT ?", lanes::select(index)), values)
}

/// Checks that pages, indexes and rows agree. The texts name tables, numbers of rows and numbers of pages.
pub(super) fn problems(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare("PRAGMA integrity_check").map_err(sql)?;
    let mut rows = statement.query([]).map_err(sql)?;
    let mut problems = Vec::new();
    while let Some(row) = rows.next().map_err(sql)? {
        let text: String = row.get(0).map_err(sql)?;
        if text != "ok" {
            problems.push(text);
        }
    }
    for (query, text) in CHECKS {
        let count: i64 = connection.query_row(query, [], |row| row.get(0)).map_err(sql)?;
        if count > 0 {
            problems.push(format!("{count} {text}"));
        }
    }
    Ok(problems)
}
