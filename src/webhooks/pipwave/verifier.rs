//! The check of the `signature` field.

use bytes::Bytes;

use super::payload::VerifiedPayload;
use crate::error::Error;
use crate::providers::pipwave::{Notification, NotificationError};
use crate::util::secret::Secret;
use crate::webhooks::error::VerifyError;
use crate::webhooks::verify::{Secrets, check_setting};

/// Checks Pipwave's signature by the API key and secret.
///
/// ```
/// use chargeback::Stage;
/// use chargeback::webhooks::{Event, Mapping, pipwave};
/// # use chargeback::{Secret, pipwave::signature::sign};
/// # let pairs = [("timestamp", "1772445600"), ("pw_id", "PW1"), ("txn_id", "ORDER-1"), ("amount", "126.60"),
/// #     ("currency_code", "USD"), ("transaction_status", "13")];
/// # let signature = sign(pairs.into_iter().chain([("api_key", "api_key")]), &Secret::from("api_secret"));
/// # let mut body: serde_json::Map<String, serde_json::Value> =
/// #     pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
/// # body.insert("type".to_owned(), "chargeback".into());
/// # body.insert("reverse_status".to_owned(), "1".into());
/// # body.insert("signature".to_owned(), signature.into());
/// # let body = serde_json::Value::Object(body).to_string();
/// # let body = body.as_bytes();
///
/// let verifier = pipwave::Verifier::new("api_key", "api_secret")?;
/// let payload = verifier.verify(body)?;
/// if let Event::Dispute(event) = payload.parse(&Mapping::default())? {
///     assert_eq!(event.chargeback.case_id(), "pipwave-PW1");
///     assert_eq!(event.chargeback.stage(), Stage::Received);
/// #   return Ok(());
/// }
/// # unreachable!();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Verifier {
    api_key: Secret,
    secrets: Secrets,
}

impl Verifier {
    /// Creates a verifier from the API key and its secret. During a rotation, pass both secrets; see [`Secrets`].
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] if the key or a secret is empty or has white space around it.
    pub fn new(api_key: impl Into<Secret>, api_secrets: impl Into<Secrets>) -> Result<Self, Error> {
        let api_key = api_key.into();
        check_setting("api_key", api_key.expose())?;
        Ok(Self { api_key, secrets: api_secrets.into().check("api_secrets")? })
    }

    /// Verifies a delivery: the raw body.
    ///
    /// # Errors
    ///
    /// Returns [`VerifyError`] if the delivery is not signed with one of the secrets. Respond with status 400.
    pub fn verify(&self, body: &[u8]) -> Result<VerifiedPayload, VerifyError> {
        let mut failed = VerifyError::NoMatch;
        let mut verified = None;
        for secret in self.secrets.iter() {
            match Notification::verify(body, &self.api_key, secret) {
                Ok(notification) => verified = Some(notification),
                Err(NotificationError::NoSignature) => failed = VerifyError::Missing("signature"),
                Err(NotificationError::Malformed) => failed = VerifyError::Malformed("body"),
                Err(NotificationError::NoMatch) => (),
            }
        }
        let notification = verified.ok_or(failed)?;
        Ok(VerifiedPayload::new(notification, Bytes::copy_from_slice(body)))
    }
}
