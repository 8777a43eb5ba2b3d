//! The faults of a server, each with the error that it must cause.

use chargeback::Delivery;

/// A part of a faulty reply.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Bytes(Vec<u8>),
    /// The vendor's real reply.
    Honest,
    /// Bytes, one per second.
    Drip(Vec<u8>),
    /// Bytes, repeated without end.
    Endless(Vec<u8>),
    /// Silence, with the connection open.
    Hold,
    /// RST instead of FIN.
    Reset,
}

use Part::{Bytes, Drip, Endless, Hold, Honest, Reset};

/// One fault.
#[derive(Debug, Clone)]
pub(super) struct Wrong {
    pub(super) name: &'static str,
    pub(super) parts: Vec<Part>,
    /// The server does not read writes, so they never arrive completely.
    pub(super) reads_nothing: bool,
    /// The possible values of "the vendor acted before the fault".
    pub(super) acted: &'static [bool],
    pub(super) taken_for: Taken,
}

/// The expected result of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// The connection failed; the vendor may have acted.
    Lost,
    /// No reply in time; the vendor may have acted.
    Silent,
    /// The reply is not a documented one.
    Garbage,
    /// The vendor reports a server error.
    Failed,
    /// The vendor reports too many requests.
    Throttled,
    /// The vendor reports too many requests, and may process this one later.
    Deferred,
    /// An unusual form of success.
    Success,
}

impl Wrong {
    /// Returns true if the vendor's real reply is a part of the faulty one.
    pub(super) fn is_honest(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Honest))
    }
}

impl Taken {
    /// The variant of the error and its delivery, for a single attempt.
    pub(super) const fn error(self) -> (&'static str, Delivery) {
        match self {
            Self::Lost => ("transport", Delivery::Unknown),
            Self::Silent => ("timeout", Delivery::Unknown),
            Self::Garbage => ("unreadable", Delivery::Unknown),
            Self::Failed | Self::Deferred => ("unavailable", Delivery::Unknown),
            Self::Throttled => ("rate limited", Delivery::Rejected),
            Self::Success => ("", Delivery::NotSent),
        }
    }

    /// Returns true if an idempotent call is sent again.
    pub(super) const fn is_repeated(self) -> bool {
        matches!(self, Self::Lost | Self::Silent | Self::Failed | Self::Throttled)
    }
}

const EITHER: &[bool] = &[false, true];
const NOT: &[bool] = &[false];
const ACTED: &[bool] = &[true];

/// A body that every vendor's connector accepts as success, without its closing brace.
const ALMOST: &str = concat!(
    r#"{"status":200,"success":true,"code":1,"chargeback_id":"chargeback0000000001","#,
    r#""order":{"id":"1"},"details":"done""#
);

fn wrong(name: &'static str, acted: &'static [bool], taken_for: Taken, parts: Vec<Part>) -> Wrong {
    Wrong { name, parts, reads_nothing: false, acted, taken_for }
}

fn text(text: &str) -> Part {
    Bytes(text.replace('\n', "\r\n").into_bytes())
}

/// A complete reply with this body.
fn reply(body: &[u8]) -> Part {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    Bytes([head.as_bytes(), body].concat())
}

fn head(status: &str, headers: &str) -> Part {
    text(&format!("HTTP/1.1 {status}\n{headers}\n"))
}

