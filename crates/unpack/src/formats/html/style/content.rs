//! What a sheet writes into a page itself: `content: "words" attr(data-x)` (CSS Content 3). For which elements it does is not asked.
//! Documented limit: strings of several rules are not put together, nor those in variables and counters.

use crate::formats::html::style::signs::quoted;
use crate::formats::html::style::source::unescaped;
use crate::formats::html::tags;

/// Names of attributes whose values a sheet shows.
const ATTRIBUTES_MAX: usize = 16;
/// Bytes of such a name.
const NAME_BYTES_MAX: usize = 100;

/// What is written, and what of elements is shown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::formats::html) struct Contents {
    /// The words of each declaration.
    pub(in crate::formats::html) words: Vec<String>,
    /// In lower case, each once.
    pub(in crate::formats::html) attributes: Vec<String>,
    /// There were more attributes than are kept.
    pub(in crate::formats::html) is_cut: bool,
}

/// The contents in a sheet.
pub(in crate::formats::html) fn contents(css: &str) -> Contents {
    let mut found = Contents::default();
    let mut from = 0_usize;
    for at in memchr::memchr2_iter(b'c', b'C', css.as_bytes()) {
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let before = at.checked_sub(1).and_then(|before| css.as_bytes().get(before));
        if at < from || !tags::is_at(css, at, "content") || before.is_some_and(is_name) {
            continue;
        }
        let behind = css.get(at.saturating_add(b"content".len())..).unwrap_or_default().trim_start();
        if let Some(value) = behind.strip_prefix(':') {
            from = css.len().saturating_sub(found.read(value).len());
        }
    }
    found
}

impl Contents {
    /// Reads the value of a declaration; what stands behind it is given back.
    fn read<'c>(&mut self, value: &'c str) -> &'c str {
        let (mut words, mut rest) = (String::new(), value);
        loop {
            let sign = rest.find(['"', '\'', '(', ';', '}']);
            // Where there is no end nothing else stands behind it.
            let (before, from) = rest.split_at_checked(sign.unwrap_or(rest.len())).unwrap_or((rest, ""));
            let inner = from.get(1..).unwrap_or_default();
            match from.as_bytes().first() {
                Some(quote @ (b'"' | b'\'')) => {
                    let (string, behind) = inner.split_at_checked(quoted(inner, *quote)).unwrap_or((inner, ""));
                    words.push_str(&unescaped(string.strip_suffix(char::from(*quote)).unwrap_or(string)));
                    rest = behind;
                }
                Some(b'(') => {
                    self.add_attribute(before, inner);
                    rest = inner;
                }
                _ => {
                    rest = from;
                    break;
                }
            }
        }
        if words.contains(char::is_alphanumeric) {
            self.words.push(words);
        }
        rest
    }

    /// `attr(data-x)`: what stands before the bracket, and behind it.
    fn add_attribute(&mut self, before: &str, inner: &str) {
        let inner = inner.get(..inner.floor_char_boundary(NAME_BYTES_MAX)).unwrap_or_default();
        let name = inner.split([')', ',']).next().unwrap_or_default().split_ascii_whitespace().next();
        let is_attribute = before.trim_start().to_ascii_lowercase().ends_with("attr");
        let Some(name) = name.filter(|_| is_attribute).map(str::to_ascii_lowercase) else { return };
        if self.attributes.contains(&name) {
            return;
        }
        if self.attributes.len() < ATTRIBUTES_MAX {
            self.attributes.push(name);
        } else {
            self.is_cut = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sheet_writes() {
        let check = |css: &str, words: &[&str], attributes: &[&str]| {
            let found = contents(css);
            assert_eq!(
                (found.words.join("|"), found.attributes.join("|")),
                (words.join("|"), attributes.join("|")),
                "{css}"
            );
        };
        check(".a::before{content:\"Pay now\"}", &["Pay now"], &[]);
        check(".a:after{ CONTENT : 'Pay' \" now\" !important; color:red}", &["Pay now"], &[]);
        check("a{content:\"\\50 ay; (now}\";x:'no'}b{content:'two'}", &["Pay; (now}", "two"], &[]);
        check("a::before{content:'To: ' attr(Data-x) attr( data-y , 'z')}", &["To: z"], &["data-x", "data-y"]);
        check("a{justify-content:'no';content:'\u{201c}';content:none;content:counter(x)}", &[], &[]);
        check("a{content:'open", &["open"], &[]);
        check("content content: content", &[], &[]);
    }

    #[test]
    fn more_attributes_than_are_kept_are_told() {
        let css =
            |count: usize| (0..count).map(|number| format!("a{{content:attr(data-{number})}}")).collect::<String>();
        let known = css(ATTRIBUTES_MAX).repeat(2);
        assert!(!contents(&known).is_cut);
        let found = contents(&css(ATTRIBUTES_MAX.saturating_add(1)));
        assert!(found.is_cut && found.attributes.len() == ATTRIBUTES_MAX);
    }

    #[test]
    fn many_cost_little() {
        assert!(contents(&"content:".repeat(200_000)).words.is_empty());
        assert!(contents(&"content:attr(".repeat(200_000)).words.is_empty());
        assert!(contents(&("content:".repeat(200_000) + ";")).words.is_empty());
        assert_eq!(contents(&"a{content:'x'}".repeat(100_000)).words.len(), 100_000);
    }
}
