//! The shared model in Thirdwatch's words.

use super::custom_info::CustomInfo;
use super::operations::Call;
use super::wire::{AbuseType, ChargebackEvent, ChargebackReason, ChargebackState, TagUser};
use crate::connector::{TranslateError, Translation};
use crate::model::{Chargeback, Field, Reason, Stage};
use crate::provider::{FieldSupport, Loss, LossKind, StageSupport};
use crate::util::violation::Violation;

/// How a stage is said, and whether that says just it. `None` where Thirdwatch has no word.
const fn said(stage: Stage) -> Option<(ChargebackState, bool)> {
    match stage {
        Stage::Received => Some((ChargebackState::Received, true)),
        Stage::Accepted => Some((ChargebackState::Accepted, true)),
        Stage::Contested => Some((ChargebackState::Disputed, true)),
        Stage::UnderReview | Stage::PreArbitration | Stage::Arbitration => Some((ChargebackState::Disputed, false)),
        Stage::Won => Some((ChargebackState::Won, true)),
        Stage::Lost => Some((ChargebackState::Lost, true)),
        Stage::Reversed | Stage::Withdrawn => Some((ChargebackState::Won, false)),
        Stage::Expired => Some((ChargebackState::Lost, false)),
        Stage::Alert | Stage::Inquiry | Stage::Refunded | Stage::Closed => None,
    }
}

pub(super) fn stage(stage: Stage) -> StageSupport {
    match said(stage) {
        None => StageSupport::unsupported(),
        Some((word, true)) => StageSupport::exact(word.word()),
        Some((word, false)) => StageSupport::lossy(word.word()),
    }
}

/// How a reason is said, and whether that says just it.
const fn word(reason: &Reason) -> (ChargebackReason, bool) {
    match reason {
        Reason::FraudOther => (ChargebackReason::Fraud, true),
        Reason::FraudCardAbsent | Reason::FraudCardPresent | Reason::Unrecognized => (ChargebackReason::Fraud, false),
        Reason::Duplicate => (ChargebackReason::Duplicate, true),
        Reason::NotReceived => (ChargebackReason::ProductNotReceived, true),
        Reason::NotAsDescribed => (ChargebackReason::ProductUnacceptable, true),
        Reason::CounterfeitMerchandise | Reason::Misrepresentation => (ChargebackReason::ProductUnacceptable, false),
        Reason::Other => (ChargebackReason::Unlisted, true),
        Reason::Authorization
        | Reason::IncorrectAmount
        | Reason::LatePresentment
        | Reason::ProcessingError
        | Reason::CreditNotProcessed
        | Reason::CancelledRecurring
        | Reason::CancelledGoodsServices
        | Reason::NoReply
        | Reason::Unknown(_) => (ChargebackReason::Unlisted, false),
    }
}

pub(super) fn reason(reason: &Reason) -> StageSupport {
    match word(reason) {
        (word, true) => StageSupport::exact(word.word()),
        (word, false) => StageSupport::lossy(word.word()),
    }
}

pub(super) const fn carriage(field: Field) -> FieldSupport {
    match field {
        Field::Stage | Field::Reason | Field::OrderId | Field::TransactionId | Field::UserId | Field::SessionId => {
            FieldSupport::Sent
        }
        Field::CaseId
        | Field::OccurredAt
        | Field::NetworkCode
        | Field::Amount
        | Field::Currency
        | Field::GatewayTransactionId
        | Field::OpenedAt
        | Field::ReceivedAt
        | Field::DueBy
        | Field::Processor
        | Field::Arn
        | Field::CaseNumber
        | Field::Notes
        | Field::Metadata => FieldSupport::Noted,
        Field::Fraud | Field::Representment => FieldSupport::Dropped,
    }
}

pub(super) fn translate(chargeback: &Chargeback, tag_after_fraud: bool) -> Result<Translation<Call>, TranslateError> {
    let Some((state, _)) = said(chargeback.stage()) else {
        return Err(TranslateError::unsupported_stage(
            chargeback,
            "Thirdwatch has received, accepted, disputed, won and lost",
        ));
    };
    let (word, _) = word(chargeback.reason());
    let mut broken = Vec::new();
    let mut losses = Vec::new();
    losses.extend(Loss::from_support(Field::Stage, &stage(chargeback.stage())));
    losses.extend(Loss::from_support(Field::Reason, &reason(chargeback.reason())));
    let payment = chargeback.payment();
    let user = payment.user_id.as_ref().or(payment.session_id.as_ref());
    if user.is_none() {
        broken.push(Violation::new("payment.user_id", "Thirdwatch needs this or payment.session_id"));
    } else if payment.user_id.is_none() {
        let taken = "no user id: the session id is sent as `_userId` too";
        losses.push(Loss::new(Field::SessionId, LossKind::Assumed, taken));
    }
    let words = (state.word(), word.word());
    let event = ChargebackEvent {
        user_id: user.cloned(),
        session_id: payment.session_id.clone(),
        order_id: payment.order_id.clone(),
        transaction_id: payment.transaction_id.clone(),
        state: Some(state),
        reason: Some(word),
        custom_info: Some(CustomInfo::of(chargeback, &mut broken)),
    };
    if !broken.is_empty() {
        return Err(TranslateError::Invalid(broken));
    }
    let tag = user
        .filter(|_| tag_after_fraud && is_bad(chargeback))
        .map(|user| TagUser { abuse_type: Some(AbuseType::PaymentAbuse), ..TagUser::new(user, true) });
    let translation = Translation::new(Call::Chargeback(event)).words(words.0, words.1).losses(losses);
    Ok(tag.into_iter().fold(translation, |translation, tag| translation.and_then(Call::Tag(tag))))
}

/// Whether the chargeback speaks against the user: fraud, and not decided or taken back in the merchant's favour.
fn is_bad(chargeback: &Chargeback) -> bool {
    let fraud = matches!(chargeback.reason(), Reason::FraudCardAbsent | Reason::FraudCardPresent | Reason::FraudOther);
    let over = matches!(chargeback.stage(), Stage::Won | Stage::Reversed | Stage::Withdrawn);
    fraud && !over
}
