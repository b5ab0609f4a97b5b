//! PDF documents, and whatever is in them.

/// One input.
pub(crate) fn run(data: &[u8]) {
    super::unpack_html::open(data, "application/pdf", "document.pdf");
}
