//! Words that may be the password of something encrypted: those given, and those of the message itself: its text, the names and
//! comments of its files, and the text of small documents beside them. Gathered only when something encrypted is met.

use std::cell::OnceCell;
use std::collections::HashSet;

use mail::links::is_invisible;

use crate::budget::{Budget, Limits};
use crate::formats::html;
use crate::request::{Part, Request};
use crate::text;
use crate::unpack::unpack;

/// Words tried on one encrypted file.
pub const TRIES_MAX: usize = 200;
/// Characters of a word that may be a password, at least and at most.
const WORD_CHARACTERS_MIN: usize = 3;
/// See [`WORD_CHARACTERS_MIN`].
const WORD_CHARACTERS_MAX: usize = 64;
/// Text of one part that is looked through, bytes.
const TEXT_BYTES_MAX: usize = 256 * 1024;
/// Documents beside the text that are read for passwords, and bytes of one.
const DOCUMENTS_MAX: usize = 4;
const DOCUMENT_BYTES_MAX: usize = 512 * 1024;
/// What may be done for one of them; the time is that of the message.
const DOCUMENT_FILES_MAX: u32 = 200;
const DOCUMENT_UNPACKED_BYTES_MAX: u64 = 4 * 1024 * 1024;
const DOCUMENT_FORMULA_STEPS_MAX: u32 = 100_000;
/// Bytes of a line that may be one password.
const LINE_BYTES_MAX: usize = WORD_CHARACTERS_MAX * 4;
/// Words of one letter or figure that are one word together.
const SPELLED_MIN: usize = 3;
/// Words behind the announcement among which the password is.
const WORDS_BEHIND: usize = 6;
/// Words that may be one password together, with the blanks between them.
const PHRASE_WORDS_MAX: usize = 4;
/// What stands around a word and does not belong to it.
const AROUND: [char; 37] = [
    '"', '\'', '(', ')', '[', ']', '{', '}', '<', '>', ',', ';', ':', '.', '!', '?', '„', '“', '”', '‘', '’', '«', '»',
    '‹', '›', '「', '」', '『', '』', '《', '》', '【', '】', '`', '*', '_', '~',
];
/// What ends a sentence, or a word in scripts without blanks.
const PARTING: [char; 13] = ['：', '＝', '，', '。', '；', '「', '」', '『', '』', '《', '》', '【', '】'];
/// A word behind one of these is most likely one; they are tried first.
const ANNOUNCED_BY: [&str; 25] = [
    "password",
    "passwort",
    "kennwort",
    "passcode",
    "passphrase",
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
    "hasło",
    "heslo",
    "пароль",
    "parola",
    "şifre",
    "salasana",
    "lösenord",
    "adgangskode",
    "passord",
    "jelszó",
];
/// The same in scripts without blanks, where they may stand anywhere in a word.
const ANNOUNCED_WITHIN: [&str; 6] = ["密码", "密碼", "口令", "パスワード", "暗証番号", "비밀번호"];
/// What people who send samples to each other take.
const USUAL: [&str; 1] = ["infected"];
/// Endings of documents that may say a password.
const DOCUMENTS: [&str; 10] = ["txt", "docx", "doc", "odt", "rtf", "pdf", "htm", "html", "md", "nfo"];

/// The candidates of one message.
#[derive(Debug)]
pub(crate) struct Passwords<'r> {
    request: &'r Request,
    /// What is left for reading documents.
    budget: Budget,
    words: OnceCell<Vec<String>>,
}

impl<'r> Passwords<'r> {
    pub(crate) fn new(request: &'r Request, budget: &Budget) -> Self {
        Self { request, budget: budget.afresh(), words: OnceCell::new() }
    }

    /// At most [`TRIES_MAX`] words, the likeliest first, each once.
    pub(crate) fn words(&self) -> &[String] {
        self.words.get_or_init(|| gather(self.request, &self.budget))
    }
}

