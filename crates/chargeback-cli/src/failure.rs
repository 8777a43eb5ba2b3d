//! Exit codes and errors of commands.

use std::fmt;
use std::process::ExitCode;

use chargeback::outbox::{ActError, StoreError};

/// The exit code of a command, listed in the text of `chargeback --help`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Everything was done.
    Success = 0,
    /// The command failed. The message names everything that was done before.
    Failed = 1,
    /// The arguments or the configuration are wrong. clap uses the same code.
    Usage = 2,
    /// Rows of the file could not be read; the others were used.
    Unreadable = 3,
    /// A vendor did not take a report, or a person must act.
    Attention = 4,
    /// The command was interrupted, or reports still wait. Run it again to continue.
    Unfinished = 5,
    /// The lane or vendor changed since it was shown. Nothing was done.
    Changed = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error for a person: the fact, and the next step.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    message: String,
    next: Option<String>,
}

impl Failure {
    /// Creates an error with the exit code 1.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { exit: Exit::Failed, message: message.into(), next: None }
    }

    /// Creates an error about arguments or configuration.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(message).exit(Exit::Usage)
    }

    pub(crate) fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// Adds the next step.
    pub(crate) fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// Puts a place in front of the message, for example a file.
    pub(crate) fn at(place: impl fmt::Display, error: impl fmt::Display) -> Self {
        Self::new(format!("{place}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.next {
            Some(next) => write!(f, "\n  {next}"),
            None => Ok(()),
        }
    }
}

/// Returns the error of a variable that is not set. A key that was given by mistake is not shown.
pub(crate) fn not_set(name: &str) -> String {
    format!("the variable {} is not set", variable_name(name))
}

/// Returns the name of a variable, if the text can be one.
pub(crate) fn variable_name(name: &str) -> &str {
    let is_name = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    if is_name && name.len() <= 40 { name } else { "with the given name" }
}

/// Joins an error and its sources. The texts of this project hold no keys and no personal data.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text = format!("{text}: {next}");
        }
        source = error.source();
    }
    text
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Changed => Self::new("the lane changed since it was shown; nothing was done")
                .exit(Exit::Changed)
                .next("run `chargeback outbox list` or `show` again, and decide by the new state"),
            StoreError::Refused(_) => Self::new(chain(&error)).exit(Exit::Attention),
            StoreError::Unusable(_) => Self::new(chain(&error)).exit(Exit::Usage),
            _ => Self::new(chain(&error)),
        }
    }
}

impl From<ActError> for Failure {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Store(error) => error.into(),
            other => Self::usage(chain(&other)),
        }
    }
}

impl From<chargeback::Error> for Failure {
    fn from(error: chargeback::Error) -> Self {
        let exit = if matches!(error, chargeback::Error::Configuration(_)) { Exit::Usage } else { Exit::Failed };
        Self::new(chain(&error)).exit(exit)
    }
}
