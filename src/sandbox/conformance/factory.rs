//! The factory of a store under test.

use std::fmt;

use async_trait::async_trait;

use super::super::test_clock::TestClock;
use crate::outbox::OutboxStore;

/// Creates stores for the checks.
#[async_trait]
pub trait StoreFactory: fmt::Debug + Send + Sync {
    /// The store.
    type Store: OutboxStore + Clone;

    /// Creates an empty store with this clock.
    async fn create(&self, clock: TestClock) -> Self::Store;

    /// Closes a store and opens it again with its content. Default: the same store, for stores that are not durable.
    async fn reopen(&self, store: Self::Store, clock: TestClock) -> Self::Store {
        drop(clock);
        store
    }
}
