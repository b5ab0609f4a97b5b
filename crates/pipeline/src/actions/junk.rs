//! Junk: delivered with the header that mail stores obey when they sort into the junk folder (Sieve rules and the filters
//! of the large mailbox systems look for `X-Spam-Flag: YES`), and our own.

use bytes::Bytes;
use mail::edit::Edit;

/// The edit.
pub(super) const fn edit() -> Edit {
    Edit { range: 0..0, replacement: Bytes::from_static(b"X-Spam-Flag: YES\r\nX-Postern-Junk: yes\r\n") }
}
