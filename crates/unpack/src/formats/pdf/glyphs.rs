//! Names of glyphs and the simple encodings to characters (ISO 32000-2, annex D; Adobe Glyph List Specification 2).

use unicode_normalization::UnicodeNormalization as _;

/// Names that are no rule's; those of letters with accents are put together.
const NAMES: &[(&str, &str)] = &[
    ("space", " "),
    ("nbspace", " "),
    ("exclam", "!"),
    ("quotedbl", "\""),
    ("numbersign", "#"),
    ("dollar", "$"),
    ("percent", "%"),
    ("ampersand", "&"),
    ("quotesingle", "'"),
    ("parenleft", "("),
    ("parenright", ")"),
    ("asterisk", "*"),
    ("plus", "+"),
    ("comma", ","),
    ("hyphen", "-"),
    ("sfthyphen", "-"),
    ("period", "."),
    ("slash", "/"),
    ("zero", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("colon", ":"),
    ("semicolon", ";"),
    ("less", "<"),
    ("equal", "="),
    ("greater", ">"),
    ("question", "?"),
    ("at", "@"),
    ("bracketleft", "["),
    ("backslash", "\\"),
    ("bracketright", "]"),
    ("asciicircum", "^"),
    ("underscore", "_"),
    ("grave", "`"),
    ("braceleft", "{"),
    ("bar", "|"),
    ("braceright", "}"),
    ("asciitilde", "~"),
    ("exclamdown", "¡"),
    ("cent", "¢"),
    ("sterling", "£"),
    ("currency", "¤"),
    ("yen", "¥"),
    ("brokenbar", "¦"),
    ("section", "§"),
    ("dieresis", "¨"),
    ("copyright", "©"),
    ("ordfeminine", "ª"),
    ("guillemotleft", "«"),
    ("logicalnot", "¬"),
    ("registered", "®"),
    ("macron", "¯"),
    ("degree", "°"),
    ("plusminus", "±"),
    ("acute", "´"),
    ("mu", "µ"),
    ("paragraph", "¶"),
    ("periodcentered", "·"),
    ("cedilla", "¸"),
    ("ordmasculine", "º"),
    ("guillemotright", "»"),
    ("onequarter", "¼"),
    ("onehalf", "½"),
    ("threequarters", "¾"),
    ("questiondown", "¿"),
    ("AE", "Æ"),
    ("Eth", "Ð"),
    ("multiply", "×"),
    ("Oslash", "Ø"),
    ("Thorn", "Þ"),
    ("germandbls", "ß"),
    ("ae", "æ"),
    ("eth", "ð"),
    ("divide", "÷"),
    ("oslash", "ø"),
    ("thorn", "þ"),
    ("dotlessi", "ı"),
    ("Lslash", "Ł"),
    ("lslash", "ł"),
    ("OE", "Œ"),
    ("oe", "œ"),
    ("Dcroat", "Đ"),
    ("dcroat", "đ"),
    ("florin", "ƒ"),
    ("circumflex", "ˆ"),
    ("caron", "ˇ"),
    ("breve", "˘"),
    ("dotaccent", "˙"),
    ("ring", "˚"),
    ("ogonek", "˛"),
    ("tilde", "˜"),
    ("hungarumlaut", "˝"),
    ("endash", "–"),
    ("emdash", "—"),
    ("quoteleft", "‘"),
    ("quoteright", "’"),
    ("quotesinglbase", "‚"),
    ("quotedblleft", "“"),
    ("quotedblright", "”"),
    ("quotedblbase", "„"),
    ("dagger", "†"),
    ("daggerdbl", "‡"),
    ("bullet", "•"),
    ("ellipsis", "…"),
    ("perthousand", "‰"),
    ("guilsinglleft", "‹"),
    ("guilsinglright", "›"),
    ("fraction", "/"),
    ("Euro", "€"),
    ("euro", "€"),
    ("trademark", "™"),
    ("minus", "-"),
    ("ff", "ff"),
    ("fi", "fi"),
    ("fl", "fl"),
    ("ffi", "ffi"),
    ("ffl", "ffl"),
    ("Alpha", "Α"),
    ("Beta", "Β"),
    ("Gamma", "Γ"),
    ("Delta", "Δ"),
    ("Omega", "Ω"),
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("epsilon", "ε"),
    ("lambda", "λ"),
    ("pi", "π"),
    ("sigma", "σ"),
    ("omega", "ω"),
];

/// Ends of names that are combining marks.
const ACCENTS: [(&str, char); 13] = [
    ("grave", '\u{300}'),
    ("acute", '\u{301}'),
    ("circumflex", '\u{302}'),
    ("tilde", '\u{303}'),
    ("macron", '\u{304}'),
    ("breve", '\u{306}'),
    ("dotaccent", '\u{307}'),
    ("dieresis", '\u{308}'),
    ("ring", '\u{30a}'),
    ("hungarumlaut", '\u{30b}'),
    ("caron", '\u{30c}'),
    ("cedilla", '\u{327}'),
    ("ogonek", '\u{328}'),
];

/// `StandardEncoding` from 0xa1 on; a space where it has nothing.
const STANDARD: &str =
    "¡¢£/¥ƒ§¤'“«‹›ﬁﬂ –†‡· ¶•‚„”»…‰ ¿ `´ˆ˜¯˘˙¨ ˚¸ ˝˛ˇ—                Æ ª    ŁØŒº     æ   ı  łøœß    ";
/// The font Symbol from `A` and from `a` on.
const SYMBOL: [&str; 2] = ["ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"];
/// `PDFDocEncoding` from 0x80 to 0x9e, and 0xa0.
const DOCUMENT: &str = "•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž";

/// An encoding of single bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Standard,
    Western,
    Mac,
    Symbol,
}

