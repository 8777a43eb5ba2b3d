//! The transports over real sockets, with short real times, because paused clocks do not work with sockets.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chargeback::spade::{Environment, Spade, WonMeans};
use chargeback::transport::{FailurePhase, RequestLimits, Transport};
use chargeback::{ChargebackProvider, Delivery, Error, HttpProvider, Reason, RetryPolicy, Stage, Timeouts};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::support::error_chain;
use crate::support::loopback_server::{http_ok, read_request, refusing, send_reply, serve};
use crate::support::sockets::{SocketTransport, on_each_transport};
use crate::support::{kind, plain};

on_each_transport!(
    request_is_plain_http_1_1,
    refused_connection_has_delivery_not_sent,
    broken_reply_has_unknown_delivery,
    silent_or_slow_reply_times_out,
    redirect_is_not_followed,
    reply_is_read_up_to_the_limit,
    compressed_reply_is_not_decompressed,
    transport_failure_has_a_phase,
    requests_reach_their_own_host,
    each_request_has_its_own_path,
    chunked_reply_counts_as_a_whole;
    tls: invalid_root_certificates_are_rejected,
);

fn spade<T: SocketTransport>(address: SocketAddr, limits: Timeouts) -> HttpProvider<Spade> {
    let base = format!("http://{address}").parse().unwrap();
    let vendor = Spade::new("planted-key", Environment::EastSandbox, WonMeans::MerchantWon).base_url(base);
    let transport = T::with_connect(Duration::from_secs(5));
    HttpProvider::builder(vendor).transport(transport).timeouts(limits).retry(RetryPolicy::never()).build().unwrap()
}

async fn report<T: SocketTransport>(address: SocketAddr) -> Result<(), Error> {
    let limits = Timeouts::default().attempt(Duration::from_millis(700));
    let chargeback = plain("case-1", Stage::Received, Reason::FraudOther).build().unwrap();
    spade::<T>(address, limits).report(&chargeback).await.map(|_| ())
}

async fn request_is_plain_http_1_1<T: SocketTransport>() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await.unwrap();
        send_reply(stream, http_ok("{}")).await;
        request
    });
    report::<T>(address).await.unwrap();
    let request = server.await.unwrap();
    let head = request.split("\r\n\r\n").next().unwrap().to_lowercase();
    let mut lines: Vec<&str> = head.lines().collect();
    assert_eq!(lines.remove(0), "post /enrichments/0b6d1f0e-6a6a-4b8e-9d52-1f2f0a7f9d11/chargeback http/1.1");
    let mut names: Vec<&str> = lines.iter().map(|line| line.split(':').next().unwrap()).collect();
    names.sort_unstable();
    // No header requests compression, because a small compressed body could expand to a large one.
    assert_eq!(names, ["accept", "content-length", "content-type", "host", "user-agent", "x-api-key"]);
    assert!(lines.contains(&concat!("user-agent: chargeback/", env!("CARGO_PKG_VERSION"))));
}

async fn refused_connection_has_delivery_not_sent<T: SocketTransport>() {
    let (_socket, address) = refusing();
    let error = report::<T>(address).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("transport", Delivery::NotSent));
    let error_chain = error_chain(&error);
    assert!(error_chain.contains("could not connect") && error_chain.contains("refused"), "{error_chain}");
    assert!(!error_chain.contains("enrichments"), "the address with ids is in: {error_chain}");
}

async fn broken_reply_has_unknown_delivery<T: SocketTransport>() {
    let replies: &[&[u8]] = &[
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"details\":",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"garbage\r\n\r\n",
    ];
    for &reply in replies {
        let (address, whole) = serve(move |stream| send_reply(stream, reply)).await;
        let error = report::<T>(address).await.unwrap_err();
        let context = String::from_utf8_lossy(reply);
        assert_eq!(
            (kind(&error), error.delivery()),
            ("transport", Delivery::Unknown),
            "{context}: {}",
            error_chain(&error)
        );
        assert_eq!(whole.load(Ordering::SeqCst), 1, "{context}");
        assert!(!error_chain(&error).contains("enrichments"), "{}", error_chain(&error));
    }
}

async fn silent_or_slow_reply_times_out<T: SocketTransport>() {
    let (silent, _) = serve(|stream| async move {
        let _stream = stream;
        tokio::time::sleep(Duration::from_secs(30)).await;
    })
    .await;
    let (dripping, _) = serve(|mut stream| async move {
        for byte in http_ok(r#"{"details":"slowly"}"#).bytes() {
            if stream.write_all(&[byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
    for address in [silent, dripping] {
        let start = std::time::Instant::now();
        let error = report::<T>(address).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery()), ("timeout", Delivery::Unknown));
        assert!(start.elapsed() < Duration::from_secs(3));
    }
}

async fn redirect_is_not_followed<T: SocketTransport>() {
    for status in [301, 302, 303, 307, 308] {
        let (elsewhere, reached) = serve(|stream| send_reply(stream, http_ok("{}"))).await;
        let location = format!("HTTP/1.1 {status} Go\r\nlocation: http://{elsewhere}/\r\ncontent-length: 0\r\n\r\n");
        let (address, _) = serve(move |stream| send_reply(stream, location.clone())).await;
        let error = report::<T>(address).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery()), ("unreadable", Delivery::Unknown), "{status}");
        assert_eq!(error.status().unwrap(), status);
        assert_eq!(reached.load(Ordering::SeqCst), 0, "the transport followed the redirect");
    }
}

async fn reply_is_read_up_to_the_limit<T: SocketTransport>() {
    let body = |length: usize| format!("{{\"details\":\"{}\"}}", "x".repeat(length - 14));
    let fits = http_ok(&body(256 * 1024));
    let (address, _) = serve(move |stream| send_reply(stream, fits.clone())).await;
    report::<T>(address).await.unwrap();

    let announced = http_ok(&body(256 * 1024 + 1));
    let chunked = {
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000)).repeat(160);
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunk}0\r\n\r\n")
    };
    let endless = "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{".to_owned();
    for reply in [announced, chunked, endless] {
        let (address, _) = serve(move |stream| send_reply(stream, reply.clone())).await;
        let error = report::<T>(address).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery()), ("unreadable", Delivery::Unknown), "{}", error_chain(&error));
        assert!(error_chain(&error).contains("the reply is too large"));
    }
}

