//! Attempts of an operation.

use chargeback::Secret;
use chargeback::connector::Attempt;

use crate::support::at;

#[test]
fn plan_attempt_has_no_token() {
    let token = Secret::from("planted");
    let token_of = |attempt: Attempt<'_>| attempt.token().to_owned();
    assert_eq!(token_of(Attempt::new(at(1, 1)).with_token(&token)), "planted");
    assert_eq!(token_of(Attempt::plan(at(1, 1)).with_token(&token)), "[redacted]");
}
