//! Compares a record with the values that it should have, and gives the edit that is missing.

use chrono::{DateTime, TimeDelta, Utc};

use super::reply::{StoredChargeback, StoredRepresentment};
use super::request::{CreateChargeback, EditChargeback, Metadatum, Outcome, RepresentmentFields, check_metadata};
use crate::model::Rfc3339;

/// The reason why a record with another final outcome does not prove a write.
pub(super) const OTHER_OUTCOME: &str = "the record shows another outcome";

/// Differences between a record and the values that it should have.
pub(super) struct Comparison {
    /// The values that the record lacks, without dates that are frozen with another value.
    pub(super) changes: EditChargeback,
    /// The record has a final outcome, and it should have another.
    pub(super) other_outcome: bool,
    /// Number of representment dates that the record has frozen with another value.
    pub(super) frozen_dates: usize,
    /// The record has metadata beyond RevCent's limits. An edit must send those pairs too, which RevCent would reject.
    pub(super) metadata_locked: bool,
}

impl Comparison {
    /// Returns the missing edit, empty if the record has all values.
    ///
    /// # Errors
    ///
    /// Returns the reason if an edit cannot give the record all values.
    pub(super) fn complete(self) -> Result<EditChargeback, &'static str> {
        if self.metadata_locked && self.changes.metadata.is_some() {
            Err("the record has metadata beyond RevCent's limits, which cannot be sent back")
        } else if self.other_outcome {
            Err(OTHER_OUTCOME)
        } else if self.frozen_dates > 0 {
            Err("the record shows another date of the representment, which is frozen")
        } else {
            Ok(self.changes)
        }
    }
}

/// Compares a record with the values that it should have.
///
/// [`difference`](super::difference::difference) uses it for reports, and every native call with an unknown outcome
/// uses it on the record that the lookup returns.
pub(super) fn compare(target: &EditChargeback, stored: &StoredChargeback) -> Comparison {
    let representment = target.representment.as_ref();
    Comparison {
        changes: missing(target, stored),
        other_outcome: representment
            .is_some_and(|target| is_other_outcome(target.outcome, stored.representment.outcome)),
        frozen_dates: representment.map_or(0, |target| {
            usize::from(is_other_date(target.initiated_date.as_ref(), stored.representment.initiated_date))
                + usize::from(is_other_date(target.completed_date.as_ref(), stored.representment.completed_date))
        }),
        metadata_locked: !check_metadata(Some(&stored.metadata)).is_empty(),
    }
}

/// Returns the fields of a create that an edit has too.
pub(super) fn as_edit(create: &CreateChargeback) -> EditChargeback {
    EditChargeback {
        amount: create.amount.clone(),
        arn: create.arn.clone(),
        case_number: create.case_number.clone(),
        reason_code: create.reason_code.clone(),
        third_party_chargeback_id: create.third_party_chargeback_id.clone(),
        chargeback_date: create.chargeback_date.clone(),
        received_date: create.received_date.clone(),
        representment: create.representment.clone(),
        metadata: create.metadata.clone(),
        ..EditChargeback::default()
    }
}

/// Returns true if the stored outcome is final and differs from the target.
pub(super) fn is_other_outcome(target: Option<Outcome>, stored: Option<Outcome>) -> bool {
    target.zip(stored).is_some_and(|(target, stored)| stored != target && stored != Outcome::Pending)
}

/// Returns true if the record shows a later stage of the representment than a create with these fields gives it.
pub(super) fn is_beyond(created: Option<&RepresentmentFields>, stored: &StoredRepresentment) -> bool {
    let is_set = |flag: fn(&RepresentmentFields) -> Option<bool>| created.and_then(flag) == Some(true);
    (stored.is_initiated() && !is_set(|fields| fields.initiated))
        || (stored.is_completed() && !is_set(|fields| fields.completed))
        || (stored.outcome.is_some() && created.and_then(|fields| fields.outcome) != stored.outcome)
}

fn is_other_date(target: Option<&Rfc3339>, stored: Option<DateTime<Utc>>) -> bool {
    stored.is_some() && target.is_some_and(|target| !same_second(target, stored))
}

/// The record does not show the ids of integration and order, as far as is known, so both count as present.
fn missing(target: &EditChargeback, stored: &StoredChargeback) -> EditChargeback {
    let differing = |target: &Option<String>, stored| target.clone().filter(|_| target != stored);
    EditChargeback {
        amount: target
            .amount
            .clone()
            .filter(|amount| stored.amount.as_ref().is_none_or(|stored| !stored.same_value(amount))),
        arn: differing(&target.arn, &stored.arn),
        case_number: differing(&target.case_number, &stored.case_number),
        reason_code: differing(&target.reason_code, &stored.reason_code),
        third_party_chargeback_id: differing(&target.third_party_chargeback_id, &stored.third_party_chargeback_id),
        chargeback_date: target.chargeback_date.clone().filter(|time| !same_second(time, stored.chargeback_date)),
        received_date: target.received_date.clone().filter(|time| !same_second(time, stored.received_date)),
        representment: target.representment.as_ref().and_then(|target| unwritten(target, &stored.representment)),
        metadata: target.metadata.as_deref().and_then(|metadata| merged(metadata, &stored.metadata)),
        ..EditChargeback::default()
    }
}

