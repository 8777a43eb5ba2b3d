//! The command line.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::TransportFailure;

pub(crate) const USAGE: &str = "\
Tells five vendors of an export of chargebacks. The vendors are fakes in memory.

usage: backfill [OPTIONS] FILE
       backfill [OPTIONS] --generate N [FILE]

  FILE            the export: JSON Lines (.jsonl) or CSV (.csv)
  --generate N    write an export of N cases first; FILE must not exist yet
  --seed N        what it is made from (1)
  --dry-run       plan everything, send nothing
  --ledger FILE   what was told; with the same file, a run goes on where the last one broke off
                  (beside the export, .ledger.jsonl)
                  (a dry run has none)
  --results FILE  one JSON line for each chargeback at each vendor; it must not exist yet
                  (beside the export, .results.jsonl, or -2, -3 ... if there is one)
  --at-once N     reports that run at once at each vendor (32)

Ctrl-C finishes what runs, and prints the summary; a second one, and that of a dry run, stops at once.
Exit: 0 if all was told that can be told, 1 if it broke off or somebody has to look,
2 if it was called wrongly.";

/// What was asked for.
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
    /// `None` if help was asked for.
    pub(crate) fn read(words: impl Iterator<Item = OsString>) -> Result<Option<Self>, TransportFailure> {
        let mut words = words;
        let (mut file, mut ledger, mut results) = (None, None, None);
        let (mut generate, mut seed, mut concurrency, mut dry_run) = (None, 1, 32, false);
        while let Some(word) = words.next() {
            let Some(option) = word.to_str().filter(|word| word.starts_with('-')) else {
                if file.replace(PathBuf::from(word)).is_some() {
                    return Err("one file at a time".into());
                }
                continue;
            };
            let mut value = || {
                let value = words.next().filter(|value| !value.to_string_lossy().starts_with("--"));
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
                other => return Err(format!("{other} is no option of this program").into()),
            }
        }
        if concurrency == 0 {
            return Err("--at-once needs at least 1".into());
        }
        let file = match file {
            Some(file) => file,
            None if generate.is_some() => {
                // What is generated anew starts with a ledger of its own.
                let folder = std::env::temp_dir().join(format!("chargeback-backfill-{}", std::process::id()));
                std::fs::create_dir_all(&folder)?;
                folder.join("chargebacks.jsonl")
            }
            None => return Err("give a file (.jsonl or .csv), or --generate N".into()),
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
            return Err("the export, the ledger and the results are three files".into());
        }
        Ok(Some(args))
    }
}

fn number(option: &str, text: &OsStr) -> Result<u64, TransportFailure> {
    let number = text.to_str().and_then(|text| text.parse().ok());
    number.ok_or_else(|| format!("{option} needs a whole number").into())
}

/// What an earlier run found out is not written over.
fn free_results(file: &std::path::Path) -> PathBuf {
    let names = (2_u32..).map(|number| file.with_extension(format!("results-{number}.jsonl")));
    let mut names = std::iter::once(file.with_extension("results.jsonl")).chain(names);
    // There is always another number.
    names.find(|name| !name.exists()).unwrap_or_default()
}