/// The likeliest passwords in these texts, at most `limit`, each once: those that are announced as such, then all words.
#[must_use]
pub fn likely(texts: &[String], limit: usize) -> Vec<String> {
    let mut words = Words::default();
    let texts: Vec<String> = texts.iter().map(|text| plain(text)).collect();
    texts.iter().for_each(|text| words.add_announced(text));
    texts.iter().for_each(|text| words.add_all(text));
    words.found.truncate(limit);
    words.found
}

fn gather(request: &Request, budget: &Budget) -> Vec<String> {
    let mut words = Words::default();
    for word in &request.passwords {
        words.keep(word);
    }
    let mut texts: Vec<String> = vec![plain(&request.subject)];
    texts.extend(request.parts.iter().filter_map(written).map(|text| plain(&text)));
    let names: Vec<String> = request.parts.iter().flat_map(|part| &part.names).map(|name| in_words(name)).collect();
    let comments: Vec<String> = request.parts.iter().filter_map(|part| comment(&part.bytes)).collect();
    texts.iter().chain(&names).chain(&comments).for_each(|text| words.add_announced(text));
    let documents = documents(request, budget);
    documents.iter().for_each(|text| words.add_announced(text));
    USUAL.iter().for_each(|word| words.add(word));
    comments.iter().chain(&texts).chain(&names).chain(&documents).for_each(|text| words.add_all(text));
    words.found.truncate(TRIES_MAX);
    words.found
}

/// Words in the order in which they are tried.
#[derive(Default)]
struct Words {
    found: Vec<String>,
    seen: HashSet<String>,
}

impl Words {
    fn keep(&mut self, word: &str) {
        if self.found.len() < TRIES_MAX && !self.seen.contains(word) {
            self.seen.insert(word.to_owned());
            self.found.push(word.to_owned());
        }
    }

    fn add(&mut self, word: &str) {
        let length = word.chars().take(WORD_CHARACTERS_MAX.saturating_add(1)).count();
        if (WORD_CHARACTERS_MIN..=WORD_CHARACTERS_MAX).contains(&length) {
            self.keep(word);
        }
    }

    fn add_all(&mut self, text: &str) {
        for word in text.split_whitespace() {
            if self.found.len() >= TRIES_MAX {
                return;
            }
            forms(word).for_each(|form| self.add(form));
        }
    }

    /// The words behind "password" and the like.
    fn add_announced(&mut self, text: &str) {
        // What announces the same words again has nothing new to say.
        let mut seen: HashSet<Vec<&str>> = HashSet::new();
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            if self.found.len() >= TRIES_MAX {
                return;
            }
            let lower = word.to_lowercase();
            let (name, glued) = match word.find([':', '=']) {
                Some(at) => (lower.get(..at).unwrap_or_default(), word.get(at.saturating_add(1)..).unwrap_or_default()),
                None => (lower.as_str(), ""),
            };
            let is_announced = ANNOUNCED_BY.contains(&name.trim_matches(AROUND))
                || ANNOUNCED_WITHIN.iter().any(|own| name.contains(own));
            if !is_announced {
                continue;
            }
            forms(glued).for_each(|form| self.add(form));
            // "the password is: x", "password for the archive - x": a few words on.
            let behind: Vec<&str> = words.clone().take(WORDS_BEHIND).collect();
            if !seen.insert(behind.clone()) {
                continue;
            }
            if let Some(word) = spelled(words.clone()) {
                self.add(&word);
            }
            behind.iter().flat_map(|word| forms(word)).for_each(|form| self.add(form));
            self.add_phrases(text, &behind);
        }
    }

    /// Several words with their blanks: up to the end of the line, and the first ones. Behind "is" and "es" as well.
    fn add_phrases(&mut self, text: &str, words: &[&str]) {
        let Some(first) = words.first() else { return };
        let from = offset(text, first);
        // Cut first: the end of a long line is far away, and is asked for again for each word of it.
        let rest = text.get(from..).unwrap_or_default();
        let rest = rest.get(..rest.floor_char_boundary(LINE_BYTES_MAX)).unwrap_or(rest);
        let line = rest.lines().next().unwrap_or_default();
        let starts = line.split_inclusive(' ').scan(0_usize, |at, piece| {
            let start = *at;
            *at = at.saturating_add(piece.len());
            Some(start)
        });
        for start in starts.take(2) {
            let rest = line.get(start..).unwrap_or_default();
            if rest.contains(' ') {
                forms(rest.trim()).for_each(|form| self.add(form));
            }
            for count in 2..=PHRASE_WORDS_MAX {
                let end = rest.match_indices(' ').nth(count.saturating_sub(1)).map_or(rest.len(), |(at, _)| at);
                forms(rest.get(..end).unwrap_or_default().trim()).for_each(|form| self.add(form));
            }
        }
    }
}

