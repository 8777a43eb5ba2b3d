//! How a case may move, and what has been told of it: the guard against late, repeated and impossible reports.
//!
//! Feeds repeat themselves, arrive late and out of order. [`Stage::transition_to`] says what kind of step one stage is
//! after another; a [`Ledger`] keeps what each vendor was told last; a [`Lifecycle`] says what becomes of each kind of
//! step. The [`Reporter`](crate::Reporter) puts them together.
//!
#![doc = include_str!("transitions.md")]

mod ledger;

pub use self::ledger::{Ledger, LedgerEntry, LedgerError, MemoryLedger, ReportedStage};
use crate::model::{Chargeback, Stage};
use crate::util::string_enum::string_enum;

string_enum! {
    /// What kind of step a case takes.
    pub enum Transition {
        /// Nothing was told of the case before.
        First = "first",
        /// The stage that was told already.
        Refresh = "refresh",
        /// A step forward in the case's life.
        Advance = "advance",
        /// A step that takes something back: a won case that is charged back again, an appeal.
        Reopen = "reopen",
        /// Older than what was told: its [`occurred_at`](Chargeback::occurred_at) lies before, or at the same time and it comes
        /// before the other in a case's life, or would take something back.
        Stale = "stale",
        /// No feed may show this stage after that one.
        Illegal = "illegal",
    }
}

impl Stage {
    /// What kind of step it is from this stage to the next, by the graph of legal transitions; times are not looked
    /// at, so never [`First`](Transition::First) or [`Stale`](Transition::Stale).
    ///
    /// ```
    /// use chargeback::Stage;
    /// use chargeback::lifecycle::Transition;
    ///
    /// assert_eq!(Stage::Received.transition_to(Stage::Contested), Transition::Advance);
    /// assert_eq!(Stage::Won.transition_to(Stage::Received), Transition::Reopen);
    /// assert_eq!(Stage::Won.transition_to(Stage::Alert), Transition::Illegal);
    /// ```
    #[must_use]
    pub fn transition_to(self, next: Self) -> Transition {
        let (advances, reopens) = steps(self);
        if next == self {
            Transition::Refresh
        } else if advances.contains(&next) {
            Transition::Advance
        } else if reopens.contains(&next) {
            Transition::Reopen
        } else {
            Transition::Illegal
        }
    }
}

/// Where a case may go from a stage: forward, and by taking something back.
///
/// No network publishes such a graph. This is our reading of the stages and events that networks and processors document
/// (medium confidence), which is why [`Lifecycle::illegal`] can be set to report all the same.
#[rustfmt::skip]
const fn steps(from: Stage) -> (&'static [Stage], &'static [Stage]) {
    use Stage::{
        Accepted, Alert, Arbitration, Closed, Contested, Expired, Inquiry, Lost, PreArbitration, Received, Refunded,
        Reversed, UnderReview, Withdrawn, Won,
    };
    match from {
        Alert => (&[Inquiry, Received, Refunded, Closed, Expired], &[]),
        Inquiry => (&[Contested, UnderReview, Received, Refunded, Withdrawn, Closed, Expired, Accepted], &[]),
        Received => (
            &[Accepted, Contested, UnderReview, PreArbitration, Won, Lost, Reversed, Refunded, Withdrawn, Expired, Closed],
            &[],
        ),
        Contested => (
            &[UnderReview, Accepted, PreArbitration, Arbitration, Won, Lost, Reversed, Refunded, Withdrawn, Expired, Closed],
            &[],
        ),
        UnderReview => (
            &[PreArbitration, Arbitration, Accepted, Won, Lost, Reversed, Refunded, Withdrawn, Closed],
            &[Contested],
        ),
        PreArbitration => (
            &[Contested, UnderReview, Accepted, Arbitration, Won, Lost, Reversed, Refunded, Withdrawn, Expired, Closed],
            &[],
        ),
        Arbitration => (&[Won, Lost, Accepted, Withdrawn, Closed], &[UnderReview]),
        Accepted => (&[Lost, Refunded, Withdrawn, Closed], &[Contested, Reversed]),
        Expired => (&[Lost, Received, Withdrawn, Closed], &[Reversed]),
        Reversed => (&[Won, Closed], &[Received, PreArbitration, Arbitration, Lost]),
        Won => (&[Closed], &[Received, PreArbitration, Arbitration, Lost, Reversed]),
        Lost => (&[Closed], &[PreArbitration, Arbitration, Reversed, Won, Withdrawn, Refunded]),
        Refunded => (&[Closed, Withdrawn], &[Received, Reversed]),
        Withdrawn => (&[Won, Closed], &[Received]),
        Closed => (&[], &[Received, Won, Lost, Reversed]),
    }
}

/// What is done with a step of some kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// It is reported.
    Report,
    /// It is left out, and the outcome says so.
    Skip,
    /// It is refused, and the outcome says so: somebody should look.
    Block,
}

/// What is done with each kind of step.
///
/// | step | by default | because |
/// |---|---|---|
/// | first, advance | reported, always | |
/// | refresh | skipped | RevCent freezes, Thirdwatch appends, and nothing is new; a change of other fields is not told then |
/// | reopen | reported | it is legal; a vendor that cannot express it refuses |
/// | stale | skipped, always | a late "received" must not overwrite "won" |
/// | illegal | refused | the feed or the mapping is wrong |
///
/// A refresh of what nobody knows to have arrived is always reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lifecycle {
    /// What is done with the stage that was told already.
    pub refresh: Action,
    /// What is done with a step that takes something back.
    pub reopen: Action,
    /// What is done with a step that no feed may show.
    pub illegal: Action,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self { refresh: Action::Skip, reopen: Action::Report, illegal: Action::Block }
    }
}

impl Lifecycle {
    /// Sets what is done with the stage that was told already.
    #[must_use]
    pub const fn refresh(mut self, act: Action) -> Self {
        self.refresh = act;
        self
    }

    /// Sets what is done with a step that takes something back.
    #[must_use]
    pub const fn reopen(mut self, act: Action) -> Self {
        self.reopen = act;
        self
    }

    /// Sets what is done with a step that no feed may show. [`Action::Report`] forces it.
    #[must_use]
    pub const fn illegal(mut self, act: Action) -> Self {
        self.illegal = act;
        self
    }

    /// What kind of step a chargeback is after what a vendor was told, and what is done with it.
    #[must_use]
    pub fn judge(&self, entry: &LedgerEntry, next: &Chargeback) -> (Transition, Action) {
        let Some(last) = entry.last() else { return (Transition::First, Action::Report) };
        if next.occurred_at() < last.occurred_at {
            return (Transition::Stale, Action::Skip);
        }
        let transition = last.stage.transition_to(next.stage());
        // Of two stages at one time the one that comes before the other in a case's life came first: feeds tell whole
        // seconds or days, in any order.
        if next.occurred_at() == last.occurred_at {
            let was_before = next.stage().transition_to(last.stage) == Transition::Advance;
            if transition == Transition::Reopen || (transition == Transition::Illegal && was_before) {
                return (Transition::Stale, Action::Skip);
            }
        }
        let act = match transition {
            // Whether it arrived is not known, so it is not told already.
            Transition::Refresh if entry.in_flight.is_some() => Action::Report,
            Transition::Refresh => self.refresh,
            Transition::Reopen => self.reopen,
            Transition::Illegal => self.illegal,
            Transition::First | Transition::Advance => Action::Report,
            Transition::Stale => Action::Skip,
        };
        (transition, act)
    }
}
