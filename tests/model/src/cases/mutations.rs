//! Mutations. Each drops one rule and breaks an invariant.

use super::{A, B, FIXED, MIXED};
use crate::case::{Case, Protocol};
use crate::outbox::rules::{Resend, Rules};
use crate::violation::Violation::{
    ForeignFinish, NoPayload, NotSeen, OtherStage, PayloadLost, TwoRecords, UnmarkedCreate, WrongVendor,
};

pub(super) const MUTATIONS: &[Case] = &[
    Case::new("Z1", "next head is the next report of any vendor", Protocol::Outbox(Rules { next_any: true, ..FIXED }))
        .mutates()
        .size(MIXED, 2, 0)
        .faults("")
        .expects(&[(NoPayload, ""), (WrongVendor, "")]),
    Case::new("Z2", "open vendors are a number", Protocol::Outbox(Rules { open_number: true, ..FIXED }))
        .mutates()
        .size(MIXED, 2, 0)
        .faults("")
        .expects(&[(NoPayload, ""), (PayloadLost, "")]),
    Case::new("Z3", "mark without compare-and-set", Protocol::Outbox(Rules { mark_compares: false, ..FIXED }))
        .mutates()
        .size(B, 2, 0)
        .faults("CFKLX")
        .expects(&[(TwoRecords, "K"), (UnmarkedCreate, "K")]),
    Case::new("Z4", "any holder clears the mark", Protocol::Outbox(Rules { clear_guard: false, ..FIXED }))
        .mutates()
        .size(B, 2, 0)
        .faults("CLE")
        .expects(&[(TwoRecords, ""), (UnmarkedCreate, "L")]),
    Case::new("Z5", "finish is not fenced", Protocol::Outbox(Rules { finish_fence: false, ..FIXED }))
        .mutates()
        .size(A, 2, 0)
        .faults("CFK")
        .expects(&[(OtherStage, ""), (ForeignFinish, "")]),
    Case::new("N1", "every pass clears the mark", Protocol::Outbox(Rules { pass_clears: true, ..FIXED }))
        .mutates()
        .size(B, 2, 0)
        .faults("N")
        .expects(&[(TwoRecords, "N")]),
    Case::new(
        "N2",
        "shutdown returns a lane whose request is on the way",
        Protocol::Outbox(Rules { shutdown_ready: true, ..FIXED }),
    )
    .mutates()
    .size(A, 2, 0)
    .faults("S")
    .expects(&[(OtherStage, "S")]),
    Case::new("N3", "acts do not raise the token", Protocol::Outbox(Rules { act_raises: false, ..FIXED }))
        .mutates()
        .size(B, 2, 2)
        .faults("")
        .expects(&[(NotSeen, "")]),
    Case::new(
        "N4",
        "`not found` without a check after the age of the doubt",
        Protocol::Outbox(Rules { look_after: false, ..FIXED }),
    )
    .mutates()
    .size(B, 2, 1)
    .faults("L")
    .expects(&[(TwoRecords, "L")]),
    Case::new(
        "N5",
        "fence without the owner",
        Protocol::Outbox(Rules { fence_owner: false, distrust_raises: false, distrust_renews_age: false, ..FIXED }),
    )
    .mutates()
    .size(B, 2, 0)
    .faults("R")
    .expects(&[(TwoRecords, "R"), (ForeignFinish, "R"), (UnmarkedCreate, "R")]),
    Case::new("N6", "finish does not name its head", Protocol::Outbox(Rules { finish_head: false, ..FIXED }))
        .mutates()
        .size(A, 2, 0)
        .faults("E")
        .expects(&[(OtherStage, "E"), (ForeignFinish, "E")]),
    Case::new(
        "N7",
        "lanes created after a restore are not in doubt",
        Protocol::Outbox(Rules { distrust_new: false, distrust_raises: false, distrust_renews_age: false, ..FIXED }),
    )
    .mutates()
    .size(B, 2, 0)
    .faults("R")
    .expects(&[(TwoRecords, "R"), (UnmarkedCreate, "R")]),
    Case::new("N8", "replay does not open the report", Protocol::Outbox(Rules { replay_opens: false, ..FIXED }))
        .mutates()
        .size(A, 2, 0)
        .faults("P")
        .expects(&[(NoPayload, "P")]),
    Case::new("N9", "erased lane is not in doubt", Protocol::Outbox(Rules { erase_keeps: false, ..FIXED }))
        .mutates()
        .size(B, 2, 0)
        .faults("G")
        .expects(&[(TwoRecords, "G")]),
    Case::new(
        "N10",
        "resend only after a fenced finish",
        Protocol::Outbox(Rules { resend: Resend::AfterFencedFinish, ..FIXED }),
    )
    .mutates()
    .size(A, 2, 0)
    .faults("CFL")
    .expects(&[(OtherStage, "L"), (OtherStage, "CF")]),
    Case::new("N11", "resend is judged as a refresh", Protocol::Outbox(Rules { resend_judged: true, ..FIXED }))
        .mutates()
        .size(A, 2, 0)
        .faults("L")
        .expects(&[(OtherStage, "L")]),
    Case::new(
        "N12",
        "finish is refused after the lease although no worker claimed (allowed, not needed)",
        Protocol::Outbox(Rules { finish_live: true, ..FIXED }),
    )
    .size(B, 2, 1)
    .faults("CL")
    .live(),
    Case::new(
        "N13",
        "restore with distrust does not raise the tokens",
        Protocol::Outbox(Rules { distrust_raises: false, ..FIXED }),
    )
    .mutates()
    .size(B, 1, 1)
    .faults("R")
    .expects(&[(TwoRecords, "R"), (UnmarkedCreate, "R")]),
    Case::new(
        "N14",
        "restore with distrust does not renew the age of a doubt",
        Protocol::Outbox(Rules { distrust_renews_age: false, ..FIXED }),
    )
    .mutates()
    .size(B, 1, 1)
    .faults("R")
    .expects(&[(TwoRecords, "R"), (UnmarkedCreate, "R")]),
];
