//! Rich Text Format: text, fields, objects, and pages that were put into it. Sources: RTF 1.9.1, MS-OXRTFEX (pages within).
//!
//! Programs read it with great patience, and so does this: unknown words are passed over, groups need not be closed, a header is
//! four letters. Documented limits: colours of text are not compared.

mod groups;
mod object;
mod shades;
mod shapes;
mod words;

use std::collections::HashMap;

use encoding_rs::{Encoding, WINDOWS_1252};
use scan::content::{LinkKind, WhyUnopened};

use crate::formats::office::ink::Ink;
use crate::formats::office::{self, Found, Layer};
use crate::formats::rtf::groups::{Group, Holds, Names};
use crate::formats::rtf::object::{Data, Picture};
use crate::formats::rtf::shades::Shades;
use crate::formats::rtf::shapes::Shapes;
use crate::unpack::{File, Leaf, Walk};

/// Groups within groups.
const DEPTH_MAX: usize = 10_000;
/// Letters of a control word that are looked at.
const WORD_LETTERS_MAX: usize = 32;
/// Pictures of one document.
const PICTURES_MAX: usize = 256;
/// Marks of what lies inside that the document is asked for.
const LIFTED: [&str; 5] = ["macro", "auto_run", "macro_code", "equation", "external_link"];

/// Opens the file.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let mut found = Found::new(walk);
    read_into(walk, file, (file.bytes, "rtf:", &mut found));
    found.give(walk, file.at);
    office::lift_marks(walk, file.at, &LIFTED);
}

/// Reads rich text that stands in a file of any kind; its objects are children of that file, under steps that begin so.
pub(crate) fn read_into(walk: &mut Walk<'_>, file: File<'_>, (bytes, step, found): (&[u8], &str, &mut Found)) {
    let mut reader = Reader::new(Found::new(walk));
    let is_too_deep = !reader.run(bytes);
    let Document { found: mut own, objects, pictures, html } = reader.finish();
    if is_too_deep {
        own.mark("malformed");
        walk.not_opened(file.at, WhyUnopened::OverBudget);
    }
    if let Some(html) = html {
        // The page is what a mail client shows; the text of the format itself is for others.
        own.hide_text();
        walk.add_page(file.at, &html);
    }
    let mut is_going_on = true;
    let mut number = 0_usize;
    for data in objects {
        own.mark("embedded_object");
        if is_going_on {
            is_going_on = object::add(walk, file, ((step, &mut number), &mut own), &data);
        }
    }
    found.append(own);
    for (number, picture) in pictures.iter().enumerate() {
        if walk.budget.unpacked_bytes_left() == 0 {
            return walk.stopped(file.at);
        }
        walk.budget.spend_unpacked(picture.len());
        let leaf = Leaf { inline: true, ..Leaf::default() };
        if !walk.child(file, &format!("{step}pict{number}"), leaf, picture) {
            return;
        }
    }
}

/// What was read.
struct Document {
    found: Found,
    objects: Vec<Data>,
    pictures: Vec<Vec<u8>>,
    /// The page that was put into it, if it was.
    html: Option<String>,
}

/// The state of the reading.
struct Reader {
    found: Found,
    group: Group,
    outer: Vec<Group>,
    /// Code page of the document.
    page: &'static Encoding,
    fonts: HashMap<i32, &'static Encoding>,
    /// Font whose description is read.
    font: i32,
    /// Bytes of text that wait to be decoded together.
    pending: Vec<u8>,
    /// Characters left to pass over behind a Unicode character.
    passing: usize,
    /// First half of a pair of surrogates.
    high: Option<u16>,
    fields: Vec<(String, String)>,
    data: Option<Data>,
    objects: Vec<Data>,
    picture: Picture,
    pictures: Vec<Vec<u8>>,
    name: String,
    html: String,
    is_from_html: bool,
    shades: Shades,
    shapes: Shapes,
    /// Of the paragraph.
    ink: Ink,
}

impl Reader {
    fn new(found: Found) -> Self {
        Self {
            found,
            group: Group::new(WINDOWS_1252),
            outer: Vec::new(),
            page: WINDOWS_1252,
            fonts: HashMap::new(),
            font: 0,
            pending: Vec::new(),
            passing: 0,
            high: None,
            fields: Vec::new(),
            data: None,
            objects: Vec::new(),
            picture: Picture::default(),
            pictures: Vec::new(),
            name: String::new(),
            html: String::new(),
            is_from_html: false,
            shades: Shades::default(),
            shapes: Shapes::default(),
            ink: Ink::default(),
        }
    }

