//! The operations of the outbox model.

use crate::step::Op;
use crate::step::Place::{self, Store, Time, Vendor, Worker};

const fn op(place: Place, name: &'static str, outcome: &'static str, text: &'static str) -> Op {
    Op { place, name, outcome, text }
}

/// Accepts a report, by the set of vendors.
pub(crate) static ACCEPT: [Op; 3] = [
    op(Store, "accept", "ok", "accepted for A,"),
    op(Store, "accept", "ok", "accepted for B,"),
    op(Store, "accept", "ok", "accepted for A and B,"),
];

pub(crate) static CLAIM: Op = op(Store, "claim", "ok", "claims");
pub(crate) static CLAIM_EXPIRED: Op = op(Store, "claim", "ok", "claims after the lost lease");
pub(crate) static CLAIM_RESEND: Op = op(Store, "claim", "ok", "claims for the resend");
pub(crate) static CLAIM_OLD_TOKEN: Op = op(Store, "claim", "ok", "claims with a token given before the restore");
pub(crate) static CLAIM_BLOCKS: Op = op(Store, "claim", "blocked", "claims, too many lost leases, blocks");

pub(crate) static SKIP_REFRESH: Op = op(Worker, "judge", "skip", "judges a refresh, skips");
pub(crate) static SKIP_STALE: Op = op(Worker, "judge", "skip", "judges stale, skips");
pub(crate) static SKIP_OTHER: Op = op(Worker, "judge", "skip", "skips (not routed, no value or dead letter)");
pub(crate) static SEND: Op = op(Worker, "judge", "send", "judges, will send");
pub(crate) static GET: Op = op(Worker, "lookup", "found", "gets the record for");
pub(crate) static FOUND: Op = op(Worker, "lookup", "found", "search finds one record for");
pub(crate) static FOUND_OTHER: Op = op(Worker, "lookup", "found_other", "search finds the other record for");
pub(crate) static FOUND_SEVERAL: Op = op(Worker, "lookup_several", "blocks", "search finds several records for");
pub(crate) static TAKES_ONE: Op = op(Worker, "lookup_several", "takes_one", "search finds several records, takes one:");
pub(crate) static NOT_FOUND: Op = op(Worker, "lookup", "not_found", "search finds no record for");
pub(crate) static LOOKUP_FAILED: Op = op(Worker, "lookup", "failed", "lookup fails for");
pub(crate) static SHOWS_STAGE: Op = op(Worker, "lookup", "applied", "status shows the stage");
pub(crate) static SHOWS_BEFORE: Op = op(Worker, "lookup", "before", "status shows the state before");
pub(crate) static SHOWS_NOTHING: Op = op(Worker, "lookup", "inconclusive", "status cannot show the stage");
pub(crate) static SEVERAL_AFTER: Op =
    op(Worker, "lookup_several", "blocks", "search after the attempt finds several records for");

pub(crate) static MARK: Op = op(Store, "mark", "ok", "mark");
pub(crate) static MARK_REPLY_LOST: Op = op(Store, "mark", "reply_lost", "mark is committed, its reply lost; gives up");
pub(crate) static MARK_FENCED: Op = op(Store, "mark", "fenced", "mark: fenced");
pub(crate) static MAY_SEND: Op = op(Worker, "may_send", "yes", "may_send: yes");
pub(crate) static MAY_NOT_SEND: Op = op(Worker, "may_send", "no", "may_send: no");
pub(crate) static WRITE: Op = op(Worker, "send", "sent", "writes to the socket:");
pub(crate) static NO_CONNECTION: Op = op(Worker, "send", "not_sent", "cannot connect");

pub(crate) static FINISH_ACKNOWLEDGED: Op = op(Store, "finish", "ok", "finish: acknowledged");
pub(crate) static FINISH_NOT_SENT: Op = op(Store, "finish", "ok", "finish: not sent, of");
pub(crate) static FINISH_REJECTED: Op = op(Store, "finish", "ok", "finish: rejected, blocked, of");
pub(crate) static FINISH_UNKNOWN: Op = op(Store, "finish", "ok", "finish: unknown, of");
pub(crate) static FINISH_UNKNOWN_BLOCKED: Op = op(Store, "finish", "ok", "finish: unknown, blocked in doubt, of");
pub(crate) static FINISH_NOT_FOUND: Op = op(Store, "finish", "ok", "finish: not found, look up later, of");
pub(crate) static FINISH_NOT_FOUND_BLOCKED: Op = op(Store, "finish", "ok", "finish: not found, blocked in doubt, of");
pub(crate) static FINISH_LOOKUP_FAILED: Op = op(Store, "finish", "ok", "finish: lookup failed, of");
pub(crate) static FINISH_SEVERAL: Op = op(Store, "finish", "ok", "finish: several records, blocked, of");
pub(crate) static FINISH_INVISIBLE: Op = op(Store, "finish", "ok", "finish: not shown, blocked in doubt, of");
pub(crate) static FINISH_PASSED: Op = op(Store, "finish", "ok", "finish: passed without sending, of");
pub(crate) static FINISH_REPLY_LOST: Op =
    op(Store, "finish", "reply_lost", "finish (acknowledged) takes the next head, its reply is lost; will repeat for");
