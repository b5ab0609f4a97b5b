//! Seeds of the targets that open files: the samples of `unpack`, and what is packed within them.

use std::path::{Path, PathBuf};

use ::unpack::{Budget, Limits, Part, Request, unpack_with};
use bytes::Bytes;
use qrcode::{Color, QrCode};
use scan::content::Item;

/// Where the samples lie.
const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../unpack/testdata");
/// Bytes of something within a sample that is a seed.
const INNER_BYTES_MAX: usize = 256 * 1024;
/// Bytes before the head's numbers in 7z: mark, version, checksum.
const SEVENZIP_MARK_BYTES: usize = 12;
/// What no program writes any more, by the rules of its form: both kinds of SZDD, KWAJ as it is and packed.
const OLD_ARCHIVES: [&[u8]; 4] = [
    b"SZDD\x88\xf0\x27\x33At\x0f\0\0\0\x3fabcabc\xf0\xf6",
    b"SZ\x20\x88\xf0\x27\x33\xd1\x0f\0\0\0\x3fabcabc\xee\xf6",
    b"KWAJ\x88\xf0\x27\xd1\0\0\x16\0\x18\0a\0vbs\0\0\0hello",
    b"KWAJ\x88\xf0\x27\xd1\x02\0\x0e\0\0\0\x3fabcabc\xee\xf6",
];

/// Archives and streams; the byte in front says that nothing is put before them.
pub(super) fn archives() -> Vec<Vec<u8>> {
    let all = files("archives").into_iter().filter(|(path, _)| !has_ending(path, &["zip", "7z", "rar"]));
    let mut seeds: Vec<Vec<u8>> = all.map(|(_, bytes)| [&[0], bytes.as_slice()].concat()).collect();
    seeds.extend(inner("archives", &["tar", "cpio", "ar"]).into_iter().map(|bytes| [&[0], bytes.as_slice()].concat()));
    seeds.extend(OLD_ARCHIVES.iter().map(|bytes| [&[0], *bytes].concat()));
    seeds
}

/// Files written as text, without their first line: the target writes it.
pub(super) fn encoded() -> Vec<Vec<u8>> {
    let files = files("archives").into_iter().filter(|(path, _)| has_ending(path, &["uu", "uu64"]));
    let rest = |bytes: Vec<u8>| {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        bytes.get(end + 1..).map(<[u8]>::to_vec)
    };
    let mut seeds: Vec<Vec<u8>> = files.filter_map(|(_, bytes)| rest(bytes)).collect();
    seeds.push(b"*+,-=}=J=I\r\n=yend size=9\r\n".to_vec());
    seeds.push(b"$f*TEQKPH#jdH5i\"N!3\"!*!%!3#3\"5N!N!8rIJ!!:\n".to_vec());
    seeds
}

/// Pictures out of documents, and codes as bitmaps.
pub(super) fn pictures() -> Vec<Vec<u8>> {
    const KINDS: [&str; 5] = ["png", "jpeg", "gif", "bmp", "webp"];
    let mut seeds = inner("office", &KINDS);
    seeds.extend(inner("pdf", &KINDS));
    let codes = ["https://a.example/", "https://a.example/a/longer/path?with=a&query=of&some=length"];
    seeds.extend(codes.iter().filter_map(|said| QrCode::new(said).ok()).map(|code| bitmap(&code)));
    seeds.push(
        b"GIF89a\x20\0\x20\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\x20\0\x20\0\0\x02\x05\x84\x8f\xa9\xcb\x0d\0\x3b"
            .to_vec(),
    );
    seeds
}

/// Texts with links of many kinds.
pub(super) fn links() -> Vec<Vec<u8>> {
    let mut seeds = super::seeds::pages();
    for link in [
        "https://user:pass@a.example:8443/b/../c?d=e#f",
        "hxxps://a[.]example/b http://0x7f.1/ http://2130706433/ //a.example\\b",
        "https://a.example/?url=https%3A%2F%2Fb.example%2F&u=aHR0cHM6Ly9jLmV4YW1wbGUv",
        "see www.a.example, a.example/b and \u{ff41}\u{3002}example",
        "file://server/share/x \\\\server@80\\share search-ms:query=a&crumb=location:\\\\b ms-word:ofe|u|https://a.example/",
    ] {
        seeds.push(link.as_bytes().to_vec());
    }
    seeds
}

/// Parts of office documents.
pub(super) fn office() -> Vec<Vec<u8>> {
    inner("office", &["xml", "text", "unknown", "ole"])
}

/// Compound files.
pub(super) fn compound() -> Vec<Vec<u8>> {
    [inner("office", &["ole", "doc", "xls", "ppt"]), inner("small", &["ole", "msg"])].concat()
}

/// PDF documents.
pub(super) fn documents() -> Vec<Vec<u8>> {
    files("pdf").into_iter().map(|(_, bytes)| bytes).collect()
}

/// Files with what is taken out of them: documents, pages, rich text.
pub(super) fn disarmed() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = files("disarm").into_iter().map(|(_, bytes)| bytes).collect();
    seeds.extend([super::seeds::pages(), documents(), rich()].concat());
    seeds.push(b"<html xmlns='http://www.w3.org/1999/xhtml'><head><script src='x'/><title/></head><body>a<form/><p/>b</body></html>".to_vec());
    seeds
}

