//! The arguments of the command line.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::BoxError;

pub(crate) const USAGE: &str = "\
Reports an export of chargebacks to five vendors. The vendors are fakes in memory.

usage: backfill [OPTIONS] FILE
       backfill [OPTIONS] --generate N [FILE]

  FILE            the export: JSON Lines (.jsonl) or CSV (.csv)
  --generate N    first write an export of N cases; FILE must not exist
  --seed N        seed of the generated export (default: 1)
  --dry-run       plan all reports and send nothing
  --ledger FILE   reported stages; a run with the same file continues after the last report
                  (default: the name of the export with .ledger.jsonl; a dry run has no ledger)
  --results FILE  one JSON line for each chargeback and vendor; must not exist
                  (default: the name of the export with .results.jsonl, .results-2.jsonl, ...)
  --at-once N     concurrent reports for each vendor (default: 32)

Ctrl-C completes the running reports and prints the summary. A second Ctrl-C stops immediately, and so does
the first one in a dry run.

Exit status: 0 if all supported reports are complete, 1 if the run was interrupted or a person must check
a result, 2 if the arguments are wrong.";

/// The parsed arguments.
pub(crate) struct Args {
    pub(crate) file: PathBuf,
    pub(crate) generate: Option<u64>,
    pub(crate) seed: u64,
    pub(crate) ledger: PathBuf,
    pub(crate) results: PathBuf,
    pub(crate) concurrency: usize,
    pub(crate) dry_run: bool,
}

impl Args {
    /// Parses the arguments. Returns `None` for `--help`.
    pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Option<Self>, BoxError> {
        let mut arguments = arguments;
        let (mut file, mut ledger, mut results) = (None, None, None);
        let (mut generate, mut seed, mut concurrency, mut dry_run) = (None, 1, 32, false);
        while let Some(argument) = arguments.next() {
            let Some(option) = argument.to_str().filter(|argument| argument.starts_with('-')) else {
                if file.replace(PathBuf::from(argument)).is_some() {
                    return Err("more than one file".into());
                }
                continue;
            };
            let mut value = || {
                let value = arguments.next().filter(|value| !value.to_string_lossy().starts_with("--"));
                value.ok_or_else(|| format!("{option} needs a value"))
            };
            match option {
                "--help" | "-h" => return Ok(None),
                "--generate" => generate = Some(number(option, &value()?)?),
                "--seed" => seed = number(option, &value()?)?,
                "--ledger" => ledger = Some(PathBuf::from(value()?)),
                "--results" => results = Some(PathBuf::from(value()?)),
                "--at-once" => concurrency = usize::try_from(number(option, &value()?)?)?,
                "--dry-run" => dry_run = true,
                other => return Err(format!("unknown option {other}").into()),
            }
        }
        if concurrency == 0 {
            return Err("--at-once must be at least 1".into());
        }
        let file = match file {
            Some(file) => file,
            None if generate.is_some() => new_export()?,
            None => return Err("no file (.jsonl or .csv) and no --generate N".into()),
        };
        let args = Self {
            ledger: ledger.unwrap_or_else(|| file.with_extension("ledger.jsonl")),
            results: results.unwrap_or_else(|| free_results(&file)),
            file,
            generate,
            seed,
            concurrency,
            dry_run,
        };
        let files = [&args.file, &args.ledger, &args.results];
        if files.iter().enumerate().any(|(place, file)| files[..place].contains(file)) {
            return Err("the export, the ledger and the results must be three different files".into());
        }
        Ok(Some(args))
    }
}

/// Returns the file for a generated export. The file is in a new folder, so the export gets a new ledger.
fn new_export() -> Result<PathBuf, BoxError> {
    let folder = std::env::temp_dir().join(format!("chargeback-backfill-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    Ok(folder.join("chargebacks.jsonl"))
}

fn number(option: &str, text: &OsStr) -> Result<u64, BoxError> {
    let number = text.to_str().and_then(|text| text.parse().ok());
    number.ok_or_else(|| format!("{option} needs a whole number").into())
}

/// Returns the first file name for results that does not exist.
fn free_results(file: &std::path::Path) -> PathBuf {
    let names = (2_u32..).map(|number| file.with_extension(format!("results-{number}.jsonl")));
    let mut names = std::iter::once(file.with_extension("results.jsonl")).chain(names);
    // The iterator is infinite.
    names.find(|name| !name.exists()).unwrap_or_default()
}
