//! Keyed hashes of payloads, keys and case ids.

use std::hash::{BuildHasher as _, RandomState};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::report::NewReport;
use super::rules::enqueue::Hashes;

/// The random key of a store.
#[derive(Clone)]
pub struct StoreKey(Hmac<Sha256>);

impl StoreKey {
    /// Creates the key from its bytes, of any length.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        let mut block = [0; 64];
        block[..32].copy_from_slice(&Sha256::digest(key));
        Self(Hmac::new(&block.into()))
    }

    /// Returns 32 random bytes for a new store. The standard library takes its hash keys from the operating system.
    pub(super) fn random_bytes() -> [u8; 32] {
        let mut bytes = [0; 32];
        let random = RandomState::new();
        for (number, chunk) in bytes.chunks_exact_mut(8).enumerate() {
            chunk.copy_from_slice(&random.hash_one(number).to_le_bytes());
        }
        bytes
    }

    fn hash(&self, purpose: &[u8], value: &[u8]) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(purpose);
        mac.update(&[0]);
        mac.update(value);
        mac.finalize().into_bytes().into()
    }

    /// Returns the hash by which a store recognises its key.
    #[cfg(feature = "outbox-sqlite")]
    pub(super) fn check(&self) -> String {
        hex::encode(self.hash(b"check", b""))
    }

    /// Returns the hash of an event's key.
    #[must_use]
    pub fn event_key(&self, key: &str) -> String {
        hex::encode(self.hash(b"key", key.as_bytes()))
    }

    /// Returns the text that replaces the id of an erased case.
    #[must_use]
    pub fn case_id(&self, case_id: &str) -> String {
        format!("erased/{}", hex::encode(self.hash(b"case", case_id.as_bytes())))
    }

    /// Returns the hash by which a store finds a text without an index of texts.
    #[cfg(feature = "outbox-sqlite")]
    pub(super) fn lookup(&self, text: &str) -> [u8; 32] {
        self.hash(b"lookup", text.as_bytes())
    }

    /// Returns the hashes of a report.
    pub(super) fn hashes(&self, report: &NewReport<'_>) -> Hashes {
        Hashes {
            digest: self.hash(b"payload", report.plain),
            key: self.event_key(report.key.as_str()),
            case_id: self.case_id(report.case_id),
        }
    }
}

/// Returns the SHA-256 of the JSON of a report.
#[must_use]
pub fn fingerprint(json: &[u8]) -> [u8; 32] {
    Sha256::digest(json).into()
}

impl std::fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoreKey([redacted])")
    }
}
