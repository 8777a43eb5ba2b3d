//! Filters and loss policies of a target.

use chargeback::sandbox::Sandbox;
use chargeback::spade::WonMeans;
use chargeback::tutelar::DefeatedMeans;
use chargeback::{Error, Field, LossPolicy, Outcome, Reporter, Skipped, Stage, Target, spade, tutelar};

use super::{case_at, kinds};

#[tokio::test(start_paused = true)]
async fn filters_and_loss_policies_apply_before_sending() {
    let sandbox = Sandbox::in_memory();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).losses(LossPolicy::RefuseMeaning);
    let spade = spade.build().unwrap();
    let tutelar = sandbox.connect(sandbox.tutelar_connector(DefeatedMeans::Refuse)).build().unwrap();
    let thirdwatch = sandbox.connect(sandbox.thirdwatch_connector()).build().unwrap();
    let reporter = Reporter::builder()
        .target(Target::required(spade))
        .target(Target::required(tutelar).filter(|c| c.stage() != Stage::Contested).filter(|c| c.amount().is_none()))
        .target(Target::best_effort(thirdwatch).filter(|c| c.payment().user_id.is_some()))
        .build()
        .unwrap();
    // Spade would merge the stage with "pending".
    let outcomes = reporter.report(&case_at(Stage::Contested)).await;
    assert_eq!(kinds(&outcomes), ["unsupported", "skipped", "acknowledged"]);
    let Outcome::Unsupported(Error::Unsupported(error)) = outcomes.get(&spade::ID).unwrap().outcome() else { panic!() };
    assert_eq!(error.field(), Field::Stage);
    let skipped = outcomes.get(&tutelar::ID).unwrap().outcome();
    assert!(matches!(skipped, Outcome::Skipped(Skipped::NotRouted)) && skipped.is_settled(), "{skipped}");
    assert_eq!((sandbox.spade().requests(), sandbox.tutelar().requests()), (0, 0));
    let plans = reporter.plan(&case_at(Stage::Contested));
    assert_eq!(
        plans.iter().map(|(id, plan)| (id.as_str(), plan.is_ok())).collect::<Vec<_>>(),
        [("spade", false), ("thirdwatch", true)]
    );
    assert_eq!(
        kinds(&reporter.report(&case_at(Stage::Accepted)).await),
        ["unsupported", "acknowledged", "acknowledged"]
    );
}
