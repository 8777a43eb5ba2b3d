//! What an error keeps of a reply.

use bytes::Bytes;
use chargeback::ChargebackProvider;

use crate::security::{once, received, spade};
use crate::support::{Play, Script, kind};

#[tokio::test(start_paused = true)]
async fn error_keeps_only_the_first_8_kib_of_a_reply() {
    for length in [0_u32, 1, 8191, 8192, 8193, 256 * 1024] {
        // No two places near each other hold the same, so that no other part passes for the first.
        let bytes: Vec<u8> = (0..length).flat_map(u32::to_le_bytes).take(length as usize).collect();
        let body = Bytes::from(bytes);
        let script = Script::of([Play::Reply { status: 400, headers: Vec::new(), body: body.clone() }]);
        let error = once(spade(None)).transport(script).build().unwrap().report(&received()).await.unwrap_err();
        assert_eq!(kind(&error), "rejected");
        let kept = error.reply_body().unwrap();
        assert_eq!(kept.len(), body.len().min(8192), "{length}");
        assert!(kept == &body[..kept.len()], "{length}: not the first bytes");
        assert!(length == 0 || body.is_unique(), "{length}: the error holds on to the whole reply");
    }
}
