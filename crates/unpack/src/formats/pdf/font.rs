//! Fonts: strings of a page to characters and to their width (ISO 32000-2, 9.5 to 9.7).
//!
//! Not read: the programs of embedded fonts. A composite font without `ToUnicode` whose encoding is `Identity` has no text, for
//! us as for the search of any reader.

mod dingbats;
mod type3;

use std::collections::HashMap;
use std::rc::Rc;

use encoding_rs::{BIG5, EUC_JP, EUC_KR, GBK, SHIFT_JIS, UTF_16BE};

use super::cmap::{self, CMap};
use super::document::Document;
use super::glyphs::{self, Encoding};
use super::object::{Dict, Id, Object, Value, real, whole};
use crate::formats::pdf::font::type3::Glyph;
use crate::unpack::Walk;

/// Entries of `Differences` that are read: a byte has 256 names, and any number of numbers may stand between them.
const DIFFERENCES_MAX: usize = 65_536;
/// Fonts of one document.
const FONTS_MAX: usize = 2_000;
/// Ranges of all maps of one document.
const RANGES_MAX: usize = 500_000;
/// Widths of all composite fonts of one document.
const WIDTHS_MAX: usize = 500_000;
/// Widths of ASCII from the space on, in thousandths, of the two standard families that documents need not give them for.
const HELVETICA: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];
/// See [`HELVETICA`].
const TIMES: [u16; 95] = [
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500,
    500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889,
    722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500,
    444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480,
    200, 480, 541,
];

/// What the fonts of a document share, and what is left for them.
#[derive(Debug)]
pub(super) struct Maps {
    read: HashMap<Id, Rc<CMap>>,
    fonts_left: usize,
    ranges_left: usize,
    widths_left: usize,
    glyph_bytes_left: usize,
}

impl Default for Maps {
    fn default() -> Self {
        Self {
            read: HashMap::new(),
            fonts_left: FONTS_MAX,
            ranges_left: RANGES_MAX,
            widths_left: WIDTHS_MAX,
            glyph_bytes_left: type3::GLYPHS_BYTES_MAX,
        }
    }
}

impl Maps {
    /// The map in a stream, each read once.
    fn map(&mut self, document: &Document<'_>, stream: &Value, walk: &mut Walk<'_>) -> Rc<CMap> {
        if let Some(map) = self.read.get(&stream.id) {
            return Rc::clone(map);
        }
        let map = Rc::new(CMap::read(&document.decode(stream, walk).bytes, self.ranges_left));
        self.ranges_left = self.ranges_left.saturating_sub(map.len());
        self.read.insert(stream.id, Rc::clone(&map));
        map
    }
}

/// A font.
#[derive(Debug)]
pub(super) struct Font {
    codes: Codes,
    to_unicode: Rc<CMap>,
    /// First and last code, and their width; sorted.
    widths: Vec<(u32, u32, f64)>,
    default_width: f64,
    /// Widths are those of the font, not reckoned.
    pub(super) is_measured: bool,
    /// Units of a width to one unit of text.
    scale: f64,
    /// What the glyphs of a Type 3 font draw, by their codes.
    glyphs: HashMap<u8, Glyph>,
}

/// How bytes are codes.
#[derive(Debug)]
enum Codes {
    /// Each byte is one.
    Single(Vec<Option<String>>),
    /// Two bytes each, or as the map says.
    Wide(Option<Rc<CMap>>),
    /// By a charset.
    Charset(&'static encoding_rs::Encoding),
}

/// A string as it is shown.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) text: String,
    /// In units of the font's size.
    pub(super) width: f64,
    pub(super) codes: f64,
    pub(super) spaces: f64,
}

impl Font {
    /// None where a document has too many.
    pub(super) fn read(document: &Document<'_>, font: &Dict, walk: &mut Walk<'_>, maps: &mut Maps) -> Option<Self> {
        maps.fonts_left = maps.fonts_left.checked_sub(1)?;
        let to_unicode = font.get("ToUnicode").and_then(|object| document.follow(object));
        let to_unicode = to_unicode.filter(|value| value.stream.is_some());
        let to_unicode = to_unicode.map(|value| maps.map(document, value, walk)).unwrap_or_default();
        let is_composite = document.get(font, "Subtype").is_some_and(|subtype| subtype.is_name("Type0"));
        Some(if is_composite {
            composite(document, font, to_unicode, (walk, maps))
        } else {
            let mut own = simple(document, font, to_unicode);
            if document.get(font, "Subtype").is_some_and(|subtype| subtype.is_name("Type3")) {
                own.glyphs = type3::glyphs(document, font, &mut maps.glyph_bytes_left);
            } else if dingbats::are_in(&base_of(document, font)) {
                own.glyphs = dingbats::glyphs();
            }
            own
        })
    }

