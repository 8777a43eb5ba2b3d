//! One call of a vendor.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;

use super::{Attempt, Refusal, Vendor};
use crate::violation::Violation;

/// How safe an operation is to repeat after an attempt that may have acted.
///
/// The table of what is done in each case stands at [`RetryPolicy`](crate::RetryPolicy).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repeat {
    /// Doing it twice is as good as once: it is repeated.
    Safe,
    /// Doing it twice may do harm: the vendor's record is looked at first, through [`Operation::probe`].
    AfterReadBack,
    /// It is never repeated after it may have acted.
    Never,
}

/// One call of a vendor, typed: what is sent, what comes back, and how safe it is to repeat. Pure.
pub trait Operation: Send + Sync + Sized + 'static {
    /// The vendor whose call it is, with its keys and settings.
    type Vendor: Vendor;
    /// What the vendor answers where it acknowledges the call.
    type Reply: Send + Sync + 'static;
    /// The operation that asks what became of this one; [`NoProbe`] if the vendor cannot be asked.
    type Probe: Operation<Vendor = Self::Vendor>;

    /// Its name in errors, plans and logs: `create_chargeback`.
    fn name(&self) -> &'static str;

    /// How safe it is to repeat after an attempt that may have acted. It may hang on what is sent.
    fn repeat(&self) -> Repeat;

    /// Whether it only reads. A failed read has not acted, whatever happened to it.
    fn reads_only(&self) -> bool {
        false
    }

    /// The caller's id of the case that it writes, if the call itself names it.
    ///
    /// Called by itself, outside a report, it then takes its turn among the reports of that case.
    fn case_id(&self) -> Option<&str> {
        None
    }

    /// The vendor's rules that it breaks, all of them. Nothing is sent if there is one.
    fn validate(&self) -> Vec<Violation> {
        Vec::new()
    }

    /// Writes the request of one attempt; [`Outgoing`](super::Outgoing) does most of it.
    ///
    /// # Errors
    ///
    /// [`Violation`] if a value cannot be put where it belongs, such as a line break in a header.
    fn encode(&self, vendor: &Self::Vendor, attempt: &Attempt<'_>) -> Result<http::Request<Bytes>, Violation>;

    /// Reads a reply of any status. Success is what the vendor calls success, and nothing else.
    ///
    /// # Errors
    ///
    /// [`Refusal`] for everything else; [`Refusal::unreadable`] for what is no reply of this vendor's at all.
    fn decode(&self, reply: &http::Response<Bytes>) -> Result<Self::Reply, Refusal>;

    /// What a receipt keeps of a reply: ids and the vendor's message. Nothing by default.
    fn acknowledge(&self, reply: &Self::Reply) -> Acknowledgement {
        let _ = reply;
        Acknowledgement::default()
    }

    /// The first question about what became of it, after an attempt that may have acted. `None`, the default, if the
    /// vendor cannot be asked.
    fn probe(&self) -> Option<Self::Probe> {
        None
    }

    /// What the answers so far say, in the order in which they were asked for. One look takes at most 16 questions.
    fn settle(&self, seen: &[<Self::Probe as Operation>::Reply]) -> Settled<Self> {
        let _ = seen;
        Settled::Never("the vendor cannot be asked".into())
    }
}

/// What the vendor's record says about an operation that may have acted.
#[non_exhaustive]
pub enum Settled<O: Operation> {
    /// One more question is needed; its answer is added to those that `settle` gets.
    Ask(O::Probe),
    /// The record holds what was sent: this stands for the acknowledgement.
    Holds(O::Reply),
    /// The record is older: this is what to send now, as long as attempts are left.
    Again(O),
    /// Several cases answer; these are the vendor's ids of them. It ends in
    /// [`Error::Conflict`](crate::Error::Conflict).
    Several(Vec<String>),
    /// Nothing yet, and it may still appear: ask again a little later. In words without data.
    NotYet(Cow<'static, str>),
    /// It cannot be told, now or later. In words without data.
    Never(Cow<'static, str>),
}

impl<O: Operation> fmt::Debug for Settled<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ask(_) => "Ask",
            Self::Holds(_) => "Holds",
            Self::Again(_) => "Again",
            Self::Several(_) => "Several",
            Self::NotYet(_) => "NotYet",
            Self::Never(_) => "Never",
        })
    }
}

/// What a receipt keeps of a reply. Each part is `None` where the vendor gives none.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Acknowledgement {
    /// The vendor's id of the case. A report ignores that of a read: say it by
    /// [`Follow::case_id`](super::Follow::case_id).
    pub case_id: Option<String>,
    /// The vendor's id of the call, for its support desk.
    pub request_id: Option<String>,
    /// What the vendor wrote, for people. `Debug` does not show it.
    pub message: Option<String>,
}

impl Acknowledgement {
    /// With the vendor's id of the case.
    #[must_use]
    pub fn case_id(mut self, id: Option<String>) -> Self {
        self.case_id = id;
        self
    }

    /// With the vendor's id of the call.
    #[must_use]
    pub fn request_id(mut self, id: Option<String>) -> Self {
        self.request_id = id;
        self
    }

    /// With what the vendor wrote.
    #[must_use]
    pub fn message(mut self, message: Option<String>) -> Self {
        self.message = message;
        self
    }
}

impl fmt::Debug for Acknowledgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acknowledgement").finish_non_exhaustive()
    }
}

/// For vendors that cannot be asked what became of a call. There is no value of this type.
pub struct NoProbe<V> {
    never: Infallible,
    vendor: PhantomData<fn() -> V>,
}

impl<V> fmt::Debug for NoProbe<V> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = self.vendor;
        match self.never {}
    }
}

impl<V: Vendor> Operation for NoProbe<V> {
    type Vendor = V;
    type Reply = Infallible;
    type Probe = Self;

    fn name(&self) -> &'static str {
        match self.never {}
    }

    fn repeat(&self) -> Repeat {
        match self.never {}
    }

    fn encode(&self, _: &V, _: &Attempt<'_>) -> Result<http::Request<Bytes>, Violation> {
        match self.never {}
    }

    fn decode(&self, _: &http::Response<Bytes>) -> Result<Infallible, Refusal> {
        match self.never {}
    }
}
