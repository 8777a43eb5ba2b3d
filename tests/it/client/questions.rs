//! A vendor that needs one question more, always.

use bytes::Bytes;
use chargeback::vendor::{
    Attempt, BaseUrl, Case, NoProbe, Operation, Outgoing, Refusal, Refused, Repeat, Settled, Translation, Vendor,
};
use chargeback::{
    Capabilities, Carriage, ChargebackProvider, Delivery, Expression, HttpProvider, ProviderId, Reason, Stage,
    Violation,
};
use http::{Request, Response};

use crate::support::{Play, Script, kind, plain};

#[derive(Debug)]
struct Curious(BaseUrl);

struct Tell;
struct Ask;

impl Vendor for Curious {
    type Step = Tell;

    fn id(&self) -> ProviderId {
        ProviderId::from_static("curious")
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::ask(|_| Expression::exact("x"), |_| Expression::exact("x"), |_| Carriage::Sent)
    }

    fn translate(&self, _: &Case<'_>) -> Result<Translation<Tell>, Refused> {
        Ok(Translation::of(Tell))
    }
}

impl Operation for Tell {
    type Vendor = Curious;
    type Reply = ();
    type Probe = Ask;

    fn name(&self) -> &'static str {
        "tell"
    }

    fn repeat(&self) -> Repeat {
        Repeat::AfterReadBack
    }

    fn encode(&self, vendor: &Curious, _: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        Outgoing::post(&vendor.0, &["tell"]).json(&())
    }

    fn decode(&self, _: &Response<Bytes>) -> Result<(), Refusal> {
        Ok(())
    }

    fn probe(&self) -> Option<Ask> {
        Some(Ask)
    }

    fn settle(&self, _: &[()]) -> Settled<Self> {
        Settled::Ask(Ask)
    }
}

impl Operation for Ask {
    type Vendor = Curious;
    type Reply = ();
    type Probe = NoProbe<Curious>;

    fn name(&self) -> &'static str {
        "ask"
    }

    fn repeat(&self) -> Repeat {
        Repeat::Safe
    }

    fn reads_only(&self) -> bool {
        true
    }

    fn encode(&self, vendor: &Curious, _: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        Outgoing::get(&vendor.0, &["ask"]).empty()
    }

    fn decode(&self, _: &Response<Bytes>) -> Result<(), Refusal> {
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
    assert_eq!(error.looked(), Some("the vendor's record takes too many questions"));
    assert_eq!(script.sent().len(), 1 + 16);
}
