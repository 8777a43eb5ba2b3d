//! The calls that a report takes, as one type.

use std::fmt;

use bytes::Bytes;
use http::{Request, Response};

use super::RevCent;
use super::operations::{Create, CreateLook, Edit, Get, Search, TOO_MANY, acknowledge};
use super::reply::{Hit, StoredChargeback, Written};
use crate::connector::{Acknowledgement, Attempt, LookupVerdict, Operation, ReplyError, RetrySafety};
use crate::util::violation::Violation;

/// A call that a report may take. None of them moves money.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Call {
    /// Searches for the case, by its key or its id.
    Search(Search),
    /// Reads a chargeback whole, to tell whose it is and what it holds.
    Get(Get),
    /// Creates the chargeback.
    Create(Create),
    /// Edits the chargeback, by what differs.
    Edit(Edit),
}

/// What a [`Call`] is answered.
#[derive(Clone)]
#[non_exhaustive]
pub enum Answer {
    /// To a search: at most ten hits.
    Found(Vec<Hit>),
    /// To a get: the record.
    Stored(Box<StoredChargeback>),
    /// To a create or an edit: RevCent's ids of chargeback and call.
    Written(Written),
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found(hits) => write!(f, "Found({} hits)", hits.len()),
            Self::Stored(stored) => f.debug_tuple("Stored").field(stored).finish(),
            Self::Written(written) => f.debug_tuple("Written").field(written).finish(),
        }
    }
}

impl Operation for Call {
    type Connector = RevCent;
    type Reply = Answer;
    type Lookup = Self;

    fn name(&self) -> &'static str {
        match self {
            Self::Search(call) => call.name(),
            Self::Get(call) => call.name(),
            Self::Create(call) => call.name(),
            Self::Edit(call) => call.name(),
        }
    }

    fn retry_safety(&self) -> RetrySafety {
        match self {
            Self::Search(call) => call.retry_safety(),
            Self::Get(call) => call.retry_safety(),
            Self::Create(call) => call.retry_safety(),
            Self::Edit(call) => call.retry_safety(),
        }
    }

    fn reads_only(&self) -> bool {
        matches!(self, Self::Search(_) | Self::Get(_))
    }

    fn validate(&self) -> Vec<Violation> {
        match self {
            Self::Search(call) => call.validate(),
            Self::Get(call) => call.validate(),
            Self::Create(call) => call.validate(),
            Self::Edit(call) => call.validate(),
        }
    }

    fn encode(&self, revcent: &RevCent, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        match self {
            Self::Search(call) => call.encode(revcent, attempt),
            Self::Get(call) => call.encode(revcent, attempt),
            Self::Create(call) => call.encode(revcent, attempt),
            Self::Edit(call) => call.encode(revcent, attempt),
        }
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<Answer, ReplyError> {
        match self {
            Self::Search(call) => call.decode(reply).map(Answer::Found),
            Self::Get(call) => call.decode(reply).map(|stored| Answer::Stored(Box::new(stored))),
            // A report that creates a case must know it afterwards: without its id, the record is looked at.
            Self::Create(call) => match call.decode(reply)? {
                written if written.chargeback_id.as_ref().is_some_and(|id| id.chars().count() == 20) => {
                    Ok(Answer::Written(written))
                }
                written => Err(ReplyError::unreadable().request_id(written.api_call_id)),
            },
            Self::Edit(call) => call.decode(reply).map(Answer::Written),
        }
    }

    fn acknowledge(&self, answer: &Answer) -> Acknowledgement {
        match answer {
            Answer::Found(_) | Answer::Stored(_) => Acknowledgement::default(),
            Answer::Written(written) => acknowledge(written),
        }
    }

    fn lookup(&self) -> Option<Self> {
        match self {
            Self::Create(call) => call.lookup(),
            Self::Edit(call) => call.lookup().map(Self::Get),
            Self::Search(_) | Self::Get(_) => None,
        }
    }

    fn verdict(&self, seen: &[Answer]) -> LookupVerdict<Self> {
        match self {
            Self::Create(call) => match call.look(seen) {
                CreateLook::Ask(next) => LookupVerdict::Continue(next),
                CreateLook::Holds(written) => LookupVerdict::Applied(Answer::Written(written)),
                // An older state of our case: go on with an edit, never with a second create.
                CreateLook::Differs(edit) => LookupVerdict::Resend(Self::Edit(edit)),
                CreateLook::Conflicts(why) => LookupVerdict::Inconclusive(why.into()),
                CreateLook::Several(ids) => LookupVerdict::Ambiguous(ids),
                CreateLook::NotYet => LookupVerdict::Pending("no chargeback holds this case id".into()),
                CreateLook::TooMany => LookupVerdict::Inconclusive(TOO_MANY.into()),
            },
            Self::Edit(call) => {
                let stored: Vec<StoredChargeback> = seen
                    .iter()
                    .filter_map(|answer| match answer {
                        Answer::Stored(stored) => Some((**stored).clone()),
                        Answer::Found(_) | Answer::Written(_) => None,
                    })
                    .collect();
                match call.verdict(&stored) {
                    LookupVerdict::Continue(get) => LookupVerdict::Continue(Self::Get(get)),
                    LookupVerdict::Applied(written) => LookupVerdict::Applied(Answer::Written(written)),
                    LookupVerdict::Resend(edit) => LookupVerdict::Resend(Self::Edit(edit)),
                    LookupVerdict::Ambiguous(ids) => LookupVerdict::Ambiguous(ids),
                    LookupVerdict::Pending(why) => LookupVerdict::Pending(why),
                    LookupVerdict::Inconclusive(why) => LookupVerdict::Inconclusive(why),
                }
            }
            Self::Search(_) | Self::Get(_) => LookupVerdict::Inconclusive("a read is not looked up".into()),
        }
    }
}
