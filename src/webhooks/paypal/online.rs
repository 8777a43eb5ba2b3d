//! Verification of a delivery by `PayPal`'s API.

use bytes::Bytes;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::headers::{ALGORITHM, SIGNATURE, TIME, TRANSMISSION, certificate_url};
use super::payload::VerifiedPayload;
use crate::webhooks::error::VerifyError;
use crate::webhooks::json::object;
use crate::webhooks::verify::{header, redacted_debug};

/// A request to `PayPal`'s API that verifies a delivery.
///
/// Created by [`Verifier::verification_request`](super::Verifier::verification_request), with an example.
#[derive(Clone)]
pub struct VerificationRequest {
    json: String,
    transmission_id: String,
    body: Bytes,
}

redacted_debug!(VerificationRequest);

#[derive(Serialize)]
struct RequestBody<'a> {
    auth_algo: &'a str,
    cert_url: String,
    transmission_id: &'a str,
    transmission_sig: &'a str,
    transmission_time: &'a str,
    webhook_id: &'a str,
    webhook_event: &'a RawValue,
}

#[derive(Deserialize)]
struct ReplyBody {
    verification_status: String,
}

impl VerificationRequest {
    pub(super) fn new(headers: &HeaderMap, body: &[u8], webhook_id: &str) -> Result<Self, VerifyError> {
        let malformed = || VerifyError::Malformed("body");
        let _ = object(body).ok_or_else(malformed)?;
        let event = std::str::from_utf8(body).map_err(|_| malformed())?;
        let event: &RawValue = serde_json::from_str(event).map_err(|_| malformed())?;
        let request = RequestBody {
            auth_algo: header(headers, ALGORITHM)?,
            cert_url: certificate_url(headers)?.into(),
            transmission_id: header(headers, TRANSMISSION)?,
            transmission_sig: header(headers, SIGNATURE)?,
            transmission_time: header(headers, TIME)?,
            webhook_id,
            webhook_event: event,
        };
        let json = serde_json::to_string(&request).map_err(|_| malformed())?;
        let transmission_id = request.transmission_id.to_owned();
        Ok(Self { json, transmission_id, body: Bytes::copy_from_slice(body) })
    }

    /// Returns the JSON body to post to `/v1/notifications/verify-webhook-signature` with an access token of the
    /// merchant. The JSON contains the delivery unchanged.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Returns the payload if `PayPal`'s reply (status 200) confirms the delivery.
    ///
    /// ```
    /// use chargeback::webhooks::{VerifyError, paypal};
    ///
    /// fn check(request: paypal::VerificationRequest, reply: &[u8]) -> Result<paypal::VerifiedPayload, VerifyError> {
    ///     request.verify_reply(reply)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`VerifyError::NoMatch`] if `PayPal` did not send the delivery, and [`VerifyError::Malformed`] if the
    /// reply is not in the documented format.
    pub fn verify_reply(self, reply: &[u8]) -> Result<VerifiedPayload, VerifyError> {
        let reply = serde_json::from_slice::<ReplyBody>(reply);
        match reply.as_ref().map(|reply| reply.verification_status.as_str()) {
            Ok("SUCCESS") => Ok(VerifiedPayload::new(self.transmission_id, self.body)),
            Ok("FAILURE") => Err(VerifyError::NoMatch),
            _ => Err(VerifyError::Malformed("verification_status")),
        }
    }
}
