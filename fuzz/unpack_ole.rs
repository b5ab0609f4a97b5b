//! Compound files: old documents, macro projects, saved mail, installers.

/// One input, as it is and with the mark that makes a compound file of it.
pub(crate) fn run(data: &[u8]) {
    super::unpack_html::open(data, "application/msword", "letter.doc");
    let marked = [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], data.get(8..).unwrap_or_default()].concat();
    super::unpack_html::open(&marked, "application/vnd.ms-outlook", "mail.msg");
}
