//! The rules for base URLs.

use chargeback::connector::BaseUrl;

#[test]
fn base_url_accepts_only_https_or_loopback() {
    for good in ["https://x.example/a/", "http://127.0.0.1:1", "http://[::1]:1", "http://localhost:8080/x"] {
        assert!(good.parse::<BaseUrl>().is_ok(), "{good}");
    }
    let bad = [
        "http://x.example",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "ftp://127.0.0.1",
        "https://u:p@x.example",
        "https://x.example?a=b",
        "https://x.example#a",
        "x.example",
        "",
        "file:///etc/passwd",
    ];
    for bad in bad {
        assert!(bad.parse::<BaseUrl>().is_err(), "{bad}");
    }
}
