//! Real processes that are killed, stopped and terminated while they deliver from one file of `SQLite`.
//!
//! `CHARGEBACK_KILLS` sets the number of kills of the long run:
//!
//! ```sh
//! CHARGEBACK_KILLS=50 cargo test --release --all-features --test it -- outbox::kill --nocapture
//! ```

use std::path::PathBuf;

use chargeback::outbox::SqliteStore;

use super::fleet::{self, Place};

/// A folder that is deleted at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("chargeback-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Place for Folder {
    type Store = SqliteStore;
    const VARIABLE: &str = "CHARGEBACK_KILL_STORE";
    const PROCESS: &str = "outbox::kill::worker_process";

    fn value(&self) -> String {
        self.0.join("outbox.db").to_str().unwrap().to_owned()
    }

    async fn open(value: &str) -> SqliteStore {
        SqliteStore::open(value).unwrap()
    }
}

#[test]
fn worker_process() {
    fleet::worker_process::<Folder>();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_processes_lose_and_double_nothing() {
    fleet::kill_processes(Folder::new("kill"), 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frozen_process_doubles_nothing() {
    fleet::freeze_a_process(Folder::new("freeze"), 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn terminated_processes_leave_nothing_in_doubt() {
    fleet::terminate_processes(Folder::new("term"), 3).await;
}
