//! One row of the table.

use std::borrow::Cow;

use crate::model::{Category, NetworkCode, Reason, Stage};
use crate::util::string_enum::string_enum;

string_enum! {
    path = "chargeback::reason_codes";
    /// The agreement between the sources of a row.
    pub enum Confidence {
        /// Two independent lists agree, or the owner of the code documents the meaning.
        High = "high",
        /// One good source, or sources that disagree on the meaning.
        Medium = "medium",
        /// One weak source.
        Low = "low",
    }
}

string_enum! {
    path = "chargeback::reason_codes";
    /// The use of a code.
    pub enum CodeStatus {
        /// The code is in use.
        Current = "current",
        /// The code is no longer in use. Old cases and some processors still contain it.
        Retired = "retired",
        /// The code had two meanings at different times. The [`note`](ReasonCode::note) explains both.
        Ambiguous = "ambiguous",
        /// The code is in use, and no source explains it.
        Unknown = "unknown",
    }
}

/// The kind of a code.
///
/// ```
/// use chargeback::reason_codes::{CodeKind, all};
///
/// /// Bookkeeping between network and merchant is not reported.
/// let reported = all().filter(|row| row.kind() != CodeKind::Adjustment);
/// assert!(reported.count() > 0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CodeKind {
    /// The code states the reason.
    Reason,
    /// The code covers several reasons; the table has the most frequent one. Refine it with other data: the stage, the
    /// sales channel, the processor's own code.
    Umbrella,
    /// The code is an update of the case, which is now at this stage. The reason of such a code is [`Reason::Other`].
    Status(Stage),
    /// The code is bookkeeping between network and merchant, not a chargeback. Do not report it.
    Adjustment,
    /// The code is about the documents of a second round, not about the customer's reason.
    SecondCycle,
    /// The row explains a field and has no code.
    NoCode,
}

impl CodeKind {
    /// Returns the name in the table: `reason`, `umbrella`, `status`, `adjustment`, `second_cycle`, `no_code`.
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

/// A row of the table: the meaning of one code of one network.
///
/// ```
/// use chargeback::reason_codes::{CodeKind, CodeStatus, ReasonCode};
/// use chargeback::{Category, Network, NetworkCode, Reason};
///
/// let code = NetworkCode::new(Network::Jcb, "541");
/// let row = ReasonCode::new(&code, Reason::NotReceived, "Not received").with_kind(CodeKind::Umbrella);
/// assert_eq!((row.network(), row.code()), ("jcb", "541"));
/// assert_eq!((row.category(), row.status()), (Category::Consumer, CodeStatus::Current));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonCode {
    pub(super) network: Cow<'static, str>,
    pub(super) code: Cow<'static, str>,
    pub(super) title: Cow<'static, str>,
    pub(super) category: Category,
    pub(super) reason: Reason,
    pub(super) kind: CodeKind,
    pub(super) confidence: Confidence,
    pub(super) status: CodeStatus,
    pub(super) sources: &'static str,
    pub(super) note: Cow<'static, str>,
}

impl ReasonCode {
    /// Creates a row for a [`ReasonTable`](super::ReasonTable). The row has the kind [`CodeKind::Reason`], is
    /// current, and has high confidence.
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

    /// Sets the kind of the code.
    ///
    /// ```
    /// use chargeback::reason_codes::{CodeKind, ReasonCode};
    /// use chargeback::{Network, NetworkCode, Reason};
    ///
    /// let code = NetworkCode::new(Network::Jcb, "541");
    /// let row = ReasonCode::new(&code, Reason::Other, "Second round").with_kind(CodeKind::SecondCycle);
    /// assert_eq!(row.kind().as_str(), "second_cycle");
    /// ```
    #[must_use]
    pub const fn with_kind(mut self, kind: CodeKind) -> Self {
        self.kind = kind;
        self
    }

    /// Returns the name of the network or processor: `visa`, `stripe`.
    #[must_use]
    pub fn network(&self) -> &str {
        &self.network
    }

    /// Returns the code, unchanged: `13.1`, `004`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the meaning in a few English words. The wording is this crate's.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns the category in which the network lists the code.
    #[must_use]
    pub const fn category(&self) -> Category {
        self.category
    }

    /// Returns the reason, which is the same for all vendors. For an [umbrella](CodeKind::Umbrella), this is the most
    /// frequent reason.
    #[must_use]
    pub const fn reason(&self) -> &Reason {
        &self.reason
    }

    /// Returns the kind of the code.
    #[must_use]
    pub const fn kind(&self) -> CodeKind {
        self.kind
    }

    /// Returns the agreement between the sources.
    #[must_use]
    pub const fn confidence(&self) -> Confidence {
        self.confidence
    }

    /// Returns the use of the code.
    #[must_use]
    pub const fn status(&self) -> CodeStatus {
        self.status
    }

    /// Returns the sources by their numbers in the [list](super#sources), separated by semicolons; empty for a row that
    /// is not from this crate's table.
    ///
    /// ```
    /// use chargeback::reason_codes::lookup;
    /// use chargeback::{Network, NetworkCode};
    ///
    /// let row = lookup(&NetworkCode::new(Network::Visa, "13.1")).expect("in the table");
    /// println!("{} {}: {} (sources {})", row.network(), row.code(), row.title(), row.sources());
    /// assert!(!row.sources().is_empty());
    /// ```
    #[must_use]
    pub const fn sources(&self) -> &'static str {
        self.sources
    }

    /// Returns further information about the code; often empty.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }
}
