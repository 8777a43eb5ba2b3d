//! The command line.

use std::path::PathBuf;

use super::Failure;

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
    pub(crate) fn read(words: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut words = words;
        let (mut file, mut ledger, mut results) = (None, None, None);
        let (mut generate, mut seed, mut at_once, mut dry_run) = (None, 1, 32, false);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--generate" => generate = Some(value()?.parse()?),
                "--seed" => seed = value()?.parse()?,
                "--ledger" => ledger = Some(PathBuf::from(value()?)),
                "--results" => results = Some(PathBuf::from(value()?)),
                "--at-once" => at_once = value()?.parse()?,
                "--dry-run" => dry_run = true,
                other if other.starts_with('-') => return Err(format!("{other} is no option of this program").into()),
                other => file = Some(PathBuf::from(other)),
            }
        }
        // What is generated anew starts with a ledger of its own.
        let fresh = generate.is_some() && file.is_none();
        let folder = std::env::temp_dir().join(format!("chargeback-backfill-{}", std::process::id()));
        let file = match file {
            Some(file) => file,
            None if fresh => {
                std::fs::create_dir_all(&folder)?;
                folder.join("chargebacks.jsonl")
            }
            None => return Err("give a file (.jsonl or .csv), or --generate N".into()),
        };
        let beside = |suffix: &str| file.with_extension(suffix);
        Ok(Self {
            ledger: ledger.unwrap_or_else(|| beside("ledger.jsonl")),
            results: results.unwrap_or_else(|| beside("results.jsonl")),
            file,
            generate,
            seed,
            at_once,
            dry_run,
        })
    }
}
