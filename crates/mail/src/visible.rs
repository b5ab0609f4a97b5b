//! Text of strangers for a line of the log: nothing in it ends the line or steers a terminal, and nothing is escaped twice,
//! since whoever writes the line quotes and escapes it once in its own way.

use std::borrow::Cow;

/// What does not print is shown by its picture (`\u{1b}` as `␛`) or, if it has none, as `\u{fffd}`.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(shown).collect())
}

// What `escape_debug` leaves alone, and the quotes and backslashes that the writer of the line escapes.
fn is_plain(c: char) -> bool {
    matches!(c, '"' | '\'' | '\\') || c.escape_debug().len() == 1
}

// The pictures of U+0000..U+001F stand in the same order at U+2400, that of DEL at U+2421.
fn shown(c: char) -> char {
    match c {
        _ if is_plain(c) => c,
        '\0'..='\u{1f}' => char::from_u32(u32::from(c).saturating_add(0x2400)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '\u{2421}',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_prints_is_left_alone() {
        for text in ["", "Grüße, 世界", "it's \"a\" \\ b", "no-break and so on: a = b"] {
            assert!(matches!(visible(text), Cow::Borrowed(_)), "{text:?}");
        }
    }

    #[test]
    fn nothing_ends_the_line_or_steers_the_terminal() {
        assert_eq!(visible("a\r\nevent=faked\u{1b}[2J\u{7f}\0"), "a␍␊event=faked␛[2J␡␀");
        assert_eq!(visible("\u{202e}x\u{9b}y\u{2028}z"), "\u{fffd}x\u{fffd}y\u{fffd}z");
        for c in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            let text = visible(c.encode_utf8(&mut [0; 4])).into_owned();
            assert!(!text.contains(char::is_control), "{c:?}");
            // The text log writes it with `Debug`: escaped once, or not at all.
            assert!(format!("{text:?}").len() <= text.len() + 3, "{c:?}");
        }
    }
}
