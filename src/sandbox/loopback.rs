//! The fakes as servers on loopback.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use wiremock::matchers::any;
use wiremock::{Match, Mock, MockServer, Request, Respond, ResponseTemplate};

use super::fake::{Fake, Machine, Played, State, lock};
use super::fault::FaultKind;
use crate::connector::BaseUrl;

/// How long a silent server stays silent.
const SILENCE: Duration = Duration::from_secs(600);

/// Serves a machine, under a path of its own.
pub(super) async fn serve<M: Machine>(machine: M, path: &str, servers: &mut Vec<MockServer>) -> Fake<M> {
    // What arrives is recorded by the machine; wiremock would keep every request for the life of the server.
    let server = MockServer::builder().disable_request_recording().start().await;
    let state = Arc::new(Mutex::new(State::new(machine)));
    let hangs_up = HangsUp(Arc::clone(&state));
    let hung_up = Arc::clone(&state);
    Mock::given(hangs_up)
        .respond_with_err(move |request: &Request| {
            lock(&hung_up).play(&convert(request));
            io::Error::from(io::ErrorKind::ConnectionReset)
        })
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(any()).respond_with(Answers(Arc::clone(&state))).with_priority(2).mount(&server).await;
    let address = format!("{}{path}", server.uri());
    servers.push(server);
    // wiremock's address is a plain `http` one on 127.0.0.1; if it ever is not, the first request is refused.
    let base_url = address.parse().unwrap_or(BaseUrl::from_static("https://loopback.invalid"));
    Fake::new(base_url, state)
}

/// Matches when the next fault closes the connection. wiremock matches and answers one request at a time.
struct HangsUp<M>(Arc<Mutex<State<M>>>);

impl<M: Machine> Match for HangsUp<M> {
    fn matches(&self, request: &Request) -> bool {
        let state = lock(&self.0);
        let fault = state.scripted(&convert(request));
        fault.is_some_and(|fault| matches!(fault.kind, FaultKind::Reset | FaultKind::Unreachable))
    }
}

struct Answers<M>(Arc<Mutex<State<M>>>);

impl<M: Machine> Respond for Answers<M> {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        match lock(&self.0).play(&convert(request)) {
            Played::Reply { reply, delay } => {
                let mut template = ResponseTemplate::new(reply.status().as_u16());
                for (name, value) in reply.headers() {
                    template = template.insert_header(name.clone(), value.clone());
                }
                let kind = reply.headers().get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
                template.set_body_raw(reply.body().to_vec(), kind.unwrap_or("application/json")).set_delay(delay)
            }
            Played::Silence | Played::Reset | Played::Unreachable => ResponseTemplate::new(504).set_delay(SILENCE),
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
