//! The check of the `PayPal-Transmission-Sig` header.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::HeaderMap;

use super::certificate::Certificate;
use super::headers::{ALGORITHM, SIGNATURE, TIME, TRANSMISSION, certificate_url};
use super::online::VerificationRequest;
use super::payload::VerifiedPayload;
use crate::error::Error;
use crate::webhooks::error::VerifyError;
use crate::webhooks::time::parse_time;
use crate::webhooks::verify::{Tolerance, check_setting, header};

/// Checks `PayPal`'s signature with trusted certificates, or prepares the check by `PayPal`'s API.
///
/// With certificates (see [`Certificate`]):
///
/// ```
/// use chargeback::webhooks::{Event, Mapping, VerifyError, paypal};
/// use http::HeaderMap;
///
/// fn handle(verifier: &paypal::Verifier, headers: &HeaderMap, body: &[u8]) -> Result<(), VerifyError> {
///     let payload = verifier.verify(headers, body)?;
///     match payload.parse(&Mapping::default()) {
///         Ok(Event::Dispute(event)) => println!("{} is now {}", event.chargeback.case_id(), event.chargeback.stage()),
///         Ok(_) => (),
///         Err(error) => eprintln!("store the payload, and alert a person: {error}"),
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Verifier {
    webhook_id: String,
    certificates: Vec<Certificate>,
    tolerance: Tolerance,
}

impl Verifier {
    /// Creates a verifier from the webhook's id in `PayPal`'s dashboard, which is part of the signed text. Add at least
    /// one [`certificate`](Self::certificate) before [`verify`](Self::verify).
    ///
    /// By default a delivery may be 4 days old or 5 minutes in the future. `PayPal` retries for three days and does not
    /// document whether it signs each attempt again.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] if the id is empty or has white space around it.
    pub fn new(webhook_id: impl Into<String>) -> Result<Self, Error> {
        let webhook_id = webhook_id.into();
        check_setting("webhook_id", &webhook_id)?;
        let tolerance = Tolerance::new(Duration::from_secs(4 * 24 * 3_600), Duration::from_secs(300));
        Ok(Self { webhook_id, certificates: Vec::new(), tolerance })
    }

    /// Adds a trusted certificate. A signature by any of them is accepted.
    ///
    /// ```
    /// use chargeback::webhooks::paypal::{Certificate, Verifier};
    ///
    /// fn verifier(pem: &[u8]) -> Result<Verifier, chargeback::Error> {
    ///     Ok(Verifier::new("WH-1")?.certificate(Certificate::pinned(pem)?))
    /// }
    /// assert!(verifier(b"not a certificate").is_err());
    /// ```
    #[must_use]
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.certificates.push(certificate);
        self
    }

    /// Sets the accepted difference between the time of the delivery and the current time.
    #[must_use]
    pub const fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Verifies a delivery: the headers and the raw body.
    ///
    /// # Errors
    ///
    /// Returns [`VerifyError`] if the delivery is not signed with one of the certificates. Respond with status 400.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<VerifiedPayload, VerifyError> {
        self.verify_at(headers, body, Utc::now())
    }

    /// Verifies a delivery as [`verify`](Self::verify) does, with `now` as the current time.
    ///
    /// # Errors
    ///
    /// Returns [`VerifyError`] if the delivery is not signed with one of the certificates. Respond with status 400.
    pub fn verify_at(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<VerifiedPayload, VerifyError> {
        let _ = certificate_url(headers)?;
        if header(headers, ALGORITHM)? != "SHA256withRSA" {
            return Err(VerifyError::Malformed(ALGORITHM));
        }
        let id = header(headers, TRANSMISSION)?;
        let sent = header(headers, TIME)?;
        let signature = STANDARD.decode(header(headers, SIGNATURE)?).map_err(|_| VerifyError::Malformed(SIGNATURE))?;
        if self.certificates.is_empty() {
            return Err(VerifyError::Certificate("not configured"));
        }
        let message = signed_text(id, sent, &self.webhook_id, body);
        let signed = |certificate: &&Certificate| certificate.has_signed(message.as_bytes(), &signature);
        let signers: Vec<&Certificate> = self.certificates.iter().filter(signed).collect();
        if signers.is_empty() {
            return Err(VerifyError::NoMatch);
        }
        // A renewed certificate may keep its key, so both the old and the new one can match.
        if !signers.iter().any(|signer| signer.is_valid_at(now)) {
            return Err(VerifyError::Certificate("expired or not yet valid"));
        }
        self.tolerance.check(parse_time(sent).ok_or(VerifyError::Malformed(TIME))?, now)?;
        Ok(VerifiedPayload::new(id.to_owned(), Bytes::copy_from_slice(body)))
    }

    /// Returns a request to `PayPal`'s API that verifies a delivery, as an alternative to [`verify`](Self::verify). No
    /// certificate is needed.
    ///
    /// ```
    /// use chargeback::Stage;
    /// use chargeback::webhooks::{Event, Mapping, paypal};
    /// # let body = br#"{"id":"WH-EVENT-1","event_type":"CUSTOMER.DISPUTE.CREATED",
    /// #     "create_time":"2026-03-01T09:05:00Z",
    /// #     "resource":{"dispute_id":"PP-R-1","status":"OPEN","dispute_life_cycle_stage":"CHARGEBACK",
    /// #     "disputed_transactions":[{"seller_transaction_id":"TXN1"}]}}"#;
    /// # let mut headers = http::HeaderMap::new();
    /// # for (name, value) in [
    /// #     ("paypal-auth-algo", "SHA256withRSA"),
    /// #     ("paypal-cert-url", "https://api.paypal.com/v1/notifications/certs/CERT-1"),
    /// #     ("paypal-transmission-id", "1"),
    /// #     ("paypal-transmission-sig", "AAAA"),
    /// #     ("paypal-transmission-time", "2026-03-01T09:05:10Z"),
    /// # ] {
    /// #     headers.insert(name, value.parse()?);
    /// # }
    /// # let post = |path: &str, json: &str| br#"{"verification_status":"SUCCESS"}"#;
    ///
    /// let verifier = paypal::Verifier::new("WH-1")?;
    /// let request = verifier.verification_request(&headers, body)?;
    /// // `post` stands for the application's HTTP client.
    /// let reply = post("/v1/notifications/verify-webhook-signature", request.json());
    /// let payload = request.verify_reply(reply)?;
    /// if let Event::Dispute(event) = payload.parse(&Mapping::default())? {
    ///     assert_eq!(event.chargeback.case_id(), "paypal-PP-R-1");
    ///     assert_eq!(event.chargeback.stage(), Stage::Received);
    /// #   return Ok(());
    /// }
    /// # unreachable!();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`VerifyError`] if a header is missing, the certificate is not at a `PayPal` address, or the body
    /// is not a JSON object without duplicate names.
    pub fn verification_request(&self, headers: &HeaderMap, body: &[u8]) -> Result<VerificationRequest, VerifyError> {
        VerificationRequest::new(headers, body, &self.webhook_id)
    }
}

/// Returns the signed text: `<delivery id>|<delivery time>|<webhook id>|<CRC-32 of the body in decimal>`.
fn signed_text(id: &str, sent: &str, webhook_id: &str, body: &[u8]) -> String {
    format!("{id}|{sent}|{webhook_id}|{}", crc32fast::hash(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signed_text_has_four_parts() {
        // 3421780262 is the check value of CRC-32.
        assert_eq!(signed_text("id", "time", "WH-1", b"123456789"), "id|time|WH-1|3421780262");
    }
}
