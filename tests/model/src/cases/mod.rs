//! All cases, with their expected verdicts.

mod breaker;
mod mutations;
mod rules;
mod vendors;
mod weak;

use crate::case::Case;
use crate::outbox::rules::Rules;

const WEAK: Rules = Rules::weak();
const FIXED: Rules = Rules::corrected();

/// Reports for vendor A only.
const A: &[u8] = &[1];
/// Reports for vendor B only.
const B: &[u8] = &[2];
/// Reports for both vendors.
const BOTH: &[u8] = &[3];
/// Reports for any set of vendors.
const MIXED: &[u8] = &[1, 2, 3];

/// Returns all cases.
pub(crate) fn all() -> Vec<&'static Case> {
    let groups = [weak::WEAK_RULES, rules::RULES, vendors::VENDORS, breaker::BREAKER, mutations::MUTATIONS];
    groups.into_iter().flatten().collect()
}
