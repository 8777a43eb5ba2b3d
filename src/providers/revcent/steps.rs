//! The road of a report: search, then create or edit; get before edit.

use chrono::{DateTime, Utc};

use super::call::{Answer, Call};
use super::change;
use super::find::{Found, find, is_another, key};
use super::map::{self, Fight, Wanted};
use super::operations::{Create, Edit, Get, Search};
use super::reply::{Hit, StoredChargeback, StoredRepresentment};
use super::wire::{CreateChargeback, Outcome};
use super::{FirstReport, ID};
use crate::chargeback::{Chargeback, Field};
use crate::exact::Rfc3339;
use crate::provider::{Loss, LossKind};
use crate::vendor::{Case, Done, Follow, Foreseen, Refused, Translation};

pub(super) fn translate(case: &Case<'_>, first: FirstReport) -> Result<Translation<Call>, Refused> {
    let chargeback = case.chargeback();
    let Wanted { fields, fight, losses } = map::wanted(chargeback)?;
    let step = match known_case(chargeback) {
        Some(id) => Call::Get(Get { chargeback_id: id.to_owned() }),
        None if first == FirstReport::CreateAtOnce && !case.is_in_doubt() => create(chargeback, fields, fight)?,
        None => Call::Search(Search { term: key(chargeback.case_id()) }),
    };
    Ok(Translation::of(step).words(fight.word(), "").losses(losses))
}

fn known_case(chargeback: &Chargeback) -> Option<&str> {
    chargeback.vendor_reference(&ID)?.case.as_deref()
}

fn create(chargeback: &Chargeback, mut fields: CreateChargeback, fight: Fight) -> Result<Call, Refused> {
    fields.representment = map::new_representment(chargeback, fight)?;
    Ok(Call::Create(Create { chargeback: fields }))
}

pub(super) fn follow(case: &Case<'_>, done: &[Done<Call>], first: FirstReport) -> Result<Follow<Call>, Refused> {
    let chargeback = case.chargeback();
    let Some(last) = done.last() else { return Ok(Follow::as_planned()) };
    let by_case_id = first != FirstReport::SearchOwn || case.is_in_doubt();
    match &last.step {
        Call::Create(_) | Call::Edit(_) => Ok(Follow::as_planned()),
        Call::Get(_) if known_case(chargeback).is_some() => match &last.reply {
            Answer::Stored(stored) if is_another(stored, chargeback.case_id()) => Err(Refused::CannotTell(
                "the chargeback that `vendor_references.revcent.case` names belongs to another case".into(),
            )),
            Answer::Stored(stored) => edit(chargeback, stored),
            Answer::Found(_) | Answer::Written(_) => Ok(Follow::as_planned()),
        },
        Call::Search(_) | Call::Get(_) => match find(chargeback.case_id(), done.iter().map(|done| &done.reply)) {
            Found::Ask(get) => Ok(Follow::with(Call::Get(get))),
            Found::One(stored) => edit(chargeback, stored),
            Found::Several(ids) => Err(Refused::Several(ids)),
            // A report's would have been found by its key. A native call's, or another program's, has only the case id.
            Found::Nothing | Found::TooMany if by_case_id && !searched_for(done, chargeback) => {
                Ok(Follow::with(Call::Search(Search { term: chargeback.case_id().to_owned() })))
            }
            Found::Nothing | Found::TooMany if case.is_in_doubt() => Err(Refused::CannotTell(
                "the search does not show it, and its index may lag; if it never does, look at RevCent and say what \
                 you found with `resolve_doubt`"
                    .into(),
            )),
            Found::Nothing => {
                let Wanted { fields, fight, .. } = map::wanted(chargeback)?;
                Ok(Follow::with(create(chargeback, fields, fight)?))
            }
            Found::TooMany => Err(Refused::CannotTell(
                "the search finds as many as it can show, and none that is ours; give the vendor's case id, or set \
                 `FirstReport::SearchOwn` if nobody else creates chargebacks with your case ids"
                    .into(),
            )),
        },
    }
}

/// Whether the case id itself has been searched for.
fn searched_for(done: &[Done<Call>], chargeback: &Chargeback) -> bool {
    done.iter().any(|done| matches!(&done.step, Call::Search(search) if search.term == chargeback.case_id()))
}

/// The edit that brings a stored chargeback to where the case stands; nothing if it is there.
fn edit(chargeback: &Chargeback, stored: &StoredChargeback) -> Result<Follow<Call>, Refused> {
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
    let changes =
        change::remaining(&target, stored).map_err(|why| Refused::stage(chargeback, format!("at RevCent, {why}")))?;
    let next = if changes.is_empty() {
        Follow::as_planned()
    } else {
        Follow::with(Call::Edit(Edit { chargeback_id: stored.id.clone(), changes }))
    };
    Ok(next.losses(losses).case_id(&stored.id))
}

/// Refuses what would take back something frozen.
fn check_reachable(chargeback: &Chargeback, fight: Fight, held: &StoredRepresentment) -> Result<(), Refused> {
    let decided = held.outcome.filter(|&outcome| outcome != Outcome::Pending);
    match fight {
        Fight::None if held.initiated => {
            Err(Refused::stage(chargeback, "RevCent holds a representment, and that cannot be undone"))
        }
        Fight::Initiated if held.completed || decided.is_some() => {
            Err(Refused::stage(chargeback, "RevCent holds the representment as completed, and that cannot be undone"))
        }
        Fight::Completed(outcome) if decided.is_some_and(|decided| decided != outcome) => {
            Err(Refused::stage(chargeback, "RevCent holds another outcome already"))
        }
        Fight::Completed(_) if !held.initiated && chargeback.representment().is_none() => {
            Err(map::not_contested(chargeback))
        }
        Fight::None | Fight::Initiated | Fight::Completed(_) => Ok(()),
    }
}

fn frozen_date(wanted: Option<&Rfc3339>, held: Option<DateTime<Utc>>) -> Option<Loss> {
    let (wanted, held) = (wanted?.instant(), held?);
    let differs = wanted.timestamp() != held.timestamp();
    differs.then(|| Loss::new(Field::Representment, LossKind::Dropped, "RevCent holds another date, which is frozen"))
}

/// For plans: a search finds the case or does not, and what is found is read.
pub(super) fn foresee(case: &Case<'_>, step: &Call) -> Vec<Foreseen<Call>> {
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
            vec![Foreseen::new(none, Answer::Found(Vec::new())), Foreseen::new(one, Answer::Found(vec![hit]))]
        }
        Call::Get(get) => {
            let contested = chargeback.representment().is_some()
                || matches!(map::fight(chargeback.stage()), Some((Fight::Completed(_), _)));
            let stored = StoredChargeback {
                id: get.chargeback_id.clone(),
                third_party_chargeback_id: Some(chargeback.case_id().to_owned()),
                representment: StoredRepresentment {
                    initiated: contested && chargeback.representment().is_none(),
                    ..StoredRepresentment::default()
                },
                ..StoredChargeback::default()
            };
            vec![Foreseen::new("it holds nothing of this report yet", Answer::Stored(Box::new(stored)))]
        }
        Call::Create(_) | Call::Edit(_) => Vec::new(),
    }
}
