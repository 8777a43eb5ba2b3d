//! Signatures.

use chargeback::Secret;
use chargeback::pipwave::signature::Timestamp;
use chargeback::pipwave::{ChargebackStage, Requery, TagChargeback};

#[test]
fn signatures_equal_those_of_php() {
    // Computed with PHP's ksort and sha1 from the vendor's pages.
    let secret = Secret::from("test_secret");
    let key = Secret::from("test_key");
    let at = Timestamp::Seconds(1_456_790_400);
    let tag = TagChargeback::for_transaction("ORDER-1", ChargebackStage::Disputed);
    assert_eq!(tag.signed(&key, &secret, &at).signature(), "454e162253f748d15c3fd7e31c2e4cd06714343b");
    let mut both = TagChargeback::for_transaction("ORDER-1", ChargebackStage::DisputeWon);
    both.pw_id = Some("PW1".into());
    assert_eq!(both.signed(&key, &secret, &at).signature(), "9f56e52552475b7518792b24c22f3df1f1d2ad1b");
    let requery = Requery::Transaction("ORDER-1".into());
    assert_eq!(requery.sign(&key, &secret, &at), "b50da9e3b0d6dcacd5c7304ab23b62ce4750c684");
    assert_eq!(both.signed(&key, &secret, &at).signature().len(), 40);
}