/// RevCent freezes all fields except the outcome once they are written, so only fields without a value are sent.
fn unwritten(target: &RepresentmentFields, stored: &StoredRepresentment) -> Option<RepresentmentFields> {
    let changes = RepresentmentFields {
        initiated: target.initiated.filter(|&flag| flag && !stored.initiated),
        initiated_date: target.initiated_date.clone().filter(|_| stored.initiated_date.is_none()),
        completed: target.completed.filter(|&flag| flag && !stored.completed),
        completed_date: target.completed_date.clone().filter(|_| stored.completed_date.is_none()),
        outcome: target.outcome.filter(|&outcome| stored.outcome != Some(outcome)),
    };
    (changes != RepresentmentFields::default()).then_some(changes)
}

/// RevCent returns times in whole seconds. Its documents do not state the rounding.
fn same_second(target: &Rfc3339, stored: Option<DateTime<Utc>>) -> bool {
    stored.is_some_and(|stored| (stored - target.instant()).abs() < TimeDelta::seconds(1))
}

/// Returns all pairs that the record should have, or `None` if none of them is missing.
///
/// Whether an edit merges or replaces pairs is not documented, and the union is right in both cases.
fn merged(target: &[Metadatum], stored: &[Metadatum]) -> Option<Vec<Metadatum>> {
    if target.iter().all(|pair| stored.contains(pair)) {
        return None;
    }
    let kept = stored.iter().filter(|pair| target.iter().all(|target| target.name != pair.name));
    Some(kept.chain(target).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<Metadatum> {
        pairs.iter().map(|&(name, value)| Metadatum::new(name, value)).collect()
    }

    #[test]
    fn only_differing_fields_are_sent() {
        let target = EditChargeback {
            amount: "19.90".parse().ok(),
            arn: Some("new".into()),
            reason_code: Some("10.4".into()),
            chargeback_date: "2026-10-01T01:30:00.250Z".parse().ok(),
            ..Default::default()
        };
        let mut stored = StoredChargeback {
            amount: "19.9".parse().ok(),
            arn: Some("old".into()),
            reason_code: Some("10.4".into()),
            case_number: Some("theirs".into()),
            chargeback_date: "2026-10-01T01:30:00Z".parse().ok(),
            ..Default::default()
        };
        let only_arn = EditChargeback { arn: Some("new".into()), ..Default::default() };
        assert_eq!(compare(&target, &stored).complete(), Ok(only_arn));
        stored.arn = Some("new".into());
        assert_eq!(compare(&target, &stored).complete(), Ok(EditChargeback::default()));
    }

    #[test]
    fn frozen_fields_of_a_representment_are_not_sent_again() {
        let fields = RepresentmentFields {
            initiated: Some(true),
            initiated_date: "2026-10-05T05:30:00Z".parse().ok(),
            completed: Some(true),
            outcome: Some(Outcome::Won),
            ..Default::default()
        };
        let target = EditChargeback { representment: Some(fields), ..Default::default() };
        let initiated_date = "2026-10-04T05:30:00Z".parse().ok();
        let mut stored = StoredChargeback {
            representment: StoredRepresentment { initiated: true, initiated_date, ..Default::default() },
            ..Default::default()
        };
        let comparison = compare(&target, &stored);
        assert_eq!((comparison.frozen_dates, comparison.other_outcome), (1, false));
        let fields = RepresentmentFields { completed: Some(true), outcome: Some(Outcome::Won), ..Default::default() };
        assert_eq!(comparison.changes.representment, Some(fields));
        stored.representment.outcome = Some(Outcome::Pending);
        assert!(!compare(&target, &stored).other_outcome);
        stored.representment.outcome = Some(Outcome::Lost);
        assert_eq!(compare(&target, &stored).complete(), Err("the record shows another outcome"));
    }

    #[test]
    fn metadata_is_sent_whole_or_not_at_all() {
        let target = EditChargeback { metadata: Some(pairs(&[("a", "1"), ("b", "2")])), ..Default::default() };
        for (metadata, expected) in [
            (pairs(&[("b", "2"), ("theirs", "3"), ("a", "1")]), Ok(None)),
            (pairs(&[("a", "old"), ("theirs", "3")]), Ok(Some(pairs(&[("theirs", "3"), ("a", "1"), ("b", "2")])))),
            (
                pairs(&[("theirs", "")]),
                Err("the record has metadata beyond RevCent's limits, which cannot be sent back"),
            ),
            (pairs(&[("a", "1"), ("b", "2"), ("theirs", "")]), Ok(None)),
        ] {
            let stored = StoredChargeback { metadata, ..Default::default() };
            assert_eq!(compare(&target, &stored).complete().map(|changes| changes.metadata), expected);
        }
    }
}
