//! Small promises: what is shown, what an error knows, and where exactly a limit lies.

mod rules;
mod settings;
mod shown;
mod values;
