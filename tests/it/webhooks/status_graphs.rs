//! The documented status graph of each processor, through parsing and the lifecycle.
//!
//! No documented step is illegal. Deliveries can be lost and vendors do not support every stage, so the last reported
//! stage may be any earlier one: every status is checked after every status from which it can be reached.

use std::collections::HashSet;

use chargeback::lifecycle::{Action, LedgerEntry, Lifecycle, MemoryLedger, ReportedStage};
use chargeback::sandbox::Sandbox;
use chargeback::spade::WonMeans;
use chargeback::webhooks::{Event, Mapping};
use chargeback::{Chargeback, Outcome, Reporter, Stage};
use serde_json::{Value, json};

use super::{
    adyen_verified, braintree_verified, case, checkout_verified, fixture, paypal_verified, pipwave_verified,
    stripe_verified,
};

/// The documented steps of a processor: a status and the statuses that may follow it.
type Steps = Vec<(&'static str, Vec<&'static str>)>;

struct Graph {
    name: &'static str,
    steps: Steps,
    /// Parses an event with this status on a day of a month.
    parse: fn(&str, u32) -> Event,
}

fn graphs() -> [Graph; 6] {
    [
        Graph { name: "stripe", steps: stripe_steps(), parse: stripe },
        Graph { name: "adyen", steps: adyen_steps(), parse: adyen },
        Graph { name: "checkout", steps: checkout_steps(), parse: checkout },
        Graph { name: "braintree", steps: braintree_steps(), parse: braintree },
        Graph { name: "paypal", steps: paypal_steps(), parse: paypal },
        Graph { name: "pipwave", steps: pipwave_steps(), parse: pipwave },
    ]
}

/// A won dispute can be opened again or lost later, and a lost one can be won.
fn stripe_steps() -> Steps {
    vec![
        ("warning_needs_response", vec!["warning_under_review", "warning_closed", "needs_response"]),
        ("warning_under_review", vec!["warning_closed", "needs_response"]),
        ("needs_response", vec!["under_review", "won", "lost", "charge_refunded"]),
        ("under_review", vec!["needs_response", "won", "lost"]),
        ("won", vec!["needs_response", "lost"]),
        ("lost", vec!["won"]),
    ]
}

fn stripe(status: &str, day: u32) -> Event {
    let mut event: Value =
        serde_json::from_str(&fixture("stripe", "charge.dispute.updated-under_review.json")).unwrap();
    event["created"] = (1_790_000_000 + day * 86_400).into();
    event["data"]["object"]["status"] = status.into();
    event["data"]["object"]["payment_method_details"]["card"]["case_type"] = Value::Null;
    stripe_verified(&event.to_string()).parse(&Mapping::default()).unwrap()
}

