//! The smallest complete program: one vendor, settings from the environment, one chargeback.
//!
//! `SPADE_API_KEY=... SPADE_ENVIRONMENT=east_sandbox SPADE_WON_MEANS=merchant_won cargo run --example one_vendor`

use chargeback::spade::{self, Spade};
use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider, Network, NetworkCode, Reason, Stage};
use chrono::Utc;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    match run().await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let spade = HttpProvider::new(Spade::from_env()?)?;
    let chargeback = Chargeback::builder("CB-2610-0001", Stage::Received, Reason::FraudCardAbsent, Utc::now())
        .order_id("ORD_10726")
        .network_code(NetworkCode::new(Network::Visa, "10.4"))
        .vendor_payment(spade::ID, "0b6d1f0e-6a6a-4b8e-9d52-1f2f0a7f9d11")
        .build()?;

    // Prints the request without the key. The text contains personal data, so do not write it to a log.
    println!("{}", spade.plan(&chargeback)?.to_text());

    let receipt = spade.report(&chargeback).await?;
    println!("sent `{}` in {} attempts", receipt.stage_value(), receipt.attempts());
    for loss in receipt.losses() {
        println!("lost: {loss}");
    }
    Ok(())
}
