//! The command line.

use std::path::PathBuf;

use super::Failure;

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
  --results FILE  one JSON line for each chargeback at each vendor
                  (beside the export, .results.jsonl, or -2, -3 ... if there is one)
  --at-once N     reports that run at once at each vendor (32)

Ctrl-C finishes what runs, and prints the summary; a second one stops at once.
Exit: 0 if nobody has to look, 1 if somebody has to, 2 if it was called wrongly.";

/// What was asked for.
pub(crate) struct Args {
    pub(crate) file: PathBuf,
    pub(crate) generate: Option<u64>,
    pub(crate) seed: u64,
    pub(crate) ledger: PathBuf,
    pub(crate) results: PathBuf,
    pub(crate) at_once: usize,
    pub(crate) dry_run: bool,
}

impl Args {
    /// `None` if help was asked for.
    pub(crate) fn read(words: impl Iterator<Item = String>) -> Result<Option<Self>, Failure> {
        let mut words = words;
        let (mut file, mut ledger, mut results) = (None, None, None);
        let (mut generate, mut seed, mut at_once, mut dry_run) = (None, 1, 32, false);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--help" | "-h" => return Ok(None),
                "--generate" => generate = Some(number(&word, &value()?)?),
                "--seed" => seed = number(&word, &value()?)?,
                "--ledger" => ledger = Some(PathBuf::from(value()?)),
                "--results" => results = Some(PathBuf::from(value()?)),
                "--at-once" => at_once = usize::try_from(number(&word, &value()?)?)?.max(1),
                "--dry-run" => dry_run = true,
                other if other.starts_with('-') => return Err(format!("{other} is no option of this program").into()),
                _ if file.is_some() => return Err(format!("{word}: one file at a time").into()),
                other => file = Some(PathBuf::from(other)),
            }
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
        Ok(Some(Self {
            ledger: ledger.unwrap_or_else(|| file.with_extension("ledger.jsonl")),
            results: results.unwrap_or_else(|| free_results(&file)),
            file,
            generate,
            seed,
            at_once,
            dry_run,
        }))
    }
}

fn number(option: &str, text: &str) -> Result<u64, Failure> {
    text.parse().map_err(|_| format!("{option} needs a number").into())
}

/// What an earlier run found out is not written over.
fn free_results(file: &std::path::Path) -> PathBuf {
    let names = (2_u32..).map(|number| file.with_extension(format!("results-{number}.jsonl")));
    let mut names = std::iter::once(file.with_extension("results.jsonl")).chain(names);
    // There is always another number.
    names.find(|name| !name.exists()).unwrap_or_default()
}
