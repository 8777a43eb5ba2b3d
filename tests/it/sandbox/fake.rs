//! The recorded cases of all fakes.

use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::{ChargebackProvider, Reason, RetryPolicy, Stage};

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

/// The records hold the values of reports.
#[tokio::test(start_paused = true)]
async fn debug_of_the_sandbox_shows_no_values() {
    use chargeback::{ChargebackProvider, Reason, Stage, spade, spade::WonMeans, tutelar::DefeatedMeans};

    let sandbox = Sandbox::in_memory();
    let chargeback = crate::support::plain("case-canary", Stage::Contested, Reason::FraudOther)
        .order_id("order-canary")
        .transaction_id("txn-canary")
        .gateway_transaction_id("gw-canary")
        .user_id("user-canary")
        .notes("notes canary")
        .arn("arn-canary")
        .vendor_payment(spade::ID, "enrichment-canary")
        .build()
        .unwrap();
    let providers: [Box<dyn ChargebackProvider>; 5] = [
        Box::new(sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap()),
        Box::new(sandbox.connect(sandbox.thirdwatch_connector()).build().unwrap()),
        Box::new(sandbox.connect(sandbox.revcent_connector()).build().unwrap()),
        Box::new(sandbox.connect(sandbox.pipwave_connector()).build().unwrap()),
        Box::new(sandbox.connect(sandbox.tutelar_connector(DefeatedMeans::MerchantWon)).build().unwrap()),
    ];
    for provider in &providers {
        assert!(provider.report(&chargeback).await.is_ok(), "{}", provider.id());
    }
    let fakes = format!(
        "{:?} {:?} {:?} {:?} {:?} {sandbox:?}",
        sandbox.spade(),
        sandbox.thirdwatch(),
        sandbox.revcent(),
        sandbox.pipwave(),
        sandbox.tutelar()
    );
    let cases = [
        sandbox.spade().cases(),
        sandbox.thirdwatch().cases(),
        sandbox.revcent().cases(),
        sandbox.pipwave().cases(),
        sandbox.tutelar().cases(),
    ];
    assert!(cases.iter().all(|cases| cases.len() == 1));
    let shown = format!("{fakes} {cases:?}");
    assert!(!shown.contains("canary"), "{shown}");
    assert!(shown.contains("RecordedCase { key: [redacted], state: [redacted], history: 1 }"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn a_share_of_the_requests_fails_and_a_reset_forgets_everything() {
    let sandbox = Sandbox::in_memory();
    let connector = sandbox.spade_connector(WonMeans::MerchantWon);
    let spade = sandbox.connect(connector).retry(RetryPolicy::never()).build().unwrap();
    let fake = sandbox.spade();
    fake.keep_last(50);
    fake.fail_sometimes(0.5, Fault::before_acting(FaultKind::ServerError));
    let mut failed = 0;
    for number in 0..400 {
        let id = format!("enrichment-{number}");
        let case = plain(&id, Stage::Received, Reason::Duplicate).vendor_payment(chargeback::spade::ID, &id).build();
        failed += u32::from(spade.report(&case.unwrap()).await.is_err());
    }
    assert!((120..280).contains(&failed), "{failed}");
    assert_eq!((fake.requests(), fake.acted()), (400, 400 - u64::from(failed)));
    assert_eq!(fake.cases().len(), 50);

    fake.reset();
    assert_eq!((fake.requests(), fake.acted(), fake.cases().len()), (0, 0, 0));
    for number in 0..60 {
        let id = format!("enrichment-{number}");
        let case = plain(&id, Stage::Received, Reason::Duplicate).vendor_payment(chargeback::spade::ID, &id).build();
        let _ = spade.report(&case.unwrap()).await.unwrap();
    }
    assert_eq!(fake.cases().len(), 50, "the limit stays");
}

#[test]
fn every_fake_is_listed_under_its_vendor() {
    let sandbox = Sandbox::in_memory();
    for (vendor, fake) in sandbox.fakes() {
        assert!(fake.base_url().as_str().contains(vendor.as_str()), "{vendor}");
        fake.reset();
        assert_eq!((fake.requests(), fake.acted(), fake.cases().len()), (0, 0, 0));
    }
    assert_eq!(sandbox.fakes().count(), 10);
}
