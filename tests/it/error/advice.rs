//! The next step after every error, without a vendor.

use std::time::Duration;

use chargeback::transport::FailurePhase;
use chargeback::{
    Advice, AdviceKind, ConfigurationError, Delivery, Error, ErrorDetails, ErrorKind, Field, InvalidError, LookupState,
    ProviderId, TimeLimit, UnsupportedError, Violation,
};

const ACME: ProviderId = ProviderId::from_static("acme");

/// The safety of sending the failed operation again.
#[derive(Debug, Clone, Copy)]
enum Safety {
    Idempotent,
    LookupFirst,
    Never,
}

use Safety::{Idempotent, LookupFirst, Never};

/// The columns of [`TABLE`].
const COLUMNS: [(Delivery, Safety); 9] = [
    (Delivery::NotSent, Idempotent),
    (Delivery::NotSent, LookupFirst),
    (Delivery::NotSent, Never),
    (Delivery::Rejected, Idempotent),
    (Delivery::Rejected, LookupFirst),
    (Delivery::Rejected, Never),
    (Delivery::Unknown, Idempotent),
    (Delivery::Unknown, LookupFirst),
    (Delivery::Unknown, Never),
];

/// For each kind: the advice without an effect at the vendor, and for an unknown outcome of an operation that is
/// idempotent, can be looked up, or neither.
const TABLE: &[(ErrorKind, [AdviceKind; 4])] = {
    use AdviceKind::*;
    &[
        (ErrorKind::Configuration, [FixConfiguration; 4]),
        (ErrorKind::Invalid, [FixInput; 4]),
        (ErrorKind::Unsupported, [UnsupportedStage; 4]),
        (ErrorKind::Authentication, [FixConfiguration, RetryAt, LookUpLater, LookUpImpossible]),
        (ErrorKind::Rejected, [RejectedForGood, RetryAt, LookUpLater, LookUpImpossible]),
        (ErrorKind::NotFound, [RejectedForGood, RetryAt, LookUpLater, LookUpImpossible]),
        (ErrorKind::Conflict, [RejectedForGood, RetryAt, LookUpLater, LookUpImpossible]),
        // Always unknown, and never sent again without a lookup.
        (ErrorKind::InDoubt, [LookUpImpossible, LookUpImpossible, LookUpLater, LookUpImpossible]),
        (ErrorKind::RateLimited, [RetryAt, RetryAt, LookUpLater, LookUpImpossible]),
        (ErrorKind::Unavailable, [RetryAt, RetryAt, LookUpLater, LookUpImpossible]),
        (ErrorKind::Transport, [RetryAt, RetryAt, LookUpLater, LookUpImpossible]),
        (ErrorKind::Timeout, [RetryAt, RetryAt, LookUpLater, LookUpImpossible]),
        (ErrorKind::Unreadable, [RetryAt, RetryAt, LookUpLater, LookUpImpossible]),
        (ErrorKind::NotStarted, [RetryAt, RetryAt, LookUpLater, LookUpImpossible]),
        (ErrorKind::Panicked, [RetryAt, RetryAt, LookUpLater, LookUpImpossible]),
    ]
};

fn details(delivery: Delivery, safety: Safety) -> ErrorDetails {
    let details = ErrorDetails::new(ACME, "report", delivery).retry_after(Duration::from_secs(7));
    match safety {
        Idempotent => details.idempotent(true),
        LookupFirst => details.lookup(LookupState::Possible),
        Never => details,
    }
}

fn error(kind: ErrorKind, details: ErrorDetails) -> Error {
    let violations = || vec![Violation::new("field", "required")];
    match kind {
        ErrorKind::Configuration => ConfigurationError::new(Some(ACME), violations()).into(),
        ErrorKind::Invalid => InvalidError::new(violations()).into(),
        ErrorKind::Unsupported => UnsupportedError::new(ACME, Field::Stage, "alert", "supported: lost").into(),
        ErrorKind::Authentication => Error::authentication(details),
        ErrorKind::Rejected => Error::rejected(details),
        ErrorKind::NotFound => Error::not_found(details),
        ErrorKind::Conflict => Error::conflict(Vec::new(), details),
        ErrorKind::InDoubt => Error::in_doubt(details),
        ErrorKind::RateLimited => Error::rate_limited(details),
        ErrorKind::Unavailable => Error::unavailable(details),
        ErrorKind::Transport => Error::transport(FailurePhase::MaybeSent, details),
        ErrorKind::Timeout => Error::timeout(TimeLimit::Attempt, details),
        ErrorKind::Unreadable => Error::unreadable(details),
        ErrorKind::NotStarted => Error::not_started(details),
        ErrorKind::Panicked => Error::panicked(details),
        other => panic!("add {other} to the table"),
    }
}

/// The advice of this kind. The `match` needs no wildcard, because the enum is closed.
fn advice(kind: AdviceKind, after: Option<Duration>) -> Advice {
    let all = [
        Advice::RetryAt { after },
        Advice::LookUpLater,
        Advice::LookUpFailed,
        Advice::NotFoundByLookup,
        Advice::LookUpImpossible,
        Advice::UnsupportedStage,
        Advice::RefusedByPolicy,
        Advice::FixInput,
        Advice::FixConfiguration,
        Advice::RejectedForGood,
    ];
    assert!(all.iter().map(|advice| advice.kind()).eq(AdviceKind::ALL.iter().copied()));
    let [advice] = all.into_iter().filter(|advice| advice.kind() == kind).collect::<Vec<_>>()[..] else {
        panic!("{kind}")
    };
    match advice {
        Advice::RetryAt { .. }
        | Advice::LookUpLater
        | Advice::LookUpFailed
        | Advice::NotFoundByLookup
        | Advice::LookUpImpossible
        | Advice::UnsupportedStage
        | Advice::RefusedByPolicy
        | Advice::FixInput
        | Advice::FixConfiguration
        | Advice::RejectedForGood => advice,
    }
}