/// Event code and status. A request for information has another `pspReference`.
fn adyen_steps() -> Steps {
    let over = ["CHARGEBACK Accepted", "CHARGEBACK Expired", "CHARGEBACK Lost", "CHARGEBACK Won"];
    let ended = ["DISPUTE_DEFENSE_PERIOD_ENDED Undefended", "DISPUTE_DEFENSE_PERIOD_ENDED Accepted"];
    let open = ["INFORMATION_SUPPLIED Pending", "INFORMATION_SUPPLIED"];
    let answered =
        ["CHARGEBACK", "CHARGEBACK Pending", "CHARGEBACK_REVERSED", "PREARBITRATION_WON", "PREARBITRATION_LOST"];
    let second = ["SECOND_CHARGEBACK", "SECOND_CHARGEBACK Undefended", "SECOND_CHARGEBACK Pending"];
    let decided = ["PREARBITRATION_ACCEPTED", "PREARBITRATION_ISSUER_WITHDRAWN", "PREARBITRATION_WON"];
    let undecided = ["PREARBITRATION_DECLINED", "PREARBITRATION_LOST", "SCHEME_ARBITRATION"];
    let all = |lists: &[&[&'static str]]| lists.concat();
    vec![
        ("NOTIFICATION_OF_CHARGEBACK", all(&[&open, &ended, &over, &["CHARGEBACK", "CHARGEBACK Undefended"]])),
        ("CHARGEBACK", all(&[&open, &ended, &over, &["CHARGEBACK_REVERSED"]])),
        ("CHARGEBACK Undefended", all(&[&open, &ended, &over])),
        ("INFORMATION_SUPPLIED", all(&[&answered, &over])),
        ("INFORMATION_SUPPLIED Pending", all(&[&answered, &over])),
        // The end of the defense period follows an acceptance too.
        ("CHARGEBACK Accepted", vec!["DISPUTE_DEFENSE_PERIOD_ENDED Accepted", "DISPUTE_DEFENSE_PERIOD_ENDED Lost"]),
        ("CHARGEBACK Lost", vec!["DISPUTE_DEFENSE_PERIOD_ENDED Lost"]),
        ("CHARGEBACK Pending", all(&[&over, &["CHARGEBACK_REVERSED"]])),
        ("DISPUTE_DEFENSE_PERIOD_ENDED Undefended", all(&[&over, &["CHARGEBACK"]])),
        ("DISPUTE_DEFENSE_PERIOD_ENDED Accepted", vec!["CHARGEBACK Accepted", "CHARGEBACK Lost"]),
        ("CHARGEBACK_REVERSED", all(&[&second, &["ISSUER_RESPONSE_TIMEFRAME_EXPIRED", "PREARBITRATION_OPEN"]])),
        ("SECOND_CHARGEBACK", all(&[&decided, &["PREARBITRATION_OPEN"]])),
        (
            "SECOND_CHARGEBACK Undefended",
            vec![
                "SECOND_CHARGEBACK Accepted",
                "SECOND_CHARGEBACK Expired",
                "SECOND_CHARGEBACK Pending",
                "SECOND_CHARGEBACK",
            ],
        ),
        ("SECOND_CHARGEBACK Pending", vec!["SECOND_CHARGEBACK Won", "SECOND_CHARGEBACK Lost", "PREARBITRATION_OPEN"]),
        ("PREARBITRATION_OPEN", all(&[&decided, &undecided])),
        ("PREARBITRATION_DECLINED", vec!["SCHEME_ARBITRATION", "PREARBITRATION_ISSUER_WITHDRAWN"]),
        ("PREARBITRATION_LOST", vec!["SCHEME_ARBITRATION"]),
        ("SCHEME_ARBITRATION", vec!["SCHEME_ARBITRATION_WON", "SCHEME_ARBITRATION_LOST"]),
    ]
}

fn adyen(status: &str, day: u32) -> Event {
    let (event_code, status) = status.split_once(' ').map_or((status, None), |(code, status)| (code, Some(status)));
    let mut post: Value = serde_json::from_str(&fixture("adyen", "CHARGEBACK-undefended.json")).unwrap();
    let item = &mut post["notificationItems"][0]["NotificationRequestItem"];
    item["eventCode"] = event_code.into();
    item["eventDate"] = format!("2026-03-{day:02}T10:15:30+01:00").into();
    item["additionalData"]["disputeStatus"] = status.into();
    adyen_verified(&post.to_string()).parse(&Mapping::default()).remove(0).unwrap()
}

/// The arbitration follows a lost representment, or an issuer's appeal against a won one.
fn checkout_steps() -> Steps {
    let ends = ["dispute_accepted", "dispute_expired", "dispute_canceled", "dispute_resolved"];
    let all = |lists: &[&[&'static str]]| lists.concat();
    vec![
        ("dispute_received", all(&[&ends, &["dispute_evidence_required", "dispute_evidence_submitted"]])),
        ("dispute_evidence_required", all(&[&ends, &["dispute_evidence_submitted"]])),
        (
            "dispute_evidence_submitted",
            all(&[&ends, &["dispute_evidence_acknowledged_by_scheme", "dispute_won", "dispute_lost"]]),
        ),
        ("dispute_evidence_acknowledged_by_scheme", all(&[&ends, &["dispute_won", "dispute_lost"]])),
        ("dispute_expired", vec!["dispute_lost"]),
        ("dispute_won", vec!["dispute_arbitration_evidence_submitted", "dispute_lost"]),
        ("dispute_lost", vec!["dispute_arbitration_evidence_submitted", "dispute_arbitration_sent_to_scheme"]),
        ("dispute_arbitration_evidence_submitted", vec!["dispute_arbitration_sent_to_scheme"]),
        ("dispute_arbitration_sent_to_scheme", vec!["dispute_arbitration_won", "dispute_arbitration_lost"]),
    ]
}

fn checkout(status: &str, day: u32) -> Event {
    let mut event: Value = serde_json::from_str(&fixture("checkout", "dispute_lost.json")).unwrap();
    event["type"] = status.into();
    event["timestamp"] = format!("2026-03-{day:02}T10:20:32Z").into();
    event["data"]["id"] = "dsp_1".into();
    checkout_verified(&event.to_string()).parse(&Mapping::default()).unwrap()
}

/// A pre-arbitration is a dispute with another id.
fn braintree_steps() -> Steps {
    vec![
        ("open", vec!["disputed", "under_review", "accepted", "auto_accepted", "expired", "won", "lost"]),
        ("under_review", vec!["open", "disputed", "accepted", "auto_accepted", "expired", "won", "lost"]),
        ("disputed", vec!["under_review", "won", "lost", "accepted"]),
        ("expired", vec!["lost"]),
    ]
}

fn braintree(status: &str, day: u32) -> Event {
    let xml = fixture("braintree", "dispute_opened-chargeback.xml")
        .replace("<status>open</status>\n      <updated-at", &format!("<status>{status}</status>\n      <updated-at"))
        .replace(">2026-03-02T10:15:30Z</timestamp>", &format!(">2026-03-{day:02}T10:15:30Z</timestamp>"));
    let event = braintree_verified(&xml).parse(&Mapping::default()).unwrap();
    let Event::Dispute(dispute) = &event else { panic!("{event:?}") };
    assert_eq!(dispute.occurred_at.to_rfc3339()[..10], format!("2026-03-{day:02}"));
    event
}

/// Life cycle stage, status and an answer of the merchant (`+`). Every open status may follow every other. The merchant
/// appeals against a decision (`PRE_ARBITRATION`, `ARBITRATION`).
fn paypal_steps() -> Steps {
    let claim = [
        "CHARGEBACK OPEN",
        "CHARGEBACK WAITING_FOR_BUYER_RESPONSE",
        "CHARGEBACK WAITING_FOR_SELLER_RESPONSE",
        "CHARGEBACK UNDER_REVIEW",
        "CHARGEBACK OTHER",
        "CHARGEBACK UNDER_REVIEW +",
        "CHARGEBACK WAITING_FOR_BUYER_RESPONSE +",
        "CHARGEBACK WAITING_FOR_SELLER_RESPONSE +",
    ];
    let appeal =
        ["PRE_ARBITRATION OPEN", "PRE_ARBITRATION UNDER_REVIEW", "ARBITRATION OPEN", "ARBITRATION UNDER_REVIEW"];
    let against = [
        "CHARGEBACK RESOLVED_BUYER_FAVOUR",
        "CHARGEBACK ACCEPTED",
        "CHARGEBACK DENIED",
        "CHARGEBACK NONE",
        "PRE_ARBITRATION RESOLVED_BUYER_FAVOUR",
    ];
    let other =
        ["CHARGEBACK RESOLVED_SELLER_FAVOUR", "CHARGEBACK RESOLVED_WITH_PAYOUT", "CHARGEBACK CANCELED_BY_BUYER"];
    let next = |lists: &[&[&'static str]]| lists.concat();
    let inquiry = ["INQUIRY WAITING_FOR_SELLER_RESPONSE", "INQUIRY UNDER_REVIEW +", "INQUIRY CANCELED_BY_BUYER"];
    let mut steps = vec![("INQUIRY OPEN", next(&[&inquiry, &claim]))];
    steps.extend(inquiry[..2].iter().map(|from| (*from, next(&[&inquiry, &claim]))));
    steps.extend(claim.iter().map(|from| (*from, next(&[&claim, &appeal, &against, &other]))));
    steps.extend(against.iter().map(|from| (*from, appeal.to_vec())));
    steps.extend(appeal.iter().map(|from| (*from, next(&[&appeal, &against, &other]))));
    steps
}

fn paypal(status: &str, day: u32) -> Event {
    let (life_cycle, status) = status.split_once(' ').unwrap();
    let (status, answered) = status.split_once(' ').map_or((status, false), |(status, _)| (status, true));
    let open = ["OPEN", "OTHER", "UNDER_REVIEW", "WAITING_FOR_BUYER_RESPONSE", "WAITING_FOR_SELLER_RESPONSE"];
    let mut event: Value =
        serde_json::from_str(&fixture("paypal", "CUSTOMER.DISPUTE.UPDATED-waiting_for_seller.json")).unwrap();
    let dispute = &mut event["resource"];
    dispute["update_time"] = format!("2026-03-{day:02}T09:00:00.000Z").into();
    dispute["dispute_life_cycle_stage"] = life_cycle.into();
    if open.contains(&status) {
        dispute["status"] = status.into();
    } else {
        dispute["status"] = "RESOLVED".into();
        dispute["dispute_outcome"] = json!({ "outcome_code": status });
    }
    if answered {
        let evidence = json!({ "source": "SUBMITTED_BY_SELLER", "dispute_life_cycle_stage": life_cycle });
        dispute["evidences"] = json!([evidence]);
    }
    paypal_verified(&event.to_string()).parse(&Mapping::default()).unwrap()
}

/// The case is the payment, which can be charged back again.
fn pipwave_steps() -> Steps {
    ["1", "6", "7", "8", "10"].map(|from| (from, vec!["1", "6", "7", "8", "10"])).to_vec()
}

fn pipwave(status: &str, day: u32) -> Event {
    let mut post: Value =
        serde_json::from_str(&fixture("pipwave", "chargeback-reverse_status_1_pending.json")).unwrap();
    post["reverse_status"] = status.into();
    post["timestamp"] = (1_772_445_600 + day * 86_400).to_string().into();
    pipwave_verified(&post.to_string()).parse(&Mapping::default()).unwrap()
}

/// The chargeback of a status; `None` before a chargeback.
fn chargeback(graph: &Graph, status: &str, day: u32) -> Option<Chargeback> {
    match (graph.parse)(status, day) {
        Event::TestMode(test) => match test.treat_as_live() {
            Event::Dispute(event) => Some(event.chargeback),
            Event::PreDispute(_) => None,
            other => panic!("{} {status}: {other:?}", graph.name),
        },
        Event::PreDispute(_) => None,
        event => Some(case(Ok(event)).chargeback),
    }
}

fn reachable<'g>(graph: &'g Graph, from: &'g str) -> HashSet<&'g str> {
    let (mut found, mut rest) = (HashSet::new(), vec![from]);
    while let Some(status) = rest.pop() {
        let next = graph.steps.iter().find(|(from, _)| *from == status).map_or(&[][..], |(_, next)| next);
        rest.extend(next.iter().copied().filter(|next| found.insert(*next)));
    }
    found
}

#[test]
fn no_documented_step_is_illegal() {
    let mut blocked = Vec::new();
    for graph in graphs() {
        for (from, _) in &graph.steps {
            let Some(before) = chargeback(&graph, from, 1) else { continue };
            for to in reachable(&graph, from) {
                let Some(after) = chargeback(&graph, to, 2) else { panic!("{} goes back to {to}", graph.name) };
                let mut entry = LedgerEntry::default();
                entry.acknowledged = Some(ReportedStage::for_chargeback(&before));
                let (transition, action) = Lifecycle::default().judge(&entry, &after);
                if action == Action::Block {
                    blocked.push(format!(
                        "{}: {from} to {to} ({} to {}) is {transition}",
                        graph.name,
                        before.stage(),
                        after.stage()
                    ));
                }
            }
        }
    }
    blocked.sort();
    assert!(blocked.is_empty(), "{blocked:#?}");
}

/// Walks along the documented steps, through a reporter with a ledger.
#[tokio::test(start_paused = true)]
async fn no_documented_walk_is_blocked_at_a_vendor() {
    let mut dice = fastrand::Rng::with_seed(7);
    for graph in graphs() {
        for _ in 0..30 {
            let sandbox = Sandbox::in_memory();
            let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
            let thirdwatch = sandbox.connect(sandbox.thirdwatch_connector()).build().unwrap();
            let reporter = Reporter::builder().required(spade).required(thirdwatch).ledger(MemoryLedger::new());
            let reporter = reporter.build().unwrap();
            let (mut status, mut walked) = (graph.steps[dice.usize(0..graph.steps.len().min(3))].0, Vec::new());
            for day in 1..9 {
                walked.push(status);
                if let Some(chargeback) = chargeback(&graph, status, day) {
                    let builder = chargeback.to_builder().user_id("user-1");
                    let builder = builder.vendor_payment(chargeback::spade::ID, crate::support::ENRICHMENT);
                    for result in &reporter.report(&builder.build().unwrap()).await {
                        let outcome = result.outcome();
                        assert!(
                            matches!(outcome, Outcome::Acknowledged(_) | Outcome::Skipped(_) | Outcome::Unsupported(_)),
                            "{} {walked:?}: {outcome}",
                            graph.name
                        );
                    }
                }
                let next = graph.steps.iter().find(|(from, _)| *from == status).map(|(_, next)| next);
                let Some(next) = next else { break };
                status = next[dice.usize(0..next.len())];
            }
        }
    }
}

/// An open claim at `PayPal` is never a representment, unless the seller has submitted evidence.
#[test]
fn whose_turn_it_is_does_not_show_an_answer() {
    for (graph, statuses) in [
        (
            &graphs()[4],
            &["OPEN", "OTHER", "UNDER_REVIEW", "WAITING_FOR_BUYER_RESPONSE", "WAITING_FOR_SELLER_RESPONSE"][..],
        ),
        (&graphs()[3], &["open", "under_review"]),
    ] {
        for status in statuses {
            let status = if graph.name == "paypal" { format!("CHARGEBACK {status}") } else { (*status).to_owned() };
            let chargeback = chargeback(graph, &status, 1).unwrap();
            assert_eq!((chargeback.stage(), chargeback.representment()), (Stage::Received, None), "{status}");
        }
    }
    let answered = chargeback(&graphs()[4], "CHARGEBACK UNDER_REVIEW +", 1).unwrap();
    assert_eq!(answered.stage(), Stage::UnderReview);
    assert!(answered.representment().is_some());
}
