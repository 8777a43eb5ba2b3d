//! The decision about a stage.

use std::cmp::Ordering;

use super::ledger::{LedgerEntry, ReportedStage};
use super::transition::Transition;
use crate::model::Chargeback;

/// The action for a kind of transition.
///
/// ```
/// use chargeback::lifecycle::{Action, Lifecycle};
///
/// // A feed that repeats stages with changed amounts: send the repeats.
/// let lifecycle = Lifecycle::default().refresh(Action::Report);
/// assert_eq!((lifecycle.refresh, lifecycle.reopen), (Action::Report, Action::Report));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// Send the report.
    Report,
    /// Skip the report. The outcome is [`Outcome::Skipped`](crate::Outcome::Skipped).
    Skip,
    /// Block the report, because a person should check. The outcome is
    /// [`Outcome::Blocked`](crate::Outcome::Blocked).
    Block,
}

/// The action for each kind of transition.
///
/// | Transition | Default action | Reason |
/// |---|---|---|
/// | `First`, `Advance` | report (fixed) | |
/// | `Refresh` | skip | The vendor already has this stage. Changes of other fields are not sent. |
/// | `Reopen` | report | The transition is legal. A vendor that cannot express it returns an error. |
/// | `Stale` | skip (fixed) | A late `Received` must not overwrite `Won`. |
/// | `Illegal` | block | The feed or its mapping is wrong. |
///
/// A refresh is sent if the previous report of the same stage is still in flight.
///
/// ```
/// use chargeback::lifecycle::{Action, Lifecycle};
///
/// // Sends changes of other fields, too.
/// let lifecycle = Lifecycle::default().refresh(Action::Report);
/// assert_eq!(lifecycle.illegal, Action::Block);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lifecycle {
    /// The action for the stage that was already reported.
    pub refresh: Action,
    /// The action for a transition that undoes an earlier one.
    pub reopen: Action,
    /// The action for a transition that the graph does not have.
    pub illegal: Action,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self { refresh: Action::Skip, reopen: Action::Report, illegal: Action::Block }
    }
}

impl Lifecycle {
    /// Sets the action for the stage that was already reported. Default: skip.
    #[must_use]
    pub const fn refresh(mut self, action: Action) -> Self {
        self.refresh = action;
        self
    }

    /// Sets the action for a transition that undoes an earlier one. Default: report.
    #[must_use]
    pub const fn reopen(mut self, action: Action) -> Self {
        self.reopen = action;
        self
    }

    /// Sets the action for a transition that the graph does not have. Default: block. [`Action::Report`] sends it.
    ///
    /// ```
    /// use chargeback::lifecycle::{Action, LedgerEntry, Lifecycle, ReportedStage};
    /// use chargeback::{Chargeback, Reason, Stage};
    ///
    /// let won = "2026-10-03T09:12:00Z".parse()?;
    /// let mut entry = LedgerEntry::default();
    /// entry.acknowledged = Some(ReportedStage::new(Stage::Won, won));
    /// let alert = Chargeback::builder("CB-1", Stage::Alert, Reason::Other, "2026-10-04T00:00:00Z".parse()?)
    ///     .order_id("ORD_10726")
    ///     .build()?;
    ///
    /// assert_eq!(Lifecycle::default().judge(&entry, &alert).1, Action::Block);
    /// assert_eq!(Lifecycle::default().illegal(Action::Skip).judge(&entry, &alert).1, Action::Skip);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn illegal(mut self, action: Action) -> Self {
        self.illegal = action;
        self
    }

    /// Returns the kind of the transition from the stored entry to the chargeback, and the action for it.
    ///
    /// ```
    /// use chargeback::lifecycle::{Action, LedgerEntry, Lifecycle, Transition};
    /// use chargeback::{Chargeback, Reason, Stage};
    /// use chrono::Utc;
    ///
    /// let builder = Chargeback::builder("CB-1", Stage::Received, Reason::Duplicate, Utc::now());
    /// let received = builder.order_id("A-1").build()?;
    /// let judged = Lifecycle::default().judge(&LedgerEntry::default(), &received);
    /// assert_eq!(judged, (Transition::First, Action::Report));
    /// # Ok::<(), chargeback::InvalidError>(())
    /// ```
    #[must_use]
    pub fn judge(&self, entry: &LedgerEntry, next: &Chargeback) -> (Transition, Action) {
        let Some(last) = entry.last() else { return (Transition::First, Action::Report) };
        let transition = transition(entry, last, &ReportedStage::for_chargeback(next));
        let action = match transition {
            // The outcome of the earlier report is unknown, so the vendor may not have the stage.
            Transition::Refresh if entry.in_flight.is_some() => Action::Report,
            Transition::Refresh => self.refresh,
            Transition::Reopen => self.reopen,
            Transition::Illegal => self.illegal,
            Transition::First | Transition::Advance => Action::Report,
            Transition::Stale => Action::Skip,
        };
        (transition, action)
    }
}

/// Classifies the step from the last reported stage to the next.
///
/// Times are compared in milliseconds, the precision that vendors get. For equal times, the order of [`Stage::ALL`]
/// decides, so the result does not depend on the order of arrival: feeds round times to seconds or days. A stage in
/// flight is recognised by its name and a time within one second, because a store may have rounded its time.
///
/// [`Stage::ALL`]: crate::Stage::ALL
fn transition(entry: &LedgerEntry, last: &ReportedStage, next: &ReportedStage) -> Transition {
    if entry.in_flight.is_some_and(|in_flight| in_flight.is_same_report(next)) {
        return Transition::Refresh;
    }
    let ((last_time, last_order), (next_time, next_order)) = (last.position(), next.position());
    match next_time.cmp(&last_time).then(next_order.cmp(&last_order)) {
        Ordering::Less => Transition::Stale,
        Ordering::Equal => Transition::Refresh,
        Ordering::Greater if next_time == last_time => Transition::Advance,
        Ordering::Greater => last.stage.transition_to(next.stage),
    }
}
