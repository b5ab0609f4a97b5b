//! The names of the fields of MIME, also where something stands around or in them that some readers pass over: comments
//! (mime4j), controls (Jakarta Mail, Thunderbird), white space that is not of ASCII (JavaScript), a fold before the colon.

use memchr::memchr;

use crate::encoding::without_comments;

/// Bytes of such a name, all that stands in it included.
pub(super) const MIME_NAME_BYTES_MAX: usize = 128;
/// UTF-8 with a byte order mark: scripts write files so, and nearly all readers pass over it.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";

const MIME_NAMES: [&[u8]; 3] = [b"content-type", b"content-transfer-encoding", b"content-disposition"];

/// A field that says what a body is.
pub(crate) fn is_of_mime(name: &[u8]) -> bool {
    let name = name.trim_ascii();
    MIME_NAMES.iter().any(|each| name.eq_ignore_ascii_case(each))
}

/// Such a field, for some readers.
pub(super) fn may_be_of_mime(name: &[u8]) -> bool {
    is_of_mime(name) || hides_mime(name)
}

/// No name of a field as it is written, and one of MIME without what does not belong there. NUL is another matter.
pub(super) fn hides_mime(name: &[u8]) -> bool {
    let is_odd = |byte: &u8| !byte.is_ascii_graphic() || *byte == b'(';
    name.len() <= MIME_NAME_BYTES_MAX && name.iter().any(is_odd) && memchr(0, name).is_none() && is_of_mime(&bare(name))
}

/// Without comments and everything that does not print.
pub(super) fn bare(name: &[u8]) -> Vec<u8> {
    let mut name = without_comments(name);
    name.retain(u8::is_ascii_graphic);
    name
}

/// A field with which messages begin.
pub(super) fn is_of_trace(name: &[u8]) -> bool {
    let names: [&[u8]; 6] = [b"received", b"return-path", b"from", b"date", b"message-id", b"mime-version"];
    names.iter().any(|each| name.eq_ignore_ascii_case(each))
}
