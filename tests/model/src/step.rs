//! The steps of a history.

/// The place of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A call of the store. A replay makes the call and compares the result.
    Store,
    /// A decision of a worker or a person, without a call.
    Worker,
    /// An event at a vendor or on the way to it.
    Vendor,
    /// The passing of time.
    Time,
}

impl Place {
    /// Returns the name in a trace.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Worker => "worker",
            Self::Vendor => "vendor",
            Self::Time => "time",
        }
    }
}

/// An operation with its outcome.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Op {
    pub(crate) place: Place,
    /// The stable name in a trace.
    pub(crate) name: &'static str,
    pub(crate) outcome: &'static str,
    /// The text in `results.txt`.
    pub(crate) text: &'static str,
}

impl Op {
    /// Returns true if the other operation is the same call with another outcome. A failed lookup shows nothing.
    pub(crate) fn is_same_call(&self, other: &Self) -> bool {
        self.name == other.name && (self.name != "lookup" || self.outcome != "failed")
    }
}

/// One step: an operation with the actor, the lane and the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) op: &'static Op,
    pub(crate) actor: u8,
    pub(crate) lane: u8,
    pub(crate) report: u8,
}

/// No actor or no lane.
pub(crate) const NONE: u8 = u8::MAX;

/// The number of the first person. Workers have smaller numbers.
pub(crate) const PERSON: u8 = 2;

impl Step {
    /// Creates a step of an actor.
    pub(crate) fn new(op: &'static Op, actor: u8, lane: u8, report: u8) -> Self {
        Self { op, actor, lane, report }
    }

    /// Creates a step of the environment.
    pub(crate) fn event(op: &'static Op, lane: u8, report: u8) -> Self {
        Self::new(op, NONE, lane, report)
    }

    /// Returns the name of the actor, if one acts.
    pub(crate) fn actor_name(&self) -> Option<&'static str> {
        ["W1", "W2", "P1", "P2"].get(usize::from(self.actor)).copied()
    }

    /// Returns a short text.
    pub(crate) fn text(&self, lanes: &[&str]) -> String {
        let actor = self.actor_name().map(|actor| format!("{actor} ")).unwrap_or_default();
        let report = if self.report > 0 { format!(" {}", self.report) } else { String::new() };
        let lane = lanes.get(usize::from(self.lane)).map(|lane| format!("@{lane}")).unwrap_or_default();
        format!("{actor}{}{report}{lane}", self.op.text)
    }
}
