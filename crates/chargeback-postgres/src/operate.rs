//! The views and acts of an operator.

use futures_util::future::try_join3;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use chargeback::ProviderId;
use chargeback::outbox::rows::vendor_state;
use chargeback::outbox::{
    Act, CaseExport, Counts, LaneFilter, LaneId, LaneSummary, ReportSeq, Seen, StoreError, VendorCounts, WaitReason,
};
use tokio_postgres::types::ToSql;

use crate::claim::vendor_row;
use crate::errors;
use crate::load::Loaded;
use crate::rows::{Columns, lanes, time};
use crate::shared::{Shared, millis, query};
use crate::transaction::{Failure, Tx};

/// The default length of a list.
const LIST: usize = 1000;

/// Lists lanes with the reports of their cases, from one snapshot for each of the two.
pub(crate) async fn list(shared: &Shared, filter: &LaneFilter) -> Result<Vec<LaneSummary>, StoreError> {
    let client = shared.pool.get().await.map_err(errors::pool)?;
    let vendor = filter.vendor.as_ref().map(ProviderId::as_str);
    let (reason, case_id) = (filter.reason.map(WaitReason::as_str), filter.case_id.as_deref());
    let after = filter.after.map_or(i64::MIN, LaneId::get);
    let limit = i64::try_from(filter.limit.unwrap_or(LIST)).unwrap_or(i64::MAX);
    let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&after, &limit];
    let mut conditions = String::new();
    // Only the conditions of the filter, and the states as constants, so that the server can use the index for them.
    for (column, value) in [("vendor", &vendor), ("reason", &reason), ("case_id", &case_id)] {
        if let Some(value) = value {
            parameters.push(value);
            let _ = write!(conditions, " AND {column} = ${}", parameters.len());
        }
    }
    if !filter.states.is_empty() {
        let states = filter.states.iter().map(|state| format!("state = '{state}'"));
        let _ = write!(conditions, " AND ({})", states.collect::<Vec<_>>().join(" OR "));
    }
    let text = format!("{}{conditions} ORDER BY id LIMIT $2", shared.sql.list);
    let rows = query(&client, &text, &parameters).await?;
    let mut loaded = Loaded::new(0);
    let mut cases = Vec::with_capacity(rows.len());
    for row in &rows {
        let lane = lanes::read(&mut Columns::new(row))?;
        cases.push(lane.case_id.clone());
        loaded.add_lane(lane);
    }
    cases.sort_unstable();
    cases.dedup();
    loaded.add_whole_reports(&query(&client, &shared.sql.of_cases, &[&cases, &false]).await?)?;
    loaded.set.list()
}

/// Carries out an act on a lane.
pub(crate) async fn act(shared: &Shared, lane: LaneId, seen: Seen, act: &Act<'_>) -> Result<(), Failure> {
    let tx = Tx::new(&shared.pool).await?;
    let mut loaded = shared.load_lanes(&tx, &[lane.get()], true).await?;
    match act {
        Act::Replay { seq: Some(seq) } => add_reports(shared, &tx, &mut loaded, &[seq.get()]).await?,
        Act::Replace { report, .. } => {
            let (by_key, next) = (tx.statement(&shared.sql.by_key).await?, tx.statement(&shared.sql.next_seq).await?);
            let used = tx.query(&by_key, &[&report.key.as_str()]).await?;
            if !used.is_empty() {
                return Err(StoreError::Refused("the key was used before").into());
            }
            let next = tx.query(&next, &[]).await?;
            let next = next.first().map(|row| Columns::new(row).get()).transpose()?;
            loaded.set.set_next_seq(ReportSeq::new(next.unwrap_or_default()));
        }
        _ => (),
    }
    loaded.set.act(lane, seen, act)?;
    shared.store(tx, loaded).await
}

/// Adds reports of any case with all their columns.
async fn add_reports(shared: &Shared, tx: &Tx, loaded: &mut Loaded, seqs: &[i64]) -> Result<(), Failure> {
    let cases = tx.statement(&shared.sql.cases_of).await?;
    let whole = tx.statement(&shared.sql.of_cases).await?;
    let rows = tx.query(&cases, &[&seqs]).await?;
    let cases = rows.iter().map(|row| Columns::new(row).get()).collect::<Result<Vec<String>, _>>()?;
    Ok(loaded.add_whole_reports(&tx.query(&whole, &[&cases, &false]).await?)?)
}

