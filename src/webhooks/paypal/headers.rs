//! The headers of a delivery.

use http::HeaderMap;
use url::Url;

use crate::webhooks::error::VerifyError;
use crate::webhooks::verify::header;

pub(super) const ALGORITHM: &str = "paypal-auth-algo";
pub(super) const CERTIFICATE: &str = "paypal-cert-url";
pub(super) const TRANSMISSION: &str = "paypal-transmission-id";
pub(super) const SIGNATURE: &str = "paypal-transmission-sig";
pub(super) const TIME: &str = "paypal-transmission-time";

/// The hosts from which `PayPal` serves certificates: the older and newer names of its API. Confidence in the newer
/// ones (`api-m`) is medium.
const HOSTS: [&str; 4] = ["api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"];

/// Returns the certificate address of a delivery if it is one of `PayPal`'s: `https`, and one of four hosts.
///
/// ```
/// use chargeback::webhooks::paypal::certificate_url;
/// use http::{HeaderMap, HeaderValue};
///
/// let mut headers = HeaderMap::new();
/// headers.insert("paypal-cert-url", HeaderValue::from_static("https://api.paypal.com/v1/notifications/certs/CERT-1"));
/// assert_eq!(certificate_url(&headers)?.path(), "/v1/notifications/certs/CERT-1");
///
/// headers.insert("paypal-cert-url", HeaderValue::from_static("https://api.paypal.com.example.test/certs/CERT-1"));
/// assert!(certificate_url(&headers).is_err());
/// # Ok::<(), chargeback::webhooks::VerifyError>(())
/// ```
///
/// # Errors
///
/// Returns [`VerifyError`] if there is no address or it is not `PayPal`'s. Do not fetch anything from such an address.
pub fn certificate_url(headers: &HeaderMap) -> Result<Url, VerifyError> {
    let url: Url = header(headers, CERTIFICATE)?.parse().map_err(|_| VerifyError::Malformed(CERTIFICATE))?;
    let trusted = url.scheme() == "https"
        && url.host_str().is_some_and(|host| HOSTS.contains(&host))
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if trusted { Ok(url) } else { Err(VerifyError::Certificate("not at a PayPal address")) }
}
