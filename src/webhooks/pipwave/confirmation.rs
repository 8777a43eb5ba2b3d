//! The comparison of a notification with Pipwave's own record.

use crate::model::Stage;
use crate::providers::pipwave::TransactionStatus;

/// The result of comparing a notification with the state of the payment at Pipwave.
///
/// ```
/// use chargeback::pipwave::RequeryReply;
/// use chargeback::webhooks::pipwave::{Confirmation, VerifiedPayload};
///
/// fn may_act(payload: &VerifiedPayload, reply: &RequeryReply) -> bool {
///     payload.confirmation(reply) == Confirmation::Confirmed
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Confirmation {
    /// The payment has the status that such a chargeback gives it.
    Confirmed,
    /// The payment has another status. Do not act on the notification.
    Contradicted,
    /// The status of the payment does not show the chargeback. Won, reversed and resolved chargebacks leave no trace.
    Inconclusive,
}

impl Confirmation {
    /// Compares the stage of a notification with the status of the payment.
    pub(super) const fn compare(stage: Option<Stage>, payment: TransactionStatus) -> Self {
        use TransactionStatus::{ChargedBack, Disputed, FullyRefunded, Paid, PartiallyRefunded};
        match (stage, payment) {
            (Some(Stage::Received), Disputed | ChargedBack) | (Some(Stage::Lost), ChargedBack) => Self::Confirmed,
            // After a won dispute the payment has the same status as one that was never disputed. After a resolved
            // dispute the payment can have any status.
            (Some(Stage::Won | Stage::Reversed), Paid)
            | (Some(Stage::Lost), Disputed)
            | (Some(Stage::Closed) | None, _)
            | (_, FullyRefunded | PartiallyRefunded) => Self::Inconclusive,
            _ => Self::Contradicted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_and_status_of_the_payment() {
        use Confirmation::{Confirmed as Y, Contradicted as N, Inconclusive as I};
        use TransactionStatus::{ChargedBack, Disputed, FullyRefunded, Paid, PartiallyRefunded};

        for (stage, expected) in [
            (Some(Stage::Received), [Y, Y, N, I, I]),
            (Some(Stage::Lost), [I, Y, N, I, I]),
            (Some(Stage::Won), [N, N, I, I, I]),
            (Some(Stage::Reversed), [N, N, I, I, I]),
            (Some(Stage::Closed), [I; 5]),
            (None, [I; 5]),
        ] {
            let statuses = [Disputed, ChargedBack, Paid, FullyRefunded, PartiallyRefunded];
            assert_eq!(statuses.map(|status| Confirmation::compare(stage, status)), expected, "{stage:?}");
        }
    }
}
