//! A private server on loopback, in a temporary folder, as an unprivileged user.
//!
//! The programs of PostgreSQL 15 or newer are searched in `PATH` and in the folders of the usual packages.
//! `CHARGEBACK_POSTGRES_BIN` names another folder. `CHARGEBACK_POSTGRES_URL` names a running server for the tests that
//! do not stop it; its role must be allowed to create databases and roles.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chargeback_postgres::{PgStore, PgStoreBuilder};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

const HELP: &str = "PostgreSQL 15 or newer is needed for these tests, and its programs were not found.\n\
     Debian and Ubuntu: apt-get install postgresql    macOS: brew install postgresql@16\n\
     Or set CHARGEBACK_POSTGRES_BIN to the folder that contains `initdb` and `postgres`.";

/// Returns the folder of the server's programs.
pub fn programs() -> PathBuf {
    let mut folders: Vec<PathBuf> = Vec::new();
    folders.extend(std::env::var_os("CHARGEBACK_POSTGRES_BIN").map(PathBuf::from));
    for parent in ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/usr/pgsql"] {
        let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
        let mut found: Vec<_> = entries.map(|entry| entry.path().join("bin")).collect();
        found.sort();
        folders.extend(found.into_iter().rev());
    }
    folders.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    let is_usable = |folder: &PathBuf| {
        ["initdb", "pg_ctl", "postgres", "pg_basebackup"].iter().all(|name| folder.join(name).exists())
            && major(folder).is_some_and(|major| major >= 15)
    };
    folders.into_iter().find(is_usable).unwrap_or_else(|| panic!("{HELP}"))
}

fn major(folder: &Path) -> Option<u32> {
    let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace().nth(2)?.split('.').next()?.parse().ok()
}

/// The command prefix that runs a program as an unprivileged user: the server refuses to run as root.
pub fn as_user(program: &Path) -> Command {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program).env("HOME", "/tmp");
    command
}

/// A server that is stopped when the value is dropped, or when this process ends.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    pub port: u16,
    guard: Option<(Child, ChildStdin)>,
    options: String,
}

impl Server {
    /// Creates and starts a server with these options, such as `-c wal_level=replica`.
    pub fn start(options: &str) -> Self {
        let folder = new_folder();
        let output = as_user(&programs().join("initdb"))
            .args(["--pgdata", folder.to_str().unwrap(), "--username", "postgres", "--auth", "trust"])
            .args(["--encoding", "UTF8", "--locale", "C", "--no-sync"])
            .output()
            .unwrap();
        assert_success(&output);
        Self::run(folder, free_port(), options)
    }

    /// Starts a standby of this server, which replicates asynchronously.
    pub fn standby(&self, options: &str) -> Self {
        let folder = new_folder();
        std::fs::remove_dir(&folder).unwrap();
        std::fs::create_dir(&folder).unwrap();
        give_away(&folder);
        let output = as_user(&programs().join("pg_basebackup"))
            .args(["--pgdata", folder.to_str().unwrap(), "--write-recovery-conf", "--checkpoint=fast", "--no-sync"])
            .args(["--dbname", &format!("host=127.0.0.1 port={} user=postgres", self.port)])
            .output()
            .unwrap();
        assert_success(&output);
        Self::run(folder, free_port(), options)
    }

    fn run(folder: PathBuf, port: u16, options: &str) -> Self {
        let mut server = Self { folder, port, guard: None, options: options.to_owned() };
        server.start_again();
        server
    }

