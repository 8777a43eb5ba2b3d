//! The decision to report, skip or block a stage.

use chargeback::lifecycle::{Action, LedgerEntry, Lifecycle, MemoryLedger, ReportedStage, Transition};
use chargeback::sandbox::Sandbox;
use chargeback::spade::WonMeans;
use chargeback::{Reporter, Stage};

use super::case_at;
use crate::reporter::numbered_case;
use crate::support::at;

#[test]
fn judge_uses_time_graph_and_doubt() {
    let reported = |stage, day| Some(ReportedStage::new(stage, at(day, 9)));
    let mut entry = LedgerEntry::default();
    let judge = |entry: &LedgerEntry, stage, day| Lifecycle::default().judge(entry, &case_at(stage, day));
    assert_eq!(judge(&entry, Stage::Lost, 1), (Transition::First, Action::Report));
    entry.acknowledged = reported(Stage::Won, 10);
    assert_eq!(judge(&entry, Stage::Won, 10), (Transition::Refresh, Action::Skip));
    assert_eq!(judge(&entry, Stage::Won, 11), (Transition::Refresh, Action::Skip));
    assert_eq!(judge(&entry, Stage::Closed, 10), (Transition::Advance, Action::Report));
    assert_eq!(judge(&entry, Stage::Received, 9), (Transition::Stale, Action::Skip));
    assert_eq!(judge(&entry, Stage::Closed, 9), (Transition::Stale, Action::Skip));
    assert_eq!(judge(&entry, Stage::Received, 11), (Transition::Reopen, Action::Report));
    assert_eq!(judge(&entry, Stage::Alert, 11), (Transition::Illegal, Action::Block));
    // A stage in flight counts as the last one, and its repetition is reported.
    entry.in_flight = reported(Stage::Lost, 12);
    assert_eq!(judge(&entry, Stage::Lost, 12), (Transition::Refresh, Action::Report));
    assert_eq!(judge(&entry, Stage::Won, 10), (Transition::Stale, Action::Skip));
    let strict = Lifecycle::default().refresh(Action::Block).reopen(Action::Block).illegal(Action::Report);
    assert_eq!(strict.judge(&entry, &case_at(Stage::Won, 13)), (Transition::Reopen, Action::Block));
    assert_eq!(strict.judge(&entry, &case_at(Stage::Alert, 13)), (Transition::Illegal, Action::Report));
    let json = serde_json::to_string(&entry).unwrap();
    assert_eq!(serde_json::from_str::<LedgerEntry>(&json).unwrap(), entry);
}

/// The order of `Stage::ALL` decides which of two stages with the same time came first.
#[test]
fn stage_order_decides_between_equal_times() {
    let judge = |last: Stage, next: Stage| {
        let mut entry = LedgerEntry::default();
        entry.acknowledged = Some(ReportedStage::new(last, at(3, 9)));
        Lifecycle::default().judge(&entry, &case_at(next, 3))
    };
    assert_eq!(judge(Stage::Refunded, Stage::Received), (Transition::Stale, Action::Skip));
    assert_eq!(judge(Stage::Lost, Stage::Won), (Transition::Stale, Action::Skip));
    assert_eq!(judge(Stage::Won, Stage::Lost), (Transition::Advance, Action::Report));
    assert_eq!(judge(Stage::Received, Stage::Won), (Transition::Advance, Action::Report));
    // The graph has no step back, and a feed with dates repeats both stages when it is read again.
    assert_eq!(judge(Stage::Accepted, Stage::Received), (Transition::Stale, Action::Skip));
    assert_eq!(judge(Stage::Lost, Stage::UnderReview), (Transition::Stale, Action::Skip));
    assert_eq!(judge(Stage::Alert, Stage::Won), (Transition::Advance, Action::Report));
}

#[tokio::test(start_paused = true)]
async fn custom_lifecycle_decides_the_action() {
    let sandbox = Sandbox::in_memory();
    let spade = || sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let outcome_kinds = async |lifecycle: Option<Lifecycle>| {
        let builder = Reporter::builder().required(spade()).ledger(MemoryLedger::new());
        let reporter = lifecycle.into_iter().fold(builder, chargeback::ReporterBuilder::lifecycle).build().unwrap();
        let _ = reporter.report(&numbered_case(1)).await;
        let again = reporter.report(&numbered_case(1)).await;
        (&again).into_iter().map(|outcome| outcome.outcome().as_str()).collect::<Vec<_>>()
    };
    assert_eq!(outcome_kinds(None).await, ["skipped"]);
    assert_eq!(outcome_kinds(Some(Lifecycle::default().refresh(Action::Report))).await, ["acknowledged"]);
    assert_eq!(
        outcome_kinds(Some(Lifecycle::default().refresh(Action::Block).reopen(Action::Skip))).await,
        ["blocked"]
    );
}
