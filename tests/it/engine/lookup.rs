//! Limits of a lookup, with a vendor that always requires one more request.

use bytes::Bytes;
use chargeback::connector::{
    Attempt, BaseUrl, Case, Connector, HttpRequestBuilder, LookupVerdict, NoLookup, Operation, ReplyError, RetrySafety,
    TranslateError, Translation,
};
use chargeback::{
    Capabilities, ChargebackProvider, Delivery, FieldSupport, HttpProvider, ProviderId, Reason, Stage, StageSupport,
    Violation,
};
use http::{Request, Response};

use crate::support::{Play, Script, kind, plain};

#[derive(Debug)]
struct Endless(BaseUrl);

struct Write;
struct Read;

impl Connector for Endless {
    type Step = Write;

    fn id(&self) -> ProviderId {
        ProviderId::from_static("endless")
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::from_mapping(|_| StageSupport::exact("x"), |_| StageSupport::exact("x"), |_| FieldSupport::Sent)
    }

    fn translate(&self, _: &Case<'_>) -> Result<Translation<Write>, TranslateError> {
        Ok(Translation::new(Write))
    }
}

impl Operation for Write {
    type Connector = Endless;
    type Reply = ();
    type Lookup = Read;

    fn name(&self) -> &'static str {
        "write"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::LookupFirst
    }

    fn encode(&self, vendor: &Endless, _: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        HttpRequestBuilder::post(&vendor.0, &["write"]).json(&())
    }

    fn decode(&self, _: &Response<Bytes>) -> Result<(), ReplyError> {
        Ok(())
    }

    fn lookup(&self) -> Option<Read> {
        Some(Read)
    }

    fn verdict(&self, _: &[()]) -> LookupVerdict<Self> {
        LookupVerdict::Continue(Read)
    }
}

impl Operation for Read {
    type Connector = Endless;
    type Reply = ();
    type Lookup = NoLookup<Endless>;

    fn name(&self) -> &'static str {
        "read"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn reads_only(&self) -> bool {
        true
    }

    fn encode(&self, vendor: &Endless, _: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        HttpRequestBuilder::get(&vendor.0, &["read"]).empty()
    }

    fn decode(&self, _: &Response<Bytes>) -> Result<(), ReplyError> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn lookup_sends_at_most_sixteen_requests() {
    let script = Script::new(std::iter::once(Play::Lost).chain(vec![Play::json(200, ""); 40]));
    let vendor = Endless("https://endless.invalid".parse().unwrap());
    let endless = HttpProvider::builder(vendor).transport(script.clone()).build().unwrap();
    let error = endless.report(&plain("case-1", Stage::Won, Reason::Other).build().unwrap()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("transport", Delivery::Unknown));
    assert_eq!(error.lookup_detail(), Some("the lookup needs too many requests"));
    assert_eq!(script.sent().len(), 1 + 16);
}
