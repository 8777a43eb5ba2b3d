//! Kinds, storable records and texts of every error.

use std::time::Duration;

use bytes::Bytes;
use chargeback::transport::FailurePhase;
use chargeback::{
    Chargeback, ChargebackProvider, ConfigurationError, Delivery, Error, ErrorDetails, ErrorKind, ErrorRecord, Field,
    GateError, InvalidError, ProviderId, Reason, Stage, TimeLimit, UnsupportedError, Violation, spade,
};
use http::StatusCode;

use super::{once, spade_connector};
use crate::support::{Script, at, error_chain, kind};

const ACME: ProviderId = ProviderId::from_static("acme");

/// Details with every fact set. Texts that must not be shown have a planted word.
fn details(delivery: Delivery) -> ErrorDetails {
    ErrorDetails::new(ACME, "report", delivery)
        .retryable(true)
        .idempotent(true)
        .retry_after(Duration::from_millis(1_500))
        .status(StatusCode::CONFLICT)
        .vendor_code("planted person@example.com".to_owned())
        .vendor_message("planted message".to_owned())
        .request_id("planted-request-id".to_owned())
        .attempts(3)
        .reply_body(Bytes::from_static(b"planted body"))
        .lookup_detail(Some("looked up 3 times".into()))
        .source(GateError::new("the queue is full"))
}

fn invalid() -> InvalidError {
    Chargeback::builder("", Stage::Received, Reason::Other, at(3, 9)).build().unwrap_err()
}

/// One error of each constructor.
fn all(delivery: Delivery) -> Vec<Error> {
    let violation = || vec![Violation::new("api_key", "must not be empty")];
    let mut errors = vec![
        ConfigurationError::new(Some(ACME), violation()).into(),
        ConfigurationError::new(None, violation()).into(),
        invalid().into(),
        UnsupportedError::new(ACME, Field::Stage, "alert", "supported: lost").into(),
        UnsupportedError::new(ACME, Field::Notes, "", "the loss policy refuses this loss").into(),
        Error::authentication(details(delivery)),
        Error::no_token(details(delivery)),
        Error::rejected(details(delivery)),
        Error::not_found(details(delivery)),
        Error::conflict(Vec::new(), details(delivery)),
        Error::conflict(vec!["planted-id-1".into(), "planted-id-2".into()], details(delivery)),
        Error::in_doubt(details(delivery)),
        Error::rate_limited(details(delivery)),
        Error::unavailable(details(delivery)),
        Error::unreadable(details(delivery)),
        Error::not_started(details(delivery)),
        Error::panicked(details(delivery)),
    ];
    for phase in [FailurePhase::NotSent, FailurePhase::MaybeSent, FailurePhase::ReplyTooLarge] {
        errors.push(Error::transport(phase, details(delivery)));
    }
    let limits = [TimeLimit::Connect, TimeLimit::Token, TimeLimit::Attempt, TimeLimit::Operation, TimeLimit::Turn];
    errors.extend(limits.map(|limit| Error::timeout(limit, details(delivery))));
    errors
}

const DELIVERIES: [Delivery; 3] = [Delivery::NotSent, Delivery::Rejected, Delivery::Unknown];

#[test]
fn every_kind_is_the_name_of_its_variant() {
    let errors = all(Delivery::NotSent);
    for error in &errors {
        assert_eq!(error.kind().as_str(), kind(error).replace(' ', "_"), "{error}");
        assert_eq!(error.record().kind, error.kind());
    }
    for kind in ErrorKind::ALL {
        assert!(errors.iter().any(|error| error.kind() == *kind), "no error has the kind {kind}");
        assert_eq!(kind.as_str().parse::<ErrorKind>().ok(), Some(*kind));
    }
}

