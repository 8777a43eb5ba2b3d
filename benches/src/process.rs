//! Processes: what this one has used, and children of itself.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde::de::DeserializeOwned;

fn usage(of: libc::c_int) -> Duration {
    // SAFETY: all zeros is a `rusage`, and the call writes one.
    let used = unsafe {
        let mut used: libc::rusage = std::mem::zeroed();
        assert_eq!(libc::getrusage(of, &raw mut used), 0, "getrusage");
        used
    };
    let time = |time: libc::timeval| {
        let part = |number: i64| u64::try_from(number).expect("a time");
        Duration::from_secs(part(time.tv_sec)) + Duration::from_micros(part(time.tv_usec))
    };
    time(used.ru_utime) + time(used.ru_stime)
}

/// The CPU time that this process has used, in user and kernel.
#[must_use]
pub fn cpu() -> Duration {
    usage(libc::RUSAGE_SELF)
}

/// The CPU time that ended children have used.
#[must_use]
pub fn children_cpu() -> Duration {
    usage(libc::RUSAGE_CHILDREN)
}

/// A line of `/proc/self/status` in KiB: `VmRSS` is what is resident, `VmHWM` the most that ever was.
///
/// # Panics
///
/// If the system has no such file.
#[must_use]
pub fn memory_kib(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let value = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':')).expect("a line");
    value.trim().trim_end_matches(" kB").trim().parse().expect("KiB")
}

/// This program with these arguments.
///
/// # Panics
///
/// If the program cannot be found.
#[must_use]
pub fn this(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(arguments);
    command
}

/// Runs this program, and reads the line of JSON that it prints.
///
/// # Panics
///
/// If it fails.
#[must_use]
pub fn ask<T: DeserializeOwned>(arguments: &[&str]) -> T {
    let output = this(arguments).stderr(Stdio::inherit()).output().expect("a child");
    assert!(output.status.success(), "{arguments:?} failed");
    serde_json::from_slice(&output.stdout).expect("a line of JSON")
}

/// A server in a process of its own, so that its time is not counted. It ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    origin: String,
}

impl Server {
    /// Starts it; it waits so many milliseconds before each answer.
    ///
    /// # Panics
    ///
    /// If it does not start.
    #[must_use]
    pub fn start(wait: u64) -> Self {
        let mut child = this(&["serve", &wait.to_string()]).stdout(Stdio::piped()).spawn().expect("a server");
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
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
