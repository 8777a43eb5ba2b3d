//! One call of a vendor.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;

use super::attempt::Attempt;
use super::reply::ReplyError;
use crate::util::violation::Violation;

/// How safe an operation is to repeat after an attempt that may have acted.
///
/// The table of what is done in each case stands at [`RetryPolicy`](crate::RetryPolicy).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RetrySafety {
    /// Doing it twice is as good as once: it is repeated.
    Idempotent,
    /// Doing it twice may do harm: the vendor's record is looked at first, through [`Operation::probe`].
    LookupFirst,
    /// It is never repeated after it may have acted.
    Never,
}

/// One call of a vendor, typed: what is sent, what comes back, and how safe it is to repeat. Pure.
pub trait Operation: Send + Sync + Sized + 'static {
    /// The vendor whose call it is, with its keys and settings.
    type Connector;
    /// What the vendor answers where it acknowledges the call.
    type Reply: Send + Sync + 'static;
    /// The operation that asks what became of this one; [`NoLookup`] if the vendor cannot be asked.
    type Lookup: Operation<Connector = Self::Connector>;

    /// Its name in errors, plans and logs: `create_chargeback`.
    fn name(&self) -> &'static str;

    /// How safe it is to repeat after an attempt that may have acted. It may hang on what is sent.
    fn retry_safety(&self) -> RetrySafety;

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

    /// Writes the request of one attempt; [`HttpRequestBuilder`](super::HttpRequestBuilder) does most of it.
    ///
    /// # Errors
    ///
    /// [`Violation`] if a value cannot be put where it belongs, such as a line break in a header.
    fn encode(&self, vendor: &Self::Connector, attempt: &Attempt<'_>) -> Result<http::Request<Bytes>, Violation>;

    /// Reads a reply of any status. Success is what the vendor calls success, and nothing else.
    ///
    /// # Errors
    ///
    /// [`ReplyError`] for everything else; [`ReplyError::unreadable`] for what is no reply of this vendor's at all.
    fn decode(&self, reply: &http::Response<Bytes>) -> Result<Self::Reply, ReplyError>;

    /// What a receipt keeps of a reply: ids and the vendor's message. Nothing by default.
    fn acknowledge(&self, reply: &Self::Reply) -> Acknowledgement {
        let _ = reply;
        Acknowledgement::default()
    }

    /// The first question about what became of it, after an attempt that may have acted. `None`, the default, if the
    /// vendor cannot be asked.
    fn lookup(&self) -> Option<Self::Lookup> {
        None
    }

    /// What the answers so far say, in the order in which they were asked for. One look takes at most 16 questions.
    fn verdict(&self, seen: &[<Self::Lookup as Operation>::Reply]) -> LookupVerdict<Self> {
        let _ = seen;
        LookupVerdict::Inconclusive("the vendor cannot be asked".into())
    }
}

/// What the vendor's record says about an operation that may have acted.
#[non_exhaustive]
pub enum LookupVerdict<O: Operation> {
    /// One more question is needed; its answer is added to those that `settle` gets.
    Continue(O::Lookup),
    /// The record holds what was sent: this stands for the acknowledgement.
    Applied(O::Reply),
    /// The record is older: this is what to send now, as long as attempts are left.
    Resend(O),
    /// Several cases answer; these are the vendor's ids of them. It ends in
    /// [`Error::Conflict`](crate::Error::Conflict).
    Ambiguous(Vec<String>),
    /// Nothing yet, and it may still appear: ask again a little later. In words without data.
    Pending(Cow<'static, str>),
    /// It cannot be told, now or later. In words without data.
    Inconclusive(Cow<'static, str>),
}

impl<O: Operation> fmt::Debug for LookupVerdict<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Continue(_) => "Continue",
            Self::Applied(_) => "Applied",
            Self::Resend(_) => "Resend",
            Self::Ambiguous(_) => "Ambiguous",
            Self::Pending(_) => "Pending",
            Self::Inconclusive(_) => "Inconclusive",
        })
    }
}

/// What a receipt keeps of a reply. Each part is `None` where the vendor gives none.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Acknowledgement {
    /// The vendor's id of the case. A report ignores that of a read: say it by
    /// [`NextSteps::case_id`](super::NextSteps::case_id).
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
pub struct NoLookup<V> {
    never: Infallible,
    vendor: PhantomData<fn() -> V>,
}

impl<V> fmt::Debug for NoLookup<V> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = self.vendor;
        match self.never {}
    }
}

impl<V: 'static> Operation for NoLookup<V> {
    type Connector = V;
    type Reply = Infallible;
    type Lookup = Self;

    fn name(&self) -> &'static str {
        match self.never {}
    }

    fn retry_safety(&self) -> RetrySafety {
        match self.never {}
    }

    fn encode(&self, _: &V, _: &Attempt<'_>) -> Result<http::Request<Bytes>, Violation> {
        match self.never {}
    }

    fn decode(&self, _: &http::Response<Bytes>) -> Result<Infallible, ReplyError> {
        match self.never {}
    }
}
