//! Maps the shared model to RevCent.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::change::is_other_outcome;
use super::config::ID;
use super::find::{CaseKey, KEY_NAME, NAME_PREFIX};
use super::reply::StoredRepresentment;
use super::request::{CreateChargeback, MAX_NAME, MAX_VALUE, Metadatum, Outcome, RepresentmentFields, check_len_20};
use crate::connector::TranslateError;
use crate::model::{
    Chargeback, Currency, DecimalNumber, Field, Money, NetworkCode, Reason, Representment, RepresentmentOutcome, Stage,
};
use crate::provider::{FieldSupport, Loss, LossKind, StageSupport};
use crate::providers::map::{self, Mapped, rfc3339};
use crate::providers::text::truncate;
use crate::reason_codes::{self, CodeKind, CodeStatus};
use crate::util::string_enum::WireText;
use crate::util::violation::Violation;

/// Progress of a representment, which is the only place where RevCent shows a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RepresentmentState {
    None,
    Initiated,
    Completed(Outcome),
}

impl WireText for RepresentmentState {
    fn wire_text(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::None => "no representment",
            Self::Initiated => "initiated",
            Self::Completed(Outcome::Won) => "completed, won",
            Self::Completed(Outcome::Lost) => "completed, lost",
            Self::Completed(Outcome::Pending) => "completed, pending",
        })
    }
}

impl RepresentmentState {
    pub(super) const fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Completed(outcome) => Some(outcome),
            Self::None | Self::Initiated => None,
        }
    }

    /// Returns the reason why a record with this representment cannot reach the state. Frozen values do not change.
    ///
    /// `contested` is true if the caller has a representment.
    pub(super) fn contradiction(self, stored: &StoredRepresentment, contested: bool) -> Option<&'static str> {
        Some(match self {
            Self::None if stored.is_initiated() => "RevCent has a representment, which cannot be undone",
            Self::Initiated if stored.is_completed() => {
                "RevCent has the representment as completed, which cannot be undone"
            }
            Self::Completed(_) if is_other_outcome(self.outcome(), stored.outcome) => {
                "RevCent already has another outcome"
            }
            Self::Completed(_) if !stored.is_initiated() && !contested => {
                "RevCent records an outcome only for a representment, and no representment is known"
            }
            Self::None | Self::Initiated | Self::Completed(_) => return None,
        })
    }
}

/// Maps a stage; `None` if RevCent cannot express it.
const fn stage(stage: Stage) -> Option<Mapped<RepresentmentState>> {
    Some(match stage {
        Stage::Received => Mapped::exact(RepresentmentState::None),
        Stage::Accepted => Mapped::lossy(RepresentmentState::None),
        Stage::Contested => Mapped::exact(RepresentmentState::Initiated),
        Stage::UnderReview => Mapped::lossy(RepresentmentState::Initiated),
        Stage::Won => Mapped::exact(RepresentmentState::Completed(Outcome::Won)),
        Stage::Lost => Mapped::exact(RepresentmentState::Completed(Outcome::Lost)),
        Stage::Reversed => Mapped::lossy(RepresentmentState::Completed(Outcome::Won)),
        // `Refunded` must not send `void_transaction`, which would refund a second time.
        Stage::Alert
        | Stage::Inquiry
        | Stage::PreArbitration
        | Stage::Arbitration
        | Stage::Refunded
        | Stage::Withdrawn
        | Stage::Expired
        | Stage::Closed => return None,
    })
}

/// Returns the capabilities entry of a stage, with its condition.
pub(super) fn stage_support(case_stage: Stage) -> StageSupport {
    let mapped = stage(case_stage);
    let support = map::stage_support(mapped);
    match mapped.and_then(|mapped| mapped.value.outcome()) {
        Some(_) => support.only_if("it was contested"),
        None => support,
    }
}

/// Metadata names of the values that RevCent has no field for.
pub(super) const NOTED: [(Field, &str); 7] = [
    (Field::Currency, "chargeback.currency"),
    (Field::NetworkCode, "chargeback.network"),
    (Field::OrderId, "chargeback.order_id"),
    (Field::Processor, "chargeback.processor"),
    (Field::Processor, "chargeback.processor_dispute_id"),
    (Field::Processor, "chargeback.processor_payment_id"),
    (Field::Notes, "chargeback.notes"),
];

