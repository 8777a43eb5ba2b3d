//! The calls that write, and the step of a report.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};

use super::change::{OTHER_OUTCOME, as_edit, compare, is_beyond, is_other_outcome};
use super::config::RevCent;
use super::difference::{Difference, difference};
use super::find::{CaseKey, Found, KEY_NAME, find};
use super::lookup::{Get, Lookup, Search, StepReply};
use super::map::Target;
use super::reply::{ChargebackReply, StoredChargeback};
use super::request::{Create, CreateAndVoidTransaction, CreateChargeback, Edit, check_len_20, has_len_20};
use crate::connector::{
    Acknowledgement, Attempt, HttpRequestBuilder, LookupVerdict, NoLookup, Operation, ReplyError, RetrySafety,
};
use crate::provider::Loss;
use crate::util::violation::Violation;

/// The result of a lookup that finds a record of another case.
const OTHER_CASE: &str = "the chargeback with this case id belongs to another case or transaction";

fn post(revcent: &RevCent, attempt: &Attempt<'_>, path: &[&str]) -> HttpRequestBuilder {
    HttpRequestBuilder::post(&revcent.base_url, path).secret_header("x-api-key", attempt.expose(&revcent.api_key))
}

/// Returns the caller's id of the case, if the request has one.
fn case_id(chargeback: &CreateChargeback) -> Option<&str> {
    chargeback.third_party_chargeback_id.as_deref().filter(|id| !id.is_empty())
}

/// Returns the record that a lookup has found, otherwise the verdict.
fn record<O: Operation<Lookup = Lookup>>(found: Found<'_>) -> Result<&StoredChargeback, LookupVerdict<O>> {
    Err(match found {
        Found::One(stored) => return Ok(stored),
        Found::Unread(get) => LookupVerdict::Continue(Lookup::Get(get)),
        Found::Several(ids) => LookupVerdict::Ambiguous(ids),
        Found::Nothing => LookupVerdict::Pending("no chargeback has this case id".into()),
        // The record of this case may still appear.
        Found::OtherCase => LookupVerdict::Pending(OTHER_CASE.into()),
        Found::TooMany => {
            let detail = "the search returned its maximum number of results without a match";
            LookupVerdict::Inconclusive(detail.into())
        }
    })
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
        post(revcent, attempt, &["v2", "chargebacks"]).json(&*self.chargeback)
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
        let target = &self.chargeback;
        let case = CaseKey::new(self.case_id().unwrap_or_default())
            .with_transaction(target.transaction_id.as_ref(), target.gateway_transaction_id.as_ref());
        let stored = match record(find(&case, replies)) {
            Ok(stored) => stored,
            Err(verdict) => return verdict,
        };
        let is_beyond = is_beyond(target.representment.as_ref(), &stored.representment);
        match compare(&as_edit(target), stored).complete() {
            Err(detail) => LookupVerdict::Inconclusive(detail.into()),
            Ok(changes) if changes.is_empty() && !is_beyond => {
                LookupVerdict::Applied(ChargebackReply::for_record(&stored.id))
            }
            Ok(_) => LookupVerdict::Inconclusive("a chargeback with this id is there, with other content".into()),
        }
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
        let stored = match record(Found::by_id(replies)) {
            Ok(stored) => stored,
            Err(verdict) => return verdict,
        };
        match compare(&self.changes, stored).complete() {
            Err(detail) => LookupVerdict::Inconclusive(detail.into()),
            Ok(changes) if changes.is_empty() => LookupVerdict::Applied(ChargebackReply::for_record(&stored.id)),
            Ok(changes) => LookupVerdict::Resend(Self::new(&stored.id, changes)),
        }
    }
}

/// One call of a report, with the state that the report wants. No step moves money.
#[derive(Clone)]
pub struct Step {
    pub(super) call: Call,
    pub(super) target: Arc<Target>,
    /// The losses of an edit that a lookup has made in place of a write with an unknown outcome.
    pub(super) losses: Vec<Loss>,
}

#[derive(Debug, Clone)]
pub(super) enum Call {
    Lookup(Lookup),
    Create(Create),
    Edit(Box<Edit>),
}

impl Step {
    pub(super) fn new(call: Call, target: &Arc<Target>) -> Self {
        Self { call, target: Arc::clone(target), losses: Vec::new() }
    }

    /// Compares a record with the target, after this step was sent.
    pub(super) fn difference(&self, stored: &StoredChargeback) -> Result<Difference, &'static str> {
        difference(&self.target, stored, matches!(self.call, Call::Create(_)))
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
            // The record was looked up in place of the reply to a write.
            StepReply::Record(stored) if !self.reads_only() => {
                Acknowledgement::default().case_id(Some(stored.id.clone()))
            }
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
        let found = match &self.call {
            Call::Lookup(_) => return LookupVerdict::Inconclusive("a read call is not looked up".into()),
            Call::Create(_) => find(&self.target.case, replies),
            Call::Edit(_) => Found::by_id(replies),
        };
        let stored = match record(found) {
            Ok(stored) if self.target.case.contradicts(stored) => {
                return LookupVerdict::Inconclusive(OTHER_CASE.into());
            }
            Ok(stored) => stored,
            Err(verdict) => return verdict,
        };
        match self.difference(stored) {
            Err(_) if is_other_outcome(self.target.state.outcome(), stored.representment.outcome) => {
                LookupVerdict::Inconclusive(OTHER_OUTCOME.into())
            }
            Err(detail) => LookupVerdict::Inconclusive(detail.into()),
            // `next_steps` lists the losses that the record shows.
            Ok(found) if found.changes.is_empty() => {
                LookupVerdict::Applied(StepReply::Record(Box::new(stored.clone())))
            }
            // A record of the case with older values is edited; a second create would make a second record.
            Ok(found) => {
                let edit = Call::Edit(Box::new(Edit::new(&stored.id, found.changes)));
                LookupVerdict::Resend(Self { losses: found.losses, ..Self::new(edit, &self.target) })
            }
        }
    }
}
