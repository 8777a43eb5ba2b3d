//! Cases of the outbox tests.

use chargeback::{Chargeback, Reason, Stage, revcent, spade};

use crate::support::at;

/// A case at a stage, with ids that belong to the case.
pub fn case(number: usize, stage: Stage, day: u32) -> Chargeback {
    Chargeback::builder(format!("CB-{number}"), stage, Reason::NotReceived, at(day, 9))
        .order_id(format!("order-{number}"))
        .transaction_id(format!("txn-{number}"))
        .gateway_transaction_id(format!("gateway-{number}"))
        .user_id(format!("user-{number}"))
        .vendor_payment(spade::ID, format!("enrichment-{number}"))
        .vendor_payment(revcent::ID, format!("payment-of-case-{number:04}"))
        .build()
        .unwrap()
}
