//! The check of each item's signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;

use super::payload::{Item, RejectedItem, VerifiedPayload};
use super::stage::is_about_disputes;
use crate::error::Error;
use crate::util::secret::Secret;
use crate::webhooks::error::VerifyError;
use crate::webhooks::json::{Object, at, object, text, text_at};
use crate::webhooks::verify::{Secrets, is_one_of, misconfigured, sha256};

const SIGNATURE: &str = "additionalData.hmacSignature";
const ITEMS: &str = "notificationItems";

/// Checks the signature of each item about a dispute: HMAC-SHA256 over eight fields.
///
/// An endpoint also gets items about other things, some of them unsigned. These are not checked, and are parsed as
/// [`NotADispute`](crate::webhooks::Event::NotADispute).
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
/// # let body = serde_json::json!({ "live": "true", "notificationItems": [{ "NotificationRequestItem": {
/// #     "pspReference": "DISPUTE1", "originalReference": "PAYMENT1", "merchantAccountCode": "TestMerchant",
/// #     "merchantReference": "ORDER-1", "amount": { "value": 1250, "currency": "EUR" }, "eventCode": "CHARGEBACK",
/// #     "success": "true", "eventDate": "2026-03-02T10:15:30+01:00",
/// #     "additionalData": { "disputeStatus": "Undefended", "hmacSignature": signature },
/// # } }] }).to_string();
/// # let body = body.as_bytes();
///
/// let verifier = adyen::Verifier::new(key)?;
/// let payload = verifier.verify(body)?;
/// for item in payload.rejected() {
///     eprintln!("item {} is not signed correctly: {}", item.position, item.error);
/// }
/// for event in payload.parse(&Mapping::default()) {
///     match event {
///         Ok(Event::Dispute(event)) => {
///             assert_eq!(event.chargeback.case_id(), "adyen-DISPUTE1");
///             assert_eq!(event.chargeback.stage(), Stage::Received);
/// #           return Ok(());
///         }
///         Ok(_) => (),
///         // One item that cannot be parsed does not affect the others.
///         Err(error) => eprintln!("store the payload, and alert a person: {error}"),
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
    /// let text = "configuration: secrets: not 64 hexadecimal digits; pass the HMAC key as Adyen shows it";
    /// assert_eq!(error.to_string(), text);
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] if a key is empty, has white space around it, or is not 64 hexadecimal digits.
    pub fn new(secrets: impl Into<Secrets>) -> Result<Self, Error> {
        let secrets = secrets.into().check("secrets")?;
        if secrets.iter().any(|secret| key(secret).is_none()) {
            return Err(misconfigured("secrets", "not 64 hexadecimal digits; pass the HMAC key as Adyen shows it"));
        }
        Ok(Self { secrets })
    }

    /// Verifies every item about a dispute. An item that is not signed correctly is
    /// [rejected](VerifiedPayload::rejected), and the others are not affected.
    ///
    /// # Errors
    ///
    /// Returns [`VerifyError`] if no item is accepted: the body is not a delivery, the list of items is empty, or every
    /// item is about a dispute and not signed with one of the keys. Respond with status 401.
    pub fn verify(&self, body: &[u8]) -> Result<VerifiedPayload, VerifyError> {
        let post = object(body).ok_or(VerifyError::Malformed("body"))?;
        let items = at(&post, &["notificationItems"]).ok_or(VerifyError::Missing(ITEMS))?;
        let items = items.as_array().ok_or(VerifyError::Malformed(ITEMS))?;
        let (mut accepted, mut rejected) = (Vec::new(), Vec::new());
        for (position, item) in items.iter().enumerate() {
            match self.check(item) {
                Ok(item) => accepted.push(item),
                Err(error) => rejected.push(RejectedItem { position, error }),
            }
        }
        if accepted.is_empty() {
            // Nothing was verified in an empty list.
            return Err(rejected.into_iter().next().map_or(VerifyError::Missing(ITEMS), |item| item.error));
        }
        // Any other value does not make a test of a real chargeback.
        let live = text_at(&post, &["live"]).and_then(|live| live.to_ascii_lowercase().parse().ok());
        Ok(VerifiedPayload::new(Bytes::copy_from_slice(body), accepted, rejected, live))
    }

    /// Returns an item that is signed, or that is not about a dispute.
    fn check(&self, item: &Value) -> Result<Item, VerifyError> {
        let item = item.get("NotificationRequestItem").and_then(Value::as_object);
        let item = item.ok_or(VerifyError::Malformed(ITEMS))?;
        let is_other = text_at(item, &["eventCode"]).is_some_and(|event_code| !is_about_disputes(&event_code));
        if !is_other {
            self.check_signature(item)?;
        }
        Ok(Item { object: item.clone(), is_signed: !is_other })
    }

    fn check_signature(&self, item: &Object) -> Result<(), VerifyError> {
        let offered = at(item, &["additionalData", "hmacSignature"]).ok_or(VerifyError::Missing(SIGNATURE))?;
        let offered = offered.as_str().and_then(|text| STANDARD.decode(text).ok());
        let offered = [offered.ok_or(VerifyError::Malformed(SIGNATURE))?];
        let message = signed_text(item)?;
        let signed = |secret| key(secret).is_some_and(|key| is_one_of(&sha256(&key, &[message.as_bytes()]), &offered));
        let found = self.secrets.iter().fold(false, |found, secret| found | signed(secret));
        if found { Ok(()) } else { Err(VerifyError::NoMatch) }
    }
}

