//! Values of the form `head; name=value; ...` (RFC 2045 5.1), with the charsets, languages and continuations of RFC 2231,
//! read as tolerantly as mail programs read them.

use memchr::memchr;

use crate::cursor::Cursor;
use crate::decode::charset;
use crate::decode::quoted_printable::escaped;
use crate::limits;
use crate::lines::is_space;

/// A value taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Structured {
    /// Lower case, without quotes, comments and white space.
    pub(crate) head: String,
    /// In the order written; a name may stand more than once.
    pub(crate) parameters: Vec<(String, String)>,
    /// There are more than [`limits::PARAMETERS_MAX`].
    pub(crate) is_cut: bool,
    /// File names as they are written, with their line ends: from behind the equals sign to the semicolon that no quotes hold, or,
    /// without quotes, to that before the next parameter.
    pub(crate) written_names: Vec<Vec<u8>>,
}

#[derive(Clone)]
struct Piece {
    base: String,
    section: Option<u32>,
    // Percent-encoded, and the first section starts with charset and language.
    is_extended: bool,
    value: Vec<u8>,
}

pub(crate) fn read(value: &[u8]) -> Structured {
    let mut cursor = Cursor::new(value);
    let head = head(&mut cursor);
    let mut pieces = Vec::new();
    let mut written_names = Vec::new();
    let mut is_cut = false;
    if head.contains('=') {
        // Nothing but parameters (Python).
        cursor = Cursor::new(value);
    }
    while cursor.peek().is_some() {
        if pieces.len() >= limits::PARAMETERS_MAX {
            is_cut = true;
            break;
        }
        let Some((piece, at)) = piece(&mut cursor) else {
            continue;
        };
        if piece.is_plain_name() {
            written_names.push(written(value, at, cursor.at));
        }
        pieces.push(piece);
    }
    Structured { head, parameters: join(&pieces), is_cut, written_names }
}

// What stands between the value and the semicolon belongs to it for some readers, and a bare semicolon too.
fn written(value: &[u8], start: usize, end: usize) -> Vec<u8> {
    let behind = value.get(end..).unwrap_or_default();
    let is_bare = value.get(start) != Some(&b'"');
    let mut junk = memchr(b';', behind).unwrap_or(behind.len());
    while let Some(next) = behind.get(junk.saturating_add(1)..).filter(|_| is_bare && junk < behind.len()) {
        let segment = memchr(b';', next).and_then(|end| next.get(..end)).unwrap_or(next);
        if memchr(b'=', segment).is_some() || segment.trim_ascii().is_empty() {
            break;
        }
        junk = junk.saturating_add(1).saturating_add(segment.len());
    }
    value.get(start..end.saturating_add(junk)).unwrap_or_default().trim_ascii().to_vec()
}

fn head(cursor: &mut Cursor<'_>) -> String {
    let mut head = Vec::new();
    loop {
        cursor.skip_space_and_comments();
        // `text /plain` is one head, `multipart/mixed boundary=x` lacks a semicolon.
        let continues = head.is_empty() || head.ends_with(b"/") || cursor.peek() == Some(b'/');
        if !continues {
            break;
        }
        let length = head.len();
        head.extend_from_slice(cursor.take_while(|byte| !is_space(byte) && byte != b';' && byte != b'('));
        if head.len() == length {
            break;
        }
    }
    head.retain(|byte| *byte != b'"');
    charset::guess(&head).to_ascii_lowercase()
}

// With the place where its value starts.
fn piece(cursor: &mut Cursor<'_>) -> Option<(Piece, usize)> {
    cursor.skip_space_and_comments();
    let name = cursor.take_while(|byte| !is_space(byte) && !matches!(byte, b';' | b'=' | b'('));
    cursor.skip_space_and_comments();
    if name.is_empty() || cursor.peek() != Some(b'=') {
        if name.is_empty() {
            cursor.advance(1);
        }
        return None;
    }
    cursor.advance(1);
    // RFC 2045 5.1 allows none, RFC 822 did; comments there are old too.
    cursor.skip_space_and_comments();
    let at = cursor.at;
    // What does not print is passed over.
    let name: Vec<u8> = name.iter().copied().filter(u8::is_ascii_graphic).collect();
    let name = charset::guess(&name).to_ascii_lowercase();
    let value = cursor.quoted().unwrap_or_else(|| bare_value(cursor, &name));
    // One asterisk is the standard's; more are passed over (mail-parser).
    let is_extended = name.ends_with('*');
    let name = if is_extended { name.trim_end_matches('*').to_owned() } else { name };
    let (base, section) = match name.split_once('*') {
        Some((base, number)) => match number.parse() {
            Ok(number) => (base.to_owned(), Some(number)),
            Err(_) => (name, None),
        },
        None => (name, None),
    };
    Some((Piece { base, section, is_extended, value }, at))
}

impl Piece {
    fn is_plain_name(&self) -> bool {
        !self.is_extended && matches!(self.base.as_str(), "name" | "filename")
    }
}

