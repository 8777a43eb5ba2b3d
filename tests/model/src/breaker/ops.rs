//! The operations of the breaker model.

use crate::step::Op;
use crate::step::Place::{self, Store, Time, Vendor, Worker};

const fn op(place: Place, name: &'static str, outcome: &'static str, text: &'static str) -> Op {
    Op { place, name, outcome, text }
}

pub(crate) static READ_CLOSED: Op = op(Store, "vendor", "closed", "reads that the breaker is closed");
pub(crate) static READ_PROBE: Op = op(Store, "vendor", "may_probe", "reads that a probe may start");
pub(crate) static PROBE: Op = op(Store, "probe_start", "ok", "starts a probe");
pub(crate) static PROBE_CHANGED: Op = op(Store, "probe_start", "changed", "cannot start a probe: row changed");
pub(crate) static PROBE_UNUSED: Op = op(Store, "probe_unused", "ok", "ends its probe, nothing is due");
pub(crate) static CLAIM: Op = op(Store, "claim", "ok", "claims");
pub(crate) static CLAIM_NONE: Op = op(Store, "claim", "none", "claims nothing, no lane is due");
pub(crate) static CLAIM_HELD: Op = op(Store, "claim", "held", "claims nothing, breaker is open");
pub(crate) static MAY_SEND: Op = op(Worker, "may_send", "yes", "may_send: yes");
pub(crate) static MAY_NOT_SEND: Op = op(Worker, "may_send", "no", "may_send: no");
pub(crate) static WRITE: Op = op(Worker, "send", "sent", "writes to the socket");
pub(crate) static REPLY: Op = op(Vendor, "reply", "acknowledged", "vendor acknowledges");
pub(crate) static FAILURE: Op = op(Vendor, "reply", "failed", "vendor fails");
pub(crate) static FINISH_ACKNOWLEDGED: Op = op(Store, "finish", "ok", "finish: acknowledged");
pub(crate) static FINISH_FAILED: Op = op(Store, "finish", "ok", "finish: failed, retry later");
pub(crate) static FINISH_GIVEN_UP: Op = op(Store, "finish", "given_up", "finish: failed, no attempt left");
pub(crate) static FINISH_NOT_SENT: Op = op(Store, "finish", "ok", "finish: not sent");
pub(crate) static FINISH_FENCED: Op = op(Store, "finish", "fenced", "finish: fenced");
pub(crate) static EVENT_SUCCESS: Op = op(Store, "vendor_event", "success", "notes a success of the vendor");
pub(crate) static EVENT_FAILURE: Op = op(Store, "vendor_event", "failure", "notes a failure of the vendor");
pub(crate) static CRASH: Op = op(Worker, "crash", "ok", "dies");
pub(crate) static LEASE_ENDS: Op = op(Time, "lease_lost", "idle", "lease ends");
pub(crate) static LEASE_ENDS_FREEZE: Op =
    op(Time, "lease_lost", "freeze", "freeze between check and socket: lease ends");
pub(crate) static HOLD_ENDS: Op = op(Time, "hold_ends", "ok", "phase of the breaker ends");
pub(crate) static HOLD_ENDS_FREEZE: Op =
    op(Time, "hold_ends", "freeze", "freeze between check and socket: phase of the probe ends");
pub(crate) static GOES_DOWN: Op = op(Vendor, "outage", "begins", "vendor goes down");
pub(crate) static COMES_UP: Op = op(Vendor, "outage", "ends", "vendor recovers");
