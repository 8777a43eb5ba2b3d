//! `report_with` of every provider: the moment of the gate, and reports without a write.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use chargeback::{
    ChargebackProvider, Delivery, Error, Fidelity, GateError, OpenGate, Reason, ReportContext, Resolution, Stage,
    WriteGate, async_trait,
};
use http::Request;

use super::COMMON;
use super::subjects::{Subject, case_at, subjects, writes};
use crate::support::kind;

/// A gate that notes the number of requests that were sent before it.
#[derive(Debug)]
struct Counting {
    requests: Arc<Mutex<Vec<Request<Bytes>>>>,
    sent_before: Mutex<Vec<usize>>,
    refuses: bool,
}

impl Counting {
    fn new(subject: &Subject, refuses: bool) -> Self {
        Self { requests: subject.requests(), sent_before: Mutex::default(), refuses }
    }

    fn calls(&self) -> Vec<usize> {
        self.sent_before.lock().unwrap().clone()
    }
}

#[async_trait]
impl WriteGate for Counting {
    async fn before_first_write(&self) -> Result<(), GateError> {
        let sent = self.requests.lock().unwrap().len();
        self.sent_before.lock().unwrap().push(sent);
        if self.refuses { Err(GateError::new("closed")) } else { Ok(()) }
    }

    fn may_send(&self) -> bool {
        true
    }
}

#[tokio::test(start_paused = true)]
async fn gate_runs_once_right_before_the_first_write_of_every_vendor() {
    for &stage in Stage::ALL {
        for subject in subjects() {
            subject.vendor.prepare(stage);
            let (gate, context) = (Counting::new(&subject, false), format!("{} {stage}", subject.name));
            let report = ReportContext::new(&gate);
            let result = subject.provider.report_with(&case_at(stage, Reason::FraudOther), &report).await;
            if subject.provider.capabilities().stage(stage).fidelity() == Fidelity::Unsupported {
                assert!(matches!(result, Err(Error::Unsupported(_))), "{context}: {result:?}");
                assert!(gate.calls().is_empty() && subject.sent().is_empty(), "{context}");
                continue;
            }
            let receipt = result.unwrap_or_else(|error| panic!("{context}: {error}"));
            let first_write = subject.sent().iter().position(writes).unwrap();
            assert_eq!((gate.calls(), receipt.wrote()), (vec![first_write], true), "{context}");
            // RevCent is searched for the key and for the case id first. The other vendors need one request.
            assert_eq!(first_write, if subject.name == "revcent" { 2 } else { 0 }, "{context}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn gate_does_not_run_if_the_record_already_holds_the_report() {
    for subject in subjects().into_iter().filter(|subject| subject.name == "revcent") {
        let chargeback = case_at(COMMON, Reason::FraudOther);
        let receipt = subject.provider.report_with(&chargeback, &ReportContext::new(&OpenGate)).await.unwrap();
        let gate = Counting::new(&subject, true);
        let known = ReportContext::new(&gate).vendor_case(receipt.vendor_case());
        let again = subject.provider.report_with(&chargeback, &known).await.unwrap();
        assert_eq!((again.wrote(), again.is_complete(), gate.calls()), (false, true, vec![]));
        // Without the id, the search finds the record.
        let again = subject.provider.report_with(&chargeback, &ReportContext::new(&gate).in_doubt(true)).await.unwrap();
        assert_eq!((again.wrote(), gate.calls()), (false, vec![]));
    }
}

#[tokio::test(start_paused = true)]
async fn refused_gate_writes_nothing_at_any_vendor() {
    for subject in subjects() {
        let gate = Counting::new(&subject, true);
        let chargeback = case_at(COMMON, Reason::FraudOther);
        let error = subject.provider.report_with(&chargeback, &ReportContext::new(&gate)).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery()), ("not started", Delivery::NotSent), "{}", subject.name);
        assert_eq!(gate.calls().len(), 1, "{}", subject.name);
        assert!(!subject.sent().iter().any(writes) && subject.vendor.holds().is_empty(), "{}", subject.name);
        // The earlier report of a case in doubt may have acted.
        let context = ReportContext::new(&gate).in_doubt(true);
        let error = subject.provider.report_with(&chargeback, &context).await.unwrap_err();
        assert_eq!(error.delivery(), Delivery::Unknown, "{}: {error}", subject.name);
        assert!(matches!(kind(&error), "not started" | "in doubt"), "{}: {error}", subject.name);
        assert!(!subject.sent().iter().any(writes), "{}", subject.name);
        // The provider has no memory of either report.
        let _ = subject.provider.report(&chargeback).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn case_in_doubt_is_read_first_unless_all_writes_are_idempotent() {
    for subject in subjects() {
        let gate = Counting::new(&subject, false);
        let chargeback = case_at(COMMON, Reason::FraudOther);
        let result = subject.provider.report_with(&chargeback, &ReportContext::new(&gate).in_doubt(true)).await;
        let sent = subject.sent();
        if subject.provider.capabilities().writes_are_idempotent() {
            assert!(result.unwrap().wrote() && writes(&sent[0]), "{}", subject.name);
            assert_eq!(gate.calls(), [0], "{}", subject.name);
        } else {
            assert!(!writes(&sent[0]), "{}: a write was sent before the lookup", subject.name);
            let first_write = sent.iter().position(writes);
            assert_eq!(gate.calls(), Vec::from_iter(first_write), "{}", subject.name);
        }
    }
}

#[test]
fn resolution_with_an_invalid_id_is_an_error_of_every_provider() {
    for subject in subjects() {
        for id in ["", " ", "\n", &"x".repeat(256), &"ü".repeat(128)] {
            let error = subject.provider.resolve_doubt("case-1", Resolution::Found(id.to_owned())).unwrap_err();
            assert!(error.to_string().contains("resolution.found"), "{error}");
        }
        for resolution in [Resolution::Found("x".repeat(255)), Resolution::Applied, Resolution::NotFound] {
            assert!(subject.provider.resolve_doubt("case-1", resolution).is_ok(), "{}", subject.name);
        }
    }
}
