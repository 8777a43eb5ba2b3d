//! The invariants, by name.

/// A broken invariant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Violation {
    TwoRecords,
    OtherStage,
    OtherStageShown,
    OlderStage,
    OldValues,
    NoPayload,
    PayloadLost,
    ReportLost,
    NoRecord,
    NotSeen,
    NeverQuiet,
    ForeignFinish,
    UnmarkedCreate,
    WrongVendor,
    ReplacedSent,
    AmbiguousWrite,
    SentTwice,
    SentWhileOpen,
    TwoProbes,
    GivenUp,
}

use Violation::{
    AmbiguousWrite, ForeignFinish, GivenUp, NeverQuiet, NoPayload, NoRecord, NotSeen, OldValues, OlderStage,
    OtherStage, OtherStageShown, PayloadLost, ReplacedSent, ReportLost, SentTwice, SentWhileOpen, TwoProbes,
    TwoRecords, UnmarkedCreate, WrongVendor,
};

/// All violations, each with its short name and its text.
const ALL: [(Violation, &str, &str); 20] = [
    (TwoRecords, "I1", "two records at the create-once vendor"),
    (OtherStage, "I2", "the vendor ends with another stage, and no mark shows it"),
    (OtherStageShown, "I2s", "the vendor ends with another stage, shown as `resend impossible`"),
    (OlderStage, "I2b", "the create-once vendor ends with an older stage"),
    (OldValues, "I2v", "the vendor ends with the values of a replaced payload"),
    (NoPayload, "I3c", "a claimed head has no payload"),
    (PayloadLost, "I3p", "the payload of a report that is not passed is gone"),
    (ReportLost, "I3r", "an accepted report is neither passed nor due nor blocked"),
    (NoRecord, "I3a", "acknowledged although the vendor does not have the report"),
    (NotSeen, "I3o", "a person acted on a head or payload other than the one seen"),
    (NeverQuiet, "I4", "quiet is not reachable without further faults"),
    (ForeignFinish, "I5", "a finish of another holder, head or payload changed the lane"),
    (UnmarkedCreate, "I6", "`in_flight` is empty while a create may still arrive"),
    (WrongVendor, "I7", "a lane passed a report that was not accepted for it"),
    (ReplacedSent, "I8", "a replaced payload is sent after the vendor accepted its replacement"),
    (AmbiguousWrite, "I9", "a write is sent although a search found several records"),
    (SentTwice, "I10", "a stage is applied twice at the status vendor"),
    (SentWhileOpen, "V1", "a report claimed while the breaker was open is sent by another worker than the probe"),
    (TwoProbes, "V2", "two probes at the same time"),
    (GivenUp, "V3", "an outage used up the attempts of a report"),
];

impl Violation {
    fn row(self) -> (&'static str, &'static str) {
        ALL.iter().find(|(kind, ..)| *kind == self).map_or(("", ""), |(_, id, text)| (id, text))
    }

    /// Returns the short name.
    pub(crate) fn id(self) -> &'static str {
        self.row().0
    }

    /// Returns a description.
    pub(crate) fn text(self) -> &'static str {
        self.row().1
    }

    /// Returns true if the search goes on after a state with this violation. Later steps may repair the state.
    pub(crate) fn is_repairable(self) -> bool {
        matches!(self, OtherStage | OtherStageShown | OlderStage | OldValues)
    }
}
