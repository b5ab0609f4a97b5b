//! Codes drawn in a page: in characters, in cells of a table or a grid, in shapes of SVG. Nothing is kept of a page that has
//! none of these in number.

mod cells;
mod shapes;

use lol_html::html_content::Element;

use crate::formats::html::drawn::cells::Cells;
use crate::formats::html::drawn::shapes::Shapes;
use crate::formats::html::style::Colour;
use crate::formats::text_code;

/// Bytes of text kept with its lines.
const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// Codes kept of one page.
const CODES_MAX: usize = 8;
/// Characters of drawings, in the source of a page that is not all ASCII: blocks, squares, braille.
const WIDE_SIGNS: [&[u8]; 3] = [b"\xe2\x96", b"\xe2\xac", b"\xe2\xa0"];
/// The same as entities.
const CODED_SIGNS: [&[u8]; 6] = [b"&#96", b"&#x25", b"&#X25", b"&#109", b"&#112", b"&block"];
/// Rows of a letter, as the top of a corner is drawn.
const LETTER_SIGNS: [&[u8]; 4] = [b"#######", b"XXXXXXX", b"@@@@@@@", b"1111111"];

/// What may be one.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    /// The text with its lines, where the page has the signs of such a drawing.
    lines: Option<String>,
    cells: Cells,
    shapes: Shapes,
    codes: Vec<String>,
}

impl Drawn {
    pub(super) fn new(html: &str) -> Self {
        let has = |sign: &[u8]| memchr::memmem::find(html.as_bytes(), sign).is_some();
        let has_signs = LETTER_SIGNS.into_iter().any(has)
            || (!html.is_ascii() && WIDE_SIGNS.into_iter().any(has))
            || (has(b"&#") && CODED_SIGNS.into_iter().any(has))
            || has(b"&block;");
        Self { lines: has_signs.then(String::new), ..Self::default() }
    }

    pub(super) fn text(&mut self, piece: &str) {
        if let Some(lines) = &mut self.lines
            && lines.len() < TEXT_BYTES_MAX
        {
            lines.push_str(piece);
        }
    }

    pub(super) fn element(&mut self, tag: &str, element: &Element<'_, '_>, background: Option<Colour>) {
        if let Some(lines) = &mut self.lines
            && matches!(tag, "br" | "p" | "div" | "tr" | "li" | "pre" | "table" | "h1" | "h2" | "h3")
        {
            lines.push('\n');
        }
        if tag == "table" || tag == "svg" {
            self.end();
        }
        self.cells.element(tag, element, background);
        self.shapes.element(tag, element);
    }

    fn end(&mut self) {
        for code in std::mem::take(&mut self.cells).read().into_iter().chain(std::mem::take(&mut self.shapes).read()) {
            if self.codes.len() < CODES_MAX && !self.codes.contains(&code) {
                self.codes.push(code);
            }
        }
    }

    pub(super) fn finish(mut self) -> Vec<String> {
        self.end();
        if let Some(lines) = &self.lines {
            self.codes.extend(text_code::in_text(lines));
        }
        self.codes
    }
}
