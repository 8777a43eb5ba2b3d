//! Lost connections, locks that are held for long, a failover, and PgBouncer.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chargeback::lifecycle::ReportedStage;
use chargeback::outbox::{Enqueued, EventKey, Finished, LaneState, Lease, OutboxStore as _, Owner, StoreError};
use chargeback::{Stage, spade};
use chargeback_postgres::{PgOutbox, PgStore};

use crate::cases::case;
use crate::cluster::{Database, Server, client, execute, free_port};
use crate::support::enqueue;

const LEASE: Duration = Duration::from_secs(30);

fn done() -> Finished {
    Finished::acknowledged(ReportedStage::for_chargeback(&case(1, Stage::Received, 3)))
}

/// A call that the server ends fails, and the next one has a new connection.
#[tokio::test]
async fn lost_connections_are_replaced() {
    let database = Database::new().await;
    let (store, client) = (database.store().await, database.client().await);
    for round in 0..3 {
        enqueue(&store, &round.to_string(), &case(round, Stage::Received, 3), &[spade::ID]).await;
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        execute(&client, end).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        store.counts().await.unwrap();
    }
}

/// A transaction of the application holds a case for longer than the limit: the call of the worker fails, nothing has
/// changed, and other lanes are not held up.
#[tokio::test]
async fn locked_case_does_not_hold_up_others() {
    let database = Database::new().await;
    let store = database.builder().lock_timeout(Duration::from_millis(400)).connect().await.unwrap();
    for number in 1..3 {
        enqueue(&store, &number.to_string(), &case(number, Stage::Received, 3), &[spade::ID]).await;
    }
    let owner = Owner::random();
    let lease = Lease::new(&owner, LEASE);
    let lanes = store.claim(&spade::ID, 2, lease).await.unwrap();

    let mut holder = database.client().await;
    let transaction = holder.transaction().await.unwrap();
    let key = EventKey::new("test", "", "late").unwrap();
    let _ = PgOutbox::new([spade::ID]).enqueue_in(&transaction, &key, &case(1, Stage::Won, 9)).await.unwrap();

    let start = Instant::now();
    let (held, free) = futures_util::future::join(
        store.finish(&lanes[0], done(), lease, true),
        store.finish(&lanes[1], done(), lease, true),
    )
    .await;
    assert!(free.unwrap().is_none());
    assert!(matches!(held.unwrap_err(), StoreError::Unavailable(_)));
    assert!(start.elapsed() >= Duration::from_millis(400));
    transaction.commit().await.unwrap();
    // The report that was accepted meanwhile is the next head.
    let next = store.finish(&lanes[0], done(), lease, true).await.unwrap().unwrap();
    assert_eq!(next.case_id, "CB-1");
    assert!(next.head > lanes[0].head);
}

