//! Bodies with a key are overwritten in memory on drop. Linux shows the memory of a process as a file.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use chargeback::pipwave::{Environment, Pipwave, Requery};
use chargeback::sift::Sift;
use chargeback::transport::{RequestLimits, Transport, TransportFailure};
use chargeback::{ChargebackProvider as _, HttpProvider, Reason, Stage, async_trait};
use http::{Request, Response};

use super::KEY;
use crate::support::plain;

/// Reads memory of this process; empty if it is no longer mapped.
fn read_memory(address: usize, length: usize) -> Vec<u8> {
    let mut memory = File::open("/proc/self/mem").unwrap();
    let mut bytes = vec![0; length];
    let read = memory.seek(SeekFrom::Start(address as u64)).and_then(|_| memory.read_exact(&mut bytes));
    read.map(|()| bytes).unwrap_or_default()
}

fn contains(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
}

/// Drops each request and keeps whether the key was in its memory before and after.
#[derive(Debug, Clone, Default)]
struct Dropped(Arc<Mutex<Vec<(bool, bool)>>>);

#[async_trait]
impl Transport for Dropped {
    async fn send(&self, request: Request<Bytes>, _: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        let (address, length) = (request.body().as_ptr() as usize, request.body().len());
        let before = contains(&read_memory(address, length), KEY);
        let clone = request.body().clone();
        drop(request);
        assert!(contains(&clone, KEY), "a clone keeps the body");
        drop(clone);
        self.0.lock().unwrap().push((before, contains(&read_memory(address, length), KEY)));
        Ok(Response::new(Bytes::from_static(br#"{"status":200,"transaction_status":10}"#)))
    }
}

#[tokio::test]
async fn body_with_the_key_is_overwritten_on_drop() {
    let transport = Dropped::default();
    let pipwave = Pipwave::new(KEY, "secret", Environment::Live);
    let pipwave = HttpProvider::builder(pipwave).transport(transport.clone()).build().unwrap();
    // The longest ids, with characters that JSON escapes, need more than the first memory of the body.
    for id in ["t".to_owned(), "\u{1}".repeat(255)] {
        let case = plain(&format!("case-{}", id.len()), Stage::Received, Reason::Other).transaction_id(&id);
        let _ = pipwave.report(&case.build().unwrap()).await.unwrap();
        let _ = pipwave.requery(Requery::Transaction(id)).await.unwrap();
    }
    assert_eq!(transport.0.lock().unwrap().as_slice(), [(true, false); 4]);

    let transport = Dropped::default();
    let sift = HttpProvider::builder(Sift::new(KEY)).transport(transport.clone()).build().unwrap();
    for notes in ["n".to_owned(), "\u{1}".repeat(5000)] {
        let case = plain(&format!("case-{}", notes.len()), Stage::Received, Reason::Other).notes(notes);
        // The reply of the transport is not one of Sift.
        let _ = sift.report(&case.build().unwrap()).await.unwrap_err();
    }
    assert_eq!(transport.0.lock().unwrap().as_slice(), [(true, false); 2]);
}
