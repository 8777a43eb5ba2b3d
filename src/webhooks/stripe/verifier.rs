//! The check of the `Stripe-Signature` header.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::HeaderMap;

use super::payload::VerifiedPayload;
use crate::error::Error;
use crate::util::secret::Secret;
use crate::webhooks::error::VerifyError;
use crate::webhooks::verify::{MAX_SIGNATURES, Secrets, Tolerance, header, misconfigured};

const SIGNATURE: &str = "stripe-signature";

/// Checks Stripe's signature: HMAC-SHA256 over the time and the raw body.
///
/// ```
/// use chargeback::Stage;
/// use chargeback::webhooks::{Event, Mapping, stripe};
/// # use hmac::{Hmac, KeyInit as _, Mac as _};
/// # let body = br#"{"id":"evt_1","type":"charge.dispute.created","created":1790000000,"data":{"object":
/// #     {"id":"du_1","charge":"ch_1","amount":1250,"currency":"usd","status":"needs_response"}}}"#;
/// # let time = chrono::Utc::now().timestamp();
/// # let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"whsec_secret")?;
/// # mac.update(format!("{time}.").as_bytes());
/// # mac.update(body);
/// # let signature = format!("t={time},v1={}", hex::encode(mac.finalize().into_bytes()));
/// # let mut headers = http::HeaderMap::new();
/// # headers.insert("stripe-signature", signature.parse()?);
///
/// let verifier = stripe::Verifier::new("whsec_secret")?;
/// let payload = verifier.verify(&headers, body)?;
/// if let Event::Dispute(event) = payload.parse(&Mapping::default())? {
///     assert_eq!(event.chargeback.case_id(), "stripe-du_1");
///     assert_eq!(event.chargeback.stage(), Stage::Received);
/// #   return Ok(());
/// }
/// # unreachable!();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Verifier {
    secrets: Secrets,
    tolerance: Tolerance,
}

impl Verifier {
    /// Creates a verifier from the endpoint's secret as shown by Stripe, with `whsec_`. During a rotation, Stripe signs
    /// with both secrets for up to 24 hours; see [`Secrets`].
    ///
    /// By default a signature may be 5 minutes old, as in Stripe's libraries, or 1 minute in the future.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] if a secret can never match: empty, with white space around it, or an API key
    /// of Stripe (`sk_`, `rk_`, `pk_`).
    pub fn new(secrets: impl Into<Secrets>) -> Result<Self, Error> {
        let secrets = secrets.into().check("secrets")?;
        let is_api_key = |secret: &Secret| ["sk_", "rk_", "pk_"].iter().any(|start| secret.expose().starts_with(start));
        if secrets.iter().any(is_api_key) {
            return Err(misconfigured("secrets", "an API key; pass the endpoint's signing secret (`whsec_...`)"));
        }
        let tolerance = Tolerance::new(Duration::from_secs(300), Duration::from_secs(60));
        Ok(Self { secrets, tolerance })
    }

    /// Sets the accepted difference between the time of the signature and the current time.
    #[must_use]
    pub const fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Verifies a delivery: the headers and the raw body.
    ///
    /// # Errors
    ///
    /// Returns [`VerifyError`] if the delivery is not signed with one of the secrets. Respond with status 400.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<VerifiedPayload, VerifyError> {
        self.verify_at(headers, body, Utc::now())
    }

    /// Verifies a delivery as [`verify`](Self::verify) does, with `now` as the current time.
    ///
    /// ```
    /// use chargeback::webhooks::{VerifyError, stripe};
    /// use http::HeaderMap;
    ///
    /// let verifier = stripe::Verifier::new("whsec_secret")?;
    /// let error = verifier.verify_at(&HeaderMap::new(), b"{}", chrono::Utc::now()).unwrap_err();
    /// assert_eq!(error, VerifyError::Missing("stripe-signature"));
    /// # Ok::<(), chargeback::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`VerifyError`] if the delivery is not signed with one of the secrets. Respond with status 400.
    pub fn verify_at(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<VerifiedPayload, VerifyError> {
        let signature = header(headers, SIGNATURE)?;
        let signature = SignatureHeader::parse(signature).ok_or(VerifyError::Malformed(SIGNATURE))?;
        let parts = [signature.time.as_bytes(), b".", body];
        if !self.secrets.have_signed(&parts, &signature.offered) {
            return Err(VerifyError::NoMatch);
        }
        self.tolerance.check(signature.signed_at, now)?;
        Ok(VerifiedPayload::new(Bytes::copy_from_slice(body)))
    }
}

/// The value of a `Stripe-Signature` header: `t=1700000000,v1=00ff,v1=11ee`.
struct SignatureHeader<'h> {
    /// The time as written, because the text is signed.
    time: &'h str,
    signed_at: DateTime<Utc>,
    /// The `v1` signatures that are hexadecimal. Other schemes, such as `v0`, are ignored.
    offered: Vec<Vec<u8>>,
}

impl<'h> SignatureHeader<'h> {
    /// Returns `None` if the header is malformed: there must be one time and 1 to 16 `v1` signatures.
    fn parse(header: &'h str) -> Option<Self> {
        let mut time = None;
        let mut signatures = Vec::new();
        for pair in header.split(',') {
            let (key, value) = pair.trim().split_once('=')?;
            match key {
                "t" if time.replace(value).is_some() => return None,
                "v1" => signatures.push(value),
                _ => (),
            }
        }
        if signatures.is_empty() || signatures.len() > MAX_SIGNATURES {
            return None;
        }
        let time = time?;
        let signed_at = DateTime::from_timestamp(time.parse().ok()?, 0)?;
        let offered = signatures.iter().filter_map(|signature| hex::decode(signature).ok()).collect();
        Some(Self { time, signed_at, offered })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_one_time_and_some_signatures() {
        let header = SignatureHeader::parse("t=1700000000, v1=00ff,v0=22,v1=zz,v1=11EE").unwrap();
        assert_eq!((header.time, header.signed_at.timestamp()), ("1700000000", 1_700_000_000));
        assert_eq!(header.offered, [vec![0x00, 0xff], vec![0x11, 0xee]], "only v1, and only hexadecimal");
        assert_eq!(SignatureHeader::parse("t=+1,v1=00").unwrap().time, "+1", "the text is signed as written");
        for malformed in
            ["", "t", "t=1", "v1=00", "t=1,t=1,v1=00", "t=x,v1=00", "t=1,v0=00", "t=9223372036854775807,v1=00"]
        {
            assert!(SignatureHeader::parse(malformed).is_none(), "{malformed}");
        }
    }
}
