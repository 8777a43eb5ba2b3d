//! Rules for the repository itself: imports, prose, public paths, sizes, generated pictures.

mod dataflow_picture;
mod graph;
mod imports;
mod lifecycle_picture;
mod macros;
#[cfg(feature = "outbox")]
mod outbox_picture;
mod pictures;
mod prose;
mod prose_rules;
mod public_paths;
mod size;
pub mod source;
mod sources;
mod surface;
mod svg;
mod text;
#[cfg(all(feature = "rustls", feature = "hyper"))]
mod transports;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Returns the root folder of the repository.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Reads all files with this extension below a folder. Keys are paths relative to the folder, with `/`.
/// Build output is skipped.
fn files(folder: &Path, extension: &str) -> BTreeMap<String, String> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        let entries = std::fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display()));
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                if !path.ends_with("target") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|found| found == extension) {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                found.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

/// Compares a generated file with the stored one, or writes it if `BLESS` is set.
fn check_generated(path: &str, current: &str) {
    let file = root().join(path);
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        return std::fs::write(&file, current).unwrap();
    }
    let stored = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    let only_in = |a: &str, b: &str, mark: &str| -> Vec<String> {
        let known: BTreeSet<&str> = b.lines().collect();
        a.lines().filter(|line| !known.contains(line)).map(|line| format!("{mark} {line}")).collect()
    };
    let difference = [only_in(&stored, current, "-"), only_in(current, &stored, "+")].concat();
    assert!(
        stored == current,
        "{path} is out of date:\n{}\nIf this change is intended: BLESS=1 cargo test --all-features --test it house",
        difference.join("\n")
    );
}
