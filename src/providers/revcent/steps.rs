//! The road of a report: search, then create or edit; get before edit.

use chrono::{DateTime, Utc};

use super::call::{Answer, Call};
use super::find::{Found, find, is_another, key};
use super::map::{self, Fight, Wanted};
use super::operations::{Create, Edit, Get, Search};
use super::reply::{Hit, StoredChargeback, StoredRepresentment};
use super::wire::{CreateChargeback, Outcome};
use super::{FirstReport, ID, change};
use crate::connector::{Case, CompletedStep, NextSteps, PossibleReply, TranslateError, Translation};
use crate::model::Rfc3339;
use crate::model::{Chargeback, Field};
use crate::provider::{Loss, LossKind};

pub(super) fn translate(case: &Case<'_>, first: FirstReport) -> Result<Translation<Call>, TranslateError> {
    let chargeback = case.chargeback();
    let Wanted { fields, fight, losses } = map::wanted(chargeback)?;
    let step = match known_case(chargeback) {
        Some(id) => Call::Get(Get { chargeback_id: id.to_owned() }),
        None if first == FirstReport::CreateAtOnce && !case.is_in_doubt() => create(chargeback, fields, fight)?,
        None => Call::Search(Search { term: key(chargeback.case_id()) }),
    };
    Ok(Translation::new(step).words(fight.word(), "").losses(losses))
}

fn known_case(chargeback: &Chargeback) -> Option<&str> {
    chargeback.vendor_reference(&ID)?.case.as_deref()
}

fn create(chargeback: &Chargeback, mut fields: CreateChargeback, fight: Fight) -> Result<Call, TranslateError> {
    fields.representment = map::new_representment(chargeback, fight)?;
    Ok(Call::Create(Create { chargeback: fields }))
}

pub(super) fn next_steps(
    case: &Case<'_>,
    done: &[CompletedStep<Call>],
    first: FirstReport,
) -> Result<NextSteps<Call>, TranslateError> {
    let chargeback = case.chargeback();
    let Some(last) = done.last() else { return Ok(NextSteps::as_planned()) };
    let by_case_id = first != FirstReport::SearchOwn || case.is_in_doubt();
    match &last.step {
        Call::Create(_) | Call::Edit(_) => Ok(NextSteps::as_planned()),
        Call::Get(_) if known_case(chargeback).is_some() => match &last.reply {
            Answer::Stored(stored) if is_another(stored, chargeback.case_id()) => Err(TranslateError::Inconclusive(
                "the chargeback that `vendor_references.revcent.case` names belongs to another case".into(),
            )),
            Answer::Stored(stored) => edit(chargeback, stored),
            Answer::Found(_) | Answer::Written(_) => Ok(NextSteps::as_planned()),
        },
        Call::Search(_) | Call::Get(_) => match find(chargeback.case_id(), done.iter().map(|done| &done.reply)) {
            Found::Ask(get) => Ok(NextSteps::with(Call::Get(get))),
            Found::One(stored) => edit(chargeback, stored),
            Found::Several(ids) => Err(TranslateError::Ambiguous(ids)),
            // A report's would have been found by its key. A native call's, or another program's, has only the case id.
            Found::Nothing | Found::TooMany if by_case_id && !searched_for(done, chargeback) => {
                Ok(NextSteps::with(Call::Search(Search { term: chargeback.case_id().to_owned() })))
            }
            Found::Nothing | Found::TooMany if case.is_in_doubt() => Err(TranslateError::Inconclusive(
                "the search does not show it, and its index may lag; if it never does, look at RevCent and say what \
                 you found with `resolve_doubt`"
                    .into(),
            )),
            Found::Nothing => {
                let Wanted { fields, fight, .. } = map::wanted(chargeback)?;
                Ok(NextSteps::with(create(chargeback, fields, fight)?))
            }
            Found::TooMany => Err(TranslateError::Inconclusive(
                "the search finds as many as it can show, and none that is ours; give the vendor's case id, or set \
                 `FirstReport::SearchOwn` if nobody else creates chargebacks with your case ids"
                    .into(),
            )),
        },
    }
}

/// Whether the case id itself has been searched for.
fn searched_for(done: &[CompletedStep<Call>], chargeback: &Chargeback) -> bool {
    done.iter().any(|done| matches!(&done.step, Call::Search(search) if search.term == chargeback.case_id()))
}