/// Faults of the connection.
fn broken() -> Vec<Wrong> {
    use Taken::{Lost, Silent};
    let whole = format!("{ALMOST}}}");
    let announced = |length: usize| head("200 OK", &format!("content-length: {length}\n"));
    vec![
        Wrong { reads_nothing: true, ..wrong("accepts the connection and reads nothing", NOT, Silent, vec![]) },
        wrong("never replies", EITHER, Silent, vec![Hold]),
        wrong("sends one byte per second", EITHER, Silent, vec![Drip(b"HTTP/1.1 200 OK\r\n\r\n".to_vec())]),
        wrong("closes before the status line", EITHER, Lost, vec![]),
        wrong("resets before the status line", EITHER, Lost, vec![Reset]),
        wrong("closes within the status line", EITHER, Lost, vec![text("HTTP/1.1 20")]),
        wrong("closes within the headers", EITHER, Lost, vec![text("HTTP/1.1 200 OK\ncontent-le")]),
        wrong("closes after the headers", EITHER, Lost, vec![announced(40)]),
        wrong("closes within the body", EITHER, Lost, vec![announced(whole.len()), text(ALMOST)]),
        wrong("resets within the body", EITHER, Lost, vec![announced(whole.len()), text(ALMOST), Reset]),
        wrong("sends less than `content-length`, then waits", EITHER, Silent, vec![announced(900), text(&whole), Hold]),
        wrong(
            "sends 100 Continue without end",
            EITHER,
            Silent,
            vec![Endless(b"HTTP/1.1 100 Continue\r\n\r\n".repeat(400))],
        ),
        wrong("sends 102 Processing, then waits", EITHER, Silent, vec![text("HTTP/1.1 102 Processing\n\n"), Hold]),
    ]
}

