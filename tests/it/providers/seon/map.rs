//! Won cases, and the id of the transaction.

use chargeback::seon::{self, Environment, Seon, WonLabel};
use chargeback::{ChargebackProvider as _, Error, Reason, Stage};

use super::{sent, seon};
use crate::support::{Script, plain, provider, violations};

#[tokio::test]
async fn a_case_that_ended_well_sends_the_label_of_the_setting() {
    for stage in [Stage::Won, Stage::Reversed, Stage::Withdrawn] {
        let chargeback = plain("c", stage, Reason::FraudOther).build().unwrap();
        for setting in [WonLabel::MarkedAsApproved, WonLabel::FalseAlert] {
            let vendor = Seon::new("k", Environment::Eu, setting);
            assert_eq!(sent(&chargeback, vendor).await["label"], setting.as_str(), "{stage}");
        }
        let refusing = Seon::new("k", Environment::Eu, WonLabel::Refuse);
        let error = provider(refusing, &Script::empty()).plan(&chargeback).unwrap_err();
        assert!(matches!(&error, Error::Unsupported(error) if error.to_string().contains("setting won_label")));
    }
}

#[tokio::test]
async fn the_transaction_is_named_by_seons_id_or_by_the_setting() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    assert_eq!(sent(&chargeback, seon()).await["transaction_id"], "txn-1");
    assert_eq!(sent(&chargeback, seon().order_id_as_transaction_id()).await["transaction_id"], "ORD_10726");
    let known = plain("c", Stage::Received, Reason::FraudOther).vendor_payment(seon::ID, "s-1").build().unwrap();
    assert_eq!(sent(&known, seon()).await["transaction_id"], "s-1");
    let nameless = chargeback::Chargeback::builder("c", Stage::Received, Reason::FraudOther, crate::support::at(3, 9));
    let nameless = nameless.order_id("o-1").build().unwrap();
    let error = provider(seon(), &Script::empty()).plan(&nameless).unwrap_err();
    let rule = "required by SEON; or set SEON's id with vendor_payment";
    assert_eq!(violations(&error), [format!("payment.transaction_id: {rule}")]);
}
