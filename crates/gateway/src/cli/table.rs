//! Lists on a terminal: columns that fit 80 characters, values from strangers made harmless, colours only where a person looks.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns when standard output is no terminal.
const COLUMNS_USUAL: usize = 80;
/// Columns that make no list wider.
const COLUMNS_MAX: usize = 200;

/// One column of a list.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    /// Its head.
    pub(crate) head: &'static str,
    /// It never gets narrower than this, unless all its values are.
    pub(crate) least: usize,
    /// Its share of the room that is left; 0: as wide as its widest value.
    pub(crate) share: usize,
}

/// The width of the terminal, or the usual one.
pub(crate) fn terminal_columns() -> usize {
    let from_terminal = rustix::termios::tcgetwinsize(std::io::stdout()).ok().map(|size| usize::from(size.ws_col));
    from_terminal.filter(|columns| *columns >= 40).unwrap_or(COLUMNS_USUAL).min(COLUMNS_MAX)
}

/// Sets a list in columns.
pub(crate) fn set(columns: &[Column], rows: &[Vec<String>], width: usize) -> String {
    let widths = widths(columns, rows, width);
    let mut out = String::new();
    let head: Vec<String> = columns.iter().map(|column| column.head.to_owned()).collect();
    let bold = Style::new().bold();
    let _ = writeln!(out, "{bold}{}{bold:#}", line(&head, &widths).trim_end());
    for row in rows {
        let _ = writeln!(out, "{}", colour(&line(row, &widths), row));
    }
    out
}

fn widths(columns: &[Column], rows: &[Vec<String>], width: usize) -> Vec<usize> {
    let natural = |at: usize, column: &Column| {
        let values = rows.iter().filter_map(|row| row.get(at)).map(|value| harmless(value).width());
        values.max().unwrap_or(0).max(column.head.width())
    };
    let natural: Vec<usize> = columns.iter().enumerate().map(|(at, column)| natural(at, column)).collect();
    let gaps = 2 * columns.len().saturating_sub(1);
    let fixed: usize =
        columns.iter().zip(&natural).filter(|(column, _)| column.share == 0).map(|(_, width)| width).sum();
    let mut room = width.saturating_sub(gaps + fixed);
    let mut shares: usize = columns.iter().map(|column| column.share).sum();
    // What later columns need at least is not given away before.
    let mut promised: usize = columns.iter().filter(|column| column.share > 0).map(|column| column.least).sum();
    let mut widths = Vec::new();
    for (column, natural) in columns.iter().zip(&natural) {
        if column.share == 0 {
            widths.push(*natural);
            continue;
        }
        promised -= column.least;
        let fair = room * column.share / shares.max(1);
        let given = (*natural).min(fair.max(column.least)).min(room.saturating_sub(promised));
        room = room.saturating_sub(given);
        shares -= column.share;
        widths.push(given);
    }
    widths
}

fn line(row: &[String], widths: &[usize]) -> String {
    let mut out = String::new();
    for (at, (value, width)) in row.iter().zip(widths).enumerate() {
        if at > 0 {
            out.push_str("  ");
        }
        let value = cut(&harmless(value), *width);
        let pad = width.saturating_sub(value.width());
        out.push_str(&value);
        out.extend(std::iter::repeat_n(' ', pad));
    }
    out.trim_end().to_owned()
}

// A row is coloured by the weightiest word in it.
fn colour(line: &str, row: &[String]) -> String {
    let has = |words: &[&str]| row.iter().any(|value| words.contains(&value.as_str()));
    let style = if has(&["reject", "rejected", "malware", "refused", "bounced"]) {
        Style::new().fg_color(Some(AnsiColor::Red.into()))
    } else if has(&["quarantine", "quarantined", "phishing", "unscannable", "policy", "hold", "held"]) {
        Style::new().fg_color(Some(AnsiColor::Yellow.into()))
    } else if has(&["junk", "tag", "spam", "deferred", "defer"]) {
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
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn a_list_fits_its_width() {
        let columns = [
            Column { head: "FROM", least: 10, share: 1 },
            Column { head: "SUBJECT", least: 10, share: 2 },
            Column { head: "DECISION", least: 0, share: 0 },
        ];
        let long = "x".repeat(200);
        let rows = vec![
            vec![long.clone(), "Grüße 你好 ".repeat(30), "quarantine".into()],
            vec!["a@b".into(), "short".into(), "deliver".into()],
        ];
        let text = plain(&set(&columns, &rows, 80));
        assert!(text.lines().all(|line| line.width() <= 80), "{text}");
        assert!(text.lines().nth(1).unwrap().ends_with("quarantine"), "{text}");
    }

    #[test]
    fn many_columns_fit_too() {
        let shared = |head, least, share| Column { head, least, share };
        let columns = [
            shared("ID", 0, 0),
            shared("TIME (UTC)", 0, 0),
            shared("FROM", 8, 2),
            shared("TO", 8, 2),
            shared("SUBJECT", 6, 2),
            shared("CLASS", 0, 0),
            shared("STATUS", 8, 1),
        ];
        let long = "x".repeat(60);
        let row = ["0123456789", "11-25 22:52:11", &long, &long, &long, "unscannable", &long].map(str::to_owned);
        let text = plain(&set(&columns, &[row.to_vec()], 80));
        assert!(text.lines().all(|line| line.width() <= 80), "{text}");
    }

    #[test]
    fn a_strangers_text_cannot_move_the_cursor_or_turn_the_line() {
        assert_eq!(harmless("a\u{1b}[2Jb\r\nc\u{202e}d"), "a\\u{1b}[2Jb\\u{d}\\u{a}c\\u{202e}d");
        assert_eq!(cut("abcdef", 4), "abc…");
    }
}
