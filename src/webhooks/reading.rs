//! The result of mapping a processor's values to a stage.

use crate::model::Stage;

/// The meaning of an event before its other fields are read. Each processor has one function that returns this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reading {
    /// A dispute at this stage.
    Stage(Stage),
    /// A dispute event that does not change the stage.
    NoChange,
    /// Not about a dispute.
    NotADispute,
    /// A dispute event whose field has a value that is not documented, or contradicts the event.
    Unknown { field: &'static str, value: String },
}

impl Reading {
    /// Creates an [`Unknown`](Self::Unknown).
    pub(super) fn unknown(field: &'static str, value: impl Into<String>) -> Self {
        Self::Unknown { field, value: value.into() }
    }
}

impl From<Stage> for Reading {
    fn from(stage: Stage) -> Self {
        Self::Stage(stage)
    }
}

/// The phase of a case. Each processor has one function that returns this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Before any chargeback: a fraud report, an inquiry, a retrieval request.
    PreDispute,
    /// A chargeback.
    Dispute,
    /// After the first round: a second chargeback, pre-arbitration, arbitration.
    SecondRound,
}
