//! Settings.

use chargeback::tutelar::Tutelar;

use crate::providers::check_env;

#[test]
fn settings_are_read_from_variables() {
    check_env(
        |get| Tutelar::from_vars(get),
        &[("TUTELAR_API_KEY", "k"), ("TUTELAR_SECRET_KEY", "s"), ("TUTELAR_DEFEATED_MEANS", "merchant_won")],
        &[
            ("TUTELAR_DEFEATED_MEANS", "draw", "must be merchant_won, merchant_lost or refuse"),
            ("TUTELAR_BASE_URL", "ftp://x", "must be an https URL, or http to a loopback host"),
        ],
    );
}
