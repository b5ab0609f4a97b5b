//! Our own rules. A new file of rules is one line here.

use crate::fault::Source;

/// The namespace of our rules; sources of an operator must have another.
pub const NAMESPACE: &str = "postern";

/// Name and text of each file.
pub const FILES: [(&str, &str); 10] = [
    ("macros.yar", include_str!("../rules/macros.yar")),
    ("office.yar", include_str!("../rules/office.yar")),
    ("rtf.yar", include_str!("../rules/rtf.yar")),
    ("pdf.yar", include_str!("../rules/pdf.yar")),
    ("html.yar", include_str!("../rules/html.yar")),
    ("scripts.yar", include_str!("../rules/scripts.yar")),
    ("shortcuts.yar", include_str!("../rules/shortcuts.yar")),
    ("containers.yar", include_str!("../rules/containers.yar")),
    ("polyglots.yar", include_str!("../rules/polyglots.yar")),
    ("lures.yar", include_str!("../rules/lures.yar")),
];

/// Our rules as sources for [`crate::Rules::compile`].
#[must_use]
pub fn sources() -> Vec<Source> {
    let source = |(name, text): &(&str, &str)| Source {
        name: (*name).to_owned(),
        namespace: NAMESPACE.to_owned(),
        text: (*text).to_owned(),
    };
    FILES.iter().map(source).collect()
}
