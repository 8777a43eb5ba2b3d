//! Compares a record with the target of a report: the edit that is missing, and the losses that the record causes.

use super::change::{as_edit, compare};
use super::find::KEY_NAME;
use super::map::{NOTED, Target};
use super::reply::StoredChargeback;
use super::request::{EditChargeback, Metadatum};
use crate::model::Field;
use crate::provider::{Loss, LossKind};

/// The difference between a record and the target of a report.
pub(super) struct Difference {
    /// The values that the record lacks and that an edit can send.
    pub(super) changes: EditChargeback,
    /// The values that an edit cannot send, and earlier values that it cannot clear.
    pub(super) losses: Vec<Loss>,
}

/// Compares a record with the target of a report.
///
/// A report uses it before an edit, and on the record that the lookup of a create or edit with an unknown outcome
/// returns. So both paths have the same checks. `is_created` is true if the report has sent a create.
///
/// # Errors
///
/// Returns the reason if the record shows a stage from which it cannot reach the target.
pub(super) fn difference(
    target: &Target,
    stored: &StoredChargeback,
    is_created: bool,
) -> Result<Difference, &'static str> {
    if let Some(detail) = target.state.contradiction(&stored.representment, target.contested) {
        return Err(detail);
    }
    let comparison = compare(&as_edit(&target.fields), stored);
    let frozen = Loss::new(Field::Representment, LossKind::Dropped, "RevCent has another date, which is frozen");
    let mut losses = vec![frozen; comparison.frozen_dates];
    let (new, old) = (&target.fields.gateway_transaction_id, &stored.gateway_transaction_id);
    if new.is_some() && new != old && !(is_created && old.is_none()) {
        let detail = "accepted only when a chargeback is created";
        losses.push(Loss::new(Field::GatewayTransactionId, LossKind::Dropped, detail));
    }
    let mut changes = comparison.changes;
    if comparison.metadata_locked {
        losses.extend(unsent_metadata(changes.metadata.take(), stored));
    } else if let Some(pairs) = &mut changes.metadata {
        // RevCent clears these pairs if an edit replaces all metadata, which is not documented.
        pairs.retain(|pair| !is_noted(pair) || is_in_report(target, pair));
    }
    losses.extend(unchanged(target, stored));
    Ok(Difference { changes, losses })
}

/// Returns the field whose value a metadata pair holds.
fn field(pair: &Metadatum) -> Field {
    NOTED.iter().find(|(_, name)| *name == pair.name).map_or(Field::Metadata, |(field, _)| *field)
}

fn is_noted(pair: &Metadatum) -> bool {
    NOTED.iter().any(|(_, name)| *name == pair.name)
}

/// Returns true if the report has a pair with this name.
fn is_in_report(target: &Target, pair: &Metadatum) -> bool {
    target.fields.metadata.iter().flatten().any(|reported| reported.name == pair.name)
}

/// Lists the fields of the pairs that the record lacks, because its metadata cannot be edited.
fn unsent_metadata(changes: Option<Vec<Metadatum>>, stored: &StoredChargeback) -> Vec<Loss> {
    let detail = "the record has metadata beyond RevCent's limits, so no metadata is changed";
    let Some(pairs) = changes else { return Vec::new() };
    let missing = pairs.iter().filter(|pair| !stored.metadata.contains(pair)).map(field);
    each_once(missing.chain([Field::Metadata]), detail)
}

/// Lists the fields with an earlier value that the report does not have. An edit can only set values.
fn unchanged(target: &Target, stored: &StoredChargeback) -> Vec<Loss> {
    let detail = "an earlier value may stay in the record: RevCent does not document how to clear it";
    let (report, representment) = (&target.fields, &stored.representment);
    let dates = report.representment.as_ref().map(|fields| (&fields.initiated_date, &fields.completed_date));
    let is_unchanged = [
        (Field::Amount, report.amount.is_none() && stored.amount.is_some()),
        (Field::Arn, report.arn.is_none() && stored.arn.is_some()),
        (Field::CaseNumber, report.case_number.is_none() && stored.case_number.is_some()),
        (Field::OpenedAt, report.chargeback_date.is_none() && stored.chargeback_date.is_some()),
        (Field::ReceivedAt, report.received_date.is_none() && stored.received_date.is_some()),
        (Field::Representment, dates.is_some_and(|(at, _)| at.is_none()) && representment.initiated_date.is_some()),
        (Field::Representment, dates.is_some_and(|(_, at)| at.is_none()) && representment.completed_date.is_some()),
    ];
    let values = is_unchanged.into_iter().filter(|(_, is_unchanged)| *is_unchanged).map(|(field, _)| field);
    let pairs = stored.metadata.iter().filter(|pair| pair.name != KEY_NAME && !is_in_report(target, pair)).map(field);
    let mut losses = each_once(values.chain(pairs), detail);
    // These fields have several pairs, so the losses of the other pairs remain.
    let of_other_pairs =
        target.pair_losses.iter().filter(|loss| losses.iter().any(|listed| listed.field() == loss.field()));
    let of_other_pairs: Vec<Loss> = of_other_pairs.cloned().collect();
    losses.extend(of_other_pairs);
    losses
}

fn each_once(fields: impl IntoIterator<Item = Field>, detail: &'static str) -> Vec<Loss> {
    let mut losses: Vec<Loss> = Vec::new();
    for field in fields {
        if losses.iter().all(|loss| loss.field() != field) {
            losses.push(Loss::new(field, LossKind::Dropped, detail));
        }
    }
    losses
}
