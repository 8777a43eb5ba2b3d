//! The list of checks.

use super::factory::StoreFactory;
use super::probe::{Checked, Probe};
use super::{delivery, operator, races, upkeep};

macro_rules! checks {
    ($( $name:ident: $module:ident, )+) => {
        /// The names of all checks.
        pub const CHECKS: &[&str] = &[ $( stringify!($name), )+ ];

        pub(super) async fn check<F: StoreFactory>(probe: &mut Probe<'_, F>, name: &str) -> Checked {
            match name {
                $( stringify!($name) => Box::pin($module::$name(probe)).await, )+
                _ => Err("no such check".to_owned()),
            }
        }
    };
}

checks! {
    accepted_report_is_durable: delivery,
    payload_is_returned_byte_by_byte: delivery,
    same_key_is_accepted_once: delivery,
    other_bytes_with_the_same_key_conflict: delivery,
    reports_of_a_case_are_claimed_in_order: delivery,
    vendor_sets_are_independent: delivery,
    claim_takes_due_lanes_only: delivery,
    claim_takes_at_most_the_limit: delivery,
    expired_lease_is_claimed_with_a_higher_token: delivery,
    claim_of_one_lane: delivery,
    extended_lease_is_not_claimed: delivery,
    mark_is_set_by_one_holder: delivery,
    expired_lease_sets_no_mark: delivery,
    second_finish_is_refused: delivery,
    only_an_acknowledgement_clears_the_mark: delivery,
    own_mark_is_cleared_by_its_holder_only: delivery,
    vendor_case_is_kept: delivery,
    attempts_and_lookups_are_counted: delivery,
    next_head_is_taken_with_a_higher_token: delivery,
    five_expired_leases_block_the_lane: delivery,
    expired_lease_of_an_idempotent_vendor_is_resent: delivery,
    new_report_comes_before_a_resend: delivery,
    act_on_a_changed_lane_is_refused: operator,
    act_on_a_leased_lane_is_refused: operator,
    retry_skip_and_replay: operator,
    found_and_applied_end_a_doubt: operator,
    not_found_is_refused_while_a_request_may_be_under_way: operator,
    replaced_payload_keeps_its_place: operator,
    vendor_state_is_compared_and_set: operator,
    open_breaker_admits_a_probe_only: operator,
    lists_are_filtered_and_paged: operator,
    counts_follow_the_lanes: operator,
    sweep_keeps_what_is_needed: upkeep,
    sweep_waits_for_the_retention_time: upkeep,
    key_stays_known_after_the_sweep: upkeep,
    replaced_resend_leaves_no_payload: upkeep,
    erased_case_leaves_no_word: upkeep,
    erased_case_comes_back_in_doubt: upkeep,
    distrust_puts_every_lane_in_doubt: upkeep,
    wait_ends_when_a_report_is_accepted: races,
    lane_is_leased_once_in_many_races: races,
    order_of_a_case_under_many_callers: races,
}
