//! The fakes as servers on loopback.

use std::time::Duration;

use chargeback::sandbox::Sandbox;
use chargeback::spade::WonMeans;
use chargeback::tutelar::DefeatedMeans;
use chargeback::{ChargebackProvider, HttpProvider, Representment, Stage};
use serde_json::json;

use super::received;
use crate::support::at;
use crate::support::sockets::{SocketTransport, on_each_transport};

on_each_transport!(all_fakes_follow_a_case_from_received_to_won,);

async fn all_fakes_follow_a_case_from_received_to_won<T: SocketTransport>() {
    let sandbox = Sandbox::start().await;
    let shared = T::with_connect(Duration::from_secs(5));
    let providers: Vec<Box<dyn ChargebackProvider>> = vec![
        Box::new(HttpProvider::builder(sandbox.thirdwatch_connector()).transport(shared.clone()).build().unwrap()),
        Box::new(HttpProvider::builder(sandbox.revcent_connector()).transport(shared.clone()).build().unwrap()),
        Box::new(
            sandbox
                .connect(sandbox.tutelar_connector(DefeatedMeans::MerchantWon))
                .transport(shared.clone())
                .build()
                .unwrap(),
        ),
        Box::new(
            sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).transport(shared.clone()).build().unwrap(),
        ),
        Box::new(sandbox.connect(sandbox.pipwave_connector()).transport(shared.clone()).build().unwrap()),
    ];
    let fight = Representment::initiated().initiated_at(at(5, 1));
    let contested = received().moved_to(Stage::Contested, at(5, 1)).unwrap();
    let contested = contested.to_builder().representment(fight.clone()).build().unwrap();
    let won = contested.moved_to(Stage::Won, at(20, 1)).unwrap();
    let won = won.to_builder().representment(fight.completed_at(at(20, 1))).build().unwrap();
    for chargeback in [received(), contested, won] {
        for provider in &providers {
            let result = provider.report(&chargeback).await;
            let first_at_tutelar = provider.id().as_str() == "tutelar" && chargeback.stage() == Stage::Received;
            assert_eq!(result.is_ok(), !first_at_tutelar, "{} {}", provider.id(), chargeback.stage());
        }
    }
    assert_eq!(sandbox.thirdwatch().cases()[0].state["_chargebackState"], "_won");
    let revcent = &sandbox.revcent().cases()[0];
    assert_eq!(revcent.history.len(), 3);
    assert_eq!(
        revcent.state["representment"],
        json!({
            "initiated": true, "initiated_date": "2026-10-05T01:30:00Z",
            "completed": true, "completed_date": "2026-10-20T01:30:00Z", "outcome": "won",
        })
    );
    assert_eq!(sandbox.tutelar().cases()[0].state["status"], "defeated");
    assert_eq!(sandbox.spade().cases()[0].state["state"], "chargeback_won");
    assert_eq!(sandbox.pipwave().cases()[0].state["stage"], "dispute won");
    assert_eq!(sandbox.revcent().voids(), 0);
}
