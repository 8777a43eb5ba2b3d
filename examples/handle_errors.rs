//! What to do with each outcome: told, refused, nothing sent, and "the vendor may have acted".
//!
//! `cargo run --example handle_errors --features sandbox`

use std::time::Duration;

use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::{Chargeback, ChargebackProvider, Delivery, Error, Reason, Stage, revcent};
use chrono::Utc;

/// What the caller does next. A real one writes to its own store.
#[derive(Debug)]
#[allow(dead_code, reason = "shown by Debug")]
enum Next {
    /// Keep the vendor's case id: the next report of the case needs it.
    Keep { vendor_case: Option<String> },
    /// Report again later; nothing has happened at the vendor.
    Again { after: Duration },
    /// Mend the input or the settings first. The text says what.
    Mend(String),
    /// Nobody can say it to this vendor. Not an accident: do not page anybody.
    CannotSay(String),
    /// The vendor may have acted. Report again later through the same provider, which looks before it writes; if it
    /// stays so, a person looks at the vendor's records.
    FindOut(String),
}

async fn tell(provider: &dyn ChargebackProvider, chargeback: &Chargeback) -> Next {
    let error = match provider.report(chargeback).await {
        Ok(receipt) => {
            if let Some((step, error)) = receipt.failed_step() {
                eprintln!("the report stands, but {step} failed: {error}");
            }
            return Next::Keep { vendor_case: receipt.vendor_case().map(str::to_owned) };
        }
        Err(error) => error,
    };
    // First: whether the vendor acted. Then the cause.
    match (error.delivery(), &error) {
        (Delivery::Unknown, error) => Next::FindOut(error.to_string()),
        // The vendor's own words may repeat a customer's data: show them to a person, never to a log.
        (Delivery::Rejected, Error::Rejected(error)) => {
            let (code, words) = (error.code().unwrap_or("none"), error.message().unwrap_or("nothing said"));
            Next::Mend(format!("code {code}; for a person's eyes: {words}"))
        }
        (_, Error::Unsupported(error)) => Next::CannotSay(error.to_string()),
        (_, error) if error.is_retryable() => {
            Next::Again { after: error.retry_after().unwrap_or(Duration::from_secs(60)) }
        }
        (Delivery::NotSent | Delivery::Rejected, error) => Next::Mend(error.to_string()),
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

    println!("told:             {:?}\n", tell(&revcent, &case("alpha", Stage::Received)?).await);
    println!("cannot be said:   {:?}\n", tell(&revcent, &case("bravo", Stage::Alert)?).await);

    fake.fail_next_write(Fault::before_acting(FaultKind::Rejection));
    println!("refused:          {:?}\n", tell(&revcent, &case("charlie", Stage::Received)?).await);

    fake.fail_next_write(Fault::before_acting(FaultKind::TooManyRequests(Some(90))));
    println!("slow down:        {:?}\n", tell(&revcent, &case("delta", Stage::Received)?).await);

    // The reply gets lost after RevCent has created the chargeback: it is found by looking, and not created twice.
    fake.fail_next_write(Fault::after_acting(FaultKind::Reset));
    println!("reply lost:       {:?}\n", tell(&revcent, &case("echo", Stage::Received)?).await);

    // The request gets lost on the way: nothing is found, which proves nothing, so nothing is created again.
    fake.fail_next_write(Fault::before_acting(FaultKind::Reset));
    println!("request lost:     {:?}\n", tell(&revcent, &case("foxtrot", Stage::Received)?).await);

    // Somebody has looked at RevCent's dashboard and found that it is not there: now it may be created.
    println!("in doubt:         {}", revcent.is_in_doubt("foxtrot"));
    revcent.resolve_doubt("foxtrot", None);
    println!("found out:        {:?}\n", tell(&revcent, &case("foxtrot", Stage::Received)?).await);

    println!("RevCent holds {} chargebacks", fake.cases().len());
    Ok(())
}
