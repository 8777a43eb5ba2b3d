//! Captures printed and logged text, and checks that no planted value is in it.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

use tracing_subscriber::fmt::MakeWriter;

/// All captured text.
#[derive(Clone, Default)]
pub struct CapturedOutput(Arc<Mutex<Vec<u8>>>);

impl CapturedOutput {
    pub fn debug(&self, value: &impl std::fmt::Debug) {
        writeln!(self.clone(), "{value:?}\n{value:#?}").unwrap();
    }

    pub fn error(&self, error: &(dyn std::error::Error + 'static)) {
        let mut next = Some(error);
        while let Some(error) = next {
            writeln!(self.clone(), "{error}\n{error:?}\n{error:#?}").unwrap();
            next = error.source();
        }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    /// Panics if the text contains a planted value outside the allowed ones.
    pub fn check(&self, allowed: &[&str]) {
        let text = self.text();
        assert!(text.len() > 500, "nothing was captured: {text}");
        for line in text.lines() {
            let mut rest = line.to_owned();
            for value in allowed {
                rest = rest.replace(value, "");
            }
            assert!(!rest.contains("canary") && !rest.contains("planted"), "leaked: {line}");
        }
    }
}

impl Write for CapturedOutput {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for CapturedOutput {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Captures every span and event of every crate on this thread.
pub fn capture(output: &CapturedOutput) -> tracing::subscriber::DefaultGuard {
    keep_second_subscriber();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(output.clone())
        .finish();
    tracing::subscriber::set_default(subscriber)
}

/// Like [`capture`], for futures that move between threads. Captures only the events of this crate.
pub fn capture_dispatch(output: &CapturedOutput) -> tracing::Dispatch {
    use tracing_subscriber::layer::SubscriberExt as _;
    keep_second_subscriber();
    let own = tracing_subscriber::filter::filter_fn(|line| line.target().starts_with("chargeback"));
    let lines = tracing_subscriber::fmt::layer()
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(output.clone());
    tracing_subscriber::registry().with(tracing_subscriber::Layer::with_filter(lines, own)).into()
}

/// Installs a second, permanent subscriber. Call this function before a test captures the log.
///
/// With a single subscriber, `tracing` caches the interest of the first thread that reaches a log statement. This
/// thread may belong to another test without a subscriber, which would disable the statement for all threads. With
/// two subscribers, `tracing` asks each of them.
pub fn keep_second_subscriber() {
    static SECOND: LazyLock<tracing::Dispatch> =
        LazyLock::new(|| tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new()));
    LazyLock::force(&SECOND);
}
