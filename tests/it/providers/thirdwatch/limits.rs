//! The limits that Thirdwatch documents. No length is documented.

use chargeback::connector::Operation;
use chargeback::thirdwatch::{ChargebackEvent, Environment, TagUser, Thirdwatch, UntagUser};

use crate::providers::limits::{built, check, limit};

/// A call as a report or an application makes it, by its rules.
fn broken(call: &impl Operation<Connector = Thirdwatch>) -> Vec<String> {
    call.validate().iter().map(ToString::to_string).collect()
}

#[test]
fn every_documented_limit_is_checked() {
    let key = |key: &str| built(Thirdwatch::new(key, Environment::Production));
    let session = |id: &str| {
        let mut event = ChargebackEvent::default();
        event.session_id = Some(id.to_owned());
        event.validate().iter().map(ToString::to_string).collect()
    };
    let either = "required; set _userId or _sessionId";
    check(
        "thirdwatch",
        &[
            limit("api_key", "settings", key)
                .inside("k")
                .outside("", "must not be empty")
                .outside("\tk", "must not start or end with white space"),
            limit("_userId", "chargeback", |id| broken(&ChargebackEvent::for_user(id))).inside("u").outside("", either),
            limit("_userId", "chargeback", session).inside("s").outside("", either),
            limit("_userId", "tag", |id| broken(&TagUser::new(id, true))).inside("u").outside("", "required"),
            limit("_userId", "untag", |id| broken(&UntagUser::new(id))).inside("u").outside("", "required"),
        ],
    );
}
