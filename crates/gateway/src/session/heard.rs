//! The address of a MAIL or RCPT line that the machine may refuse: its trace is searched by that address, so it is kept as far
//! as it can be read, also where it is no address after all.

use mail::address::Address;
use smtp::limits::MAIL_LINE_BYTES_MAX;

/// Bytes of an address that is kept (RFC 5321 4.5.3.1: 64 before the `@`, 255 behind).
const ADDRESS_BYTES_MAX: usize = 320;

/// The address of the line that stands first in the input; none if that is not MAIL or RCPT, or has none. `<>` is empty.
pub(super) fn address_ahead(input: &[u8]) -> Option<String> {
    let verb = input.get(..4)?;
    if !verb.eq_ignore_ascii_case(b"MAIL") && !verb.eq_ignore_ascii_case(b"RCPT") {
        return None;
    }
    let near = input.get(..MAIL_LINE_BYTES_MAX).unwrap_or(input);
    let end = memchr::memchr(b'\r', near)?;
    let line = std::str::from_utf8(near.get(..end)?).ok()?;
    let (_, path) = line.split_once(':')?;
    let text = match path.split_once('<') {
        Some((_, path)) => path.split_once('>').map_or(path, |(address, _)| address),
        None => path.split_ascii_whitespace().next()?,
    };
    let text = text.trim();
    if text.len() > ADDRESS_BYTES_MAX || text.chars().any(char::is_control) {
        return None;
    }
    Some(Address::parse(text).map_or_else(|_| text.to_owned(), |address| address.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_kept_as_far_as_it_can_be_read() {
        let long = format!("MAIL FROM:<{}@a.example>\r\n", "x".repeat(400));
        for (input, expected) in [
            ("MAIL FROM:<a@B.Example> SIZE=60000000\r\nRCPT TO:<b@c.example>\r\n", Some("a@b.example")),
            ("mail from: <a@b.example> FOO\r\n", Some("a@b.example")),
            ("RCPT TO:<x%y@b.example>\r\n", Some("x%y@b.example")),
            ("RCPT TO:<bob\r\n", Some("bob")),
            ("RCPT TO:bob@b.example NOTIFY=NEVER\r\n", Some("bob@b.example")),
            ("MAIL FROM:<ü@b.example> SMTPUTF8\r\n", Some("ü@b.example")),
            ("MAIL FROM:<a@b c.example>\r\n", Some("a@b c.example")),
            ("MAIL FROM:<>\r\n", Some("")),
            ("MAIL FROM:<a\u{7}@b.example>\r\n", None),
            ("MAIL FROM:<a@b.example>", None),
            ("MAIL FROM\r\n", None),
            ("NOOP a:<b@c.example>\r\n", None),
            (&long, None),
            ("", None),
        ] {
            assert_eq!(address_ahead(input.as_bytes()).as_deref(), expected, "{input:?}");
        }
        assert_eq!(address_ahead(b"MAIL FROM:<\xff@b.example>\r\n"), None);
    }
}
