//! The rules of requests.

use chargeback::thirdwatch::{ChargebackEvent, TagUser, UntagUser};

use super::thirdwatch;
use crate::support::{Script, provider, violations};

#[tokio::test]
async fn a_user_or_session_is_required() {
    let script = Script::empty();
    let thirdwatch = provider(thirdwatch(), &script);
    let mut empty = ChargebackEvent::default();
    empty.user_id = Some(String::new());
    let error = thirdwatch.report_chargeback(empty).await.unwrap_err();
    assert_eq!(violations(&error), ["_userId: required; set _userId or _sessionId"]);
    assert_eq!(violations(&thirdwatch.tag(TagUser::default()).await.unwrap_err()), ["_userId: required"]);
    assert_eq!(violations(&thirdwatch.untag(UntagUser::new("")).await.unwrap_err()), ["_userId: required"]);
    assert!(script.sent().is_empty());
}
