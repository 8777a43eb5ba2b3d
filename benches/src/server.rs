//! A small hyper server that acknowledges everything, in every vendor's words.

use std::convert::Infallible;
use std::io::Write as _;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::cases::Which;
use crate::replies::{NOTHING_FOUND, acknowledgement};

/// Serves on a free port, which it prints, until it is killed.
///
/// # Panics
///
/// If loopback cannot be listened to.
pub async fn serve(wait: Duration) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("an address").port());
    std::io::stdout().flush().expect("an output");
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, wait));
            // A client that goes away ends the connection.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(request: Request<Incoming>, wait: Duration) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = body(request.uri().path());
    // The whole request must have come in.
    let _ = request.into_body().collect().await;
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    let mut reply = Response::new(Full::from(Bytes::from_static(body.as_bytes())));
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(reply)
}

fn body(path: &str) -> &'static str {
    match path {
        "/v2/chargebacks/search" => NOTHING_FOUND,
        "/v2/chargebacks" => acknowledgement(Which::RevCent),
        "/v1/chargeback" => acknowledgement(Which::Thirdwatch),
        "/payment" => acknowledgement(Which::Pipwave),
        path if path.starts_with("/api/v1/") => acknowledgement(Which::Tutelar),
        _ => acknowledgement(Which::Spade),
    }
}
