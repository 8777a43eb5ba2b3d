//! `config check`, and the file.

use crate::support::{Tool, rows};

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let mut tool = Tool::new();
    assert!(tool.run("config check").exits(0).contains("SPADE_WON_MEANS"));
    tool.set("SPADE_API_KEY", "planted-key");
    tool.set("PIPWAVE_ENVIRONMENT", "moon");
    let ran = tool.run("config check");
    ran.exits(2);
    for problem in [
        "spade: SPADE_ENVIRONMENT: not set",
        "spade: SPADE_WON_MEANS: not set",
        "pipwave: PIPWAVE_API_KEY: not set",
        "pipwave: PIPWAVE_API_SECRET: not set",
        "pipwave: PIPWAVE_ENVIRONMENT: must be",
    ] {
        assert!(ran.out.contains(problem), "{problem}: {}", ran.out);
    }
    assert!(!ran.out.contains("planted-key"));
    tool.write("a.csv", rows(0..1));
    let plan = tool.run("plan a.csv");
    plan.fails(2, "SPADE_WON_MEANS: not set");
    plan.fails(2, "PIPWAVE_API_KEY: not set");
}

#[test]
fn a_file_refers_to_the_environment_for_secrets() {
    let mut tool = Tool::new();
    tool.set("MY_KEY", "planted-key");
    let file =
        "[vendors.spade]\napi_key_env = \"MY_KEY\"\nenvironment = \"east_sandbox\"\nwon_means = \"issuer_won\"\n";
    tool.write("good.toml", file);
    tool.write("a.csv", rows(0..1));
    let ran = tool.run("--config good.toml plan a.csv --show-payload");
    assert!(ran.exits(0).contains("east.sandbox.spade.com"));
    assert!(!ran.out.contains("planted-key"));
    tool.run("--config good.toml config check").exits(0);

    tool.write(
        "bad.toml",
        "[vendors.spade]\napi_key = \"planted\"\ncolour = 1\nwon_means_env = \"NOT_SET\"\n[vendors.x]\n",
    );
    let ran = tool.run("--config bad.toml config check");
    ran.exits(2);
    for problem in [
        "vendors.spade.api_key: secrets do not belong in the file; write api_key_env = \"SPADE_API_KEY\"",
        "vendors.spade.colour: unknown setting",
        "vendors.spade.won_means_env: the variable NOT_SET is not set",
        "vendors.x: unknown vendor",
    ] {
        assert!(ran.out.contains(problem), "{problem}: {}", ran.out);
    }
    assert!(!ran.out.contains("planted"));
    tool.write("broken.toml", "[vendors.spade]\napi_key = \"planted\nx");
    let ran = tool.run("--config broken.toml config check");
    ran.fails(2, "broken.toml: line 3");
    assert!(!ran.err.contains("planted"));
    tool.run("--config missing.toml config check").fails(2, "missing.toml");
}

#[test]
fn the_example_is_valid() {
    let mut tool = Tool::new();
    let example = tool.run("config example");
    tool.write("a.toml", example.exits(0));
    for name in ["SPADE_API_KEY", "REVCENT_API_KEY", "PIPWAVE_API_KEY", "PIPWAVE_API_SECRET"] {
        tool.set(name, "key");
    }
    let ran = tool.run("--config a.toml config check");
    assert!(ran.exits(0).contains("none"), "{}", ran.out);
}
