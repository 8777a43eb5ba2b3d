//! The graph of stages.

use std::fmt::Write as _;

use chargeback::Stage;
use chargeback::lifecycle::Transition;

/// Rows are from, columns are to, in the order of `Stage::ALL`: `=` refresh, `A` advance, `R` reopen, `.` illegal.
const TRANSITIONS: [&str; 15] = [
    "=AA........A.AA", // alert
    ".=AAAAAAAAAAAAA", // inquiry
    "..=AAAAAAAAAAAA", // received
    "...=R....ARAAAA", // accepted
    "..RA=AAAAAAAAAA", // contested
    "..RAR=AAAAAAAAA", // under_review
    "...AAA=AAAAAAAA", // pre_arbitration
    "...A.RR=AA..A.A", // arbitration
    "..R..RRR=RRR..A", // won
    "..R..RRRR=RRRRA", // lost
    "..RR.RRRAR=..RA", // reversed
    "..R.......R=A.A", // refunded
    "..R.....A...=.A", // withdrawn
    "..AR.RRRRAR.A=A", // expired
    "..R..RRRRRR.R.=", // closed
];

const fn mark(transition: Transition) -> char {
    match transition {
        Transition::Refresh => '=',
        Transition::Advance => 'A',
        Transition::Reopen => 'R',
        Transition::Illegal => '.',
        _ => '?',
    }
}

#[test]
fn every_transition_matches_the_graph() {
    for (&from, row) in Stage::ALL.iter().zip(TRANSITIONS) {
        for (&to, expected) in Stage::ALL.iter().zip(row.chars()) {
            assert_eq!(mark(from.transition_to(to)), expected, "{from} to {to}");
        }
    }
}

#[test]
fn docs_show_the_graph() {
    let names: Vec<String> = Stage::ALL.iter().map(|stage| format!("`{stage}`")).collect();
    let mut table = "| from | forward to | back to |\n|---|---|---|\n".to_owned();
    for (&from, name) in Stage::ALL.iter().zip(&names) {
        let to = |kind: Transition| -> String {
            let steps = Stage::ALL.iter().zip(&names).filter(|(to, _)| from.transition_to(**to) == kind);
            steps.map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ")
        };
        writeln!(table, "| {name} | {} | {} |", to(Transition::Advance), to(Transition::Reopen)).unwrap();
    }
    crate::docs::check_block("src/lifecycle/transitions.md", "transitions", &table);
}
