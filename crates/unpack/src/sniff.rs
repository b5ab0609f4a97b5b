//! What something truly is, by its bytes: short words that detectors and policy use. Names and declared types have no say
//! ([`claim`] compares them). Where a policy names a kind by an ending (`msc`, `rdp`, `img`), the word is that ending.

pub(crate) mod claim;
mod shapes;
mod written;

/// Bytes at the start that are looked at.
const HEAD_BYTES: usize = 1024;

/// Bytes of the first header of a program.
const PROGRAM_HEAD_BYTES: usize = 64;

/// Offset, magic bytes, word. The first match wins.
const MAGIC: &[(usize, &[u8], &str)] = &[
    // archives
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"PK\x07\x08", "zip"),
    (0, b"PK\x06\x06", "zip"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"Rar!\x1aRev", "rev"),
    (0, b"RE\x7e\x5e", "rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"MSCF", "cab"),
    (0, b"ISc(", "iscab"),
    (257, b"ustar", "tar"),
    (0, b"!<arch>\ndebian", "deb"),
    (0, b"!<arch>\n", "ar"),
    (0, b"070701", "cpio"),
    (0, b"070702", "cpio"),
    (0, b"070707", "cpio"),
    (0, b"\xc7\x71", "cpio"),
    (0, b"\xed\xab\xee\xdb", "rpm"),
    (0, b"xar!", "xar"),
    (7, b"**ACE**", "ace"),
    (0, b"ZOO ", "zoo"),
    (0, b"ALZ\x01", "alz"),
    (0, b"EGGA", "egg"),
    (0, b"StuffIt", "sit"),
    (0, b"SIT!", "sit"),
    (0, b"zPQ", "zpaq"),
    (0, b"7kSt", "zpaq"),
    (0, b"LRZI", "lrzip"),
    (0, b"ArC\x01", "arc"),
    (0, b"\x8f\xaf\xac\x84", "pmd"),
    (0, b"AA01", "aar"),
    (0, b"YAA1", "aar"),
    (0, b"AEA1", "aar"),
    (0, b"pbz", "aar"),
    // packed streams
    (0, b"\x1f\x8b", "gz"),
    (0, b"BZh", "bz2"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"\x1f\x9d", "z"),
    (0, b"\x1f\xa0", "z"),
    (0, b"\x1f\x1e", "z"),
    (0, b"LZIP", "lz"),
    (0, b"\x04\x22\x4d\x18", "lz4"),
    (0, b"\x02\x21\x4c\x18", "lz4"),
    (0, b"\x89LZO\x00\r\n\x1a\n", "lzop"),
    (0, b"SZDD\x88\xf0\x27\x33", "szdd"),
    (0, b"SZ\x20\x88\xf0\x27\x33", "szdd"),
    (0, b"KWAJ\x88\xf0\x27\xd1", "szdd"),
    // images of disks
    (0x8001, b"CD001", "iso"),
    (0x8801, b"CD001", "iso"),
    (0x9311, b"CD001", "iso"),
    (0x8001, b"BEA01", "iso"),
    (0x8001, b"NSR0", "iso"),
    (0, b"MSWIM\x00\x00\x00", "wim"),
    (0, b"WLPWM\x00\x00\x00", "wim"),
    (0, b"vhdxfile", "vhdx"),
    (0, b"conectix", "vhd"),
    (0, b"KDMV", "vmdk"),
    (0, b"COWD", "vmdk"),
    (0, b"QFI\xfb", "qcow"),
    (0x40, b"\x7f\x10\xda\xbe", "vdi"),
    (0, b"hsqs", "img"),
    (0, b"sqsh", "img"),
    (0, b"shsq", "img"),
    (0, b"qshs", "img"),
    (0, b"hsqt", "img"),
    (0, b"encrcdsa", "dmg"),
    (0, b"sprs", "dmg"),
    // programs
    (0, b"\x7fELF", "elf"),
    (0, b"\xfe\xed\xfa\xce", "macho"),
    (0, b"\xfe\xed\xfa\xcf", "macho"),
    (0, b"\xce\xfa\xed\xfe", "macho"),
    (0, b"\xcf\xfa\xed\xfe", "macho"),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", "lnk"),
    (0, b"ITSF", "chm"),
    (0, b"\x3f\x5f\x03\x00", "hlp"),
    (0, b"dex\n", "dex"),
    (0, b"dey\n", "dex"),
    (0, b"Fasd UAS", "scpt"),
    (0, b"\x00asm", "wasm"),
    (0, b"\x1bLua", "lua"),
    (0, b"\xac\xed\x00\x05", "javaobject"),
    (0, b"regf", "hive"),
    // documents
    (0, b"%PDF-", "pdf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (0, b"{\\rt", "rtf"),
    (0, b"ActiveMime", "activemime"),
    (4, b"Standard Jet DB", "mde"),
    (4, b"Standard ACE DB", "mde"),
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "onenote"),
    (0, b"!BDN", "pst"),
    (0, b"\xcf\xad\x12\xfe", "dbx"),
    (0, b"\x1a\x00\x00\x04\x00\x00", "nsf"),
    (0, b"\x78\x9f\x3e\x22", "tnef"),
    (0, b"%!PS", "ps"),
    (0, b"\xc5\xd0\xd3\xc6", "ps"),
    (0, b"SQLite format 3\x00", "sqlite"),
    (0, b"bplist0", "bplist"),
    (0, b"-----BEGIN PGP MESSAGE", "pgp"),
    (0, b"-----BEGIN CERTIFICATE", "crt"),
    (0, b"\x00\x05\x16\x00", "applesingle"),
    (0, b"\x00\x05\x16\x07", "appledouble"),
    // pictures, sound, fonts
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"GIF87a", "gif"),
    (0, b"GIF89a", "gif"),
    (8, b"WEBP", "webp"),
    (8, b"ACON", "ani"),
    (8, b"WAVE", "wav"),
    (8, b"AVI ", "avi"),
    (0, b"BM", "bmp"),
    (0, b"II*\x00", "tiff"),
    (0, b"MM\x00*", "tiff"),
    (0, b"II\xbc\x01", "jxr"),
    (0, b"8BPS", "psd"),
    (0, b"\x00\x00\x00\x0cjP  ", "jp2"),
    (0, b"\xff\x0a", "jxl"),
    (0, b"\xd7\xcd\xc6\x9a", "wmf"),
    (40, b" EMF", "emf"),
    (0, b"AT&TFORM", "djvu"),
    (0, b"AC10", "dwg"),
    (0, b"OggS", "ogg"),
    (0, b"ID3", "mp3"),
    (0, b"fLaC", "flac"),
    (0, b"MThd", "midi"),
    (4, b"ftyp", "mp4"),
    (0, b"\x1a\x45\xdf\xa3", "mkv"),
    (0, b"FLV\x01", "flv"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (0, b"wOFF", "font"),
    (0, b"wOF2", "font"),
    (0, b"OTTO", "font"),
    (0, b"\x00\x01\x00\x00\x00", "font"),
    // A container of APFS: the sum of its first block and numbers stand before its magic.
    (32, b"NXSB", "dmg"),
];

/// Magic that is also how a text may begin.
const LIKE_TEXT: [&str; 27] = [
    "bmp", "zoo", "egg", "sit", "zpaq", "lrzip", "arc", "pmd", "aar", "cpio", "iscab", "rar", "bz2", "lz", "vmdk",
    "hive", "ps", "psd", "midi", "ogg", "mp3", "font", "dwg", "xar", "img", "dmg", "pst",
];

/// Kinds that hold other files and that nothing opens.
const CLOSED_CONTAINERS: [&str; 25] = [
    "arj", "lha", "ace", "wim", "vhdx", "vmdk", "qcow", "vdi", "xar", "dmg", "zoo", "alz", "egg", "sit", "zpaq",
    "lrzip", "lzop", "iscab", "rev", "arc", "pmd", "aar", "pst", "dbx", "nsf",
];

/// What the bytes are: a word of the table, one that their shape or their text shows, `empty` or `unknown`.
#[must_use]
pub fn sniff(bytes: &[u8]) -> &'static str {
    if bytes.is_empty() {
        return "empty";
    }
    if bytes.starts_with(b"MZ") && !is_letters(bytes) {
        return "exe";
    }
    if let Some(word) = shapes::by_two_fields(bytes) {
        return word;
    }
    let magic = MAGIC.iter().find(|(at, magic, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    let text = written::head(bytes);
    match magic {
        Some((_, _, word)) if text.is_some() && LIKE_TEXT.contains(word) && !shapes::is_short_name(word, bytes) => {}
        Some((_, _, word)) => return word,
        None => {}
    }
    match text {
        Some(text) => written::kind(&text),
        None => shapes::kind(bytes).or_else(|| written::page_in_front(bytes)).unwrap_or("unknown"),
    }
}

/// Letters alone, where a program has numbers of four bytes: somebody writes about something that is called MZ.
fn is_letters(bytes: &[u8]) -> bool {
    let head = bytes.get(..PROGRAM_HEAD_BYTES).and_then(|head| std::str::from_utf8(head).ok());
    head.is_some_and(|head| !head.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\n')))
}

/// Does it begin as a text does, whatever magic stands in it?
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    written::head(bytes).is_some()
}

/// Does it hold other files, in a form that we cannot open?
#[must_use]
pub fn is_closed_container(kind: &str) -> bool {
    CLOSED_CONTAINERS.contains(&kind)
}

/// The kind that it is a kind of: a shortcut of the web is a text, a console file is XML. Readers of the general kind look
/// at it as well.
#[must_use]
pub fn general(kind: &str) -> &str {
    match kind {
        "url" | "scf" | "inf" | "reg" | "rdp" | "theme" | "iqy" | "slk" | "fdf" => "text",
        "msc" | "jnlp" | "sct" | "wsf" | "settingcontent-ms" | "library-ms" | "search-ms" | "application" => "xml",
        "hta" => "html",
        "msix" => "appx",
        other => other,
    }
}

/// Readers of PDF look for its header in the first 1,024 bytes.
pub(crate) fn holds_pdf(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes.get(..HEAD_BYTES).unwrap_or(bytes), b"%PDF-").is_some()
}

#[cfg(test)]
mod tests;
