//! Addresses in header fields (RFC 5322 3.4), read as tolerantly as mail programs read them.

use std::ops::Range;

use crate::address::Address;

/// One mailbox of an address field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name, decoded; empty where there is none.
    pub name: String,
    /// The address as written, without angle brackets and comments.
    pub text: String,
    /// The address, if it is one by RFC 5321.
    pub address: Option<Address>,
    /// Where the mailbox stands in the raw message.
    pub range: Range<usize>,
}
