//! What the reason codes of card networks and processors mean: 358 of them, as data.
//!
//! Ask by [`lookup`], or by [`NetworkCode::meaning`]. A code means nothing without its network (`4863` is one thing at Mastercard and
//! another at Discover), and codes are text: the leading zeros of Amex matter. White space around a code is cut off, as some
//! processors send it; nothing else about it is changed. A code that is not here is [`None`], never "other".
//!
//! ```
//! use chargeback::reason_codes::{CodeKind, lookup};
//! use chargeback::{Network, Reason};
//!
//! let row = lookup(&Network::Visa, "13.1").expect("is in the table");
//! assert_eq!((row.title(), row.reason()), ("Goods or services not received", &Reason::NotReceived));
//! assert_eq!(lookup(&Network::Mastercard, "4863").unwrap().reason(), &Reason::Unrecognized);
//! assert_eq!(lookup(&Network::Discover, "4863").unwrap().reason(), &Reason::Authorization);
//! assert_eq!(lookup(&Network::Mastercard, "4853").unwrap().kind(), CodeKind::Umbrella);
//! assert!(lookup(&Network::Visa, "99.9").is_none());
//! ```
//!
//! The table is sorted, checked in, and searched in place: nothing is built at start and nothing allocated by asking. It is as of
//! [`DATE`]. What a code is good for ([`kind`](ReasonCode::kind)) is our reading of what the sources say of it. Networks change their rules; put rows of your own over it with a [`ReasonTable`].
//!
//! No network's rule book was seen: rows come from what processors, acquirers and dispute firms publish, and
//! [`confidence`](ReasonCode::confidence) says how well they agree. Diners' own codes, JCB, UnionPay, Cartes Bancaires and the
//! return codes of ACH are not covered.
//!
//! # Sources
//!
#![doc = include_str!("sources.md")]
//!
//! # The table
//!
#![doc = include_str!("codes.md")]

mod codes;

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::model::{Category, Network, NetworkCode, Reason, Stage};
use crate::util::string_enum::string_enum;

/// The day on which the table was made. The newest of its sources that bears a date is of September 2026.
pub const DATE: &str = "2026-11-21";

string_enum! {
    /// How well the sources of a row agree.
    pub enum Confidence {
        /// Two independent lists agree, or the owner of the code says so itself.
        High = "high",
        /// One good source, or sources that disagree on the meaning.
        Medium = "medium",
        /// One weak source.
        Low = "low",
    }
}

string_enum! {
    /// Whether a code is in use.
    pub enum CodeStatus {
        /// In use.
        Current = "current",
        /// No longer in use; old cases and some processors still carry it.
        Retired = "retired",
        /// The same text had two meanings at different times; the [`note`](ReasonCode::note) tells them apart.
        Ambiguous = "ambiguous",
        /// Seen in use, and nobody says what it means.
        Unknown = "unknown",
    }
}

/// What a code is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CodeKind {
    /// It says why.
    Reason,
    /// It stands for several reasons, of which the table names the most usual. Refine it from what else is known: the stage,
    /// the sales channel, the processor's own word.
    Umbrella,
    /// News of the case rather than a reason: the case stands at this stage. Its reason is [`Reason::Other`].
    Status(Stage),
    /// Bookkeeping between network and merchant, and no chargeback: report none.
    Adjustment,
    /// About the papers of a second round, not about the customer's reason.
    SecondCycle,
    /// A row that explains a field, not a code.
    NoCode,
}

impl CodeKind {
    /// The word in the table: `reason`, `umbrella`, `status`, `adjustment`, `second_cycle`, `no_code`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::Umbrella => "umbrella",
            Self::Status(_) => "status",
            Self::Adjustment => "adjustment",
            Self::SecondCycle => "second_cycle",
            Self::NoCode => "no_code",
        }
    }
}

/// A row of the table: what one code of one network means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonCode {
    network: Cow<'static, str>,
    code: Cow<'static, str>,
    title: Cow<'static, str>,
    category: Category,
    reason: Reason,
    kind: CodeKind,
    confidence: Confidence,
    status: CodeStatus,
    sources: &'static str,
    note: Cow<'static, str>,
}

impl ReasonCode {
    /// A row of your own, for a [`ReasonTable`]: current, and of high confidence, since it is you who knows.
    pub fn new(code: &NetworkCode, reason: Reason, title: impl Into<Cow<'static, str>>) -> Self {
        Self {
            network: Cow::Owned(code.network().as_str().to_owned()),
            code: Cow::Owned(code.code().to_owned()),
            title: title.into(),
            category: reason.category().unwrap_or(Category::Other),
            reason,
            kind: CodeKind::Reason,
            confidence: Confidence::High,
            status: CodeStatus::Current,
            sources: "",
            note: Cow::Borrowed(""),
        }
    }

