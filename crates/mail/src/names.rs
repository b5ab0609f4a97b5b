//! Every file name that some mail program could give a part (RFC 2183 2.3, RFC 2231, RFC 2047 where it must not stand). All
//! are kept as data, with every control character in them; none of them is a path.

use crate::decode::{charset, words};
use crate::encoding::without_comments;
use crate::header::unfold;
use crate::limits;
use crate::lines::without_folds;
use crate::parameters::{self, Structured};

/// Bytes kept of the end of a file name that is cut in the middle: the extension is what decides.
const NAME_TAIL_BYTES: usize = 64;

/// How the candidates of one part disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NamesConflict {
    /// In the name alone: a short form beside the full one, as many senders write.
    Name,
    /// In what follows the last dot: what opens the file is another program.
    Ending,
}

impl NamesConflict {
    /// Stable snake_case name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Ending => "ending",
        }
    }

    // `names` holds each candidate once.
    pub(crate) fn of(names: &[String]) -> Option<Self> {
        if names.len() < 2 {
            return None;
        }
        let mut endings = names.iter().filter_map(|name| known_endings(name, names));
        let first = endings.next();
        let differs = endings.any(|other| Some(&other) != first.as_ref());
        Some(if differs { Self::Ending } else { Self::Name })
    }
}

/// Endings that a desktop runs, or follows to somewhere, when a file of that name is opened.
const RUN_BY_OPENING: [&str; 102] = [
    "a3x",
    "afploc",
    "ahk",
    "app",
    "appcontent-ms",
    "appinstaller",
    "application",
    "appref-ms",
    "appx",
    "appxbundle",
    "au3",
    "bat",
    "cdxml",
    "chm",
    "cmd",
    "com",
    "command",
    "cpl",
    "desktop",
    "diagcab",
    "dll",
    "dqy",
    "exe",
    "fileloc",
    "ftploc",
    "gadget",
    "hlp",
    "hta",
    "inetloc",
    "inf",
    "ins",
    "iqy",
    "isp",
    "jar",
    "jnlp",
    "js",
    "jse",
    "library-ms",
    "lnk",
    "maf",
    "mam",
    "maq",
    "mau",
    "mav",
    "maw",
    "mobileconfig",
    "msc",
    "msi",
    "msix",
    "msixbundle",
    "msp",
    "mst",
    "odc",
    "oqy",
    "osd",
    "pif",
    "ppam",
    "prf",
    "printerexport",
    "ps1",
    "ps1xml",
    "psd1",
    "psm1",
    "pssc",
    "pyc",
    "pyw",
    "pyz",
    "pyzw",
    "rdp",
    "reg",
    "rqy",
    "scf",
    "scpt",
    "scr",
    "sct",
    "search-ms",
    "searchconnector-ms",
    "settingcontent-ms",
    "slk",
    "sys",
    "terminal",
    "theme",
    "tool",
    "udl",
    "url",
    "vb",
    "vbe",
    "vbs",
    "vncloc",
    "vsto",
    "webloc",
    "webpnp",
    "website",
    "wll",
    "wsb",
    "wsc",
    "wsf",
    "wsh",
    "xbap",
    "xlam",
    "xll",
    "xnk",
];

/// Endings besides those by which a desktop knows what opens a file.
const OPENED_BY_NAME: [&str; 179] = [
    "7z", "accdb", "ace", "ade", "adp", "aif", "apk", "ar", "arj", "asc", "asf", "asp", "aspx", "avi", "bas", "bin",
    "bmp", "bz2", "cab", "cdr", "cer", "cfg", "class", "conf", "crt", "csh", "css", "csv", "db", "deb", "dex", "dmg",
    "doc", "docb", "docm", "docx", "dot", "dotm", "dotx", "dwg", "dxf", "elf", "emf", "eml", "eps", "epub", "fla",
    "flac", "flv", "gif", "gz", "heic", "hqx", "htm", "html", "ico", "ics", "img", "ini", "ipa", "iso", "isz", "jpe",
    "jpeg", "jpg", "json", "key", "ksh", "lha", "log", "lz", "lzh", "m4a", "m4v", "md", "mdb", "mde", "mht", "mhtml",
    "mid", "mkv", "mov", "mp3", "mp4", "mpeg", "mpg", "mpp", "msg", "numbers", "odb", "odg", "odp", "ods", "odt",
    "ogg", "one", "onepkg", "ost", "otf", "p12", "p7c", "p7m", "p7s", "pages", "pdf", "pem", "pfx", "php", "pkg", "pl",
    "png", "pot", "potm", "potx", "pps", "ppsm", "ppsx", "ppt", "pptm", "pptx", "ps", "psd", "pst", "pub", "py", "pyw",
    "rar", "rb", "rpm", "rtf", "sh", "shb", "sql", "svg", "svgz", "swf", "tar", "tbz", "tgz", "tif", "tiff", "tnef",
    "torrent", "ttf", "txt", "vcf", "vcs", "vhd", "vhdx", "vsd", "vsdm", "vsdx", "vxd", "wav", "webm", "webp", "wma",
    "wmf", "wmv", "wpd", "wps", "wri", "ws", "xhtml", "xla", "xls", "xlsb", "xlsm", "xlsx", "xlt", "xltm", "xltx",
    "xml", "xps", "xsl", "xz", "z", "zip", "zst",
];

