//! Helpers without knowledge of chargebacks or vendors.

pub(crate) mod parse_value;
pub(crate) mod redact;
pub(crate) mod secret;
pub(crate) mod strict_serde;
pub(crate) mod string_enum;
pub(crate) mod unknown_value;
pub(crate) mod violation;
pub(crate) mod wiped;
