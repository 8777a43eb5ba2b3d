//! Plans.

use chargeback::ChargebackProvider;
use chargeback::revcent::RevCent;

use crate::engine::{OK, received, spade_connector};
use crate::support::{Play, Script, provider};

#[tokio::test]
async fn plan_has_the_values_of_the_receipt_and_no_empty_line() {
    let spade = provider(spade_connector(), &Script::new([Play::json(200, OK)]));
    let plan = spade.plan(&received()).unwrap();
    assert_eq!((plan.stage_value(), plan.reason_value()), ("chargeback_pending", "unknown"));
    let receipt = spade.report(&received()).await.unwrap();
    assert_eq!((receipt.stage_value(), receipt.reason_value()), ("chargeback_pending", "unknown"));
    assert!(plan.to_text().contains(plan.steps()[0].request().unwrap().body()));
    // The searches of RevCent have no body.
    let text = provider(RevCent::new("k"), &Script::empty()).plan(&received()).unwrap().to_text();
    assert!(text.contains("\n    GET https://") && text.contains("\n    {"), "{text}");
    assert!(text.lines().all(|line| !line.trim().is_empty()), "{text}");
}
