//! Messages in messages (RFC 5322, RFC 2045 to 2049; MHTML, RFC 2557): what was attached as a file, encoded, or packed in an
//! archive. Read by the reader of mail, in every reading; each leaf is a child.
//!
//! Also what only points elsewhere: message/partial, message/external-body (RFC 2046 5.2).

use std::collections::HashSet;

use bytes::Bytes;
use mail::header::Header;
use mail::message::Message;
use mail::part::Part;
use scan::content::{Link, LinkKind, WhyUnopened};

use crate::formats::{html, share};
use crate::text;
use crate::unpack::{File, Leaf, Walk};

/// Fields that are shown of a message.
const SHOWN: [&str; 6] = ["from", "to", "cc", "reply-to", "sender", "subject"];
/// Bytes of one field that are kept.
const FIELD_BYTES_MAX: usize = 4 * 1024;
/// Bytes at the start of a text in which the fields of a message are looked for.
const HEAD_BYTES: usize = 8 * 1024;

/// Reads a message.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let pieces = mailbox(file.bytes);
    if pieces.len() > 1 {
        return open_mailbox(walk, file, &pieces);
    }
    let bytes = without_first_line(file.bytes);
    let message = Message::parse(Bytes::copy_from_slice(bytes));
    if message.fields().next().is_none() {
        // A page that is only called an archive of one: browsers show it.
        if walk.kind(file.at) == "text" {
            html::open(walk, file);
        }
        return;
    }
    if !message.ambiguities.is_empty() {
        walk.mark(file.at, "nested_ambiguous");
    }
    let is_cut = message.defects.iter().any(|defect| defect.kind == mail::defect::DefectKind::LimitReached);
    if is_cut {
        walk.not_opened(file.at, WhyUnopened::OverBudget);
    }
    show_fields(walk, file.at, &message);
    let mut seen = HashSet::new();
    for (path, part) in message.parts().filter(|(_, part)| part.is_leaf()) {
        let charset = part.media_type.parameter("charset").unwrap_or_default();
        let key = (part.body.clone(), part.media_type.essence(), charset.to_owned(), part.encoding);
        if !seen.insert(key) {
            continue;
        }
        let place = if path.0.is_empty() { "0".to_owned() } else { path.to_string() };
        if !open_part(walk, file, &place, (&message, part)) {
            return;
        }
    }
}

/// The messages of a mailbox file (RFC 4155): each begins with a line `From ` behind an empty one.
fn mailbox(bytes: &[u8]) -> Vec<&[u8]> {
    if !bytes.starts_with(b"From ") {
        return Vec::new();
    }
    let is_start = |at: &usize| {
        let before = bytes.get(..*at).unwrap_or_default();
        let line = bytes.get(*at..).and_then(|rest| rest.split(|byte| *byte == b'\n').next()).unwrap_or_default();
        // A sentence has no time of day.
        (before.ends_with(b"\n\n") || before.ends_with(b"\n\r\n")) && line.contains(&b':')
    };
    let starts = memchr::memmem::find_iter(bytes, b"From ").filter(|at| *at == 0 || is_start(at));
    let starts: Vec<usize> = starts.collect();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| bytes.get(*start..end)).collect()
}

fn open_mailbox(walk: &mut Walk<'_>, file: File<'_>, pieces: &[&[u8]]) {
    walk.set_kind(file.at, "mbox");
    for (number, piece) in pieces.iter().enumerate() {
        let line = piece.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let mut line = text::decode(line.trim_ascii_end(), "").into_owned();
        text::cut(&mut line, FIELD_BYTES_MAX);
        walk.add_text(file.at, &line);
        walk.budget.spend_unpacked(piece.len());
        let leaf = Leaf { declared: "message/rfc822", is_read: true, ..Leaf::default() };
        if !walk.child(file, &format!("mbox:{number}"), leaf, piece) {
            return walk.not_opened(file.at, WhyUnopened::OverBudget);
        }
    }
}

