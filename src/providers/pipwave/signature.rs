//! Pipwave's request signature.
//!
//! Lower-case hexadecimal SHA-1 of `key:value` pairs, joined with nothing between, keys in ascending byte order, the secret as
//! one of the pairs. It is the vendor's algorithm, whatever one would choose today: without a separator, different
//! requests can share a signature, and `reason` is not signed at all. TLS is what protects the call.
//!
//! The page "Signature" forgets the sort; the vendor's sample code, plugins and server-side model all sort. Text is
//! signed as UTF-8, as the PHP clients do (the Android client uses ISO 8859-1, which differs for ids that are not ASCII).

use std::fmt;

use serde::Serialize;
use sha1::{Digest as _, Sha1};

use crate::secret::Secret;

/// The signature over these pairs and the secret. The order of the pairs does not matter.
///
/// ```
/// use chargeback::Secret;
/// use chargeback::pipwave::signature::sign;
///
/// let pairs = [
///     ("action", "tag-chargeback"),
///     ("timestamp", "1456790400"),
///     ("api_key", "test_key"),
///     ("txn_id", "ORDER-1"),
///     ("stage", "disputed"),
/// ];
/// assert_eq!(sign(pairs, &Secret::from("test_secret")), "454e162253f748d15c3fd7e31c2e4cd06714343b");
/// ```
pub fn sign<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, api_secret: &'a Secret) -> String {
    let given = pairs.into_iter();
    // The five that a call has at most, and the secret.
    let mut pairs: Vec<(&str, &str)> = Vec::with_capacity(8);
    pairs.extend(given);
    pairs.push(("api_secret", api_secret.expose()));
    pairs.sort_unstable();
    let mut hash = Sha1::new();
    for (key, value) in pairs {
        hash.update(key);
        hash.update(":");
        hash.update(value);
    }
    hex::encode(hash.finalize())
}

/// The time of a call, as it is sent and signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Timestamp {
    /// Unix seconds as a JSON number, as the PHP clients send them and this crate does.
    Seconds(i64),
    /// The same as JSON text, as the Android client sends them.
    Text(String),
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => seconds.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}
