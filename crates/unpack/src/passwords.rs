//! Words that may be the password of something encrypted: those given, and those of the message itself. Gathered only when
//! something encrypted is met.

use std::cell::OnceCell;
use std::collections::HashSet;

use crate::formats::html;
use crate::request::{Part, Request};
use crate::text;

/// Words tried on one encrypted file.
pub const TRIES_MAX: usize = 200;
/// Characters of a word that may be a password, at least and at most.
const WORD_CHARACTERS_MIN: usize = 3;
/// See [`WORD_CHARACTERS_MIN`].
const WORD_CHARACTERS_MAX: usize = 64;
/// Text of one part that is looked through, bytes.
const TEXT_BYTES_MAX: usize = 256 * 1024;
/// What stands around a word and does not belong to it.
const AROUND: [char; 20] =
    ['"', '\'', '(', ')', '[', ']', '{', '}', '<', '>', ',', ';', ':', '.', '!', '?', '„', '“', '”', '‘'];
/// A word behind one of these is most likely one; they are tried first.
const ANNOUNCED_BY: [&str; 14] = [
    "password",
    "passwort",
    "kennwort",
    "passcode",
    "pass",
    "pwd",
    "pw",
    "pin",
    "code",
    "contraseña",
    "clave",
    "senha",
    "wachtwoord",
    "passe",
];

/// The candidates of one message.
#[derive(Debug)]
pub(crate) struct Passwords<'r> {
    request: &'r Request,
    words: OnceCell<Vec<String>>,
}

impl<'r> Passwords<'r> {
    pub(crate) fn new(request: &'r Request) -> Self {
        Self { request, words: OnceCell::new() }
    }

    /// At most [`TRIES_MAX`] words, the likeliest first, each once.
    pub(crate) fn words(&self) -> &[String] {
        self.words.get_or_init(|| gather(self.request))
    }
}

/// The likeliest passwords in these texts, at most `limit`, each once: those that are announced as such, then all words.
#[must_use]
pub fn likely(texts: &[String], limit: usize) -> Vec<String> {
    let mut seen = HashSet::new();
    let announced = texts.iter().flat_map(|text| announced(text));
    let all = texts.iter().flat_map(|text| text.split_whitespace()).flat_map(forms);
    let words = announced.chain(all).filter(|word| is_usual(word) && seen.insert(*word));
    words.take(limit).map(str::to_owned).collect()
}

fn is_usual(word: &str) -> bool {
    let length = word.chars().take(WORD_CHARACTERS_MAX.saturating_add(1)).count();
    (WORD_CHARACTERS_MIN..=WORD_CHARACTERS_MAX).contains(&length)
}

fn gather(request: &Request) -> Vec<String> {
    let mut texts: Vec<String> = vec![request.subject.clone()];
    texts.extend(request.parts.iter().filter_map(written));
    let mut seen = HashSet::new();
    let announced = texts.iter().flat_map(|text| announced(text));
    let all = texts.iter().flat_map(|text| text.split_whitespace()).flat_map(forms);
    let candidates = request.passwords.iter().map(String::as_str).chain(announced).chain(all);
    let given = request.passwords.len();
    let words = candidates.enumerate().filter(|(at, word)| *at < given || is_usual(word));
    words.map(|(_, word)| word).filter(|word| seen.insert(*word)).take(TRIES_MAX).map(str::to_owned).collect()
}

/// The text of a part that is shown.
fn written(part: &Part) -> Option<String> {
    let is_page = part.declared == "text/html";
    if !part.inline || !(is_page || part.declared.starts_with("text/")) {
        return None;
    }
    let bytes = part.bytes.get(..TEXT_BYTES_MAX).unwrap_or(&part.bytes);
    let text = text::decode_page(bytes, &part.charset);
    Some(if is_page { html::read(&text).text } else { text.into_owned() })
}

/// The words behind "password" and the like.
fn announced(text: &str) -> impl Iterator<Item = &str> {
    let mut words = text.split_whitespace().peekable();
    let mut found = Vec::new();
    while let Some(word) = words.next() {
        let lower = word.to_lowercase();
        let (name, glued) = match word.find([':', '=']) {
            Some(at) => (lower.get(..at).unwrap_or_default(), word.get(at.saturating_add(1)..).unwrap_or_default()),
            None => (lower.as_str(), ""),
        };
        if !ANNOUNCED_BY.contains(&name.trim_matches(AROUND)) {
            continue;
        }
        found.extend(forms(glued));
        // "the password is: x", "password for the archive - x": a few words on.
        found.extend(words.clone().take(6).flat_map(forms));
    }
    found.into_iter()
}

/// A word without what stands around it, with the marks that end sentences and passwords, and as it stands.
fn forms(word: &str) -> impl Iterator<Item = &str> {
    let bare = word.trim_matches(AROUND);
    let marked = word.trim_matches(|c| AROUND.contains(&c) && !matches!(c, '!' | '?'));
    [bare, marked, word].into_iter().filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn announced_words_come_first_and_each_once() {
        let body = "Hello, please find the invoice. The password is: \"Sommer-2024!\". Hello";
        let part = Part {
            declared: "text/plain".to_owned(),
            inline: true,
            bytes: Bytes::from_static(body.as_bytes()),
            ..Part::default()
        };
        let request = Request { parts: vec![part], subject: "Ref 4711".to_owned(), passwords: vec!["x".to_owned()] };
        let words = Passwords::new(&request).words().to_vec();
        assert_eq!(words[0], "x", "a given one is tried first, however short");
        let at = |word: &str| words.iter().position(|own| own == word).unwrap_or(usize::MAX);
        assert!(at("Sommer-2024!") < 8 && at("Sommer-2024!") < at("please"), "{words:?}");
        assert_eq!(words.iter().filter(|word| *word == "Hello").count(), 1);
        assert!(at("4711") < words.len());
    }

    #[test]
    fn other_texts_give_their_likeliest_words() {
        let texts = ["The archive".to_owned(), "It opens with pw: xK9!x of course".to_owned()];
        let words = likely(&texts, 20);
        let at = |word: &str| words.iter().position(|own| own == word);
        assert!(at("xK9!x") < at("archive") && at("archive").is_some() && at("of").is_none(), "{words:?}");
        assert_eq!(likely(&texts, 1).len(), 1);
    }

    #[test]
    fn never_more_than_the_limit() {
        let body = (0..5_000).map(|number| format!("word{number} ")).collect::<String>();
        let part = Part { declared: "text/plain".to_owned(), inline: true, bytes: body.into(), ..Part::default() };
        let request = Request { parts: vec![part], ..Request::default() };
        assert_eq!(Passwords::new(&request).words().len(), TRIES_MAX);
    }
}
