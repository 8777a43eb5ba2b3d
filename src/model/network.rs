//! Card networks and their reason codes.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::util::strict_serde::object_struct;
use crate::util::string_enum::open_string_enum;

open_string_enum! {
    /// Another network, by the name that was given. Vendors that take the network receive it unchanged.
    unknown = Other;
    /// A card network, or another scheme that has reason codes of its own.
    ///
    /// Names are stable and in `snake_case`. One that is not among these is kept in [`Other`](Self::Other), so reading
    /// never fails.
    pub enum Network {
        /// Visa: `visa`.
        Visa = "visa",
        /// Mastercard: `mastercard`.
        Mastercard = "mastercard",
        /// American Express: `amex`.
        Amex = "amex",
        /// Discover: `discover`.
        Discover = "discover",
        /// Diners Club: `diners`.
        Diners = "diners",
        /// JCB: `jcb`.
        Jcb = "jcb",
        /// China UnionPay: `union_pay`.
        UnionPay = "union_pay",
        /// SEPA direct debit, whose returns have reason codes too: `sepa`.
        Sepa = "sepa",
    }
}

// Names of networks are not personal data.
impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Network({})", self.as_str())
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
