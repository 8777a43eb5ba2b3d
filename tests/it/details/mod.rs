//! Values and settings.

mod rules;
mod settings;
mod values;
