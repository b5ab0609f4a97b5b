//! A text as people see it: what has no width is not there, what is wide or set apart is the plain letter (Unicode NFKC).

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

/// Letters that look like nothing: the fillers of Hangul, the inherent vowels of Khmer, the empty pattern of Braille.
const fn is_filler(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

/// Is not seen between two letters.
pub(crate) const fn is_unseen(c: char) -> bool {
    mail::links::is_invisible(c) || is_filler(c)
}

/// Without what is not seen, in plain letters. An ideographic full stop is the dot of a host only where Latin letters or
/// digits stand around it: elsewhere it ends a sentence.
pub(crate) fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    let mut letters = text.chars().filter(|c| !is_unseen(*c)).nfkc().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let is_between = before.is_ascii_alphanumeric() && letters.peek().is_some_and(char::is_ascii_alphanumeric);
        folded.push(if letter == '\u{3002}' && is_between { '.' } else { letter });
        before = letter;
    }
    Cow::Owned(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_is_left() {
        let check = |text: &str, expected: &str| assert_eq!(folded(text), expected, "{text:?}");
        check("ceo@corp.example", "ceo@corp.example");
        check("c\u{200b}eo\u{e0041}@\u{3164}corp\u{34f}.\u{200e}ex\u{ad}ample\u{fe0f}", "ceo@corp.example");
        check("\u{ff43}\u{ff45}\u{ff4f}\u{ff20}corp\u{ff0e}example", "ceo@corp.example");
        check("ceo\u{fe6b}corp\u{2024}example", "ceo@corp.example");
        check("www\u{3002}bank\u{ff61}com", "www.bank.com");
        check("\u{672c}\u{5e97}\u{3002}\u{304a}", "\u{672c}\u{5e97}\u{3002}\u{304a}");
        check("J\u{fc}rgen", "J\u{fc}rgen");
    }
}
