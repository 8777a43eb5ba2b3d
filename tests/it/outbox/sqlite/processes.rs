//! Several processes on one file, and a process without disk space.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use chargeback::outbox::{Enqueued, OutboxStore as _, Owner, SqliteStore, StoreError};
use chargeback::{Stage, spade};

use super::super::cases::case;
use super::{Folder, acknowledge, claim, enqueue};

/// The variable that names the file of a child process.
const FILE: &str = "CHARGEBACK_TEST_STORE";

/// This test binary, running one of the tests below that only do something in a child process.
fn child(folder: &Folder, test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "--nocapture", &format!("outbox::sqlite::processes::{test}")]);
    command.env(FILE, folder.db()).stdout(Stdio::null());
    command
}

fn file() -> Option<PathBuf> {
    std::env::var_os(FILE).map(PathBuf::from)
}

/// Accepts 150 events, and delivers them to Spade together with the other processes.
#[tokio::test]
async fn child_that_accepts_and_delivers() {
    let Some(file) = file() else { return };
    let store = SqliteStore::open(file).unwrap();
    let owner = Owner::random();
    for number in 0..150 {
        let received = case(number, Stage::Received, 3);
        let accepted = enqueue(&store, &number.to_string(), &received).await.unwrap();
        assert!(matches!(accepted, Enqueued::New { .. } | Enqueued::Duplicate { .. }));
        for lane in claim(&store, &spade::ID, 2, &owner).await {
            acknowledge(&store, &lane, &received, owner.as_str()).await;
        }
    }
    store.close().await;
}

#[tokio::test]
async fn three_processes_accept_each_event_once_and_deliver_it_once() {
    let folder = Folder::new();
    // The file does not exist yet, so the processes also create it at the same time.
    let children: Vec<_> = (0..3).map(|_| child(&folder, "child_that_accepts_and_delivers").spawn().unwrap()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let store = folder.open();
    let owner = Owner::random();
    for lane in claim(&store, &spade::ID, 200, &owner).await {
        acknowledge(&store, &lane, &case(1, Stage::Received, 3), "").await;
    }
    let (reports, history): (u32, u32) = folder
        .sql()
        .query_row("SELECT (SELECT count(*) FROM report), count(*) FROM history", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!((reports, history), (150, 150));
    assert!(store.check().await.unwrap().is_empty());
}

/// Accepts events until the disk is full.
#[tokio::test]
async fn child_that_fills_the_disk() {
    let Some(file) = file() else { return };
    let store = SqliteStore::open(file).unwrap();
    for number in 0..5000 {
        match enqueue(&store, &number.to_string(), &case(number, Stage::Received, 3)).await {
            Ok(_) => (),
            Err(StoreError::Unavailable(_)) => {
                // Reads still work, and the calls that follow fail in the same way.
                assert_eq!(store.counts().await.unwrap()[&spade::ID].ready, u64::try_from(number).unwrap());
                let again = enqueue(&store, "again", &case(number, Stage::Received, 3)).await;
                assert!(matches!(again, Err(StoreError::Unavailable(_)) | Ok(_)), "{again:?}");
                println!("full after {number}");
                std::process::exit(77);
            }
            Err(error) => panic!("{error:?}"),
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_process_without_disk_space_loses_nothing() {
    let folder = Folder::new();
    let program = child(&folder, "child_that_fills_the_disk");
    // The shell ignores the signal that ends a process with too long a file, and the limit has the unit of the shell.
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 1500; exec \"$0\" \"$@\""]).arg(program.get_program());
    shell.args(program.get_args()).env(FILE, folder.db()).stdout(Stdio::piped());
    let output = shell.output().unwrap();
    assert_eq!(output.status.code(), Some(77), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let accepted: u64 = text.split("full after ").nth(1).unwrap().lines().next().unwrap().trim().parse().unwrap();

    let store = folder.open();
    let ready = store.counts().await.unwrap()[&spade::ID].ready;
    assert!((accepted..=accepted + 1).contains(&ready), "{accepted} accepted, {ready} ready");
    assert!(matches!(enqueue(&store, "last", &case(9999, Stage::Received, 3)).await, Ok(Enqueued::New { .. })));
    assert!(store.check().await.unwrap().is_empty());
}
