//! The calls that write, and the step of a report.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};

use super::change::{as_edit, compare};
use super::config::RevCent;
use super::find::{CaseKey, Found, KEY_NAME, find};
use super::lookup::{Get, Lookup, Search, StepReply};
use super::map::Target;
use super::reply::ChargebackReply;
use super::request::{
    Create, CreateAndVoidTransaction, CreateChargeback, Edit, EditChargeback, check_len_20, has_len_20,
};
use crate::connector::{
    Acknowledgement, Attempt, HttpRequestBuilder, LookupVerdict, NoLookup, Operation, ReplyError, RetrySafety,
};
use crate::util::violation::Violation;

fn post(revcent: &RevCent, attempt: &Attempt<'_>, path: &[&str]) -> HttpRequestBuilder {
    HttpRequestBuilder::post(&revcent.base_url, path).secret_header("x-api-key", attempt.expose(&revcent.api_key))
}

/// Returns the caller's id of the case, if the request has one.
fn case_id(chargeback: &CreateChargeback) -> Option<&str> {
    chargeback.third_party_chargeback_id.as_deref().filter(|id| !id.is_empty())
}

/// Gives the verdict on an unclear write from the lookup and the values that the write sent.
///
/// `applied` wraps the reply if the record has all values. Otherwise `resend` gets the edit that is missing.
fn verdict<O: Operation<Lookup = Lookup>>(
    found: Found<'_>,
    target: &EditChargeback,
    applied: impl FnOnce(ChargebackReply) -> O::Reply,
    resend: impl FnOnce(Edit) -> LookupVerdict<O>,
) -> LookupVerdict<O> {
    let stored = match found {
        Found::One(stored) => stored,
        Found::Unread(get) => return LookupVerdict::Continue(Lookup::Get(get)),
        Found::Several(ids) => return LookupVerdict::Ambiguous(ids),
        Found::Nothing => return LookupVerdict::Pending("no chargeback has this case id".into()),
        Found::TooMany => {
            let detail = "the search returned its maximum number of results without a match";
            return LookupVerdict::Inconclusive(detail.into());
        }
    };
    match compare(target, stored).complete() {
        Ok(changes) if changes.is_empty() => LookupVerdict::Applied(applied(ChargebackReply::for_record(&stored.id))),
        Ok(changes) => resend(Edit::new(&stored.id, changes)),
        Err(detail) => LookupVerdict::Inconclusive(detail.into()),
    }
}

impl Operation for Create {
    type Connector = RevCent;
    type Reply = ChargebackReply;
    type Lookup = Lookup;

    fn name(&self) -> &'static str {
        "create_chargeback"
    }

    fn retry_safety(&self) -> RetrySafety {
        // Without a case id in the record, no lookup can find it.
        if self.case_id().is_some() { RetrySafety::LookupFirst } else { RetrySafety::Never }
    }

    fn case_id(&self) -> Option<&str> {
        case_id(&self.chargeback)
    }

    fn validate(&self) -> Vec<Violation> {
        let mut violations = self.chargeback.validate();
        if self.chargeback.voids_transaction() {
            let rule = "refunds the customer in full; only create_chargeback_and_void_transaction sends it";
            violations.push(Violation::new("void_transaction", rule));
        }
        violations
    }

    fn encode(&self, revcent: &RevCent, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        post(revcent, attempt, &["v2", "chargebacks"]).json(&self.chargeback)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<ChargebackReply, ReplyError> {
        ChargebackReply::decode(reply)
    }

    fn acknowledge(&self, reply: &ChargebackReply) -> Acknowledgement {
        reply.acknowledgement()
    }

    fn lookup(&self) -> Option<Lookup> {
        let case_id = self.case_id()?;
        let key = self.chargeback.metadata.iter().flatten().find(|pair| pair.name == KEY_NAME);
        Some(Lookup::Search(Search::new(key.map_or(case_id, |pair| &pair.value))))
    }

    fn verdict(&self, replies: &[StepReply]) -> LookupVerdict<Self> {
        let case = CaseKey::new(self.case_id().unwrap_or_default());
        let other = "a chargeback with this id is there, with other content";
        let resend = |_| LookupVerdict::Inconclusive(other.into());
        verdict(find(&case, replies), &as_edit(&self.chargeback), |reply| reply, resend)
    }
}

impl Operation for CreateAndVoidTransaction {
    type Connector = RevCent;
    type Reply = ChargebackReply;
    type Lookup = NoLookup<RevCent>;

    fn name(&self) -> &'static str {
        "create_chargeback_and_void_transaction"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Never
    }

    fn case_id(&self) -> Option<&str> {
        case_id(&self.chargeback)
    }

    fn validate(&self) -> Vec<Violation> {
        self.chargeback.validate()
    }

    fn encode(&self, revcent: &RevCent, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        post(revcent, attempt, &["v2", "chargebacks"]).json(&self.chargeback)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<ChargebackReply, ReplyError> {
        ChargebackReply::decode(reply)
    }

    fn acknowledge(&self, reply: &ChargebackReply) -> Acknowledgement {
        reply.acknowledgement()
    }
}

