//! `chargeback codes`.

use chargeback::NetworkCode;
use chargeback::reason_codes::{ReasonCode, all, lookup};
use serde_json::json;

use crate::args::CodesArgs;
use crate::failure::{Exit, Failure};
use crate::input::network;
use crate::output::{Output, Table, line};

/// Shows the meaning of reason codes.
pub(crate) fn codes(arguments: &CodesArgs, output: Output) -> Result<Exit, Failure> {
    let network = network(&arguments.network);
    let rows: Vec<&ReasonCode> = match &arguments.code {
        Some(code) => lookup(&NetworkCode::new(network.clone(), code)).into_iter().collect(),
        None => all().filter(|row| row.network() == network.as_str()).collect(),
    };
    if rows.is_empty() {
        let mut names: Vec<_> = all().map(ReasonCode::network).collect();
        names.dedup();
        let next = format!("networks of the table: {}", names.join(", "));
        return Err(Failure::new("the table has no such code").next(next));
    }
    if output.json {
        for row in rows {
            output.json(&json!({
                "network": row.network(), "code": row.code(), "title": row.title(), "reason": row.reason(),
                "category": row.category(), "kind": row.kind().as_str(), "status": row.status(),
                "confidence": row.confidence(), "note": row.note(),
            }))?;
        }
        return Ok(Exit::Success);
    }
    let mut table = Table::new(&["network", "code", "reason", "kind", "status", "confidence", "title"]);
    for row in &rows {
        let cells = [row.network(), row.code(), row.reason().as_str(), row.kind().as_str()];
        let more = [row.status().as_str(), row.confidence().as_str(), row.title()];
        table.row(cells.into_iter().chain(more).map(str::to_owned));
    }
    line(table);
    if let [row] = rows.as_slice()
        && !row.note().is_empty()
    {
        line(format_args!("\n{}", row.note()));
    }
    Ok(Exit::Success)
}
