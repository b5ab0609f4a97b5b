//! Header, address fields, encoded words, transfer encodings, single addresses.

use mail::address::{Address, Domain};
use mail::decode::{base64, quoted_printable, words};
use mail::header::Header;
use mail::mailbox;

/// One input.
pub(crate) fn run(data: &[u8]) {
    let header = Header::parse(data);
    for field in header.fields(data) {
        let whole = field.whole();
        assert!(whole.end <= data.len() && whole.start <= whole.end, "a field outside of the message");
        let _ = (field.name(), field.decoded(), field.unfolded());
    }
    for mailbox in &mailbox::parse(data, 0).mailboxes {
        assert!(mailbox.range.end <= data.len(), "a mailbox outside of its field");
    }
    let _ = (words::decode(data), base64::decode(data), quoted_printable::decode(data));
    let text = String::from_utf8_lossy(data);
    if let Ok(address) = Address::parse(&text) {
        // What was read once reads the same again.
        assert_eq!(Address::parse(&address.to_string()).as_ref(), Ok(&address));
    }
    let _ = Domain::parse(&text);
}