/// Is a file with this ending (lower case, as [`endings`] gives it) run by opening it?
#[must_use]
pub fn is_run_by_opening(ending: &str) -> bool {
    RUN_BY_OPENING.binary_search(&ending).is_ok()
}

/// Every ending by which some system opens a file of this name, lower case, without dot. Windows drops dots and blanks at the
/// end, and what stands behind a colon is a stream of the file before it; other systems write `Re: a.js` as `Re_ a.js`.
#[must_use]
pub fn endings(name: &str) -> Vec<String> {
    let file = name.rsplit(['/', '\\']).find(|piece| !piece.is_empty()).unwrap_or_default();
    let mut found: Vec<String> = Vec::new();
    for ending in file.split(':').filter_map(ending_of) {
        if !found.contains(&ending) {
            found.push(ending);
        }
    }
    found
}

fn ending_of(piece: &str) -> Option<String> {
    let (_, ending) = without_end(piece).rsplit_once('.')?;
    // `js>`, `js(1)`: programs cut off what no ending has, or write something else for it.
    let ending = ending.trim_matches(is_dropped);
    let end = ending.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(ending.len());
    ending.get(..end).filter(|ending| !ending.is_empty()).map(str::to_lowercase)
}

/// Without what is dropped or not seen at the end of a name.
#[must_use]
pub fn without_end(name: &str) -> &str {
    name.trim_end_matches(|c| c == '.' || is_dropped(c))
}

fn is_dropped(c: char) -> bool {
    c.is_whitespace() || c.is_control() || crate::links::is_invisible(c)
}

// The endings that some program opens: what stands behind the dot of `Dr.Smith` or `Release 1.0` is none. The beginning of
// another candidate has none either, where nothing that is run is meant: mail programs cut long names.
fn known_endings(name: &str, names: &[String]) -> Option<Vec<String>> {
    let is_run = |name: &str| endings(name).iter().any(|ending| is_run_by_opening(ending));
    let is_cut = |other: &String| other.len() > name.len() && other.starts_with(name) && !is_run(other);
    if !is_run(name) && names.iter().any(is_cut) {
        return None;
    }
    let mut known = endings(name);
    known.retain(|ending| is_run_by_opening(ending) || OPENED_BY_NAME.binary_search(&ending.as_str()).is_ok());
    (!known.is_empty()).then_some(known)
}

/// The candidates of one field, the usual reading of each parameter first; names may repeat.
pub(crate) fn candidates(value: &Structured) -> Vec<String> {
    let is_name = |name: &str| name == "filename" || name == "name";
    let usual = value.parameters.iter().filter(|(name, _)| is_name(name)).map(|(_, value)| value.clone());
    let others = value.written_names.iter().flat_map(|text| spellings(&unfold(until_semicolon(text))));
    let rare = value.written_names.iter().flat_map(|text| rare_spellings(text));
    usual.chain(others).chain(rare).flat_map(decoded).filter(|name| !name.is_empty()).collect()
}

