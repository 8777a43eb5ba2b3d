//! Turns: one report of a case at a time.

use std::fmt;

/// The turn of a case at one provider. Other reports of the case wait until the guard is dropped.
///
/// [`ChargebackProvider::turn`](crate::ChargebackProvider::turn) returns it. An implementation wraps the guard of a
/// lock; [`Turns`](crate::Turns) is a ready lock for each case.
///
/// ```
/// use std::sync::Arc;
///
/// use chargeback::TurnGuard;
/// use tokio::sync::Mutex;
///
/// # async fn example() {
/// let lock = Arc::new(Mutex::new(()));
/// let guard = TurnGuard::new(Arc::clone(&lock).lock_owned().await);
/// assert!(lock.try_lock().is_err());
/// drop(guard);
/// assert!(lock.try_lock().is_ok());
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example());
/// ```
#[must_use = "the turn ends when the guard is dropped"]
pub struct TurnGuard {
    _guard: Option<Box<dyn Guarded>>,
}

trait Guarded: Send + Sync {}

impl<G: Send + Sync> Guarded for G {}

impl TurnGuard {
    /// Wraps the guard of a lock. The turn ends when the `TurnGuard`, and with it the lock's guard, is dropped.
    pub fn new(guard: impl Send + Sync + 'static) -> Self {
        Self { _guard: Some(Box::new(guard)) }
    }

    /// Creates a turn that holds no lock, for a provider whose reports may run in any order.
    ///
    /// ```
    /// use chargeback::TurnGuard;
    ///
    /// let _turn: TurnGuard = TurnGuard::unordered();
    /// ```
    pub const fn unordered() -> Self {
        Self { _guard: None }
    }
}

impl fmt::Debug for TurnGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TurnGuard")
    }
}