// A token ends at white space; the quote of a value that is not closed is passed over. File names are written without quotes and with spaces all the same; there a comment needs
// white space before it.
fn bare_value(cursor: &mut Cursor<'_>, name: &str) -> Vec<u8> {
    cursor.take_while(|byte| byte == b'"');
    let is_file_name = name.starts_with("name") || name.starts_with("filename");
    if !is_file_name {
        let value = cursor.take_while(|byte| !is_space(byte) && byte != b';');
        return value.to_vec();
    }
    let value = cursor.take_while(|byte| byte != b';');
    let comment = memchr::memmem::find(value, b" (").filter(|_| value.trim_ascii_end().ends_with(b")"));
    let value = comment.and_then(|at| value.get(..at)).unwrap_or(value).trim_ascii();
    value.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect()
}

// At most PARAMETERS_MAX pieces, so looking for the sections of each is cheap.
fn join(pieces: &[Piece]) -> Vec<(String, String)> {
    let mut joined: Vec<(String, String)> = Vec::new();
    let mut done: Vec<&str> = Vec::new();
    for piece in pieces {
        if piece.section.is_none() {
            joined.extend(join_to(piece, pieces).into_iter().map(|value| (piece.base.clone(), value)));
            // An encoded value has no blanks: one ends it, or stands in it all the same.
            let token = piece.value.split(u8::is_ascii_whitespace).next().unwrap_or_default();
            if piece.is_extended && token.len() < piece.value.len() {
                let cut = Piece { value: token.to_vec(), ..piece.clone() };
                joined.extend(texts(&[&cut]).into_iter().map(|value| (piece.base.clone(), value)));
            }
        } else if !done.contains(&piece.base.as_str()) {
            done.push(&piece.base);
            let readings = join_sections(pieces, &piece.base);
            joined.extend(readings.into_iter().map(|value| (piece.base.clone(), value)));
        }
    }
    joined
}

// One that has no number is the first section for some, where the others count from 1 (MIME-tools).
fn join_to(piece: &Piece, pieces: &[Piece]) -> Vec<String> {
    let mut readings = texts(&[piece]);
    let mut all: Vec<&Piece> =
        pieces.iter().filter(|other| other.section.is_some() && other.base == piece.base).collect();
    all.sort_by_key(|section| section.section);
    if all.first().is_some_and(|first| first.section != Some(0)) {
        all.insert(0, piece);
        readings.extend(texts(&all));
    }
    readings
}

// RFC 2231 3: sections count from 0 without a gap. Of two with one number the first or the last counts, and behind a gap
// some readers go on and some do not.
fn join_sections(pieces: &[Piece], base: &str) -> Vec<String> {
    let mut all: Vec<&Piece> = pieces.iter().filter(|other| other.section.is_some() && other.base == base).collect();
    all.sort_by_key(|section| section.section);
    let mut firsts = all.clone();
    firsts.dedup_by_key(|section| section.section);
    let mut lasts = all;
    lasts.reverse();
    lasts.dedup_by_key(|section| section.section);
    lasts.reverse();
    let is_next = |(number, section): &(u32, &&Piece)| section.section == Some(*number);
    let up_to_gap = (0..).zip(&firsts).take_while(is_next).count();
    let mut readings = texts(&firsts);
    let others = [texts(&lasts), texts(firsts.get(..up_to_gap).unwrap_or_default())];
    for other in others.into_iter().flatten() {
        if !other.is_empty() && !readings.contains(&other) {
            readings.push(other);
        }
    }
    readings
}

// The usual text first. Some decode every section where one is encoded, and some charsets are read in two ways.
fn texts(sections: &[&Piece]) -> Vec<String> {
    let (bytes, label) = joined(sections, false);
    let mut texts = vec![charset::decode(&bytes, &label)];
    let is_mixed = sections.iter().any(|section| section.is_extended)
        && sections.iter().any(|section| !section.is_extended && memchr(b'%', &section.value).is_some());
    if is_mixed {
        texts.push(charset::decode(&joined(sections, true).0, &label));
    }
    texts.extend(charset::decode_otherwise(&bytes, &label));
    texts
}

// The bytes, and the name of their charset.
fn joined(sections: &[&Piece], decodes_all: bool) -> (Vec<u8>, String) {
    let mut bytes = Vec::new();
    let mut label = String::new();
    for (at, section) in sections.iter().enumerate() {
        let value = section.value.as_slice();
        match (section.is_extended, at) {
            (false, _) if !decodes_all => bytes.extend_from_slice(value),
            (true, 0) => {
                let mut halves = value.splitn(3, |byte| *byte == b'\'');
                match (halves.next(), halves.next(), halves.next()) {
                    (Some(charset), Some(_language), Some(encoded)) => {
                        label = String::from_utf8_lossy(charset).into_owned();
                        percent(encoded, &mut bytes);
                    }
                    _ => percent(value, &mut bytes),
                }
            }
            _ => percent(value, &mut bytes),
        }
    }
    (bytes, label)
}

pub(crate) fn percent(encoded: &[u8], bytes: &mut Vec<u8>) {
    let mut rest = encoded;
    while let Some((first, after)) = rest.split_first() {
        let escape = if *first == b'%' { escaped(rest) } else { None };
        bytes.push(escape.unwrap_or(*first));
        rest = if escape.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
}

#[cfg(test)]
mod tests;
