//! CPU time and memory of this process, and child processes.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde::de::DeserializeOwned;

fn usage(who: libc::c_int) -> Duration {
    // SAFETY: a zeroed `rusage` is valid, and `getrusage` writes only to it.
    let used = unsafe {
        let mut used: libc::rusage = std::mem::zeroed();
        assert_eq!(libc::getrusage(who, &raw mut used), 0, "getrusage");
        used
    };
    let time = |time: libc::timeval| {
        let part = |number: i64| u64::try_from(number).expect("a time");
        Duration::from_secs(part(time.tv_sec)) + Duration::from_micros(part(time.tv_usec))
    };
    time(used.ru_utime) + time(used.ru_stime)
}

/// Returns the CPU time of this process, in user and kernel mode.
#[must_use]
pub fn cpu() -> Duration {
    usage(libc::RUSAGE_SELF)
}

/// Returns the CPU time of the terminated child processes.
#[must_use]
pub fn children_cpu() -> Duration {
    usage(libc::RUSAGE_CHILDREN)
}

/// Returns a line of `/proc/self/status` in KiB: `VmRSS` is the resident memory, `VmHWM` its maximum.
///
/// # Panics
///
/// Panics if the system has no such file.
#[must_use]
pub fn memory_kib(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let value = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':')).expect("a line");
    value.trim().trim_end_matches(" kB").trim().parse().expect("KiB")
}

/// Returns a command that runs this program with these arguments.
///
/// # Panics
///
/// Panics if the path of the program is unknown.
#[must_use]
pub fn this_program(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(arguments);
    command
}

/// Runs this program as a child process and parses the JSON line that it prints.
///
/// # Panics
///
/// Panics if the child process fails.
#[must_use]
pub fn run_child<T: DeserializeOwned>(arguments: &[&str]) -> T {
    let output = this_program(arguments).stderr(Stdio::inherit()).output().expect("a child");
    assert!(output.status.success(), "{arguments:?} failed");
    serde_json::from_slice(&output.stdout).expect("a line of JSON")
}

/// A server in a separate process, so that its time is not measured. The process ends when this value is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    origin: String,
}

impl Server {
    /// Starts a server with this delay before each reply, in milliseconds.
    ///
    /// # Panics
    ///
    /// Panics if the server does not start.
    #[must_use]
    pub fn start(delay: u64) -> Self {
        let mut child = this_program(&["serve", &delay.to_string()]).stdout(Stdio::piped()).spawn().expect("a server");
        let mut port = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut port).expect("its port");
        Self { child, origin: format!("http://127.0.0.1:{}", port.trim()) }
    }

    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // An error means that the process has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
