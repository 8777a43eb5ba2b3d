//! Maps the model to MaxMind's API.

use super::config::{ID, MaxMind, WonTag};
use super::request::{NOTES_LIMIT, ReportTransaction, Tag, is_maxmind_id, is_minfraud_id};
use crate::connector::{TranslateError, Translation};
use crate::model::{Chargeback, Field, NetworkCode, Reason, Stage};
use crate::provider::{FieldSupport, Loss, LossKind, StageSupport};
use crate::providers::facts::for_each_fact;
use crate::providers::map::{self, Mapped};
use crate::providers::notes::{Notes, NotesFormat};
use crate::util::violation::Violation;

const NOTES: NotesFormat = NotesFormat { name: "notes", limit: NOTES_LIMIT, separator: "\n" };

/// Maps a stage to a tag; `None` if MaxMind has no tag for it.
const fn stage(stage: Stage, won_tag: WonTag) -> Option<Mapped<Tag>> {
    let won = match won_tag {
        WonTag::Clear => Tag::Clear,
        WonTag::NotFraud => Tag::NotFraud,
        WonTag::Chargeback => Tag::Chargeback,
    };
    Some(match stage {
        Stage::Received => Mapped::exact(Tag::Chargeback),
        Stage::Accepted
        | Stage::Contested
        | Stage::UnderReview
        | Stage::PreArbitration
        | Stage::Arbitration
        | Stage::Lost
        | Stage::Expired => Mapped::lossy(Tag::Chargeback),
        Stage::Won | Stage::Reversed => Mapped::lossy(won),
        // The customer or the issuer took the chargeback back, so the first report was wrong.
        Stage::Withdrawn => Mapped::lossy(Tag::Clear),
        Stage::Alert | Stage::Inquiry | Stage::Refunded | Stage::Closed => return None,
    })
}

/// Returns the capabilities entry of a stage, with the setting that decides it.
pub(super) fn stage_support(case_stage: Stage, won_tag: WonTag) -> StageSupport {
    let support = map::stage_support(stage(case_stage, won_tag));
    match case_stage {
        Stage::Won | Stage::Reversed => support.by_setting("won_tag"),
        _ => support,
    }
}

/// Maps a reason: MaxMind has no field for it, so it is text in `notes`. Returns `None` for a reason that the connector
/// is set to refuse.
const fn reason(reason: &Reason, maxmind: &MaxMind) -> Option<Mapped<Option<&'static str>>> {
    if maxmind.fraud_reasons_only && !is_fraud(reason) { None } else { Some(Mapped::lossy(None)) }
}

/// Returns the capabilities entry of a reason.
pub(super) fn reason_support(case_reason: &Reason, maxmind: &MaxMind) -> StageSupport {
    map::stage_support(reason(case_reason, maxmind))
}

/// Returns whether MaxMind's call has a place for a field.
pub(super) const fn field(field: Field, maxmind: &MaxMind) -> FieldSupport {
    match field {
        Field::Stage | Field::NetworkCode | Field::Notes => FieldSupport::Sent,
        Field::TransactionId if !maxmind.order_id_as_transaction_id => FieldSupport::Sent,
        Field::OrderId if maxmind.order_id_as_transaction_id => FieldSupport::Sent,
        Field::CaseId
        | Field::OccurredAt
        | Field::Reason
        | Field::Amount
        | Field::Currency
        | Field::OrderId
        | Field::TransactionId
        | Field::GatewayTransactionId
        | Field::OpenedAt
        | Field::ReceivedAt
        | Field::DueBy
        | Field::Processor
        | Field::Arn
        | Field::CaseNumber
        | Field::Metadata => FieldSupport::Noted,
        Field::UserId | Field::SessionId | Field::Fraud | Field::Representment => FieldSupport::Dropped,
    }
}