/// Where a word that is a piece of a text begins in it.
fn offset(text: &str, word: &str) -> usize {
    word.as_ptr().addr().saturating_sub(text.as_ptr().addr()).min(text.len())
}

/// Letters or figures with blanks between them, as one word: behind nothing, or behind a word or two.
fn spelled<'t>(words: impl Iterator<Item = &'t str>) -> Option<String> {
    let mut joined = String::new();
    let mut count = 0_usize;
    for (number, word) in words.take(WORDS_BEHIND.saturating_add(WORD_CHARACTERS_MAX)).enumerate() {
        if count == 0 && number >= WORDS_BEHIND {
            break;
        }
        let bare = word.trim_matches(AROUND);
        if bare.chars().count() == 1 {
            joined.push_str(bare);
            count = count.saturating_add(1);
        } else if count >= SPELLED_MIN {
            break;
        } else {
            (joined, count) = (String::new(), 0);
        }
    }
    (count >= SPELLED_MIN).then_some(joined)
}

/// Without what nobody sees, and with blanks where scripts without blanks part words.
fn plain(text: &str) -> String {
    let shown = text.chars().filter(|character| !is_invisible(*character));
    let parted = shown.flat_map(|character| match character {
        '：' | '＝' => [Some(':'), Some(' ')],
        character if PARTING.contains(&character) => [Some(' '), None],
        character => [Some(character), None],
    });
    parted.flatten().collect()
}

/// The words of a file's name: `docs_pass-Zr44kk.zip`.
fn in_words(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let words: String = stem.chars().map(|c| if matches!(c, '_' | '-' | '.' | '+' | '=') { ' ' } else { c }).collect();
    format!("{} {stem}", plain(&words))
}