/// Returns the bytes of a key.
fn key(secret: &Secret) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    hex::decode_to_slice(secret.expose(), &mut key).ok()?;
    Some(key)
}

/// Returns the signed text: the eight values, unchanged and joined by colons. A missing value is empty.
///
/// Adyen does not escape a colon within a value, so the same text could be split into other values. Only the merchant's
/// reference may contain a colon; the others never do, and the split is then unique.
fn signed_text(item: &Object) -> Result<String, VerifyError> {
    const REFERENCE: &str = "merchantReference";
    const FIELDS: [(&str, &[&str]); 8] = [
        ("pspReference", &["pspReference"]),
        ("originalReference", &["originalReference"]),
        ("merchantAccountCode", &["merchantAccountCode"]),
        (REFERENCE, &[REFERENCE]),
        ("amount.value", &["amount", "value"]),
        ("amount.currency", &["amount", "currency"]),
        ("eventCode", &["eventCode"]),
        ("success", &["success"]),
    ];
    let mut values = Vec::with_capacity(FIELDS.len());
    for (name, path) in FIELDS {
        let value = at(item, path).and_then(text).unwrap_or_default();
        if name != REFERENCE && value.contains(':') {
            return Err(VerifyError::Malformed(name));
        }
        values.push(value);
    }
    Ok(values.join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signed_text_has_eight_values_as_written() {
        let text = |json: &str| signed_text(&object(json.as_bytes()).unwrap()).unwrap();
        let full = r#"{"pspReference":"P","originalReference":"O","merchantAccountCode":"A","merchantReference":" r:1 ",
            "amount":{"value":1250,"currency":"EUR"},
            "eventCode":"CHARGEBACK","success":"true","eventDate":"not signed"}"#;
        assert_eq!(text(full), "P:O:A: r:1 :1250:EUR:CHARGEBACK:true", "white space and colons stay");
        assert_eq!(text("{}"), ":::::::");
        let odd = r#"{"pspReference":null,"merchantReference":["x"],"amount":7,"success":true}"#;
        assert_eq!(text(odd), ":::::::true", "null, lists and objects have no text");
    }

    #[test]
    fn only_the_merchants_reference_may_have_a_colon() {
        let fields = ["pspReference", "originalReference", "merchantAccountCode", "eventCode", "success"];
        for (json, field) in
            fields.map(|field| (format!(r#"{{"{field}":"a:b"}}"#), field.to_owned())).into_iter().chain(
                ["value", "currency"]
                    .map(|field| (format!(r#"{{"amount":{{"{field}":"a:b"}}}}"#), format!("amount.{field}"))),
            )
        {
            let error = signed_text(&object(json.as_bytes()).unwrap()).unwrap_err();
            assert!(matches!(error, VerifyError::Malformed(name) if name == field), "{json}: {error}");
        }
        assert!(signed_text(&object(br#"{"merchantReference":"a:b"}"#).unwrap()).is_ok());
    }
}
