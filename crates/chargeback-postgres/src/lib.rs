//! Durable delivery of chargeback reports through PostgreSQL.

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
