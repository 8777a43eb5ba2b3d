//! The API for connectors.

mod attempt;
mod base_url;
mod request;
mod translation;