    /// As it is, but good for something else than a reason.
    #[must_use]
    pub const fn with_kind(mut self, kind: CodeKind) -> Self {
        self.kind = kind;
        self
    }

    /// The network's name, or the processor's: `visa`, `stripe`.
    #[must_use]
    pub fn network(&self) -> &str {
        &self.network
    }

    /// The code to the letter: `13.1`, `004`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What it means, in a few English words of ours.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The family that the network puts it into.
    #[must_use]
    pub const fn category(&self) -> Category {
        self.category
    }

    /// The reason that all vendors are told. Of an [umbrella](CodeKind::Umbrella) the most usual one.
    #[must_use]
    pub const fn reason(&self) -> &Reason {
        &self.reason
    }

    /// What the code is good for.
    #[must_use]
    pub const fn kind(&self) -> CodeKind {
        self.kind
    }

    /// How well the sources agree.
    #[must_use]
    pub const fn confidence(&self) -> Confidence {
        self.confidence
    }

    /// Whether the code is in use.
    #[must_use]
    pub const fn status(&self) -> CodeStatus {
        self.status
    }

    /// The sources, by the numbers of the [list](self#sources), with semicolons between; empty for a row of your own.
    #[must_use]
    pub const fn sources(&self) -> &'static str {
        self.sources
    }

    /// What else is to be known of it; often empty.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    fn compare(&self, network: &str, code: &str) -> Ordering {
        (self.network(), self.code()).cmp(&(network, code))
    }
}

/// All rows, sorted by network and code, both byte by byte.
#[must_use]
pub fn all() -> &'static [ReasonCode] {
    &codes::CODES
}

/// What the code means at this network; `None` if the table does not know it. A processor's own reason is asked for under the
/// processor's name, as [`Network::Other`]: `stripe`, `paypal`, `braintree`, `klarna`, `cashapp`.
#[must_use]
pub fn lookup(network: &Network, code: &str) -> Option<&'static ReasonCode> {
    find(&codes::CODES, network.as_str(), code.trim())
}

fn find<'t>(rows: &'t [ReasonCode], network: &str, code: &str) -> Option<&'t ReasonCode> {
    rows.binary_search_by(|row| row.compare(network, code)).ok().map(|place| &rows[place])
}

/// The table with rows of your own over it.
///
/// ```
/// use chargeback::reason_codes::{ReasonCode, ReasonTable};
/// use chargeback::{Network, NetworkCode, Reason};
///
/// let code = NetworkCode::new(Network::Jcb, "541");
/// let table = ReasonTable::default().with(ReasonCode::new(&code, Reason::NotReceived, "Not received"));
/// assert_eq!(table.reason(&code), Reason::NotReceived);
/// // What nobody knows stays unknown, and keeps its text.
/// assert_eq!(table.reason(&NetworkCode::new(Network::Jcb, "999")), Reason::from("jcb 999"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct ReasonTable {
    own: Vec<ReasonCode>,
}

impl ReasonTable {
    /// With this row, in place of any other of the same network and code.
    #[must_use]
    pub fn with(mut self, row: ReasonCode) -> Self {
        match self.own.binary_search_by(|own| own.compare(row.network(), row.code())) {
            Ok(place) => self.own[place] = row,
            Err(place) => self.own.insert(place, row),
        }
        self
    }

    /// What the code means: by your rows, then by the crate's.
    #[must_use]
    pub fn lookup(&self, code: &NetworkCode) -> Option<&ReasonCode> {
        let (network, code) = (code.network().as_str(), code.code());
        find(&self.own, network, code).or_else(|| find(&codes::CODES, network, code))
    }

    /// The reason of the code; [`Reason::Unknown`] with network and code if nobody knows it.
    #[must_use]
    pub fn reason(&self, code: &NetworkCode) -> Reason {
        self.lookup(code).map_or_else(|| Reason::from(code.to_string()), |row| row.reason.clone())
    }
}

impl NetworkCode {
    /// What the code means, by the [table](crate::reason_codes); `None` if it does not know it.
    #[must_use]
    pub fn meaning(&self) -> Option<&'static ReasonCode> {
        lookup(self.network(), self.code())
    }
}
