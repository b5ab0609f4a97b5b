//! Messages in messages (RFC 5322, RFC 2045 to 2049; MHTML, RFC 2557): what was attached as a file, encoded, or packed in an
//! archive. Read by the reader of mail, in every reading; each leaf is a child.
//!
//! Also what only points elsewhere: message/partial, message/external-body (RFC 2046 5.2).

mod mailbox;

use std::collections::HashMap;

use bytes::Bytes;
use mail::header::Header;
use mail::message::Message;
use mail::part::Part;
use scan::content::{Link, LinkKind, WhyUnopened};

use crate::formats::{html, share};
use crate::request;
use crate::text;
use crate::unpack::{File, Leaf, Walk};

/// Fields with which a message may begin behind other lines: saved pages do with the first one.
const FIRST: [&[u8]; 2] = [b"MIME-Version:", b"Content-Type:"];
/// Fields that are shown of a message.
const SHOWN: [&str; 6] = ["from", "to", "cc", "reply-to", "sender", "subject"];
/// Bytes of one field that are kept.
const FIELD_BYTES_MAX: usize = 4 * 1024;
/// Names and types of pages that were saved as messages.
const PAGE_ENDINGS: [&str; 3] = [".mht", ".mhtml", ".mhtm"];
const PAGE_TYPES: [&str; 3] = ["multipart/related", "application/x-mimearchive", "application/x-mht"];
/// Types by which a part is read as a message.
const READ_AS_MESSAGE: [&str; 3] = ["message/rfc822", "message/global", "message/news"];
/// Bytes at the start of a text in which the fields of a message are looked for.
const HEAD_BYTES: usize = 8 * 1024;

/// Reads a message, or a file of several; what may be both is read as both.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let pieces = mailbox::pieces(file.bytes);
    if pieces.len() > 1 {
        mailbox::open(walk, file, &pieces);
        // Mail programs pass over the first line and read one message to the end, whatever the other name is.
        if READ_AS_MESSAGE.contains(&walk.declared(file.at)) || is_called(walk, file.at, &[".eml"]) {
            walk.mark(file.at, "nested_ambiguous");
        }
    }
    open_one(walk, file);
}

fn open_one(walk: &mut Walk<'_>, file: File<'_>) {
    let bytes = start(file.bytes);
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
    let is_page = is_saved_page(walk, file.at);
    for mut piece in pieces_of(&message) {
        // A browser shows the page, no program of mail does.
        piece.inline &= !is_page;
        if !open_piece(walk, file, (&message, &piece)) {
            return;
        }
    }
}

/// Is it a page that was saved with all that belongs to it, and that a browser opens?
fn is_saved_page(walk: &Walk<'_>, at: usize) -> bool {
    PAGE_TYPES.contains(&walk.declared(at)) || is_called(walk, at, &PAGE_ENDINGS)
}

/// Has a name of it one of these endings?
fn is_called(walk: &Walk<'_>, at: usize, endings: &[&str]) -> bool {
    let names = walk.content.items.get(at).map(|item| item.names.as_slice()).unwrap_or_default();
    names.iter().any(|name| {
        let name = name.trim_end_matches([' ', '.']).to_ascii_lowercase();
        endings.iter().any(|ending| name.ends_with(ending))
    })
}

/// A leaf of a message, as all its readings together say.
struct Piece<'m> {
    place: String,
    part: &'m Part,
    names: Vec<String>,
    inline: bool,
    /// Soft line ends part no words in its text.
    joins_words: bool,
    /// Where its content lies, if it only points there.
    points_to: Vec<String>,
}

// Readings repeat most parts of each other: same bytes, same type and charset, same encoding is the same part, under the names
// of each.
fn pieces_of(message: &Message) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let mut seen: HashMap<_, usize> = HashMap::new();
    for (path, part) in message.parts().filter(|(_, part)| part.is_leaf()) {
        let charset = part.media_type.parameter("charset").unwrap_or_default();
        let key = (part.body.clone(), part.media_type.essence(), charset.to_owned(), part.encoding);
        let inline = part.disposition != "attachment" && part.names.is_empty();
        let joins_words = part.media_type.joins_words();
        let points_to = request::pointers(part);
        if let Some(known) = seen.get(&key).and_then(|at| pieces.get_mut(*at)) {
            known.inline &= inline;
            known.joins_words |= joins_words;
            add_new(&mut known.names, &part.names);
            add_new(&mut known.points_to, &points_to);
            continue;
        }
        seen.insert(key, pieces.len());
        let place = if path.0.is_empty() { "0".to_owned() } else { path.to_string() };
        pieces.push(Piece { place, part, names: part.names.clone(), inline, joins_words, points_to });
    }
    pieces
}

fn add_new(known: &mut Vec<String>, names: &[String]) {
    for name in names {
        if !known.contains(name) {
            known.push(name.clone());
        }
    }
}

