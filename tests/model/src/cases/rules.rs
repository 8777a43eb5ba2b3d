//! The rules of the outbox. The violations are its stated limits.

use super::{A, B, BOTH, FIXED, MIXED};
use crate::case::{Case, Protocol};
use crate::outbox::rules::Rules;
use crate::violation::Violation::{OtherStage, OtherStageShown, TwoRecords, UnmarkedCreate};

/// Without persons, a restore needs neither higher tokens nor a new age.
const TOKENS_STAY: Rules = Rules { distrust_raises: false, distrust_renews_age: false, ..FIXED };

pub(super) const RULES: &[Case] = &[
    Case::new("A5", "idempotent vendor, one person", Protocol::Outbox(FIXED))
        .size(A, 2, 1)
        .faults("CFLXNE")
        .live()
        .expects(&[(OtherStage, "LX"), (OtherStage, "CFX"), (OtherStageShown, "")]),
    Case::new("A6", "idempotent vendor, several faults", Protocol::Outbox(FIXED))
        .size(A, 2, 0)
        .faults("CCFFKLLX")
        .expects(&[(OtherStage, "LX"), (OtherStage, "CKX"), (OtherStage, "CFX")]),
    Case::new("B5", "create-once vendor, no person", Protocol::Outbox(FIXED)).size(B, 2, 0).faults("CFKLXSNE").live(),
    Case::new("B6", "create-once vendor, two persons", Protocol::Outbox(FIXED)).size(B, 2, 2).faults("L"),
    Case::new("B7", "create-once vendor, restore and failover, tokens stay", Protocol::Outbox(TOKENS_STAY))
        .size(B, 2, 0)
        .faults("RD")
        .expects(&[(TwoRecords, "D"), (UnmarkedCreate, "D")]),
    Case::new("B8", "create-once vendor, one person, long freezes", Protocol::Outbox(FIXED))
        .size(B, 2, 1)
        .faults("FKX")
        .live()
        .expects(&[(TwoRecords, "KX"), (TwoRecords, "FX"), (UnmarkedCreate, "KX"), (UnmarkedCreate, "FX")]),
    Case::new("B9", "create-once vendor, one person", Protocol::Outbox(FIXED)).size(B, 2, 1).faults("FLXO").expects(&[
        (TwoRecords, "O"),
        (TwoRecords, "LX"),
        (TwoRecords, "FX"),
        (UnmarkedCreate, "LO"),
        (UnmarkedCreate, "LX"),
        (UnmarkedCreate, "FO"),
        (UnmarkedCreate, "FX"),
    ]),
    Case::new(
        "B10",
        "create-once vendor, failover with distrust, tokens stay",
        Protocol::Outbox(Rules { failover_distrust: true, ..TOKENS_STAY }),
    )
    .size(B, 2, 0)
    .faults("CD"),
    Case::new("B11", "create-once vendor, three reports", Protocol::Outbox(FIXED))
        .size(B, 3, 1)
        .faults("L")
        .live()
        .quick(),
    Case::new("A7", "idempotent vendor, three reports", Protocol::Outbox(FIXED))
        .size(A, 3, 0)
        .faults("CFLS")
        .live()
        .quick(),
    Case::new("A8", "idempotent vendor, replay, lost replies of the store", Protocol::Outbox(FIXED))
        .size(A, 2, 1)
        .faults("PE")
        .live()
        .quick()
        .expects(&[(OtherStageShown, "")]),
    Case::new("B12", "create-once vendor, restore, one person", Protocol::Outbox(FIXED))
        .size(B, 1, 1)
        .faults("R")
        .quick(),
    Case::new("E2", "create-once vendor, erase", Protocol::Outbox(FIXED)).size(B, 2, 1).faults("CLG"),
    Case::new("M2", "both vendors, different vendor sets, replay", Protocol::Outbox(FIXED))
        .size(MIXED, 2, 0)
        .faults("P")
        .live(),
    Case::new("M3", "both vendors, different vendor sets, skips", Protocol::Outbox(FIXED))
        .size(MIXED, 2, 0)
        .faults("N")
        .expects(&[(OtherStageShown, "N")]),
    Case::new("M4", "both vendors, late request", Protocol::Outbox(FIXED)).size(BOTH, 2, 0).faults("L"),
];
