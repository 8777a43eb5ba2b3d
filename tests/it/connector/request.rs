//! The request builder for connectors.

use chargeback::connector::{BaseUrl, HttpRequestBuilder};

/// A custom connector gets an error for an invalid header name.
#[test]
fn request_rejects_invalid_header_names() {
    let base: BaseUrl = "https://vendor.example".parse().unwrap();
    let named = |name: &'static str| HttpRequestBuilder::get(&base, &["read"]).header(name, "v").empty();
    let long: &'static str = "x".repeat(65).leak();
    for name in ["x-plain", "X-Capital", "x_under_score", long, "x".repeat(64).leak()] {
        let request = named(name).unwrap();
        assert_eq!(request.headers()[name.to_lowercase().as_str()], "v", "{name}");
    }
    for name in ["", "with space", "with:colon", "line\nbreak", "caf\u{e9}"] {
        assert!(named(name).is_err(), "{name:?}");
    }
}
