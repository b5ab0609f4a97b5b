//! A document written anew without what it does: its last revision alone, every object once, one table of places. Content
//! streams, pictures and fonts are copied as they are. Source: ISO 32000-2, 7.5 and 12.6.
//!
//! Signatures over the document break with it, forms keep their fields and lose what they do.

use std::collections::HashMap;
use std::io::Write as _;

use super::document::{Access, Document};
use super::glyphs::text_string;
use super::object::{Dict, Id, Object, Value};
use crate::budget::Budget;
use crate::disarm::{Made, Removed, is_harmless_target};
use crate::request::Request;
use crate::unpack::Walk;

/// The new file is at most so many times the old one.
const SIZE_FACTOR: usize = 4;
/// And so many bytes more: objects of streams come out of them.
const SIZE_BYTES: usize = 16 * 1024 * 1024;

/// Entries that go wherever they stand, and what they are.
const ENTRIES: [(&str, &str); 22] = [
    ("AA", "actions that run by themselves"),
    ("JS", "scripts"),
    ("JavaScript", "scripts"),
    ("XFA", "forms of the XFA kind"),
    ("EmbeddedFiles", "embedded files"),
    ("EF", "embedded files"),
    ("AF", "embedded files"),
    ("Collection", "embedded files"),
    ("RichMediaContent", "media that a plug-in plays"),
    ("RichMediaSettings", "media that a plug-in plays"),
    ("3DD", "media that a plug-in plays"),
    ("Renditions", "media that a plug-in plays"),
    ("AlternatePresentations", "media that a plug-in plays"),
    ("Launch", "starts of programs"),
    ("SubmitForm", "sending of forms"),
    ("ImportData", "imports of data"),
    ("Ref", "links to other files"),
    ("OPI", "links to other files"),
    ("FFilter", "links to other files"),
    ("Perms", "rights by signature"),
    ("PieceInfo", "private data of programs"),
    ("SpiderInfo", "private data of programs"),
];
/// Actions and annotations that go, with whatever holds them.
const KINDS: [(&[u8], &str); 18] = [
    (b"JavaScript", "scripts"),
    (b"Launch", "starts of programs"),
    (b"GoToR", "links to other files"),
    (b"GoToE", "links to other files"),
    (b"SubmitForm", "sending of forms"),
    (b"ImportData", "imports of data"),
    (b"Rendition", "media that a plug-in plays"),
    (b"Movie", "media that a plug-in plays"),
    (b"Sound", "media that a plug-in plays"),
    (b"GoTo3DView", "media that a plug-in plays"),
    (b"RichMediaExecute", "media that a plug-in plays"),
    (b"RichMedia", "media that a plug-in plays"),
    (b"Screen", "media that a plug-in plays"),
    (b"3D", "media that a plug-in plays"),
    (b"Flash", "media that a plug-in plays"),
    (b"FileAttachment", "embedded files"),
    (b"PS", "programs of printers"),
    (b"EmbeddedFile", "embedded files"),
];
/// Of those entries the ones that are no loss by themselves.
const DULL: [&str; 2] = ["private data of programs", "rights by signature"];

/// Disarms a document.
pub(crate) fn disarm(bytes: &[u8], budget: &mut Budget) -> Made {
    let request = Request::default();
    let mut inspect = |_: &mut scan::content::Item, _: &[u8]| {};
    let mut walk = Walk::bare(budget, &request, &mut inspect);
    let document = Document::read(bytes, &mut walk);
    if document.values.is_empty() {
        // A text that speaks of PDF, or nothing that anybody can open: who looks at the result tells.
        return Ok(None);
    }
    if !matches!(document.crypt, Access::Open) || document.trailers.iter().any(|trailer| trailer.has("Encrypt")) {
        return Err("it is encrypted".to_owned());
    }
    if document.is_too_much {
        return Err("it has too many objects".to_owned());
    }
    let mut removed = Removed::default();
    for value in &document.values {
        note(&document, &value.object, value.stream.is_some(), &mut removed);
        if walk.budget.is_late() {
            return Err("it takes too long".to_owned());
        }
    }
    if super::has_trailing(bytes) {
        removed.note("what stands behind its end");
    }
    if removed.is_empty() {
        return Ok(None);
    }
    let root = root(&document).ok_or("it has no pages")?;
    let most = bytes.len().saturating_mul(SIZE_FACTOR).saturating_add(SIZE_BYTES);
    let mut writing =
        Writing { document: &document, bytes, most, numbers: HashMap::new(), waiting: Vec::new(), out: Vec::new() };
    let out = writing.write(root).ok_or("it would grow too large")?;
    Ok(Some(removed.with(out, None)))
}

