//! What `postern try` brings along: sample messages, a mail server behind the gateway, and a small DNS.

pub(crate) mod destination;
pub(crate) mod names;
pub(crate) mod samples;
pub(crate) mod sender;
