//! Sheets that are none. Within two elements of formulas a browser takes `<style>` for an element as any other, and what stands in it for
//! markup (`<math><mi><mglyph><style><img onerror=...>`), where the reader of markup takes it for a sheet. In a page that has such an
//! element every sheet is read as markup too, for its links and for what it does; what it says is not kept: most are sheets after all.
//! Source: WHATWG HTML 13.2.6, the tree construction dispatcher.

use crate::formats::html::page::{Page, Reader};
use crate::formats::html::tags;

/// Those elements.
const GLYPHS: [&str; 2] = ["<mglyph", "<malignmark"];

impl Reader {
    /// Takes note whether the page, or perhaps the one around it, has one.
    pub(in crate::formats::html) fn note_glyphs(&mut self, html: &str) {
        self.has_glyph = self.depth > 0 || GLYPHS.iter().any(|tag| tags::find(html, tag).is_some());
    }

    pub(super) fn read_markup_in_sheet(&mut self, css: &str) {
        let is_tag = |pair: &[u8]| matches!(pair, [b'<', letter] if letter.is_ascii_alphabetic());
        if !self.has_glyph || !css.as_bytes().windows(2).any(is_tag) {
            return;
        }
        let page = self.read_fragment(css);
        self.add_read(page.map(|page| Page { text: String::new(), hidden_text: String::new(), ..page }), true);
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::html::read;

    #[test]
    fn a_sheet_in_a_glyph_is_markup() {
        for (html, mark) in [
            ("<math><mi><mglyph><style><img src='x:' onerror='a()'>", "event_handler"),
            ("<math><mtext><MALIGNMARK><style><img src='x:' onerror='a()'></style>", "event_handler"),
            ("<svg><foreignObject><math><mi><mglyph><style><div><script>a()</script>", "script"),
            (
                "<math><mi><mglyph><style>/*<form action='http://evil.example/'><input type=password>*/",
                "password_field",
            ),
        ] {
            let page = read(html);
            assert!(page.marks.contains(mark), "{html} {page:?}");
        }
        let sheet = read("<math><mi><mo></mi></math><style>/* <form> */ a>b{color:red} @media (width<=9px){}</style>a");
        assert!(sheet.marks.is_empty(), "{sheet:?}");
        let sheet = read("<math><mi><mglyph></mi></math><style><!-- a>b{color:red} --></style>a");
        assert!(sheet.marks.is_empty() && sheet.hidden_text.is_empty(), "{sheet:?}");
    }
}
