//! The documented status graph of each processor, through parsing and the lifecycle.
//!
//! No documented step is illegal. Deliveries can be lost and vendors do not support every stage, so the last reported
//! stage may be any earlier one: every status is checked after every status from which it can be reached. Cases before
//! a chargeback are checked as an application reports them after
//! [`into_chargeback_before_dispute`](chargeback::webhooks::PreDisputeEvent::into_chargeback_before_dispute).

mod events;
mod literals;
mod steps;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chargeback::lifecycle::{Action, LedgerEntry, Lifecycle, MemoryLedger, ReportedStage};
use chargeback::sandbox::Sandbox;
use chargeback::spade::WonMeans;
use chargeback::webhooks::Event;
use chargeback::{Chargeback, Outcome, Reporter, Stage};

use self::steps::{PAYPAL_OPEN, Steps};
use super::as_live;
use crate::provider::outside::{MOCK, Mock};
use crate::support::Events;

struct Graph {
    name: &'static str,
    steps: Steps,
    /// Parses an event with this status on a day of a month.
    parse: fn(&str, u32) -> Event,
}

fn graphs() -> [Graph; 6] {
    [
        Graph { name: "stripe", steps: steps::stripe(), parse: events::stripe },
        Graph { name: "adyen", steps: steps::adyen(), parse: events::adyen },
        Graph { name: "checkout", steps: steps::checkout(), parse: events::checkout },
        Graph { name: "braintree", steps: steps::braintree(), parse: events::braintree },
        Graph { name: "paypal", steps: steps::paypal(), parse: events::paypal },
        Graph { name: "pipwave", steps: steps::pipwave(), parse: events::pipwave },
    ]
}

/// A case as an event shows it.
struct Case {
    chargeback: Chargeback,
    is_pre_dispute: bool,
}

impl Graph {
    /// Parses an event; `None` if it does not change the case.
    fn case(&self, status: &str, day: u32) -> Option<Case> {
        let (chargeback, is_pre_dispute) = match as_live((self.parse)(status, day)) {
            Event::Dispute(event) => (event.chargeback, false),
            Event::PreDispute(event) => (event.into_chargeback_before_dispute(), true),
            Event::NoChange(_) => return None,
            other => panic!("{} {status}: {other:?}", self.name),
        };
        Some(Case { chargeback, is_pre_dispute })
    }

    /// Returns the cases of all statuses that change the case.
    fn cases(&self, day: u32) -> HashMap<&str, Case> {
        let statuses: HashSet<&String> = self.steps.iter().flat_map(|(from, next)| next.iter().chain([from])).collect();
        statuses.into_iter().filter_map(|status| Some((status.as_str(), self.case(status, day)?))).collect()
    }

    /// Returns the statuses that may follow directly.
    fn next(&self, status: &str) -> &[String] {
        self.steps.iter().find(|(from, _)| from == status).map_or(&[], |(_, next)| next)
    }

    fn reachable<'g>(&'g self, from: &'g str) -> HashSet<&'g str> {
        let (mut found, mut rest) = (HashSet::new(), vec![from]);
        while let Some(status) = rest.pop() {
            rest.extend(self.next(status).iter().map(String::as_str).filter(|next| found.insert(*next)));
        }
        found
    }
}

#[test]
fn no_documented_step_is_illegal() {
    let mut blocked = BTreeMap::new();
    for graph in graphs() {
        let (first, second) = (graph.cases(1), graph.cases(2));
        for (from, before) in &first {
            for to in graph.reachable(from) {
                let Some(after) = second.get(to) else { continue };
                assert_eq!(before.chargeback.case_id(), after.chargeback.case_id(), "{} {from} {to}", graph.name);
                assert!(before.is_pre_dispute || !after.is_pre_dispute, "{} goes back to {to}", graph.name);
                let passed = after.chargeback.occurred_at() - before.chargeback.occurred_at();
                assert_eq!(passed.num_hours(), 24, "{} {from} {to}", graph.name);
                let mut entry = LedgerEntry::default();
                entry.acknowledged = Some(ReportedStage::for_chargeback(&before.chargeback));
                let (transition, action) = Lifecycle::default().judge(&entry, &after.chargeback);
                if action == Action::Block {
                    let [old, new] = [before, after].map(|case| case.chargeback.stage().as_str());
                    blocked.insert((graph.name, old, new), format!("{from} to {to} is {transition}"));
                }
            }
        }
    }
    assert!(blocked.is_empty(), "{blocked:#?}");
}

