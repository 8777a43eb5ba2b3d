//! The fakes as HTTP servers on loopback.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use wiremock::matchers::any;
use wiremock::{Match, Mock, MockServer, Request, Respond, ResponseTemplate};

use super::fake::Fake;
use super::fault::FaultKind;
use super::machine::{Machine, Reaction, State, lock};
use crate::connector::BaseUrl;

/// The delay of a reply that should never come.
const SILENCE: Duration = Duration::from_secs(600);

/// Serves a fake on its own port and below this path.
pub(super) async fn serve<M: Machine>(machine: M, path: &str, servers: &mut Vec<MockServer>) -> Fake<M> {
    // The fake records all writes. wiremock would also keep all requests until the server is dropped.
    let server = MockServer::builder().disable_request_recording().start().await;
    let state = Arc::new(Mutex::new(State::new(machine)));
    let reset_state = Arc::clone(&state);
    Mock::given(IsReset(Arc::clone(&state)))
        .respond_with_err(move |request: &Request| {
            lock(&reset_state).react(&convert(request));
            io::Error::from(io::ErrorKind::ConnectionReset)
        })
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(any()).respond_with(Responder(Arc::clone(&state))).with_priority(2).mount(&server).await;
    let address = format!("{}{path}", server.uri());
    servers.push(server);
    // wiremock listens on `http://127.0.0.1`, which `BaseUrl` accepts. The fallback makes the first request fail.
    let base_url = address.parse().unwrap_or(BaseUrl::from_static("https://loopback.invalid"));
    Fake::new(base_url, state)
}

/// Matches a request whose fault closes the connection. wiremock handles one request at a time.
struct IsReset<M>(Arc<Mutex<State<M>>>);

impl<M: Machine> Match for IsReset<M> {
    fn matches(&self, request: &Request) -> bool {
        let state = lock(&self.0);
        let fault = state.fault(&convert(request));
        fault.is_some_and(|fault| matches!(fault.kind, FaultKind::Reset | FaultKind::Unreachable))
    }
}

struct Responder<M>(Arc<Mutex<State<M>>>);

impl<M: Machine> Respond for Responder<M> {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        match lock(&self.0).react(&convert(request)) {
            Reaction::Reply { reply, delay } => {
                let mut template = ResponseTemplate::new(reply.status().as_u16());
                for (name, value) in reply.headers() {
                    template = template.insert_header(name.clone(), value.clone());
                }
                let kind = reply.headers().get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
                template.set_body_raw(reply.body().to_vec(), kind.unwrap_or("application/json")).set_delay(delay)
            }
            Reaction::Silence | Reaction::Reset | Reaction::Unreachable => {
                ResponseTemplate::new(504).set_delay(SILENCE)
            }
        }
    }
}

fn convert(request: &Request) -> http::Request<Bytes> {
    let mut converted = http::Request::new(Bytes::from(request.body.clone()));
    *converted.method_mut() = request.method.clone();
    *converted.uri_mut() = request.url.as_str().parse().unwrap_or_default();
    *converted.headers_mut() = request.headers.clone();
    converted
}
