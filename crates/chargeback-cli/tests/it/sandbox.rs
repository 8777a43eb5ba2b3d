//! `chargeback sandbox`.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::{Sandbox, Tool, rows};

#[test]
fn the_fakes_serve_any_client_and_count() {
    let mut tool = Tool::new();
    let sandbox = Sandbox::start(&mut tool);
    tool.run("config check").exits(0);
    tool.write("a.csv", rows(0..1));
    tool.run("report a.csv --vendor sift,revcent").exits(0);
    assert_eq!(sandbox.cases("sift"), [("ORD-0".to_owned(), 3)]);
    let revcent = sandbox.cases("revcent");
    assert_eq!(revcent.len(), 1);
    let (status, case) = sandbox.control("GET", "/vendors/sift/cases/ORD-0", "");
    assert_eq!((status, &case["cases"][0]["writes"]), (200, &3.into()));
    assert_eq!(sandbox.control("GET", "/vendors/sift/cases/ORD-1", "").0, 404);
    assert!(sandbox.acted("sift") == 3 && sandbox.acted("spade") == 0);
    sandbox.set("/vendors/all/reset", "");
    assert!(sandbox.cases("sift").is_empty() && sandbox.acted("sift") == 0);
}

#[test]
fn a_case_of_revcent_is_found_by_the_id_of_the_merchant() {
    let mut tool = Tool::new();
    let sandbox = Sandbox::start(&mut tool);
    tool.write("one.csv", rows(0..1).lines().take(2).collect::<Vec<_>>().join("\n"));
    tool.run("report one.csv --vendor revcent").exits(0);
    let (status, found) = sandbox.control("GET", "/vendors/revcent/cases/CB-0", "");
    assert_eq!(status, 200, "{found}");
    assert_eq!(found["cases"][0]["key"], sandbox.cases("revcent")[0].0);
    assert_eq!(sandbox.control("GET", "/vendors/revcent/cases/CB-1", "").0, 404);
}

#[test]
fn faults_and_delays_are_set_by_requests() {
    let mut tool = Tool::new();
    let sandbox = Sandbox::start(&mut tool);
    tool.write("a.csv", rows(0..1));
    sandbox.set("/vendors/sift/fault", r#"{"kind":"rejection"}"#);
    let ran = tool.run("report a.csv --vendor sift");
    assert!(ran.exits(4).contains("sift: failed"), "{}", ran.out);
    sandbox.set("/vendors/sift/recover", "");
    tool.run("report a.csv --vendor sift").exits(0);

    sandbox.set("/vendors/sift/delay", r#"{"before_ms":150,"after_ms":150}"#);
    let start = Instant::now();
    tool.run("report a.csv --vendor sift").exits(0);
    assert!(start.elapsed() >= Duration::from_millis(900), "three reports of 300 ms: {:?}", start.elapsed());
    sandbox.set("/vendors/sift/recover", "");

    // The connection is closed after the vendor has acted.
    sandbox.set("/vendors/sift/reset", "");
    sandbox.set("/vendors/sift/fault", r#"{"kind":"reset","acts":true,"next_write":true}"#);
    tool.run("report a.csv --vendor sift").exits(0);
    assert_eq!(sandbox.cases("sift")[0].1, 4, "the first report was sent again");

    // A share of all requests.
    sandbox.set("/vendors/sift/fault", r#"{"kind":"server_error","share":1.0}"#);
    tool.run("report a.csv --vendor sift").exits(4);
    for (path, body, status) in [
        ("/vendors/sift/fault", r#"{"kind":"storm"}"#, 400),
        ("/vendors/sift/fault", r#"{"kind":"reset","share":2}"#, 400),
        ("/vendors/sift/fault", r#"{"kind":"reset","share":0.5,"next_write":true}"#, 400),
        ("/vendors/acme/reset", "", 404),
        ("/elsewhere", "", 404),
    ] {
        let (found, reply) = sandbox.control("POST", path, body);
        assert_eq!(found, status, "{path} {body}: {reply}");
        assert!(reply["error"].is_string());
    }
}

#[test]
fn a_used_port_is_an_error_with_the_next_step() {
    let mut tool = Tool::new();
    let sandbox = Sandbox::start(&mut tool);
    let ran = tool.run(&format!("sandbox --port {}", sandbox.port));
    ran.fails(1, "choose another --port");
    tool.run("sandbox --port 65530").fails(2, "--port must be from 1 to 65525");
}

#[cfg(unix)]
#[test]
fn sigterm_ends_the_sandbox() {
    let tool = Tool::new();
    let mut child = tool.command(&["sandbox", "--port", "9890"]).stdout(Stdio::piped()).spawn().unwrap();
    let output = std::io::BufReader::new(child.stdout.take().unwrap());
    // The port may be in use: the process has ended then, with the code 1.
    if std::io::BufRead::lines(output).map_while(Result::ok).any(|line| line == "ready") {
        crate::interrupt::signal(&child, "TERM");
        assert_eq!(child.wait().unwrap().code(), Some(0));
    } else {
        assert_eq!(child.wait().unwrap().code(), Some(1));
    }
}
