//! Card networks and their raw reason codes.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::util::strict_serde::object_struct;

/// A card network, or another scheme that has reason codes of its own.
///
/// Names are stable and in `snake_case`. One that is not among these is kept in [`Other`](Self::Other), so reading
/// never fails.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Network {
    /// Visa: `visa`.
    Visa,
    /// Mastercard: `mastercard`.
    Mastercard,
    /// American Express: `amex`.
    Amex,
    /// Discover: `discover`.
    Discover,
    /// Diners Club: `diners`.
    Diners,
    /// JCB: `jcb`.
    Jcb,
    /// China UnionPay: `union_pay`.
    UnionPay,
    /// SEPA direct debit, whose returns have reason codes too: `sepa`.
    Sepa,
    /// Another one, by the name that was given; vendors that are told the network are sent it to the letter.
    Other(String),
}

impl Network {
    const KNOWN: &'static [Self] = &[
        Self::Visa,
        Self::Mastercard,
        Self::Amex,
        Self::Discover,
        Self::Diners,
        Self::Jcb,
        Self::UnionPay,
        Self::Sepa,
    ];

    /// The stable name: `visa`, `union_pay`, or the text of [`Other`](Self::Other).
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Visa => "visa",
            Self::Mastercard => "mastercard",
            Self::Amex => "amex",
            Self::Discover => "discover",
            Self::Diners => "diners",
            Self::Jcb => "jcb",
            Self::UnionPay => "union_pay",
            Self::Sepa => "sepa",
            Self::Other(text) => text,
        }
    }
}

impl From<&str> for Network {
    fn from(text: &str) -> Self {
        Self::KNOWN
            .iter()
            .find(|network| network.as_str() == text)
            .cloned()
            .unwrap_or_else(|| Self::Other(text.to_owned()))
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(String::deserialize(deserializer)?.as_str().into())
    }
}

/// A reason code of a card network, raw: Visa `13.1`, Mastercard `4853`, Amex `004`.
///
/// A code means nothing without its network: `4863` is one thing at Mastercard and another at Discover. Codes are text;
/// leading zeros matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "RawNetworkCode", into = "RawNetworkCode")]
pub struct NetworkCode {
    network: Network,
    code: String,
}

object_struct! {
    names = "snake_case";
    struct RawNetworkCode {
        network: Network,
        code: String,
    }
}

impl From<RawNetworkCode> for NetworkCode {
    fn from(raw: RawNetworkCode) -> Self {
        Self::new(raw.network, raw.code)
    }
}

impl From<NetworkCode> for RawNetworkCode {
    fn from(code: NetworkCode) -> Self {
        Self { network: code.network, code: code.code }
    }
}

impl NetworkCode {
    /// Pairs a code with its network. White space around the code is cut off: some processors send it.
    ///
    /// ```
    /// use chargeback::{Network, NetworkCode};
    ///
    /// let code = NetworkCode::new(Network::Visa, " 13.1");
    /// assert_eq!(code.to_string(), "visa 13.1");
    /// ```
    pub fn new(network: Network, code: impl AsRef<str>) -> Self {
        Self { network, code: code.as_ref().trim().to_owned() }
    }

    /// The network whose code it is, without which the code means nothing.
    #[must_use]
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// The code as the network writes it, leading zeros and dots included.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }
}

impl fmt::Display for NetworkCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.network, self.code)
    }
}
