//! The default jitter.

use chargeback::transport::{Jitter as _, RandomJitter};

#[tokio::test]
async fn random_numbers_are_between_zero_and_one() {
    let values: Vec<f64> = (0..64).map(|_| RandomJitter.sample()).collect();
    assert!(values.iter().all(|value| (0.0..1.0).contains(value)));
    assert!(values.iter().any(|value| *value < 0.5) && values.iter().any(|value| *value > 0.5), "{values:?}");
}
