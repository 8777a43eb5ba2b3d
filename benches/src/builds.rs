//! Cold builds: the crate with its default transport, with `HyperTransport` alone, and with both; and reqwest alone.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::process;

/// The size and the times of a cold build.
#[derive(Debug, Clone, Copy)]
pub struct Build {
    pub crates: usize,
    pub cpu: f64,
    pub wall: f64,
}

/// Returns the root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The features of reqwest that `chargeback` enables.
const ENABLED_FEATURES: &str = ", default-features = false, features = [\"rustls\"]";

/// Writes a crate that depends only on reqwest.
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

fn crates(manifest: &Path, package: &[&str]) -> usize {
    let arguments = [&["tree", "--edges", "normal", "--prefix", "none", "--no-dedupe", "--package"], package].concat();
    let output = cargo(manifest, &arguments).stderr(Stdio::inherit()).output().expect("cargo tree");
    assert!(output.status.success(), "cargo tree");
    let lines = String::from_utf8(output.stdout).expect("text");
    let all: BTreeSet<String> =
        lines.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    // Exclude the crate itself.
    all.len() - 1
}

/// Resolves the versions and downloads missing crates, so that a build does neither.
fn fetch(manifest: &Path) {
    let status = cargo(manifest, &["fetch", "--quiet"]).status().expect("cargo fetch");
    assert!(status.success(), "cargo fetch");
}

fn build(manifest: &Path, package: &[&str], target: &Path) -> (f64, f64) {
    let (cpu, start) = (process::children_cpu(), Instant::now());
    let arguments = [&["build", "--quiet", "--locked", "--offline", "--package"], package].concat();
    let status = cargo(manifest, &arguments).env("CARGO_TARGET_DIR", target).status().expect("cargo build");
    assert!(status.success(), "cargo build");
    let times = ((process::children_cpu() - cpu).as_secs_f64(), start.elapsed().as_secs_f64());
    std::fs::remove_dir_all(target).expect("the build's folder");
    times
}

/// The builds, by name.
pub const NAMES: [&str; 5] = [
    "default features: reqwest",
    "`default-features = false, features = [\"hyper\"]`",
    "default features and `hyper`",
    "reqwest alone, only `rustls`",
    "reqwest alone, default features",
];

/// Builds the subjects alternately and returns the medians.
///
/// # Panics
///
/// Panics if a build fails.
#[must_use]
pub fn run(rounds: usize) -> [Build; 5] {
    let folder = std::env::temp_dir().join(format!("chargeback-builds-{}", std::process::id()));
    let [enabled_features, default_features] =
        [("enabled-features", ENABLED_FEATURES), ("default-features", "")].map(|(name, features)| {
            let alone = folder.join(name);
            reqwest_alone(&alone, features).expect("a folder");
            alone
        });
    let subjects: [(PathBuf, &[&str]); 5] = [
        (root(), &["chargeback"]),
        (root(), &["chargeback", "--no-default-features", "--features", "hyper"]),
        (root(), &["chargeback", "--features", "hyper"]),
        (enabled_features, &["alone"]),
        (default_features, &["alone"]),
    ];
    subjects.iter().for_each(|(manifest, _)| fetch(manifest));
    let mut times: [Vec<(f64, f64)>; 5] = std::array::from_fn(|_| Vec::new());
    for _ in 0..rounds {
        for ((manifest, package), times) in subjects.iter().zip(&mut times) {
            times.push(build(manifest, package, &folder.join("target")));
        }
    }
    let builds = std::array::from_fn(|subject| {
        let (manifest, package) = &subjects[subject];
        let mut all = times[subject].clone();
        all.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        let (cpu, wall) = all[all.len() / 2];
        Build { crates: crates(manifest, package), cpu, wall }
    });
    std::fs::remove_dir_all(&folder).expect("the folder");
    builds
}
