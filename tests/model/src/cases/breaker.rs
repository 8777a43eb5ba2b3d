//! The circuit breaker of a vendor, and its mutations.

use crate::breaker::BreakerRules;
use crate::case::{Case, Protocol};
use crate::violation::Violation::{GivenUp, NeverQuiet, SentWhileOpen, TwoProbes};

const FIXED: BreakerRules = BreakerRules::corrected();

const fn case(id: &'static str, title: &'static str, rules: BreakerRules) -> Case {
    Case::new(id, title, Protocol::Breaker(rules))
}

pub(super) const BREAKER: &[Case] = &[
    case("V1", "breaker, one outage, crashes", FIXED).faults("CCV").live().quick(),
    case("V2", "breaker, two outages, freeze", FIXED).faults("CFVV").live().quick().expects(&[(TwoProbes, "FV")]),
    case("V3", "claim does not read the vendor's row", BreakerRules { claim_reads_row: false, ..FIXED })
        .mutates()
        .faults("V")
        .expects(&[(SentWhileOpen, "V")]),
    case("V4", "probe starts without compare-and-set", BreakerRules { probe_compares: false, ..FIXED })
        .mutates()
        .faults("V")
        .expects(&[(TwoProbes, "V")]),
    case("V5", "probe of a dead worker never ends", BreakerRules { probe_expires: false, ..FIXED })
        .mutates()
        .faults("CV")
        .live()
        .expects(&[(NeverQuiet, "CV")]),
    case("V6", "probe sends after its phase", BreakerRules { probe_deadline: false, ..FIXED })
        .mutates()
        .faults("V")
        .expects(&[(TwoProbes, "V")]),
    case("V7", "failure of an earlier request ends the probe", BreakerRules { only_probe_fails: false, ..FIXED })
        .mutates()
        .faults("V")
        .expects(&[(TwoProbes, "V")]),
    case("V8", "probes count as attempts", BreakerRules { probe_is_no_attempt: false, ..FIXED })
        .mutates()
        .faults("V")
        .expects(&[(GivenUp, "V")]),
];
