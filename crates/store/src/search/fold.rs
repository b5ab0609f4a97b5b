//! Text as it is compared: without case and accents, in one form. Both what is stored and what is looked for pass here, so
//! that SQLite compares bytes only and no character of a query has a meaning of its own.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Trigrams of one text that are asked for; more would only repeat what these already narrow.
const TRIGRAMS_MAX: usize = 16;
/// Shorter texts are not in the index of words.
pub(super) const TRIGRAM_CHARS: usize = 3;

/// The comparable form: NFKD without marks, lower case, control characters as spaces.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.chars().map(|c| if c.is_ascii_control() { ' ' } else { c.to_ascii_lowercase() }).collect();
    }
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// Folded texts, one a line.
pub(super) fn fold_lines<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    join_lines(texts.into_iter().map(fold))
}

/// Texts, one a line; a line end inside of a text becomes a space.
pub(super) fn join_lines<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let mut joined = String::new();
    for (index, text) in texts.into_iter().enumerate() {
        if index > 0 {
            joined.push('\n');
        }
        if text.as_ref().contains('\n') {
            joined.push_str(&text.as_ref().replace('\n', " "));
        } else {
            joined.push_str(text.as_ref());
        }
    }
    joined
}

/// An FTS5 expression that every row containing all of the folded texts matches; none when no text is long enough. Each
/// trigram is a quoted string, in which only the quote itself is special.
pub(super) fn trigrams(texts: &[String]) -> Option<String> {
    let mut expression = String::new();
    for text in texts {
        let chars: Vec<char> = text.chars().collect();
        let windows: Vec<&[char]> = chars.windows(TRIGRAM_CHARS).collect();
        let step = windows.len().div_ceil(TRIGRAMS_MAX).max(1);
        for window in windows.into_iter().step_by(step) {
            if !expression.is_empty() {
                expression.push(' ');
            }
            expression.push('"');
            for c in window {
                if *c == '"' {
                    expression.push('"');
                }
                expression.push(*c);
            }
            expression.push('"');
        }
    }
    (!expression.is_empty()).then_some(expression)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_fall_away() {
        assert_eq!(fold("Réponse à Ünal"), "reponse a unal");
        assert_eq!(fold("ＦＵＬＬ width"), "full width");
        assert_eq!(fold("A\r\nB"), "a  b");
        assert_eq!(fold_lines(["A\nb", "C"]), "a b\nc");
    }

    #[test]
    fn an_expression_holds_quoted_trigrams_only() {
        assert_eq!(trigrams(&["ab".into()]), None);
        assert_eq!(trigrams(&["abcd".into(), "a\"b".into()]).as_deref(), Some(r#""abc" "bcd" "a""b""#));
        let long = "0123456789".repeat(50);
        assert!(trigrams(&[long]).is_some_and(|e| e.matches(' ').count() < TRIGRAMS_MAX));
    }
}
