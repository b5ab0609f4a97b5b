//! Pictures, and the codes in them.

/// One input, as whatever its first bytes say.
pub(crate) fn run(data: &[u8]) {
    super::unpack_html::open(data, "image/png", "picture.png");
}
