//! Encrypts payloads with AES-256-GCM.
//!
//! The case id is associated data, so a payload that is moved to another case cannot be opened. A sealed payload is the
//! nonce of 12 bytes, followed by the ciphertext and its tag.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use chargeback::outbox::{SealError, Sealer};

/// The keys: the first one seals, and all of them open. In production, read them from a secret store.
pub(crate) struct AesGcmSealer {
    keys: Vec<RandomizedNonceKey>,
}

impl AesGcmSealer {
    /// Creates a sealer with one key.
    pub(crate) fn new(key: &[u8; 32]) -> Result<Self, SealError> {
        Ok(Self { keys: vec![aes(key)?] })
    }

    /// Adds an earlier key, to open payloads that were sealed before a change of the key.
    #[allow(dead_code, reason = "the demo has one key")]
    pub(crate) fn earlier_key(mut self, key: &[u8; 32]) -> Result<Self, SealError> {
        self.keys.push(aes(key)?);
        Ok(self)
    }
}

fn aes(key: &[u8; 32]) -> Result<RandomizedNonceKey, SealError> {
    RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| SealError::new("not a key of AES-256"))
}

impl Sealer for AesGcmSealer {
    fn seal(&self, case_id: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let key = self.keys.first().ok_or_else(|| SealError::new("no key"))?;
        let mut text = plain.to_vec();
        let nonce = key.seal_in_place_append_tag(Aad::from(case_id.as_bytes()), &mut text);
        let nonce = nonce.map_err(|_| SealError::new("the cipher failed"))?;
        Ok([nonce.as_ref().as_slice(), &text].concat())
    }

    fn open(&self, case_id: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(|| SealError::new("too short"))?;
        for key in &self.keys {
            let mut text = text.to_vec();
            let nonce = Nonce::assume_unique_for_key(*nonce);
            if let Ok(plain) = key.open_in_place(nonce, Aad::from(case_id.as_bytes()), &mut text) {
                return Ok(plain.to_vec());
            }
        }
        Err(SealError::new("sealed with another key or for another case"))
    }
}

impl fmt::Debug for AesGcmSealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AesGcmSealer").field("keys", &self.keys.len()).finish()
    }
}
