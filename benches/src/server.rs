//! A small hyper server that acknowledges all requests in the formats of the vendors.

use std::convert::Infallible;
use std::io::Write as _;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::cases::Vendor;
use crate::replies::{NOTHING_FOUND, acknowledgement};

/// Serves on a free port until the process is killed, and prints the port.
///
/// # Panics
///
/// Panics if the server cannot listen on loopback.
pub async fn serve(delay: Duration) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("an address").port());
    std::io::stdout().flush().expect("an output");
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, delay));
            // An error means that the client has closed the connection.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(request: Request<Incoming>, delay: Duration) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = body(request.uri().path());
    let is_empty = body.is_empty();
    // Read the complete request first.
    let _ = request.into_body().collect().await;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let mut reply = Response::new(Full::from(Bytes::from_static(body.as_bytes())));
    if is_empty {
        *reply.status_mut() = StatusCode::NO_CONTENT;
    }
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(reply)
}

fn body(path: &str) -> &'static str {
    match path {
        "/v2/chargebacks/search" => NOTHING_FOUND,
        "/v2/chargebacks" => acknowledgement(Vendor::RevCent),
        "/v1/chargeback" => acknowledgement(Vendor::Thirdwatch),
        "/payment" => acknowledgement(Vendor::Pipwave),
        "/minfraud/v2.0/transactions/report" => "",
        "/v205/events" => r#"{"status":0,"error_message":"OK","time":1790000000}"#,
        "/v2/dispute" => r#"{"status":200,"timestamp":1790000000}"#,
        "/api/decision" => r#"{"order":{"id":"ORD_10726","status":"submitted","description":"Under review"}}"#,
        "/SeonRestService/fraud-api/transaction-label/v2" => r#"{"success":true,"error":{},"data":{}}"#,
        path if path.starts_with("/api/v1/") => acknowledgement(Vendor::Tutelar),
        _ => acknowledgement(Vendor::Spade),
    }
}