// Without quotes up to the first semicolon.
fn until_semicolon(text: &[u8]) -> &[u8] {
    let end = if text.starts_with(b"\"") { None } else { memchr::memchr(b';', text) };
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

// What few readers take: a semicolon for a part of the name, percent codes for what they stand for, folded lines joined without a blank.
// They count where such a name is run, and the usual one is not: good names are written so too.
fn rare_spellings(text: &[u8]) -> Vec<String> {
    let is_run = |name: &str| endings(name).iter().any(|ending| is_run_by_opening(ending));
    let name = |text: &[u8]| {
        charset::guess(
            text.strip_prefix(b"\"").and_then(|text| text.split(|byte| *byte == b'"').next()).unwrap_or(text),
        )
    };
    let usual = unfold(text);
    let mut found = Vec::new();
    if memchr::memchr(b';', text).is_some() && !text.starts_with(b"\"") {
        found.push(name(&usual));
    }
    if memchr::memchr(b'\n', text).is_some() {
        found.push(name(&without_folds(text)));
    }
    if memchr::memchr(b'%', text).is_some() {
        let mut decoded = Vec::new();
        parameters::percent(&usual, &mut decoded);
        found.push(name(&decoded));
    }
    found.retain(|rare| is_run(rare) && !is_run(&name(until_semicolon(&usual))));
    found
}

// With encoded words decoded, and decoded again where that shows further ones; up to a NUL for those that see an end there.
fn decoded(name: String) -> Vec<String> {
    let mut names = vec![name];
    let word = |name: &String| name.contains("=?");
    if names.first().is_some_and(word) {
        let written = names.pop().unwrap_or_default();
        let text = words::decode(written.as_bytes()).text;
        if word(&text) {
            names.push(words::decode(text.as_bytes()).text);
        }
        // The same for nearly all charsets.
        let other = words::decode_with(written.as_bytes(), words::Way::Other).text;
        if other != text {
            names.push(other);
        }
        names.insert(0, text);
    }
    let before_nul = |name: &String| name.split_once('\0').map(|(before, _)| before.to_owned());
    let cut: Vec<String> = names.iter().filter_map(before_nul).collect();
    names.extend(cut);
    names
}

// What readers take that know no quoted pairs, cut the field at every semicolon or every blank, or take all up to the next
// semicolon.
fn spellings(text: &[u8]) -> Vec<String> {
    let Some(quoted) = text.strip_prefix(b"\"") else {
        return bare_spellings(text);
    };
    let end = memchr::memchr(b'"', quoted);
    let inside = quoted.get(..end.unwrap_or(quoted.len())).unwrap_or_default();
    let is_whole = end.is_some_and(|end| end.saturating_add(1) == quoted.len());
    let is_plain = memchr::memchr2(b'\\', b';', inside).is_none();
    if is_whole && is_plain {
        return Vec::new();
    }
    let cut = inside.split(|byte| *byte == b';').next().unwrap_or_default();
    vec![charset::guess(inside), charset::guess(cut.trim_ascii()), without_quotes(text)]
}

// Quotes and comments that do not begin the text belong to it for some.
fn bare_spellings(text: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let token = text.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    if token.len() < text.len() {
        found.push(charset::guess(token));
    }
    let mut pieces = text.split(|byte| *byte == b'"');
    let before = pieces.next().unwrap_or_default();
    if before.len() < text.len() {
        found.extend([without_quotes(text), charset::guess(before), charset::guess(pieces.next().unwrap_or_default())]);
    }
    if memchr::memchr(b'(', text).is_some() {
        let bare: Vec<u8> = without_comments(text).split(|byte| *byte == b' ').collect::<Vec<_>>().concat();
        found.push(charset::guess(&bare));
    }
    found
}

fn without_quotes(text: &[u8]) -> String {
    let bytes: Vec<u8> = text.iter().copied().filter(|byte| *byte != b'"').collect();
    charset::guess(bytes.trim_ascii())
}

/// At most [`limits::NAME_BYTES_MAX`] bytes: the beginning and the end.
pub(crate) fn shortened(name: String) -> String {
    if name.len() <= limits::NAME_BYTES_MAX {
        return name;
    }
    let head = name.floor_char_boundary(limits::NAME_BYTES_MAX.saturating_sub(NAME_TAIL_BYTES));
    let tail = name.ceil_char_boundary(name.len().saturating_sub(NAME_TAIL_BYTES));
    [name.get(..head).unwrap_or_default(), name.get(tail..).unwrap_or_default()].concat()
}

#[cfg(test)]
mod tests;
