//! Stops a run at a signal.

use std::time::Duration;

use tokio::sync::watch;

use crate::failure::Failure;
use crate::output::warn;
use crate::signals::Signals;

/// Becomes true at the first signal.
#[derive(Clone)]
pub(super) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens to SIGINT and SIGTERM; on Windows, to Ctrl-C. The second signal ends the process at once, which is safe:
    /// the store has every report in flight.
    pub(super) fn on_signals() -> Result<Self, Failure> {
        let (sender, receiver) = watch::channel(false);
        let mut signals = Signals::new()?;
        tokio::spawn(async move {
            signals.next().await;
            warn("\ncompleting the running reports; press Ctrl-C again to end at once");
            let _ = sender.send(true);
            signals.next().await;
            std::process::exit(130);
        });
        Ok(Self(receiver))
    }

    pub(super) fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for this long, or until the stop.
    pub(super) async fn sleep(&self, time: Duration) {
        let mut receiver = self.0.clone();
        let _ = tokio::time::timeout(time, receiver.wait_for(|stopped| *stopped)).await;
    }
}
