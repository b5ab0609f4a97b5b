//! Junk: delivered with the header that mail stores obey when they sort into the junk folder (Sieve rules and the filters
//! of the large mailbox systems look for `X-Spam-Flag: YES`), and our own.

use mail::edit::{Edit, prepend_fields};
use mail::message::Message;

/// The edit.
pub(super) fn edit(message: &Message) -> Edit {
    prepend_fields(message, &[("X-Spam-Flag", "YES"), ("X-Postern-Junk", "yes")])
}
