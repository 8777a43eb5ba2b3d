//! Keys go over `https` or to this machine, whatever address a vendor's code writes.

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

/// A vendor that writes what it likes.
#[derive(Debug)]
struct Careless {
    tell: &'static str,
    ask: &'static str,
    key: Secret,
}

impl Careless {
    fn new(tell: &'static str, ask: &'static str) -> Self {
        Self { tell, ask, key: Secret::from(KEY) }
    }
}

impl Connector for Careless {
    type Step = Call;

    fn id(&self) -> ProviderId {
        ProviderId::from_static("careless")
    }

    fn capabilities(&self) -> Capabilities {
        let field = |field| if field == Field::Stage { FieldSupport::Sent } else { FieldSupport::Dropped };
        Capabilities::ask(|_| StageSupport::exact("word"), |_| StageSupport::lossy(""), field)
    }

    fn translate(&self, _: &Case<'_>) -> Result<Translation<Call>, TranslateError> {
        Ok(Translation::new(Call::Tell))
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Call {
    Tell,
    Ask,
}

impl Operation for Call {
    type Connector = Careless;
    type Reply = ();
    type Lookup = Self;

    fn name(&self) -> &'static str {
        if *self == Self::Tell { "tell" } else { "ask" }
    }

    fn retry_safety(&self) -> RetrySafety {
        if *self == Self::Tell { RetrySafety::LookupFirst } else { RetrySafety::Idempotent }
    }

    fn reads_only(&self) -> bool {
        *self == Self::Ask
    }

    fn encode(&self, careless: &Careless, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        let uri = if *self == Self::Tell { careless.tell } else { careless.ask };
        let request = Request::post(uri).header("x-key", attempt.expose(&careless.key)).body(Bytes::new());
        request.map_err(|error| Violation::new("request", error.to_string()))
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<(), ReplyError> {
        if reply.status() == 200 { Ok(()) } else { Err(ReplyError::from_status(reply.status())) }
    }

    fn lookup(&self) -> Option<Self> {
        (*self == Self::Tell).then_some(Self::Ask)
    }

    fn verdict(&self, _: &[()]) -> LookupVerdict<Self> {
        LookupVerdict::Applied(())
    }
}

const OPEN: &[&str] = &[
    "http://192.0.2.1/tell",
    "HTTP://192.0.2.1/tell",
    "http://example.com/tell",
    // Names and numbers that only look like this machine.
    "http://localhost.example.com/tell",
    "http://notlocalhost/tell",
    "http://127.0.0.1.example.com/tell",
    "http://0.0.0.0/tell",
    "http://[2001:db8::1]/tell",
    "http://[::ffff:192.0.2.1]/tell",
    // What stands before the @ is a user, and what stands after the # is nobody.
    "http://localhost@192.0.2.1/tell",
    "http://127.0.0.1:80@192.0.2.1/tell",
    "http://192.0.2.1/tell#@localhost",
    "http://192.0.2.1?@localhost",
    // No host, or no scheme.
    "https://:443/tell",
    "/tell",
    "localhost",
    "localhost:80",
    // Other schemes.
    "ftp://localhost/tell",
    "httpss://localhost/tell",
];

const SAFE: &[&str] = &[
    "https://192.0.2.1/tell",
    "HTTPS://example.com/tell",
    "http://localhost/tell",
    "http://localhost:8080/tell",
    "http://127.0.0.1:1/tell",
    "http://127.255.255.254/tell",
    "http://[::1]:8080/tell",
];

#[tokio::test(start_paused = true)]
async fn keys_are_not_sent_without_tls() {
    for &uri in OPEN {
        let script = Script::silent();
        let careless = provider(Careless::new(uri, uri), &script);
        let reported = careless.report(&received()).await.unwrap_err();
        let called = careless.call(Call::Tell).await.unwrap_err();
        let planned = careless.plan(&received()).unwrap_err();
        for error in [reported, called, planned] {
            assert_eq!((kind(&error), error.delivery()), ("configuration", Delivery::NotSent), "{uri}: {error}");
            let Error::Configuration(error) = error else { unreachable!() };
            let problems: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
            assert_eq!(problems, ["base_url: not https; plain http is for loopback hosts alone"], "{uri}");
        }
        assert!(script.sent().is_empty(), "{uri}");
    }
}

#[tokio::test(start_paused = true)]
async fn https_and_loopback_are_allowed() {
    for &uri in SAFE {
        let script = Script::of([Play::json(200, "")]);
        let receipt = provider(Careless::new(uri, uri), &script).report(&received()).await;
        assert!(receipt.is_ok() && script.sent().len() == 1, "{uri}: {receipt:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn lookup_address_is_checked() {
    for &uri in OPEN {
        let script = Script::of([Play::Lost]);
        let careless = Careless::new("https://192.0.2.1/tell", uri);
        let error = provider(careless, &script).report(&received()).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery()), ("transport", Delivery::Unknown), "{uri}: {error}");
        assert_eq!(error.lookup_detail(), Some("ask cannot be written"), "{uri}");
        assert_eq!(script.calls(), ["POST /tell"], "{uri}");
    }
}
