//! Injected faults.

use std::time::Duration;

use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::{ChargebackProvider as _, Delivery, RetryPolicy, Timeouts, pipwave};

use super::received;
use crate::support::kind;

#[tokio::test(start_paused = true)]
async fn a_permanent_fault_ends_with_recover_and_write_faults_skip_reads() {
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    sandbox.revcent().fail_always(Fault::before_acting(FaultKind::Unreachable));
    for _ in 0..3 {
        assert_eq!(revcent.report(&received()).await.unwrap_err().delivery(), Delivery::NotSent);
    }
    assert_eq!(sandbox.revcent().requests(), 0);
    sandbox.revcent().recover();
    // The searches before the write have no fault.
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::ServerError));
    let receipt = revcent.report(&received()).await.unwrap();
    assert!(receipt.was_reconciled());
    // Pipwave reads with POST, and such a request is not a write.
    sandbox.pipwave().fail_next_write(Fault::after_acting(FaultKind::Reset));
    let pipwave = sandbox.connect(sandbox.pipwave_connector()).build().unwrap();
    assert!(pipwave.requery(pipwave::Requery::Transaction("txn-1".into())).await.is_ok());
    assert!(pipwave.report(&received()).await.unwrap().was_reconciled());
}

#[tokio::test]
async fn faults_are_the_same_in_memory_and_on_loopback() {
    use FaultKind::*;
    let faults = [
        (Fault::before_acting(Reset), "transport", Delivery::Unknown),
        (Fault::after_acting(Reset), "transport", Delivery::Unknown),
        (Fault::after_acting(Silence), "timeout", Delivery::Unknown),
        (Fault::after_acting(Slow(Duration::from_secs(30))), "timeout", Delivery::Unknown),
        (Fault::before_acting(Rejection), "rejected", Delivery::Rejected),
        (Fault::before_acting(RejectionInOk), "ok", Delivery::NotSent),
        (Fault::before_acting(Unauthorized), "authentication", Delivery::Rejected),
        (Fault::before_acting(TooManyRequests(Some(9))), "rate limited", Delivery::Rejected),
        (Fault::before_acting(TooManyRequests(None)), "rate limited", Delivery::Rejected),
        (Fault::before_acting(ServerError), "unavailable", Delivery::Unknown),
        (Fault::after_acting(BadGatewayPage), "unavailable", Delivery::Unknown),
        (Fault::before_acting(ParkedPage), "unreadable", Delivery::Unknown),
        (Fault::after_acting(EmptyBody), "unreadable", Delivery::Unknown),
        (Fault::after_acting(ChangedKeys), "ok", Delivery::NotSent),
    ];
    for sandbox in [Sandbox::in_memory(), Sandbox::start().await] {
        let limits = Timeouts::default().attempt(Duration::from_millis(300));
        let once = RetryPolicy::never();
        let connector = sandbox.spade_connector(WonMeans::MerchantWon);
        let spade = sandbox.connect(connector).timeouts(limits).retry(once).build().unwrap();
        for (fault, expected, delivery) in &faults {
            let (requests, acted) = (sandbox.spade().requests(), sandbox.spade().acted());
            sandbox.spade().fail_next(fault.clone());
            let name = format!("{sandbox:?} {fault:?}");
            match spade.report(&received()).await {
                Ok(_) => assert_eq!(*expected, "ok", "{name}"),
                Err(error) => {
                    assert_eq!((kind(&error), error.delivery()), (*expected, *delivery), "{name}: {error}");
                    let wait =
                        (*fault == Fault::before_acting(TooManyRequests(Some(9)))).then_some(Duration::from_secs(9));
                    assert_eq!(error.retry_after(), wait, "{name}");
                }
            }
            assert_eq!(sandbox.spade().requests() - requests, 1, "{name}");
            assert_eq!(
                sandbox.spade().acted() - acted,
                u64::from(format!("{fault:?}").contains("acts: true")),
                "{name}"
            );
        }
        sandbox.spade().fail_next(Fault::before_acting(ServerError));
        sandbox.spade().recover();
        assert!(spade.report(&received()).await.is_ok());
    }
}
