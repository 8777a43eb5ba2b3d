//! Ends connecting with the attempt.

use std::io;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

tokio::task_local! {
    /// The end of the attempt whose request may need a connection. The pool connects within the task of the request.
    static ATTEMPT_END: Option<Instant>;
}

/// Runs a request, and makes the end of its attempt known to [`within_attempt`].
pub(super) async fn during_attempt<F: Future>(attempt: Duration, request: F) -> F::Output {
    ATTEMPT_END.scope(Instant::now().checked_add(attempt), request).await
}

/// Ends connecting with the attempt. The timer of the attempt does not know that nothing was sent yet, so the outcome
/// would be unknown.
pub(super) fn within_attempt<T, F>(connecting: F) -> impl Future<Output = Result<T, BoxError>> + Send + 'static
where
    F: Future<Output = Result<T, BoxError>> + Send + 'static,
{
    let end = ATTEMPT_END.try_with(|end| *end).ok().flatten();
    async move {
        let Some(end) = end else { return connecting.await };
        let in_time = timeout_at(end, connecting).await;
        in_time.unwrap_or_else(|elapsed| Err(io::Error::new(io::ErrorKind::TimedOut, elapsed).into()))
    }
}
