//! A file that is no message is scanned as the one attachment of a made message: what is found in it is what would be found in
//! mail.

use std::path::Path;

use data_encoding::BASE64;

/// Characters of a line of base64 (RFC 2045 6.8).
const BASE64_LINE_CHARS: usize = 76;
/// Author of the made message: nobody (RFC 6761 6.4).
const AUTHOR: &str = "file@scan.invalid";

/// The message that holds this file.
pub(super) fn message(path: &Path, bytes: &[u8]) -> Vec<u8> {
    let name = path.file_name().map(|name| parameter(name.as_encoded_bytes())).unwrap_or_default();
    let mut out = format!(
        "From: <{AUTHOR}>\r\nSubject: A file\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\nMessage-ID: <{AUTHOR}>\r\n\
         MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n\
         Content-Disposition: attachment{name}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    .into_bytes();
    out.reserve(bytes.len().saturating_add(bytes.len() / 2));
    // Whole groups of three bytes, so that the lines go on in each other.
    for line in bytes.chunks(BASE64_LINE_CHARS / 4 * 3) {
        out.extend_from_slice(BASE64.encode(line).as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    out
}

// RFC 2231: any bytes at all.
fn parameter(name: &[u8]) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let encoded: String = name
        .iter()
        .map(|byte| if plain(byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    format!("; filename*=utf-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use mail::message::Message;

    use super::*;

    #[test]
    fn the_file_is_the_attachment_as_it_is() {
        let bytes: Vec<u8> = (0..=255).cycle().take(1000).collect();
        let made = Message::parse(Bytes::from(message(Path::new("/tmp/Größe \"1\".exe"), &bytes)));
        assert_eq!(made.root.names, ["Größe \"1\".exe"]);
        assert_eq!(made.root.content(made.raw()).as_ref(), bytes);
        assert_eq!(made.root.disposition, "attachment");
        assert!(Message::parse(Bytes::from(message(Path::new("-"), b""))).mailboxes("from")[0].address.is_some());
    }
}
