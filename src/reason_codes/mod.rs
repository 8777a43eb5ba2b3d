//! The meaning of reason codes of card networks and processors: a table of 358 codes.
//!
//! Look up a code with [`lookup`]. A code has a meaning only together with its network: `4863` differs between
//! Mastercard and Discover. Codes are text, and the leading zeros of Amex codes matter. White space around a code
//! is trimmed, because some processors send it; nothing else is changed. The result for a code that is not in the
//! table is `None`, not [`Reason::Other`](crate::Reason::Other).
//!
//! ```
//! use chargeback::reason_codes::{CodeKind, lookup};
//! use chargeback::{Network, NetworkCode, Reason};
//!
//! let code = |network: Network, code: &str| lookup(&NetworkCode::new(network, code));
//!
//! let row = code(Network::Visa, "13.1").expect("in the table");
//! assert_eq!((row.title(), row.reason()), ("Goods or services not received", &Reason::NotReceived));
//! assert_eq!(code(Network::Mastercard, "4863").unwrap().reason(), &Reason::Unrecognized);
//! assert_eq!(code(Network::Discover, "4863").unwrap().reason(), &Reason::Authorization);
//! assert_eq!(code(Network::Mastercard, "4853").unwrap().kind(), CodeKind::Umbrella);
//! assert!(code(Network::Visa, "99.9").is_none());
//! ```
//!
//! The table is static data, sorted and searched in place. A lookup builds and allocates nothing. The table was
//! made on [`DATE`]. The [`kind`](ReasonCode::kind) of a code is this crate's interpretation of the sources.
//! Networks change their rules; a [`ReasonTable`] adds or replaces rows.
//!
//! The networks' own rule books were not available. The rows come from publications of processors, acquirers and
//! dispute firms, and [`confidence`](ReasonCode::confidence) shows how well the sources agree. Not covered are the
//! codes of Diners, JCB, UnionPay and Cartes Bancaires, and the return codes of ACH.
//!
//! # Sources
//!
#![doc = include_str!("sources.md")]
//!
//! # The table
//!
#![doc = include_str!("codes.md")]

mod code;
mod codes;
mod rows;
mod table;

pub use self::code::{CodeKind, CodeStatus, Confidence, ReasonCode};
pub use self::table::{ReasonTable, all, lookup};

/// The day on which the table was made. The newest source with a date is from September 2026.
pub const DATE: &str = "2026-11-21";
