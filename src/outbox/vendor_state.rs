//! The state of a vendor for all workers of an outbox: the circuit breaker, the rate limit and the pause.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ids::Owner;
use crate::util::string_enum::string_enum;

/// The number of failures without a success after which the breaker opens.
const FAILURES_TO_OPEN: u32 = 5;

/// The wait before the first probe, and the longest wait between two probes.
const FIRST_PROBE: Duration = Duration::from_secs(15);
const LONGEST_PROBE: Duration = Duration::from_secs(300);

string_enum! {
    path = "chargeback::outbox";
    /// The phase of a vendor's circuit breaker.
    pub enum VendorPhase {
        /// Reports are sent.
        Closed = "closed",
        /// The vendor asked to wait. Reports are sent again when the time has passed.
        Throttled = "throttled",
        /// The vendor failed several times. No reports are sent until the next probe.
        Open = "open",
        /// One worker sends one report as a probe.
        Probing = "probing",
    }
}

/// The state of a vendor, shared by all workers.
///
/// A store keeps it as JSON, with the time until which [`hold`](Self::hold) lasts and a version.
///
/// ```
/// use chargeback::outbox::{VendorEvent, VendorPhase, VendorState};
///
/// let mut state = VendorState::default();
/// for _ in 0..5 {
///     state = state.after(&VendorEvent::Failure, 16).expect("a failure changes the state");
/// }
/// assert_eq!((state.phase, state.hold.as_secs()), (VendorPhase::Open, 15));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VendorState {
    /// The phase of the circuit breaker.
    pub phase: VendorPhase,
    /// The number of failures since the last success.
    #[serde(default)]
    pub failures: u32,
    /// The number of failed probes since the breaker opened.
    #[serde(default)]
    pub probes: u32,
    /// The number of reports at a time after the breaker closed: 1, 2, 4 and so on. None without a limit.
    #[serde(default)]
    pub ramp: Option<u32>,
    /// The worker whose key was refused last.
    #[serde(default)]
    pub key_refused_by: Option<String>,
    /// The operator's reason for a pause. No personal data.
    #[serde(default)]
    pub paused: Option<String>,
    /// The time until the end of the phase; zero if it has passed.
    #[serde(skip)]
    pub hold: Duration,
    /// The version that a write replaces; zero if the store has no state of this vendor.
    #[serde(skip)]
    pub version: i64,
}

impl Default for VendorState {
    fn default() -> Self {
        Self {
            phase: VendorPhase::Closed,
            failures: 0,
            probes: 0,
            ramp: None,
            key_refused_by: None,
            paused: None,
            hold: Duration::ZERO,
            version: 0,
        }
    }
}

/// The permission to claim lanes of a vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Admission {
    /// Up to this many reports at a time.
    Claim(usize),
    /// One report as a probe, after the state was changed to probing.
    Probe,
    /// Nothing for this long.
    Wait(Duration),
    /// Nothing until an operator resumes the vendor.
    Paused,
}

/// An event that may change the state of a vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VendorEvent {
    /// The vendor replied to a report.
    Success,
    /// The vendor could not be reached, or replied with a server error.
    Failure,
    /// The vendor asked to wait for this long.
    RateLimited(Duration),
    /// The vendor refused the key of this worker.
    KeyRefused {
        /// The worker.
        owner: Owner,
        /// True if no other worker runs.
        alone: bool,
    },
    /// A worker starts a probe, which ends within this time.
    ProbeStarted(Duration),
    /// The probe failed. The next one follows after this time at the earliest.
    ProbeFailed(Duration),
    /// A worker ended a probe without a reply of the vendor, for example because no report was due.
    ProbeUnused,
    /// An operator pauses the vendor.
    Paused(String),
    /// An operator resumes the vendor.
    Resumed,
}

impl VendorState {
    /// Returns the permission of a worker that sends up to `concurrency` reports at a time.
    #[must_use]
    pub fn admission(&self, concurrency: usize) -> Admission {
        if self.paused.is_some() {
            return Admission::Paused;
        }
        match self.phase {
            VendorPhase::Closed => Admission::Claim(self.limit(concurrency)),
            VendorPhase::Throttled if self.hold.is_zero() => Admission::Claim(self.limit(concurrency)),
            // The end of a probe whose worker died is the end of its hold.
            VendorPhase::Open | VendorPhase::Probing if self.hold.is_zero() => Admission::Probe,
            VendorPhase::Throttled | VendorPhase::Open | VendorPhase::Probing => Admission::Wait(self.hold),
        }
    }