async fn compressed_reply_is_not_decompressed<T: SocketTransport>() {
    let reply = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 10\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\x03";
    let (address, _) = serve(move |stream| send_reply(stream, reply)).await;
    assert_eq!(kind(&report::<T>(address).await.unwrap_err()), "unreadable");
}

async fn transport_failure_has_a_phase<T: SocketTransport>() {
    let transport = T::with_connect(Duration::from_secs(1));
    let (address, _) = serve(|stream| send_reply(stream, http_ok(r#"{"a":1}"#))).await;
    let request = |uri: String| http::Request::get(uri).body(bytes::Bytes::new()).unwrap();
    let limits = RequestLimits::default();
    assert_eq!((limits.connect.as_secs(), limits.attempt.as_secs(), limits.reply_bytes), (5, 15, 256 * 1024));
    let reply = transport.send(request(format!("http://{address}/")), &limits).await.unwrap();
    assert_eq!((reply.status().as_u16(), &reply.body()[..]), (200, &b"{\"a\":1}"[..]));
    let failure = transport.send(request("http://127.0.0.1:1/".to_owned()), &limits).await.unwrap_err();
    assert_eq!((failure.phase(), failure.is_timeout()), (FailurePhase::NotSent, false));
}

async fn invalid_root_certificates_are_rejected<T: SocketTransport>() {
    let connect = Duration::from_secs(1);
    let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(T::build(connect, &[broken]).is_err());
    assert!(T::build(connect, &[b""]).is_ok(), "an empty list of roots is valid");
    // The server does not use TLS, so the request was not sent.
    let (address, whole) = serve(|stream| send_reply(stream, http_ok("{}"))).await;
    let request = http::Request::get(format!("https://{address}/")).body(bytes::Bytes::new()).unwrap();
    let transport = T::with_connect(connect);
    let sent =
        tokio::time::timeout(Duration::from_secs(3), transport.send(request, &RequestLimits::default())).await.unwrap();
    assert_eq!(sent.unwrap_err().phase(), FailurePhase::NotSent);
    assert_eq!(whole.load(Ordering::SeqCst), 0);
}

/// Sends a `GET` through the transport, without a provider.
async fn get(transport: &impl Transport, address: &str) -> Result<http::Response<bytes::Bytes>, FailurePhase> {
    let request = http::Request::get(address).body(bytes::Bytes::new()).unwrap();
    transport.send(request, &RequestLimits::default()).await.map_err(|failure| failure.phase())
}

async fn requests_reach_their_own_host<T: SocketTransport>() {
    let (one, _) = serve(|stream| send_reply(stream, http_ok("one"))).await;
    let (other, _) = serve(|stream| send_reply(stream, http_ok("other"))).await;
    let transport = T::with_connect(Duration::from_secs(2));
    for (address, body) in [(one, "one"), (one, "one"), (other, "other"), (one, "one"), (other, "other")] {
        assert_eq!(get(&transport, &format!("http://{address}/?a=b")).await.unwrap().body(), body);
    }
    // The host and port are the same, but the connection without TLS is not reused for `https`.
    assert!(get(&transport, &format!("https://{other}/?a=b")).await.is_err());
    assert_eq!(get(&transport, &format!("http://{other}/?a=b")).await.unwrap().body(), "other");
}

async fn each_request_has_its_own_path<T: SocketTransport>() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let request = read_request(&mut stream).await.unwrap();
            let line = request.lines().next().unwrap();
            send_reply(stream, format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{line}", line.len())).await;
        }
    });
    let transport = T::with_connect(Duration::from_secs(5));
    let targets =
        ["/", "/a", "/a", "/a?id=1", "/a?id=2", "/a?", "/a", "/", "/?id=1", "/a%2Fb", "/a/b", "//a", "/a%20b"];
    for target in targets {
        let reply = get(&transport, &format!("{origin}{target}")).await.unwrap();
        assert_eq!(reply.body(), &format!("GET {target} HTTP/1.1"));
    }
    let shown = format!("{transport:?}");
    assert!(shown.contains("Transport") && !shown.contains("a%20b"), "{shown}");
}

async fn chunked_reply_counts_as_a_whole<T: SocketTransport>() {
    let pieces = |pieces: usize, length: usize| {
        let piece = format!("{length:x}\r\n{}\r\n", "x".repeat(length));
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}0\r\n\r\n", piece.repeat(pieces))
    };
    let transport = T::with_connect(Duration::from_secs(5));
    for (count, length, whole) in [(2, 131_072, true), (3, 87_381, true), (4, 131_072, false), (262_145, 1, false)] {
        let reply = pieces(count, length);
        let (address, _) = serve(move |stream| send_reply(stream, reply.clone())).await;
        let got = get(&transport, &format!("http://{address}/?a=b")).await.map(|reply| reply.body().len());
        assert_eq!(
            got,
            if whole { Ok(count * length) } else { Err(FailurePhase::ReplyTooLarge) },
            "{count} of {length}"
        );
    }
}
