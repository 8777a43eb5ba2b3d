//! A transport sends the address that it gets, or nothing.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use chargeback::transport::{FailurePhase, RequestLimits, Transport};
use http::Uri;
use tokio::net::TcpListener;

use crate::support::loopback_server::{http_ok, read_request, send_reply};
use crate::support::sockets::{SocketTransport, on_each_transport};

on_each_transport!(target_is_sent_unchanged_or_not_at_all, host_is_sent_unchanged_or_not_at_all,);

/// A server that keeps the target of each request line and the value of `host`.
async fn recorder() -> (u16, Arc<Mutex<Vec<(String, String)>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&lines);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let request = read_request(&mut stream).await.unwrap();
            let host = request.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned();
            let target = request.lines().next().unwrap().strip_prefix("GET ").unwrap();
            seen.lock().unwrap().push((target.strip_suffix(" HTTP/1.1").unwrap().to_owned(), host));
            send_reply(stream, http_ok("{}")).await;
        }
    });
    (port, lines)
}

async fn send(transport: &impl Transport, uri: Uri) -> Result<(), FailurePhase> {
    let request = http::Request::get(uri).body(Bytes::new()).unwrap();
    transport.send(request, &RequestLimits::default()).await.map(|_| ()).map_err(|failure| failure.phase())
}

/// Targets with dot segments, and with every printable character in the path, in the query and after an escape.
fn targets() -> Vec<String> {
    let dots =
        [".", "..", "%2e", "%2E", "%2e%2e", ".%2e", "%2E.", "%2e%2E", "...", "%2e%2e%2e", "a..", "..a", "%252e%252e"];
    let mut targets = Vec::new();
    for dot in dots {
        targets.extend([
            format!("/{dot}"),
            format!("/a/{dot}"),
            format!("/a/{dot}/b"),
            format!("/{dot}/"),
            format!("/a?{dot}/b"),
        ]);
    }
    for byte in b'!'..=b'~' {
        let character = char::from(byte);
        targets.extend([
            format!("/a{character}b"),
            format!("/{character}"),
            format!("/a?b={character}c"),
            format!("/%41{character}"),
        ]);
    }
    targets.extend(
        ["//", "//a//b", "/a?", "/?", "/a?b?c", "/%", "/%zz", "/a%2Fb", "/a%00b", "/é", "/a?é"].map(str::to_owned),
    );
    targets
}

async fn target_is_sent_unchanged_or_not_at_all<T: SocketTransport>() {
    let (port, lines) = recorder().await;
    let transport = T::with_connect(Duration::from_secs(5));
    let (mut sent, mut refused) = (0, Vec::new());
    for target in targets() {
        let Ok(uri) = format!("http://127.0.0.1:{port}{target}").parse::<Uri>() else { continue };
        let expected = uri.path_and_query().unwrap().as_str().to_owned();
        match send(&transport, uri).await {
            Ok(()) => {
                sent += 1;
                assert_eq!(lines.lock().unwrap().pop().unwrap().0, expected);
            }
            Err(phase) => {
                assert_eq!(phase, FailurePhase::NotSent, "{target}");
                refused.push(target);
            }
        }
        assert!(lines.lock().unwrap().is_empty());
    }
    assert!(sent > 300, "{sent} sent; refused: {refused:?}");
    for target in ["/a/%2e%2e/b", "/a/../b", "/%2E", "/a\"b", "/a?b='c"] {
        assert_eq!(refused.iter().any(|refused| refused == target), T::REFUSES_CHANGED, "{target}");
    }
}

async fn host_is_sent_unchanged_or_not_at_all<T: SocketTransport>() {
    let (port, lines) = recorder().await;
    let transport = T::with_connect(Duration::from_secs(5));
    for (authority, is_sent) in [
        (format!("127.0.0.1:{port}"), true),
        (format!("localhost:{port}"), true),
        (format!("LOCALHOST:{port}"), true),
        (format!("user:pass@127.0.0.1:{port}"), false),
        (format!("user@127.0.0.1:{port}"), false),
        (format!("127.1:{port}"), false),
        (format!("0x7f.0.0.1:{port}"), false),
        (format!("2130706433:{port}"), false),
        (format!("127.0.0.%31:{port}"), false),
    ] {
        let Ok(uri) = format!("http://{authority}/a").parse::<Uri>() else { continue };
        let result = send(&transport, uri).await;
        let line = lines.lock().unwrap().pop();
        assert_eq!(result, if is_sent { Ok(()) } else { Err(FailurePhase::NotSent) }, "{authority}");
        assert_eq!(
            line.map(|(target, host)| (target, host.to_uppercase())),
            is_sent.then(|| ("/a".to_owned(), authority.to_uppercase()))
        );
    }
    let relative = send(&transport, "/a".parse().unwrap()).await;
    assert_eq!(relative, Err(FailurePhase::NotSent));
}
