//! HTML and text parts.

use ::unpack::{Budget, Limits, Part, Request, unpack};
use bytes::Bytes;

/// One input, as a page and as text.
pub(crate) fn run(data: &[u8]) {
    for declared in ["text/html", "text/plain"] {
        open(data, declared, "page.html");
    }
}

/// Opens one part, within a budget that keeps an input short.
pub(crate) fn open(data: &[u8], declared: &str, name: &str) {
    let part = Part {
        place: "1".to_owned(),
        names: vec![name.to_owned()],
        declared: declared.to_owned(),
        charset: "utf-8".to_owned(),
        inline: true,
        bytes: Bytes::copy_from_slice(data),
        ..Part::default()
    };
    let request = Request { parts: vec![part], ..Request::default() };
    let limits = Limits { unpacked_bytes: 8 << 20, ..Limits::default() };
    let content = unpack(&request, &mut Budget::new(limits));
    // Either something is known of the part, or it is said that nothing is.
    assert!(!content.items.is_empty() || !content.unopened.is_empty(), "a part vanished");
}