/// Maps a reason. Every reason is sent as text in `reason_code`: the network's code, otherwise a description.
pub(super) const fn reason(_: &Reason) -> Mapped<&'static str> {
    Mapped::lossy("")
}

/// Returns whether RevCent has a place for a field.
pub(super) const fn field(field: Field) -> FieldSupport {
    match field {
        Field::CaseId
        | Field::Stage
        | Field::Reason
        | Field::NetworkCode
        | Field::Amount
        | Field::GatewayTransactionId
        | Field::OpenedAt
        | Field::ReceivedAt
        | Field::Arn
        | Field::CaseNumber
        | Field::Metadata
        | Field::Representment => FieldSupport::Sent,
        Field::Currency | Field::OrderId | Field::Processor | Field::Notes => FieldSupport::Noted,
        Field::OccurredAt | Field::TransactionId | Field::UserId | Field::SessionId | Field::DueBy | Field::Fraud => {
            FieldSupport::Dropped
        }
    }
}

/// The state that a report wants at RevCent, computed once from the chargeback and carried in each step.
pub(super) struct Target {
    pub(super) case: CaseKey,
    /// The request that creates the chargeback, with its representment.
    pub(super) fields: Arc<CreateChargeback>,
    pub(super) state: RepresentmentState,
    /// The caller has given a representment, so the case was contested.
    pub(super) contested: bool,
    /// Losses of the fields that have several metadata pairs: the processor and the caller's metadata.
    pub(super) pair_losses: Vec<Loss>,
}

/// Maps a chargeback to the target of its report, and lists the losses.
pub(super) fn target(chargeback: &Chargeback) -> Result<(Target, Vec<Loss>), TranslateError> {
    let Some(mapped) = stage(chargeback.stage()) else {
        let detail = "RevCent records only a representment and its outcome";
        return Err(TranslateError::unsupported_stage(chargeback, detail));
    };
    let mut mapping = Mapping { chargeback, losses: Vec::new(), violations: Vec::new() };
    mapping.losses.extend(mapped.loss(Field::Stage));
    let state = mapped.value;
    let mut fields = CreateChargeback {
        third_party_chargeback_id: Some(chargeback.case_id().to_owned()),
        amount: chargeback.amount().map(DecimalNumber::from),
        arn: chargeback.arn().map(str::to_owned),
        case_number: chargeback.case_number().map(str::to_owned),
        chargeback_date: chargeback.opened_at().and_then(|at| rfc3339("opened_at", at, &mut mapping.violations)),
        received_date: chargeback.received_at().and_then(|at| rfc3339("received_at", at, &mut mapping.violations)),
        representment: representment(state, chargeback.representment()),
        ..CreateChargeback::default()
    };
    if fields.amount.is_some() {
        mapping.lose(Field::Amount, LossKind::Assumed, "RevCent does not document the unit; sent in major units");
    }
    mapping.add_transaction(&mut fields);
    fields.reason_code = Some(mapping.reason_code());
    let case = CaseKey::new(chargeback.case_id());
    fields.metadata = Some(mapping.metadata(&case));
    mapping.check_representment(state);
    if mapping.violations.is_empty() {
        let contested = chargeback.representment().is_some();
        let case = case.with_transaction(
            chargeback.vendor_reference(&ID).and_then(|reference| reference.payment.as_ref()),
            chargeback.payment().gateway_transaction_id.as_ref(),
        );
        let pair_losses = mapping.pair_losses();
        let fields = Arc::new(fields);
        Ok((Target { case, fields, state, contested, pair_losses }, mapping.losses))
    } else {
        Err(TranslateError::Invalid(mapping.violations))
    }
}

/// A chargeback with the losses and violations that its mapping has found so far.
struct Mapping<'a> {
    chargeback: &'a Chargeback,
    losses: Vec<Loss>,
    violations: Vec<Violation>,
}