/// The catalogue of the last revision that has pages.
fn root<'o>(document: &'o Document<'_>) -> Option<&'o Object> {
    let roots = document.trailers.iter().rev().filter_map(|trailer| trailer.get("Root"));
    let mut usable = roots.filter(|root| document.resolve(root).dict().is_some_and(|dict| dict.has("Pages")));
    usable.next()
}

// As deep as objects are read.
fn note(document: &Document<'_>, object: &Object, is_stream: bool, removed: &mut Removed) {
    match object {
        Object::Array(array) => array.iter().for_each(|inner| note(document, inner, false, removed)),
        Object::Dict(dict) => {
            if let Some(what) = kind(document, dict) {
                removed.note(what);
            }
            for (key, inner) in dict.entries() {
                if let Some(what) = entry(document, (key, inner), is_stream).filter(|what| !DULL.contains(what)) {
                    removed.note(what);
                }
                note(document, inner, false, removed);
            }
        }
        _ => {}
    }
}

/// What an action, an annotation or a stream does; none if it is harmless.
fn kind(document: &Document<'_>, dict: &Dict) -> Option<&'static str> {
    // A name can stand more than once; readers take one of them.
    let names = dict.entries().iter().filter(|(key, _)| matches!(key.as_slice(), b"S" | b"Subtype" | b"Type"));
    let known = |name: &[u8]| KINDS.iter().find(|(kind, _)| *kind == name).map(|(_, what)| *what);
    let by_name = names.filter_map(|(_, object)| document.resolve(object).name()).find_map(known);
    let uri = document.get(dict, "URI").and_then(Object::text).map(text_string);
    let is_bad = uri.is_some_and(|uri| !is_harmless_target(&uri));
    by_name.or(is_bad.then_some("links that run or give something away"))
}

/// What an entry does.
fn entry(document: &Document<'_>, (key, object): (&[u8], &Object), is_stream: bool) -> Option<&'static str> {
    let name = String::from_utf8_lossy(key);
    if let Some((_, what)) = ENTRIES.iter().find(|(entry, _)| *entry == name) {
        return Some(what);
    }
    let resolved = document.resolve(object);
    match key {
        // A place in the document is an array or a name.
        b"OpenAction" => resolved.dict().and_then(|action| {
            let action = document.get(action, "S").and_then(Object::name).unwrap_or_default();
            (action != b"GoTo" && action != b"Named").then_some("actions that run by themselves")
        }),
        // The data of a stream lies in another file; a filter is a name.
        b"F" if is_stream && matches!(resolved, Object::Dict(_) | Object::Text(_)) => Some("links to other files"),
        _ => resolved.dict().and_then(|dict| kind(document, dict)),
    }
}

struct Writing<'d, 'b> {
    document: &'d Document<'b>,
    bytes: &'b [u8],
    most: usize,
    /// New numbers by old ones.
    numbers: HashMap<Id, u32>,
    /// Objects that were named and are not written yet.
    waiting: Vec<&'d Value>,
    out: Vec<u8>,
}

impl<'d> Writing<'d, '_> {
    fn write(&mut self, root: &'d Object) -> Option<Vec<u8>> {
        self.out.extend_from_slice(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
        let mut places: Vec<(u32, usize)> = Vec::new();
        let mut catalogue = Vec::new();
        self.object(root, &mut catalogue);
        let mut info = Vec::new();
        let named = self.document.trailers.iter().rev().find_map(|trailer| trailer.get("Info"));
        if let Some(named) = named.filter(|named| matches!(named, Object::Reference(_))) {
            self.object(named, &mut info);
        }
        while let Some(value) = self.waiting.pop() {
            let number = self.numbers.get(&value.id).copied()?;
            places.push((number, self.out.len()));
            self.value(number, value);
            if self.out.len() > self.most {
                return None;
            }
        }
        places.sort_unstable();
        self.table(&places, &catalogue, &info);
        Some(std::mem::take(&mut self.out))
    }

    // 7.5.4: places of ten digits, lines of twenty bytes.
    fn table(&mut self, places: &[(u32, usize)], catalogue: &[u8], info: &[u8]) {
        let start = self.out.len();
        let size = places.len().saturating_add(1);
        let mut tail = format!("xref\n0 {size}\n0000000000 65535 f \n");
        for (_, place) in places {
            tail.push_str(&format!("{place:010} 00000 n \n"));
        }
        tail.push_str(&format!("trailer\n<< /Size {size} /Root "));
        self.out.extend_from_slice(tail.as_bytes());
        self.out.extend_from_slice(catalogue);
        if !info.is_empty() {
            self.out.extend_from_slice(b" /Info ");
            self.out.extend_from_slice(info);
        }
        self.out.extend_from_slice(format!(" >>\nstartxref\n{start}\n%%EOF\n").as_bytes());
    }

    fn value(&mut self, number: u32, value: &'d Value) {
        let mut text = format!("{number} 0 obj\n").into_bytes();
        match (value.stream, &value.object) {
            (Some(data), Object::Dict(dict)) => {
                let raw = self.bytes.get(data.start..data.end).unwrap_or_default();
                self.dict(dict, Some(raw.len()), &mut text);
                text.extend_from_slice(b"\nstream\n");
                text.extend_from_slice(raw);
                text.extend_from_slice(b"\nendstream");
            }
            (_, object) => self.object(object, &mut text),
        }
        text.extend_from_slice(b"\nendobj\n");
        self.out.append(&mut text);
    }

    // As deep as objects are read.
    fn object(&mut self, object: &'d Object, text: &mut Vec<u8>) {
        match object {
            Object::Null => text.extend_from_slice(b"null"),
            Object::Bool(value) => text.extend_from_slice(if *value { b"true" } else { b"false" }),
            Object::Number(number) => push_number(*number, text),
            Object::Name(name) => push_name(name, text),
            Object::Text(bytes) => push_text(bytes, text),
            Object::Array(array) => {
                text.push(b'[');
                for inner in array {
                    let resolved = self.document.resolve(inner).dict();
                    if resolved.and_then(|dict| kind(self.document, dict)).is_none() {
                        self.object(inner, text);
                        text.push(b' ');
                    }
                }
                text.push(b']');
            }
            Object::Dict(dict) => self.dict(dict, None, text),
            Object::Reference(id) => self.reference(*id, text),
        }
    }

    fn dict(&mut self, dict: &'d Dict, stream_length: Option<usize>, text: &mut Vec<u8>) {
        text.extend_from_slice(b"<<");
        let is_stream = stream_length.is_some();
        for (key, object) in dict.entries() {
            // Of two with one name the last counts.
            let is_last = dict.named(key).is_some_and(|last| std::ptr::eq(last, object));
            let is_length = is_stream && key == b"Length";
            if !is_last || is_length || entry(self.document, (key, object), is_stream).is_some() {
                continue;
            }
            push_name(key, text);
            text.push(b' ');
            self.object(object, text);
            text.push(b'\n');
        }
        if let Some(length) = stream_length {
            text.extend_from_slice(format!("/Length {length}").as_bytes());
        }
        text.extend_from_slice(b">>");
    }

    fn reference(&mut self, id: Id, text: &mut Vec<u8>) {
        let document = self.document;
        let Some(value) = document.value(id) else { return text.extend_from_slice(b"null") };
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX).saturating_add(1);
        let number = *self.numbers.entry(value.id).or_insert_with(|| {
            self.waiting.push(value);
            next
        });
        text.extend_from_slice(format!("{number} 0 R").as_bytes());
    }
}

fn push_number(number: f64, text: &mut Vec<u8>) {
    // Writing to a vector does not fail.
    let _ = if number.is_finite() { write!(text, "{number}") } else { write!(text, "0") };
}

// 7.3.5: what is no regular character is written by its number.
fn push_name(name: &[u8], text: &mut Vec<u8>) {
    text.push(b'/');
    for byte in name {
        let is_regular = byte.is_ascii_graphic() && !b"()<>[]{}/%#".contains(byte);
        if is_regular {
            text.push(*byte);
        } else {
            let _ = write!(text, "#{byte:02x}");
        }
    }
}

fn push_text(bytes: &[u8], text: &mut Vec<u8>) {
    text.push(b'<');
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text.push(b'>');
}
