//! The content of a part in every way that its transfer encoding can be read. Readers agree on clean encodings; on the others
//! each of them gets bytes of its own, and each of these has to be looked at ("Inbox Invasion", CCS 2024; RFC 2045 6.8).

use std::borrow::Cow;

use memchr::memchr_iter;

use crate::decode::{base64, quoted_printable};
use crate::encoding::Encoding;
use crate::lines::slice;
use crate::part::Part;

/// Bytes of a body in an unknown encoding before it can look like base64.
const BASE64_BYTES_MIN: usize = 16;

impl Part {
    /// Every content that some reader gets from the body, each once, the usual one ([`Part::content`]) first. One for nearly
    /// every part; `raw` is the message that it was read from. More than one means: a broken encoding read in another way,
    /// an encoding that is unknown or oddly written, ignored or obeyed.
    #[must_use]
    pub fn contents<'a>(&self, raw: &'a [u8]) -> Vec<Cow<'a, [u8]>> {
        let body = slice(raw, self.body.clone());
        let mut contents: Vec<Cow<'a, [u8]>> = Vec::new();
        let mut add = |content: Cow<'a, [u8]>| {
            if !contents.contains(&content) {
                contents.push(content);
            }
        };
        match self.encoding {
            Encoding::Identity => add(Cow::Borrowed(body)),
            Encoding::Base64 => {
                let readings = base64::readings(body);
                readings.contents.into_iter().map(Cow::Owned).for_each(&mut add);
                // What is no base64 at all is shown as it stands (mail-parser).
                if readings.has_text_lines {
                    add(Cow::Borrowed(body));
                }
            }
            Encoding::QuotedPrintable => {
                add(self.content(raw));
                quoted_printable::other_readings(body).into_iter().map(Cow::Owned).for_each(&mut add);
            }
            // Web mail leaves it as it is.
            Encoding::Uuencode => {
                add(self.content(raw));
                add(Cow::Borrowed(body));
            }
            Encoding::Unknown => {
                add(Cow::Borrowed(body));
                guessed(body).into_iter().for_each(&mut add);
            }
        }
        if self.is_oddly_encoded {
            add(Cow::Borrowed(body));
        }
        contents
    }

    /// A message of its own that this part holds in a transfer encoding: that of an encoded message/rfc822 or message/global,
    /// or an encoded multipart under a Content-Type field. Reading it opens what programs see that undo such an encoding
    /// first, though RFC 2045 6.4 forbids it.
    #[must_use]
    pub fn inner_message(&self, raw: &[u8]) -> Option<Vec<u8>> {
        if self.encoding_is_transparent() || !self.is_leaf() {
            return None;
        }
        if self.media_type.may_be_message() {
            return Some(self.content(raw).into_owned());
        }
        if !self.is_multipart() {
            return None;
        }
        let content = self.content(raw);
        let mut message = format!("MIME-Version: 1.0\r\nContent-Type: {}", self.media_type.essence()).into_bytes();
        for boundary in self.media_type.all("boundary") {
            let quoted = boundary.replace('\\', "\\\\").replace('"', "\\\"").replace(['\r', '\n'], "");
            message.extend_from_slice(format!(";\r\n boundary=\"{quoted}\"").as_bytes());
        }
        message.extend_from_slice(b"\r\n\r\n");
        message.extend_from_slice(&content);
        Some(message)
    }
}

// What a body in an unknown encoding looks like.
fn guessed(body: &[u8]) -> Vec<Cow<'_, [u8]>> {
    let mut contents = Vec::new();
    let is_of_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=-_\r\n\t ".contains(byte);
    if body.len() >= BASE64_BYTES_MIN && body.iter().all(is_of_base64) {
        contents.push(base64::decode(body).bytes);
    }
    let has_escape = memchr_iter(b'=', body).any(|at| {
        let escape = body.get(at..).unwrap_or_default();
        quoted_printable::escaped(escape).is_some() || escape.starts_with(b"=\r\n") || escape.starts_with(b"=\n")
    });
    if has_escape {
        contents.push(quoted_printable::decode(body).bytes);
    }
    contents
}
