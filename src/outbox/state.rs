//! The states of a lane, and the reasons for them.

use crate::util::string_enum::string_enum;

string_enum! {
    path = "chargeback::outbox";
    /// The state of a lane.
    pub enum LaneState {
        /// No report waits.
        Idle = "idle",
        /// The head of the lane is sent at its due time.
        Ready = "ready",
        /// A worker holds the lane until its lease ends.
        Leased = "leased",
        /// A person must act.
        Blocked = "blocked",
    }
}

string_enum! {
    path = "chargeback::outbox";
    /// The reason for which the head of a lane waits or is blocked.
    pub enum WaitReason {
        /// The vendor limits the rate of requests.
        RateLimited = "rate_limited",
        /// The report was not sent, or may be sent again, and is retried by schedule.
        Retry = "retry",
        /// The vendor refused the credentials.
        KeyRefused = "key_refused",
        /// The outcome is unknown, and the vendor's record is looked up later.
        LookUp = "look_up",
        /// The payload has fields or values of a newer version of this crate.
        NewerPayload = "newer_payload",
        /// The last acknowledged report is sent again after the settling time.
        Settling = "settling",
        /// The payload was sealed with a key that this process does not have.
        AnotherKey = "another_key",
        /// Blocked: the vendor may have acted, and no lookup can determine the outcome.
        InDoubt = "in_doubt",
        /// Blocked: the vendor's records contradict the report, or several match.
        Conflict = "conflict",
        /// Blocked: the vendor rejected the report.
        Rejected = "rejected",
        /// Blocked: the report is invalid for this vendor.
        Invalid = "invalid",
        /// Blocked: the loss policy refuses a loss.
        RefusedByPolicy = "refused_by_policy",
        /// Blocked: the lifecycle graph does not have the transition.
        IllegalTransition = "illegal_transition",
        /// Blocked: the vendor has no value for the stage, and the settings ask for a person then.
        Unsupported = "unsupported",
        /// Blocked: a later step of an acknowledged report failed, and the settings ask for a person then.
        Incomplete = "incomplete",
        /// Blocked: five workers lost their lease while they held the lane.
        Crashed = "crashed",
        /// Blocked: the payload cannot be read.
        UnreadablePayload = "unreadable_payload",
        /// Blocked: the report was retried for too long.
        Expired = "expired",
    }
}

string_enum! {
    path = "chargeback::outbox";
    /// The way in which the head of a lane was passed.
    pub enum PassedAs {
        /// The vendor acknowledged the report.
        Acknowledged = "acknowledged",
        /// The vendor acknowledged the report, and a later step failed.
        Incomplete = "incomplete",
        /// The filter of the target excludes the chargeback.
        NotRouted = "not_routed",
        /// The lifecycle skipped the stage, for example because it is stale.
        Skipped = "skipped",
        /// The vendor has no value for the stage.
        Unsupported = "unsupported",
        /// A best-effort vendor did not accept the report.
        DeadLetter = "dead_letter",
        /// An operator skipped the report.
        SkippedByOperator = "skipped_by_operator",
        /// An operator replaced the payload. The report is sent with the new payload.
        Replaced = "replaced",
        /// An operator found the report at the vendor.
        AppliedByOperator = "applied_by_operator",
    }
}

string_enum! {
    path = "chargeback::outbox";
    /// The state of the second send of a lane's last acknowledged report.
    ///
    /// A request of an expired lease may have reached an idempotent vendor after a newer one. The last acknowledged
    /// report is then sent again.
    pub enum Resend {
        /// Not needed.
        None = "none",
        /// Needed. Served when the lane is idle and the settling time has passed.
        Wanted = "wanted",
        /// In progress.
        Serving = "serving",
        /// Needed, and the payload was deleted: the vendor may hold an older stage.
        Impossible = "impossible",
    }
}