impl Mapping<'_> {
    fn lose(&mut self, field: Field, kind: LossKind, detail: &'static str) {
        self.losses.push(Loss::new(field, kind, detail));
    }

    fn add_transaction(&mut self, fields: &mut CreateChargeback) {
        let reference = self.chargeback.vendor_reference(&ID);
        let case = reference.and_then(|reference| reference.case.as_deref());
        let gateway = &self.chargeback.payment().gateway_transaction_id;
        if let Some(id) = reference.and_then(|reference| reference.payment.as_ref()) {
            self.violations.extend(check_len_20("vendor_references.revcent.payment", Some(id)));
            if gateway.is_some() {
                self.lose(Field::GatewayTransactionId, LossKind::Dropped, "RevCent's own id is sent instead");
            }
            fields.transaction_id = Some(id.clone());
        } else if gateway.is_some() {
            fields.gateway_transaction_id.clone_from(gateway);
        } else if case.is_none() {
            let rule = "required by RevCent; set vendor_payment or gateway_transaction_id";
            self.violations.push(Violation::new("vendor_references.revcent.payment", rule));
        }
        self.violations.extend(check_len_20("vendor_references.revcent.case", case));
    }

    /// Returns the network's code, otherwise a description of the reason.
    fn reason_code(&mut self) -> String {
        let reason = self.chargeback.reason();
        let Some(code) = self.chargeback.network_code() else {
            self.lose(Field::Reason, LossKind::Noted, "as a description, as reason_code");
            return reason.description().to_owned();
        };
        let (kind, detail) = reason_by_code(reason, code);
        self.lose(Field::Reason, kind, detail);
        self.lose(Field::NetworkCode, LossKind::Noted, "the code is sent, its network as metadata");
        code.code().to_owned()
    }

    /// Returns the case key, the caller's metadata, and the values that RevCent has no field for.
    fn metadata(&mut self, case: &CaseKey) -> Vec<Metadatum> {
        let chargeback = self.chargeback;
        let (currency, processor) = (chargeback.amount().map(Money::currency), chargeback.processor());
        // In the order of `NOTED`.
        let values = [
            currency.as_ref().map(Currency::code),
            chargeback.network_code().map(|code| code.network().as_str()),
            chargeback.payment().order_id.as_deref(),
            processor.map(|processor| &*processor.name),
            processor.and_then(|by| by.dispute_id.as_deref()),
            processor.and_then(|by| by.payment_id.as_deref()),
            chargeback.notes(),
        ];
        let mut pairs = Vec::with_capacity(1 + NOTED.len() + chargeback.metadata().len());
        pairs.push(Metadatum::new(KEY_NAME, case.key()));
        for (name, value) in chargeback.metadata() {
            if name.chars().count() > MAX_NAME {
                self.violations.push(Violation::new("metadata", "names must not be longer than 100 characters"));
            }
            if name.starts_with(NAME_PREFIX) {
                self.violations
                    .push(Violation::new("metadata", "names must not start with `chargeback.`, which is reserved"));
            }
            self.add_pair(&mut pairs, Field::Metadata, name, value);
        }
        for ((field, name), value) in NOTED.into_iter().zip(values) {
            if let Some(value) = value {
                self.add_pair(&mut pairs, field, name, value);
            }
        }
        pairs
    }

    fn add_pair(&mut self, pairs: &mut Vec<Metadatum>, field: Field, name: &str, value: &str) {
        let (kept, cut) = truncate(value, MAX_VALUE);
        if cut {
            self.lose(field, LossKind::Truncated, "metadata values have at most 255 characters");
        }
        if kept.is_empty() {
            self.lose(field, LossKind::Dropped, "empty metadata values are not sent");
        } else {
            pairs.push(Metadatum::new(name, kept));
        }
    }

    /// Returns the losses of the fields with several metadata pairs.
    fn pair_losses(&self) -> Vec<Loss> {
        let has_pairs = |loss: &&Loss| matches!(loss.field(), Field::Metadata | Field::Processor);
        let mut losses: Vec<Loss> = self.losses.iter().filter(has_pairs).cloned().collect();
        if self.chargeback.processor().is_some() && losses.iter().all(|loss| loss.field() != Field::Processor) {
            losses.push(Loss::new(Field::Processor, LossKind::Noted, ""));
        }
        losses
    }

    fn check_representment(&mut self, state: RepresentmentState) {
        let Some(representment) = self.chargeback.representment() else { return };
        let outcome = representment.outcome.map(|outcome| match outcome {
            RepresentmentOutcome::Won => Outcome::Won,
            RepresentmentOutcome::Lost => Outcome::Lost,
        });
        match state {
            RepresentmentState::None => {
                let detail = "RevCent shows a representment from the stage `contested` on";
                self.lose(Field::Representment, LossKind::Dropped, detail);
            }
            RepresentmentState::Initiated if outcome.is_some() || representment.completed_at.is_some() => {
                self.violations.push(Violation::new("representment", "has ended, which contradicts the stage"));
            }
            RepresentmentState::Completed(target) if outcome.is_some_and(|outcome| outcome != target) => {
                self.violations.push(Violation::new("representment.outcome", "contradicts the stage"));
            }
            RepresentmentState::Initiated | RepresentmentState::Completed(_) => {}
        }
    }
}

