//! The order of stages: all pairs and triples, at equal and at different times, in every order of arrival.

use chargeback::lifecycle::{Action, LedgerEntry, Lifecycle, ReportedStage, Transition};
use chargeback::{Chargeback, Reason, Stage};
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

use crate::support::{at, plain};

fn case(stage: Stage, time: DateTime<Utc>) -> Chargeback {
    plain("case-1", stage, Reason::FraudOther).stage(stage, time).build().unwrap()
}

/// Delivers the events to a vendor that acknowledges every report. Returns the number of reports.
fn deliver(lifecycle: Lifecycle, entry: &mut LedgerEntry, events: &[(Stage, u32)]) -> usize {
    let mut reports = 0;
    for (stage, day) in events {
        let chargeback = case(*stage, at(*day, 9));
        if lifecycle.judge(entry, &chargeback).1 == Action::Report {
            entry.acknowledged = Some(ReportedStage::for_chargeback(&chargeback));
            reports += 1;
        } else if let Some(later) = entry.refreshed(&chargeback) {
            *entry = later;
        }
    }
    reports
}

/// Every order of three events.
fn permutations<T: Copy>([a, b, c]: [T; 3]) -> [[T; 3]; 6] {
    [[a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]]
}

fn triples() -> impl Iterator<Item = [Stage; 3]> {
    let all = || Stage::ALL.iter().copied();
    all().flat_map(move |a| all().flat_map(move |b| all().map(move |c| [a, b, c])))
}

/// The days of the three events: different, equal, and partly equal.
const DAYS: [[u32; 3]; 4] = [[1, 2, 3], [1, 1, 1], [1, 1, 2], [1, 2, 2]];

#[test]
fn equal_times_end_in_the_same_stage_in_both_orders_of_arrival() {
    for &first in Stage::ALL {
        for &second in Stage::ALL {
            let ends = [[(first, 1), (second, 1)], [(second, 1), (first, 1)]].map(|events| {
                let mut entry = LedgerEntry::default();
                let reports = deliver(Lifecycle::default(), &mut entry, &events);
                assert!(reports <= 2, "{first}, {second}: {reports} reports");
                entry
            });
            assert_eq!(ends[0], ends[1], "{first}, {second}");
        }
    }
}

#[test]
fn repeated_feed_sends_nothing_twice() {
    for stages in triples() {
        for days in DAYS {
            let events = [0, 1, 2].map(|place| (stages[place], days[place]));
            for events in permutations(events) {
                let (mut entry, mut sent) = (LedgerEntry::default(), Vec::new());
                for event in events.iter().cycle().take(12) {
                    if deliver(Lifecycle::default(), &mut entry, &[*event]) > 0 {
                        assert!(!sent.contains(event), "{event:?} of {events:?} is sent twice");
                        sent.push(*event);
                    }
                }
            }
        }
    }
}

#[test]
fn order_of_arrival_does_not_change_the_final_stage() {
    // Illegal transitions are sent too: they depend on the stage before, and so on the order of arrival.
    let lifecycle = Lifecycle::default().illegal(Action::Report);
    for stages in triples() {
        for days in DAYS {
            let events = [0, 1, 2].map(|place| (stages[place], days[place]));
            let ends = permutations(events).map(|events| {
                let mut entry = LedgerEntry::default();
                let reports = deliver(lifecycle, &mut entry, &events);
                assert!(reports <= 3);
                entry.acknowledged.unwrap()
            });
            assert!(ends.iter().all(|end| *end == ends[0]), "{events:?} ends in {ends:?}");
        }
    }
}

#[test]
fn stage_in_flight_is_sent_again_whatever_the_store_rounds() {
    let exact = at(3, 9) + TimeDelta::nanoseconds(123_456_789);
    let almost = at(3, 9) + TimeDelta::nanoseconds(999_999_999);
    for time in [exact, almost] {
        for digits in [9, 6, 3, 0] {
            for stored in [time.trunc_subsecs(digits), time.round_subsecs(digits)] {
                for &stage in Stage::ALL {
                    let mut entry = LedgerEntry::default();
                    entry.in_flight = Some(ReportedStage::new(stage, stored));
                    let judged = Lifecycle::default().judge(&entry, &case(stage, time));
                    assert_eq!(judged, (Transition::Refresh, Action::Report), "{stage} at {time}, stored {stored}");
                }
            }
        }
    }
}

#[test]
fn acknowledged_stage_is_not_sent_again_whatever_the_store_rounds() {
    let time = at(3, 9) + TimeDelta::nanoseconds(600_600_600);
    for digits in [9, 6, 3, 0] {
        for stored in [time.trunc_subsecs(digits), time.round_subsecs(digits)] {
            let mut entry = LedgerEntry::default();
            entry.acknowledged = Some(ReportedStage::new(Stage::Received, stored));
            let (_, action) = Lifecycle::default().judge(&entry, &case(Stage::Received, time));
            assert_eq!(action, Action::Skip, "stored {stored}");
        }
    }
}

#[test]
fn stages_within_one_millisecond_are_at_equal_times() {
    let mut entry = LedgerEntry::default();
    entry.acknowledged = Some(ReportedStage::new(Stage::Contested, at(3, 9) + TimeDelta::microseconds(100)));
    let later = case(Stage::Received, at(3, 9) + TimeDelta::microseconds(900));
    assert_eq!(Lifecycle::default().judge(&entry, &later), (Transition::Stale, Action::Skip));
}
