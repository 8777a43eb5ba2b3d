//! Small promises: what is shown, what an error knows, and where exactly a limit lies.

mod errors;
#[cfg(feature = "sandbox")]
mod reports;
mod rules;
mod settings;
mod shown;
mod staged;
mod traffic;
mod values;
