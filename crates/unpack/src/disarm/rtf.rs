//! Rich text without objects, remote templates and fields that fetch: groups go whole, everything else stays byte for byte.
//! Source: RTF 1.9.1. What is written so that readers differ stays stopped: the result is looked at again.

use crate::disarm::ooxml::fields::is_harmless;
use crate::disarm::{Made, Removed};

/// Groups within groups.
const DEPTH_MAX: usize = 10_000;
/// Letters of a control word.
const WORD_LETTERS_MAX: usize = 32;
/// Bytes of the code of one field that are looked at.
const CODE_BYTES_MAX: usize = 4096;
/// Words that make their group go.
const GROUPS: [&str; 8] = ["objdata", "objclass", "objname", "objalias", "objsect", "objtime", "template", "mailmerge"];
/// Words that go by themselves.
const WORDS: [&str; 12] = [
    "object",
    "objemb",
    "objlink",
    "objautlink",
    "objsub",
    "objpub",
    "objicemb",
    "objhtml",
    "objocx",
    "objupdate",
    "objlock",
    "objattph",
];

#[derive(Default)]
struct Group {
    /// Where it begins in what is written.
    start: usize,
    /// It goes, for this reason.
    gone: Option<&'static str>,
    is_code: bool,
    code: Vec<u8>,
}

/// Disarms it.
pub(super) fn disarm(bytes: &[u8]) -> Made {
    let mut writing = Writing { out: Vec::with_capacity(bytes.len()), groups: Vec::new(), removed: Removed::default() };
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        match byte {
            b'{' => {
                if writing.groups.len() >= DEPTH_MAX {
                    return Err("its groups are nested too deep".to_owned());
                }
                writing.groups.push(Group { start: writing.out.len(), ..Group::default() });
                writing.out.push(b'{');
                rest = after;
            }
            b'}' => {
                writing.out.push(b'}');
                writing.close();
                rest = after;
            }
            b'\\' => rest = writing.control(rest),
            byte => {
                writing.out.push(*byte);
                writing.text(*byte);
                rest = after;
            }
        }
    }
    while !writing.groups.is_empty() {
        writing.close();
    }
    let Writing { out, removed, .. } = writing;
    Ok((!removed.is_empty()).then(|| removed.with(out, None)))
}

struct Writing {
    out: Vec<u8>,
    groups: Vec<Group>,
    removed: Removed,
}

impl Writing {
    fn text(&mut self, byte: u8) {
        if matches!(byte, b'\r' | b'\n') {
            return;
        }
        // The code may stand in groups within.
        if let Some(code) = self.groups.iter_mut().rev().take(8).find(|group| group.is_code)
            && code.code.len() < CODE_BYTES_MAX
        {
            code.code.push(byte);
        }
    }

    fn close(&mut self) {
        let Some(group) = self.groups.pop() else { return };
        let code = String::from_utf8_lossy(&group.code);
        let is_fetching = group.is_code && !is_harmless(&code);
        let what = group.gone.or(is_fetching.then_some("fields that fetch or run something"));
        let Some(what) = what else { return };
        let text = self.out.get(group.start..).unwrap_or_default();
        // Word names the template that a text was made from; only one from elsewhere is news.
        let is_local = what == TEMPLATE && !has(text, b"://") && !has(text, b"\\\\\\\\");
        if !is_local {
            self.removed.note(what);
        }
        self.out.truncate(group.start);
    }

    /// From the backslash on; what is left behind the word.
    fn control<'b>(&mut self, rest: &'b [u8]) -> &'b [u8] {
        let after = rest.get(1..).unwrap_or_default();
        let letters = after.iter().take(WORD_LETTERS_MAX).take_while(|byte| byte.is_ascii_alphabetic()).count();
        if letters == 0 {
            return self.symbol(rest);
        }
        let word = String::from_utf8_lossy(after.get(..letters).unwrap_or_default()).to_ascii_lowercase();
        let tail = after.get(letters..).unwrap_or_default();
        let sign = usize::from(tail.first() == Some(&b'-'));
        let digits = tail.iter().skip(sign).take(10).take_while(|byte| byte.is_ascii_digit()).count();
        let number = tail.get(sign..sign.saturating_add(digits)).unwrap_or_default();
        let number_length = if digits == 0 { 0 } else { sign.saturating_add(digits) };
        let behind = tail.get(number_length..).unwrap_or_default();
        let blank = usize::from(behind.first() == Some(&b' '));
        let mut length = 1_usize.saturating_add(letters).saturating_add(number_length).saturating_add(blank);
        if word == "bin" {
            let count = std::str::from_utf8(number).ok().and_then(|number| number.parse::<usize>().ok());
            length = length.saturating_add(count.unwrap_or_default()).min(rest.len());
        }
        self.word(&word);
        if WORDS.contains(&word.as_str()) {
            self.removed.note(OBJECTS);
        } else {
            self.out.extend_from_slice(rest.get(..length).unwrap_or_default());
        }
        rest.get(length..).unwrap_or_default()
    }

    fn symbol<'b>(&mut self, rest: &'b [u8]) -> &'b [u8] {
        let length = match rest.get(1) {
            Some(b'\'') => 4,
            Some(_) => 2,
            None => 1,
        };
        let length = length.min(rest.len());
        let symbol = rest.get(..length).unwrap_or_default();
        if let [b'\\', escaped @ (b'\\' | b'{' | b'}')] = symbol {
            self.text(*escaped);
        }
        if let [b'\\', b'\'', high, low] = symbol {
            let digits = [*high, *low];
            let code = std::str::from_utf8(&digits).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
            self.text(code.unwrap_or(b'?'));
        }
        self.out.extend_from_slice(symbol);
        rest.get(length..).unwrap_or_default()
    }

    fn word(&mut self, word: &str) {
        let Some(group) = self.groups.last_mut() else { return };
        if GROUPS.contains(&word) {
            group.gone = Some(match word {
                "template" => TEMPLATE,
                "mailmerge" => "data connections",
                _ => OBJECTS,
            });
        }
        group.is_code |= word == "fldinst";
    }
}

const OBJECTS: &str = "embedded objects";
const TEMPLATE: &str = "remote template";

fn has(text: &[u8], piece: &[u8]) -> bool {
    memchr::memmem::find(text, piece).is_some()
}
