//! Faults and rare acts. Each case has a budget of them.

/// A fault of the environment, or a rare act. Every other event is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Crash,
    Freeze,
    BlindPause,
    LateRequest,
    Long,
    HastyPerson,
    ShutdownDrop,
    Skip,
    LostReply,
    Restore,
    Failover,
    Replay,
    Erase,
    OtherRecord,
    Replace,
    Outage,
}

use Fault::{
    BlindPause, Crash, Erase, Failover, Freeze, HastyPerson, LateRequest, Long, LostReply, OtherRecord, Outage,
    Replace, Replay, Restore, ShutdownDrop, Skip,
};

/// The number of faults.
pub(crate) const FAULTS: usize = 16;

/// All faults, with the letter in the definition of a case and the name in a verdict.
const ALL: [(Fault, char, &str); FAULTS] = [
    (Crash, 'C', "crash"),
    (Freeze, 'F', "freeze between check and socket"),
    (BlindPause, 'K', "pause that no clock shows"),
    (LateRequest, 'L', "late request"),
    (Long, 'X', "longer than the age of a doubt or the settling time"),
    (HastyPerson, 'O', "hasty or forced person"),
    (ShutdownDrop, 'S', "shutdown that drops a report"),
    (Skip, 'N', "skip, no value or dead letter"),
    (LostReply, 'E', "reply of the store lost"),
    (Restore, 'R', "restore with distrust"),
    (Failover, 'D', "failover that loses commits"),
    (Replay, 'P', "replay"),
    (Erase, 'G', "erase"),
    (OtherRecord, 'M', "record of another system"),
    (Replace, 'H', "replace"),
    (Outage, 'V', "outage of the vendor"),
];

/// Counts of faults, by [`Fault`].
pub(crate) type Counts = [u8; FAULTS];

/// Returns the counts that a text such as `CCF` denotes: two crashes and a freeze. Other letters are ignored.
pub(crate) fn counts(letters: &str) -> Counts {
    ALL.map(|(_, letter, _)| u8::try_from(letters.chars().filter(|c| *c == letter).count()).unwrap_or(u8::MAX))
}

/// Returns the letters of some counts.
pub(crate) fn letters(counts: &Counts) -> String {
    ALL.iter().zip(counts).flat_map(|((_, letter, _), count)| (0..*count).map(move |_| *letter)).collect()
}

/// Returns the names of some counts.
pub(crate) fn names(counts: &Counts) -> String {
    let used = ALL.iter().zip(counts).filter(|(_, count)| **count > 0);
    let shown = used.map(|((_, _, name), count)| if *count > 1 { format!("{count} x {name}") } else { (*name).into() });
    let shown: Vec<String> = shown.collect();
    if shown.is_empty() { "no fault".into() } else { shown.join(" + ") }
}

/// Returns true if no count of `a` is above that of `b`.
pub(crate) fn is_within(a: &Counts, b: &Counts) -> bool {
    a.iter().zip(b).all(|(a, b)| a <= b)
}