#[test]
fn every_kind_delivery_and_safety_has_the_advice_of_the_table() {
    assert!(TABLE.iter().map(|(kind, _)| *kind).eq(ErrorKind::ALL.iter().copied()), "a kind is not in the table");
    for (kind, row) in TABLE {
        for (delivery, safety) in COLUMNS {
            let column = match (delivery, safety) {
                // `InDoubt` is unknown whatever the details state.
                _ if *kind == ErrorKind::InDoubt => 1 + safety as usize,
                (Delivery::NotSent | Delivery::Rejected, _) => 0,
                (Delivery::Unknown, _) => 1 + safety as usize,
            };
            let error = error(*kind, details(delivery, safety));
            let context = format!("{kind} {delivery:?} {safety:?}");
            assert_eq!(error.advice(), advice(row[column], Some(Duration::from_secs(7))), "{context}");
            let record = error.record();
            assert_eq!((record.advice, record.lookup), (row[column], error.lookup_state()), "{context}");
        }
    }
}

#[test]
fn table_of_the_docs_has_every_kind_in_order() {
    let rows = include_str!("../../../src/error/advice.md").lines().skip(2);
    let names: Vec<&str> = rows.map(|row| row.split('`').nth(1).unwrap()).collect();
    assert!(AdviceKind::ALL.iter().map(|kind| format!("{kind:?}")).eq(names));
}

#[test]
fn state_of_the_lookup_decides_for_an_unknown_outcome() {
    let states = [
        (LookupState::Possible, Advice::LookUpLater),
        (LookupState::Failed, Advice::LookUpFailed),
        (LookupState::Unauthorized, Advice::FixConfiguration),
        (LookupState::NotFound, Advice::NotFoundByLookup),
        (LookupState::Impossible, Advice::LookUpImpossible),
    ];
    assert!(states.iter().map(|(state, _)| *state).eq(LookupState::ALL.iter().copied()));
    for (state, advice) in states {
        for kind in ErrorKind::ALL
            .iter()
            .filter(|kind| !matches!(kind, ErrorKind::Configuration | ErrorKind::Invalid | ErrorKind::Unsupported))
        {
            let unknown = error(*kind, details(Delivery::Unknown, Never).lookup(state));
            assert_eq!((unknown.advice(), unknown.lookup_state()), (advice, Some(state)), "{kind} {state}");
            // A retryable error of a case that is looked up is not simply sent again.
            let retryable = error(*kind, details(Delivery::Unknown, Never).lookup(state).retryable(true));
            assert_eq!(retryable.advice(), advice, "{kind} {state}");
            if *kind != ErrorKind::InDoubt {
                let rejected = error(*kind, details(Delivery::Rejected, Never).lookup(state));
                assert_eq!(rejected.lookup_state(), None, "{kind} {state}");
            }
        }
    }
}

#[test]
fn retryable_error_without_effect_is_sent_again() {
    for kind in [ErrorKind::Authentication, ErrorKind::Rejected, ErrorKind::NotFound, ErrorKind::Conflict] {
        for delivery in [Delivery::NotSent, Delivery::Rejected, Delivery::Unknown] {
            let error = error(kind, details(delivery, Never).retryable(true));
            assert_eq!(error.advice().kind(), AdviceKind::RetryAt, "{kind} {delivery:?}");
        }
    }
}

#[test]
fn several_matches_are_rejected_for_good_whatever_the_delivery() {
    for (delivery, safety) in COLUMNS {
        let error = Error::conflict(vec!["A-1".into(), "A-2".into()], details(delivery, safety));
        assert_eq!(error.advice(), Advice::RejectedForGood, "{delivery:?} {safety:?}");
    }
}

#[test]
fn unsupported_stage_refused_loss_and_other_field_differ() {
    let stage = UnsupportedError::new(ACME, Field::Stage, "alert", "supported: lost");
    let reason = UnsupportedError::new(ACME, Field::Reason, "other", "supported: fraud");
    let refused = UnsupportedError::refused_loss(ACME, Field::Stage, "stage merged; the loss policy refuses this loss");
    assert!(refused.is_refused_by_policy() && !stage.is_refused_by_policy());
    assert_eq!(Error::from(stage).advice(), Advice::UnsupportedStage);
    assert_eq!(Error::from(reason).advice(), Advice::FixInput);
    assert_eq!(Error::from(refused).advice(), Advice::RefusedByPolicy);
}

#[test]
fn text_is_one_line_that_names_the_next_step() {
    let waits = [None, Some(Duration::from_millis(200)), Some(Duration::from_secs(90))];
    for (kind, wait) in AdviceKind::ALL.iter().flat_map(|kind| waits.map(|wait| (*kind, wait))) {
        let advice = advice(kind, wait);
        let text = advice.to_string();
        assert!(text.starts_with(char::is_lowercase) && !text.ends_with('.') && !text.contains('\n'), "{text}");
        assert_eq!((advice.as_str(), kind.as_str().parse()), (kind.as_str(), Ok(kind)));
    }
    let retry = |after| Advice::RetryAt { after }.to_string();
    assert_eq!(
        waits.map(retry),
        ["send the report again later", "send the report again after 1 s", "send the report again after 90 s"]
    );
}
