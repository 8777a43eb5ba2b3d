//! Replays the fuzzing corpus on any toolchain.

pub mod targets;
#[cfg(feature = "webhooks")]
pub mod webhooks_targets;

use self::targets::{TARGETS, Target};

fn all() -> impl Iterator<Item = Target> {
    #[cfg(feature = "webhooks")]
    return TARGETS.into_iter().chain(webhooks_targets::WEBHOOKS_TARGETS);
    #[cfg(not(feature = "webhooks"))]
    TARGETS.into_iter()
}

#[test]
fn every_target_accepts_its_corpus() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/corpus");
    for (name, target) in all() {
        let mut inputs = 0;
        for entry in std::fs::read_dir(corpus.join(name)).unwrap_or_else(|error| panic!("{name}: {error}")) {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let run = std::panic::catch_unwind(|| target(&bytes));
            assert!(run.is_ok(), "{} fails", path.display());
            inputs += 1;
        }
        println!("corpus of {name}: {inputs} inputs");
        assert!(inputs > 3, "{name} has {inputs} inputs");
    }
}

/// Byte strings that often break parsers.
#[test]
fn every_target_accepts_odd_bytes() {
    let deep = [b"{\"a\":".repeat(4000), b"[".repeat(4000)].concat();
    let odd: [&[u8]; 8] = [b"", b"\n", b"\0", b"\xff\xfe\xfd", b"null", b"\xef\xbb\xbf{}", &deep, b"\n\n\n\n\n\n\n"];
    for (_, target) in all() {
        for bytes in odd {
            target(bytes);
        }
    }
}
