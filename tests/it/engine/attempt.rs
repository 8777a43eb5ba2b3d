//! The size limit of a reply.

use chargeback::ChargebackProvider;
use chargeback::transport::RequestLimits;

use super::{OK, received, spade_connector};
use crate::support::{Play, Script, kind, provider};

#[tokio::test]
async fn reply_over_256_kib_is_unreadable() {
    let padded = |length: usize| Play::json(200, format!("{OK}{}", " ".repeat(length - OK.len())));
    let report = |play| async move { provider(spade_connector(), &Script::of([play])).report(&received()).await };
    assert!(report(padded(256 * 1024)).await.is_ok());
    let error = report(padded(256 * 1024 + 1)).await.unwrap_err();
    assert_eq!((kind(&error), error.reply_body()), ("unreadable", None));
    assert_eq!(RequestLimits::default().reply_bytes, 256 * 1024);
}
