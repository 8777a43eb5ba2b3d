//! A process of the service: the web server, the outbox and its worker.

use std::error::Error;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chargeback::outbox::{Enqueuer, Outbox, Schedule};
use chargeback::webhooks::{Mapping, adyen, stripe};
use tokio::net::TcpListener;

use crate::feed::{ADYEN_KEY, STRIPE_SECRET, payments};
use crate::seal::AesGcmSealer;
use crate::server::{App, Kept, router};
use crate::{store, vendors};

/// The key of the payloads. In production, read it from a secret store.
const PAYLOAD_KEY: [u8; 32] = *b"a demo key has thirty-two bytes.";

/// The shortest times that a worker accepts, so that the demo is short. In production, keep the defaults.
const OPERATION: Duration = Duration::from_secs(3);
const LEASE: Duration = Duration::from_secs(13);

/// Runs until the standard input is closed, which is the signal to stop on every operating system.
///
/// The arguments are the folder, the number of disputes and the addresses of the vendors. The first line of the output
/// is the address of the server.
pub(crate) async fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let [folder, disputes, addresses @ ..] = arguments else { return Err("arguments are missing".into()) };
    let (folder, disputes) = (Path::new(folder), disputes.parse()?);
    let (store, reporter) = (store::open(folder)?, vendors::reporter(addresses)?);
    let enqueuer = Enqueuer::new(store.clone(), reporter.providers()).sealer(AesGcmSealer::new(&PAYLOAD_KEY)?);
    let outbox = Outbox::new(store, reporter)?.sealer(AesGcmSealer::new(&PAYLOAD_KEY)?);
    let schedule =
        Schedule::default().initial_backoff(Duration::from_secs(1)).lookups([1, 2, 4].map(Duration::from_secs));
    let worker = outbox.worker().concurrency(8).operation_timeout(OPERATION).lease(LEASE).schedule(schedule).start()?;
    let app = App {
        stripe: stripe::Verifier::new(STRIPE_SECRET)?,
        adyen: adyen::Verifier::new(ADYEN_KEY)?,
        mapping: Mapping::default(),
        account: "ExampleShop".to_owned(),
        payments: payments(disputes),
        enqueuer,
        kept: Kept::open(&folder.join("kept.jsonl"))?,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    // The server stops first, so that no event is accepted by a process that is about to end.
    axum::serve(listener, router(Arc::new(app))).with_graceful_shutdown(input_closed()).await?;
    worker.shutdown(Duration::from_secs(25)).await;
    Ok(())
}

async fn input_closed() {
    let (closed, is_closed) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = closed.send(());
    });
    let _ = is_closed.await;
}