    /// Returns true if lanes of the vendor may be claimed, for a probe or for all other reports.
    pub(super) fn admits(&self, probe: bool) -> bool {
        let is_open = match self.phase {
            VendorPhase::Closed => true,
            VendorPhase::Throttled => self.hold.is_zero(),
            VendorPhase::Open | VendorPhase::Probing => false,
        };
        self.paused.is_none() && if probe { self.phase == VendorPhase::Probing } else { is_open }
    }

    fn limit(&self, concurrency: usize) -> usize {
        self.ramp.map_or(concurrency, |ramp| concurrency.min(usize::try_from(ramp).unwrap_or(usize::MAX)))
    }

    /// Returns the state after an event; `None` if nothing changes. `concurrency` ends the ramp after an outage.
    #[must_use]
    pub fn after(&self, event: &VendorEvent, concurrency: usize) -> Option<Self> {
        let mut next = self.clone();
        match event {
            VendorEvent::Success => next.succeed(concurrency),
            VendorEvent::Failure => next.fail(),
            VendorEvent::ProbeFailed(wait) => next.fail_probe(*wait),
            VendorEvent::RateLimited(wait) => next.throttle(*wait),
            VendorEvent::KeyRefused { owner, alone } => next.refuse_key(owner, *alone),
            VendorEvent::ProbeStarted(time) => (next.phase, next.hold) = (VendorPhase::Probing, *time),
            VendorEvent::ProbeUnused if self.phase == VendorPhase::Probing => {
                (next.phase, next.hold) = (VendorPhase::Open, Duration::ZERO);
            }
            VendorEvent::ProbeUnused => (),
            VendorEvent::Paused(reason) => next.paused = Some(reason.clone()),
            VendorEvent::Resumed => next.paused = None,
        }
        (next != *self).then_some(next)
    }

    fn succeed(&mut self, concurrency: usize) {
        let was_open = matches!(self.phase, VendorPhase::Open | VendorPhase::Probing);
        self.ramp = match self.ramp {
            _ if was_open => Some(1),
            Some(ramp) if usize::try_from(ramp).is_ok_and(|ramp| ramp * 2 < concurrency) => Some(ramp * 2),
            _ => None,
        };
        if was_open || self.hold.is_zero() {
            (self.phase, self.hold) = (VendorPhase::Closed, Duration::ZERO);
        }
        (self.failures, self.probes, self.key_refused_by) = (0, 0, None);
    }

    fn fail(&mut self) {
        // A report that was sent before the breaker opened does not end a probe.
        if matches!(self.phase, VendorPhase::Closed | VendorPhase::Throttled) {
            self.failures = self.failures.saturating_add(1);
            if self.failures >= FAILURES_TO_OPEN {
                self.open(Duration::ZERO);
            }
        }
    }

    fn fail_probe(&mut self, at_least: Duration) {
        if self.phase == VendorPhase::Probing {
            self.probes = self.probes.saturating_add(1);
            self.open(at_least);
        }
    }

    fn open(&mut self, at_least: Duration) {
        let doubled = FIRST_PROBE.saturating_mul(1 << self.probes.min(8));
        (self.phase, self.hold) = (VendorPhase::Open, doubled.min(LONGEST_PROBE).max(at_least));
        self.ramp = None;
    }

    fn throttle(&mut self, wait: Duration) {
        match self.phase {
            VendorPhase::Probing => (),
            VendorPhase::Open => self.hold = self.hold.max(wait),
            VendorPhase::Closed | VendorPhase::Throttled => {
                (self.phase, self.hold) = (VendorPhase::Throttled, self.hold.max(wait));
            }
        }
    }

