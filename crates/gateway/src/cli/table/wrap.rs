//! Text that goes on in the next line breaks between words.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Fewest columns that text is wrapped into.
const COLUMNS_LEAST: usize = 16;

/// Lines of at most `width` columns: broken between words, and within a word that is wider than a line.
pub(super) fn words(text: &str, width: usize) -> Vec<String> {
    let width = width.max(COLUMNS_LEAST);
    broken(text, width, width).iter().flat_map(|line| pieces(line, width)).collect()
}

/// Wraps each line of a text; what goes on in the next line begins at column `hang`. A word that is wider than a line stays whole, so
/// that it can be copied.
pub(crate) fn wrapped(text: &str, columns: usize, hang: usize) -> String {
    let rest = columns.saturating_sub(hang).max(COLUMNS_LEAST);
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        for (at, part) in broken(line, columns, rest).iter().enumerate() {
            if at > 0 {
                out.push('\n');
                out.extend(std::iter::repeat_n(' ', hang));
            }
            out.push_str(part);
        }
        out.push_str(end);
    }
    out
}

/// Wraps each line of a text with its own indent.
pub(crate) fn wrapped_as_it_stands(text: &str, columns: usize) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    text.split_inclusive('\n').map(|line| wrapped(line, columns, indent(line))).collect()
}

// At least one line; the first begins as the text does, with its spaces.
fn broken(text: &str, first: usize, rest: usize) -> Vec<String> {
    if text.width() <= first {
        return vec![text.to_owned()];
    }
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut begun = false;
    for word in text.split_inclusive(' ') {
        let limit = if lines.is_empty() { first } else { rest };
        if begun && line.width() + word.trim_end().width() > limit {
            lines.push(line.trim_end().to_owned());
            line.clear();
            begun = false;
        }
        if begun || lines.is_empty() || !word.trim().is_empty() {
            line.push_str(word);
            begun |= !word.trim().is_empty();
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

fn pieces(line: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for c in line.chars() {
        let columns = c.width().unwrap_or(0);
        if used + columns > width {
            pieces.push(String::new());
            used = 0;
        }
        used += columns;
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces
}