/// Rar archives.
pub(super) fn rars() -> Vec<Vec<u8>> {
    files("archives").into_iter().filter(|(path, _)| has_ending(path, &["rar"])).map(|(_, bytes)| bytes).collect()
}

/// Rich text.
pub(super) fn rich() -> Vec<Vec<u8>> {
    let mut seeds = inner("office", &["rtf"]);
    seeds.push(b"{\\rtf1{\\object\\objemb{\\*\\objdata 0105000002000000\n08000000 5061636b61676500}}}".to_vec());
    seeds.push(b"{\\rtf1{\\field{\\*\\fldinst HYPERLINK \"http://a.example\"}{\\fldrslt b}}\\u8364 ?\\'e9}".to_vec());
    seeds
}

/// 7z archives, and what stands behind the checksum of their heads.
pub(super) fn sevenzips() -> Vec<Vec<u8>> {
    let files = files("archives").into_iter().filter(|(path, _)| has_ending(path, &["7z"]));
    files.flat_map(|(_, bytes)| [bytes.get(SEVENZIP_MARK_BYTES..).unwrap_or_default().to_vec(), bytes]).collect()
}

/// Small formats, with the byte in front that says as what they are opened.
pub(super) fn small() -> Vec<Vec<u8>> {
    // In the order of the target's table.
    const ENDINGS: [&[&str]; 14] = [
        &["lnk"],
        &["url"],
        &["library-ms"],
        &["ics"],
        &["vcf"],
        &["csv"],
        &["slk"],
        &["dat"],
        &["eml"],
        &["mhtml"],
        &["p7m", "p7s"],
        &["asc"],
        &["gpg"],
        &["one"],
    ];
    let mut seeds: Vec<Vec<u8>> = vec![
        b"\x01[InternetShortcut]\r\nURL=file://a.example/b.exe\r\nIconFile=\\\\a\\b\r\n".to_vec(),
        b"\x02<libraryDescription><simpleLocation><url>\\\\a.example\\b</url></simpleLocation></libraryDescription>"
            .to_vec(),
        b"\x05name,\"a\"\"b\"\r\n=HYPERLINK(\"http://a.example\"),=cmd|' /c calc'!A1\r\n".to_vec(),
        b"\x06ID;PWXL;N;E\r\nC;X1;Y1;K\"a\";E=1+1\r\nE\r\n".to_vec(),
    ];
    for (path, bytes) in files("small") {
        let kind =
            ENDINGS.iter().position(|endings| has_ending(&path, endings)).and_then(|kind| u8::try_from(kind).ok());
        seeds.extend(kind.map(|kind| [&[kind], bytes.as_slice()].concat()));
    }
    seeds
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|extension| endings.iter().any(|ending| extension == *ending))
}

/// The samples of a folder, in the order of their names: the same seed of chance means the same inputs.
fn files(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(Path::new(SAMPLES).join(folder)).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths.into_iter().filter_map(|path| std::fs::read(&path).ok().map(|bytes| (path, bytes))).collect()
}

/// What is in the samples of a folder, themselves included, as far as it is of one of these true types.
fn inner(folder: &str, kinds: &[&str]) -> Vec<Vec<u8>> {
    inner_up_to(folder, kinds, INNER_BYTES_MAX)
}

/// As [`inner`], of so many bytes at most.
pub(super) fn inner_up_to(folder: &str, kinds: &[&str], most: usize) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for (path, bytes) in files(folder) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let part = Part { place: "1".to_owned(), names: vec![name], bytes: Bytes::from(bytes), ..Part::default() };
        let request = Request { parts: vec![part], ..Request::default() };
        let mut keep = |item: &mut Item, bytes: &[u8]| {
            if kinds.contains(&item.kind.as_str()) && bytes.len() <= most {
                found.push(bytes.to_vec());
            }
        };
        let _ = unpack_with(&request, &mut Budget::new(Limits::default()), &mut keep);
    }
    found.sort();
    found.dedup();
    found
}

/// A code as an uncompressed bitmap, four pixels a module.
fn bitmap(code: &QrCode) -> Vec<u8> {
    const SCALE: usize = 4;
    let width = code.width();
    let colors = code.to_colors();
    let side = (width + 8) * SCALE;
    let mut pixels = Vec::new();
    for y in 0..side {
        for x in 0..side {
            let module = |at: usize| (at / SCALE).checked_sub(4).filter(|at| *at < width);
            let dark = module(x).zip(module(y)).is_some_and(|(x, y)| colors.get(y * width + x) == Some(&Color::Dark));
            pixels.extend([if dark { 0 } else { 255 }; 3]);
        }
    }
    let number = |number: usize| u32::try_from(number).unwrap_or(0).to_le_bytes();
    let head = [b"BM", number(54 + pixels.len()).as_slice(), &[0; 4], &number(54)].concat();
    let form = [&number(40)[..], &number(side), &number(side), &[1, 0, 24, 0], &[0; 24]].concat();
    [head, form, pixels].concat()
}