    pub(super) fn has_glyphs(&self) -> bool {
        !self.glyphs.is_empty()
    }

    /// What a glyph of a Type 3 font draws.
    pub(super) fn glyph_of(&self, code: u8) -> Option<&Glyph> {
        self.glyphs.get(&code)
    }

    /// How wide the glyph of a byte is, in units of text.
    pub(super) fn width_of(&self, code: u8) -> f64 {
        self.width(u32::from(code)) * self.scale
    }

    fn width(&self, code: u32) -> f64 {
        let after = self.widths.partition_point(|(first, _, _)| *first <= code);
        let near = after.checked_sub(1).and_then(|at| self.widths.get(at));
        near.filter(|(_, last, _)| *last >= code).map_or(self.default_width, |(_, _, width)| *width)
    }

    /// What a string shows.
    pub(super) fn show(&self, bytes: &[u8]) -> Shown {
        let mut shown = Shown::default();
        if let Codes::Charset(charset) = &self.codes {
            shown.text = charset.decode_without_bom_handling(bytes).0.into_owned();
            shown.codes = real(shown.text.chars().count());
            shown.width = shown.codes * self.default_width * self.scale;
            return shown;
        }
        let mut left = bytes;
        while !left.is_empty() {
            let length = match &self.codes {
                Codes::Wide(map) => map.as_ref().and_then(|map| map.code_bytes(left)).unwrap_or(2),
                _ => 1,
            };
            let (code, rest) = left.split_at(left.len().min(length.max(1)));
            left = rest;
            let number = cmap::number(code);
            if !self.to_unicode.push_characters(number, &mut shown.text)
                && let (Codes::Single(names), Ok(byte)) = (&self.codes, usize::try_from(number))
                && let Some(Some(characters)) = names.get(byte)
            {
                shown.text.push_str(characters);
            }
            shown.width += self.width(number) * self.scale;
            shown.codes += 1.0;
            if code == b" " {
                shown.spaces += 1.0;
            }
        }
        shown
    }
}

fn simple(document: &Document<'_>, font: &Dict, to_unicode: Rc<CMap>) -> Font {
    let base = base_of(document, font);
    let subtype = document.get(font, "Subtype").and_then(Object::name);
    let names = encoded(document, font, &base, subtype == Some(b"TrueType"));
    let first = document.get(font, "FirstChar").and_then(Object::size).unwrap_or_default();
    let given = document.get(font, "Widths").and_then(Object::array).unwrap_or_default();
    let given = given.iter().take(256).map(|width| document.resolve(width).number().unwrap_or_default());
    let codes = (first..).map_while(|code| u32::try_from(code).ok());
    let mut widths: Vec<(u32, u32, f64)> = codes.zip(given).map(|(code, width)| (code, code, width)).collect();
    let is_given = !widths.is_empty();
    if !is_given {
        widths = standard_widths(&base);
    }
    // The standard widths are those of the upright, regular fonts.
    let is_measured = is_given || base.contains("Courier") || ["Helvetica", "Times-Roman"].contains(&base.as_str());
    let matrix = document.get(font, "FontMatrix").and_then(Object::array);
    let scale = matrix.filter(|_| subtype == Some(b"Type3")).and_then(|matrix| matrix.first()).and_then(Object::number);
    let descriptor = document.dict(font, "FontDescriptor");
    let missing = descriptor.and_then(|own| document.get(own, "MissingWidth")).and_then(Object::number);
    let default_width = if is_given { missing.unwrap_or_default() } else { 556.0 };
    let scale = scale.map_or(0.001, f64::abs);
    Font { codes: Codes::Single(names), to_unicode, widths, default_width, is_measured, scale, glyphs: HashMap::new() }
}

fn base_of(document: &Document<'_>, font: &Dict) -> String {
    let base = document.get(font, "BaseFont").and_then(Object::name).unwrap_or_default();
    String::from_utf8_lossy(base).into_owned()
}

fn standard_widths(base: &str) -> Vec<(u32, u32, f64)> {
    if dingbats::are_in(base) {
        return dingbats::widths();
    }
    let table = if base.contains("Courier") {
        [600; 95]
    } else if base.contains("Times") {
        TIMES
    } else {
        HELVETICA
    };
    let factor = if base.contains("Bold") && !base.contains("Courier") { 1.06 } else { 1.0 };
    (32..).zip(table).map(|(code, width)| (code, code, f64::from(width) * factor)).collect()
}

