//! A million reports over loopback. The test is ignored by default because it takes minutes. Run it with:
//!
//! `cargo test --release --all-features --test it soak -- --ignored --nocapture`

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use chargeback::connector::{BaseUrl, Connector};
use chargeback::revcent::{FirstReport, RevCent};
use chargeback::spade::{Environment, Spade, WonMeans};
use chargeback::{ChargebackProvider, HttpProvider, Reason, Stage};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::plain;

const REPORTS: u64 = 500_000;
const CONCURRENCY: u64 = 64;

/// Replies to every request with a body that each connector accepts as success.
async fn serve(mut stream: TcpStream) {
    const BODY: &str = r#"{"code":1,"chargeback_id":"chargeback0000000001","details":"done"}"#;
    let reply =
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{BODY}", BODY.len());
    let (mut buffer, mut held) = (vec![0; 16_384], 0);
    loop {
        let Ok(count) = stream.read(&mut buffer[held..]).await else { return };
        if count == 0 {
            return;
        }
        held += count;
        let text = &buffer[..held];
        let Some(end) = text.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let lines = std::str::from_utf8(&text[..end]).unwrap();
        let length =
            lines.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().unwrap());
        if held >= end + 4 + length {
            held = 0;
            if stream.write_all(reply.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

/// The resident memory in KiB and the number of open descriptors of this process, if the system provides them.
fn footprint() -> Option<(u64, usize)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib = resident.trim().trim_end_matches(" kB").trim().parse().ok()?;
    Some((kib, std::fs::read_dir("/proc/self/fd").ok()?.count()))
}

/// Reports [`REPORTS`] cases, [`CONCURRENCY`] at a time, and returns ten footprints.
async fn soak<V: Connector>(name: &str, vendor: V) -> Vec<(u64, usize)> {
    let provider = HttpProvider::new(vendor).unwrap();
    let (next, start) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let mut footprints = Vec::new();
    for tenth in 1..=10 {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..CONCURRENCY {
            let (provider, next) = (provider.clone(), Arc::clone(&next));
            tasks.spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= REPORTS / 10 * tenth {
                        return;
                    }
                    let case = plain(&format!("CB-{number}"), Stage::Received, Reason::FraudOther).build().unwrap();
                    assert!(provider.report(&case).await.unwrap().wrote());
                }
            });
        }
        let () = tasks.join_all().await.into_iter().collect();
        next.store(REPORTS / 10 * tenth, Ordering::Relaxed);
        let footprint = footprint().unwrap_or_default();
        let done = REPORTS / 10 * tenth;
        let rate = done / start.elapsed().as_secs().max(1);
        println!(
            "{name}: {:>7} reports, {:>6} KiB, {:>3} descriptors, {rate}/s",
            REPORTS / 10 * tenth,
            footprint.0,
            footprint.1
        );
        footprints.push(footprint);
    }
    footprints
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; the command is at the top of this file"]
async fn million_reports_leak_no_memory_or_descriptors() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base: BaseUrl = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    let spade = Spade::new("k", Environment::EastSandbox, WonMeans::MerchantWon).base_url(base.clone());
    // The provider remembers RevCent's ids up to a limit, which it reaches after the second tenth, and up to 1,048,576
    // reported cases, for which the documented limit is 34 MiB.
    let revcent = RevCent::new("k").first_report(FirstReport::CreateAtOnce).base_url(base);
    for (footprints, mib) in [(soak("spade", spade).await, 4), (soak("revcent", revcent).await, 4 + 34)] {
        let (early, late) = (footprints[2], footprints[9]);
        assert!(late.0 <= early.0 + mib * 1024, "memory grows: {footprints:?}");
        assert!(late.1 <= early.1 + 2, "descriptors grow: {footprints:?}");
    }
}
