//! The line on one screen, and what is done with a message.
pub mod record;
