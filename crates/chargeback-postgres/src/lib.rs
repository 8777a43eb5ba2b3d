//! Durable delivery of chargeback reports through PostgreSQL, for services on several machines.
//!
//! This crate is a store for the outbox of [`chargeback`](chargeback::outbox). The application accepts an event in its
//! own transaction, in its own database. Workers in any number of processes deliver the accepted reports to the
//! vendors.
//!
//! | Part | Task |
//! |---|---|
//! | [`PgStore`] | the store, for [`Outbox`](chargeback::outbox::Outbox), workers and operators |
//! | [`PgOutbox`] | accepts events in a transaction of tokio-postgres, or gives the statement to another library |
//! | `chargeback.enqueue` | the same for every driver and language, as a SQL function |
//!
#![doc = include_str!("guide.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod batch;
mod builder;
mod claim;
mod connect;
mod errors;
mod load;
mod migrate;
mod names;
mod operate;
mod outbox;
mod queue;
mod rate;
mod rows;
mod shared;
mod statements;
mod store;
mod transaction;
mod upkeep;

pub use self::builder::PgStoreBuilder;
pub use self::outbox::{EnqueueStatement, PgOutbox};
pub use self::rate::RateScope;
pub use self::store::PgStore;

/// The example of the README is compiled with the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
