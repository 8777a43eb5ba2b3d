//! The public error types: messages, context and sources.

mod messages;
mod reply_body;
