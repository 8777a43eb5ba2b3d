//! The provider and operation of an error.

use chargeback::pipwave::Pipwave;
use chargeback::revcent::RevCent;
use chargeback::{Chargeback, ChargebackProvider, Error, HttpProvider, Reason, Stage, pipwave, revcent, spade};

use super::{at_stage, once, spade_connector};
use crate::support::{Script, at, kind};

#[tokio::test(start_paused = true)]
async fn error_has_provider_and_operation() {
    let spade = once(spade_connector(), &Script::empty());
    let nameless = Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).order_id("o").build().unwrap();
    let error = spade.report(&nameless).await.unwrap_err();
    assert_eq!((kind(&error), error.provider(), error.operation()), ("invalid", Some(&spade::ID), None));
    let error = spade.report(&at_stage(Stage::Alert)).await.unwrap_err();
    assert_eq!((kind(&error), error.provider(), error.operation()), ("unsupported", Some(&spade::ID), None));
    let Error::Unsupported(unsupported) = &error else { panic!("{error}") };
    assert_eq!(unsupported.value(), "alert");
    assert!(error.to_string().starts_with("spade does not support stage 'alert' ("), "{error}");
    assert!(error.to_string().ends_with("; nothing was sent"), "{error}");

    let revcent = once(RevCent::new("k"), &Script::empty());
    let error = revcent.get_chargeback("short").await.unwrap_err();
    assert_eq!(
        (kind(&error), error.provider(), error.operation()),
        ("invalid", Some(&revcent::ID), Some("get_chargeback"))
    );
    assert_eq!(error.to_string(), "revcent get_chargeback: invalid: chargeback_id: must have exactly 20 characters");
    let error = Chargeback::builder("", Stage::Received, Reason::Other, at(3, 9)).build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid: case_id: must not be empty; \
         payment: must have an id; set order_id, transaction_id, vendor_payment or another id"
    );
    let error = HttpProvider::builder(Pipwave::new("", "", pipwave::Environment::Live)).build().unwrap_err();
    assert_eq!((error.provider(), error.operation()), (Some(&pipwave::ID), None));
}
