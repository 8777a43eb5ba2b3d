//! Where a vendor lives.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::Url;

/// The address under which a vendor's paths stand: `https://api.example.com`.
///
/// `https`, or plain `http` for loopback hosts alone (fakes in tests). No user name, query or fragment.
///
/// ```
/// use chargeback::connector::BaseUrl;
///
/// let base: BaseUrl = "https://api.example.com/event".parse()?;
/// assert_eq!(base.as_str(), "https://api.example.com/event");
/// assert!("http://api.example.com".parse::<BaseUrl>().is_err());
/// assert!("http://127.0.0.1:8080".parse::<BaseUrl>().is_ok());
/// # Ok::<(), chargeback::connector::ParseBaseUrlError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Cow<'static, str>);

impl BaseUrl {
    /// For the vendors' own addresses; a test reads each of them as text.
    pub(crate) const fn from_static(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// The address, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BaseUrl {
    type Err = ParseBaseUrlError;

    /// Reads an address, and drops slashes at its end.
    ///
    /// # Errors
    ///
    /// [`ParseBaseUrlError`] if it is no URL, keys may not be sent to it, or it has more than host, port and path.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| ParseBaseUrlError::NotUrl)?;
        if !is_safe(&url) {
            return Err(ParseBaseUrlError::NotHttps);
        }
        let extras =
            [url.username().is_empty(), url.password().is_none(), url.query().is_none(), url.fragment().is_none()];
        if extras.contains(&false) {
            return Err(ParseBaseUrlError::Extras);
        }
        Ok(Self(Cow::Owned(url.as_str().trim_end_matches('/').to_owned())))
    }
}

/// Whether keys may be sent there: `https`, or a loopback host.
fn is_safe(url: &Url) -> bool {
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => true,
        ("http", Some(host)) => is_loopback(host),
        _ => false,
    }
}

/// Whether the host is this machine: `localhost`, or an address of the loopback range, with brackets or without.
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({})", self.0)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The text is not an address that keys may be sent to.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseBaseUrlError {
    /// Not an absolute URL: the scheme or the host is missing or malformed.
    #[error("not a URL")]
    NotUrl,
    /// Neither `https` nor a loopback host.
    #[error("not https; plain http is for loopback hosts alone")]
    NotHttps,
    /// It has a user name, a password, a query or a fragment.
    #[error("a base URL has no user name, password, query or fragment")]
    Extras,
}
