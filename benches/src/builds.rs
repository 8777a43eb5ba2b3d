//! Cold builds: the crate with its default features, beside reqwest alone: with the features that the crate asks it for,
//! and with its own default features.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::process;

/// What a cold build takes.
#[derive(Debug, Clone, Copy)]
pub struct Build {
    pub crates: usize,
    pub cpu: f64,
    pub wall: f64,
}

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The features that `chargeback` asks reqwest for.
const AS_HERE: &str = ", default-features = false, features = [\"rustls\"]";

/// A crate in a folder of its own that depends on reqwest alone.
fn reqwest_alone(folder: &Path, features: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(folder.join("src/lib.rs"), "pub use reqwest::Client;\n")?;
    std::fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let manifest = format!(
        "[package]\nname = \"alone\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         reqwest = {{ version = \"0.13.5\"{features} }}\n"
    );
    std::fs::write(folder.join("Cargo.toml"), manifest)
}

fn cargo(manifest: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).arg("--manifest-path").arg(manifest.join("Cargo.toml")).env_remove("RUSTFLAGS");
    command
}

fn crates(manifest: &Path, package: &str) -> usize {
    let arguments = ["tree", "--edges", "normal", "--prefix", "none", "--no-dedupe", "--package", package];
    let output = cargo(manifest, &arguments).stderr(Stdio::inherit()).output().expect("cargo tree");
    assert!(output.status.success(), "cargo tree");
    let lines = String::from_utf8(output.stdout).expect("text");
    let all: BTreeSet<String> =
        lines.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    // Without the crate itself.
    all.len() - 1
}

/// Settles the versions, and fetches what is missing: neither is part of a build.
fn fetch(manifest: &Path) {
    let status = cargo(manifest, &["fetch", "--quiet"]).status().expect("cargo fetch");
    assert!(status.success(), "cargo fetch");
}

fn build(manifest: &Path, package: &str, target: &Path) -> (f64, f64) {
    let (cpu, start) = (process::children_cpu(), Instant::now());
    let arguments = ["build", "--quiet", "--locked", "--offline", "--package", package];
    let status = cargo(manifest, &arguments).env("CARGO_TARGET_DIR", target).status().expect("cargo build");
    assert!(status.success(), "cargo build");
    let took = ((process::children_cpu() - cpu).as_secs_f64(), start.elapsed().as_secs_f64());
    std::fs::remove_dir_all(target).expect("the build's folder");
    took
}

/// Builds all so many times in turn, and gives the medians: `chargeback`, reqwest alone with the features that it is
/// asked for, reqwest alone as it comes.
///
/// # Panics
///
/// If a build fails.
#[must_use]
pub fn run(rounds: usize) -> [Build; 3] {
    let folder = std::env::temp_dir().join(format!("chargeback-builds-{}", std::process::id()));
    let [as_here, as_it_comes] = [("as-here", AS_HERE), ("as-it-comes", "")].map(|(name, features)| {
        let alone = folder.join(name);
        reqwest_alone(&alone, features).expect("a folder");
        alone
    });
    let subjects = [(root(), "chargeback"), (as_here, "alone"), (as_it_comes, "alone")];
    subjects.iter().for_each(|(manifest, _)| fetch(manifest));
    let mut took: [Vec<(f64, f64)>; 3] = std::array::from_fn(|_| Vec::new());
    for _ in 0..rounds {
        for ((manifest, package), took) in subjects.iter().zip(&mut took) {
            took.push(build(manifest, package, &folder.join("target")));
        }
    }
    let builds = [0, 1, 2].map(|which: usize| {
        let (manifest, package) = &subjects[which];
        let mut all = took[which].clone();
        all.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        let (cpu, wall) = all[all.len() / 2];
        Build { crates: crates(manifest, package), cpu, wall }
    });
    std::fs::remove_dir_all(&folder).expect("the folder");
    builds
}