/// Every content that a reader could get out of one part, and the message that it is if its encoding is undone first; false
/// when the budget is used up.
fn open_piece(walk: &mut Walk<'_>, file: File<'_>, (message, piece): (&Message, &Piece<'_>)) -> bool {
    let Piece { place, part, names, inline, joins_words, points_to } = piece;
    let declared = part.media_type.essence();
    let charset = part.media_type.parameter("charset").unwrap_or_default();
    for (number, content) in part.contents(message.raw()).iter().enumerate() {
        let step = if number == 0 { format!("eml:{place}") } else { format!("eml:{place}+{number}") };
        let names = names.clone();
        let inline = *inline && !(part.follows_text && request::may_act(content));
        let base = request::base_of(&declared, points_to);
        let leaf = Leaf {
            names,
            declared: &declared,
            charset,
            joins_words: *joins_words,
            inline,
            base,
            is_read: true,
            ..Leaf::default()
        };
        let at = walk.content.items.len();
        if !open_content(walk, file, (&step, leaf), content) {
            return false;
        }
        walk.add_pointers(at, request::targets_of(&declared, points_to).to_vec());
        walk.pictures.label(at, part.labels());
    }
    let Some(inner) = part.inner_message(message.raw()) else { return true };
    // A message by its type is read as one already.
    if READ_AS_MESSAGE.contains(&declared.as_str()) && part.contents(message.raw()).iter().any(|own| **own == inner) {
        return true;
    }
    let leaf = Leaf { names: names.clone(), declared: "message/rfc822", is_read: true, ..Leaf::default() };
    open_content(walk, file, (&format!("eml:{place}~message"), leaf), &inner)
}

fn open_content(walk: &mut Walk<'_>, file: File<'_>, (step, leaf): (&str, Leaf<'_>), content: &[u8]) -> bool {
    walk.budget.spend_unpacked(content.len());
    let has_room = walk.child(file, step, leaf, content);
    if has_room && walk.budget.unpacked_bytes_left() == 0 {
        walk.stopped(file.at);
        return false;
    }
    has_room
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

/// Where the fields begin: office programs pass over lines that stand before them.
fn start(bytes: &[u8]) -> &[u8] {
    let bytes = without_first_line(bytes);
    if begins_with_field(bytes) {
        return bytes;
    }
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let mut lines = memchr::memchr_iter(b'\n', head).filter_map(|end| bytes.get(end.saturating_add(1)..));
    let is_first = |line: &&[u8]| {
        let begins_with = |field: &[u8]| line.get(..field.len()).is_some_and(|start| start.eq_ignore_ascii_case(field));
        FIRST.into_iter().any(begins_with)
    };
    lines.find(is_first).unwrap_or(bytes)
}

/// A name of anything that prints, and a colon, with blanks before it where old programs write them (RFC 5322 2.2, 4.5).
fn begins_with_field(bytes: &[u8]) -> bool {
    let length = bytes.iter().take_while(|byte| byte.is_ascii_graphic() && **byte != b':').count();
    let behind = bytes.get(length..).unwrap_or_default().iter().find(|byte| !matches!(**byte, b' ' | b'\t'));
    length > 0 && behind == Some(&b':')
}

/// What an envelope carried, under the name of a step and the names that it gives: an entity of MIME (RFC 8551 3.1, RFC 3156 4), or a
/// file as it stands. Only what begins with fields, has one of MIME and no name is nothing but an entity; what may be both is a child
/// as both.
pub(crate) fn open_carried(walk: &mut Walk<'_>, file: File<'_>, step: &str, (names, bytes): (Vec<String>, &[u8])) {
    let is_mime = has_mime_field(bytes);
    let is_file = !is_mime || !names.is_empty() || !begins_with_field(bytes);
    // As a file of such a name it is read as a message anyway.
    let is_called_message = names.iter().any(|name| name.to_ascii_lowercase().ends_with(".eml"));
    let is_entity = is_mime || begins_with_field(without_first_line(bytes)) && has_field_of_mail(bytes);
    let is_entity = is_entity && !(is_file && is_called_message);
    if is_file {
        walk.budget.spend_unpacked(bytes.len());
        if !walk.child(file, step, Leaf { names, is_read: true, ..Leaf::default() }, bytes) {
            return;
        }
    }
    if is_entity {
        let step = if is_file { format!("{step}~message") } else { step.to_owned() };
        walk.budget.spend_unpacked(bytes.len());
        let leaf = Leaf { declared: "message/rfc822", inline: true, is_read: true, ..Leaf::default() };
        walk.child(file, &step, leaf, bytes);
    }
}

fn has_mime_field(bytes: &[u8]) -> bool {
    has_field(bytes, |name| name.starts_with("content-") || name == "mime-version")
}

/// Invoices and texts have colons, too.
fn has_field_of_mail(bytes: &[u8]) -> bool {
    has_field(bytes, |name| matches!(name, "from" | "to" | "cc" | "subject" | "date" | "message-id" | "received"))
}

fn has_field(bytes: &[u8], is_so: impl Fn(&str) -> bool) -> bool {
    Header::parse(bytes).fields(bytes).any(|field| is_so(&field.name().to_ascii_lowercase()))
}

/// Does a text begin as a MIME message does, so that a mail program would read it as one; or as a page that was saved as one,
/// which has no people?
pub(crate) fn is_message(bytes: &[u8]) -> bool {
    let bytes = start(bytes);
    let bytes = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    if !begins_with_field(bytes) {
        return false;
    }
    let header = Header::parse(bytes);
    let has = |name: &str| header.first(bytes, name).is_some();
    let is_multipart = header.first(bytes, "content-type").is_some_and(|field| {
        let value = field.decoded().trim_start().to_ascii_lowercase();
        value.starts_with("multipart/") && value.contains("boundary")
    });
    if is_multipart {
        return true;
    }
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
            if let Some(word) = share::mark(&target) {
                self.mark(at, word);
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
