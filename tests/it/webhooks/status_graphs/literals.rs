//! The graphs contain every status that a processor's `stage.rs` reads.

use std::collections::BTreeSet;
use std::path::Path;

use super::graphs;
use crate::house::source::Source;

/// The texts in a processor's `stage.rs` that are no statuses: names of fields, prefixes and names of events.
const OTHER_TEXTS: [(&str, &[&str]); 6] = [
    (
        "stripe",
        &[
            "charge.dispute.",
            "created",
            "updated",
            "closed",
            "funds_withdrawn",
            "funds_reinstated",
            "radar.early_fraud_warning.",
            "v1.",
            "warning_",
            "status",
            "type",
        ],
    ),
    (
        "adyen",
        &[
            "eventCode",
            "additionalData.disputeStatus",
            "DISPUTE",
            "PREARBITRATION",
            "ARBITRATION",
            "NOTIFICATION_OF_",
            "ISSUER_",
        ],
    ),
    ("checkout", &["dispute_", "request_for_information_", "dispute_arbitration_", "type"]),
    ("braintree", &["kind", "status"]),
    (
        "paypal",
        &[
            "CUSTOMER.DISPUTE.",
            "CREATED",
            "UPDATED",
            // An event and the status of every outcome.
            "RESOLVED",
            "event_type",
            "status",
            "dispute_life_cycle_stage",
            "dispute_outcome.outcome_code",
        ],
    ),
    ("pipwave", &["chargeback", "type", "reverse_status"]),
];

/// Returns the string literals of a processor's `stage.rs`, without those of its unit tests.
fn literals(processor: &str) -> BTreeSet<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/webhooks").join(processor).join("stage.rs");
    let text = std::fs::read_to_string(file).unwrap();
    let (code, _) = text.split_once("#[cfg(test)]").unwrap();
    Source::parse(code).strings.into_iter().map(|literal| literal.text).collect()
}

#[test]
fn graphs_have_every_status_that_the_code_reads() {
    for (graph, (processor, other)) in graphs().iter().zip(OTHER_TEXTS) {
        assert_eq!(graph.name, processor);
        let statuses = graph.steps.iter().flat_map(|(from, next)| next.iter().chain([from]));
        let words: BTreeSet<&str> = statuses.flat_map(|status| status.split(' ')).collect();
        let literals = literals(processor);
        let other: BTreeSet<&str> = other.iter().copied().collect();
        let is_known = |text: &str| words.contains(text) || other.contains(text);
        let missing: Vec<_> = literals.iter().filter(|text| !is_known(text)).collect();
        assert!(missing.is_empty(), "{processor}: no step has {missing:?}");
        let unused: Vec<_> = other.iter().filter(|text| !literals.contains(**text) || words.contains(*text)).collect();
        assert!(unused.is_empty(), "{processor}: not in stage.rs, or a status: {unused:?}");
    }
}
