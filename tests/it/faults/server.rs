//! A TCP server with one fault, in front of a fake vendor of the sandbox.
//!
//! Each write ends in the fault, either after the vendor has acted or without it. Reads get the vendor's reply, or
//! end in the fault as well.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use chargeback::sandbox::Sandbox;
use chargeback::transport::RequestLimits;
use http::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::wrong::{Part, Wrong};

/// The fake vendor behind the server.
pub(super) struct Behind {
    pub(super) sandbox: Sandbox,
    pub(super) vendor: &'static str,
    pub(super) acts: bool,
    pub(super) breaks_reads: bool,
}

/// A running server.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) behind: Arc<Behind>,
    writes: Arc<AtomicU32>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// Starts a server with this fault.
    pub(super) async fn start(behind: Behind, wrong: Wrong) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (behind, writes) = (Arc::new(behind), Arc::new(AtomicU32::new(0)));
        let task = tokio::spawn({
            let (behind, writes) = (Arc::clone(&behind), Arc::clone(&writes));
            async move {
                let mut connections = tokio::task::JoinSet::new();
                while let Ok((stream, _)) = listener.accept().await {
                    connections.spawn(serve(stream, Arc::clone(&behind), Arc::clone(&writes), wrong.clone()));
                }
            }
        });
        Self { address, behind, writes, task }
    }

    /// The number of complete writes that have arrived.
    pub(super) fn writes(&self) -> u32 {
        self.writes.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, behind: Arc<Behind>, writes: Arc<AtomicU32>, wrong: Wrong) {
    while let Some(request) = read_request(&mut stream, behind.vendor).await {
        let write = is_write(&request);
        if !write && !behind.breaks_reads {
            let reply = behind.sandbox.transport().unwrap().send(request, &RequestLimits::default()).await.unwrap();
            if stream.write_all(&written(&reply)).await.is_err() {
                return;
            }
            continue;
        }
        if wrong.reads_nothing {
            std::future::pending::<()>().await;
        }
        writes.fetch_add(u32::from(write), Ordering::SeqCst);
        let real_reply = if behind.acts {
            let transport = behind.sandbox.transport().unwrap();
            Some(transport.send(request, &RequestLimits::default()).await.unwrap())
        } else {
            None
        };
        // The client may have closed the connection; this server ignores the error.
        let _ = play(&mut stream, &wrong, real_reply.as_ref()).await;
        return;
    }
}

/// Plays the fault and then closes the connection.
async fn play(stream: &mut TcpStream, wrong: &Wrong, real_reply: Option<&Response<Bytes>>) -> std::io::Result<()> {
    for part in &wrong.parts {
        match part {
            Part::Bytes(bytes) => stream.write_all(bytes).await?,
            Part::Honest => stream.write_all(&written(real_reply.unwrap())).await?,
            Part::Drip(bytes) => {
                for byte in bytes {
                    stream.write_all(&[*byte]).await?;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
            Part::Endless(bytes) => loop {
                stream.write_all(bytes).await?;
                // The pause leaves processor time to the other cells.
                tokio::time::sleep(Duration::from_millis(1)).await;
            },
            Part::Hold => std::future::pending().await,
            Part::Reset => {
                return stream.set_zero_linger();
            }
        }
    }
    stream.shutdown().await
}

/// The bytes of a reply.
fn written(reply: &Response<Bytes>) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {}\r\n", reply.status().as_u16()).into_bytes();
    for (name, value) in reply.headers() {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend(format!("content-length: {}\r\n\r\n", reply.body().len()).into_bytes());
    bytes.extend(reply.body());
    bytes
}

/// Pipwave also reads by POST.
fn is_write(request: &Request<Bytes>) -> bool {
    let is_write = request.method() == "POST" || request.method() == "PUT";
    is_write && !String::from_utf8_lossy(request.body()).contains("\"requery\"")
}

/// Reads one complete request and addresses it to the vendor of the sandbox.
async fn read_request(stream: &mut TcpStream, vendor: &str) -> Option<Request<Bytes>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let mut start = lines.next().unwrap().split(' ');
        let (method, path) = (start.next().unwrap(), start.next().unwrap());
        let mut request = Request::builder().method(method).uri(format!("https://{vendor}.invalid{path}"));
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            request = request.header(name, value);
        }
        let length = request
            .headers_ref()
            .unwrap()
            .get("content-length")
            .map_or(0, |length| length.to_str().unwrap().parse::<usize>().unwrap());
        if bytes.len() >= end + 4 + length {
            return Some(request.body(Bytes::copy_from_slice(&bytes[end + 4..end + 4 + length])).unwrap());
        }
    }
}
