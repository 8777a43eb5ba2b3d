//! The stage graph and the ledger, through a `Reporter`.

mod ledger;
