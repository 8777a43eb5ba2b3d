//! Upkeep of a store: erasure, deletion of old data, checks, and a restored backup.

use chargeback::outbox::Operator;
use serde_json::json;

use crate::args::{EraseArgs, PurgeArgs};
use crate::failure::{Exit, Failure};
use crate::output::Output;

pub(super) async fn erase(operator: &Operator, arguments: &EraseArgs, output: Output) -> Result<Exit, Failure> {
    if !arguments.yes {
        let data = operator.export(&arguments.case).await?;
        if data.lanes.is_empty() {
            return Err(Failure::new("the store does not know this case").exit(Exit::Usage));
        }
        let message = format!(
            "this would erase {} lanes, {} reports and {} rows of history, and cannot be undone",
            data.lanes.len(),
            data.reports.len(),
            data.history.len()
        );
        return Err(Failure::usage(message).next("add --yes to erase them; reports that were not sent are erased too"));
    }
    if operator.erase(&arguments.case).await? {
        output.done("erased; backups are not changed")?;
        Ok(Exit::Success)
    } else {
        Err(Failure::new("the store does not know this case").exit(Exit::Usage))
    }
}

pub(super) async fn purge(operator: &Operator, arguments: &PurgeArgs, output: Output) -> Result<Exit, Failure> {
    let swept = operator.purge(arguments.keep_payload(), arguments.keep_history()).await?;
    let text = format!("deleted {} payloads and {} rows of history", swept.payloads, swept.history);
    output.print(&json!({ "payloads": swept.payloads, "history": swept.history }), text)?;
    Ok(Exit::Success)
}

pub(super) async fn check(operator: &Operator, output: Output) -> Result<Exit, Failure> {
    let problems = operator.check().await?;
    let text = if problems.is_empty() { "no problems".to_owned() } else { problems.join("\n") };
    output.print(&json!({ "problems": problems }), text)?;
    Ok(if problems.is_empty() { Exit::Success } else { Exit::Attention })
}

pub(super) async fn distrust(operator: &Operator, output: Output) -> Result<Exit, Failure> {
    let lanes = operator.distrust().await?;
    output.done(&format!(
        "{lanes} lanes are in doubt once; start the workers now\nvendors with lookups are looked up before a write; \
         other lanes may need `chargeback outbox resolve`"
    ))?;
    Ok(Exit::Success)
}
