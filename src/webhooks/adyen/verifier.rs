//! The check of each item's signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;

use super::payload::VerifiedPayload;
use crate::error::Error;
use crate::webhooks::error::WebhookError;
use crate::webhooks::json::{Object, at, object, text, text_at};
use crate::webhooks::verify::{Secrets, is_one_of, misconfigured, sha256};

const SIGNATURE: &str = "additionalData.hmacSignature";

/// Checks the signature of each item: HMAC-SHA256 over eight fields.
///
/// ```
/// use chargeback::Stage;
/// use chargeback::webhooks::{Event, Mapping, adyen};
/// # use base64::Engine as _;
/// # use hmac::{Hmac, KeyInit as _, Mac as _};
/// # let key = "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF";
/// # let signed = "DISPUTE1:PAYMENT1:TestMerchant:ORDER-1:1250:EUR:CHARGEBACK:true";
/// # let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&hex::decode(key)?)?;
/// # mac.update(signed.as_bytes());
/// # let signature = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
/// # let body = serde_json::json!({ "live": "false", "notificationItems": [{ "NotificationRequestItem": {
/// #     "pspReference": "DISPUTE1", "originalReference": "PAYMENT1", "merchantAccountCode": "TestMerchant",
/// #     "merchantReference": "ORDER-1", "amount": { "value": 1250, "currency": "EUR" }, "eventCode": "CHARGEBACK",
/// #     "success": "true", "eventDate": "2026-03-02T10:15:30+01:00",
/// #     "additionalData": { "disputeStatus": "Undefended", "hmacSignature": signature },
/// # } }] }).to_string();
/// # let body = body.as_bytes();
///
/// let verifier = adyen::Verifier::new(key)?;
/// let payload = verifier.verify(body)?;
/// for event in payload.parse(&Mapping::default()) {
///     // One item that cannot be parsed does not affect the others.
///     if let Event::Dispute(event) = event? {
///         assert_eq!(event.chargeback.case_id(), "adyen-DISPUTE1");
///         assert_eq!(event.chargeback.stage(), Stage::Received);
/// #       return Ok(());
///     }
/// }
/// # unreachable!();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Verifier {
    secrets: Secrets,
}

impl Verifier {
    /// Creates a verifier from the HMAC key as Adyen shows it: 64 hexadecimal digits. During a rotation, pass both
    /// keys; see [`Secrets`].
    ///
    /// ```
    /// use chargeback::webhooks::adyen;
    ///
    /// let error = adyen::Verifier::new("not the key").unwrap_err();
    /// let text = "configuration: secrets: not hexadecimal; pass the HMAC key as Adyen shows it";
    /// assert_eq!(error.to_string(), text);
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] if a key is empty or not hexadecimal.
    pub fn new(secrets: impl Into<Secrets>) -> Result<Self, Error> {
        let secrets = secrets.into().check("secrets")?;
        if secrets.iter().any(|secret| hex::decode(secret.expose()).is_err()) {
            return Err(misconfigured("secrets", "not hexadecimal; pass the HMAC key as Adyen shows it"));
        }
        Ok(Self { secrets })
    }

    /// Verifies every item of a delivery. If one item is not signed correctly, the whole delivery is rejected.
    ///
    /// # Errors
    ///
    /// Returns [`WebhookError`] if an item is not signed with one of the keys. Respond with status 401; Adyen sends the
    /// delivery again.
    pub fn verify(&self, body: &[u8]) -> Result<VerifiedPayload, WebhookError> {
        let post = object(body)?;
        let items = at(&post, &["notificationItems"]).and_then(Value::as_array);
        let items = items.ok_or_else(|| WebhookError::body("notificationItems", "not a list"))?;
        let item = |item: &Value| item.get("NotificationRequestItem").and_then(Value::as_object).cloned();
        let items: Option<Vec<Object>> = items.iter().map(item).collect();
        let items = items.ok_or_else(|| WebhookError::body("notificationItems", "an item is not an object"))?;
        for item in &items {
            self.check(item)?;
        }
        let live = text_at(&post, &["live"]).map(|live| live == "true");
        Ok(VerifiedPayload::new(Bytes::copy_from_slice(body), items, live))
    }

    fn check(&self, item: &Object) -> Result<(), WebhookError> {
        let offered = at(item, &["additionalData", "hmacSignature"]).ok_or(WebhookError::Missing(SIGNATURE))?;
        let offered = offered.as_str().and_then(|text| STANDARD.decode(text).ok());
        let offered = [offered.ok_or(WebhookError::Malformed(SIGNATURE))?];
        let message = signed_text(item);
        let signed =
            |key: &str| hex::decode(key).is_ok_and(|key| is_one_of(&sha256(&key, &[message.as_bytes()]), &offered));
        let found = self.secrets.iter().fold(false, |found, secret| found | signed(secret.expose()));
        if found { Ok(()) } else { Err(WebhookError::NoMatch) }
    }
}

/// Returns the signed text: the eight values, unchanged and joined by colons. A missing value is empty, and a colon
/// within a value is not escaped.
fn signed_text(item: &Object) -> String {
    const PATHS: [&[&str]; 8] = [
        &["pspReference"],
        &["originalReference"],
        &["merchantAccountCode"],
        &["merchantReference"],
        &["amount", "value"],
        &["amount", "currency"],
        &["eventCode"],
        &["success"],
    ];
    PATHS.map(|path| at(item, path).and_then(text).unwrap_or_default()).join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signed_text_has_eight_values_as_written() {
        let text = |json: &str| signed_text(&object(json.as_bytes()).unwrap());
        let full = r#"{"pspReference":"P","originalReference":"O","merchantAccountCode":"A","merchantReference":" r:1 ",
            "amount":{"value":1250,"currency":"EUR"},
            "eventCode":"CHARGEBACK","success":"true","eventDate":"not signed"}"#;
        assert_eq!(text(full), "P:O:A: r:1 :1250:EUR:CHARGEBACK:true", "white space and colons stay");
        assert_eq!(text("{}"), ":::::::");
        let odd = r#"{"pspReference":null,"merchantReference":["x"],"amount":7,"success":true}"#;
        assert_eq!(text(odd), ":::::::true", "null, lists and objects have no text");
    }
}
