//! The rows of reports.

use std::collections::BTreeSet;

use chargeback::ProviderId;
use chargeback::outbox::rows::StoredReport;
use chargeback::outbox::{ReportSeq, StoreError};

use super::Columns;

/// Reads `seq`, the stage, its time, the time of acceptance, the presence of the payload, and the payload if it was
/// read. A payload that was not read is empty.
pub(crate) fn read(c: &mut Columns<'_>, case_id: &str) -> Result<StoredReport, StoreError> {
    let seq = ReportSeq::new(c.get()?);
    let (stage, accepted_at) = (c.stage()?, c.millis()?);
    let (kept, bytes): (bool, Option<Vec<u8>>) = (c.get()?, c.get()?);
    Ok(StoredReport {
        seq,
        case_id: case_id.to_owned(),
        // Read only where a case is erased.
        key: format!("{seq}"),
        digest: [0; 32],
        payload: kept.then(|| bytes.unwrap_or_default()),
        stage,
        vendors: BTreeSet::new(),
        open: BTreeSet::new(),
        keep_until: 0,
        accepted_at,
    })
}

/// Reads a row with the case, the key, the time until which the payload is kept, and the open vendors.
pub(crate) fn read_all(c: &mut Columns<'_>) -> Result<StoredReport, StoreError> {
    let seq = ReportSeq::new(c.get()?);
    let (case_id, key) = (c.get()?, c.get()?);
    let (stage, accepted_at) = (c.stage()?, c.millis()?);
    let (kept, bytes): (bool, Option<Vec<u8>>) = (c.get()?, c.get()?);
    let keep_until = c.millis()?;
    let open: Vec<String> = c.get()?;
    let open = open.iter().map(|name| name.parse::<ProviderId>()).collect::<Result<_, _>>();
    Ok(StoredReport {
        seq,
        case_id,
        key,
        digest: [0; 32],
        payload: kept.then(|| bytes.unwrap_or_default()),
        stage,
        vendors: BTreeSet::new(),
        open: open.map_err(|_| StoreError::corrupt("a row has a name that this version does not know"))?,
        keep_until,
        accepted_at,
    })
}
