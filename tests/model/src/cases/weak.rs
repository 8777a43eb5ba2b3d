//! Weak rules, for comparison with the rules of the outbox.

use super::{A, B, MIXED, WEAK};
use crate::case::{Case, Protocol};
use crate::outbox::rules::{Resend, Rules};
use crate::violation::Violation::{
    ForeignFinish, NoPayload, NotSeen, OlderStage, OtherStage, OtherStageShown, TwoRecords, UnmarkedCreate,
};

pub(super) const WEAK_RULES: &[Case] = &[
    Case::new(
        "A1",
        "idempotent vendor, weak rules, no resend",
        Protocol::Outbox(Rules { resend: Resend::Never, ..WEAK }),
    )
    .compares()
    .size(A, 2, 0)
    .faults("CFKLXSNE")
    .live()
    .expects(&[
        (OtherStage, "E"),
        (OtherStage, "N"),
        (OtherStage, "S"),
        (OtherStage, "L"),
        (OtherStage, "K"),
        (OtherStage, "F"),
        (ForeignFinish, "E"),
    ]),
    Case::new(
        "A2",
        "idempotent vendor, weak rules, resend by the fenced holder itself",
        Protocol::Outbox(Rules { resend: Resend::ByFencedHolder, ..WEAK }),
    )
    .compares()
    .size(A, 2, 0)
    .faults("CFKLXS")
    .expects(&[(OtherStage, "")]),
    Case::new(
        "A3",
        "idempotent vendor, weak rules, resend through the lane, judged",
        Protocol::Outbox(Rules { resend: Resend::AfterFencedFinish, resend_judged: true, ..WEAK }),
    )
    .compares()
    .size(A, 2, 0)
    .faults("CFKLXS")
    .expects(&[
        (OtherStage, "S"),
        (OtherStage, "L"),
        (OtherStage, "K"),
        (OtherStage, "F"),
        (OtherStageShown, "XS"),
        (OtherStageShown, "LX"),
        (OtherStageShown, "KX"),
        (OtherStageShown, "FX"),
    ]),
    Case::new(
        "A4",
        "idempotent vendor, weak rules, resend through the lane, not judged",
        Protocol::Outbox(Rules { resend: Resend::AfterFencedFinish, ..WEAK }),
    )
    .compares()
    .size(A, 2, 0)
    .faults("CFKLXS")
    .expects(&[
        (OtherStage, "S"),
        (OtherStage, "L"),
        (OtherStage, "CK"),
        (OtherStage, "CF"),
        (OtherStageShown, "XS"),
        (OtherStageShown, "LX"),
        (OtherStageShown, "KX"),
        (OtherStageShown, "FX"),
    ]),
    Case::new("B1", "create-once vendor, weak rules, no person", Protocol::Outbox(WEAK))
        .compares()
        .size(B, 2, 0)
        .faults("CFLXSNE")
        .live()
        .expects(&[
            (TwoRecords, "N"),
            (OlderStage, "E"),
            (ForeignFinish, "E"),
            (UnmarkedCreate, "SN"),
            (UnmarkedCreate, "LN"),
            (UnmarkedCreate, "FN"),
        ]),
    Case::new("B2", "create-once vendor, weak rules, one person", Protocol::Outbox(WEAK))
        .compares()
        .size(B, 2, 1)
        .faults("LXO")
        .live()
        .expects(&[(TwoRecords, "O"), (TwoRecords, "L"), (UnmarkedCreate, "LO"), (UnmarkedCreate, "LX")]),
    Case::new("B3", "create-once vendor, weak rules, two persons", Protocol::Outbox(WEAK))
        .compares()
        .size(B, 2, 2)
        .faults("L")
        .expects(&[(TwoRecords, "L"), (NotSeen, "")]),
    Case::new("B4", "create-once vendor, weak rules, restore and failover", Protocol::Outbox(WEAK))
        .compares()
        .size(B, 2, 0)
        .faults("RD")
        .expects(&[
            (TwoRecords, "D"),
            (TwoRecords, "R"),
            (ForeignFinish, "D"),
            (ForeignFinish, "R"),
            (UnmarkedCreate, "D"),
            (UnmarkedCreate, "R"),
        ]),
    Case::new("E1", "create-once vendor, weak rules, erase", Protocol::Outbox(WEAK))
        .compares()
        .size(B, 2, 0)
        .faults("LG")
        .expects(&[(TwoRecords, "G"), (UnmarkedCreate, "LG")]),
    Case::new("M1", "both vendors, weak rules, different vendor sets, replay", Protocol::Outbox(WEAK))
        .compares()
        .size(MIXED, 2, 0)
        .faults("P")
        .expects(&[(NoPayload, "P")]),
];
