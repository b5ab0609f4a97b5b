//! Lists: columns that fit the terminal, whole values where nobody looks at one, values from strangers made harmless, colours only
//! where a person looks.

mod layout;
mod wrap;

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use layout::{Flow, Layout};
pub(crate) use wrap::{wrapped, wrapped_as_it_stands};

/// Columns of a terminal that does not say how many it has.
const COLUMNS_USUAL: usize = 80;
/// Columns of a terminal that make no list wider.
const COLUMNS_MAX: usize = 200;
/// Fewest columns that a list is set for.
const COLUMNS_MIN: usize = 40;
/// Nothing is cut or wrapped.
const COLUMNS_ENDLESS: usize = usize::MAX;
/// What stands below its row stands this far to the right.
const BELOW_INDENT: usize = 4;

/// One column of a list.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    /// Its head.
    pub(crate) head: &'static str,
    /// What becomes of it where there is too little room.
    pub(crate) fit: Fit,
}

/// What becomes of a column where there is too little room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Never cut.
    Whole,
    /// Left out before others get less than their least.
    Spare,
    /// Cut: it has `least` columns, unless all its values are narrower, and this share of the room that is left.
    Cut {
        /// Columns.
        least: usize,
        /// Parts.
        share: usize,
    },
    /// Wrapped at words beside the others, or below the row where there is too little room beside; only for the last column.
    Flow,
}

impl Column {
    /// Never cut.
    pub(crate) const fn whole(head: &'static str) -> Self {
        Self { head, fit: Fit::Whole }
    }

    /// Left out first.
    pub(crate) const fn spare(head: &'static str) -> Self {
        Self { head, fit: Fit::Spare }
    }

    /// Cut down to `least` columns.
    pub(crate) const fn cut(head: &'static str, least: usize, share: usize) -> Self {
        Self { head, fit: Fit::Cut { least, share } }
    }

    /// Wrapped, the last one.
    pub(crate) const fn flow(head: &'static str) -> Self {
        Self { head, fit: Fit::Flow }
    }
}

/// The width for what goes to standard output: `COLUMNS`, else the terminal's; without a terminal nothing is cut.
pub(crate) fn terminal_columns() -> usize {
    columns_of(&std::io::stdout())
}

/// The same for standard error.
pub(crate) fn error_columns() -> usize {
    columns_of(&std::io::stderr())
}

fn columns_of(stream: &(impl std::io::IsTerminal + std::os::fd::AsFd)) -> usize {
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse::<usize>().ok());
    if let Some(columns) = asked.filter(|columns| *columns > 0) {
        return columns.max(COLUMNS_MIN);
    }
    if !stream.is_terminal() {
        return COLUMNS_ENDLESS;
    }
    let size = rustix::termios::tcgetwinsize(stream).ok().map(|size| usize::from(size.ws_col));
    size.filter(|columns| *columns >= COLUMNS_MIN).unwrap_or(COLUMNS_USUAL).min(COLUMNS_MAX)
}

/// Sets a list in columns.
pub(crate) fn set(columns: &[Column], rows: &[Vec<String>], width: usize) -> String {
    let harmless: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| harmless(cell)).collect()).collect();
    let layout = Layout::of(columns, &harmless, width);
    let head: Vec<String> = columns.iter().map(|column| column.head.to_owned()).collect();
    let bold = Style::new().bold();
    let mut out = String::new();
    for line in lines(&layout, &head) {
        let _ = writeln!(out, "{bold}{line}{bold:#}");
    }
    for row in &harmless {
        for line in lines(&layout, row) {
            let _ = writeln!(out, "{}", colour(&line, row));
        }
    }
    out
}

// One row: a line, and those that its flowing column needs more.
fn lines(layout: &Layout, row: &[String]) -> Vec<String> {
    let mut first = String::new();
    for (at, width) in &layout.columns {
        if !first.is_empty() {
            first.push_str("  ");
        }
        let cell = row.get(*at).map_or("", String::as_str);
        let cell = if layout.cuts { cut(cell, *width) } else { cell.to_owned() };
        let pad = width.saturating_sub(cell.width());
        first.push_str(&cell);
        first.extend(std::iter::repeat_n(' ', pad));
    }
    let cell = row.last().map_or("", String::as_str);
    let (indent, parts) = match layout.flow {
        Flow::Not => (0, Vec::new()),
        Flow::Beside(width) => (first.width() + 2, wrap::words(cell, width)),
        Flow::Below(width) => (BELOW_INDENT, wrap::words(cell, width.saturating_sub(BELOW_INDENT))),
    };
    let mut parts = parts.into_iter().filter(|part| !part.is_empty());
    if matches!(layout.flow, Flow::Beside(_))
        && let Some(part) = parts.next()
    {
        let _ = write!(first, "  {part}");
    }
    let mut out = vec![first.trim_end().to_owned()];
    out.extend(parts.map(|part| format!("{:indent$}{part}", "")));
    out
}

// A row is coloured by the weightiest word in it.
fn colour(line: &str, row: &[String]) -> String {
    let has = |words: &[&str]| row.iter().any(|value| words.contains(&value.as_str()));
    let style = if has(&["reject", "rejected", "malware", "refused", "bounced"]) {
        Style::new().fg_color(Some(AnsiColor::Red.into()))
    } else if has(&["quarantine", "quarantined", "phishing", "unscannable", "policy", "hold", "held"]) {
        Style::new().fg_color(Some(AnsiColor::Yellow.into()))
    } else if has(&["junk", "tag", "disarm", "remove", "rebuild", "spam", "deferred", "defer"]) {
        Style::new().fg_color(Some(AnsiColor::Magenta.into()))
    } else {
        return line.to_owned();
    };
    format!("{style}{line}{style:#}")
}

/// Cuts a text to `width` columns, with an ellipsis.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let columns = c.width().unwrap_or(0);
        if used + columns + 1 > width {
            break;
        }
        used += columns;
        out.push(c);
    }
    out.push('…');
    out
}

/// Makes a stranger's text safe to show: control characters, escapes and marks that turn the direction of text are spelled out.
pub(crate) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let turns =
            matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        if c.is_control() || turns {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests;
