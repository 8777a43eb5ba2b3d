//! The check of the `bt_signature` field.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::{Digest as _, Sha1};

use super::payload::VerifiedPayload;
use crate::error::Error;
use crate::util::secret::Secret;
use crate::webhooks::error::VerifyError;
use crate::webhooks::verify::{MAX_SIGNATURES, check_setting, is_one_of};

/// Checks Braintree's signature by the keys of the merchant's API.
///
/// ```
/// use chargeback::Stage;
/// use chargeback::webhooks::{Event, Mapping, braintree};
/// # use base64::Engine as _;
/// # use hmac::{Hmac, KeyInit as _, Mac as _};
/// # use sha1::Digest as _;
/// # let xml = "<notification><kind>dispute_opened</kind><timestamp>2026-03-02T10:15:30Z</timestamp><subject><dispute>
/// #     <id>dispute1</id><status>open</status><kind>chargeback</kind><transaction><id>txn1</id></transaction>
/// #     </dispute></subject></notification>";
/// # let payload = base64::engine::general_purpose::STANDARD.encode(xml);
/// # let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&sha1::Sha1::digest("private_key"))?;
/// # mac.update(payload.as_bytes());
/// # let signature = format!("public_key|{}", hex::encode(mac.finalize().into_bytes()));
/// # let mut form = url::form_urlencoded::Serializer::new(String::new());
/// # form.append_pair("bt_signature", &signature).append_pair("bt_payload", &payload);
/// # let form = form.finish();
/// # let form = form.as_bytes();
///
/// let verifier = braintree::Verifier::new("public_key", "private_key")?;
/// let payload = verifier.verify(form)?;
/// if let Event::Dispute(event) = payload.parse(&Mapping::default())? {
///     assert_eq!(event.chargeback.case_id(), "braintree-dispute1");
///     assert_eq!(event.chargeback.stage(), Stage::Received);
/// #   return Ok(());
/// }
/// # unreachable!();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Verifier {
    keys: Vec<(String, Secret)>,
}

impl Verifier {
    /// Creates a verifier from a public key and the private key that belongs to it.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] if a key is empty or has white space around it.
    pub fn new(public_key: impl Into<String>, private_key: impl Into<Secret>) -> Result<Self, Error> {
        Self { keys: Vec::new() }.or(public_key, private_key)
    }

    /// Adds a pair of keys, for example the previous one during a rotation.
    ///
    /// ```
    /// use chargeback::webhooks::braintree;
    ///
    /// // The new pair, and the old one during a rotation.
    /// let verifier = braintree::Verifier::new("new_public", "new_private")?.or("old_public", "old_private")?;
    /// # let _ = verifier;
    /// # Ok::<(), chargeback::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] if a key is empty or has white space around it.
    pub fn or(mut self, public_key: impl Into<String>, private_key: impl Into<Secret>) -> Result<Self, Error> {
        let (public_key, private_key) = (public_key.into(), private_key.into());
        check_setting("public_key", &public_key)?;
        check_setting("private_key", private_key.expose())?;
        self.keys.push((public_key, private_key));
        Ok(self)
    }

    /// Verifies a delivery: the posted form (`application/x-www-form-urlencoded`).
    ///
    /// # Errors
    ///
    /// Returns [`VerifyError`] if the form is not signed with one of the keys. Respond with status 400.
    pub fn verify(&self, form: &[u8]) -> Result<VerifiedPayload, VerifyError> {
        let field = |name: &'static str| {
            let mut found = url::form_urlencoded::parse(form).filter(|(key, _)| key == name).map(|(_, value)| value);
            let value = found.next().ok_or(VerifyError::Missing(name))?;
            if found.next().is_some() { Err(VerifyError::Malformed(name)) } else { Ok(value) }
        };
        self.verify_fields(&field("bt_signature")?, &field("bt_payload")?)
    }

    /// Verifies the two fields of the form, if a web framework has decoded the form already.
    ///
    /// ```
    /// use chargeback::webhooks::{VerifyError, braintree};
    ///
    /// let verifier = braintree::Verifier::new("public_key", "private_key")?;
    /// let error = verifier.verify_fields("public_key|00", "PGE+").unwrap_err();
    /// assert_eq!(error, VerifyError::NoMatch);
    /// # Ok::<(), chargeback::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`VerifyError`] if the payload is not signed with one of the keys. Respond with status 400.
    pub fn verify_fields(&self, bt_signature: &str, bt_payload: &str) -> Result<VerifiedPayload, VerifyError> {
        let pairs = pairs(bt_signature).ok_or(VerifyError::Malformed("bt_signature"))?;
        let mut found = false;
        for (public_key, private_key) in &self.keys {
            let signatures = pairs.iter().filter(|(key, _)| key == public_key);
            let offered: Vec<Vec<u8>> =
                signatures.filter_map(|(_, signature)| hex::decode(signature.trim()).ok()).collect();
            if !offered.is_empty() {
                found |= is_one_of(&sha1(private_key, &[bt_payload]), &offered);
                found |= is_one_of(&sha1(private_key, &[bt_payload, "\n"]), &offered);
            }
        }
        if !found {
            return Err(VerifyError::NoMatch);
        }
        Ok(VerifiedPayload::new(bt_payload))
    }
}

/// Splits `public_key|signature&public_key|signature` into pairs; `None` if malformed or too long.
fn pairs(bt_signature: &str) -> Option<Vec<(&str, &str)>> {
    let pairs: Option<Vec<_>> = bt_signature.split('&').map(|pair| pair.trim().split_once('|')).collect();
    pairs.filter(|pairs| pairs.len() <= MAX_SIGNATURES)
}

/// Returns the HMAC-SHA1 over the concatenated parts, by the SHA-1 of the private key.
fn sha1(private_key: &Secret, parts: &[&str]) -> Vec<u8> {
    let key = Sha1::digest(private_key.expose());
    // HMAC accepts keys of every length, so the error case is not reached.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&key) else { return Vec::new() };
    for part in parts {
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_a_list_of_pairs() {
        assert_eq!(pairs("a|1& b|2|3"), Some(vec![("a", "1"), ("b", "2|3")]));
        assert_eq!(pairs(&["a|1"; 16].join("&")).map(|pairs| pairs.len()), Some(16));
        for malformed in ["", "a", "a|1&", "a|1&b"] {
            assert_eq!(pairs(malformed), None, "{malformed}");
        }
        assert_eq!(pairs(&["a|1"; 17].join("&")), None);
    }

    #[test]
    fn the_key_is_hashed() {
        // Computed with Python's hmac and hashlib modules.
        let sum = sha1(&Secret::from("integration_private_key"), &["PG5vdGlmaWNhdGlvbi8+", "\n"]);
        assert_eq!(hex::encode(sum), "10bf71f9a7343c54ee69013cabea1aad72f18f73");
    }
}