    /// Reads to the end; false if groups are nested too deep.
    fn run(&mut self, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            match byte {
                b'{' => {
                    if self.outer.len() >= DEPTH_MAX {
                        return false;
                    }
                    self.open();
                }
                b'}' => self.close(),
                b'\\' => rest = self.control(rest),
                b'\r' | b'\n' => {}
                byte => self.byte(*byte),
            }
        }
        true
    }

    fn open(&mut self) {
        self.flush();
        self.passing = 0;
        let inner = self.group.inner();
        self.outer.push(std::mem::replace(&mut self.group, inner));
    }

    fn close(&mut self) {
        self.flush();
        self.passing = 0;
        // More ends than beginnings: the text behind them is shown by some.
        let Some(outer) = self.outer.pop() else { return };
        let group = std::mem::replace(&mut self.group, outer);
        if group.is_first_of_data {
            self.objects.extend(self.data.take());
        }
        if group.is_picture {
            self.add_picture();
        }
        if let Some(names) = group.names {
            let name = std::mem::take(&mut self.name);
            self.see_name(names, name.trim());
        }
        if group.is_field || (group.is_code && self.fields.is_empty()) {
            self.close_field();
        }
        if group.holds == Holds::Value && self.group.holds != Holds::Value {
            self.shapes.end_value();
        }
        if group.is_shape {
            self.shapes.end();
        }
        if matches!(group.holds, Holds::Properties | Holds::Value) {
            self.found.break_line(Layer::Other);
        }
    }

    fn add_picture(&mut self) {
        let picture = std::mem::take(&mut self.picture).file();
        // The same one stands there again for programs that know fewer kinds.
        if picture.is_empty() || self.pictures.contains(&picture) {
            return;
        }
        if self.pictures.len() >= PICTURES_MAX {
            return self.found.mark("picture_unread");
        }
        self.pictures.push(picture);
    }

    fn see_name(&mut self, names: Names, name: &str) {
        match names {
            Names::Template => self.found.fetched(name, "remote_template"),
            Names::Class => self.see_class(name),
            Names::Link => self.found.link(name, "", LinkKind::Anchor),
            Names::Source => self.found.fetched(name, "external_link"),
        }
    }

    fn see_class(&mut self, class: &str) {
        if class.to_ascii_lowercase().starts_with("equation.") {
            self.found.mark("equation");
        }
        if class.to_ascii_lowercase().starts_with("shell.explorer") {
            self.found.mark("activex");
        }
    }

    fn close_field(&mut self) {
        let Some((code, shown)) = self.fields.pop() else { return };
        office::field::read(&mut self.found, &code, &shown);
        if let Some((outer_code, outer_shown)) = self.fields.last_mut() {
            match self.group.is_result {
                true => outer_shown.push_str(&shown),
                false => outer_code.push_str(&office::field::result(&mut self.found, &code, &shown)),
            }
        }
    }

    /// A control word or symbol; returns what stands behind it.
    fn control<'b>(&mut self, rest: &'b [u8]) -> &'b [u8] {
        let Some((first, after)) = rest.split_first() else { return rest };
        if !first.is_ascii_alphabetic() {
            return self.symbol(*first, after);
        }
        let letters = rest.iter().take(WORD_LETTERS_MAX).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, after) = rest.split_at_checked(letters).unwrap_or((rest, &[]));
        let (number, after) = number(after);
        let after = after.strip_prefix(b" ").unwrap_or(after);
        let mut name = [0_u8; WORD_LETTERS_MAX];
        name.iter_mut().zip(word).for_each(|(to, from)| *to = from.to_ascii_lowercase());
        let name = name.get(..letters).and_then(|name| std::str::from_utf8(name).ok()).unwrap_or_default();
        if name == "bin" {
            let size = usize::try_from(number.unwrap_or(0)).unwrap_or(0);
            let (raw, after) = after.split_at_checked(size).unwrap_or((after, &[]));
            if let Some(data) = &mut self.data {
                data.raw(raw);
            } else if self.group.holds == Holds::Picture {
                self.picture.bytes.extend_from_slice(raw);
            }
            return after;
        }
        self.word(name, number);
        after
    }

    fn symbol<'b>(&mut self, symbol: u8, after: &'b [u8]) -> &'b [u8] {
        match symbol {
            b'\'' => {
                let digits = after.get(..2).unwrap_or(after);
                let byte = std::str::from_utf8(digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok());
                match (&mut self.data, byte) {
                    (Some(data), _) => data.escaped(digits),
                    (None, Some(byte)) => self.byte(byte),
                    (None, None) => return after,
                }
                return after.get(2..).unwrap_or_default();
            }
            b'*' => self.group.is_ignorable = true,
            b'~' => self.character(' '),
            b'_' => self.character('-'),
            b'{' | b'}' | b'\\' => self.byte(symbol),
            b'\r' | b'\n' => self.end_paragraph(),
            _ => {}
        }
        after
    }

    /// One byte of text.
    fn byte(&mut self, byte: u8) {
        if let Some(data) = &mut self.data {
            return data.digit(byte, self.group.depth_in_data);
        }
        if self.passing > 0 {
            self.passing = self.passing.saturating_sub(1);
            return;
        }
        match self.group.holds {
            Holds::Nothing => {}
            Holds::Colours if byte == b';' => self.shades.end_colour(),
            Holds::Colours => {}
            Holds::Picture => self.picture.digit(byte),
            _ => self.pending.push(byte),
        }
    }

    fn character(&mut self, character: char) {
        self.flush();
        let mut buffer = [0; 4];
        let text: &str = character.encode_utf8(&mut buffer);
        self.text(text);
    }

    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        let text = self.group.page.decode_without_bom_handling(&pending).0;
        self.text(&text);
    }

    fn text(&mut self, text: &str) {
        match self.group.holds {
            Holds::Nothing | Holds::Picture | Holds::Colours => {}
            Holds::Name => self.name.push_str(text),
            Holds::Html => self.html.push_str(text),
            Holds::Properties => self.found.push(Layer::Other, text),
            Holds::Value => {
                self.shapes.add_value(text);
                self.found.push(Layer::Other, text);
            }
            Holds::Code => match self.fields.last_mut() {
                Some((code, _)) => code.push_str(text),
                None => self.fields.push((text.to_owned(), String::new())),
            },
            Holds::Text => {
                if let Some((_, shown)) = self.fields.last_mut().filter(|_| self.group.is_result) {
                    shown.push_str(text);
                }
                if !self.group.is_not_html {
                    self.html.push_str(text);
                }
                if !self.group.is_hidden {
                    self.ink.add(text, self.group.ground.and_then(|number| self.shades.colour(number)));
                }
                self.found.push(if self.group.is_hidden { Layer::Hidden } else { Layer::Shown }, text);
            }
        }
    }

    fn end_paragraph(&mut self) {
        self.flush();
        if self.group.holds == Holds::Text {
            self.ink.end_line();
            self.found.break_line(if self.group.is_hidden { Layer::Hidden } else { Layer::Shown });
        }
        if !self.group.is_not_html && matches!(self.group.holds, Holds::Text | Holds::Html) {
            self.html.push_str("\r\n");
        }
    }

    fn finish(mut self) -> Document {
        while !self.outer.is_empty() {
            self.close();
        }
        self.flush();
        self.objects.extend(self.data.take());
        self.add_picture();
        while !self.fields.is_empty() {
            self.close_field();
        }
        self.shades.finish(&mut self.found);
        self.shapes.finish(&mut self.found);
        self.found.add_ink(&self.ink);
        let html = self.is_from_html.then_some(self.html);
        Document { found: self.found, objects: self.objects, pictures: self.pictures, html }
    }
}

/// The number behind a control word.
fn number(bytes: &[u8]) -> (Option<i32>, &[u8]) {
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let digits = bytes.get(sign..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return (None, bytes);
    }
    let (text, rest) = bytes.split_at_checked(sign.saturating_add(digits)).unwrap_or((bytes, &[]));
    let number = std::str::from_utf8(text).ok().and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
    (Some(i32::try_from(number).unwrap_or(i32::MAX)), rest)
}

#[cfg(test)]
mod tests;
