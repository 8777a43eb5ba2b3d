//! What an edit must say, so that a chargeback at RevCent becomes what it should be.

use chrono::{DateTime, Utc};

use super::reply::{StoredChargeback, StoredRepresentment};
use super::wire::{CreateChargeback, EditChargeback, Metadatum, Outcome, RepresentmentFields, metadata_rules};
use crate::model::{DecimalNumber, Rfc3339};

/// The edit that makes a stored chargeback what this create would have made it; an error as in [`remaining`].
pub(super) fn to_match(wanted: &CreateChargeback, stored: &StoredChargeback) -> Result<EditChargeback, &'static str> {
    remaining(&as_edit(wanted), stored)
}

/// The fields of a create that an edit has too.
pub(super) fn as_edit(wanted: &CreateChargeback) -> EditChargeback {
    EditChargeback {
        amount: wanted.amount.clone(),
        arn: wanted.arn.clone(),
        case_number: wanted.case_number.clone(),
        reason_code: wanted.reason_code.clone(),
        third_party_chargeback_id: wanted.third_party_chargeback_id.clone(),
        chargeback_date: wanted.chargeback_date.clone(),
        received_date: wanted.received_date.clone(),
        representment: wanted.representment.clone(),
        metadata: wanted.metadata.clone(),
        ..EditChargeback::default()
    }
}

/// What of an edit the record does not hold yet; an error if it holds something that cannot be changed and differs.
pub(super) fn remaining(wanted: &EditChargeback, stored: &StoredChargeback) -> Result<EditChargeback, &'static str> {
    let mut changes = plain(wanted, stored);
    if changes.metadata.is_some() && !metadata_can_be_edited(stored) {
        return Err("the record holds metadata beyond RevCent's own limits, which cannot be sent back");
    }
    if let Some(fight) = &wanted.representment {
        let held = &stored.representment;
        let decided_otherwise = matches!(
            (fight.outcome, held.outcome),
            (Some(wanted), Some(held)) if wanted != held && held != Outcome::Pending
        );
        if decided_otherwise {
            return Err("the record shows another outcome");
        }
        changes.representment = unwritten(fight, held);
    }
    Ok(changes)
}

/// Whether the pairs that others wrote can be sent back, as an edit of metadata must (see [`merged`]).
pub(super) fn metadata_can_be_edited(stored: &StoredChargeback) -> bool {
    let mut broken = Vec::new();
    metadata_rules(Some(&stored.metadata), &mut broken);
    broken.is_empty()
}

/// The fields that can be written again, as far as they differ. Ids of integration and order are not in what RevCent
/// shows, as far as is known, so they count as written.
fn plain(wanted: &EditChargeback, stored: &StoredChargeback) -> EditChargeback {
    EditChargeback {
        amount: wanted.amount.clone().filter(|amount| !same_amount(amount, stored.amount.as_ref())),
        arn: differing(wanted.arn.as_ref(), stored.arn.as_ref()),
        case_number: differing(wanted.case_number.as_ref(), stored.case_number.as_ref()),
        reason_code: differing(wanted.reason_code.as_ref(), stored.reason_code.as_ref()),
        third_party_chargeback_id: differing(
            wanted.third_party_chargeback_id.as_ref(),
            stored.third_party_chargeback_id.as_ref(),
        ),
        chargeback_date: wanted.chargeback_date.clone().filter(|time| !same_second(time, stored.chargeback_date)),
        received_date: wanted.received_date.clone().filter(|time| !same_second(time, stored.received_date)),
        metadata: wanted.metadata.as_deref().and_then(|metadata| merged(metadata, &stored.metadata)),
        ..EditChargeback::default()
    }
}

/// What of a representment is not written yet.
fn unwritten(wanted: &RepresentmentFields, held: &StoredRepresentment) -> Option<RepresentmentFields> {
    let changes = RepresentmentFields {
        initiated: wanted.initiated.filter(|&flag| flag && !held.initiated),
        initiated_date: wanted.initiated_date.clone().filter(|_| held.initiated_date.is_none()),
        completed: wanted.completed.filter(|&flag| flag && !held.completed),
        completed_date: wanted.completed_date.clone().filter(|_| held.completed_date.is_none()),
        outcome: wanted.outcome.filter(|&outcome| held.outcome != Some(outcome)),
    };
    (changes != RepresentmentFields::default()).then_some(changes)
}

fn differing(wanted: Option<&String>, stored: Option<&String>) -> Option<String> {
    wanted.filter(|&wanted| stored != Some(wanted)).cloned()
}

fn same_amount(wanted: &DecimalNumber, stored: Option<&DecimalNumber>) -> bool {
    stored.is_some_and(|stored| stored.same_value(wanted))
}

/// RevCent gives times back in whole seconds.
fn same_second(wanted: &Rfc3339, stored: Option<DateTime<Utc>>) -> bool {
    stored.is_some_and(|stored| stored.timestamp() == wanted.instant().timestamp())
}

/// All pairs that shall be there, if one of ours is not: whether an edit merges or replaces is not documented, and the
/// union is right either way.
fn merged(wanted: &[Metadatum], stored: &[Metadatum]) -> Option<Vec<Metadatum>> {
    if wanted.iter().all(|pair| stored.contains(pair)) {
        return None;
    }
    let kept = stored.iter().filter(|pair| wanted.iter().all(|ours| ours.name != pair.name));
    Some(kept.chain(wanted).cloned().collect())
}
