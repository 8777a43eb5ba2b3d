//! The course of a report: search, get, then create or edit.

use std::sync::Arc;

use super::config::{FirstReport, ID};
use super::difference::Difference;
use super::find::{Found, find};
use super::lookup::{Get, Lookup, Search, StepReply};
use super::map::{self, RepresentmentState, Target};
use super::operations::{Call, Step};
use super::reply::{Hit, StoredChargeback, StoredRepresentment};
use super::request::{Create, Edit};
use crate::connector::{Case, CompletedStep, NextSteps, Operation as _, PossibleReply, TranslateError, Translation};
use crate::model::Chargeback;
use crate::provider::Loss;
use crate::util::string_enum::WireText as _;

pub(super) fn translate(case: &Case<'_>, first: FirstReport) -> Result<Translation<Step>, TranslateError> {
    let chargeback = case.chargeback();
    let (target, losses) = map::target(chargeback)?;
    let target = Arc::new(target);
    let step = match vendor_case(chargeback) {
        Some(id) => Step::new(Call::Lookup(Lookup::Get(Get::new(id))), &target),
        None if first == FirstReport::CreateAtOnce && !may_exist(case) => create(chargeback, &target)?,
        None => Step::new(Call::Lookup(Lookup::Search(Search::new(target.case.key()))), &target),
    };
    Ok(Translation::new(step).values(target.state.wire_text(), "").losses(losses))
}

/// Returns true if RevCent may have a record of a case without a known id.
const fn may_exist(case: &Case<'_>) -> bool {
    case.is_in_doubt() || case.was_acknowledged_before()
}

fn vendor_case(chargeback: &Chargeback) -> Option<&str> {
    chargeback.vendor_reference(&ID)?.case.as_deref()
}

fn create(chargeback: &Chargeback, target: &Arc<Target>) -> Result<Step, TranslateError> {
    match target.state.contradiction(&StoredRepresentment::default(), target.contested) {
        Some(detail) => Err(TranslateError::unsupported_stage(chargeback, detail)),
        None => Ok(Step::new(Call::Create(Create::new(Arc::clone(&target.fields))), target)),
    }
}

/// Gives the step that follows a reply to a search or a get.
///
/// With RevCent's id of the case, the record of the get is edited. Without it, the report reads every hit of the
/// search first (see [`find`]). One match is edited, several are an error. Without a match, the case id is searched
/// after the key; then the case is created, unless it is in doubt, its case id is taken by another case, or the
/// search may have left out a match.
pub(super) fn next_steps(
    case: &Case<'_>,
    done: &[CompletedStep<Step>],
    first: FirstReport,
) -> Result<NextSteps<Step>, TranslateError> {
    let Some(CompletedStep { step, reply }) = done.last() else { return Ok(NextSteps::as_planned()) };
    let (chargeback, target) = (case.chargeback(), &step.target);
    if !step.reads_only() {
        return Ok(NextSteps::as_planned().losses(losses_of_write(step, reply)));
    }
    if vendor_case(chargeback).is_some() {
        return edit_known(chargeback, step, reply);
    }
    match find(&target.case, done.iter().map(|done| &done.reply)) {
        Found::Unread(get) => Ok(NextSteps::with(Step::new(Call::Lookup(Lookup::Get(get)), target))),
        Found::One(stored) => edit(chargeback, step, stored),
        Found::Several(ids) => Err(TranslateError::Ambiguous(ids)),
        // The record of a case in doubt may still appear.
        Found::OtherCase if case.is_in_doubt() => Err(TranslateError::Pending(OTHER_CASE.into())),
        Found::OtherCase => Err(TranslateError::Inconclusive(OTHER_CASE.into())),
        Found::Nothing | Found::TooMany
            if (first != FirstReport::SearchKeyOnly || may_exist(case))
                && !done.iter().any(|done| searches_case_id(&done.step)) =>
        {
            // Only a report writes the key. A native call or another program writes only the case id.
            let search = Lookup::Search(Search::new(target.case.case_id()));
            Ok(NextSteps::with(Step::new(Call::Lookup(search), target)))
        }
        Found::Nothing if case.is_in_doubt() => Err(TranslateError::Pending(NOT_SHOWN.into())),
        Found::TooMany if case.is_in_doubt() => Err(TranslateError::Inconclusive(NOT_SHOWN.into())),
        Found::Nothing => create(chargeback, target).map(NextSteps::with),
        Found::TooMany => Err(TranslateError::Inconclusive(TOO_MANY.into())),
    }
}

const WRONG_VENDOR_CASE: &str =
    "the chargeback that `vendor_references.revcent.case` names belongs to another case or transaction";

const OTHER_CASE: &str = "the chargeback with this case id belongs to another case or transaction; set the vendor's \
                          case id, or report under another case id";

const NOT_SHOWN: &str = "the search does not return the case, and its index may lag; if this persists, check in \
                         RevCent and pass the result to `resolve_doubt`";

const TOO_MANY: &str = "the search returned its maximum number of results without a match; set the vendor's case id \
                        with vendor_case, or set `FirstReport::SearchKeyOnly` if no other program creates \
                        chargebacks with your case ids";

/// The losses that the reply to a write shows.
fn losses_of_write(step: &Step, reply: &StepReply) -> Vec<Loss> {
    match reply {
        StepReply::Record(stored) => step.difference(stored).map(|found| found.losses).unwrap_or_default(),
        StepReply::Hits(_) | StepReply::Chargeback(_) => step.losses.clone(),
    }
}

/// Gives the edit of the record with RevCent's id of the case.
fn edit_known(chargeback: &Chargeback, get: &Step, reply: &StepReply) -> Result<NextSteps<Step>, TranslateError> {
    match reply {
        StepReply::Record(stored) if get.target.case.contradicts(stored) => {
            Err(TranslateError::Inconclusive(WRONG_VENDOR_CASE.into()))
        }
        StepReply::Record(stored) => edit(chargeback, get, stored),
        StepReply::Hits(_) | StepReply::Chargeback(_) => Ok(NextSteps::as_planned()),
    }
}

fn searches_case_id(step: &Step) -> bool {
    matches!(&step.call, Call::Lookup(Lookup::Search(search)) if search.term == step.target.case.case_id())
}

/// Gives the edit that a record needs, with the losses that the record causes. Gives no step if nothing differs.
fn edit(chargeback: &Chargeback, get: &Step, stored: &StoredChargeback) -> Result<NextSteps<Step>, TranslateError> {
    let Difference { changes, losses } =
        get.difference(stored).map_err(|detail| TranslateError::unsupported_stage(chargeback, detail))?;
    let next = if changes.is_empty() {
        NextSteps::as_planned()
    } else {
        NextSteps::with(Step::new(Call::Edit(Box::new(Edit::new(&stored.id, changes))), &get.target))
    };
    Ok(next.losses(losses).case_id(&stored.id))
}

/// Gives the replies that a plan follows: a search finds the case or not, and a record is read before an edit.
pub(super) fn possible_replies(step: &Step) -> Vec<PossibleReply<Step>> {
    let Step { call: Call::Lookup(lookup), target, .. } = step else { return Vec::new() };
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
