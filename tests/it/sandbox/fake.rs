//! The recorded cases of all fakes.

use chargeback::sandbox::Sandbox;
use chargeback::spade::WonMeans;
use chargeback::{ChargebackProvider, Reason, Stage};

use crate::support::plain;

#[tokio::test(start_paused = true)]
async fn keep_last_removes_the_oldest_cases() {
    let sandbox = Sandbox::in_memory();
    sandbox.keep_last(3);
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let pipwave = sandbox.connect(sandbox.pipwave_connector()).build().unwrap();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let case = |number: u32| {
        let case = plain(&format!("case-{number}"), Stage::Received, Reason::FraudOther);
        case.transaction_id(format!("txn-{number}")).vendor_payment(chargeback::spade::ID, format!("e-{number}"))
    };
    for number in 0..7 {
        for provider in [&revcent as &dyn ChargebackProvider, &pipwave, &spade] {
            let _ = provider.report(&case(number).build().unwrap()).await.unwrap();
        }
    }
    let keys: Vec<String> = sandbox.spade().cases().into_iter().map(|case| case.key).collect();
    assert_eq!(keys, ["e-4", "e-5", "e-6"]);
    let keys: Vec<String> = sandbox.revcent().cases().into_iter().map(|case| case.key).collect();
    assert_eq!(keys, ["chargeback0000000005", "chargeback0000000006", "chargeback0000000007"]);
    assert_eq!(sandbox.pipwave().cases().len(), 3);
    // A kept case is found and continued. A removed case is created again.
    let restarted = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let found = restarted.report(&case(5).build().unwrap()).await.unwrap();
    assert_eq!((found.vendor_case(), found.wrote()), (Some("chargeback0000000006"), false));
    let new = restarted.report(&case(1).build().unwrap()).await.unwrap();
    assert_eq!((new.vendor_case(), new.wrote()), (Some("chargeback0000000008"), true));
    assert_eq!(restarted.report(&case(5).build().unwrap()).await.unwrap().vendor_case(), Some("chargeback0000000006"));
}
