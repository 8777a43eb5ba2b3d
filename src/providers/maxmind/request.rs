//! MaxMind's request. Field names in JSON are in `snake_case`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::providers::text::check_length;
use crate::util::redact::Presence;
use crate::util::strict_serde::object_struct;
use crate::util::string_enum::string_enum;
use crate::util::violation::Violation;

/// MaxMind's limit for `notes`, in characters.
pub(super) const NOTES_LIMIT: usize = 1000;

/// MaxMind's limit for the transaction id in a scoring request, in characters. A longer id matches no transaction.
const TRANSACTION_ID_LIMIT: usize = 255;

/// An id that no transaction has.
const NIL_UUID: &str = "00000000-0000-0000-0000-000000000000";

string_enum! {
    path = "chargeback::maxmind";
    /// MaxMind's tags. A transaction has one tag or none.
    pub enum Tag {
        /// The payment was charged back. Counts as fraud.
        Chargeback = "chargeback",
        /// The payment was honest.
        NotFraud = "not_fraud",
        /// The payment may be fraud. No report sends it.
        SuspectedFraud = "suspected_fraud",
        /// Spam or abuse without a loss of money. No report sends it.
        SpamOrAbuse = "spam_or_abuse",
        /// Removes the tag. MaxMind accepts it since May 2026.
        Clear = "clear",
    }
}

object_struct! {
    names = "snake_case";
    /// The call `POST /minfraud/v2.0/transactions/report`: tags a transaction. Idempotent.
    ///
    /// At least one of the four ids is required. Set all that are known, since MaxMind matches by each.
    ///
    /// ```
    /// use chargeback::maxmind::{ReportTransaction, Tag};
    ///
    /// let mut report = ReportTransaction::new(Tag::Chargeback);
    /// assert_eq!(report.validate().len(), 1);
    /// report.ip_address = Some("74.209.24.1".into());
    /// report.transaction_id = Some("txn-1".into());
    /// assert!(report.validate().is_empty());
    /// ```
    #[derive(Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ReportTransaction {
        /// The tag.
        pub tag: Tag,
        /// The customer's IP address, version 4 or 6, neither private nor reserved. Reports send none.
        pub ip_address: Option<String>,
        /// The id from a response of minFraud Standard or Premium: 8 digits and upper-case letters.
        pub maxmind_id: Option<String>,
        /// The id from a response of minFraud Score, Insights or Factors: a UUID of 36 characters.
        pub minfraud_id: Option<String>,
        /// The merchant's id that was sent to minFraud as `event.transaction_id`, at most 255 characters.
        pub transaction_id: Option<String>,
        /// The network's reason code, unchanged. No limit is documented.
        pub chargeback_code: Option<String>,
        /// Notes for people, at most 1000 characters.
        pub notes: Option<String>,
    }
}

impl ReportTransaction {
    /// Creates a report with a tag and without ids.
    #[must_use]
    pub const fn new(tag: Tag) -> Self {
        Self {
            tag,
            ip_address: None,
            maxmind_id: None,
            minfraud_id: None,
            transaction_id: None,
            chargeback_code: None,
            notes: None,
        }
    }

    /// Returns the rules that the report breaks.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let ids = [&self.ip_address, &self.maxmind_id, &self.minfraud_id, &self.transaction_id];
        let mut violations = Vec::new();
        if ids.iter().all(|id| id.is_none()) {
            let rule = "required; set transaction_id, minfraud_id, maxmind_id or ip_address";
            violations.push(Violation::new("transaction_id", rule));
        }
        if self.ip_address.as_deref().is_some_and(|address| !is_public_address(address)) {
            violations.push(Violation::new("ip_address", "must be a public IP address, version 4 or 6"));
        }
        if self.maxmind_id.as_deref().is_some_and(|id| !is_maxmind_id(id)) {
            violations.push(Violation::new("maxmind_id", "must be 8 digits and upper-case letters"));
        }
        if self.minfraud_id.as_deref().is_some_and(|id| !is_minfraud_id(id)) {
            violations.push(Violation::new("minfraud_id", "must be a UUID of 36 characters"));
        }
        if self.transaction_id.as_deref() == Some("") {
            violations.push(Violation::new("transaction_id", "must not be empty"));
        }
        violations.extend(check_length("transaction_id", self.transaction_id.as_deref(), TRANSACTION_ID_LIMIT));
        violations.extend(check_length("notes", self.notes.as_deref(), NOTES_LIMIT));
        violations
    }
}

