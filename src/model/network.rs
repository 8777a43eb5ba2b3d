//! Card networks and their reason codes.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::util::strict_serde::object_struct;
use crate::util::string_enum::open_string_enum;

open_string_enum! {
    path = "chargeback";
    /// Another network, by the name that was given. Vendors that take the network receive it unchanged.
    unknown = Other;
    /// A card network, or another scheme with reason codes.
    ///
    /// Names are stable and in `snake_case`. Any other name becomes [`Other`](Self::Other) with its text, so reading
    /// never fails.
    ///
    /// ```
    /// use chargeback::Network;
    ///
    /// assert_eq!(Network::from("union_pay"), Network::UnionPay);
    /// assert!(!Network::from("elo").is_known());
    /// assert_eq!(Network::from("elo").as_str(), "elo");
    /// ```
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
        /// SEPA direct debit, whose returns also have reason codes: `sepa`.
        Sepa = "sepa",
    }
}

// Names of networks are not personal data.
impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Network({})", self.as_str())
    }
}

/// A reason code as a card network writes it: Visa `13.1`, Mastercard `4853`, Amex `004`.
///
/// A code has a meaning only together with its network: `4863` differs between Mastercard and Discover. Codes are
/// text, and leading zeros are significant.
///
/// ```
/// use chargeback::{Network, NetworkCode};
///
/// let code: NetworkCode = serde_json::from_str(r#"{"network":"amex","code":"004"}"#)?;
/// assert_eq!(code, NetworkCode::new(Network::Amex, "004"));
/// # Ok::<(), serde_json::Error>(())
/// ```
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
    /// Creates a code of a network. White space around the code is removed because some processors send it.
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

    /// Returns the network that defines the code.
    ///
    /// ```
    /// use chargeback::{Network, NetworkCode};
    ///
    /// let code = NetworkCode::new(Network::Mastercard, "4853");
    /// assert_eq!((code.network(), code.code()), (&Network::Mastercard, "4853"));
    /// ```
    #[must_use]
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// Returns the code as the network writes it, including leading zeros and dots.
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