/// The characters of a glyph, by its name.
pub(super) fn characters(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    let name = name.split('.').next().filter(|name| !name.is_empty())?;
    if name.contains('_') {
        return name.split('_').take(8).map(single).collect();
    }
    single(name)
}

fn single(name: &str) -> Option<String> {
    if name.len() == 1 && name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Some(name.to_owned());
    }
    if let Some((_, characters)) = NAMES.iter().find(|(own, _)| *own == name) {
        return Some((*characters).to_owned());
    }
    by_number(name).or_else(|| accented(name))
}

fn by_number(name: &str) -> Option<String> {
    if let Some(digits) = name.strip_prefix("uni") {
        let units: Option<Vec<u16>> = digits
            .as_bytes()
            .chunks(4)
            .map(|unit| u16::from_str_radix(std::str::from_utf8(unit).ok()?, 16).ok())
            .collect();
        return units.filter(|units| !units.is_empty()).map(|units| String::from_utf16_lossy(&units));
    }
    if let Some(number) = name.strip_prefix("afii100").and_then(|digits| digits.parse::<u32>().ok()) {
        return cyrillic(number).map(String::from);
    }
    let digits = name.strip_prefix('u').filter(|digits| (4..=6).contains(&digits.len()))?;
    char::from_u32(u32::from_str_radix(digits, 16).ok()?).map(String::from)
}

// afii10017 and afii10065 begin the alphabet; Ё stands between Е and Ж.
fn cyrillic(number: u32) -> Option<char> {
    let (from, at, extra) = match number {
        17..=49 => (0x410, number.saturating_sub(17), 'Ё'),
        65..=97 => (0x430, number.saturating_sub(65), 'ё'),
        _ => return None,
    };
    match at {
        6 => Some(extra),
        0..6 => char::from_u32(at.saturating_add(from)),
        _ => char::from_u32(at.saturating_add(from).saturating_sub(1)),
    }
}

fn accented(name: &str) -> Option<String> {
    let first = name.chars().next().filter(char::is_ascii_alphabetic)?;
    let (_, mark) = ACCENTS.iter().find(|(accent, _)| name.get(1..) == Some(accent))?;
    Some([first, *mark].into_iter().nfc().collect())
}

/// The character of a byte.
pub(super) fn of_byte(byte: u8, encoding: Encoding) -> Option<char> {
    match encoding {
        Encoding::Western => encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next(),
        Encoding::Mac => encoding_rs::MACINTOSH.decode_without_bom_handling(&[byte]).0.chars().next(),
        Encoding::Symbol => symbol(byte),
        Encoding::Standard => match byte {
            b'\'' => Some('’'),
            b'`' => Some('‘'),
            0..=0x7e => Some(char::from(byte)),
            _ => STANDARD.chars().nth(usize::from(byte.checked_sub(0xa1)?)).filter(|c| *c != ' '),
        },
    }
    .filter(|character| !character.is_control())
}

fn symbol(byte: u8) -> Option<char> {
    let [upper, lower] = SYMBOL;
    match byte {
        b'A'..=b'Z' => upper.chars().nth(usize::from(byte.saturating_sub(b'A'))),
        b'a'..=b'z' => lower.chars().nth(usize::from(byte.saturating_sub(b'a'))),
        _ => byte.is_ascii().then(|| char::from(byte)),
    }
}

/// A text string outside of pages (7.9.2.2): UTF-16 or UTF-8 with a mark, else `PDFDocEncoding`.
pub(super) fn text_string(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let text = encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0;
        // Escapes that name the language (7.9.2.2.2) are no text.
        return text.chars().filter(|character| *character != '\u{1b}').collect();
    }
    let of_byte = |byte: &u8| match byte {
        0x80..=0x9e => DOCUMENT.chars().nth(usize::from(byte.saturating_sub(0x80))).unwrap_or(' '),
        0xa0 => '€',
        _ => char::from(*byte),
    };
    if bytes.is_ascii() {
        return bytes.iter().map(|byte| char::from(*byte)).collect();
    }
    // Not allowed, but often written.
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(of_byte).collect(),
    }
}
