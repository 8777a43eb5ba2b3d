//! RevCent's calls, each typed.

use std::fmt;

use bytes::Bytes;
use http::{Request, Response};

use super::call::Call;
use super::find::{Found, KEY_NAME, find};
use super::reply::{self, Hit, StoredChargeback, Written};
use super::wire::{CreateChargeback, EditChargeback};
use super::{RevCent, change, record};
use crate::connector::{
    Acknowledgement, Attempt, HttpRequestBuilder, LookupVerdict, NoLookup, Operation, ReplyError, RetrySafety,
};
use crate::util::violation::Violation;

/// Why a search did not tell.
pub(super) const TOO_MANY: &str = "the search finds as many as it can show, and none that is ours";

/// `GET /v2/chargebacks/search?search_term=...`: at most ten hits, which show little. It only reads.
#[derive(Clone)]
pub struct Search {
    /// What to look for, in a full-text index that may lag. Not empty.
    pub term: String,
}

/// `GET /v2/chargebacks/{chargeback_id}`: the whole record. It only reads.
#[derive(Clone)]
pub struct Get {
    /// RevCent's id of the chargeback, exactly 20 characters.
    pub chargeback_id: String,
}

/// `POST /v2/chargebacks`. It moves no money. Repeated after a look if it names the case, never if it does not.
#[derive(Debug, Clone)]
pub struct Create {
    /// The body that is sent.
    pub chargeback: CreateChargeback,
}

/// `POST /v2/chargebacks` with `void_transaction: true`: it refunds the customer in full, and cannot be undone.
#[derive(Debug, Clone)]
pub struct CreateAndVoid {
    chargeback: CreateChargeback,
}

/// `POST /v2/chargebacks/{chargeback_id}`. Repeated after a look if it writes to the representment, else at once.
#[derive(Clone)]
pub struct Edit {
    /// RevCent's id of the chargeback, exactly 20 characters.
    pub chargeback_id: String,
    /// The body that is sent; it must change something.
    pub changes: EditChargeback,
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search").finish_non_exhaustive()
    }
}

impl fmt::Debug for Get {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Get").finish_non_exhaustive()
    }
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edit").field("changes", &self.changes).finish_non_exhaustive()
    }
}

impl CreateAndVoid {
    pub(super) fn new(mut chargeback: CreateChargeback) -> Self {
        chargeback.void_transaction = Some(true);
        Self { chargeback }
    }
}

fn get(revcent: &RevCent, attempt: &Attempt<'_>, path: &[&str]) -> HttpRequestBuilder {
    HttpRequestBuilder::get(&revcent.base, path).secret_header("x-api-key", attempt.expose(&revcent.api_key))
}

fn post(revcent: &RevCent, attempt: &Attempt<'_>, path: &[&str]) -> HttpRequestBuilder {
    HttpRequestBuilder::post(&revcent.base, path).secret_header("x-api-key", attempt.expose(&revcent.api_key))
}

fn check_id(chargeback_id: &str) -> Vec<Violation> {
    let whole = chargeback_id.chars().count() == 20;
    if whole { Vec::new() } else { vec![Violation::new("chargeback_id", "not exactly 20 characters")] }
}

/// The caller's own id of the case, if there is one.
fn own_id(chargeback: &CreateChargeback) -> Option<&str> {
    chargeback.third_party_chargeback_id.as_deref().filter(|id| !id.is_empty())
}

pub(super) fn acknowledge(written: &Written) -> Acknowledgement {
    Acknowledgement::default()
        .case_id(written.chargeback_id.clone())
        .request_id(written.api_call_id.clone())
        .message(written.result.clone())
}

impl Operation for Search {
    type Connector = RevCent;
    type Reply = Vec<Hit>;
    type Lookup = NoLookup<RevCent>;

    fn name(&self) -> &'static str {
        "search_chargebacks"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn reads_only(&self) -> bool {
        true
    }

    fn validate(&self) -> Vec<Violation> {
        if self.term.is_empty() { vec![Violation::new("search_term", "empty")] } else { Vec::new() }
    }

    fn encode(&self, revcent: &RevCent, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        get(revcent, attempt, &["v2", "chargebacks", "search"]).query("search_term", &self.term).empty()
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<Vec<Hit>, ReplyError> {
        reply::hits(reply)
    }
}

impl Operation for Get {
    type Connector = RevCent;
    type Reply = StoredChargeback;
    type Lookup = NoLookup<RevCent>;

    fn name(&self) -> &'static str {
        "get_chargeback"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn reads_only(&self) -> bool {
        true
    }

    fn validate(&self) -> Vec<Violation> {
        check_id(&self.chargeback_id)
    }

    fn encode(&self, revcent: &RevCent, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        get(revcent, attempt, &["v2", "chargebacks", &self.chargeback_id]).empty()
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<StoredChargeback, ReplyError> {
        record::stored(reply, &self.chargeback_id)
    }
}

impl Operation for Create {
    type Connector = RevCent;
    type Reply = Written;
    type Lookup = Call;

    fn name(&self) -> &'static str {
        "create_chargeback"
    }

    fn retry_safety(&self) -> RetrySafety {
        // Without an id of ours in it, nobody can tell afterwards whether it was created.
        if self.our_id().is_some() { RetrySafety::LookupFirst } else { RetrySafety::Never }
    }

    fn case_id(&self) -> Option<&str> {
        self.our_id()
    }

    fn validate(&self) -> Vec<Violation> {
        let mut broken = self.chargeback.validate();
        if self.chargeback.voids_transaction() {
            let rule = "refunds the customer in full; only create_and_void_transaction sends it";
            broken.push(Violation::new("void_transaction", rule));
        }
        broken
    }

