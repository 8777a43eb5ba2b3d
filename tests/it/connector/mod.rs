//! The API for connectors.

mod base_url;
mod request;
mod translation;
