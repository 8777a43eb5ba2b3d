//! The state of the lookup for a case whose outcome is unknown.

use crate::util::string_enum::string_enum;

string_enum! {
    path = "chargeback";
    /// The state of the lookup of the vendor's record, for an error with the delivery
    /// [`Unknown`](crate::Delivery::Unknown).
    ///
    /// [`Error::advice`](crate::Error::advice) depends on this state. A provider outside this crate sets it with
    /// [`ErrorDetails::lookup`](crate::ErrorDetails::lookup).
    pub enum LookupState {
        /// The vendor's record can be looked up, and was not looked up yet: a later report starts with a lookup.
        Possible = "possible",
        /// The lookup failed, for example because the vendor is down. The state of the record is not known.
        Failed = "failed",
        /// The vendor rejected the credentials of the lookup. The state of the record is not known.
        Unauthorized = "unauthorized",
        /// The record was not found, or has the state before the report. A later lookup may find it, because an index
        /// can lag.
        NotFound = "not_found",
        /// The vendor has no lookup, or its record cannot show the outcome.
        Impossible = "impossible",
    }
}
