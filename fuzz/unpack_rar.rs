//! Rar archives, of the old and of the new form.

/// One input, behind either mark unless it has one.
pub(crate) fn run(data: &[u8]) {
    for mark in [b"Rar!\x1a\x07\x00".as_slice(), b"Rar!\x1a\x07\x01\x00"] {
        let whole = if data.starts_with(b"Rar!") { data.to_vec() } else { [mark, data].concat() };
        super::unpack_html::open(&whole, "application/vnd.rar", "archive.rar");
    }
}