/// The comment at the end of a zip (APPNOTE 4.3.16).
fn comment(bytes: &[u8]) -> Option<String> {
    if !bytes.starts_with(b"PK") {
        return None;
    }
    let tail = bytes.get(bytes.len().saturating_sub(usize::from(u16::MAX).saturating_add(22))..)?;
    let end = memchr::memmem::rfind(tail, b"PK\x05\x06")?;
    let comment = tail.get(end.saturating_add(22)..).filter(|comment| !comment.is_empty())?;
    Some(plain(&text::decode(comment, "")))
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

/// The text of documents that come along. A single part is the very one that is read.
fn documents(request: &Request, budget: &Budget) -> Vec<String> {
    if request.parts.len() < 2 {
        return Vec::new();
    }
    let is_document = |part: &&Part| {
        let mut endings = part.names.iter().flat_map(|name| mail::names::endings(name));
        part.bytes.len() <= DOCUMENT_BYTES_MAX && endings.any(|ending| DOCUMENTS.contains(&ending.as_str()))
    };
    let mut texts = Vec::new();
    for part in request.parts.iter().filter(is_document).take(DOCUMENTS_MAX) {
        let one = Request { parts: vec![part.clone()], ..Request::default() };
        let limits = Limits {
            files: DOCUMENT_FILES_MAX,
            unpacked_bytes: DOCUMENT_UNPACKED_BYTES_MAX,
            formula_steps: DOCUMENT_FORMULA_STEPS_MAX,
            ..Limits::default()
        };
        let mut budget = budget.within(limits);
        if budget.is_late() {
            break;
        }
        let content = unpack(&one, &mut budget);
        texts.extend(
            content.items.iter().filter(|item| !item.text.is_empty()).map(|item| {
                plain(item.text.get(..item.text.floor_char_boundary(TEXT_BYTES_MAX)).unwrap_or(&item.text))
            }),
        );
    }
    texts
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

    use std::time::Duration;

    use super::*;
    use crate::budget::thread_time;

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
        let words = Passwords::new(&request, &Budget::default()).words().to_vec();
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

    fn words_of(body: &str) -> Vec<String> {
        let bytes = Bytes::copy_from_slice(body.as_bytes());
        let part = Part { declared: "text/plain".to_owned(), inline: true, bytes, ..Part::default() };
        let request = Request { parts: vec![part], ..Request::default() };
        Passwords::new(&request, &Budget::default()).words().to_vec()
    }

    #[test]
    fn odd_phrasing() {
        for (body, password) in [
            ("解压密码：密码88", "密码88"),
            ("パスワードは「ひらがな9」です", "ひらがな9"),
            ("Das Passwort lautet «Zr44kk».", "Zr44kk"),
            ("Password: *Zr44kk*", "Zr44kk"),
            ("Password: `Zr44kk`", "Zr44kk"),
            ("Password: 4 4 1 9", "4419"),
            ("Password: Z r 4 4 k k and so on", "Zr44kk"),
            ("Password: Zr\u{200b}44\u{200b}kk", "Zr44kk"),
            ("Password: open sesame now", "open sesame now"),
            ("La contraseña es: clave 99", "clave 99"),
            ("Пароль: Zr44kk", "Zr44kk"),
            ("Nothing at all", "infected"),
        ] {
            let words = words_of(body);
            let at = words.iter().position(|word| word == password);
            assert!(at.is_some_and(|at| at < 30), "{body}: {words:?}");
        }
    }

    #[test]
    fn words_of_names_comments_and_documents() {
        let part = |name: &str, bytes: &'static [u8]| Part {
            names: vec![name.to_owned()],
            bytes: Bytes::from_static(bytes),
            ..Part::default()
        };
        let zip = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0f\0password comm12";
        let parts = vec![part("docs_pass-Zr44kk.zip", zip), part("readme.txt", b"Password: inText9")];
        let request = Request { parts, ..Request::default() };
        let words = Passwords::new(&request, &Budget::default()).words().to_vec();
        for word in ["Zr44kk", "inText9", "comm12", "infected"] {
            assert!(words.iter().any(|own| own == word), "{word}: {words:?}");
        }
    }

    #[test]
    fn a_line_of_announcements_ends() {
        // Ten thousand of them, each of which asks for the end of its line, and for letters that stand apart.
        for word in ["pw ", "pw a ", "pw:"] {
            let began = thread_time();
            let words = words_of(&word.repeat(85_000));
            let took = thread_time().saturating_sub(began);
            assert!(took < Duration::from_millis(700), "{word}: {took:?}");
            assert!(words.len() < TRIES_MAX, "{word}: {}", words.len());
        }
        let far = format!("{}pw: Zr44kk", "pw ".repeat(20_000));
        assert!(words_of(&far).iter().any(|word| word == "Zr44kk"));
    }

    #[test]
    fn never_more_than_the_limit() {
        let body = (0..5_000).map(|number| format!("word{number} ")).collect::<String>();
        let part = Part { declared: "text/plain".to_owned(), inline: true, bytes: body.into(), ..Part::default() };
        let request = Request { parts: vec![part], ..Request::default() };
        assert_eq!(Passwords::new(&request, &Budget::default()).words().len(), TRIES_MAX);
    }
}
