//! Runs the binary in a folder of its own, without the variables of the test's environment.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder for the files of one test, and the variables of its commands.
pub(crate) struct Tool {
    pub(crate) folder: TempDir,
    variables: Vec<(String, String)>,
}

/// The result of a command.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    fn new(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Checks the exit code, and returns the standard output.
    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &str {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        &self.out
    }

    /// Checks the exit code, and that the error output has a text.
    #[track_caller]
    pub(crate) fn fails(&self, code: i32, text: &str) {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        assert!(self.err.contains(text), "{}", self.err);
    }

    /// Returns each line of the standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Vec<Value> {
        let lines = self.out.lines().filter(|line| !line.trim().is_empty());
        lines.map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
    }
}

impl Tool {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), variables: Vec::new() }
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chargeback"));
        command.args(arguments).env_clear().current_dir(self.folder.path());
        for name in ["PATH", "SystemRoot", "TEMP", "TMPDIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.envs(self.variables.iter().cloned());
        command
    }

    /// Runs a command whose arguments are separated by spaces.
    pub(crate) fn run(&self, arguments: &str) -> Ran {
        self.run_all(&arguments.split_whitespace().collect::<Vec<_>>())
    }

    pub(crate) fn run_all(&self, arguments: &[&str]) -> Ran {
        Ran::new(&self.command(arguments).stdin(Stdio::null()).output().unwrap())
    }

    /// Runs a command with this standard input.
    pub(crate) fn run_with_input(&self, arguments: &str, input: &[u8]) -> Ran {
        let arguments: Vec<_> = arguments.split_whitespace().collect();
        let mut command = self.command(&arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        Ran::new(&child.wait_with_output().unwrap())
    }
}

/// A running `chargeback sandbox`. Killed when dropped.
pub(crate) struct Sandbox {
    child: Child,
    pub(crate) port: u16,
}

impl Sandbox {
    /// Starts the fakes on free ports, and sets the variables of the tool.
    pub(crate) fn start(tool: &mut Tool) -> Self {
        for attempt in 0_u16..50 {
            let seed = std::process::id() + u32::from(attempt) * 977;
            // Below the ports that the system gives to connections.
            let port = 10_000 + u16::try_from(seed % 1_800).unwrap() * 11;
            let text = port.to_string();
            let mut command = tool.command(&["sandbox", "--port", &text]);
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            let output = BufReader::new(child.stdout.take().unwrap());
            if output.lines().map_while(Result::ok).any(|line| line == "ready") {
                let sandbox = Self { child, port };
                let variables = tool.run(&format!("--json sandbox --port {port} env")).json().remove(0);
                for (name, value) in variables.as_object().unwrap() {
                    tool.set(name, value.as_str().unwrap());
                }
                return sandbox;
            }
            child.wait().unwrap();
        }
        panic!("no free ports");
    }

    /// Sends a request to the control endpoint. Returns the status and the JSON of the reply.
    pub(crate) fn control(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let length = body.len();
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
        socket.write_all((head + body).as_bytes()).unwrap();
        let mut reply = String::new();
        socket.read_to_string(&mut reply).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap())
    }

    pub(crate) fn set(&self, path: &str, body: &str) {
        let (status, reply) = self.control("POST", path, body);
        assert_eq!(status, 200, "{reply}");
    }

    /// Returns the recorded cases of a vendor: the key and the number of writes.
    pub(crate) fn cases(&self, vendor: &str) -> Vec<(String, u64)> {
        let (_, reply) = self.control("GET", &format!("/vendors/{vendor}/cases"), "");
        let case = |case: &Value| (case["key"].as_str().unwrap().to_owned(), case["writes"].as_u64().unwrap());
        reply["cases"].as_array().unwrap().iter().map(case).collect()
    }

    /// Returns the number of requests on which a vendor acted.
    pub(crate) fn acted(&self, vendor: &str) -> u64 {
        let (_, reply) = self.control("GET", "/", "");
        let vendors = reply["vendors"].as_array().unwrap();
        vendors.iter().find(|row| row["vendor"] == vendor).unwrap()["acted"].as_u64().unwrap()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns cases with three stages each in the CSV of the tool, with the ids that every vendor needs.
pub(crate) fn rows(cases: std::ops::Range<u32>) -> String {
    let mut text = String::from(
        "case_id,stage,occurred_at,reason,amount,currency,order_id,transaction_id,gateway_transaction_id,user_id,\
         vendor_payment.spade\n",
    );
    for (stage, day) in [("received", 1), ("contested", 5), ("won", 20)] {
        for case in cases.clone() {
            let fields = [
                format!("CB-{case},{stage},2026-09-{day:02}T10:00:00Z,not_received,12.50,USD"),
                format!("ORD-{case},txn-{case},gw-{case},user-{case},enrichment-{case}\n"),
            ];
            text += &fields.join(",");
        }
    }
    text
}
