//! Keeps what could be printed or logged, and looks for planted words in it.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;

use super::many_listen;

/// Everything that could be printed, in one place.
#[derive(Clone, Default)]
pub struct Seen(Arc<Mutex<Vec<u8>>>);

impl Seen {
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

    /// Fails if a planted word is in it.
    pub fn check(&self, allowed: &[&str]) {
        let text = self.text();
        assert!(text.len() > 500, "nothing was seen: {text}");
        for line in text.lines() {
            let mut rest = line.to_owned();
            for word in allowed {
                rest = rest.replace(word, "");
            }
            assert!(!rest.contains("canary") && !rest.contains("planted"), "leaked: {line}");
        }
    }
}

impl Write for Seen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Seen {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Writes every span and event of every crate into `seen`.
pub fn listen(seen: &Seen) -> tracing::subscriber::DefaultGuard {
    many_listen();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(seen.clone())
        .finish();
    tracing::subscriber::set_default(subscriber)
}

/// As [`listen`], for futures that move between threads; only what this crate logs is kept.
pub fn listener(seen: &Seen) -> tracing::Dispatch {
    use tracing_subscriber::layer::SubscriberExt as _;
    many_listen();
    let own = tracing_subscriber::filter::filter_fn(|line| line.target().starts_with("chargeback"));
    let lines = tracing_subscriber::fmt::layer()
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(seen.clone());
    tracing_subscriber::registry().with(tracing_subscriber::Layer::with_filter(lines, own)).into()
}
