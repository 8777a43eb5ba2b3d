//! Chooses the next step after each outcome of a report, by `Error::advice`.
//!
//! `cargo run --example handle_errors --features sandbox`

use std::time::Duration;

use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::{Advice, Chargeback, ChargebackProvider, Reason, Resolution, Stage, revcent};
use chrono::Utc;

/// The caller's next step. A real program writes it to its database.
#[derive(Debug)]
#[allow(dead_code, reason = "printed by Debug")]
enum NextStep {
    /// Store the vendor's case id. The next report of the case needs it.
    Store { vendor_case: Option<String> },
    /// Send the same report again later.
    RetryAfter(Duration),
    /// The vendor may have acted. Report again later through the same provider, which looks up the record before it
    /// writes. If the error remains, a person checks the vendor's dashboard.
    LookUpLater(String),
    /// The vendor may have acted, and no lookup can show it. A person checks the vendor's dashboard.
    CheckVendor(String),
    /// Skip this vendor: its API has no value for this stage. This is expected and needs no alert.
    Skip(String),
    /// Correct the input or the settings. The text names the problem.
    Correct(String),
}

async fn report(provider: &dyn ChargebackProvider, chargeback: &Chargeback) -> NextStep {
    let error = match provider.report(chargeback).await {
        Ok(receipt) => {
            if let Some((step, error)) = receipt.failed_step() {
                eprintln!("the report is recorded, but {step} failed: {error}");
            }
            return NextStep::Store { vendor_case: receipt.vendor_case().map(str::to_owned) };
        }
        Err(error) => error,
    };
    match error.advice() {
        Advice::RetryAt { after } => NextStep::RetryAfter(after.unwrap_or(Duration::from_secs(60))),
        Advice::LookUpLater | Advice::LookUpFailed | Advice::NotFoundByLookup => {
            NextStep::LookUpLater(error.to_string())
        }
        Advice::LookUpImpossible => NextStep::CheckVendor(error.to_string()),
        Advice::UnsupportedStage => NextStep::Skip(error.to_string()),
        // The vendor's message may contain personal data. Show it to a person and never write it to a log.
        Advice::RejectedForGood => {
            let (code, message) = (error.vendor_code().unwrap_or("none"), error.vendor_message().unwrap_or("none"));
            NextStep::Correct(format!("code {code}; message (do not log): {message}"))
        }
        Advice::RefusedByPolicy | Advice::FixInput | Advice::FixConfiguration => NextStep::Correct(error.to_string()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build()?;
    let case = |id: &str, stage| {
        Chargeback::builder(id, stage, Reason::NotReceived, Utc::now())
            .vendor_payment(revcent::ID, "P4r7XkzvGqsB2oQmUwLA")
            .build()
    };
    let fake = sandbox.revcent();

    println!("acknowledged:     {:?}\n", report(&revcent, &case("alpha", Stage::Received)?).await);
    println!("unsupported:      {:?}\n", report(&revcent, &case("bravo", Stage::Alert)?).await);

    fake.fail_next_write(Fault::before_acting(FaultKind::Rejection));
    println!("rejected:         {:?}\n", report(&revcent, &case("charlie", Stage::Received)?).await);

    fake.fail_next_write(Fault::before_acting(FaultKind::TooManyRequests(Some(90))));
    println!("rate limited:     {:?}\n", report(&revcent, &case("delta", Stage::Received)?).await);

    // RevCent creates the chargeback, but its reply is lost. The provider finds the chargeback by a lookup.
    fake.fail_next_write(Fault::after_acting(FaultKind::Reset));
    println!("reply lost:       {:?}\n", report(&revcent, &case("echo", Stage::Received)?).await);

    // The request is lost. The lookup finds no chargeback. The search index may lag, so the create is not repeated.
    fake.fail_next_write(Fault::before_acting(FaultKind::Reset));
    println!("request lost:     {:?}\n", report(&revcent, &case("foxtrot", Stage::Received)?).await);

    // A person has checked RevCent's dashboard: the chargeback does not exist. Now it may be created.
    println!("in doubt:         {}", revcent.is_in_doubt("foxtrot"));
    revcent.resolve_doubt("foxtrot", Resolution::NotFound)?;
    println!("doubt resolved:   {:?}\n", report(&revcent, &case("foxtrot", Stage::Received)?).await);

    println!("RevCent has {} chargebacks", fake.cases().len());
    Ok(())
}
