//! Plans every report and sends nothing.

use chargeback::{PlannedStep, Reporter};

use super::results::{ResultRow, Results};
use super::summary::Summary;
use crate::commands::plan_reason;
use crate::failure::Failure;
use crate::input::{Content, Input};

pub(super) fn run(
    input: &Input,
    reporter: &Reporter,
    results: &mut Results,
    summary: &mut Summary,
) -> Result<(), Failure> {
    for row in input.rows()? {
        let chargeback = match row.content {
            Content::Chargeback(chargeback) => chargeback,
            Content::Other(value) => {
                results.without_case(row.line, "not_a_chargeback", &value)?;
                summary.other += 1;
                continue;
            }
            Content::Unreadable(reason) => {
                results.without_case(row.line, "unreadable", &reason)?;
                summary.unreadable(row.line, reason);
                continue;
            }
        };
        summary.chargebacks += 1;
        for (vendor, plan) in reporter.plan(&chargeback) {
            let (outcome, reason, losses) = match &plan {
                Ok(plan) => {
                    let losses: Vec<_> =
                        plan.losses().iter().map(|loss| format!("{}:{}", loss.field(), loss.kind())).collect();
                    // Only the vendor's replies show which way a report with a possible failure takes.
                    let (outcome, reason) = match plan.failures().find_map(PlannedStep::failure) {
                        Some(failure) => ("depends_on_vendor", failure.to_owned()),
                        None => ("would_be_sent", String::new()),
                    };
                    (outcome, reason, losses.join(","))
                }
                Err(error) => ("would_not_be_sent", plan_reason(error), String::new()),
            };
            results.write(&ResultRow {
                line: row.line,
                case_id: chargeback.case_id(),
                stage: chargeback.stage().as_str(),
                vendor: vendor.as_str(),
                outcome,
                reason: &reason,
                losses: &losses,
            })?;
            summary.add(&vendor, outcome, &reason, &losses);
        }
    }
    Ok(())
}