fn encoded(document: &Document<'_>, font: &Dict, base: &str, is_true_type: bool) -> Vec<Option<String>> {
    let encoding = document.get(font, "Encoding");
    let dict = encoding.and_then(Object::dict);
    let name = match encoding {
        Some(Object::Name(name)) => Some(name.as_slice()),
        _ => dict.and_then(|dict| document.get(dict, "BaseEncoding")).and_then(Object::name),
    };
    let own = match name {
        Some(b"MacRomanEncoding" | b"MacExpertEncoding") => Encoding::Mac,
        Some(b"StandardEncoding") => Encoding::Standard,
        Some(_) => Encoding::Western,
        None if base.ends_with("Symbol") => Encoding::Symbol,
        None if is_true_type => Encoding::Western,
        None => Encoding::Standard,
    };
    let mut names: Vec<Option<String>> = (0..=255).map(|byte| glyphs::of_byte(byte, own).map(String::from)).collect();
    let differences = dict.and_then(|dict| document.get(dict, "Differences")).and_then(Object::array);
    let mut code = 0_usize;
    for difference in differences.unwrap_or_default().iter().take(DIFFERENCES_MAX) {
        match document.resolve(difference) {
            Object::Number(number) => code = whole(*number).unwrap_or(256),
            Object::Name(name) => {
                if let Some(to) = names.get_mut(code) {
                    // A name that says nothing leaves the byte: subsets are often numbered so.
                    *to = glyphs::characters(name).or_else(|| to.take());
                }
                code = code.saturating_add(1);
            }
            _ => {}
        }
    }
    names
}

fn composite(
    document: &Document<'_>,
    font: &Dict,
    to_unicode: Rc<CMap>,
    (walk, maps): (&mut Walk<'_>, &mut Maps),
) -> Font {
    let encoding = font.get("Encoding");
    let name = encoding.and_then(|encoding| document.resolve(encoding).name()).unwrap_or_default();
    let map = encoding.and_then(|encoding| document.follow(encoding)).filter(|value| value.stream.is_some());
    let map = map.map(|value| maps.map(document, value, walk));
    let codes = match charset(name) {
        Some(charset) if to_unicode.is_empty() => Codes::Charset(charset),
        _ => Codes::Wide(map),
    };
    let descendants = document.get(font, "DescendantFonts").and_then(Object::array).unwrap_or_default();
    let descendant = descendants.first().and_then(|object| document.resolve(object).dict());
    let number = |name: &str| descendant.and_then(|font| document.get(font, name)).and_then(Object::number);
    let given = descendant.and_then(|font| document.get(font, "W")).and_then(Object::array).unwrap_or_default();
    let widths = wide_widths(document, given, maps.widths_left);
    maps.widths_left = maps.widths_left.saturating_sub(widths.len());
    let default_width = number("DW").unwrap_or(1000.0);
    Font { glyphs: HashMap::new(), codes, to_unicode, widths, default_width, is_measured: true, scale: 0.001 }
}

// 9.7.4.3: `first [w w w]` and `first last w`.
fn wide_widths(document: &Document<'_>, given: &[Object], most: usize) -> Vec<(u32, u32, f64)> {
    let mut widths = Vec::new();
    let mut left = given;
    while let [first, second, rest @ ..] = left {
        let Some(first) = document.resolve(first).size().and_then(|first| u32::try_from(first).ok()) else { break };
        let room = most.saturating_sub(widths.len());
        match (document.resolve(second), rest) {
            (Object::Array(array), _) => {
                let own = (first..).zip(array).take(room);
                widths.extend(own.filter_map(|(code, width)| Some((code, code, document.resolve(width).number()?))));
                left = rest;
            }
            (Object::Number(last), [width, after @ ..]) if room > 0 => {
                let last = whole(*last).and_then(|last| u32::try_from(last).ok()).unwrap_or_default();
                widths.push((first, last, document.resolve(width).number().unwrap_or_default()));
                left = after;
            }
            _ => break,
        }
    }
    widths.sort_by_key(|(first, _, _)| *first);
    widths
}

// Predefined CMaps (table 116) whose codes are those of a charset.
fn charset(name: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let name = std::str::from_utf8(name).ok()?;
    let has = |part: &str| name.contains(part);
    match () {
        () if has("UCS2") || has("UTF16") => Some(UTF_16BE),
        () if has("RKSJ") => Some(SHIFT_JIS),
        () if has("GBK") || has("GB-EUC") || has("GBpc") => Some(GBK),
        () if has("KSC") => Some(EUC_KR),
        () if has("B5") || has("ETen") || has("HKscs") => Some(BIG5),
        () if name == "EUC-H" || name == "EUC-V" => Some(EUC_JP),
        () => None,
    }
}