/// A transaction holds more cases than the store has connections: other lanes are still finished.
#[tokio::test]
async fn many_locked_cases_do_not_take_all_connections() {
    let database = Database::new().await;
    let builder = database.builder().connections(6).lock_timeout(Duration::from_secs(4));
    let store = builder.connect().await.unwrap();
    for number in 0..30 {
        enqueue(&store, &number.to_string(), &case(number, Stage::Received, 3), &[spade::ID]).await;
    }
    let owner = Owner::random();
    let lease = Lease::new(&owner, LEASE);
    let lanes = store.claim(&spade::ID, 30, lease).await.unwrap();
    let holder = database.client().await;
    execute(&holder, "BEGIN; SELECT 1 FROM chargeback.lane WHERE case_id <> 'CB-29' FOR UPDATE").await;
    let (held, free): (Vec<_>, Vec<_>) = lanes.into_iter().partition(|lane| lane.case_id != "CB-29");
    let waiting: Vec<_> = held
        .into_iter()
        .map(|lane| {
            let (store, owner) = (store.clone(), owner.clone());
            tokio::spawn(async move { store.finish(&lane, done(), Lease::new(&owner, LEASE), true).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let start = Instant::now();
    assert!(store.finish(&free[0], done(), lease, true).await.unwrap().is_none());
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    execute(&holder, "COMMIT").await;
    for result in waiting {
        assert!(result.await.unwrap().unwrap().is_none());
    }
}

/// A server that accepts data and does not reply: calls end, and later ones work.
#[cfg(unix)]
#[tokio::test]
async fn frozen_server_ends_calls() {
    let server = tokio::task::spawn_blocking(|| Server::start("")).await.unwrap();
    let builder = PgStore::builder(&server.url("postgres")).unwrap();
    builder.migrate().await.unwrap();
    let store = builder.lock_timeout(Duration::from_millis(100)).connect().await.unwrap();
    enqueue(&store, "1", &case(1, Stage::Received, 3), &[spade::ID]).await;
    let owner = Owner::random();
    let lease = Lease::new(&owner, LEASE);
    let lane = store.claim(&spade::ID, 1, lease).await.unwrap().remove(0);
    let signal = |signal: &str| {
        let process = server.process().to_string();
        for arguments in [vec![signal, "-P", &process], vec![signal, "-f", server.folder().to_str().unwrap()]] {
            assert!(Command::new("pkill").args(arguments).status().unwrap().success());
        }
    };
    signal("-STOP");
    let start = Instant::now();
    let (claimed, finished) =
        futures_util::future::join(store.claim(&spade::ID, 1, lease), store.finish(&lane, done(), lease, true)).await;
    assert!(start.elapsed() < Duration::from_secs(14), "{:?}", start.elapsed());
    for error in [claimed.unwrap_err(), finished.unwrap_err()] {
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    }
    signal("-CONT");
    // The result that was sent before is stored, or the repeated one.
    let again = store.finish(&lane, done(), lease, true).await;
    assert!(matches!(again, Ok(None) | Err(StoreError::Fenced)), "{again:?}");
    assert_eq!(store.counts().await.unwrap()[&spade::ID].leased, 0);
}

/// A standby is promoted, and the application connects to it by a URL with both hosts.
#[tokio::test]
async fn failover_to_a_standby() {
    let (primary, standby) = tokio::task::spawn_blocking(|| {
        let primary = Server::start("");
        let standby = primary.standby("");
        (primary, standby)
    })
    .await
    .unwrap();
    let mut primary = primary;
    let url = format!(
        "host=127.0.0.1,127.0.0.1 port={},{} user=postgres dbname=postgres target_session_attrs=read-write",
        primary.port, standby.port
    );
    let builder = PgStore::builder(&url).unwrap();
    builder.migrate().await.unwrap();
    let store = builder.connect().await.unwrap();
    for number in 0..10 {
        enqueue(&store, &number.to_string(), &case(number, Stage::Received, 3), &[spade::ID]).await;
    }
    let owner = Owner::random();
    let lanes = store.claim(&spade::ID, 5, Lease::new(&owner, LEASE)).await.unwrap();
    wait_for_replication(&primary, &standby).await;

    primary.kill();
    let failed = store.finish(&lanes[0], done(), Lease::new(&owner, LEASE), true).await;
    assert!(matches!(failed, Err(StoreError::Unavailable(_))), "{failed:?}");
    standby.control(&["promote"]);
    let start = Instant::now();
    let counts = loop {
        match store.counts().await {
            Ok(counts) => break counts,
            Err(error) => assert!(start.elapsed() < Duration::from_secs(30), "{error:?}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!((counts[&spade::ID].leased, counts[&spade::ID].ready), (5, 5));
    // The procedure after a failover: every lane is in doubt once, and earlier holders are fenced.
    assert_eq!(store.distrust().await.unwrap(), 10);
    let fenced = store.finish(&lanes[0], done(), Lease::new(&owner, LEASE), true).await;
    assert!(matches!(fenced, Err(StoreError::Fenced)), "{fenced:?}");
    let repeated = enqueue(&store, "3", &case(3, Stage::Received, 3), &[spade::ID]).await;
    assert!(matches!(repeated, Enqueued::Duplicate { .. }), "{repeated:?}");
    let lane = store.claim(&spade::ID, 1, Lease::new(&owner, LEASE)).await.unwrap().remove(0);
    assert!(lane.was_in_doubt);
}

async fn wait_for_replication(primary: &Server, standby: &Server) {
    let (primary, standby) = (client(&primary.url("postgres")).await, client(&standby.url("postgres")).await);
    let written = "SELECT pg_current_wal_lsn()::text";
    let written: String = primary.query_one(written, &[]).await.unwrap().get(0);
    let start = Instant::now();
    loop {
        let replayed = "SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn";
        if standby.query_one(replayed, &[&written]).await.unwrap().get(0) {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "the standby does not follow");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A standby that is not promoted refuses writes with an error that says so.
#[tokio::test]
async fn standby_refuses_writes() {
    let primary = tokio::task::spawn_blocking(|| Server::start("")).await.unwrap();
    PgStore::builder(&primary.url("postgres")).unwrap().migrate().await.unwrap();
    let (_primary, standby) =
        tokio::task::spawn_blocking(move || (primary.standby(""), primary)).await.map(|(two, one)| (one, two)).unwrap();
    let store = PgStore::builder(&standby.url("postgres")).unwrap().connect().await.unwrap();
    let key = EventKey::new("test", "", "1").unwrap();
    let error = PgOutbox::new([spade::ID])
        .enqueue_in(&client(&standby.url("postgres")).await, &key, &case(1, Stage::Received, 3))
        .await
        .unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("read-only standby"), "{error:?}");
    drop(store);
}

/// PgBouncer in transaction mode: enqueue works with the client of the application. A store connects to the server
/// itself.
#[tokio::test]
async fn enqueue_works_behind_pgbouncer_in_transaction_mode() {
    let database = Database::new().await;
    let (port, name) = (free_port(), database.url.rsplit_once('/').unwrap().1.to_owned());
    let server = database.url.split("127.0.0.1:").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let folder = std::env::temp_dir().join(format!("chargeback-pgbouncer-{port}"));
    std::fs::create_dir_all(&folder).unwrap();
    let settings = format!(
        "[databases]\n{name} = host=127.0.0.1 port={server} dbname={name}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
         listen_port = {port}\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 2\nunix_socket_dir =\n\
         logfile = {}/log\npidfile =\n",
        folder.display()
    );
    let settings = settings.replace(&format!("dbname={name}"), &format!("dbname={name} user=postgres"));
    std::fs::write(folder.join("pgbouncer.ini"), settings).unwrap();
    crate::cluster::give_away(&folder.join("pgbouncer.ini"));
    crate::cluster::give_away(&folder);
    let mut bouncer = crate::cluster::as_user(&pgbouncer())
        .arg(folder.join("pgbouncer.ini"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let url = format!("postgres://postgres@127.0.0.1:{port}/{name}");
    let start = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(start.elapsed() < Duration::from_secs(10), "PgBouncer did not start");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let outbox = PgOutbox::new([spade::ID]);
    // More clients than connections to the server.
    let accept = async |number: usize| {
        let mut client = client(&url).await;
        for round in 0..5 {
            let key = EventKey::new("test", "", &format!("{number}-{round}")).unwrap();
            let transaction = client.transaction().await.unwrap();
            let _ = outbox.enqueue_in(&transaction, &key, &case(number, Stage::Received, 3)).await.unwrap();
            transaction.commit().await.unwrap();
        }
    };
    futures_util::future::join_all((0..6).map(accept)).await;
    let store = database.store().await;
    let lanes = store.list(&chargeback::outbox::LaneFilter::all()).await.unwrap();
    assert_eq!(lanes.len(), 6);
    assert!(lanes.iter().all(|lane| lane.state == LaneState::Ready && lane.behind == 4));
    bouncer.kill().unwrap();
    bouncer.wait().unwrap();
    let _ = std::fs::remove_dir_all(folder);
}

fn pgbouncer() -> std::path::PathBuf {
    let found =
        ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer", "/usr/local/bin/pgbouncer"];
    let found = found.into_iter().map(std::path::PathBuf::from).find(|path| path.exists());
    let help = "PgBouncer is needed for this test: apt-get install pgbouncer, or brew install pgbouncer";
    let found = found.unwrap_or_else(|| panic!("{help}"));
    assert!(Command::new(&found).arg("--version").output().unwrap().status.success());
    found
}
