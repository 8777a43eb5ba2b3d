//! The graph of transitions between stages.

use crate::model::Stage;
use crate::util::string_enum::string_enum;

string_enum! {
    path = "chargeback::lifecycle";
    /// The kind of a transition from the last reported stage to the next.
    pub enum Transition {
        /// No stage was reported before.
        First = "first",
        /// The same stage again, at the same time or later.
        Refresh = "refresh",
        /// A step forward in the life of a case, or the same time and a later stage in the order of
        /// [`Stage::ALL`](crate::Stage::ALL).
        Advance = "advance",
        /// A step that undoes an earlier one: a won case that is charged back again, an appeal.
        Reopen = "reopen",
        /// Older than the last reported stage: an earlier [`occurred_at`](crate::Chargeback::occurred_at), or the same
        /// time and an earlier stage in the order of [`Stage::ALL`](crate::Stage::ALL).
        Stale = "stale",
        /// A transition to a later time that the graph does not have.
        Illegal = "illegal",
    }
}

impl Stage {
    /// Returns the kind of the transition from this stage to the next, by the graph alone.
    ///
    /// Times are not compared, so the result is never [`First`](Transition::First) or [`Stale`](Transition::Stale).
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

/// The stages that may follow an inquiry: `Received`, then each stage that may follow `Received`.
///
/// At Stripe and `PayPal`, an inquiry becomes a chargeback under the same id, and the delivery about the new chargeback
/// can be lost.
const AFTER_INQUIRY: [Stage; 13] = [
    Stage::Received,
    Stage::Accepted,
    Stage::Contested,
    Stage::UnderReview,
    Stage::PreArbitration,
    Stage::Arbitration,
    Stage::Won,
    Stage::Lost,
    Stage::Reversed,
    Stage::Refunded,
    Stage::Withdrawn,
    Stage::Expired,
    Stage::Closed,
];

/// The stages that may follow a stage: forward, and as an undo.
///
/// No network publishes such a graph. This graph is our reading of the stages and events that networks and processors
/// document (medium confidence). A test walks the documented statuses of each processor whose webhooks this crate
/// parses: every stage that can follow another one is in the graph. [`Lifecycle::illegal`](super::Lifecycle::illegal)
/// can be set to [`Action::Report`](super::Action::Report).
#[rustfmt::skip]
const fn steps(from: Stage) -> (&'static [Stage], &'static [Stage]) {
    use Stage::{
        Accepted, Alert, Arbitration, Closed, Contested, Expired, Inquiry, Lost, PreArbitration, Received, Refunded,
        Reversed, UnderReview, Withdrawn, Won,
    };
    let [_, after_received @ ..] = &AFTER_INQUIRY;
    match from {
        Alert => (&[Inquiry, Received, Refunded, Closed, Expired], &[]),
        Inquiry => (&AFTER_INQUIRY, &[]),
        Received => (after_received, &[]),
        Contested => (
            &[
                UnderReview, Accepted, PreArbitration, Arbitration, Won, Lost, Reversed, Refunded, Withdrawn, Expired,
                Closed,
            ],
            &[Received],
        ),
        UnderReview => (
            &[PreArbitration, Arbitration, Accepted, Won, Lost, Reversed, Refunded, Withdrawn, Expired, Closed],
            &[Received, Contested],
        ),
        PreArbitration => (
            &[Contested, UnderReview, Accepted, Arbitration, Won, Lost, Reversed, Refunded, Withdrawn, Expired, Closed],
            &[],
        ),
        Arbitration => (&[Won, Lost, Accepted, Withdrawn, Closed], &[UnderReview, PreArbitration]),
        Accepted => (&[Lost, Refunded, Withdrawn, Expired, Closed], &[Contested, Reversed]),
        Expired => (
            &[Lost, Received, Withdrawn, Closed],
            &[Accepted, UnderReview, PreArbitration, Arbitration, Won, Reversed],
        ),
        Reversed => (&[Won, Closed], &[Received, UnderReview, PreArbitration, Arbitration, Accepted, Lost, Expired]),
        Won => (&[Closed], &[Received, UnderReview, PreArbitration, Arbitration, Lost, Reversed, Refunded]),
        Lost => (
            &[Closed],
            &[Received, UnderReview, PreArbitration, Arbitration, Reversed, Won, Withdrawn, Refunded, Expired],
        ),
        Refunded => (&[Closed, Withdrawn], &[Received, Reversed]),
        Withdrawn => (&[Won, Closed], &[Received]),
        Closed => (&[], &[Received, UnderReview, PreArbitration, Arbitration, Won, Lost, Reversed, Withdrawn]),
    }
}