/// Returns all data about a case, from one snapshot.
pub(crate) async fn export(shared: &Shared, case_id: &str) -> Result<CaseExport, Failure> {
    let tx = Tx::new(&shared.pool).await?;
    let (list, whole) = (tx.statement(&shared.sql.lanes_of_case).await?, tx.statement(&shared.sql.of_cases).await?);
    let history = tx.statement(&shared.sql.history).await?;
    tx.client()?.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let cases: [&str; 1] = [case_id];
    let whole_of: [&(dyn ToSql + Sync); 2] = [&cases.as_slice(), &true];
    let (lanes, reports, history) =
        try_join3(tx.query(&list, &[&case_id]), tx.query(&whole, &whole_of), tx.query(&history, &[&case_id])).await?;
    let mut loaded = Loaded::new(0);
    loaded.add_lanes(&lanes)?;
    loaded.add_whole_reports(&reports)?;
    loaded.add_history(&history, case_id)?;
    let export = loaded.set.export(case_id)?;
    tx.commit(Vec::new()).await?;
    Ok(export)
}

/// Counts the lanes. Each count is from another snapshot.
pub(crate) async fn counts(shared: &Shared) -> Result<Counts, StoreError> {
    let client = shared.pool.get().await.map_err(errors::pool)?;
    let sql = &shared.sql;
    let now = millis(&query(&client, &sql.clock, &[]).await?)?;
    let mut counts = Counts::new();
    for row in &query(&client, &sql.count_vendors, &[]).await? {
        let mut c = Columns::new(row);
        let count = counts.entry(c.name()?).or_default();
        let row = vendor_row(&mut c)?;
        if !row.state.is_empty() {
            count.state = vendor_state(&row, now)?;
        }
    }
    let at = time(now);
    let each = [
        (&sql.count_due, vec![&at as &(dyn ToSql + Sync)], due as Add),
        (&sql.count_blocked, Vec::new(), blocked),
        (&sql.count_doubts, Vec::new(), |count, c| number(c).map(|number| count.doubts = number)),
        (&sql.count_newer, Vec::new(), |count, c| number(c).map(|number| count.newer_payload = number)),
        (&sql.count_differs, Vec::new(), |count, c| number(c).map(|number| count.vendor_may_differ = number)),
    ];
    for (text, parameters, add) in each {
        for row in &query(&client, text, &parameters).await? {
            let mut c = Columns::new(row);
            add(counts.entry(c.name()?).or_default(), &mut c)?;
        }
    }
    Ok(counts)
}

/// Adds the columns after the vendor to its counts.
type Add = fn(&mut VendorCounts, &mut Columns<'_>) -> Result<(), StoreError>;

fn due(count: &mut VendorCounts, c: &mut Columns<'_>) -> Result<(), StoreError> {
    (count.ready, count.waiting, count.leased) = (number(c)?, number(c)?, number(c)?);
    count.oldest_due = c.get()?;
    Ok(())
}

fn blocked(count: &mut VendorCounts, c: &mut Columns<'_>) -> Result<(), StoreError> {
    let reason: Option<WaitReason> = c.name_or_null()?;
    let lanes = number(c)?;
    let by_reason: &mut BTreeMap<&'static str, u64> = &mut count.blocked;
    by_reason.insert(reason.map_or("", WaitReason::as_str), lanes);
    Ok(())
}

fn number(c: &mut Columns<'_>) -> Result<u64, StoreError> {
    c.get::<i64>().map(|number| u64::try_from(number).unwrap_or(0))
}

/// Counts rows that no rule of the outbox writes.
pub(crate) async fn problems(shared: &Shared) -> Result<Vec<String>, StoreError> {
    let mut problems = Vec::new();
    for row in &shared.query(&shared.sql.problems, &[]).await? {
        let mut c = Columns::new(row);
        let (count, text): (i64, &str) = (c.get()?, c.get()?);
        if count > 0 {
            problems.push(format!("{count} {text}"));
        }
    }
    Ok(problems)
}
