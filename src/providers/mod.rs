//! The connectors of the supported vendors, and the helpers that they share.
//!
//! Every vendor has the same files. Imports point down this list:
//!
//! | File | Contents |
//! |---|---|
//! | `config.rs` | the connector struct with its settings, and `from_env` |
//! | `request.rs` | one struct per call: the typed request and its rules |
//! | `reply.rs` | the typed replies and their parsers |
//! | `map.rs` | the mapping of stages, reasons and fields, and the translation of a report |
//! | `operations.rs` | `impl Operation` for each request |
//! | `mod.rs` | facts and sources, `impl Connector`, and the native calls |
//!
//! No vendor imports another one, and no connector does I/O.

mod env;
mod facts;
pub(crate) mod json;
mod map;
mod notes;
mod reply;
mod text;

pub mod maxmind;
pub mod pipwave;
pub mod ravelin;
pub mod revcent;
pub mod riskified;
pub mod seon;
pub mod sift;
pub mod spade;
pub mod thirdwatch;
pub mod tutelar;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::DateTime;

    use crate::connector::{Case, CompletedStep, Connector, Operation, Planned, RetrySafety};
    use crate::model::{Chargeback, Fraud, FraudKind, Reason, Representment, Stage};
    use crate::util::secret::Secret;

    /// Chargebacks at every stage and with every reason, with and without the vendor's ids of payment and case.
    fn chargebacks<C: Connector>(connector: &C) -> Vec<Chargeback> {
        let mut all = Vec::new();
        for &stage in Stage::ALL {
            for reason in Reason::ALL.iter().cloned().chain([Reason::from("unknown to all")]) {
                let builder = Chargeback::builder("CB-1", stage, reason, DateTime::UNIX_EPOCH)
                    .order_id("o-1")
                    .transaction_id("t-1")
                    .gateway_transaction_id("g-1")
                    .user_id("u-1")
                    .fraud(Fraud::new(FraudKind::FriendlyFraud))
                    .representment(Representment::initiated());
                // Some vendors accept only ids of one form.
                let with_payment = builder.clone().vendor_payment(connector.id(), "payment0000000000001");
                all.extend(builder.build());
                all.extend(with_payment.clone().build());
                all.extend(with_payment.vendor_case(connector.id(), "chargeback0000000001").build());
            }
        }
        all
    }

    /// Adds the writes among these steps and all steps that can follow them.
    fn add_writes<C: Connector>(
        connector: &C,
        case: &Case<'_>,
        steps: Vec<Planned<C::Step>>,
        done: &mut Vec<CompletedStep<C::Step>>,
        writes: &mut BTreeSet<(&'static str, bool)>,
    ) {
        for Planned { step, .. } in steps {
            if !step.reads_only() {
                let idempotent = step.retry_safety() == RetrySafety::Idempotent;
                writes.insert((step.name(), idempotent));
                assert!(idempotent || connector.capabilities().can_look_up() == step.lookup().is_some());
            }
            let mut step = Some(step);
            for possible in step.as_ref().map_or_else(Vec::new, |step| connector.possible_replies(case, step)) {
                let Some(sent) = step.take() else { break };
                done.push(CompletedStep { step: sent, reply: possible.reply });
                if let Ok(next) = connector.next_steps(case, done) {
                    add_writes(connector, case, next.steps, done, writes);
                }
                step = done.pop().map(|last| last.step);
            }
        }
    }

    /// The names of the writes of all reports, and whether each is idempotent.
    fn writes<C: Connector>(connector: &C) -> BTreeSet<(&'static str, bool)> {
        let mut writes = BTreeSet::new();
        for chargeback in chargebacks(connector) {
            for in_doubt in [false, true] {
                let case = Case::new(&chargeback).in_doubt(in_doubt);
                if let Ok(translation) = connector.translate(&case) {
                    add_writes(connector, &case, translation.steps, &mut Vec::new(), &mut writes);
                }
            }
        }
        writes
    }

    fn check<C: Connector>(connector: &C, expected: &[(&'static str, bool)]) {
        let found = writes(connector);
        assert!(found.iter().eq(expected), "{}: {found:?}", connector.id());
        let all_idempotent = found.iter().all(|(_, idempotent)| *idempotent);
        let capabilities = connector.capabilities();
        assert_eq!(capabilities.writes_are_idempotent(), all_idempotent, "{}", connector.id());
        // `add_writes` checks that every other write has a lookup if the capabilities declare one.
        assert_eq!(capabilities.can_look_up(), !all_idempotent, "{}", connector.id());
    }

    #[test]
    fn capabilities_declare_idempotent_writes_exactly_if_all_writes_are_idempotent() {
        use super::{maxmind, pipwave, ravelin, revcent, riskified, seon, sift, spade, thirdwatch, tutelar};

        let thirdwatch = || thirdwatch::Thirdwatch::new("k", thirdwatch::Environment::Production);
        check(&thirdwatch(), &[("report_chargeback", true)]);
        check(&thirdwatch().tag_after_fraud(), &[("report_chargeback", true), ("tag", true)]);
        for means in [tutelar::DefeatedMeans::MerchantWon, tutelar::DefeatedMeans::MerchantLost] {
            check(&tutelar::Tutelar::v1("k", "s", means), &[("report_chargeback", true)]);
        }
        check(&tutelar::Tutelar::v2(Secret::from("t"), tutelar::DefeatedMeans::Refuse), &[("report_chargeback", true)]);
        let spade = spade::Spade::new("k", spade::Environment::EastSandbox, spade::WonMeans::IssuerWon);
        check(&spade, &[("report_chargeback", true)]);
        for alerts in [ravelin::Alerts::Send, ravelin::Alerts::Refuse] {
            let ravelin = ravelin::Ravelin::new("k", alerts, ravelin::UnclearReasons::LeaveOut);
            check(&ravelin, &[("report_dispute", true)]);
        }
        for won in [seon::WonLabel::Refuse, seon::WonLabel::FalseAlert] {
            check(&seon::Seon::new("k", seon::Environment::Eu, won), &[("label_transactions", true)]);
        }
        let riskified = riskified::Riskified::new("s", "t", riskified::Environment::Production);
        check(&riskified, &[("report_decision", true)]);
        check(&sift::Sift::new("k"), &[("report_chargeback", true)]);
        for won in [maxmind::WonTag::Clear, maxmind::WonTag::Chargeback] {
            check(&maxmind::MaxMind::new(1, "k", won), &[("report_transaction", true)]);
        }
        check(&pipwave::Pipwave::new("k", "s", pipwave::Environment::Live), &[("tag_chargeback", false)]);
        for first in
            [revcent::FirstReport::SearchFirst, revcent::FirstReport::SearchKeyOnly, revcent::FirstReport::CreateAtOnce]
        {
            let revcent = revcent::RevCent::new("k").first_report(first);
            check(&revcent, &[("create_chargeback", false), ("edit_chargeback", false), ("edit_chargeback", true)]);
        }
    }
}
