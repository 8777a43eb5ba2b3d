//! Where a chargeback stands.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Where a chargeback stands, seen from the merchant's seat.
///
/// `Won` and `Lost` are the merchant's. No stage is truly the last one: a won case can be charged back a second time,
/// a lost one can be appealed.
///
/// Names are stable and in `snake_case` ([`as_str`](Self::as_str), `Display`, `FromStr`, serde). A name that is not
/// among them is an error, never a default.
///
/// ```
/// use chargeback::Stage;
///
/// assert_eq!("pre_arbitration".parse::<Stage>()?, Stage::PreArbitration);
/// assert!("settled".parse::<Stage>().is_err());
/// # Ok::<(), chargeback::ParseStageError>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// A warning before any chargeback: an issuer's fraud report, an Ethoca or Verifi alert. No vendor here can be
    /// told.
    Alert,
    /// The issuer asks for information (a retrieval request); no money has moved. No vendor here can be told.
    Inquiry,
    /// The chargeback has arrived and waits for the merchant.
    Received,
    /// The merchant does not contest it and bears the loss.
    Accepted,
    /// The merchant contests it: a representment has been sent or is being sent.
    Contested,
    /// The issuer or the network looks at the merchant's evidence.
    UnderReview,
    /// The issuer rejects the representment, before arbitration; at Visa also the merchant's first answer to a
    /// chargeback for fraud.
    PreArbitration,
    /// The card network decides between issuer and acquirer.
    Arbitration,
    /// Decided for the merchant, who keeps the money or gets it back.
    Won,
    /// Decided against the merchant, with a representment or without one.
    Lost,
    /// The money has come back to the merchant without a decision that is known to be final.
    Reversed,
    /// The merchant has refunded the customer to end the case. To report it moves no money.
    Refunded,
    /// The customer or issuer has taken the chargeback back.
    Withdrawn,
    /// The time to answer has run out, and the merchant bears the loss.
    Expired,
    /// Over, and nobody says who won.
    Closed,
}

impl Stage {
    /// Every stage, in the order of a case's life.
    pub const ALL: &'static [Self] = &[
        Self::Alert,
        Self::Inquiry,
        Self::Received,
        Self::Accepted,
        Self::Contested,
        Self::UnderReview,
        Self::PreArbitration,
        Self::Arbitration,
        Self::Won,
        Self::Lost,
        Self::Reversed,
        Self::Refunded,
        Self::Withdrawn,
        Self::Expired,
        Self::Closed,
    ];

    /// The stable name: `pre_arbitration`. `Display`, `FromStr` and serde use it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Inquiry => "inquiry",
            Self::Received => "received",
            Self::Accepted => "accepted",
            Self::Contested => "contested",
            Self::UnderReview => "under_review",
            Self::PreArbitration => "pre_arbitration",
            Self::Arbitration => "arbitration",
            Self::Won => "won",
            Self::Lost => "lost",
            Self::Reversed => "reversed",
            Self::Refunded => "refunded",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Stage {
    type Err = ParseStageError;

    /// Reads a stable name to the letter.
    ///
    /// # Errors
    ///
    /// [`ParseStageError`] if it is not the name of a stage.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|stage| stage.as_str() == text).ok_or_else(|| ParseStageError(text.to_owned()))
    }
}

impl Serialize for Stage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Stage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The text names no [`Stage`].
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a stage; the stages are alert, inquiry, received, accepted, contested, under_review, pre_arbitration, arbitration, won, lost, reversed, refunded, withdrawn, expired, closed"
)]
pub struct ParseStageError(String);

impl ParseStageError {
    /// The text that was read. It comes from outside; neither `Display` nor `Debug` shows it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ParseStageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParseStageError([redacted])")
    }
}
