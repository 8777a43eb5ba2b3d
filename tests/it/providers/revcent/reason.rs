//! The loss of the reason, by the value that is sent in its place.

use chargeback::reason_codes::{CodeKind, CodeStatus, all};
use chargeback::{HttpProvider, Loss, LossPolicy, Plan};

use super::*;

fn case_with(reason: Reason, network: &str, code: &str) -> Chargeback {
    let code = NetworkCode::new(Network::from(network), code);
    plain("c", Stage::Received, reason).network_code(code).build().unwrap()
}

fn reason_loss(plan: &Plan) -> LossKind {
    let mut losses = plan.losses().iter().filter(|loss| loss.field() == Field::Reason).map(Loss::kind);
    let kind = losses.next().unwrap();
    assert_eq!(losses.next(), None, "one loss for the reason");
    kind
}

/// Every known reason with every code of the table. `RefuseMeaning` refuses a code that hides the reason.
#[test]
fn the_loss_of_a_reason_depends_on_the_code_that_is_sent() {
    let build = |policy| HttpProvider::builder(revcent()).transport(Script::empty()).losses(policy).build().unwrap();
    let (accept, strict) = (build(LossPolicy::Accept), build(LossPolicy::RefuseMeaning));
    for row in all().filter(|row| row.kind() != CodeKind::NoCode) {
        for reason in Reason::ALL {
            let case = case_with(reason.clone(), row.network(), row.code());
            let states_one_reason = row.kind() == CodeKind::Reason && row.status() != CodeStatus::Ambiguous;
            let expected = match row.status() {
                CodeStatus::Unknown => LossKind::Dropped,
                _ if states_one_reason && row.reason() == reason => LossKind::Noted,
                _ => LossKind::Merged,
            };
            let context = format!("{} {} {reason:?}", row.network(), row.code());
            assert_eq!(reason_loss(&accept.plan(&case).unwrap()), expected, "{context}");
            assert_eq!(strict.plan(&case).is_err(), expected == LossKind::Merged, "{context}");
        }
    }
}

#[tokio::test]
async fn a_reason_that_is_sent_nowhere_is_dropped() {
    let unknown = Reason::from("buyer's remorse");
    let cases = [
        (case_with(unknown.clone(), "visa", "13.1"), LossKind::Dropped),
        (case_with(unknown.clone(), "canary-network", "x"), LossKind::Dropped),
        (case_with(Reason::NotReceived, "visa", "no-such-code"), LossKind::Dropped),
        (case_with(Reason::NotReceived, "mastercard", "4853"), LossKind::Merged),
        (case_with(Reason::NotReceived, "visa", "10.4"), LossKind::Merged),
        (case_with(Reason::NotReceived, "visa", "13.1"), LossKind::Noted),
        (plain("c", Stage::Received, unknown).build().unwrap(), LossKind::Noted),
        (plain("c", Stage::Received, Reason::NotReceived).build().unwrap(), LossKind::Noted),
    ];
    for (case, expected) in cases {
        let (result, script) = report_once(create_at_once(), &case, created()).await;
        let losses = result.unwrap();
        let kinds: Vec<_> =
            losses.losses().iter().filter(|loss| loss.field() == Field::Reason).map(Loss::kind).collect();
        assert_eq!(kinds, [expected], "{case:?}");
        let sent = String::from_utf8(script.sent()[0].body().to_vec()).unwrap();
        let is_sent = sent.contains(case.reason().description());
        assert_eq!(is_sent, case.network_code().is_none(), "{sent}");
    }
}
