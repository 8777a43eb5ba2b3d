//! Reports one month of chargebacks to all vendors. The sandbox plays the vendors on loopback.
//!
//! `cargo run --example quickstart --features sandbox`

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use chargeback::maxmind::WonTag;
use chargeback::ravelin::{Alerts, UnclearReasons};
use chargeback::sandbox::{RecordedCase, Sandbox};
use chargeback::seon::WonLabel;
use chargeback::spade::WonMeans;
use chargeback::tutelar::DefeatedMeans;
use chargeback::{Chargeback, ChargebackProvider, Delivery, Error, Loss, LossKind, Receipt};

const MONTH: &str = include_str!("data/chargebacks.jsonl");

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let month = MONTH.lines().map(serde_json::from_str).collect::<Result<Vec<Chargeback>, _>>()?;
    let sandbox = Sandbox::start().await;
    let providers = providers(&sandbox)?;

    let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
    for chargeback in &month {
        println!("\n{}", headline(chargeback));
        for provider in &providers {
            let (result, details, losses) = match provider.report(chargeback).await {
                // The report is recorded, but a later step (a tag, an edit) has failed.
                Ok(receipt) if !receipt.is_complete() => ("incomplete", sent(&receipt), lost(receipt.losses())),
                Ok(receipt) => ("acknowledged", sent(&receipt), lost(receipt.losses())),
                Err(error) => (outcome(&error), error.to_string(), String::new()),
            };
            *totals.entry(result).or_default() += 1;
            println!("  {:<10}  {result:<12}  {details:<56}  {losses}", provider.id());
        }
    }

    println!("\nRecorded by the vendors");
    show("thirdwatch", &sandbox.thirdwatch().cases());
    show("thirdwatch, tags", &sandbox.thirdwatch().tags());
    show("revcent", &sandbox.revcent().cases());
    show("tutelar", &sandbox.tutelar().cases());
    show("spade", &sandbox.spade().cases());
    show("pipwave", &sandbox.pipwave().cases());
    show("maxmind", &sandbox.maxmind().cases());
    show("sift", &sandbox.sift().cases());
    show("ravelin", &sandbox.ravelin().cases());
    show("seon", &sandbox.seon().cases());
    show("riskified", &sandbox.riskified().cases());

    let cases: BTreeSet<&str> = month.iter().map(Chargeback::case_id).collect();
    let (steps, vendors) = (month.len(), providers.len());
    println!("\n{} cases, {steps} stages, {vendors} vendors: {} reports", cases.len(), steps * vendors);
    for (result, count) in &totals {
        println!("  {count:>3}  {result}");
    }
    println!("  {:>3}  customers refunded by RevCent", sandbox.revcent().voids());
    // Every other report was acknowledged, or failed with a reason before anything was written.
    let unclear = ["unclear", "incomplete"].iter().filter_map(|result| totals.get(result)).sum::<usize>();
    println!("  {unclear:>3}  lost, unclear or incomplete");
    Ok(if unclear == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds a provider for each vendor.
///
/// The settings have no default: the documents of Tutelar and Spade do not define which side won, MaxMind and
/// SEON have several values for a won case, and an alert can block the customer at Ravelin.
fn providers(sandbox: &Sandbox) -> Result<Vec<Box<dyn ChargebackProvider>>, Error> {
    Ok(vec![
        Box::new(sandbox.connect(sandbox.thirdwatch_connector().tag_after_fraud()).build()?),
        Box::new(sandbox.connect(sandbox.revcent_connector()).build()?),
        Box::new(sandbox.connect(sandbox.tutelar_connector(DefeatedMeans::MerchantWon)).build()?),
        Box::new(sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build()?),
        Box::new(sandbox.connect(sandbox.pipwave_connector()).build()?),
        Box::new(sandbox.connect(sandbox.maxmind_connector(WonTag::Clear)).build()?),
        Box::new(sandbox.connect(sandbox.sift_connector()).build()?),
        Box::new(sandbox.connect(sandbox.ravelin_connector(Alerts::Send, UnclearReasons::LeaveOut)).build()?),
        Box::new(sandbox.connect(sandbox.seon_connector(WonLabel::FalseAlert)).build()?),
        Box::new(sandbox.connect(sandbox.riskified_connector()).build()?),
    ])
}

fn headline(chargeback: &Chargeback) -> String {
    let amount = chargeback.amount().map_or_else(String::new, |amount| amount.to_string());
    format!("{}  {}, {}, {amount}", chargeback.case_id(), chargeback.stage(), chargeback.reason())
}

/// Formats the values that were sent, and the steps of the report.
fn sent(receipt: &Receipt) -> String {
    let values: Vec<&str> =
        [receipt.stage_value(), receipt.reason_value()].into_iter().filter(|value| !value.is_empty()).collect();
    let calls: Vec<&str> =
        receipt.steps().iter().map(|step| step.operation().trim_end_matches("_chargebacks")).collect();
    let calls: Vec<&str> = calls.iter().map(|call| call.trim_end_matches("_chargeback")).collect();
    let unchanged = if receipt.wrote() { "" } else { ": no change" };
    format!("{} ({}{unchanged})", values.join(", "), calls.join(", "))
}

/// Formats losses: by field if the meaning has changed, and otherwise as a count.
fn lost(losses: &[Loss]) -> String {
    let counted = [LossKind::Noted, LossKind::Dropped];
    let mut parts: Vec<String> = losses
        .iter()
        .filter(|loss| !counted.contains(&loss.kind()))
        .map(|loss| format!("{} {}", loss.field(), loss.kind()))
        .collect();
    for kind in counted {
        match losses.iter().filter(|loss| loss.kind() == kind).count() {
            0 => {}
            count => parts.push(format!("{count} {kind}")),
        }
    }
    parts.join(", ")
}

fn outcome(error: &Error) -> &'static str {
    match (error, error.delivery()) {
        (Error::Unsupported(_), _) => "unsupported",
        (Error::Invalid(_), _) => "invalid",
        (_, Delivery::Rejected) => "rejected",
        _ => "unclear",
    }
}

/// Prints the records of a fake: key, number of writes, and current state.
fn show(vendor: &str, cases: &[RecordedCase]) {
    let writes: usize = cases.iter().map(|case| case.history.len()).sum();
    println!("\n  {vendor}: {} records, {writes} writes", cases.len());
    for case in cases {
        println!("    {:<38}  {}x  {}", case.key, case.history.len(), shortened(&case.state.to_string(), 110));
    }
}

fn shortened(text: &str, max: usize) -> String {
    let kept: String = text.chars().take(max).collect();
    if kept.len() < text.len() { format!("{kept}...") } else { kept }
}
