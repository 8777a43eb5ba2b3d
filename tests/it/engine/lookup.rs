//! A vendor that needs one question more, always.

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
struct Curious(BaseUrl);

struct Tell;
struct Ask;

impl Connector for Curious {
    type Step = Tell;

    fn id(&self) -> ProviderId {
        ProviderId::from_static("curious")
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::ask(|_| StageSupport::exact("x"), |_| StageSupport::exact("x"), |_| FieldSupport::Sent)
    }

    fn translate(&self, _: &Case<'_>) -> Result<Translation<Tell>, TranslateError> {
        Ok(Translation::new(Tell))
    }
}

impl Operation for Tell {
    type Connector = Curious;
    type Reply = ();
    type Lookup = Ask;

    fn name(&self) -> &'static str {
        "tell"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::LookupFirst
    }

    fn encode(&self, vendor: &Curious, _: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        HttpRequestBuilder::post(&vendor.0, &["tell"]).json(&())
    }

    fn decode(&self, _: &Response<Bytes>) -> Result<(), ReplyError> {
        Ok(())
    }

    fn lookup(&self) -> Option<Ask> {
        Some(Ask)
    }

    fn verdict(&self, _: &[()]) -> LookupVerdict<Self> {
        LookupVerdict::Continue(Ask)
    }
}

impl Operation for Ask {
    type Connector = Curious;
    type Reply = ();
    type Lookup = NoLookup<Curious>;

    fn name(&self) -> &'static str {
        "ask"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn reads_only(&self) -> bool {
        true
    }

    fn encode(&self, vendor: &Curious, _: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        HttpRequestBuilder::get(&vendor.0, &["ask"]).empty()
    }

    fn decode(&self, _: &Response<Bytes>) -> Result<(), ReplyError> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_asks_a_bounded_number_of_questions() {
    let script = Script::of(std::iter::once(Play::Lost).chain(vec![Play::json(200, ""); 40]));
    let vendor = Curious("https://curious.invalid".parse().unwrap());
    let curious = HttpProvider::builder(vendor).transport(script.clone()).build().unwrap();
    let error = curious.report(&plain("case-1", Stage::Won, Reason::Other).build().unwrap()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("transport", Delivery::Unknown));
    assert_eq!(error.lookup_detail(), Some("the vendor's record takes too many questions"));
    assert_eq!(script.sent().len(), 1 + 16);
}