    /// One refused key may be the outdated key of one process. Two are a problem of the account.
    fn refuse_key(&mut self, owner: &Owner, alone: bool) {
        let of_another = self.key_refused_by.as_deref().is_some_and(|other| other != owner.as_str());
        let is_closed = matches!(self.phase, VendorPhase::Closed | VendorPhase::Throttled);
        if is_closed && (alone || of_another) {
            self.open(Duration::ZERO);
        }
        self.key_refused_by = Some(owner.as_str().to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(state: &VendorState, event: &VendorEvent) -> VendorState {
        state.after(event, 16).unwrap_or_else(|| state.clone())
    }

    fn open() -> VendorState {
        (0..5).fold(VendorState::default(), |state, _| after(&state, &VendorEvent::Failure))
    }

    #[test]
    fn five_failures_without_a_success_open_the_breaker() {
        let mut state = VendorState::default();
        for _ in 0..4 {
            state = after(&state, &VendorEvent::Failure);
            assert_eq!(state.admission(16), Admission::Claim(16));
        }
        assert_eq!(after(&state, &VendorEvent::Success).failures, 0);
        state = after(&state, &VendorEvent::Failure);
        assert_eq!(state.admission(16), Admission::Wait(Duration::from_secs(15)));
    }

    #[test]
    fn failed_probes_wait_longer_up_to_five_minutes() {
        let mut state = open();
        let mut waits = Vec::new();
        for _ in 0..7 {
            state.hold = Duration::ZERO;
            assert_eq!(state.admission(16), Admission::Probe);
            state = after(&state, &VendorEvent::ProbeStarted(Duration::from_secs(30)));
            assert_eq!(state.admission(16), Admission::Wait(Duration::from_secs(30)));
            assert_eq!(state.after(&VendorEvent::Failure, 16), None, "an earlier report does not end the probe");
            state = after(&state, &VendorEvent::ProbeFailed(Duration::ZERO));
            waits.push(state.hold.as_secs());
        }
        assert_eq!(waits, [30, 60, 120, 240, 300, 300, 300]);
    }

    #[test]
    fn successful_probe_starts_a_ramp() {
        let mut state = after(&open(), &VendorEvent::ProbeStarted(Duration::from_secs(30)));
        let mut limits = Vec::new();
        for _ in 0..5 {
            state = after(&state, &VendorEvent::Success);
            limits.push(state.admission(16));
        }
        assert_eq!(limits, [1, 2, 4, 8, 16].map(Admission::Claim));
        assert_eq!(state.after(&VendorEvent::Success, 16), None, "a success of a healthy vendor writes nothing");
    }

    #[test]
    fn worker_that_died_during_a_probe_is_followed_by_another() {
        let mut state = after(&open(), &VendorEvent::ProbeStarted(Duration::from_secs(30)));
        state.hold = Duration::ZERO;
        assert_eq!(state.admission(16), Admission::Probe);
        assert_eq!(after(&state, &VendorEvent::ProbeUnused).phase, VendorPhase::Open);
    }

    #[test]
    fn rate_limit_holds_for_the_longest_time() {
        let state = after(&VendorState::default(), &VendorEvent::RateLimited(Duration::from_secs(60)));
        let state = after(&state, &VendorEvent::RateLimited(Duration::from_secs(5)));
        assert_eq!(state.admission(16), Admission::Wait(Duration::from_secs(60)));
        // The reply of an earlier report does not end the time that the vendor asked for.
        assert_eq!(after(&state, &VendorEvent::Success).phase, VendorPhase::Throttled);
        let over = VendorState { hold: Duration::ZERO, ..state };
        assert_eq!(over.admission(16), Admission::Claim(16));
        assert_eq!(after(&over, &VendorEvent::Success).phase, VendorPhase::Closed);
    }

    /// One refused key may be the outdated key of one process.
    #[test]
    fn second_refused_key_opens_the_breaker() {
        let refused = |owner: &Owner, alone| VendorEvent::KeyRefused { owner: owner.clone(), alone };
        let (one, two) = (Owner::random(), Owner::random());
        let state = after(&VendorState::default(), &refused(&one, false));
        assert_eq!(state.admission(16), Admission::Claim(16));
        assert_eq!(after(&state, &refused(&one, false)).phase, VendorPhase::Closed);
        assert_eq!(after(&state, &refused(&two, false)).phase, VendorPhase::Open);
        assert_eq!(after(&VendorState::default(), &refused(&one, true)).phase, VendorPhase::Open);
        assert_eq!(after(&state, &VendorEvent::Success).key_refused_by, None);
    }

    #[test]
    fn pause_holds_in_every_phase() {
        for state in [VendorState::default(), open()] {
            let paused = after(&state, &VendorEvent::Paused("maintenance".to_owned()));
            assert_eq!(paused.admission(16), Admission::Paused);
            assert_eq!(after(&paused, &VendorEvent::Resumed).admission(16), state.admission(16));
        }
    }
}
