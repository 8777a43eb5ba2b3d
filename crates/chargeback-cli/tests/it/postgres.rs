//! `chargeback outbox` on PostgreSQL. The tests start a private server, as those of `chargeback-postgres`.

#[allow(dead_code, reason = "shared with the tests of chargeback-postgres")]
#[path = "../../../chargeback-postgres/tests/it/cluster.rs"]
mod cluster;

use crate::support::Tool;

#[test]
fn a_database_is_migrated_and_operated() {
    let server = cluster::Server::start("");
    let mut tool = Tool::new();
    tool.set("CHARGEBACK_STORE", &server.url("postgres"));
    let before = tool.run("outbox status");
    assert_ne!(before.code, 0, "{before:?}");
    assert!(tool.run("outbox migrate").exits(0).contains("the schema `chargeback` is up to date"));
    assert!(tool.run("outbox status").exits(0).contains("the outbox is empty"));
    tool.run_all(&["outbox", "pause", "spade", "--reason", "ticket 3"]).exits(0);
    assert!(tool.run("outbox status").exits(0).contains("paused: ticket 3"));
    tool.run("outbox resume spade").exits(0);
    assert!(tool.run("outbox list --all").exits(0).contains("no lanes"));
    assert!(tool.run("outbox check").exits(0).contains("no problems"));
    tool.run("outbox --schema other status").fails(2, "call `migrate` first");
    tool.set("CHARGEBACK_STORE", "postgres://nobody:planted@127.0.0.1:1/none");
    let unreachable = tool.run("outbox status");
    assert_ne!(unreachable.code, 0);
    assert!(!unreachable.err.contains("planted"), "{}", unreachable.err);
}
