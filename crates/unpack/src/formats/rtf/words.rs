//! The control words of RTF that mean something to us.

use crate::formats::office::Layer;
use crate::formats::office::bytes::code_page;
use crate::formats::rtf::Reader;
use crate::formats::rtf::groups::{Holds, Names};
use crate::formats::rtf::object::{Data, Picture};
use crate::formats::rtf::shades::is_of_tables;

/// Fonts of one document.
const FONTS_MAX: usize = 10_000;
/// Groups whose text nobody reads.
const UNSEEN: [&str; 19] = [
    "stylesheet",
    "listtable",
    "listoverridetable",
    "revtbl",
    "rsidtbl",
    "generator",
    "themedata",
    "colorschememapping",
    "latentstyles",
    "datastore",
    "filetbl",
    "xmlnstbl",
    "mmathpr",
    "wgrffmtfilter",
    "pntext",
    "blipuid",
    "bkmkstart",
    "bkmkend",
    "mhtmltag",
];
/// Ignorable groups that hold text all the same.
const SEEN: [&str; 9] =
    ["shpinst", "shppict", "annotation", "atnauthor", "footnote", "ftnsep", "shptxt", "upr", "nesttableprops"];

impl Reader {
    pub(super) fn word(&mut self, word: &str, number: Option<i32>) {
        // Within the data of an object words are filling.
        if self.data.is_some() {
            return;
        }
        // A row ends wherever the group is not passed over.
        if word == "row" && self.group.holds != Holds::Nothing {
            self.see_of_table(word, number);
        }
        match word {
            "u" => return self.unicode(number.unwrap_or(0)),
            "par" | "line" | "row" | "page" | "sect" => return self.end_paragraph(),
            "tab" | "cell" => return self.character('\t'),
            "emdash" => return self.character('\u{2014}'),
            "endash" => return self.character('\u{2013}'),
            "bullet" => return self.character('\u{2022}'),
            "lquote" | "rquote" => return self.character('\''),
            "ldblquote" | "rdblquote" => return self.character('"'),
            _ => {}
        }
        self.flush();
        self.set(word, number);
        let is_passed_over = !self.begin(word) && self.group.is_ignorable && !SEEN.contains(&word);
        if self.group.holds != Holds::Nothing {
            self.see_of_table(word, number);
        }
        if is_passed_over {
            self.group.holds = Holds::Nothing;
        }
        self.group.is_ignorable = false;
    }

    /// Tells of a word that may be one of tables.
    fn see_of_table(&mut self, word: &str, number: Option<i32>) {
        match self.group.is_ignorable && is_of_tables(word) {
            // It begins no group of its own, so it is up to the program whether it is passed over.
            true => self.shades.doubt(),
            false => self.shades.word(word, number),
        }
    }

    fn unicode(&mut self, number: i32) {
        self.flush();
        self.passing = self.group.unicode_length;
        // Negative from 32,768 on; pairs of surrogates come as two words.
        let unit = u16::try_from(number.rem_euclid(65_536)).unwrap_or(0);
        let character = match (self.high, unit) {
            (Some(high), 0xdc00..=0xdfff) => char::decode_utf16([high, unit]).next().and_then(Result::ok),
            _ => char::from_u32(u32::from(unit)),
        };
        self.high = (0xd800..=0xdbff).contains(&unit).then_some(unit);
        if let Some(character) = character {
            let mut buffer = [0; 4];
            let text: &str = character.encode_utf8(&mut buffer);
            self.text(text);
        }
    }

