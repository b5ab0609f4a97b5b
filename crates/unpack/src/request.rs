//! What is asked: the leaf parts of one message, already found and freed of their transfer encoding by `mail`.

use bytes::Bytes;

/// Words without which a page runs nothing, asks for nothing and leads nowhere by itself.
const ACTING: [&str; 11] =
    ["script", "refresh", "password", "<form", "<iframe", "<object", "<embed", "srcdoc", "data:", "<svg", "&#"];
/// Letters of the name of a handler, and blanks behind it, at most.
const HANDLER_BYTES_MAX: usize = 32;

/// The leaf parts of one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// In the order of the message.
    pub parts: Vec<Part>,
    /// The Subject, decoded: its words may be passwords.
    pub subject: String,
    /// Passwords to try first: given by somebody, or words of the sender's other mail.
    pub passwords: Vec<String>,
}

/// One leaf part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Its MIME path, `1.2`; free of `/`, which begins the way into a container.
    pub place: String,
    /// Every name it could be saved under.
    pub names: Vec<String>,
    /// `type/subtype` as declared, lower case.
    pub declared: String,
    /// The declared charset; empty where there is none.
    pub charset: String,
    /// Soft line ends part no words in its text (RFC 3676).
    pub joins_words: bool,
    /// It is shown as part of the message.
    pub inline: bool,
    /// Where its content lies, if this only points there (message/external-body). Of a page the first one is what its links are
    /// read against that are not whole (RFC 2557 5), and may be empty.
    pub points_to: Vec<String>,
    /// How pages of the message name it: Content-ID, Content-Location.
    pub labels: Vec<String>,
    /// Its bytes, decoded.
    pub bytes: Bytes,
}

impl Part {
    /// A leaf as the message declares it, under the name of its place, with its bytes as one reader decodes them.
    #[must_use]
    pub fn of(place: String, leaf: &mail::part::Part, bytes: Bytes) -> Self {
        Self {
            place,
            names: leaf.names.clone(),
            declared: leaf.media_type.essence(),
            charset: leaf.media_type.parameter("charset").unwrap_or_default().to_owned(),
            joins_words: leaf.media_type.joins_words(),
            // Programs that make a file of it leave it to the browser, with all that it does.
            inline: leaf.disposition != "attachment"
                && leaf.names.is_empty()
                && !(leaf.follows_text && may_act(&bytes)),
            points_to: pointers(leaf),
            labels: leaf.labels().to_vec(),
            bytes,
        }
    }

    /// Against what links of a page are read that are not whole; empty where nothing says so.
    pub(crate) fn base(&self) -> &str {
        base_of(&self.declared, &self.points_to)
    }
}

/// Where a leaf lies, or what it is read against.
pub(crate) fn pointers(leaf: &mail::part::Part) -> Vec<String> {
    let base = leaf.base().filter(|_| is_page(&leaf.media_type.essence()));
    let base = base.filter(|base| url::Url::parse(base).is_ok_and(|base| !base.cannot_be_a_base()));
    let mut pointers = leaf.points_to();
    if is_page(&leaf.media_type.essence()) && (base.is_some() || !pointers.is_empty()) {
        pointers.insert(0, base.unwrap_or_default().to_owned());
    }
    pointers
}

/// Of what [`pointers`] gives, without the base of a page: where something lies that is fetched.
pub(crate) fn targets_of<'p>(declared: &str, pointers: &'p [String]) -> &'p [String] {
    pointers.get(usize::from(is_page(declared))..).unwrap_or_default()
}

/// The base of a page of this type, of what [`pointers`] gives.
pub(crate) fn base_of<'p>(declared: &str, pointers: &'p [String]) -> &'p str {
    pointers.first().filter(|_| is_page(declared)).map_or("", String::as_str)
}

/// Types of pages, for whom it may be: `text/html`, `application/xhtml+xml`, `text/watch-html`, drawings.
fn is_page(declared: &str) -> bool {
    declared.contains("html") || declared == "image/svg+xml"
}

/// Does a page hold more than text, pictures and links, by its words? Whether it does something is found by who reads it; here
/// nothing is missed that could.
pub(crate) fn may_act(bytes: &[u8]) -> bool {
    let lower = bytes.to_ascii_lowercase();
    let has = |word: &str| memchr::memmem::find(&lower, word.as_bytes()).is_some();
    // Two bytes a letter, or letters that are none to who does not know the charset.
    let is_coded = memchr::memchr(0, bytes).is_some() || memchr::memchr(b'<', bytes).is_none();
    is_coded || ACTING.iter().any(|word| has(word)) || has_handler(&lower)
}

/// ` onload=`, `/onerror =`.
fn has_handler(lower: &[u8]) -> bool {
    memchr::memmem::find_iter(lower, b"on").any(|at| {
        let before = at.checked_sub(1).and_then(|at| lower.get(at));
        let rest = lower.get(at.saturating_add(2)..).unwrap_or_default();
        let name = rest.iter().take(HANDLER_BYTES_MAX).take_while(|byte| byte.is_ascii_lowercase()).count();
        let behind = rest.get(name..).unwrap_or_default();
        let next = behind.iter().take(HANDLER_BYTES_MAX).find(|byte| !byte.is_ascii_whitespace());
        before.is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'"' | b'\''))
            && name > 2
            && next == Some(&b'=')
    })
}

impl Request {
    /// Bytes of all parts together.
    #[must_use]
    pub fn size(&self) -> u64 {
        let sizes = self.parts.iter().map(|part| u64::try_from(part.bytes.len()).unwrap_or(u64::MAX));
        sizes.fold(0, u64::saturating_add)
    }
}

#[cfg(test)]
mod tests;
