//! A server that receives the webhooks of Stripe and Adyen and reports the chargebacks to all five vendors.
//!
//! `cargo run --example webhook_server --features webhooks,sandbox`
//!
//! The program sends the webhooks of two cases to itself, including duplicates and late deliveries, and prints the
//! records of each vendor. With `--serve`, the server continues to listen.

mod demo;
mod server;

use std::sync::Arc;

use chargeback::lifecycle::MemoryLedger;
use chargeback::sandbox::{RecordedCase, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::tutelar::DefeatedMeans;
use chargeback::webhooks::{Mapping, adyen, stripe};
use chargeback::{BulkOutcome, Outcome, Reporter, Skipped};
use tokio::net::TcpListener;

use self::server::{App, Inbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await;
    let reporter = Reporter::builder()
        .required(sandbox.connect(sandbox.revcent_connector()).build()?)
        .best_effort(sandbox.connect(sandbox.thirdwatch_connector()).build()?)
        .best_effort(sandbox.connect(sandbox.tutelar_connector(DefeatedMeans::MerchantWon)).build()?)
        .best_effort(sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build()?)
        .best_effort(sandbox.connect(sandbox.pipwave_connector()).build()?)
        // The ledger skips late stages and keeps RevCent's ids. In production, use a database table.
        .ledger(MemoryLedger::new())
        .build()?;

    let (inbox, queue) = Inbox::new(1_024);
    let app = Arc::new(App {
        stripe: stripe::Verifier::new(demo::STRIPE_SECRET)?,
        adyen: adyen::Verifier::new(demo::ADYEN_KEY)?,
        mapping: Mapping::default(),
        payments: demo::payments(),
        inbox,
    });
    let back = app.inbox.back();
    let reports = tokio::spawn(async move { server::report(&reporter, queue, &back, |done| print(&done)).await });

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    println!("listening on http://{address}/webhooks/stripe and /webhooks/adyen\n");
    let (finish, finished) = tokio::sync::oneshot::channel::<()>();
    let router = server::router(Arc::clone(&app));
    let serving = axum::serve(listener, router).with_graceful_shutdown(async {
        let _ = finished.await;
    });
    let serving = tokio::spawn(serving.into_future());

    demo::play(&format!("http://{address}")).await?;
    if std::env::args().any(|argument| argument == "--serve") {
        tokio::signal::ctrl_c().await?;
    }
    // Stop the server first. Then report the rest of the inbox.
    let _ = finish.send(());
    serving.await??;
    drop(app);

    reports.await?;
    show_all(&sandbox);
    Ok(())
}

/// Prints the records of each vendor.
fn show_all(sandbox: &Sandbox) {
    println!("\nRecorded by the vendors");
    show("revcent", &sandbox.revcent().cases());
    show("thirdwatch", &sandbox.thirdwatch().cases());
    show("tutelar", &sandbox.tutelar().cases());
    show("spade", &sandbox.spade().cases());
    show("pipwave", &sandbox.pipwave().cases());
}

fn print(done: &BulkOutcome) {
    let (case, stage) = (done.chargeback.case_id(), done.chargeback.stage());
    let text = match done.result.outcome() {
        Outcome::Skipped(Skipped::Step(step)) => format!("skipped: {step}"),
        outcome => outcome.to_string(),
    };
    println!("        {case:<20} {stage:<12} {:<10} {text}", done.result.provider());
}

fn show(vendor: &str, cases: &[RecordedCase]) {
    for case in cases {
        let state: String = case.state.to_string().chars().take(90).collect();
        println!("  {vendor:<10} {:<38} {} writes  {state}...", case.key, case.history.len());
    }
}
