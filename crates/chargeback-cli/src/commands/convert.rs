//! `chargeback convert`.

use crate::args::ValidateArgs;
use crate::failure::{Exit, Failure};
use crate::input::{Content, Input};
use crate::output::{Output, warn};

/// Prints the chargebacks of a file as JSON Lines, and unreadable rows to the error output.
pub(crate) fn convert(arguments: &ValidateArgs, output: Output) -> Result<Exit, Failure> {
    output.allows_personal_data()?;
    let input = Input::open(&arguments.input)?;
    let mut exit = Exit::Success;
    for row in input.rows()? {
        match row.content {
            Content::Chargeback(chargeback) => output.json(&chargeback)?,
            Content::Other(_) => {}
            Content::Unreadable(reason) => {
                exit = Exit::Unreadable;
                warn(format_args!("line {}: {reason}", row.line));
            }
        }
    }
    Ok(exit)
}
