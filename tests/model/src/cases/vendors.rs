//! `replace`, several matches at a lookup, and a vendor whose lookup shows a status; each with its mutations.

use super::{A, B, FIXED};
use crate::case::{Case, Protocol};
use crate::outbox::rules::{ReplaceInDoubt, Rules, Several, StatusLookup};
use crate::violation::Violation::{
    AmbiguousWrite, NotSeen, OldValues, OtherStage, OtherStageShown, ReplacedSent, SentTwice, TwoRecords,
    UnmarkedCreate,
};

/// The status vendor shows stages 1 and 2.
const VISIBLE: u8 = 0b110;
/// The status vendor shows stage 1 and not stage 2.
const HALF_VISIBLE: u8 = 0b010;

const KEEPS_MARK: Rules = Rules { replace_in_doubt: ReplaceInDoubt::KeepsMark, ..FIXED };
const CLEARS_MARK: Rules = Rules { replace_in_doubt: ReplaceInDoubt::ClearsMark, ..FIXED };
const AT_ONCE: Rules = Rules { status_lookup: StatusLookup::AtOnce, ..FIXED };
const GUESSED: Rules = Rules { status_lookup: StatusLookup::Guessed, ..FIXED };
const NO_LOOKUP: Rules = Rules { status_lookup: StatusLookup::Skipped, ..FIXED };

pub(super) const VENDORS: &[Case] = &[
    Case::new("H1", "idempotent vendor, replace", Protocol::Outbox(FIXED))
        .size(A, 1, 1)
        .faults("CLHH")
        .live()
        .quick()
        .expects(&[(OtherStageShown, "LH")]),
    Case::new("H2", "idempotent vendor, replace, freezes", Protocol::Outbox(FIXED))
        .size(A, 1, 1)
        .faults("FKXH")
        .live()
        .quick()
        .expects(&[(OtherStageShown, "KH"), (OtherStageShown, "FH"), (ReplacedSent, "KH"), (ReplacedSent, "FH")]),
    Case::new("H3", "create-once vendor, replace, one person", Protocol::Outbox(FIXED))
        .size(B, 2, 1)
        .faults("CH")
        .live(),
    Case::new("H4", "create-once vendor, replace, two persons", Protocol::Outbox(FIXED)).size(B, 1, 2).faults("HH"),
    Case::new("H5", "create-once vendor, replace, late request, freeze", Protocol::Outbox(FIXED))
        .size(B, 1, 1)
        .faults("FLH")
        .quick(),
    Case::new("H6", "create-once vendor, replace in doubt keeps the mark (allowed)", Protocol::Outbox(KEEPS_MARK))
        .compares()
        .size(B, 1, 1)
        .faults("CH")
        .quick(),
    Case::new("H7", "replace in doubt clears the mark", Protocol::Outbox(CLEARS_MARK))
        .mutates()
        .size(B, 1, 1)
        .faults("H")
        .expects(&[(TwoRecords, "H")]),
    Case::new(
        "H8",
        "resend sends the replaced payload",
        Protocol::Outbox(Rules { resend_replacement: false, ..FIXED }),
    )
    .mutates()
    .size(A, 1, 1)
    .faults("H")
    .expects(&[(ReplacedSent, "H")]),
    Case::new("H9", "replace does not raise the token", Protocol::Outbox(Rules { act_raises: false, ..FIXED }))
        .mutates()
        .size(B, 1, 2)
        .faults("HH")
        .expects(&[(NotSeen, "H")]),
    Case::new("H10", "lookup compares only the stage", Protocol::Outbox(Rules { lookup_compares: false, ..FIXED }))
        .mutates()
        .size(B, 1, 1)
        .faults("H")
        .expects(&[(OldValues, "H")]),
    Case::new(
        "H11",
        "skip of a rejected resend clears its mark",
        Protocol::Outbox(Rules { skip_shows_resend: false, ..FIXED }),
    )
    .mutates()
    .size(A, 1, 1)
    .faults("LH")
    .expects(&[(OtherStage, "LH")]),
    Case::new("S1", "create-once vendor, record of another system, no person", Protocol::Outbox(FIXED))
        .size(B, 2, 0)
        .faults("CLEM")
        .live()
        .quick()
        .expects(&[(UnmarkedCreate, "LM")]),
    Case::new("S2", "create-once vendor, record of another system, one person", Protocol::Outbox(FIXED))
        .size(B, 1, 1)
        .faults("CLM")
        .live()
        .quick()
        .expects(&[(UnmarkedCreate, "LM")]),
    Case::new(
        "S3",
        "several matches clear the mark",
        Protocol::Outbox(Rules { several: Several::ClearsMark, ..FIXED }),
    )
    .mutates()
    .size(B, 1, 1)
    .faults("M")
    .expects(&[(TwoRecords, "M")]),
    Case::new("S4", "several matches: takes one", Protocol::Outbox(Rules { several: Several::TakesOne, ..FIXED }))
        .mutates()
        .size(B, 2, 0)
        .faults("M")
        .expects(&[(AmbiguousWrite, "M")]),
    Case::new("P1", "status vendor, all stages visible, no person", Protocol::Status(FIXED, VISIBLE))
        .size(B, 2, 0)
        .faults("CSEN")
        .live()
        .quick(),
    Case::new("P2", "status vendor, all stages visible, one person", Protocol::Status(FIXED, VISIBLE))
        .size(B, 2, 1)
        .faults("CL")
        .live()
        .quick(),
    Case::new("P3", "status vendor, stage 2 not visible, one person", Protocol::Status(FIXED, HALF_VISIBLE))
        .size(B, 2, 1)
        .faults("CE")
        .live()
        .quick(),
    Case::new("P4", "status vendor, stage 2 not visible, freezes", Protocol::Status(FIXED, HALF_VISIBLE))
        .size(B, 2, 1)
        .faults("FKLX")
        .expects(&[
            (OtherStage, "LX"),
            (OtherStage, "KX"),
            (OtherStage, "FX"),
            (SentTwice, "LX"),
            (SentTwice, "KX"),
            (SentTwice, "FX"),
        ]),
    Case::new("P5", "status lookup without the settling time", Protocol::Status(AT_ONCE, VISIBLE))
        .mutates()
        .size(B, 1, 0)
        .faults("L")
        .expects(&[(SentTwice, "L")]),
    Case::new("P6", "status lookup guesses for invisible stages", Protocol::Status(GUESSED, HALF_VISIBLE))
        .mutates()
        .size(B, 2, 0)
        .faults("C")
        .expects(&[(SentTwice, "")]),
    Case::new("P7", "status vendor without a lookup", Protocol::Status(NO_LOOKUP, VISIBLE))
        .mutates()
        .size(B, 1, 0)
        .faults("C")
        .expects(&[(SentTwice, "")]),
    Case::new(
        "P8",
        "failed lookup clears the mark at the status vendor",
        Protocol::Status(Rules { clear_guard: false, ..FIXED }, VISIBLE),
    )
    .mutates()
    .size(B, 1, 0)
    .faults("C")
    .expects(&[(SentTwice, "")]),
    Case::new(
        "P9",
        "second send does not renew the age of the doubt",
        Protocol::Status(Rules { mark_renews_age: false, ..FIXED }, VISIBLE),
    )
    .mutates()
    .size(B, 1, 1)
    .faults("L")
    .expects(&[(SentTwice, "L")]),
];
