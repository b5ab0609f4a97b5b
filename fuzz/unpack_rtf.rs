//! Rich text.

/// One input, as it is and with the mark that makes rich text of it.
pub(crate) fn run(data: &[u8]) {
    super::unpack_html::open(data, "application/rtf", "letter.rtf");
    super::unpack_html::open(&[b"{\\rtf1", data].concat(), "application/rtf", "letter.rtf");
}