impl fmt::Debug for ReportTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportTransaction")
            .field("tag", &self.tag)
            .field("ip_address", &Presence::new(self.ip_address.as_ref()))
            .field("maxmind_id", &Presence::new(self.maxmind_id.as_ref()))
            .field("minfraud_id", &Presence::new(self.minfraud_id.as_ref()))
            .field("transaction_id", &Presence::new(self.transaction_id.as_ref()))
            .finish_non_exhaustive()
    }
}

/// Returns true if the text has the form of an id of minFraud Standard or Premium.
pub(super) fn is_maxmind_id(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// Returns true if the text has the form of an id of minFraud Score, Insights or Factors.
pub(super) fn is_minfraud_id(text: &str) -> bool {
    let is_valid = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text != NIL_UUID && text.bytes().enumerate().all(is_valid)
}

/// Returns true if MaxMind can accept the address. MaxMind does not list the ranges that it refuses; these are the
/// private and reserved ones of IANA's registries, without `2001:db8::/32`, which is in MaxMind's own example.
fn is_public_address(text: &str) -> bool {
    match text.parse() {
        Ok(IpAddr::V4(address)) => is_public_v4(address),
        Ok(IpAddr::V6(address)) => is_public_v6(address),
        Err(_) => false,
    }
}

const fn is_public_v4(address: Ipv4Addr) -> bool {
    let is_reserved = match address.octets() {
        // This network, reserved (with broadcast), shared address space, protocol assignments, benchmarks.
        [0 | 240..=255, ..] | [100, 64..=127, ..] | [192, 0, 0, _] | [198, 18..=19, ..] => true,
        _ => false,
    };
    !is_reserved
        && !address.is_private()
        && !address.is_loopback()
        && !address.is_link_local()
        && !address.is_multicast()
        && !address.is_documentation()
}

const fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    !address.is_loopback()
        && !address.is_unspecified()
        && !address.is_multicast()
        && !address.is_unique_local()
        && !address.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_reserved_addresses_are_refused() {
        for address in ["74.209.24.1", "100.128.0.1", "192.0.1.1", "2600:1f18::1", "2001:db8::2:1", "::ffff:8.8.8.8"] {
            assert!(is_public_address(address), "{address}");
        }
        let reserved = [
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.5",
            "127.0.0.1",
            "169.254.1.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "240.0.0.1",
            "100.64.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "203.0.113.9",
            "::",
            "::1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "::ffff:10.0.0.1",
        ];
        for address in reserved {
            assert!(!is_public_address(address), "{address}");
        }
        for address in ["", "1.2.3", "01.2.3.4", "1.2.3.4/32", "1.2.3.4:80", " 1.2.3.4", "[::1]", "fe80::1%eth0"] {
            assert!(!is_public_address(address), "{address}");
        }
    }

    #[test]
    fn ids_have_a_fixed_form() {
        assert!(is_maxmind_id("ABCD1234") && is_maxmind_id("12345678"));
        for id in ["", "ABCD123", "ABCD12345", "abcd1234", "ABCD-234", "ÄBCD123"] {
            assert!(!is_maxmind_id(id), "{id}");
        }
        assert!(is_minfraud_id("01c25cb0-f067-4e02-8ed0-a094c580f5e4"));
        let wrong = [
            "",
            NIL_UUID,
            "01c25cb0f0674e028ed0a094c580f5e4",
            "01c25cb0-f067-4e02-8ed0_a094c580f5e4",
            "01c25cb0-f067-4e02-8ed0-a094c580f5eg",
        ];
        for id in wrong {
            assert!(!is_minfraud_id(id), "{id}");
        }
    }
}
