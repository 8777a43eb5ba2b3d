//! The sweep, erasing, and the distrust after a restored backup.

use futures_util::future::{try_join, try_join3, try_join5};
use std::collections::HashMap;
use std::time::Duration;

use chargeback::outbox::{StoreError, Swept};
use chrono::{DateTime, TimeDelta, Utc};
use tokio_postgres::Row;

use crate::load::Loaded;
use crate::rows::{Column, Columns, lanes, reports, time};
use crate::shared::{Shared, millis};
use crate::transaction::{Failure, Tx, retrying};

/// The number of payloads, and of history rows, that one transaction deletes.
const PAYLOADS: i64 = 500;
const HISTORY: i64 = 2_000;

/// The number of lanes that are read at a time.
const LANES: i64 = 500;

/// The time after which the sweep checks a case again that another transaction has locked.
const LOCKED: TimeDelta = TimeDelta::minutes(1);

fn before(now: i64, time: Duration) -> DateTime<Utc> {
    crate::rows::time(now.saturating_sub(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)))
}

/// Deletes payloads and history after their retention times.
pub(crate) async fn sweep(
    shared: &Shared,
    keep_payload: Duration,
    keep_history: Duration,
) -> Result<Swept, StoreError> {
    let mut swept = Swept::default();
    loop {
        let limit = before(shared.now().await?, keep_history);
        let deleted = shared.execute(&shared.sql.delete_history, &[&limit, &HISTORY]).await?;
        swept.history += deleted;
        if deleted < HISTORY.unsigned_abs() {
            break;
        }
    }
    loop {
        let (deleted, more) = retrying!(payloads(shared, keep_payload))?;
        swept.payloads += deleted;
        if !more {
            return Ok(swept);
        }
    }
}

/// Deletes payloads among one page of candidates. Returns the number, and whether more candidates may be left.
async fn payloads(shared: &Shared, keep: Duration) -> Result<(u64, bool), Failure> {
    let sql = &shared.sql;
    let tx = Tx::new(&shared.pool).await?;
    let (clock, candidates) = (tx.statement(&sql.clock).await?, tx.statement(&sql.sweep_candidates).await?);
    let ((), now) = try_join(tx.begin(), tx.query(&clock, &[])).await?;
    let now = millis(&now)?;
    let limit = before(now, keep);
    let rows = tx.query(&candidates, &[&limit, &PAYLOADS]).await?;
    let is_full = rows.len() == usize::try_from(PAYLOADS).unwrap_or(usize::MAX);
    let mut seqs = rows.iter().map(|row| Columns::new(row).get()).collect::<Result<Vec<i64>, _>>()?;
    seqs.sort_unstable();
    seqs.dedup();
    if seqs.is_empty() {
        tx.commit(Vec::new()).await?;
        return Ok((0, false));
    }
    let cases = tx.statement(&sql.cases_of).await?;
    let cases = tx.query(&cases, &[&seqs]).await?;
    let cases = cases.iter().map(|row| Columns::new(row).get()).collect::<Result<Vec<String>, _>>()?;
    let (lock, count) = (tx.statement(&sql.lock_cases).await?, tx.statement(&sql.count_lanes).await?);
    let whole = tx.statement(&sql.of_cases).await?;
    let (locked, count, whole) =
        try_join3(tx.query(&lock, &[&cases]), tx.query(&count, &[&cases]), tx.query(&whole, &[&cases, &false])).await?;
    let (mut loaded, later) = unlocked(now, &seqs, &locked, &count, &whole)?;
    let deleted = loaded.set.sweep_payloads(keep)?;
    let changed = loaded.into_changed()?;
    let mut writes = changed.writes(sql, false);
    let times = vec![time(now) + LOCKED; later.len()];
    if !later.is_empty() {
        let parameters: Vec<Column<'_>> = vec![Box::new(later), Box::new(times)];
        writes.push((&sql.insert_expiry, parameters));
    }
    tx.commit(writes).await?;
    Ok((deleted, is_full))
}

