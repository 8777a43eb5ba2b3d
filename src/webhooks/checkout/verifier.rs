//! The check of the `Cko-Signature` header.

use bytes::Bytes;
use http::HeaderMap;

use super::payload::VerifiedPayload;
use crate::error::Error;
use crate::webhooks::error::VerifyError;
use crate::webhooks::verify::{Secrets, header};

const SIGNATURE: &str = "cko-signature";

/// Checks Checkout.com's signature: HMAC-SHA256 over the raw body.
///
/// ```
/// use chargeback::Stage;
/// use chargeback::webhooks::{Event, Mapping, checkout};
/// # use hmac::{Hmac, KeyInit as _, Mac as _};
/// # let body = br#"{"id":"evt_1","type":"dispute_received","timestamp":"2026-03-02T10:15:30Z",
/// #     "data":{"id":"dsp_1","payment_id":"pay_1","amount":1250,"currency":"EUR"}}"#;
/// # let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"signature_key")?;
/// # mac.update(body);
/// # let mut headers = http::HeaderMap::new();
/// # headers.insert("cko-signature", hex::encode(mac.finalize().into_bytes()).parse()?);
///
/// let verifier = checkout::Verifier::new("signature_key")?;
/// let payload = verifier.verify(&headers, body)?;
/// if let Event::Dispute(event) = payload.parse(&Mapping::default())? {
///     assert_eq!(event.chargeback.case_id(), "checkout-dsp_1");
///     assert_eq!(event.chargeback.stage(), Stage::Received);
/// #   return Ok(());
/// }
/// # unreachable!();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Verifier {
    secrets: Secrets,
}

impl Verifier {
    /// Creates a verifier from the signature key of the workflow's webhook. During a rotation, pass both keys; see
    /// [`Secrets`].
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] if a key is empty or has white space around it.
    pub fn new(secrets: impl Into<Secrets>) -> Result<Self, Error> {
        Ok(Self { secrets: secrets.into().check("secrets")? })
    }

    /// Verifies a delivery: the headers and the raw body.
    ///
    /// # Errors
    ///
    /// Returns [`VerifyError`] if the delivery is not signed with one of the keys. Respond with status 400.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<VerifiedPayload, VerifyError> {
        let offered = header(headers, SIGNATURE)?.trim();
        let offered = hex::decode(offered).map_err(|_| VerifyError::Malformed(SIGNATURE))?;
        if !self.secrets.have_signed(&[body], &[offered]) {
            return Err(VerifyError::NoMatch);
        }
        Ok(VerifiedPayload::new(Bytes::copy_from_slice(body)))
    }
}
