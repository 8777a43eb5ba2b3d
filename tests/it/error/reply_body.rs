//! The part of a reply that an error keeps.

use std::time::Duration;

use bytes::Bytes;
use chargeback::ChargebackProvider;

use super::spade_error;
use crate::security::{once, received, spade};
use crate::support::{Play, Script, kind};

#[tokio::test(start_paused = true)]
async fn error_keeps_only_the_first_8_kib_of_a_reply() {
    for length in [0_u32, 1, 8191, 8192, 8193, 256 * 1024] {
        // The bytes do not repeat, so no other part of the body equals the first one.
        let bytes: Vec<u8> = (0..length).flat_map(u32::to_le_bytes).take(length as usize).collect();
        let body = Bytes::from(bytes);
        let script = Script::of([Play::Reply { status: 400, headers: Vec::new(), body: body.clone() }]);
        let error = once(spade(None)).transport(script).build().unwrap().report(&received()).await.unwrap_err();
        assert_eq!(kind(&error), "rejected");
        let kept = error.reply_body().unwrap();
        assert_eq!(kept.len(), body.len().min(8192), "{length}");
        assert!(kept == &body[..kept.len()], "{length}: not the first bytes");
        assert!(length == 0 || body.is_unique(), "{length}: the error keeps the whole reply in memory");
    }
}

#[tokio::test(start_paused = true)]
async fn error_has_a_truncated_body_and_the_retry_time() {
    let error = spade_error(Play::json(400, " ".repeat(8 * 1024 + 1))).await;
    assert_eq!(error.reply_body().map(<[u8]>::len), Some(8 * 1024));
    let error = spade_error(Play::retry_after(429, 7)).await;
    assert_eq!((error.retry_after(), error.attempts()), (Some(Duration::from_secs(7)), 1));
}