/// Returns the loss of a reason of which only the network's code is sent.
fn reason_by_code(reason: &Reason, code: &NetworkCode) -> (LossKind, &'static str) {
    if !reason.is_known() {
        return (LossKind::Dropped, "the network's code is sent instead of the text");
    }
    match reason_codes::lookup(code) {
        None => (LossKind::Dropped, "a network's code of unknown meaning is sent instead"),
        Some(row) if row.status() == CodeStatus::Unknown => {
            (LossKind::Dropped, "a network's code of unknown meaning is sent instead")
        }
        Some(row) if row.kind() != CodeKind::Reason || row.status() == CodeStatus::Ambiguous => {
            (LossKind::Merged, "sent as a network's code that does not state one reason")
        }
        Some(row) if row.reason() != reason => (LossKind::Merged, "sent as a network's code with another meaning"),
        Some(_) => (LossKind::Noted, "as the network's code, as reason_code"),
    }
}

/// Returns the fields of a representment in this state, with no other dates than the caller's.
fn representment(state: RepresentmentState, known: Option<&Representment>) -> Option<RepresentmentFields> {
    if state == RepresentmentState::None {
        return None;
    }
    // The model's years are 1 to 9999, which RFC 3339 can write.
    let date = |at: Option<DateTime<Utc>>| at.and_then(|at| at.try_into().ok());
    let outcome = state.outcome();
    Some(RepresentmentFields {
        initiated: Some(true),
        initiated_date: date(known.and_then(|known| known.initiated_at)),
        completed: outcome.map(|_| true),
        completed_date: date(known.filter(|_| outcome.is_some()).and_then(|known| known.completed_at)),
        outcome,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frozen_state_contradicts_an_earlier_stage_or_another_outcome() {
        let stored = |initiated, completed, outcome| StoredRepresentment {
            initiated,
            completed,
            outcome,
            ..StoredRepresentment::default()
        };
        let (none, initiated) = (stored(false, false, None), stored(true, false, None));
        let (won, pending) = (stored(true, true, Some(Outcome::Won)), stored(true, true, Some(Outcome::Pending)));
        let lost = RepresentmentState::Completed(Outcome::Lost);
        for (state, contested, stored, expected) in [
            (RepresentmentState::None, false, &none, None),
            (RepresentmentState::None, false, &initiated, Some("RevCent has a representment")),
            (RepresentmentState::Initiated, false, &initiated, None),
            (RepresentmentState::Initiated, true, &won, Some("RevCent has the representment as completed")),
            (RepresentmentState::Initiated, true, &pending, Some("RevCent has the representment as completed")),
            (lost, true, &none, None),
            (lost, false, &none, Some("RevCent records an outcome only for a representment")),
            (lost, false, &initiated, None),
            (lost, false, &pending, None),
            (lost, true, &won, Some("RevCent already has another outcome")),
        ] {
            let found = state.contradiction(stored, contested);
            assert_eq!(found.is_some(), expected.is_some(), "{state:?} {stored:?}: {found:?}");
            assert!(found.unwrap_or_default().starts_with(expected.unwrap_or_default()), "{state:?}: {found:?}");
        }
    }

    #[test]
    fn a_target_has_no_dates_or_outcome_that_the_caller_did_not_give() {
        let at = "2026-10-05T05:30:00Z".parse().ok();
        let known = Representment { initiated_at: at, completed_at: at, ..Representment::initiated() };
        assert_eq!(representment(RepresentmentState::None, Some(&known)), None);
        for (state, known, dates, outcome) in [
            (RepresentmentState::Initiated, Some(&known), (true, false), None),
            (RepresentmentState::Completed(Outcome::Won), Some(&known), (true, true), Some(Outcome::Won)),
            (RepresentmentState::Completed(Outcome::Lost), None, (false, false), Some(Outcome::Lost)),
        ] {
            let fields = representment(state, known).unwrap_or_default();
            assert_eq!((fields.initiated_date.is_some(), fields.completed_date.is_some()), dates, "{state:?}");
            assert_eq!((fields.completed, fields.outcome), (outcome.map(|_| true), outcome), "{state:?}");
        }
    }
}
