//! What one attempt brought, for each recipient.

/// Characters of a reply that are kept: a next hop may say 64 KiB, to each of a hundred recipients.
pub const REPLY_CHARS_MAX: usize = 500;

/// The result of one attempt for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Index in the mail's recipients.
    pub recipient: u16,
    /// What happened.
    pub result: Delivery,
    /// Host and address that we spoke to, `mx.example [192.0.2.1]`; empty where no connection was made.
    pub peer: String,
    /// The reply with its codes, one line, escaped, at most [`REPLY_CHARS_MAX`] characters; or our own reason.
    pub reply: String,
    /// Enhanced status, `4.4.1`.
    pub status: String,
}

/// How a delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The next hop took it.
    Done,
    /// Try again later.
    Transient,
    /// Never.
    Permanent,
}
