//! Warnings: one for each report with an unknown outcome, one for a failed later step, and no others.

use std::io::Write;
use std::sync::{Arc, Mutex};

use chargeback::connector::Connector;
use chargeback::pipwave::Pipwave;
use chargeback::thirdwatch::Thirdwatch;
use chargeback::tutelar::{DefeatedMeans, RefundStatus, TransactionRefund, Tutelar};
use chargeback::{ChargebackProvider, Delivery, pipwave, thirdwatch};

use super::{KEY, received, spade};
use crate::support::log_capture::keep_second_subscriber;
use crate::support::{Play, Script, provider};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Records the events of this thread at `WARN` and above.
    fn listen() -> (Self, tracing::subscriber::DefaultGuard) {
        keep_second_subscriber();
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::WARN)
            .without_time()
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn lines(&self) -> Vec<String> {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap().lines().map(str::to_owned).collect()
    }
}

/// Reports to this vendor and returns the logged lines and the delivery of the error.
async fn logged(vendor: impl Connector, plays: Vec<Play>) -> (Vec<String>, Option<Delivery>) {
    let (log, _guard) = Log::listen();
    let script = Script::new(plays);
    let result = provider(vendor, &script).report(&received()).await;
    assert_eq!(script.left(), 0);
    (log.lines(), result.err().map(|error| error.delivery()))
}

fn pipwave() -> Pipwave {
    Pipwave::new(KEY, KEY, pipwave::Environment::Live)
}

const ACTED: &str = "the vendor may have acted";

/// Checks that there is one line, from this crate, with this message, vendor and operation.
fn check_warning(lines: &[String], message: &str, vendor: &str, operation: &str) {
    let [line] = lines else { panic!("not one line: {lines:#?}") };
    assert!(line.trim_start().starts_with("WARN chargeback::"), "{line}");
    for part in [message.to_owned(), format!("vendor=\"{vendor}\""), format!("operation=\"{operation}\"")] {
        assert!(line.contains(&part), "{part} is not in: {line}");
    }
    assert!(!line.contains("planted") && !line.contains("case-1") && !line.contains("ORD_"), "{line}");
}

#[tokio::test(start_paused = true)]
async fn unclear_outcome_logs_one_warning() {
    let unclear = [vec![Play::Lost; 4], vec![Play::Hang; 3], vec![Play::json(500, "{}"); 4], vec![Play::TooLarge]];
    for plays in unclear.into_iter().chain([vec![Play::Lost, Play::NotSent, Play::NotSent, Play::NotSent]]) {
        let (lines, delivery) = logged(spade(None), plays).await;
        assert_eq!(delivery, Some(Delivery::Unknown));
        check_warning(&lines, ACTED, "spade", "report_chargeback");
    }
    // The attempt and its lookups fail, and there is still one warning.
    let (lines, delivery) = logged(pipwave(), vec![Play::Lost, Play::json(400, "{}")]).await;
    assert_eq!(delivery, Some(Delivery::Unknown));
    check_warning(&lines, ACTED, "pipwave", "tag_chargeback");
}

#[tokio::test(start_paused = true)]
async fn unclear_native_call_logs_a_warning() {
    let (log, _guard) = Log::listen();
    let script = Script::new(vec![Play::Lost; 4]);
    let tutelar = provider(Tutelar::v1(KEY, KEY, DefeatedMeans::Refuse), &script);
    let refund = TransactionRefund::new(RefundStatus::Processed, "ORD_1", "planted");
    assert_eq!(tutelar.report_refund(refund).await.unwrap_err().delivery(), Delivery::Unknown);
    check_warning(&log.lines(), ACTED, "tutelar", "report_refund");
}

#[tokio::test(start_paused = true)]
async fn failed_later_step_logs_a_warning() {
    let vendor = Thirdwatch::new(KEY, thirdwatch::Environment::Staging).tag_after_fraud();
    let (lines, delivery) = logged(vendor, vec![Play::json(200, "{}"), Play::json(400, "{}")]).await;
    assert_eq!(delivery, None);
    check_warning(&lines, "a step failed after the report was acknowledged", "thirdwatch", "tag");
}

#[tokio::test(start_paused = true)]
async fn known_outcome_logs_no_warning() {
    let success = Play::json(200, r#"{"status":200}"#);
    let disputed = Play::json(200, r#"{"status":200,"transaction_status":13}"#);
    let cases = [
        (vec![Play::NotSent; 4], Some(Delivery::NotSent)),
        (vec![Play::json(400, r#"{"status":400}"#)], Some(Delivery::Rejected)),
        (vec![success.clone()], None),
        (vec![Play::NotSent, success], None),
        // A lookup resolves the unknown outcome.
        (vec![Play::Lost, disputed], None),
    ];
    for (plays, expected) in cases {
        let (lines, delivery) = logged(pipwave(), plays.clone()).await;
        assert_eq!((delivery, lines), (expected, Vec::new()), "{plays:?}");
    }
}
