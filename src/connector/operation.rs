//! One call of a vendor's API.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;

use super::attempt::Attempt;
use super::reply::ReplyError;
use crate::util::violation::Violation;

/// The safety of sending an operation again after an attempt that may have acted.
///
/// [`RetryPolicy`](crate::RetryPolicy) has the table of events and actions.
///
/// ```
/// use chargeback::connector::RetrySafety;
///
/// /// A create without an id in the request cannot be found again.
/// fn create_safety(case_id: Option<&str>) -> RetrySafety {
///     if case_id.is_some() { RetrySafety::LookupFirst } else { RetrySafety::Never }
/// }
///
/// assert_eq!(create_safety(None), RetrySafety::Never);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetrySafety {
    /// A second request does not change the result. The engine sends the operation again.
    Idempotent,
    /// A second request may do harm. The engine first looks up the vendor's record with [`Operation::lookup`].
    LookupFirst,
    /// The engine does not send the operation again after an attempt that may have acted.
    Never,
}

/// One call of a vendor's API: the request, the reply, and the safety of a retry. All methods are pure.
///
/// ```
/// use bytes::Bytes;
/// use chargeback::Violation;
/// use chargeback::connector::{
///     Acknowledgement, Attempt, BaseUrl, HttpRequestBuilder, LookupVerdict, Operation, ReplyError, RetrySafety,
/// };
/// use chrono::Utc;
/// use http::{Request, Response};
/// use serde_json::{Value, json};
///
/// /// Sets the phase of a dispute, or reads the dispute if there is no phase to set.
/// #[derive(Clone)]
/// struct Call {
///     order: String,
///     phase: Option<&'static str>,
/// }
///
/// impl Operation for Call {
///     type Connector = Acme;
///     type Reply = Value;
///     type Lookup = Self;
///
///     fn name(&self) -> &'static str {
///         if self.reads_only() { "get_dispute" } else { "set_phase" }
///     }
///
///     fn retry_safety(&self) -> RetrySafety {
///         if self.reads_only() { RetrySafety::Idempotent } else { RetrySafety::LookupFirst }
///     }
///
///     fn reads_only(&self) -> bool {
///         self.phase.is_none()
///     }
///
///     fn encode(&self, acme: &Acme, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
///         let path = ["disputes", &self.order];
///         let key = attempt.expose(&acme.key);
///         match self.phase {
///             Some(phase) => HttpRequestBuilder::post(&acme.base_url, &path)
///                 .secret_header("x-acme-key", key)
///                 .json(&json!({ "phase": phase })),
///             None => HttpRequestBuilder::get(&acme.base_url, &path).secret_header("x-acme-key", key).empty(),
///         }
///     }
///
///     fn decode(&self, reply: &Response<Bytes>) -> Result<Value, ReplyError> {
///         if reply.status() != 200 {
///             return Err(ReplyError::from_status(reply.status()));
///         }
///         serde_json::from_slice(reply.body()).map_err(|_| ReplyError::unreadable())
///     }
///
///     fn acknowledge(&self, dispute: &Value) -> Acknowledgement {
///         Acknowledgement::default().case_id(dispute["id"].as_str().map(str::to_owned))
///     }
///
///     fn lookup(&self) -> Option<Self> {
///         Some(Self { phase: None, ..self.clone() })
///     }
///
///     fn verdict(&self, replies: &[Value]) -> LookupVerdict<Self> {
///         match replies.last() {
///             Some(dispute) if dispute["phase"].as_str() == self.phase => LookupVerdict::Applied(dispute.clone()),
///             _ => LookupVerdict::Resend(self.clone()),
///         }
///     }
/// }
/// # struct Acme { base_url: BaseUrl, key: chargeback::Secret }
///
/// // The methods are pure, so tests need no server.
/// let acme = Acme { base_url: "https://api.acme.example".parse()?, key: "k-1".into() };
/// let call = Call { order: "ORD_1".to_owned(), phase: Some("open") };
/// let request = call.encode(&acme, &Attempt::new(Utc::now()))?;
/// assert_eq!(request.uri(), "https://api.acme.example/disputes/ORD_1");
/// let reply = call.decode(&Response::new(Bytes::from(r#"{"id":"D-7","phase":"open"}"#)))?;
/// assert_eq!(call.acknowledge(&reply).case_id.as_deref(), Some("D-7"));
/// assert!(matches!(call.verdict(&[reply]), LookupVerdict::Applied(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Operation: Send + Sync + Sized + 'static {
    /// The connector, with the vendor's keys and settings.
    type Connector;
    /// The vendor's reply that acknowledges the call.
    type Reply: Send + Sync + 'static;
    /// The operation that reads the vendor's record after an unknown outcome; [`NoLookup`] if the API has none.
    type Lookup: Operation<Connector = Self::Connector>;

    /// Returns the name in errors, plans and logs: `create_chargeback`.
    fn name(&self) -> &'static str;

    /// Returns the safety of sending the operation again. The value may depend on the content.
    fn retry_safety(&self) -> RetrySafety;

    /// Returns true if the operation only reads. A failed read has not acted. Default: false.
    fn reads_only(&self) -> bool {
        false
    }

    /// Returns the caller's id of the case that the operation writes, if the request names the case. Default: `None`.
    ///
    /// A native call of such an operation waits for its turn among the reports of the case.
    fn case_id(&self) -> Option<&str> {
        None
    }

    /// Returns all rules of the vendor that the content breaks. If there is one, nothing is sent. Default: none.
    fn validate(&self) -> Vec<Violation> {
        Vec::new()
    }

    /// Encodes the request of one attempt, for example with [`HttpRequestBuilder`](super::HttpRequestBuilder).
    ///
    /// # Errors
    ///
    /// [`Violation`] if a value cannot be encoded, such as a line break in a header.
    fn encode(&self, connector: &Self::Connector, attempt: &Attempt<'_>) -> Result<http::Request<Bytes>, Violation>;

    /// Decodes a reply of any HTTP status. Returns a reply only if the vendor acknowledges the call.
    ///
    /// # Errors
    ///
    /// [`ReplyError`] for every other reply; [`ReplyError::unreadable`] for a reply in an undocumented format.
    fn decode(&self, reply: &http::Response<Bytes>) -> Result<Self::Reply, ReplyError>;

    /// Returns the parts of a reply for the receipt. Default: none.
    fn acknowledge(&self, reply: &Self::Reply) -> Acknowledgement {
        let _ = reply;
        Acknowledgement::default()
    }

    /// Returns the first request of a lookup, after an attempt that may have acted. Default: `None`, for an API
    /// without a lookup.
    fn lookup(&self) -> Option<Self::Lookup> {
        None
    }

    /// Decides whether the operation was applied. The replies of the lookup are in the order of its requests.
    ///
    /// One lookup has at most 16 requests. The default is [`LookupVerdict::Inconclusive`].
    fn verdict(&self, replies: &[<Self::Lookup as Operation>::Reply]) -> LookupVerdict<Self> {
        let _ = replies;
        LookupVerdict::Inconclusive("the vendor's API has no lookup".into())
    }
}