impl Operation for Edit {
    type Connector = RevCent;
    type Reply = ChargebackReply;
    type Lookup = Lookup;

    fn name(&self) -> &'static str {
        "edit_chargeback"
    }

    fn retry_safety(&self) -> RetrySafety {
        // The effect of a second write to a frozen field is not documented. All other fields can be written again.
        if self.changes.representment.is_some() { RetrySafety::LookupFirst } else { RetrySafety::Idempotent }
    }

    fn validate(&self) -> Vec<Violation> {
        let mut violations = Vec::from_iter(check_len_20("chargeback_id", Some(&self.chargeback_id)));
        violations.extend(self.changes.validate());
        if self.changes.is_empty() {
            violations.push(Violation::new("body", "must contain at least one change"));
        }
        violations
    }

    fn encode(&self, revcent: &RevCent, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        post(revcent, attempt, &["v2", "chargebacks", &self.chargeback_id]).json(&self.changes)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<ChargebackReply, ReplyError> {
        let mut reply = ChargebackReply::decode(reply)?;
        let id = reply.chargeback_id.get_or_insert_with(|| self.chargeback_id.clone());
        // A reply that names another chargeback does not prove that this one was edited.
        if *id == self.chargeback_id { Ok(reply) } else { Err(ReplyError::unreadable().request_id(reply.api_call_id)) }
    }

    fn acknowledge(&self, reply: &ChargebackReply) -> Acknowledgement {
        reply.acknowledgement()
    }

    fn lookup(&self) -> Option<Lookup> {
        Some(Lookup::Get(Get::new(&self.chargeback_id)))
    }

    fn verdict(&self, replies: &[StepReply]) -> LookupVerdict<Self> {
        verdict(Found::by_id(replies), &self.changes, |reply| reply, LookupVerdict::Resend)
    }
}

/// One call of a report, with the state that the report wants. No step moves money.
#[derive(Clone)]
pub struct Step {
    pub(super) call: Call,
    pub(super) target: Arc<Target>,
}

#[derive(Debug, Clone)]
pub(super) enum Call {
    Lookup(Lookup),
    Create(Create),
    Edit(Edit),
}

impl Step {
    pub(super) fn new(call: Call, target: &Arc<Target>) -> Self {
        Self { call, target: Arc::clone(target) }
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step").field("call", &self.call).finish_non_exhaustive()
    }
}

impl Operation for Step {
    type Connector = RevCent;
    type Reply = StepReply;
    type Lookup = Lookup;

    fn name(&self) -> &'static str {
        match &self.call {
            Call::Lookup(call) => call.name(),
            Call::Create(call) => call.name(),
            Call::Edit(call) => call.name(),
        }
    }

    fn retry_safety(&self) -> RetrySafety {
        match &self.call {
            Call::Lookup(call) => call.retry_safety(),
            Call::Create(call) => call.retry_safety(),
            Call::Edit(call) => call.retry_safety(),
        }
    }

    fn reads_only(&self) -> bool {
        matches!(self.call, Call::Lookup(_))
    }

    fn validate(&self) -> Vec<Violation> {
        match &self.call {
            Call::Lookup(call) => call.validate(),
            Call::Create(call) => call.validate(),
            Call::Edit(call) => call.validate(),
        }
    }

    fn encode(&self, revcent: &RevCent, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        match &self.call {
            Call::Lookup(call) => call.encode(revcent, attempt),
            Call::Create(call) => call.encode(revcent, attempt),
            Call::Edit(call) => call.encode(revcent, attempt),
        }
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<StepReply, ReplyError> {
        let reply = match &self.call {
            Call::Lookup(call) => return call.decode(reply),
            Call::Create(call) => call.decode(reply)?,
            Call::Edit(call) => call.decode(reply)?,
        };
        // Later reports need the id. A reply without it is unreadable, so that the record is looked up.
        if reply.chargeback_id.as_deref().is_some_and(has_len_20) {
            Ok(StepReply::Chargeback(reply))
        } else {
            Err(ReplyError::unreadable().request_id(reply.api_call_id))
        }
    }

    fn acknowledge(&self, reply: &StepReply) -> Acknowledgement {
        match reply {
            StepReply::Hits(_) | StepReply::Record(_) => Acknowledgement::default(),
            StepReply::Chargeback(reply) => reply.acknowledgement(),
        }
    }

    fn lookup(&self) -> Option<Lookup> {
        match &self.call {
            Call::Lookup(_) => None,
            Call::Create(call) => call.lookup(),
            Call::Edit(call) => call.lookup(),
        }
    }

    fn verdict(&self, replies: &[StepReply]) -> LookupVerdict<Self> {
        // A record of the case with older values is edited; a second create would make a second record.
        let resend = |edit| LookupVerdict::Resend(Self::new(Call::Edit(edit), &self.target));
        match &self.call {
            Call::Lookup(_) => LookupVerdict::Inconclusive("a read call is not looked up".into()),
            Call::Create(call) => {
                let found = find(&self.target.case, replies);
                verdict(found, &as_edit(&call.chargeback), StepReply::Chargeback, resend)
            }
            Call::Edit(call) => verdict(Found::by_id(replies), &call.changes, StepReply::Chargeback, resend),
        }
    }
}