/// Returns the candidates of cases whose lanes are all locked by this transaction, and the numbers of the others.
fn unlocked(
    now: i64,
    seqs: &[i64],
    locked: &[Row],
    count: &[Row],
    whole: &[Row],
) -> Result<(Loaded, Vec<i64>), StoreError> {
    let mut loaded = Loaded::new(now);
    let mut lanes_of: HashMap<String, i64> = HashMap::new();
    for row in locked {
        let lane = lanes::read(&mut Columns::new(row))?;
        *lanes_of.entry(lane.case_id.clone()).or_default() += 1;
        loaded.add_lane(lane);
    }
    for row in count {
        let mut c = Columns::new(row);
        let (case_id, lanes): (String, i64) = (c.get()?, c.get()?);
        if lanes_of.get(&case_id) != Some(&lanes) {
            lanes_of.remove(&case_id);
        }
    }
    let mut later = Vec::new();
    for row in whole {
        let report = reports::read_all(&mut Columns::new(row))?;
        if !seqs.contains(&report.seq.get()) {
            continue;
        }
        if lanes_of.contains_key(&report.case_id) {
            loaded.add_report(report);
        } else {
            later.push(report.seq.get());
        }
    }
    Ok((loaded, later))
}

/// Erases a case. Waits for its lock, so that no event of the case is accepted meanwhile.
pub(crate) async fn erase(shared: &Shared, case_id: &str) -> Result<bool, Failure> {
    let sql = &shared.sql;
    let erased = shared.key.case_id(case_id);
    let tx = Tx::new(&shared.pool).await?;
    let (case, lock) = (tx.statement(&sql.lock_case_id).await?, tx.statement(&sql.lock_case).await?);
    let (whole, clock) = (tx.statement(&sql.of_cases).await?, tx.statement(&sql.clock).await?);
    let cases: [&str; 1] = [case_id];
    let ((), _, lanes, whole, now) = try_join5(
        tx.begin(),
        tx.query(&case, &[&case_id]),
        tx.query(&lock, &[&case_id]),
        tx.query(&whole, &[&cases.as_slice(), &false]),
        tx.query(&clock, &[]),
    )
    .await?;
    let mut loaded = Loaded::new(millis(&now)?);
    loaded.add_lanes(&lanes)?;
    loaded.add_whole_reports(&whole)?;
    let known = loaded.set.erase(case_id, &erased, |key| shared.key.event_key(key))?;
    let changed = loaded.into_changed()?;
    let mut writes = changed.writes(sql, false);
    writes.push((&sql.rename_history, vec![Box::new(case_id), Box::new(&erased)]));
    tx.commit(writes).await?;
    Ok(known)
}

/// Puts every lane in doubt, in one transaction.
pub(crate) async fn distrust(shared: &Shared) -> Result<u64, Failure> {
    let sql = &shared.sql;
    let tx = Tx::new(&shared.pool).await?;
    let (page, reports) = (tx.statement(&sql.lock_page).await?, tx.statement(&sql.reports).await?);
    let clock = tx.statement(&sql.clock).await?;
    tx.begin().await?;
    tx.run(&sql.distrust, &[]).await?;
    let now = millis(&tx.query(&clock, &[]).await?)?;
    let (mut count, mut last) = (0, i64::MIN);
    loop {
        let rows = tx.query(&page, &[&last, &LANES]).await?;
        let mut loaded = Loaded::new(now);
        loaded.add_lanes(&rows)?;
        let ids = loaded.lane_ids();
        let Some(highest) = ids.last().copied() else { break };
        last = highest;
        loaded.add_reports(&tx.query(&reports, &[&ids]).await?)?;
        count += loaded.set.distrust()?;
        let changed = loaded.into_changed()?;
        for (text, parameters) in changed.writes(sql, false) {
            let parameters: Vec<_> = parameters.iter().map(|column| &**column as _).collect();
            tx.run(text, &parameters).await?;
        }
    }
    tx.commit(Vec::new()).await?;
    Ok(count)
}