    /// Starts a stopped server on the same port.
    pub fn start_again(&mut self) {
        // The shell stops the server when its input ends, which is when this process ends.
        let script = format!(
            "{} -D {} -p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 {} \
             >>{}/log 2>&1 & pid=$!; cat >/dev/null; kill -QUIT $pid 2>/dev/null; wait $pid",
            programs().join("postgres").display(),
            self.folder.display(),
            self.port,
            self.options,
            self.folder.display(),
        );
        let mut guard = as_user(Path::new("sh")).args(["-c", &script]).stdin(Stdio::piped()).spawn().unwrap();
        let input = guard.stdin.take().unwrap();
        self.guard = Some((guard, input));
        let start = Instant::now();
        loop {
            let ready = Command::new(programs().join("pg_isready"))
                .args(["--quiet", "--host=127.0.0.1", &format!("--port={}", self.port)])
                .status();
            if ready.is_ok_and(|status| status.success()) {
                return;
            }
            if start.elapsed() > Duration::from_secs(30) {
                let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                panic!("the server did not start:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Runs `pg_ctl` with these arguments.
    pub fn control(&self, arguments: &[&str]) {
        let output = as_user(&programs().join("pg_ctl"))
            .args(["--pgdata", self.folder.to_str().unwrap(), "--wait"])
            .args(arguments)
            .output()
            .unwrap();
        assert_success(&output);
    }

    /// Kills the server without a shutdown.
    pub fn kill(&mut self) {
        self.control(&["stop", "--mode=immediate"]);
        self.guard = None;
    }

    pub fn stop(&mut self) {
        self.control(&["stop", "--mode=fast"]);
        self.guard = None;
    }

    pub fn set_options(&mut self, options: &str) {
        options.clone_into(&mut self.options);
    }

    /// Writes a private file into the folder of the server.
    pub fn write(&self, name: &str, content: &[u8]) {
        let path = self.folder.join(name);
        std::fs::write(&path, content).unwrap();
        give_away(&path);
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The process of the server.
    pub fn process(&self) -> u32 {
        let pid = std::fs::read_to_string(self.folder.join("postmaster.pid")).unwrap();
        pid.lines().next().unwrap().trim().parse().unwrap()
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some((mut guard, input)) = self.guard.take() {
            drop(input);
            let _ = guard.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn new_folder() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("chargeback-postgres-{}-{number}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    give_away(&folder);
    folder
}

/// Gives a folder or file to the user of [`as_user`], for its owner only.
pub fn give_away(path: &Path) {
    let _ = Command::new("chown").args(["65534:65534"]).arg(path).stderr(Stdio::null()).status();
    let _ = Command::new("chmod").arg(if path.is_dir() { "700" } else { "600" }).arg(path).status();
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn assert_success(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The server of all tests that do not stop it.
static SHARED: OnceCell<Shared> = OnceCell::const_new();

struct Shared {
    url: String,
    // Stopped by its guard when the process ends.
    _server: Option<Server>,
}

async fn shared() -> &'static Shared {
    SHARED
        .get_or_init(|| async {
            let shared = if let Ok(url) = std::env::var("CHARGEBACK_POSTGRES_URL") {
                Shared { url, _server: None }
            } else {
                let server = tokio::task::spawn_blocking(|| Server::start("-c fsync=off")).await.unwrap();
                Shared { url: server.url("postgres"), _server: Some(server) }
            };
            let admin = client(&shared.url).await;
            let template = format!("chargeback_template_{}", std::process::id());
            execute(&admin, &format!("DROP DATABASE IF EXISTS {template}")).await;
            execute(&admin, &format!("CREATE DATABASE {template}")).await;
            PgStore::builder(&with_database(&shared.url, &template)).unwrap().migrate().await.unwrap();
            shared
        })
        .await
}

/// Returns the URL with another database.
pub fn with_database(url: &str, database: &str) -> String {
    let (before, query) = url.split_once('?').map_or((url, String::new()), |(url, query)| (url, format!("?{query}")));
    let server = before.rsplit_once('/').unwrap().0;
    format!("{server}/{database}{query}")
}

/// A database of one test, with the migrated schemas.
pub struct Database {
    pub url: String,
}

impl Database {
    pub async fn new() -> Self {
        Self::of("TEMPLATE chargeback_template_", &std::process::id().to_string()).await
    }

    /// A database without schemas.
    pub async fn empty() -> Self {
        Self::of("TEMPLATE template0", "").await
    }

    async fn of(template: &str, suffix: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let shared = shared().await;
        let name = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let admin = client(&shared.url).await;
        execute(&admin, &format!("DROP DATABASE IF EXISTS {name}")).await;
        // Another test may use the template at the same time.
        let create = format!("CREATE DATABASE {name} {template}{suffix}");
        let start = Instant::now();
        while let Err(error) = admin.batch_execute(&create).await {
            assert!(start.elapsed() < Duration::from_secs(30), "{error:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Self { url: with_database(&shared.url, &name) }
    }

    pub fn builder(&self) -> PgStoreBuilder {
        PgStore::builder(&self.url).unwrap()
    }

    pub async fn store(&self) -> PgStore {
        self.builder().connect().await.unwrap()
    }

    pub async fn client(&self) -> Client {
        client(&self.url).await
    }
}

/// Connects without TLS.
pub async fn client(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(async move {
        let _ = connection.await;
    });
    client
}

pub async fn execute(client: &Client, statement: &str) {
    client.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
}
