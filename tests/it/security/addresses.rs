//! The engine sends keys only over `https` or to loopback, for every address that a connector builds.

use bytes::Bytes;
use chargeback::connector::{
    Attempt, Case, Connector, LookupVerdict, Operation, ReplyError, RetrySafety, TranslateError, Translation,
};
use chargeback::{
    Capabilities, ChargebackProvider, Delivery, Error, Field, FieldSupport, ProviderId, Secret, StageSupport, Violation,
};
use http::{Request, Response};

use super::{KEY, received};
use crate::support::{Play, Script, kind, provider};

/// A connector that sends keys to any address.
#[derive(Debug)]
struct Careless {
    write_uri: &'static str,
    read_uri: &'static str,
    key: Secret,
}

impl Careless {
    fn new(write_uri: &'static str, read_uri: &'static str) -> Self {
        Self { write_uri, read_uri, key: Secret::from(KEY) }
    }
}

impl Connector for Careless {
    type Step = Call;

    fn id(&self) -> ProviderId {
        ProviderId::from_static("careless")
    }

    fn capabilities(&self) -> Capabilities {
        let field = |field| if field == Field::Stage { FieldSupport::Sent } else { FieldSupport::Dropped };
        Capabilities::from_mapping(|_| StageSupport::exact("value"), |_| StageSupport::lossy(""), field)
    }

    fn translate(&self, _: &Case<'_>) -> Result<Translation<Call>, TranslateError> {
        Ok(Translation::new(Call::Write))
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Call {
    Write,
    Read,
}

impl Operation for Call {
    type Connector = Careless;
    type Reply = ();
    type Lookup = Self;

    fn name(&self) -> &'static str {
        if *self == Self::Write { "write" } else { "read" }
    }

    fn retry_safety(&self) -> RetrySafety {
        if *self == Self::Write { RetrySafety::LookupFirst } else { RetrySafety::Idempotent }
    }

    fn reads_only(&self) -> bool {
        *self == Self::Read
    }

    fn encode(&self, careless: &Careless, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        let uri = if *self == Self::Write { careless.write_uri } else { careless.read_uri };
        let request = Request::post(uri).header("x-key", attempt.expose(&careless.key)).body(Bytes::new());
        request.map_err(|error| Violation::new("request", error.to_string()))
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<(), ReplyError> {
        if reply.status() == 200 { Ok(()) } else { Err(ReplyError::from_status(reply.status())) }
    }

    fn lookup(&self) -> Option<Self> {
        (*self == Self::Write).then_some(Self::Read)
    }

    fn verdict(&self, _: &[()]) -> LookupVerdict<Self> {
        LookupVerdict::Applied(())
    }
}

const INSECURE: &[&str] = &[
    "http://192.0.2.1/write",
    "HTTP://192.0.2.1/write",
    "http://example.com/write",
    // Names and numbers that resemble loopback.
    "http://localhost.example.com/write",
    "http://notlocalhost/write",
    "http://127.0.0.1.example.com/write",
    "http://0.0.0.0/write",
    "http://[2001:db8::1]/write",
    "http://[::ffff:192.0.2.1]/write",
    // The text before `@` is a user name; the text after `#` is a fragment.
    "http://localhost@192.0.2.1/write",
    "http://127.0.0.1:80@192.0.2.1/write",
    "http://192.0.2.1/write#@localhost",
    "http://192.0.2.1?@localhost",
    // No host, or no scheme.
    "https://:443/write",
    "/write",
    "localhost",
    "localhost:80",
    // Other schemes.
    "ftp://localhost/write",
    "httpss://localhost/write",
];

const ALLOWED: &[&str] = &[
    "https://192.0.2.1/write",
    "HTTPS://example.com/write",
    "http://localhost/write",
    "http://localhost:8080/write",
    "http://127.0.0.1:1/write",
    "http://127.255.255.254/write",
    "http://[::1]:8080/write",
];

#[tokio::test(start_paused = true)]
async fn keys_are_not_sent_without_tls() {
    for &uri in INSECURE {
        let script = Script::empty();
        let careless = provider(Careless::new(uri, uri), &script);
        let reported = careless.report(&received()).await.unwrap_err();
        let called = careless.call(Call::Write).await.unwrap_err();
        let planned = careless.plan(&received()).unwrap_err();
        for error in [reported, called, planned] {
            assert_eq!((kind(&error), error.delivery()), ("configuration", Delivery::NotSent), "{uri}: {error}");
            let Error::Configuration(error) = error else { unreachable!() };
            let problems: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
            assert_eq!(problems, ["base_url: must be https; plain http is only for loopback hosts"], "{uri}");
        }
        assert!(script.sent().is_empty(), "{uri}");
    }
}

#[tokio::test(start_paused = true)]
async fn https_and_loopback_are_allowed() {
    for &uri in ALLOWED {
        let script = Script::new([Play::json(200, "")]);
        let receipt = provider(Careless::new(uri, uri), &script).report(&received()).await;
        assert!(receipt.is_ok() && script.sent().len() == 1, "{uri}: {receipt:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn lookup_address_is_checked() {
    for &uri in INSECURE {
        let script = Script::new([Play::Lost]);
        let careless = Careless::new("https://192.0.2.1/write", uri);
        let error = provider(careless, &script).report(&received()).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery()), ("transport", Delivery::Unknown), "{uri}: {error}");
        assert_eq!(error.lookup_detail(), Some("read cannot be sent"), "{uri}");
        assert_eq!(script.calls(), ["POST /write"], "{uri}");
    }
}