pub(crate) static FINISH_FENCED: Op = op(Store, "finish", "fenced", "finish: fenced, for");
pub(crate) static DIRECT_END: Op = op(Worker, "direct_resend", "end", "ends its own resend of");

pub(crate) static CRASH: Op = op(Worker, "crash", "ok", "dies");
pub(crate) static DROP: Op = op(Store, "drop", "ok", "shuts down and drops");

pub(crate) static LEASE_ENDS: Op = op(Time, "lease_lost", "idle", "lease ends");
pub(crate) static LEASE_ENDS_FREEZE: Op =
    op(Time, "lease_lost", "freeze", "freeze between check and socket: lease ends");
pub(crate) static LEASE_ENDS_BLIND: Op = op(Time, "lease_lost", "blind", "pause that no clock shows: lease ends");
pub(crate) static LEASE_ENDS_WIRE: Op =
    op(Time, "lease_lost", "clock_step", "clock steps forward while a request is on the wire: lease ends");
pub(crate) static DOUBT_AGES: Op = op(Time, "doubt_ages", "ok", "doubt is older than lease + operation + 10 min");
pub(crate) static DOUBT_AGES_LONG: Op =
    op(Time, "doubt_ages", "long", "request or freeze outlives lease + operation + 10 min");

pub(crate) static ARRIVES: Op = op(Vendor, "reply", "acknowledged", "request arrives, reply read:");
pub(crate) static ARRIVES_LATE: Op = op(Vendor, "arrives", "late", "late request arrives:");
pub(crate) static ARRIVES_ORPHAN: Op = op(Vendor, "arrives", "orphan", "request arrives (sender gone):");
pub(crate) static REPLY_LOST: Op = op(Vendor, "reply", "lost", "request arrives, reply lost:");
pub(crate) static REJECTS: Op = op(Vendor, "reply", "rejected", "vendor rejects:");
pub(crate) static REQUEST_LOST: Op = op(Vendor, "reply", "request_lost", "request is lost:");
pub(crate) static HELD_UP: Op = op(Vendor, "reply", "timeout", "request is held up, sender times out:");
pub(crate) static OTHER_SYSTEM: Op = op(Vendor, "other_record", "ok", "another system creates a record");

pub(crate) static SEES_FOUND: Op = op(Worker, "check", "found", "checks with the vendor: found, head");
pub(crate) static SEES_OTHER: Op = op(Worker, "check", "found_other", "checks with the vendor: other record, head");
pub(crate) static SEES_NOTHING: Op = op(Worker, "check", "not_found", "checks with the vendor: not found, head");
pub(crate) static OVERLOOKS: Op = op(Worker, "check", "overlooked", "checks badly: not found, head");
pub(crate) static GIVES_UP: Op = op(Worker, "leave", "ok", "gives up");
pub(crate) static SKIP: Op = op(Store, "skip", "ok", "skip");
pub(crate) static RETRY: Op = op(Store, "retry", "ok", "retry");
pub(crate) static RESOLVE_FOUND: Op = op(Store, "resolve_found", "ok", "resolve(Found)");
pub(crate) static RESOLVE_APPLIED: Op = op(Store, "resolve_applied", "ok", "resolve(Applied)");
pub(crate) static RESOLVE_NOT_FOUND: Op = op(Store, "resolve_not_found", "ok", "resolve(NotFound)");
pub(crate) static RESOLVE_FORCED: Op = op(Store, "resolve_not_found", "forced", "resolve(NotFound) by force");
pub(crate) static REPLACE: Op = op(Store, "replace", "ok", "replaces");

pub(crate) static SWEEP: Op = op(Store, "sweep", "deleted", "sweep deletes payload");
pub(crate) static SWEEP_FREEZE: Op =
    op(Store, "sweep", "deleted", "freeze outlives the payload; sweep deletes payload");
pub(crate) static REPLAY: Op = op(Store, "replay", "ok", "replay of");
pub(crate) static ERASE: Op = op(Store, "erase", "ok", "erase");
pub(crate) static BACKUP: Op = op(Store, "backup", "ok", "a backup is taken, or a replica has the same state");
pub(crate) static RESTORE: Op = op(Store, "restore", "ok", "restore with distrust");
pub(crate) static FAILOVER: Op = op(Store, "failover", "ok", "failover loses the commits since");
