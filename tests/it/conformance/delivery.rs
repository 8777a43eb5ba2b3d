//! Delivery and retries of every provider when requests or replies are lost.

use std::sync::Arc;
use std::time::Duration;

use chargeback::sandbox::{Fault, FaultKind};
use chargeback::{ChargebackProvider, Delivery, Error, Reason, Stage};
use tokio::time::Instant;

use super::COMMON;
use super::subjects::{case_at, subjects, writes};

#[tokio::test(start_paused = true)]
async fn unsent_request_is_retried_and_has_delivery_not_sent() {
    for subject in subjects() {
        for _ in 0..3 {
            subject.vendor.fail_next_write(Fault::before_acting(FaultKind::Unreachable));
        }
        let receipt = subject.provider.report(&case_at(COMMON, Reason::FraudOther)).await.unwrap();
        assert!(!receipt.was_reconciled(), "{}", subject.name);
        assert_eq!(subject.vendor.holds().len(), 1, "{}", subject.name);
    }
    for subject in subjects() {
        for _ in 0..4 {
            subject.vendor.fail_next_write(Fault::before_acting(FaultKind::Unreachable));
        }
        let error = subject.provider.report(&case_at(COMMON, Reason::FraudOther)).await.unwrap_err();
        assert!(matches!(error, Error::Transport(_)), "{}: {error}", subject.name);
        assert_eq!((error.delivery(), error.is_retryable()), (Delivery::NotSent, true), "{}", subject.name);
        assert_eq!(error.provider(), Some(&subject.provider.id()));
        assert!(subject.vendor.holds().is_empty());
        // A later report succeeds.
        assert!(subject.provider.report(&case_at(COMMON, Reason::FraudOther)).await.is_ok(), "{}", subject.name);
    }
}

#[tokio::test(start_paused = true)]
async fn rejection_is_final_and_creates_no_record() {
    for subject in subjects() {
        subject.vendor.fail_next_write(Fault::before_acting(FaultKind::Rejection));
        let error = subject.provider.report(&case_at(COMMON, Reason::FraudOther)).await.unwrap_err();
        assert_eq!((error.delivery(), error.is_retryable()), (Delivery::Rejected, false), "{}: {error}", subject.name);
        assert_eq!(subject.sent().iter().filter(|request| writes(request)).count(), 1, "{}", subject.name);
        assert!(subject.vendor.holds().is_empty(), "{}", subject.name);
    }
}

#[tokio::test(start_paused = true)]
async fn lost_reply_is_recovered_without_a_second_record() {
    for kind in [FaultKind::Reset, FaultKind::Silence] {
        for subject in subjects() {
            let start = Instant::now();
            subject.vendor.fail_next_write(Fault::after_acting(kind.clone()));
            let receipt = subject.provider.report(&case_at(COMMON, Reason::FraudOther)).await;
            let receipt = receipt.unwrap_or_else(|error| panic!("{} {kind:?}: {error}", subject.name));
            assert!(receipt.is_complete());
            assert_eq!(subject.vendor.holds().len(), 1, "{} {kind:?}", subject.name);
            assert!(start.elapsed() < Duration::from_secs(45));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn lost_request_is_sent_again_or_has_unknown_delivery() {
    for kind in [FaultKind::Reset, FaultKind::Silence] {
        for subject in subjects() {
            let start = Instant::now();
            subject.vendor.fail_next_write(Fault::before_acting(kind.clone()));
            match subject.provider.report(&case_at(COMMON, Reason::FraudOther)).await {
                Ok(_) => assert_eq!(subject.vendor.holds().len(), 1, "{} {kind:?}", subject.name),
                Err(error) => {
                    assert_eq!(error.delivery(), Delivery::Unknown, "{} {kind:?}: {error}", subject.name);
                    assert!(subject.vendor.holds().is_empty());
                }
            }
            assert!(start.elapsed() <= Duration::from_secs(45));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn repeated_report_succeeds_without_a_second_record() {
    for subject in subjects() {
        let chargeback = case_at(COMMON, Reason::FraudOther);
        let first = subject.provider.report(&chargeback).await.unwrap();
        let second = subject.provider.report(&chargeback).await.unwrap();
        assert_eq!(first.stage_value(), second.stage_value());
        assert_eq!(first.vendor_case(), second.vendor_case());
        assert_eq!(subject.vendor.holds().len(), 1, "{}", subject.name);
    }
}

#[tokio::test(start_paused = true)]
async fn reports_of_one_case_keep_their_order() {
    for subject in subjects() {
        let provider: Arc<dyn ChargebackProvider> = Arc::from(subject.provider);
        let (early, late) = (case_at(Stage::Contested, Reason::FraudOther), case_at(Stage::Lost, Reason::FraudOther));
        // The first report is slow, and the second starts while the first runs.
        subject.vendor.fail_next_write(Fault::after_acting(FaultKind::Reset));
        let first = tokio::spawn({
            let provider = Arc::clone(&provider);
            async move { provider.report(&early).await.map(|receipt| receipt.stage_value().to_owned()) }
        });
        tokio::task::yield_now().await;
        let second = provider.report(&late).await.unwrap();
        assert!(first.is_finished(), "{}: the second report overtook the first", subject.name);
        first.await.unwrap().unwrap();
        let held = subject.vendor.holds();
        assert_eq!(held.len(), 1, "{}", subject.name);
        let last = held[0].to_string();
        let value = second.stage_value().split(' ').next_back().unwrap().trim_end_matches('*');
        assert!(last.contains(value), "{}: {last} is not {value}", subject.name);
    }
}

#[tokio::test(start_paused = true)]
async fn messages_are_one_line_and_sources_do_not_repeat() {
    let faults = [
        Fault::before_acting(FaultKind::Unreachable),
        Fault::before_acting(FaultKind::Rejection),
        Fault::before_acting(FaultKind::Reset),
        Fault::before_acting(FaultKind::Silence),
    ];
    for fault in faults {
        for subject in subjects() {
            for _ in 0..8 {
                subject.vendor.fail_next_write(fault.clone());
            }
            let error = subject.provider.report(&case_at(COMMON, Reason::FraudOther)).await.unwrap_err();
            let mut lines = vec![error.to_string()];
            let mut source = std::error::Error::source(&error);
            while let Some(inner) = source {
                lines.push(inner.to_string());
                source = inner.source();
            }
            assert!(lines.iter().all(|line| !line.contains('\n') && !line.is_empty()), "{lines:?}");
            assert!(lines[0].starts_with(subject.provider.id().as_str()), "{lines:?}");
            for (i, line) in lines.iter().enumerate() {
                assert!(!lines[..i].iter().any(|before| before.contains(line.as_str())), "{}: {lines:?}", subject.name);
            }
        }
    }
}