    fn encode(&self, revcent: &RevCent, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        post(revcent, attempt, &["v2", "chargebacks"]).json(&self.chargeback)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<Written, ReplyError> {
        reply::written(reply)
    }

    fn acknowledge(&self, written: &Written) -> Acknowledgement {
        acknowledge(written)
    }

    fn lookup(&self) -> Option<Call> {
        let metadata = self.chargeback.metadata.as_deref().unwrap_or_default();
        let key = metadata.iter().find(|pair| pair.name == KEY_NAME).map(|pair| pair.value.clone());
        let term = key.or_else(|| self.our_id().map(str::to_owned));
        self.our_id().and(term).map(|term| Call::Search(Search { term }))
    }

    fn verdict(&self, seen: &[<Call as Operation>::Reply]) -> LookupVerdict<Self> {
        match self.look(seen) {
            CreateLook::Ask(call) => LookupVerdict::Continue(call),
            CreateLook::Holds(written) => LookupVerdict::Applied(written),
            CreateLook::Differs(_) => {
                LookupVerdict::Inconclusive("a chargeback with this id is there, with other content".into())
            }
            CreateLook::Conflicts(why) => LookupVerdict::Inconclusive(why.into()),
            CreateLook::Several(ids) => LookupVerdict::Ambiguous(ids),
            CreateLook::NotYet => LookupVerdict::Pending("no chargeback holds this case id".into()),
            CreateLook::TooMany => LookupVerdict::Inconclusive(TOO_MANY.into()),
        }
    }
}

/// What RevCent's record says about a create.
pub(super) enum CreateLook {
    Ask(Call),
    Holds(Written),
    /// It is there with other content; this edit would make it what was sent.
    Differs(Edit),
    /// It is there, and holds something that cannot be changed any more.
    Conflicts(&'static str),
    Several(Vec<String>),
    NotYet,
    TooMany,
}

impl Create {
    fn our_id(&self) -> Option<&str> {
        own_id(&self.chargeback)
    }

    pub(super) fn look(&self, seen: &[<Call as Operation>::Reply]) -> CreateLook {
        match find(self.our_id().unwrap_or_default(), seen.iter()) {
            Found::Ask(get) => CreateLook::Ask(Call::Get(get)),
            Found::Nothing => CreateLook::NotYet,
            Found::TooMany => CreateLook::TooMany,
            Found::Several(ids) => CreateLook::Several(ids),
            Found::One(stored) => {
                let id = stored.id.clone();
                match change::to_match(&self.chargeback, stored) {
                    Err(why) => CreateLook::Conflicts(why),
                    Ok(changes) if changes.is_empty() => {
                        CreateLook::Holds(Written { chargeback_id: Some(id), ..Written::default() })
                    }
                    Ok(changes) => CreateLook::Differs(Edit { chargeback_id: id, changes }),
                }
            }
        }
    }
}

impl Operation for CreateAndVoid {
    type Connector = RevCent;
    type Reply = Written;
    type Lookup = NoLookup<RevCent>;

    fn name(&self) -> &'static str {
        "create_chargeback_and_void_transaction"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Never
    }

    fn case_id(&self) -> Option<&str> {
        own_id(&self.chargeback)
    }

    fn validate(&self) -> Vec<Violation> {
        self.chargeback.validate()
    }

    fn encode(&self, revcent: &RevCent, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        post(revcent, attempt, &["v2", "chargebacks"]).json(&self.chargeback)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<Written, ReplyError> {
        reply::written(reply)
    }

    fn acknowledge(&self, written: &Written) -> Acknowledgement {
        acknowledge(written)
    }
}

impl Operation for Edit {
    type Connector = RevCent;
    type Reply = Written;
    type Lookup = Get;

    fn name(&self) -> &'static str {
        "edit_chargeback"
    }

    fn retry_safety(&self) -> RetrySafety {
        // Plain fields can be written again; what a second write of a frozen field does is not documented.
        if self.changes.representment.is_some() { RetrySafety::LookupFirst } else { RetrySafety::Idempotent }
    }

    fn validate(&self) -> Vec<Violation> {
        let mut broken = check_id(&self.chargeback_id);
        broken.extend(self.changes.validate());
        if self.changes.is_empty() {
            broken.push(Violation::new("body", "changes nothing"));
        }
        broken
    }

    fn encode(&self, revcent: &RevCent, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        post(revcent, attempt, &["v2", "chargebacks", &self.chargeback_id]).json(&self.changes)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<Written, ReplyError> {
        let mut written = reply::written(reply)?;
        let id = written.chargeback_id.get_or_insert_with(|| self.chargeback_id.clone());
        // Who says that another was edited has not understood us.
        if *id == self.chargeback_id {
            Ok(written)
        } else {
            Err(ReplyError::unreadable().request_id(written.api_call_id))
        }
    }

    fn acknowledge(&self, written: &Written) -> Acknowledgement {
        acknowledge(written)
    }

    fn lookup(&self) -> Option<Get> {
        Some(Get { chargeback_id: self.chargeback_id.clone() })
    }

    fn verdict(&self, seen: &[StoredChargeback]) -> LookupVerdict<Self> {
        let Some(stored) = seen.last() else {
            return LookupVerdict::Inconclusive("nothing was shown".into());
        };
        match change::remaining(&self.changes, stored) {
            Ok(changes) if changes.is_empty() => LookupVerdict::Applied(Written {
                chargeback_id: Some(self.chargeback_id.clone()),
                ..Written::default()
            }),
            Ok(changes) => LookupVerdict::Resend(Self { chargeback_id: self.chargeback_id.clone(), changes }),
            Err(why) => LookupVerdict::Inconclusive(why.into()),
        }
    }
}