/// Walks along the documented steps, through a reporter with a ledger. The mock supports every stage.
#[tokio::test(start_paused = true)]
async fn no_documented_walk_is_blocked_at_a_vendor() {
    let mut dice = fastrand::Rng::with_seed(7);
    for graph in graphs() {
        for _ in 0..60 {
            let sandbox = Sandbox::in_memory();
            let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
            let thirdwatch = sandbox.connect(sandbox.thirdwatch_connector()).build().unwrap();
            let mock = Mock::new(&Events::default(), []);
            let reporter = Reporter::builder().required(spade).required(thirdwatch).required(mock);
            let reporter = reporter.ledger(MemoryLedger::new()).build().unwrap();
            let (mut status, mut walked) = (graph.steps[dice.usize(0..graph.steps.len())].0.as_str(), Vec::new());
            for day in 1..9 {
                walked.push(status);
                if let Some(case) = graph.case(status, day) {
                    check_report(&reporter, &case, &format!("{} {walked:?}", graph.name)).await;
                }
                let next = graph.next(status);
                if next.is_empty() {
                    break;
                }
                status = &next[dice.usize(0..next.len())];
            }
        }
    }
}

async fn check_report(reporter: &Reporter, case: &Case, walk: &str) {
    let builder = case.chargeback.to_builder().user_id("user-1");
    let chargeback = builder.vendor_payment(chargeback::spade::ID, crate::support::ENRICHMENT).build().unwrap();
    for result in &reporter.report(&chargeback).await {
        let outcome = result.outcome();
        let has_passed = match outcome {
            Outcome::Acknowledged(_) | Outcome::Skipped(_) => true,
            Outcome::Unsupported(_) => *result.provider() != MOCK,
            _ => false,
        };
        assert!(has_passed, "{walk}, {}: {outcome}", result.provider());
    }
}

#[test]
fn every_kind_of_case_before_a_chargeback_is_walked() {
    for graph in graphs() {
        let cases = graph.cases(1);
        let before = cases.values().filter(|case| case.is_pre_dispute);
        let stages: BTreeSet<&str> = before.map(|case| case.chargeback.stage().as_str()).collect();
        let expected: &[&str] = match graph.name {
            "stripe" | "adyen" => &["alert", "inquiry"],
            "pipwave" => &[],
            _ => &["inquiry"],
        };
        assert_eq!(Vec::from_iter(stages), expected, "{}", graph.name);
    }
}

/// An open claim at `PayPal` is never a representment, unless the seller has submitted evidence.
#[test]
fn whose_turn_it_is_does_not_show_an_answer() {
    let [.., braintree, paypal, _] = graphs();
    let claims = PAYPAL_OPEN.map(|status| format!("CHARGEBACK {status}"));
    let claims = claims.iter().map(|status| (&paypal, status.as_str()));
    let disputes = ["open chargeback", "under_review chargeback"].map(|status| (&braintree, status));
    for (graph, status) in claims.chain(disputes) {
        let chargeback = graph.case(status, 1).unwrap().chargeback;
        assert_eq!((chargeback.stage(), chargeback.representment()), (Stage::Received, None), "{status}");
    }
    for (graph, status) in [(&paypal, "CHARGEBACK UNDER_REVIEW +"), (&braintree, "under_review chargeback +")] {
        let chargeback = graph.case(status, 1).unwrap().chargeback;
        assert_eq!(chargeback.stage(), Stage::UnderReview, "{status}");
        assert!(chargeback.representment().is_some(), "{status}");
    }
}
