//! The encryption of the example `outbox`.

#[path = "../../../examples/outbox/seal.rs"]
mod aes;

use chargeback::outbox::Sealer as _;

use self::aes::AesGcmSealer;

#[test]
fn a_payload_opens_only_for_its_case_and_with_its_key() {
    let sealer = AesGcmSealer::new(&[1; 32]).unwrap();
    let plain = br#"{"case_id":"CB-1"}"#;
    let stored = sealer.seal("CB-1", plain).unwrap();
    assert_eq!(sealer.open("CB-1", &stored).unwrap(), plain);
    assert!(!stored.windows(4).any(|part| part == b"CB-1"), "encrypted");
    assert_ne!(sealer.seal("CB-1", plain).unwrap(), stored, "a new nonce");
    assert!(sealer.open("CB-2", &stored).is_err(), "moved to another case");
    for position in 0..stored.len() {
        let mut changed = stored.clone();
        changed[position] ^= 1;
        assert!(sealer.open("CB-1", &changed).is_err(), "changed at {position}");
    }
    for length in 0..stored.len() {
        assert!(sealer.open("CB-1", &stored[..length]).is_err(), "cut after {length}");
    }
    let other = AesGcmSealer::new(&[2; 32]).unwrap();
    assert!(other.open("CB-1", &stored).is_err(), "another key");
    assert_eq!(other.earlier_key(&[1; 32]).unwrap().open("CB-1", &stored).unwrap(), plain, "after a change of the key");
    assert_eq!(format!("{sealer:?}"), "AesGcmSealer { keys: 1 }");
}

/// A process with another key sends nothing and loses nothing.
#[cfg(feature = "sandbox")]
#[tokio::test]
async fn a_report_with_another_key_waits_for_a_process_with_the_right_one() {
    use chargeback::outbox::{EventKey, LaneFilter, LaneState, MemoryStore, Outbox, WaitReason};
    use chargeback::sandbox::Sandbox;
    use chargeback::{Reason, Reporter, Stage};

    let (sandbox, store) = (Sandbox::in_memory(), MemoryStore::new());
    let outbox = |key: &[u8; 32]| {
        let pipwave = sandbox.connect(sandbox.pipwave_connector()).build().unwrap();
        let reporter = Reporter::builder().required(pipwave).build().unwrap();
        Outbox::new(store.clone(), reporter).unwrap().sealer(AesGcmSealer::new(key).unwrap())
    };
    let (right, wrong) = (outbox(&[1; 32]), outbox(&[2; 32]));
    let case = crate::support::plain("CB-1", Stage::Received, Reason::NotReceived).build().unwrap();
    let _ = right.enqueue(&EventKey::new("test", "", "1").unwrap(), &case).await.unwrap();
    let exported = right.operator().export("CB-1").await.unwrap();
    let payload = exported.reports[0].payload.clone().unwrap();
    assert!(!payload.windows(4).any(|part| part == b"CB-1"), "the store has no plain text");

    wrong.drain().await;
    let lane = wrong.operator().list(&LaneFilter::all()).await.unwrap().remove(0);
    assert_eq!((lane.state, lane.reason, lane.attempts), (LaneState::Ready, Some(WaitReason::AnotherKey), 0));
    assert_eq!(sandbox.pipwave().requests(), 0);

    right.operator().retry(&lane).await.unwrap();
    right.drain().await;
    let lane = right.operator().list(&LaneFilter::all()).await.unwrap().remove(0);
    assert_eq!((lane.state, sandbox.pipwave().cases().len()), (LaneState::Idle, 1));
}