/// The result of a lookup: the state of an operation that may have acted.
///
/// ```
/// use chargeback::connector::{LookupVerdict, Operation};
///
/// /// Compares the phase of a record with the phase that an update sets.
/// fn compare<O: Operation<Reply = String> + Clone>(update: &O, phase: &str, stored: &str) -> LookupVerdict<O> {
///     match stored {
///         "" => LookupVerdict::Pending("the record does not exist yet".into()),
///         stored if stored == phase => LookupVerdict::Applied(stored.to_owned()),
///         "open" => LookupVerdict::Resend(update.clone()),
///         _ => LookupVerdict::Inconclusive("the record has a third phase".into()),
///     }
/// }
/// ```
#[non_exhaustive]
pub enum LookupVerdict<O: Operation> {
    /// Another request is needed. Its reply is appended to the replies of [`Operation::verdict`].
    Continue(O::Lookup),
    /// The record has the sent values. The operation is acknowledged with this reply.
    Applied(O::Reply),
    /// The record is in an earlier state. The engine sends this operation if attempts are left.
    Resend(O),
    /// Several records match; the list has the vendor's ids. The report ends in
    /// [`Error::Conflict`](crate::Error::Conflict).
    Ambiguous(Vec<String>),
    /// The record does not show the operation yet, and still may. The engine repeats the lookup after a wait. The
    /// text is the reason, without data of the case.
    Pending(Cow<'static, str>),
    /// The record cannot show whether the operation acted. The text is the reason, without data of the case.
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

/// The parts of a reply that a receipt keeps. A part is `None` if the reply does not have it.
///
/// ```
/// use chargeback::connector::Acknowledgement;
///
/// let acknowledgement = Acknowledgement::default().case_id(Some("D-7".to_owned()));
/// assert_eq!(acknowledgement.case_id.as_deref(), Some("D-7"));
/// assert_eq!(acknowledgement.request_id, None);
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Acknowledgement {
    /// The vendor's id of the case. A report ignores the id of a read operation; return
    /// [`NextSteps::case_id`](super::NextSteps::case_id) instead.
    pub case_id: Option<String>,
    /// The vendor's id of the call, for its support desk.
    pub request_id: Option<String>,
    /// The vendor's message, for people. `Debug` does not show it.
    pub message: Option<String>,
}

impl Acknowledgement {
    /// Sets the vendor's id of the case.
    #[must_use]
    pub fn case_id(mut self, id: Option<String>) -> Self {
        self.case_id = id;
        self
    }

    /// Sets the vendor's id of the call.
    #[must_use]
    pub fn request_id(mut self, id: Option<String>) -> Self {
        self.request_id = id;
        self
    }

    /// Sets the vendor's message.
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

/// The [`Lookup`](Operation::Lookup) of an operation whose vendor has no API for lookups. The type has no values.
pub struct NoLookup<C> {
    never: Infallible,
    connector: PhantomData<fn() -> C>,
}

impl<C> fmt::Debug for NoLookup<C> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = self.connector;
        match self.never {}
    }
}

impl<C: 'static> Operation for NoLookup<C> {
    type Connector = C;
    type Reply = Infallible;
    type Lookup = Self;

    fn name(&self) -> &'static str {
        match self.never {}
    }

    fn retry_safety(&self) -> RetrySafety {
        match self.never {}
    }

    fn encode(&self, _: &C, _: &Attempt<'_>) -> Result<http::Request<Bytes>, Violation> {
        match self.never {}
    }

    fn decode(&self, _: &http::Response<Bytes>) -> Result<Infallible, ReplyError> {
        match self.never {}
    }
}