/// The edit that brings a stored chargeback to where the case stands; nothing if it is there.
fn edit(chargeback: &Chargeback, stored: &StoredChargeback) -> Result<NextSteps<Call>, TranslateError> {
    let wanted = map::wanted(chargeback)?;
    let mut target = change::as_edit(&wanted.fields);
    let mut losses = Vec::new();
    check_reachable(chargeback, wanted.fight, &stored.representment)?;
    if wanted.fight != Fight::None {
        let fight = map::fields(wanted.fight, chargeback.representment());
        losses.extend(frozen_date(fight.initiated_date.as_ref(), stored.representment.initiated_date));
        losses.extend(frozen_date(fight.completed_date.as_ref(), stored.representment.completed_date));
        target.representment = Some(fight);
    }
    let gateway = &wanted.fields.gateway_transaction_id;
    if gateway.is_some() && *gateway != stored.gateway_transaction_id {
        let why = "taken only where a chargeback is created";
        losses.push(Loss::new(Field::GatewayTransactionId, LossKind::Dropped, why));
    }
    if !change::metadata_can_be_edited(stored) {
        target.metadata = None;
        let why = "the record holds some beyond RevCent's own limits, so all of it is left as it is";
        losses.push(Loss::new(Field::Metadata, LossKind::Dropped, why));
    }
    let changes = change::remaining(&target, stored)
        .map_err(|why| TranslateError::unsupported_stage(chargeback, format!("at RevCent, {why}")))?;
    let next = if changes.is_empty() {
        NextSteps::as_planned()
    } else {
        NextSteps::with(Call::Edit(Edit { chargeback_id: stored.id.clone(), changes }))
    };
    Ok(next.losses(losses).case_id(&stored.id))
}

/// Refuses what would take back something frozen.
fn check_reachable(chargeback: &Chargeback, fight: Fight, held: &StoredRepresentment) -> Result<(), TranslateError> {
    let decided = held.outcome.filter(|&outcome| outcome != Outcome::Pending);
    match fight {
        Fight::None if held.initiated => Err(TranslateError::unsupported_stage(
            chargeback,
            "RevCent holds a representment, and that cannot be undone",
        )),
        Fight::Initiated if held.completed || decided.is_some() => Err(TranslateError::unsupported_stage(
            chargeback,
            "RevCent holds the representment as completed, and that cannot be undone",
        )),
        Fight::CallReceipt(outcome) if decided.is_some_and(|decided| decided != outcome) => {
            Err(TranslateError::unsupported_stage(chargeback, "RevCent holds another outcome already"))
        }
        Fight::CallReceipt(_) if !held.initiated && chargeback.representment().is_none() => {
            Err(map::not_contested(chargeback))
        }
        Fight::None | Fight::Initiated | Fight::CallReceipt(_) => Ok(()),
    }
}

fn frozen_date(wanted: Option<&Rfc3339>, held: Option<DateTime<Utc>>) -> Option<Loss> {
    let (wanted, held) = (wanted?.instant(), held?);
    let differs = wanted.timestamp() != held.timestamp();
    differs.then(|| Loss::new(Field::Representment, LossKind::Dropped, "RevCent holds another date, which is frozen"))
}

/// For plans: a search finds the case or does not, and what is found is read.
pub(super) fn possible_replies(case: &Case<'_>, step: &Call) -> Vec<PossibleReply<Call>> {
    // RevCent's ids have 20 characters, and so has this.
    const SOME_ID: &str = "the-id-that-is-found";
    let chargeback = case.chargeback();
    match step {
        Call::Search(search) => {
            let by_key = search.term != chargeback.case_id();
            let hit = Hit::of_chargeback(SOME_ID);
            let (none, one) = if by_key {
                ("no chargeback holds the key of this case", "one holds the key of this case")
            } else {
                ("no chargeback holds this case id", "one holds this case id")
            };
            vec![PossibleReply::new(none, Answer::Found(Vec::new())), PossibleReply::new(one, Answer::Found(vec![hit]))]
        }
        Call::Get(get) => {
            let contested = chargeback.representment().is_some()
                || matches!(map::fight(chargeback.stage()), Some((Fight::CallReceipt(_), _)));
            let stored = StoredChargeback {
                id: get.chargeback_id.clone(),
                third_party_chargeback_id: Some(chargeback.case_id().to_owned()),
                representment: StoredRepresentment {
                    initiated: contested && chargeback.representment().is_none(),
                    ..StoredRepresentment::default()
                },
                ..StoredChargeback::default()
            };
            vec![PossibleReply::new("it holds nothing of this report yet", Answer::Stored(Box::new(stored)))]
        }
        Call::Create(_) | Call::Edit(_) => Vec::new(),
    }
}
