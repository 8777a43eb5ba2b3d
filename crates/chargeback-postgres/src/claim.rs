//! Claims.

use chargeback::ProviderId;
use chargeback::outbox::rows::VendorRow;
use chargeback::outbox::{LaneId, Lease, LeasedLane, ReportSeq, StoreError};
use chrono::{DateTime, Utc};
use futures_util::future::{try_join, try_join3, try_join4};
use tokio_postgres::Row;

use crate::load::Loaded;
use crate::rate::VendorRate;
use crate::rows::{Columns, lanes, reports};
use crate::shared::{Shared, millis};
use crate::transaction::{Failure, Tx};

/// Claims lanes of a vendor that are due. The rate limit and the state of the vendor are read in the same transaction.
pub(crate) async fn claim(
    shared: &Shared,
    vendor: &ProviderId,
    limit: usize,
    lease: Lease<'_>,
) -> Result<Vec<LeasedLane>, Failure> {
    let tx = Tx::new(&shared.pool).await?;
    let state = tx.statement(&shared.sql.vendor).await?;
    let due = tx.statement(&shared.sql.due).await?;
    let clock = tx.statement(&shared.sql.clock).await?;
    let name = vendor.as_str();
    let Some(rate) = shared.rate(vendor) else {
        let count = i64::try_from(limit).unwrap_or(i64::MAX);
        let ((), state, due, time) =
            try_join4(tx.begin(), tx.query(&state, &[&name]), tx.query(&due, &[&name, &count]), tx.query(&clock, &[]))
                .await?;
        let mut loaded = read(shared, &tx, vendor, &state, &due, &time).await?;
        let claimed = loaded.set.claim(vendor, limit, lease)?;
        shared.store(tx, loaded).await?;
        return Ok(claimed);
    };
    let (free_at, now) = lock_rate(shared, &tx, rate).await?;
    let limit = rate.available(free_at, now, limit);
    if limit == 0 {
        tx.commit(Vec::new()).await?;
        return Ok(Vec::new());
    }
    let count = i64::try_from(limit).unwrap_or(i64::MAX);
    let (state, due, time) =
        try_join3(tx.query(&state, &[&name]), tx.query(&due, &[&name, &count]), tx.query(&clock, &[])).await?;
    let mut loaded = read(shared, &tx, vendor, &state, &due, &time).await?;
    let claimed = loaded.set.claim(vendor, limit, lease)?;
    if !claimed.is_empty() {
        let free_at = rate.after(free_at, now, claimed.len());
        tx.run(&shared.sql.rate_set, &[&name, &rate.scope.as_str(), &free_at]).await?;
    }
    shared.store(tx, loaded).await?;
    Ok(claimed)
}

/// Begins the transaction, and locks the row of a rate limit. Returns the time at which the limit is unused again, and
/// the time of the server.
async fn lock_rate(shared: &Shared, tx: &Tx, rate: &VendorRate) -> Result<(DateTime<Utc>, DateTime<Utc>), Failure> {
    let (name, scope) = (rate.vendor.as_str(), rate.scope.as_str());
    let lock = tx.statement(&shared.sql.rate_lock).await?;
    let clock = tx.statement(&shared.sql.clock).await?;
    tx.begin().await?;
    loop {
        let (row, time) = try_join(tx.query(&lock, &[&name, &scope]), tx.query(&clock, &[])).await?;
        if let Some(row) = row.first() {
            let unreadable = |_| StoreError::corrupt("a rate limit cannot be read");
            let now = crate::rows::time(millis(&time)?);
            return Ok((row.try_get(0).map_err(unreadable)?, now));
        }
        tx.run(&shared.sql.rate_row, &[&name, &scope]).await?;
    }
}

/// Reads the state of the vendor and the locked lanes with the payloads of their heads.
async fn read(
    shared: &Shared,
    tx: &Tx,
    vendor: &ProviderId,
    state: &[Row],
    due: &[Row],
    time: &[Row],
) -> Result<Loaded, Failure> {
    let mut loaded = Loaded::new(millis(time)?);
    if let Some(row) = state.first() {
        loaded.set.add_vendor(vendor, vendor_row(&mut Columns::new(row))?);
    }
    let mut missing = Vec::new();
    for row in due {
        let mut c = Columns::new(row);
        let lane = lanes::read(&mut c)?;
        // The lane got a head after the query began, so that the query does not see the report.
        if row.try_get::<_, Option<i64>>(lanes::WIDTH).ok().flatten().is_none() {
            missing.push((lane.payload_seq(), lane));
            continue;
        }
        let mut report = reports::read(&mut c, &lane.case_id)?;
        report.open.insert(lane.vendor.clone());
        loaded.add_report(report);
        loaded.add_lane(lane);
    }
    if !missing.is_empty() {
        let seqs: Vec<i64> = missing.iter().map(|(seq, _)| seq.get()).collect();
        add_payloads(shared, tx, &mut loaded, &seqs, missing.iter().map(|(seq, lane)| (*seq, &lane.case_id))).await?;
        for (_, lane) in missing {
            loaded.add_lane(lane);
        }
    }
    Ok(loaded)
}

/// Adds the payloads of heads.
async fn add_payloads<'a>(
    shared: &Shared,
    tx: &Tx,
    loaded: &mut Loaded,
    seqs: &[i64],
    cases: impl Iterator<Item = (ReportSeq, &'a String)>,
) -> Result<(), Failure> {
    let statement = tx.statement(&shared.sql.payloads).await?;
    let rows = tx.query(&statement, &[&seqs]).await?;
    for (seq, case_id) in cases {
        for row in &rows {
            let report = reports::read(&mut Columns::new(row), case_id)?;
            if report.seq == seq {
                loaded.add_report(report);
            }
        }
    }
    Ok(())
}

/// Claims one lane if it is due.
pub(crate) async fn claim_lane(shared: &Shared, lane: LaneId, lease: Lease<'_>) -> Result<Option<LeasedLane>, Failure> {
    let tx = Tx::new(&shared.pool).await?;
    let (lock, clock) = (tx.statement(&shared.sql.lock).await?, tx.statement(&shared.sql.clock).await?);
    let ids = [lane.get()];
    let ((), rows, time) = try_join3(tx.begin(), tx.query(&lock, &[&ids.as_slice()]), tx.query(&clock, &[])).await?;
    let mut loaded = Loaded::new(millis(&time)?);
    for row in &rows {
        let lane = lanes::read(&mut Columns::new(row))?;
        let seq = lane.payload_seq();
        add_payloads(shared, &tx, &mut loaded, &[seq.get()], std::iter::once((seq, &lane.case_id))).await?;
        loaded.add_lane(lane);
    }
    let claimed = loaded.set.claim_lane(lane, lease)?;
    shared.store(tx, loaded).await?;
    Ok(claimed)
}

/// Reads the state of a vendor, its end and its version.
pub(crate) fn vendor_row(c: &mut Columns<'_>) -> Result<VendorRow, StoreError> {
    let state: Option<String> = c.get()?;
    Ok(VendorRow { state: state.unwrap_or_default(), until: c.millis_or_null()?.unwrap_or(0), version: c.get()? })
}
