//! The rules of the protocol that a case can drop.

/// The treatment of a request that may arrive after a newer one, at the idempotent vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resend {
    /// None.
    Never,
    /// A fenced holder sends the last acknowledged report at once, without a claim.
    ByFencedHolder,
    /// A fenced finish marks the lane, and a later claim sends the report.
    AfterFencedFinish,
    /// In addition, a lost lease and an unknown outcome mark the lane. The claim waits for the settling time.
    AfterDoubt,
}

/// The use of `replace` while `in_flight` is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReplaceInDoubt {
    /// Refused.
    Refused,
    /// Allowed; the mark stays.
    KeepsMark,
    /// Allowed; the mark is cleared.
    ClearsMark,
}

/// The use of a search that finds several records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Several {
    /// Blocks the lane at once. The mark stays.
    Blocks,
    /// Blocks the lane and clears the holder's own mark.
    ClearsMark,
    /// Takes one of the records.
    TakesOne,
}

/// The lookup at the status vendor, while the outcome of an earlier request is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatusLookup {
    /// A visible stage is sent again if the status shows the state before, after the settling time. An invisible
    /// stage is never sent again.
    Settled,
    /// As `Settled`, without the settling time.
    AtOnce,
    /// As `Settled`, also for invisible stages.
    Guessed,
    /// No lookup.
    Skipped,
}

/// One variant of the protocol.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each bool is an independent rule")]
pub(crate) struct Rules {
    pub(crate) resend: Resend,
    /// The resend passes the judge of the lifecycle, which skips a refresh.
    pub(crate) resend_judged: bool,
    /// The resend sends the replacement, if the acknowledged payload was one.
    pub(crate) resend_replacement: bool,
    /// Every pass clears `in_flight`, also a skip, a missing value and a dead letter.
    pub(crate) pass_clears: bool,
    /// A shutdown returns a lane at once although a request may be on the wire.
    pub(crate) shutdown_ready: bool,
    /// An act of an operator raises the token.
    pub(crate) act_raises: bool,
    /// "Not found" counts only if the person checked after the doubt was old.
    pub(crate) look_after: bool,
    /// The fence compares the owner, too.
    pub(crate) fence_owner: bool,
    /// `finish` names the head that it finishes.
    pub(crate) finish_head: bool,
    /// `finish` is refused after the end of the lease even if no other worker claimed the lane.
    pub(crate) finish_live: bool,
    /// Lanes created after a restore with distrust are in doubt.
    pub(crate) distrust_new: bool,
    /// A restore with distrust raises all tokens above every token that was given.
    pub(crate) distrust_raises: bool,
    /// A restore with distrust renews the age of every doubt.
    pub(crate) distrust_renews_age: bool,
    /// A replay puts the vendor back into the open set of the report.
    pub(crate) replay_opens: bool,
    /// A failover is treated as a restore with distrust.
    pub(crate) failover_distrust: bool,
    /// The lane of an erased case stays, in doubt, if a report of it was ever begun.
    pub(crate) erase_keeps: bool,
    /// The next head is the next report, for any vendor.
    pub(crate) next_any: bool,
    /// The open vendors of a report are a number instead of a set.
    pub(crate) open_number: bool,
    /// `mark` is a compare-and-set.
    pub(crate) mark_compares: bool,
    /// A holder clears only its own mark.
    pub(crate) clear_guard: bool,
    /// `finish` is fenced.
    pub(crate) finish_fence: bool,
    /// A person who skips a rejected resend leaves the mark of the lane.
    pub(crate) skip_shows_resend: bool,
    /// A mark before a second send renews the age of the doubt.
    pub(crate) mark_renews_age: bool,
    /// A lookup compares the values of a record, and not only its stage.
    pub(crate) lookup_compares: bool,
    pub(crate) replace_in_doubt: ReplaceInDoubt,
    pub(crate) several: Several,
    pub(crate) status_lookup: StatusLookup,
}

impl Rules {
    /// Returns the rules of the outbox.
    pub(crate) const fn corrected() -> Self {
        Self {
            resend: Resend::AfterDoubt,
            resend_judged: false,
            resend_replacement: true,
            pass_clears: false,
            shutdown_ready: false,
            act_raises: true,
            look_after: true,
            fence_owner: true,
            finish_head: true,
            finish_live: false,
            distrust_new: true,
            distrust_raises: true,
            distrust_renews_age: true,
            replay_opens: true,
            failover_distrust: false,
            erase_keeps: true,
            next_any: false,
            open_number: false,
            mark_compares: true,
            clear_guard: true,
            finish_fence: true,
            skip_shows_resend: true,
            mark_renews_age: true,
            lookup_compares: true,
            replace_in_doubt: ReplaceInDoubt::Refused,
            several: Several::Blocks,
            status_lookup: StatusLookup::Settled,
        }
    }

    /// Returns rules without eleven of the corrections, for comparison.
    pub(crate) const fn weak() -> Self {
        Self {
            resend: Resend::AfterFencedFinish,
            pass_clears: true,
            shutdown_ready: true,
            act_raises: false,
            look_after: false,
            fence_owner: false,
            finish_head: false,
            finish_live: true,
            distrust_new: false,
            distrust_raises: false,
            distrust_renews_age: false,
            replay_opens: false,
            erase_keeps: false,
            ..Self::corrected()
        }
    }
}
