//! Riskified's signature: the lower-case hexadecimal HMAC-SHA256 of the exact bytes of a body, with the auth token as
//! key. Requests and Riskified's notifications have the same signature. It has no time, so a captured request can be
//! sent again by anyone.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::util::secret::Secret;

/// The header of the signature, in requests and in notifications.
pub const HEADER: &str = "x-riskified-hmac-sha256";

/// Signs the bytes of a body.
///
/// ```
/// use chargeback::Secret;
/// use chargeback::riskified::signature::sign;
///
/// let signature = sign(br#"{"order":{"id":"1"}}"#, &Secret::from("test-key-123"));
/// assert_eq!(signature, "0e63809ce48619a4308111a79de2820ea3bd3964f8a2277574bc09144012761c");
/// ```
#[must_use]
pub fn sign(body: &[u8], auth_token: &Secret) -> String {
    hex::encode(mac(body, auth_token).finalize().into_bytes())
}

/// Returns true if the signature is that of the bytes, as Riskified's notifications have it in the header [`HEADER`].
/// Compares in constant time.
///
/// ```
/// use chargeback::Secret;
/// use chargeback::riskified::signature::{sign, verify};
///
/// let token = Secret::from("auth-token");
/// let signature = sign(b"{}", &token);
/// assert!(verify(b"{}", &signature, &token));
/// assert!(!verify(b"{ }", &signature, &token));
/// ```
#[must_use]
pub fn verify(body: &[u8], signature: &str, auth_token: &Secret) -> bool {
    hex::decode(signature).is_ok_and(|signature| mac(body, auth_token).verify_slice(&signature).is_ok())
}

fn mac(body: &[u8], auth_token: &Secret) -> Hmac<Sha256> {
    // HMAC pads a short key with zeros and hashes a long one.
    let mut block = [0; 64];
    let key = auth_token.expose().as_bytes();
    if let Some(start) = block.get_mut(..key.len()) {
        start.copy_from_slice(key);
    } else {
        use sha2::Digest as _;
        block[..32].copy_from_slice(&Sha256::digest(key));
    }
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(body);
    mac
}