    /// Words that change how text is read.
    fn set(&mut self, word: &str, number: Option<i32>) {
        let is_on = number != Some(0);
        match word {
            "ansicpg" => {
                self.page = code_page(u32::try_from(number.unwrap_or(1252)).unwrap_or(1252));
                self.group.page = self.page;
            }
            "uc" => self.group.unicode_length = usize::try_from(number.unwrap_or(1)).unwrap_or(1).min(16),
            "v" => self.group.is_hidden = is_on,
            // One point and less cannot be read.
            "fs" => self.group.is_hidden |= number.is_some_and(|size| size <= 2),
            "plain" => (self.group.is_hidden, self.group.ground) = (false, None),
            "highlight" | "chcbpat" | "cb" => {
                self.group.ground = number.and_then(|number| usize::try_from(number).ok())
            }
            "htmlrtf" => self.group.is_not_html = is_on,
            "fromhtml" => self.is_from_html = is_on,
            "f" if self.group.is_in_fonts => self.font = number.unwrap_or(0),
            "f" => {
                let font = number.and_then(|number| self.fonts.get(&number));
                self.group.page = font.copied().unwrap_or(self.page);
            }
            "fcharset" => {
                if let Some(page) = number.and_then(page_of_charset).filter(|_| self.fonts.len() < FONTS_MAX) {
                    self.fonts.insert(self.font, code_page(page));
                }
            }
            "dibitmap" => self.picture.is_bitmap = true,
            "shpleft" | "shptop" | "shpright" | "shpbottom" => self.shapes.word(word, number),
            "objupdate" => self.found.mark("open_action"),
            "objautlink" | "objlink" => self.found.mark("external_link"),
            "objocx" => self.found.mark("activex"),
            _ => {}
        }
    }

    fn begin_name(&mut self, names: Option<Names>) {
        self.group.holds = Holds::Name;
        self.group.names = names;
        self.name.clear();
    }

    /// Words that begin a group of its own meaning; false where it is none of those.
    fn begin(&mut self, word: &str) -> bool {
        match word {
            "field" => {
                self.group.is_field = true;
                self.fields.push((String::new(), String::new()));
            }
            "fldinst" => {
                self.group.holds = Holds::Code;
                self.group.is_code = true;
            }
            "fldrslt" => {
                self.group.holds = Holds::Text;
                self.group.is_result = true;
            }
            "objdata" => {
                self.data = Some(Data::default());
                self.group.is_first_of_data = true;
                self.group.depth_in_data = 0;
            }
            "objclass" => self.begin_name(Some(Names::Class)),
            "template" => self.begin_name(Some(Names::Template)),
            "hlsrc" => self.begin_name(Some(Names::Link)),
            "mmdatasource" | "mmodsosrc" | "mmheadersource" => self.begin_name(Some(Names::Source)),
            "sn" => self.begin_name(None),
            "pict" => {
                self.group.holds = Holds::Picture;
                self.group.is_picture = true;
                self.picture = Picture::default();
            }
            "htmltag" => self.group.holds = Holds::Html,
            "info" | "userprops" | "docvar" | "annotationtext" => self.group.holds = Holds::Properties,
            "shp" => {
                self.group.is_shape = true;
                self.shapes.begin();
            }
            "sv" => {
                self.group.holds = Holds::Value;
                self.shapes.begin_value(std::mem::take(&mut self.name));
            }
            "result" | "header" | "footer" | "headerl" | "headerr" | "footerl" | "footerr" => {
                self.found.break_line(Layer::Shown);
                self.group.holds = Holds::Text;
            }
            "fonttbl" => {
                self.group.is_in_fonts = true;
                self.group.holds = Holds::Nothing;
            }
            // One that is passed over gives no numbers to colours.
            "colortbl" if self.group.holds == Holds::Nothing => {}
            "colortbl" => {
                self.shades.begin_colours();
                self.group.holds = Holds::Colours;
            }
            word if UNSEEN.contains(&word) => self.group.holds = Holds::Nothing,
            _ => return false,
        }
        true
    }
}

/// Code pages of the character sets of fonts (RTF 1.9.1, `\fcharset`).
fn page_of_charset(charset: i32) -> Option<u32> {
    Some(match charset {
        0 => 1252,
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}
