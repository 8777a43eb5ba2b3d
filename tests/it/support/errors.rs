//! Short forms for errors.

use chargeback::Error;

/// The name of an error's variant.
pub fn kind(error: &Error) -> &'static str {
    match error {
        Error::Configuration(_) => "configuration",
        Error::Invalid(_) => "invalid",
        Error::Unsupported(_) => "unsupported",
        Error::Authentication(_) => "authentication",
        Error::Rejected(_) => "rejected",
        Error::NotFound(_) => "not found",
        Error::Conflict(_) => "conflict",
        Error::InDoubt(_) => "in doubt",
        Error::NotStarted(_) => "not started",
        Error::Panicked(_) => "panicked",
        Error::RateLimited(_) => "rate limited",
        Error::Unavailable(_) => "unavailable",
        Error::Transport(_) => "transport",
        Error::Timeout(_) => "timeout",
        Error::Unreadable(_) => "unreadable",
        _ => "new",
    }
}

/// The violations of an invalid input, as text.
pub fn violations(error: &Error) -> Vec<String> {
    match error {
        Error::Invalid(error) => error.violations().iter().map(ToString::to_string).collect(),
        other => panic!("not invalid: {other}"),
    }
}

pub fn error_chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut lines = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        lines.push(error.to_string());
        next = error.source();
    }
    lines.join(" < ")
}
