//! A small HTTP server. A handler can close the connection instead of replying.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

/// The largest body of a request, in bytes.
const BODY: usize = 4 * 1024 * 1024;

/// Closes the connection without a reply.
#[derive(Debug)]
pub(super) struct Closed;

impl std::fmt::Display for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("closed by a fault")
    }
}

impl std::error::Error for Closed {}

/// Accepts connections until the task ends.
pub(super) async fn serve<H, F>(listener: TcpListener, handler: H)
where
    H: Fn(Request<Bytes>) -> F + Clone + Send + 'static,
    F: Future<Output = Result<Response<Bytes>, Closed>> + Send + 'static,
{
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            // For example too many open files.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = socket.set_nodelay(true);
        let handler = handler.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(handler.clone(), request));
            let mut builder = http1::Builder::new();
            let _ = builder.timer(TokioTimer::new()).serve_connection(TokioIo::new(socket), service).await;
        });
    }
}

async fn answer<H, F>(handler: H, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Closed>
where
    H: Fn(Request<Bytes>) -> F,
    F: Future<Output = Result<Response<Bytes>, Closed>>,
{
    let (head, body) = request.into_parts();
    let body = Limited::new(body, BODY).collect().await.map_err(|_| Closed)?.to_bytes();
    let reply = handler(Request::from_parts(head, body)).await?;
    Ok(reply.map(Full::new))
}
