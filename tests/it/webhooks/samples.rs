//! The check of all samples of a processor.

use chargeback::webhooks::{Event, Mapping, PreDisputeState};

use serde_json::Value;

use super::{as_live, dispute, folder, read};

/// The stage, `-` for no dispute, `=` for no change, `?field` for an unknown value. A case before a chargeback has
/// the mark `stage!` and, if it is not open, its progress.
fn mark(event: &Event) -> String {
    match as_live(event.clone()) {
        Event::Dispute(event) => event.chargeback.stage().to_string(),
        Event::PreDispute(event) => match event.state {
            PreDisputeState::Open => format!("{}!", event.stage()),
            PreDisputeState::Answered => format!("{}!answered", event.stage()),
            PreDisputeState::Over(result) => format!("{}!{result}", event.stage()),
            other => format!("new: {other:?}"),
        },
        Event::NoChange(_) => "=".to_owned(),
        Event::NotADispute(_) => "-".to_owned(),
        Event::Unknown(unknown) => format!("?{}", unknown.field),
        other => format!("new: {other:?}"),
    }
}

/// True for a file with events that are verified.
pub fn is_sample(name: &str) -> bool {
    !["transmission_headers.json", "CHARGEBACK-unsigned.json", "batch-empty.json"].contains(&name)
}

/// Checks every sample of a processor. Each entry of `expected` is a prefix of file names and the marks of the
/// events; for a file, the longest prefix counts. Every prefix must be used. The mark of an error starts with `!`.
pub fn check(source: &str, expected: &[(&str, &str)]) {
    let mut names: Vec<String> = std::fs::read_dir(folder(source))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| is_sample(name))
        .collect();
    names.sort();
    let mut used = vec![false; expected.len()];
    let mut wrong = Vec::new();
    for name in &names {
        let longest =
            (0..expected.len()).filter(|&i| name.starts_with(expected[i].0)).max_by_key(|&i| expected[i].0.len());
        let Some(place) = longest else { panic!("{source}/{name} is not in the list") };
        used[place] = true;
        let read: Vec<String> = read(source, name, &Mapping::default())
            .iter()
            .map(|event| event.as_ref().map_or_else(|error| format!("! {error}"), mark))
            .collect();
        if read.join(" ") != expected[place].1 {
            wrong.push(format!("{name}: {}, not {}", read.join(" "), expected[place].1));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(
        used.iter().all(|used| *used),
        "{:?}",
        expected.iter().zip(&used).filter(|(_, used)| !**used).collect::<Vec<_>>()
    );
}

/// The chargeback of a sample, as JSON.
pub fn written(source: &str, name: &str) -> Value {
    serde_json::to_value(&dispute(source, name).chargeback).unwrap()
}