/// Translates a chargeback to a report.
pub(super) fn translate(
    chargeback: &Chargeback,
    maxmind: &MaxMind,
) -> Result<Translation<ReportTransaction>, TranslateError> {
    let Some(stage) = stage(chargeback.stage(), maxmind.won_tag) else {
        return Err(TranslateError::unsupported_stage(chargeback, "MaxMind has no tag for it"));
    };
    if reason(chargeback.reason(), maxmind).is_none() {
        return Err(TranslateError::unsupported_reason(chargeback, "refused by the setting fraud_reasons_only"));
    }
    let (mut violations, mut losses) = (Vec::new(), Vec::new());
    losses.extend(stage.loss(Field::Stage));
    if stage.value == Tag::Chargeback && !is_fraud(chargeback.reason()) {
        let detail = "MaxMind counts the tag `chargeback` as fraud; the reason is only in notes";
        losses.push(Loss::new(Field::Reason, LossKind::Merged, detail));
    }
    if chargeback.network_code().is_some() {
        losses.push(Loss::new(Field::NetworkCode, LossKind::Noted, "the name of the network is in notes"));
    }
    let mut report = ReportTransaction::new(stage.value);
    add_ids(chargeback, maxmind, &mut report, &mut violations);
    report.chargeback_code = chargeback.network_code().map(NetworkCode::code).map(str::to_owned);
    report.notes = notes(chargeback, maxmind, &mut violations, &mut losses);
    if !violations.is_empty() {
        return Err(TranslateError::Invalid(violations));
    }
    Ok(Translation::new(report).values(stage.text(), "").losses(losses))
}

/// Sets the merchant's id of the transaction, and MaxMind's id by its form.
fn add_ids(
    chargeback: &Chargeback,
    maxmind: &MaxMind,
    report: &mut ReportTransaction,
    violations: &mut Vec<Violation>,
) {
    let payment = chargeback.payment();
    let (field, id) = if maxmind.order_id_as_transaction_id {
        ("payment.order_id", &payment.order_id)
    } else {
        ("payment.transaction_id", &payment.transaction_id)
    };
    report.transaction_id.clone_from(id);
    match chargeback.vendor_reference(&ID).and_then(|reference| reference.payment.as_deref()) {
        Some(id) if is_minfraud_id(id) => report.minfraud_id = Some(id.to_owned()),
        Some(id) if is_maxmind_id(id) => report.maxmind_id = Some(id.to_owned()),
        Some(_) => violations.push(Violation::new(
            "vendor_references.maxmind.payment",
            "must be a minFraud id (a UUID) or a MaxMind id (8 digits and upper-case letters)",
        )),
        None if id.is_none() => {
            violations.push(Violation::new(field, "required by MaxMind; or set MaxMind's id with vendor_payment"));
        }
        None => {}
    }
}

/// Builds `notes`: one line for each field that MaxMind has no place for, and then the caller's notes.
fn notes(
    chargeback: &Chargeback,
    maxmind: &MaxMind,
    violations: &mut Vec<Violation>,
    losses: &mut Vec<Loss>,
) -> Option<String> {
    let mut notes = Notes::new(NOTES, NOTES_LIMIT / 2, losses);
    let other_id = if maxmind.order_id_as_transaction_id {
        (Field::TransactionId, "transaction_id", &chargeback.payment().transaction_id)
    } else {
        (Field::OrderId, "order_id", &chargeback.payment().order_id)
    };
    for_each_fact(chargeback, violations, |field, name, text| match name {
        // The code has a field, and the caller's notes are the last line.
        "network_reason_code" | "notes" => {}
        _ => notes.add(field, &[name, ": ", text]),
    });
    if let (field, name, Some(id)) = other_id {
        notes.add(field, &[name, ": ", id]);
    }
    for (name, value) in chargeback.metadata() {
        notes.add(Field::Metadata, &[name, ": ", value]);
    }
    if let Some(text) = chargeback.notes() {
        notes.add(Field::Notes, &[text]);
    }
    notes.finish()
}

const fn is_fraud(reason: &Reason) -> bool {
    matches!(reason, Reason::FraudCardAbsent | Reason::FraudCardPresent | Reason::FraudOther)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_won_and_reversed_depend_on_the_setting() {
        for &case_stage in Stage::ALL {
            let [clear, kept] = [WonTag::Clear, WonTag::Chargeback].map(|won| stage(case_stage, won));
            assert_eq!(clear.map(|mapped| mapped.fidelity), kept.map(|mapped| mapped.fidelity), "{case_stage}");
            let support = stage_support(case_stage, WonTag::Clear);
            assert_eq!(clear != kept, support.setting() == Some("won_tag"), "{case_stage}");
        }
    }

    #[test]
    fn reasons_other_than_fraud_can_be_refused() {
        let all = MaxMind::new(1, "k", WonTag::Clear);
        let fraud_only = all.clone().fraud_reasons_only();
        for known in Reason::ALL {
            assert!(reason(known, &all).is_some(), "{known}");
            assert_eq!(reason(known, &fraud_only).is_some(), is_fraud(known), "{known}");
        }
    }
}
