//! For tests of readers: codes drawn in a file, and files that are none.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the tests themselves")]

use qrcode::QrCode;
use scan::content::{Content, LinkKind};

use crate::formats::shown::open;

/// What the code says.
pub(super) const SAYS: &str = "https://evil.example/drawn?x=1";

/// The modules of a code, true where dark, with a margin of so many.
pub(super) fn modules(margin: usize) -> Vec<Vec<bool>> {
    modules_of(SAYS, margin)
}

/// Those of a code that says something else.
pub(super) fn modules_of(text: &str, margin: usize) -> Vec<Vec<bool>> {
    let code = QrCode::new(text).unwrap();
    let (width, colors) = (code.width(), code.to_colors());
    let side = width + 2 * margin;
    let is_dark = |x: usize, y: usize| {
        let (x, y) = (x.checked_sub(margin)?, y.checked_sub(margin)?);
        (x < width && y < width).then(|| colors[y * width + x] == qrcode::Color::Dark)
    };
    (0..side).map(|y| (0..side).map(|x| is_dark(x, y).unwrap_or(false)).collect()).collect()
}

/// Text for each dark module, by column and row.
pub(super) fn dark(margin: usize, text: impl Fn(usize, usize) -> String) -> String {
    modules_that_are(true, margin, text)
}

/// Text for each module that is dark, or light.
pub(super) fn modules_that_are(is_dark: bool, margin: usize, text: impl Fn(usize, usize) -> String) -> String {
    let rows = modules(margin);
    let all = rows.iter().enumerate().flat_map(|(y, row)| row.iter().enumerate().map(move |(x, own)| (x, y, *own)));
    all.filter(|(_, _, own)| *own == is_dark).map(|(x, y, _)| text(x, y)).collect()
}

/// Text for each run of modules of one shade in a row: column, row, length, and whether it is dark.
pub(super) fn runs(margin: usize, text: impl Fn(usize, usize, usize, bool) -> String) -> String {
    let mut out = String::new();
    for (y, row) in modules(margin).iter().enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, other| one == other) {
            out += &text(x, y, run.len(), run[0]);
            x += run.len();
        }
    }
    out
}

/// Does a file show the code? Its name, its declared type, its bytes.
pub(super) fn has_code(name: &str, declared: &str, bytes: &[u8]) -> bool {
    says(&open(name, declared, bytes))
}

/// Is the link of the code in what was found?
pub(super) fn says(content: &Content) -> bool {
    let links = content.items.iter().flat_map(|item| &item.links);
    links.into_iter().any(|link| link.kind == LinkKind::Code && link.target == SAYS)
}

/// Asserts that each file shows the code.
pub(super) fn check(declared: &str, cases: &[(&str, String)]) {
    for (name, text) in cases {
        let content = open("", declared, text.as_bytes());
        assert!(says(&content), "{name}: {:?}", content.items[0].marks);
    }
}

/// Asserts that no code is found, and nothing is said to be unread.
pub(super) fn check_none(declared: &str, cases: &[(&str, String)]) {
    for (name, text) in cases {
        is_none(name, &open("", declared, text.as_bytes()));
    }
}

/// The same of one file by its name.
pub(super) fn check_none_in(name: &str, bytes: &[u8]) {
    is_none(name, &open(name, "", bytes));
}

fn is_none(name: &str, content: &Content) {
    for item in &content.items {
        let words = ["qr", "text_code", "picture_unread"];
        assert!(!item.marks.iter().any(|mark| words.contains(&mark.as_str())), "{name}: {:?}", item.marks);
    }
    assert!(content.unopened.is_empty(), "{name}");
}

/// Asserts that no code is found in each file, and that this is said.
pub(super) fn check_unread(declared: &str, cases: &[(&str, String)]) {
    for (name, text) in cases {
        let content = open("", declared, text.as_bytes());
        assert!(!says(&content), "{name}");
        assert_eq!(content.items[0].marks, ["picture_unread"], "{name}");
    }
}
