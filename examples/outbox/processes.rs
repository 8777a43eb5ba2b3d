//! The processes of the service: started, killed and replaced.

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

/// The running processes of the service, and the addresses of their servers.
pub(crate) struct Processes {
    arguments: Vec<String>,
    running: Vec<Child>,
    pub(crate) servers: Arc<Mutex<Vec<String>>>,
}

impl Processes {
    /// Starts this many processes with these arguments.
    pub(crate) fn start(count: usize, arguments: Vec<String>) -> Result<Self, Box<dyn Error>> {
        let mut processes = Self { arguments, running: Vec::new(), servers: Arc::default() };
        for number in 0..count {
            let (child, address) = processes.spawn()?;
            processes.running.insert(number, child);
            processes.servers().push(address);
        }
        Ok(processes)
    }

    /// The lock protects single operations.
    fn servers(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts this program again as a process of the service, and reads the address of its server.
    fn spawn(&self) -> Result<(Child, String), Box<dyn Error>> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(crate::SERVICE).args(&self.arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or("the process has no output")?;
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address)?;
        if address.is_empty() {
            return Err("a process of the service did not start".into());
        }
        Ok((child, address.trim_end().to_owned()))
    }

    /// Kills a process without any notice: SIGKILL on Unix. Starts another one in its place.
    pub(crate) fn kill(&mut self, number: usize) -> Result<(), Box<dyn Error>> {
        let number = number % self.running.len();
        self.running[number].kill()?;
        self.running[number].wait()?;
        let (child, address) = self.spawn()?;
        self.running[number] = child;
        self.servers()[number] = address;
        Ok(())
    }

    /// Stops all processes as a deploy does: they end their running reports.
    pub(crate) fn stop(mut self) -> Result<(), Box<dyn Error>> {
        for child in &mut self.running {
            drop(child.stdin.take());
        }
        for child in &mut self.running {
            if !child.wait()?.success() {
                return Err("a process of the service ended with an error".into());
            }
        }
        self.running.clear();
        Ok(())
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for child in &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