/// Every content that a reader could get out of one part; false when the budget is used up.
fn open_part(walk: &mut Walk<'_>, file: File<'_>, place: &str, (message, part): (&Message, &Part)) -> bool {
    let declared = part.media_type.essence();
    for (number, content) in part.contents(message.raw()).iter().enumerate() {
        let step = if number == 0 { format!("eml:{place}") } else { format!("eml:{place}+{number}") };
        let leaf = Leaf {
            names: part.names.clone(),
            declared: &declared,
            charset: part.media_type.parameter("charset").unwrap_or_default(),
            inline: part.disposition != "attachment" && part.names.is_empty(),
            is_read: true,
            ..Leaf::default()
        };
        walk.budget.spend_unpacked(content.len());
        let at = walk.content.items.len();
        let has_room = walk.child(file, &step, leaf, content);
        if let Some(external) = part.external_body() {
            walk.add_pointers(at, external.targets());
        }
        if !has_room || walk.budget.unpacked_bytes_left() == 0 {
            walk.not_opened(file.at, WhyUnopened::OverBudget);
            return false;
        }
    }
    true
}

fn show_fields(walk: &mut Walk<'_>, at: usize, message: &Message) {
    let is_shown = |name: &str| SHOWN.contains(&name.to_ascii_lowercase().as_str());
    // An entity that was signed has no other fields; something has to stand for it.
    let has_shown = message.fields().any(|field| is_shown(&field.name()));
    for field in message.fields().filter(|field| is_shown(&field.name()) || (!has_shown && field.is("content-type"))) {
        let mut line = format!("{}: {}", field.name(), field.decoded());
        text::cut(&mut line, FIELD_BYTES_MAX);
        walk.add_links_of_text(at, &line, LinkKind::Field);
        walk.add_text(at, &line);
    }
}

/// Without the line of an mbox or an empty one: programs pass over them.
fn without_first_line(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if bytes.starts_with(b"From ") || bytes.starts_with(b">From ") {
        let line = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at.saturating_add(1));
        return bytes.get(line..).unwrap_or_default();
    }
    bytes
}

/// Does a text begin as a MIME message does, so that a mail program would read it as one?
pub(crate) fn is_message(bytes: &[u8]) -> bool {
    let bytes = without_first_line(bytes.get(..HEAD_BYTES).unwrap_or(bytes));
    let is_field = bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.iter().take(80).take_while(|byte| byte.is_ascii_graphic()).any(|byte| *byte == b':');
    if !is_field {
        return false;
    }
    let header = Header::parse(bytes);
    let has = |name: &str| header.first(bytes, name).is_some();
    let mail = ["from", "date", "subject", "received", "message-id", "return-path", "to"];
    (has("mime-version") || has("content-type")) && mail.iter().filter(|name| has(name)).count() >= 2
}

/// A fragment: mail programs put it together with others that nobody here has.
pub(crate) fn open_partial(walk: &mut Walk<'_>, file: File<'_>) {
    walk.mark(file.at, "partial");
    add_plain(walk, file);
}

/// A pointer: what stands here is the header of something that lies elsewhere.
pub(crate) fn open_external(walk: &mut Walk<'_>, file: File<'_>) {
    walk.mark(file.at, "external_body");
    add_plain(walk, file);
}

impl Walk<'_> {
    /// Notes where content lies that something only points to.
    pub(crate) fn add_pointers(&mut self, at: usize, targets: Vec<String>) {
        for target in targets {
            if share::is_share(&target) {
                self.mark(at, "unc_path");
            }
            self.add_link(at, Link { target, text: String::new(), kind: LinkKind::Fetched });
        }
    }
}

fn add_plain(walk: &mut Walk<'_>, file: File<'_>) {
    let text = text::decode(file.bytes, file.charset);
    walk.add_links_of_text(file.at, &text, LinkKind::Fetched);
    walk.add_text(file.at, &text);
}

#[cfg(test)]
mod tests;
