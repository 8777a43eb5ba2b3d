//! The course of a report: search, get, then create or edit.

use std::sync::Arc;

use super::change::{as_edit, compare};
use super::config::{FirstReport, ID};
use super::find::{Found, find};
use super::lookup::{Get, Lookup, Search, StepReply};
use super::map::{self, RepresentmentState, Target};
use super::operations::{Call, Step};
use super::reply::{Hit, StoredChargeback, StoredRepresentment};
use super::request::{Create, Edit};
use crate::connector::{Case, CompletedStep, NextSteps, PossibleReply, TranslateError, Translation};
use crate::model::{Chargeback, Field};
use crate::provider::{Loss, LossKind};
use crate::util::string_enum::WireText as _;

pub(super) fn translate(case: &Case<'_>, first: FirstReport) -> Result<Translation<Step>, TranslateError> {
    let chargeback = case.chargeback();
    let (target, losses) = map::target(chargeback)?;
    let target = Arc::new(target);
    let step = match vendor_case(chargeback) {
        Some(id) => Step::new(Call::Lookup(Lookup::Get(Get::new(id))), &target),
        None if first == FirstReport::CreateAtOnce && !case.is_in_doubt() => create(chargeback, &target)?,
        None => Step::new(Call::Lookup(Lookup::Search(Search::new(target.case.key()))), &target),
    };
    Ok(Translation::new(step).values(target.state.wire_text(), "").losses(losses))
}

fn vendor_case(chargeback: &Chargeback) -> Option<&str> {
    chargeback.vendor_reference(&ID)?.case.as_deref()
}

fn create(chargeback: &Chargeback, target: &Arc<Target>) -> Result<Step, TranslateError> {
    match target.state.contradiction(&StoredRepresentment::default(), target.contested) {
        Some(detail) => Err(TranslateError::unsupported_stage(chargeback, detail)),
        None => Ok(Step::new(Call::Create(Create::new(target.fields.clone())), target)),
    }
}

/// Gives the step that follows a reply to a search or a get.
///
/// With RevCent's id of the case, the record of the get is edited. Without it, the report reads every hit of the search
/// first (see [`find`]). One match is edited, several are an error. Without a match, the case id is searched after the
/// key; then the case is created, unless it is in doubt or the search may have left out a match.
pub(super) fn next_steps(
    case: &Case<'_>,
    done: &[CompletedStep<Step>],
    first: FirstReport,
) -> Result<NextSteps<Step>, TranslateError> {
    let Some(CompletedStep { step: Step { call: Call::Lookup(_), target }, reply }) = done.last() else {
        return Ok(NextSteps::as_planned());
    };
    let chargeback = case.chargeback();
    if vendor_case(chargeback).is_some() {
        return match reply {
            StepReply::Record(stored) if target.case.contradicts(stored) => Err(TranslateError::Inconclusive(
                "the chargeback that `vendor_references.revcent.case` names belongs to another case".into(),
            )),
            StepReply::Record(stored) => edit(chargeback, target, stored),
            StepReply::Hits(_) | StepReply::Chargeback(_) => Ok(NextSteps::as_planned()),
        };
    }
    match find(&target.case, done.iter().map(|done| &done.reply)) {
        Found::Unread(get) => Ok(NextSteps::with(Step::new(Call::Lookup(Lookup::Get(get)), target))),
        Found::One(stored) => edit(chargeback, target, stored),
        Found::Several(ids) => Err(TranslateError::Ambiguous(ids)),
        Found::Nothing | Found::TooMany
            if (first != FirstReport::SearchKeyOnly || case.is_in_doubt())
                && !done.iter().any(|done| searches_case_id(&done.step)) =>
        {
            // Only a report writes the key. A native call or another program writes only the case id.
            let search = Lookup::Search(Search::new(target.case.case_id()));
            Ok(NextSteps::with(Step::new(Call::Lookup(search), target)))
        }
        Found::Nothing | Found::TooMany if case.is_in_doubt() => Err(TranslateError::Inconclusive(
            "the search does not return the case, and its index may lag; if this persists, check in RevCent and pass \
             the result to `resolve_doubt`"
                .into(),
        )),
        Found::Nothing => create(chargeback, target).map(NextSteps::with),
        Found::TooMany => Err(TranslateError::Inconclusive(
            "the search returned its maximum number of results without a match; set the vendor's case id with \
             vendor_case, or set `FirstReport::SearchKeyOnly` if no other program creates chargebacks with your case \
             ids"
            .into(),
        )),
    }
}

fn searches_case_id(step: &Step) -> bool {
    matches!(&step.call, Call::Lookup(Lookup::Search(search)) if search.term == step.target.case.case_id())
}

/// Gives the edit that a record needs, with the losses that the record causes. Gives no step if nothing differs.
fn edit(
    chargeback: &Chargeback,
    target: &Arc<Target>,
    stored: &StoredChargeback,
) -> Result<NextSteps<Step>, TranslateError> {
    if let Some(detail) = target.state.contradiction(&stored.representment, target.contested) {
        return Err(TranslateError::unsupported_stage(chargeback, detail));
    }
    let mut comparison = compare(&as_edit(&target.fields), stored);
    let frozen = Loss::new(Field::Representment, LossKind::Dropped, "RevCent has another date, which is frozen");
    let mut losses = vec![frozen; comparison.frozen_dates];
    let gateway = &target.fields.gateway_transaction_id;
    if gateway.is_some() && *gateway != stored.gateway_transaction_id {
        let detail = "accepted only when a chargeback is created";
        losses.push(Loss::new(Field::GatewayTransactionId, LossKind::Dropped, detail));
    }
    if comparison.metadata_locked {
        comparison.changes.metadata = None;
        let detail = "the record has metadata beyond RevCent's limits, so no metadata is changed";
        losses.push(Loss::new(Field::Metadata, LossKind::Dropped, detail));
    }
    let next = if comparison.changes.is_empty() {
        NextSteps::as_planned()
    } else {
        NextSteps::with(Step::new(Call::Edit(Edit::new(&stored.id, comparison.changes)), target))
    };
    Ok(next.losses(losses).case_id(&stored.id))
}

/// Gives the replies that a plan follows: a search finds the case or not, and a record is read before an edit.
pub(super) fn possible_replies(step: &Step) -> Vec<PossibleReply<Step>> {
    let Step { call: Call::Lookup(lookup), target } = step else { return Vec::new() };
    match lookup {
        Lookup::Search(_) => {
            let (none, one) = if searches_case_id(step) {
                ("no chargeback has this case id", "one has this case id")
            } else {
                ("no chargeback has the key of this case", "one has the key of this case")
            };
            // A placeholder with the length of RevCent's ids.
            let hit = Hit::for_chargeback("the-id-that-is-found");
            vec![
                PossibleReply::new(none, StepReply::Hits(Vec::new())),
                PossibleReply::new(one, StepReply::Hits(vec![hit])),
            ]
        }
        Lookup::Get(get) => {
            let initiated = !target.contested && matches!(target.state, RepresentmentState::Completed(_));
            let stored = StoredChargeback {
                id: get.chargeback_id.clone(),
                third_party_chargeback_id: Some(target.case.case_id().to_owned()),
                representment: StoredRepresentment { initiated, ..StoredRepresentment::default() },
                ..StoredChargeback::default()
            };
            vec![PossibleReply::new("the record has nothing of this report yet", StepReply::Record(Box::new(stored)))]
        }
    }
}
