//! The credentials that the fakes accept.

/// The only API key that the fakes accept.
pub const API_KEY: &str = "sandbox-key";
/// The number of the account at MaxMind.
pub const ACCOUNT_ID: u64 = 100_001;
/// The domain of the shop at Riskified.
pub const SHOP_DOMAIN: &str = "shop.example.com";
/// The secret for [`API_KEY`] at Tutelar and Pipwave, and the token at Riskified.
pub const API_SECRET: &str = "sandbox-secret";
/// The token that the fake of Tutelar's API version 2 accepts until
/// [`Fake::expire_token`](super::Fake::expire_token).
pub const TOKEN: &str = "sandbox-token-1";
