//! Lookup in the table and in rows of the caller.

use super::code::ReasonCode;
use super::codes::NETWORKS;
use crate::model::{NetworkCode, Reason};

/// Returns all rows, sorted by network and code, both byte by byte.
///
/// ```
/// use chargeback::reason_codes::{CodeStatus, all};
///
/// let retired = all().filter(|row| row.status() == CodeStatus::Retired).count();
/// assert!(retired > 0);
/// ```
pub fn all() -> impl Iterator<Item = &'static ReasonCode> + Clone {
    NETWORKS.iter().flat_map(|(_, rows)| rows.iter())
}

/// Returns the row of a code; `None` if the code is not in the table.
///
/// Reasons of processors are listed with the processor's name as the network: `stripe`, `paypal`, `braintree`,
/// `klarna`, `cashapp`.
///
/// ```
/// use chargeback::reason_codes::lookup;
/// use chargeback::{Network, NetworkCode, Reason};
///
/// let row = lookup(&NetworkCode::new(Network::Visa, "13.1")).expect("in the table");
/// assert_eq!(row.reason(), &Reason::NotReceived);
/// assert!(lookup(&NetworkCode::new("stripe".into(), "product_not_received")).is_some());
/// ```
#[must_use]
pub fn lookup(code: &NetworkCode) -> Option<&'static ReasonCode> {
    let network = NETWORKS.binary_search_by(|(name, _)| (*name).cmp(code.network().as_str())).ok()?;
    let (_, rows) = NETWORKS[network];
    rows.binary_search_by(|row| row.code().cmp(code.code())).ok().map(|index| &rows[index])
}

/// The table, with additional rows that take precedence.
///
/// ```
/// use chargeback::reason_codes::{ReasonCode, ReasonTable};
/// use chargeback::{Network, NetworkCode, Reason};
///
/// let code = NetworkCode::new(Network::Jcb, "541");
/// let table = ReasonTable::default().with(ReasonCode::new(&code, Reason::NotReceived, "Not received"));
/// assert_eq!(table.reason(&code), Reason::NotReceived);
/// // The reason of an unknown code is unknown and contains the code.
/// assert_eq!(table.reason(&NetworkCode::new(Network::Jcb, "999")).as_str(), "jcb 999");
/// ```
#[derive(Debug, Clone, Default)]
pub struct ReasonTable {
    /// Sorted by network and code.
    added: Vec<ReasonCode>,
}

impl ReasonTable {
    /// Adds a row. The row replaces any other row with the same network and code.
    ///
    /// ```
    /// use chargeback::reason_codes::{ReasonCode, ReasonTable};
    /// use chargeback::{Network, NetworkCode, Reason};
    ///
    /// let code = NetworkCode::new(Network::Jcb, "541");
    /// let table = ReasonTable::default().with(ReasonCode::new(&code, Reason::NotReceived, "Not received"));
    /// assert_eq!(table.lookup(&code).map(|row| row.title()), Some("Not received"));
    /// ```
    #[must_use]
    pub fn with(mut self, row: ReasonCode) -> Self {
        match self.position(row.network(), row.code()) {
            Ok(index) => self.added[index] = row,
            Err(index) => self.added.insert(index, row),
        }
        self
    }

    /// Returns the row of a code: from the added rows, then from this crate's table.
    #[must_use]
    pub fn lookup(&self, code: &NetworkCode) -> Option<&ReasonCode> {
        match self.position(code.network().as_str(), code.code()) {
            Ok(index) => Some(&self.added[index]),
            Err(_) => lookup(code),
        }
    }

    /// Returns the reason of a code; [`Reason::Unknown`] with network and code if no row has the code.
    ///
    /// ```
    /// use chargeback::reason_codes::ReasonTable;
    /// use chargeback::{Network, NetworkCode, Reason};
    ///
    /// assert_eq!(ReasonTable::default().reason(&NetworkCode::new(Network::Visa, "13.1")), Reason::NotReceived);
    /// ```
    #[must_use]
    pub fn reason(&self, code: &NetworkCode) -> Reason {
        self.lookup(code).map_or_else(|| Reason::from(code.to_string().as_str()), |row| row.reason().clone())
    }

    fn position(&self, network: &str, code: &str) -> Result<usize, usize> {
        self.added.binary_search_by(|row| (row.network(), row.code()).cmp(&(network, code)))
    }
}