#[test]
fn error_text_follows_the_style_rules() {
    for error in DELIVERIES.into_iter().flat_map(all) {
        let text = error.to_string();
        assert!(text.starts_with(char::is_lowercase), "does not start in lower case: {text}");
        assert!(!text.ends_with(['.', ';', ' ', '!']) && !text.contains('\n'), "{text}");
        assert!(!text.contains("  ") && !text.contains(";;") && !text.contains(". "), "{text}");
        let dialect = [" told", " tell", "whoever", "anew", "mend", " look "];
        assert!(dialect.iter().all(|word| !text.contains(word)), "{text}");
        for line in error_chain(&error).split(" < ") {
            assert!(line.starts_with(char::is_lowercase) && !line.ends_with('.'), "{line}");
        }
    }
}

#[test]
fn in_doubt_is_always_unknown_and_other_errors_keep_their_delivery() {
    for delivery in DELIVERIES {
        for error in all(delivery) {
            let expected = match &error {
                Error::Configuration(_) | Error::Invalid(_) | Error::Unsupported(_) => Delivery::NotSent,
                Error::InDoubt(_) => Delivery::Unknown,
                _ => delivery,
            };
            assert_eq!(error.delivery(), expected, "{error}");
        }
    }
}

#[test]
fn record_of_every_error_survives_json() {
    for error in DELIVERIES.into_iter().flat_map(all) {
        let record = error.record();
        let json = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<ErrorRecord>(&json).unwrap(), record, "{json}");
        assert_eq!((record.delivery, record.provider.as_ref()), (error.delivery(), error.provider()));
        assert_eq!((record.attempts, record.retryable), (error.attempts(), error.is_retryable()));
        assert_eq!((record.retry_after, record.status), (error.retry_after(), error.status().map(|s| s.as_u16())));
        assert_eq!((record.operation.as_deref(), &record.message), (error.operation(), &error.to_string()));
        // A newer version may add fields.
        let mut value: serde_json::Value = serde_json::from_str(&json).unwrap();
        value["a_field_of_a_newer_version"] = serde_json::json!({ "nested": [1, 2] });
        assert_eq!(serde_json::from_value::<ErrorRecord>(value).unwrap(), record);
    }
}

#[test]
fn record_holds_no_text_of_the_vendor() {
    for error in DELIVERIES.into_iter().flat_map(all) {
        let record = error.record();
        let json = serde_json::to_string(&record).unwrap().replace("planted-request-id", "");
        assert!(!json.contains("planted") && !json.contains('@'), "{json}");
        for shown in [format!("{record:?}"), format!("{error:?}").replace("planted-id", ""), format!("{error}")] {
            assert!(!shown.contains("planted"), "{shown}");
        }
    }
}

#[test]
fn record_stores_waits_in_whole_milliseconds() {
    let wait = |time: Duration| Error::rate_limited(details(Delivery::Rejected).retry_after(time)).record();
    assert_eq!(wait(Duration::from_nanos(1_999_999)).retry_after, Some(Duration::from_millis(1)));
    // `Retry-After` has no limit.
    let longest = wait(Duration::from_secs(u64::MAX));
    let json = serde_json::to_string(&longest).unwrap();
    assert_eq!(serde_json::from_str::<ErrorRecord>(&json).unwrap(), longest);
}

#[tokio::test(start_paused = true)]
async fn record_of_a_case_in_doubt_is_unknown() {
    let revcent = once(chargeback::revcent::RevCent::new("k"), &Script::empty());
    let context = chargeback::ReportContext::new(&chargeback::OpenGate).in_doubt(true);
    let alert = super::at_stage(Stage::Alert);
    let record = revcent.report_with(&alert, &context).await.unwrap_err().record();
    assert_eq!((record.kind, record.delivery), (ErrorKind::Unsupported, Delivery::Unknown));
    assert!(record.message.ends_with("; an earlier report of the case may have acted"), "{}", record.message);
    let nameless = Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).order_id("o").build().unwrap();
    let record = once(spade_connector(), &Script::empty()).report(&nameless).await.unwrap_err().record();
    assert_eq!((record.kind, record.provider), (ErrorKind::Invalid, Some(spade::ID)));
}