/// Faults of HTTP.
fn malformed() -> Vec<Wrong> {
    use Taken::{Garbage, Lost};
    let lost = |name, parts| wrong(name, EITHER, Lost, parts);
    let garbage = |name, parts| wrong(name, EITHER, Garbage, parts);
    let chunked = |rest: &str| vec![head("200 OK", "transfer-encoding: chunked\n"), text(rest)];
    vec![
        lost("sends bytes that are not HTTP", vec![Bytes(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc".repeat(9))]),
        lost("sends a status line without a number", vec![text("HTTP/1.1 OK\n\n")]),
        lost("replies in HTTP/9.9", vec![text("HTTP/9.9 200 OK\ncontent-length: 0\n\n")]),
        lost("sends a NUL in a header", vec![Bytes(b"HTTP/1.1 200 OK\r\nx: \0\r\n\r\n".to_vec())]),
        lost(
            "sends two different `content-length` headers",
            vec![head("200 OK", "content-length: 5\ncontent-length: 9\n"), text("{}")],
        ),
        lost("sends a negative `content-length`", vec![head("200 OK", "content-length: -1\n"), text("{}")]),
        lost(
            "sends headers without end",
            vec![text("HTTP/1.1 200 OK\n"), Endless(b"x-pad: 0123456789\r\n".repeat(400))],
        ),
        lost("sends one header without end", vec![text("HTTP/1.1 200 OK\nx: "), Endless(vec![b'0'; 4096])]),
        lost("sends a chunk size that is not a number", chunked("ZZ\n{}\n0\n\n")),
        lost("closes between chunks", chunked("2\n{\"\n")),
        lost("sends a chunk size of more than 64 bits", chunked("FFFFFFFFFFFFFFFFF\n{}")),
        garbage(
            "sends more than `content-length`",
            vec![head("200 OK", "content-length: 9\n"), text(ALMOST), text("}")],
        ),
        garbage(
            "replies 101 Switching Protocols",
            vec![head("101 Switching Protocols", "upgrade: x\nconnection: upgrade\n")],
        ),
        garbage("replies with status 999", vec![head("999 Odd", "content-length: 0\n")]),
    ]
}

/// Faults of the body.
fn bodies() -> Vec<Wrong> {
    use Taken::Garbage;
    let with = |rest: &str| reply(format!("{ALMOST}{rest}").as_bytes());
    let large = |size: usize| [b"\"".as_slice(), &vec![b'x'; size], b"\""].concat();
    let chunk = [b"10000\r\n".as_slice(), &vec![b'x'; 0x1_0000], b"\r\n"].concat();
    let bomb = include_bytes!("../../fixtures/bomb.json.gz");
    let zipped = format!("content-encoding: gzip\ncontent-length: {}\n", bomb.len());
    vec![
        wrong("sends a body of 10 MiB", EITHER, Garbage, vec![reply(&large(10 << 20))]),
        wrong(
            "sends a body without end",
            EITHER,
            Garbage,
            vec![head("200 OK", "transfer-encoding: chunked\n"), Endless(chunk)],
        ),
        wrong("sends a gzip bomb", EITHER, Garbage, vec![head("200 OK", &zipped), Bytes(bomb.to_vec())]),
        wrong("sends an HTML page", EITHER, Garbage, vec![reply(b"<html><body>Welcome</body></html>")]),
        wrong(
            "sends invalid UTF-8",
            EITHER,
            Garbage,
            vec![reply(b"{\"status\":200,\"success\":true,\"code\":1,\"x\":\"\xc3\x28\"}")],
        ),
        wrong("sends 200,000 open brackets", EITHER, Garbage, vec![reply(&b"[".repeat(200_000))]),
        wrong(
            "sends objects nested 1,000 deep",
            EITHER,
            Garbage,
            vec![reply(&[b"{\"a\":".repeat(1000), b"1".to_vec(), b"}".repeat(1000)].concat())],
        ),
        wrong("sends NaN in JSON", EITHER, Garbage, vec![with(",\"n\":NaN}")]),
        wrong("sends the number 1e999 in JSON", EITHER, Garbage, vec![with(",\"n\":1e999}")]),
        wrong("sends a duplicate JSON key", EITHER, Garbage, vec![with(",\"code\":1}")]),
        wrong("sends two JSON objects", EITHER, Garbage, vec![with("}{}")]),
        wrong("sends a truncated JSON object", EITHER, Garbage, vec![with("")]),
        wrong("sends a JSON array", EITHER, Garbage, vec![reply(b"[]")]),
    ]
}

/// Status codes, and unusual replies that count as success.
fn statuses() -> Vec<Wrong> {
    use Taken::{Failed, Garbage, Success, Throttled};
    let empty = "content-length: 0\n";
    let old = format!("HTTP/1.0 200 OK\ncontent-type: application/json\n\n{ALMOST}}}");
    vec![
        wrong("replies 500 with an empty body", EITHER, Failed, vec![head("500 Oops", empty)]),
        wrong(
            "replies 503 with `retry-after: 0`",
            EITHER,
            Failed,
            vec![head("503 Busy", "retry-after: 0\ncontent-length: 0\n")],
        ),
        wrong(
            "replies 429 with `retry-after: 0`",
            NOT,
            Throttled,
            vec![head("429 Slow", "retry-after: 0\ncontent-length: 0\n")],
        ),
        wrong(
            "replies 408 and closes",
            EITHER,
            Failed,
            vec![head("408 Timeout", "connection: close\ncontent-length: 0\n")],
        ),
        wrong("replies 204", EITHER, Garbage, vec![head("204 Nothing", "")]),
        wrong("replies with success in HTTP/1.0, without a length", ACTED, Success, vec![text(&old)]),
        wrong("sends 100 Continue, then the reply", ACTED, Success, vec![text("HTTP/1.1 100 Continue\n\n"), Honest]),
        wrong(
            "sends 103 Early Hints, then the reply",
            ACTED,
            Success,
            vec![text("HTTP/1.1 103 Hints\nlink: </x>\n\n"), Honest],
        ),
        wrong("sends the reply, then more bytes", ACTED, Success, vec![Honest, text("HTTP/1.1 200 OK\n\n<html>")]),
    ]
}

/// All faults except a refused connection and a redirect, which need more than bytes.
pub(super) fn all() -> Vec<Wrong> {
    [broken(), malformed(), bodies(), statuses()].concat()
}

/// A redirect to an address that must receive no connection.
pub(super) fn redirect(status: &'static str, name: &'static str, to: std::net::SocketAddr) -> Wrong {
    let headers = format!("location: http://{to}/elsewhere\ncontent-length: 0\n");
    wrong(name, EITHER, Taken::Garbage, vec![head(status, &headers)])
}
