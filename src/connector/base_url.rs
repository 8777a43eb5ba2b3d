//! The address of a vendor's API.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::Url;

/// The address to which the paths of a vendor's API are appended: `https://api.example.com`.
///
/// The scheme is `https`, or `http` for a loopback host, such as a fake in a test. A base URL has no user name, query
/// or fragment.
///
/// ```
/// use chargeback::connector::BaseUrl;
///
/// const ACME: BaseUrl = BaseUrl::from_static("https://api.acme.example/v1");
///
/// let base: BaseUrl = "https://api.acme.example/v1/".parse()?;
/// assert_eq!(base, ACME);
/// assert!("http://api.acme.example".parse::<BaseUrl>().is_err());
/// assert!("http://127.0.0.1:8080".parse::<BaseUrl>().is_ok());
/// # Ok::<(), chargeback::connector::ParseBaseUrlError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Cow<'static, str>);

impl BaseUrl {
    /// Creates a base URL from a constant: `https://`, a host name in lower case, and an optional path without a
    /// slash at the end.
    ///
    /// # Panics
    ///
    /// Panics if the text has another form. In a `const` this is a compile error.
    #[must_use]
    pub const fn from_static(text: &'static str) -> Self {
        assert!(is_plain_https(text), "a constant base URL must be https://, a host name and an optional path");
        Self(Cow::Borrowed(text))
    }

    /// Returns the address, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// True for `https://host/path` in normal form. A `const` function cannot use the parser of [`Url`].
const fn is_plain_https(text: &str) -> bool {
    let (bytes, prefix) = (text.as_bytes(), b"https://".as_slice());
    if bytes.len() <= prefix.len() || !matches!(bytes[bytes.len() - 1], b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9') {
        return false;
    }
    let (mut i, mut in_path) = (0, false);
    while i < bytes.len() {
        let allowed = match bytes[i] {
            byte if i < prefix.len() => byte == prefix[i],
            b'/' => {
                in_path = true;
                // A host or segment before it, and no dot at the end of one: `..` would be another path.
                !matches!(bytes[i - 1], b'/' | b'.')
            }
            b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' => true,
            b'A'..=b'Z' | b'_' | b'~' => in_path,
            _ => false,
        };
        if !allowed {
            return false;
        }
        i += 1;
    }
    true
}

impl FromStr for BaseUrl {
    type Err = ParseBaseUrlError;

    /// Parses an address, and removes slashes at its end.
    ///
    /// # Errors
    ///
    /// [`ParseBaseUrlError`] if the text is not a URL, keys may not be sent to it, or it has more than scheme, host,
    /// port and path.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| ParseBaseUrlError::NotUrl)?;
        if !may_receive_keys(&url) {
            return Err(ParseBaseUrlError::NotHttps);
        }
        let has_extras =
            !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some();
        if has_extras {
            return Err(ParseBaseUrlError::Extras);
        }
        Ok(Self(Cow::Owned(url.as_str().trim_end_matches('/').to_owned())))
    }
}

/// True if keys may be sent to the address: `https`, or a loopback host.
fn may_receive_keys(url: &Url) -> bool {
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => true,
        ("http", Some(host)) => is_loopback(host),
        _ => false,
    }
}

/// True if the host is this machine: `localhost`, or an IP address of the loopback range, with or without brackets.
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

/// A text that is not a [`BaseUrl`].
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseBaseUrlError {
    /// Not an absolute URL: the scheme or the host is missing or malformed.
    #[error("not an absolute URL")]
    NotUrl,
    /// Neither `https` nor a loopback host.
    #[error("not https (plain http is only for loopback hosts)")]
    NotHttps,
    /// A URL with a user name, a password, a query or a fragment.
    #[error("has a user name, password, query or fragment (a base URL has only scheme, host, port and path)")]
    Extras,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parsing_normalizes_the_address() {
        let cases = [
            ("https://x.example", "https://x.example"),
            ("https://x.example/", "https://x.example"),
            ("https://X.Example:443/a//", "https://x.example/a"),
            ("http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<BaseUrl>().unwrap().as_str(), expected);
        }
    }

    #[test]
    fn each_broken_rule_has_its_error() {
        let cases = [
            ("x.example", ParseBaseUrlError::NotUrl),
            ("https://", ParseBaseUrlError::NotUrl),
            ("http://x.example", ParseBaseUrlError::NotHttps),
            ("file:///a", ParseBaseUrlError::NotHttps),
            ("https://user@x.example", ParseBaseUrlError::Extras),
            ("https://:password@x.example", ParseBaseUrlError::Extras),
            ("https://x.example?", ParseBaseUrlError::Extras),
            ("https://x.example#a", ParseBaseUrlError::Extras),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<BaseUrl>(), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_loopback_host_is_a_name_or_an_address() {
        for host in ["localhost", "127.0.0.1", "127.255.0.1", "::1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["", "localhost.example", "127.0.0.1.example", "128.0.0.1", "0.0.0.0", "[::]", "LOCALHOST"] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn constants_are_accepted_in_normal_form_only() {
        for text in ["https://x.example", "https://x-1.example/Event/v1.2/a_b~c"] {
            assert!(is_plain_https(text), "{text}");
            assert_eq!(text.parse::<BaseUrl>().unwrap(), BaseUrl::from_static(text));
        }
        let bad = [
            "",
            "https://",
            "https:///a",
            "http://x.example",
            "https://X.example",
            "https://x.example/",
            "https://x.example//a",
            "https://x.example/../a",
            "https://x.example/a/..",
            "https://x.example:443",
            "https://user@x.example",
            "https://x.example?a",
            "https://x.example/caf\u{e9}",
        ];
        for text in bad {
            assert!(!is_plain_https(text), "{text}");
        }
    }
}
