//! What a name or a declared type claims, against what the bytes are. Mail is full of harmless lies (`image/jpg`, a PNG that
//! is called JPEG, a document as a zip, all of it as `application/octet-stream`): only those count that make a dangerous kind
//! look like a harmless one, or one archive like another.

use mail::names;
use scan::content::Item;

/// A sort of files that people tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// Runs when it is opened.
    Program,
    /// Opens in a browser.
    Page,
    /// Holds files; the word is the family of its formats.
    Archive(&'static str),
    /// A document of an office program.
    Document,
    Pdf,
    Image,
    /// Sound, film, font.
    Media,
    Text,
    /// An image of a disk.
    Disk,
}

impl Sort {
    /// Is it that sort, or one that nobody tells from it?
    fn is_like(self, claimed: Self) -> bool {
        self == claimed || (matches!(self, Self::Archive("zip")) && claimed == Self::Document)
    }
}

/// Endings of each sort.
const ENDINGS: &[(Sort, &[&str])] = &[
    (
        Sort::Program,
        &[
            "exe", "dll", "scr", "pif", "cpl", "sys", "msi", "msp", "lnk", "hta", "js", "jse", "vbs", "vbe", "wsf",
            "wsh", "bat", "cmd", "ps1", "chm", "hlp", "jar", "apk", "dex", "reg", "url", "scf", "msc", "elf", "app",
        ],
    ),
    (Sort::Page, &["htm", "html", "shtml", "xhtml", "xht", "svg", "mht", "mhtml"]),
    (Sort::Archive("zip"), &["zip", "zipx"]),
    (Sort::Archive("rar"), &["rar", "r00"]),
    (Sort::Archive("7z"), &["7z"]),
    (Sort::Archive("cab"), &["cab"]),
    (Sort::Archive("stream"), &["gz", "tgz", "tar", "bz2", "tbz", "tbz2", "xz", "txz", "zst", "lzma", "z", "lz"]),
    (Sort::Archive("old"), &["arj", "ace", "lha", "lzh"]),
    (
        Sort::Document,
        &[
            "doc", "docx", "docm", "dot", "dotx", "xls", "xlsx", "xlsm", "xlsb", "ppt", "pptx", "pptm", "pps", "ppsx",
            "odt", "ods", "odp", "rtf", "msg", "vsd", "vsdx", "pub", "mpp",
        ],
    ),
    (Sort::Pdf, &["pdf"]),
    (Sort::Image, &["jpg", "jpeg", "jpe", "png", "gif", "bmp", "tif", "tiff", "webp", "heic", "ico"]),
    (Sort::Media, &["mp3", "mp4", "wav", "avi", "mov", "m4a", "ogg", "wmv", "mkv", "ttf", "otf", "woff", "woff2"]),
    (Sort::Text, &["txt", "csv", "log", "ics", "vcf", "eml"]),
    (Sort::Disk, &["iso", "img", "vhd", "vhdx", "ima", "dmg", "udf", "bin"]),
];

/// Does the name or the declared type lie in a way that matters?
pub(crate) fn is_conflict(item: &Item) -> bool {
    let claimed: Vec<Sort> = item.names.iter().flat_map(|name| of_name(name)).collect();
    let declared = of_type(&item.declared);
    let Some(is) = of_kind(&item.kind, declared.iter().chain(&claimed)) else {
        return runs_by_name(&claimed) && matches!(declared, Some(Sort::Image | Sort::Media | Sort::Pdf));
    };
    if claimed.iter().any(|claimed| is_lie(is, *claimed)) {
        return true;
    }
    // A text in the message that is written as a page is sloppy, no more.
    let is_body = item.inline && item.names.is_empty();
    let is_page_as_text = is == Sort::Page && declared == Some(Sort::Text);
    // Scripts of web servers send documents under the type of the page that they stand in; the name is right.
    let is_named_right = declared == Some(Sort::Page) && claimed.iter().any(|claimed| is.is_like(*claimed));
    let is_sloppy = (is_page_as_text && (is_body || !claimed.is_empty())) || is_named_right;
    declared.is_some_and(|declared| is_lie(is, declared)) && !is_sloppy
        || runs_by_name(&claimed)
            && is != Sort::Program
            && matches!(declared, Some(Sort::Image | Sort::Media | Sort::Pdf))
}

fn runs_by_name(claimed: &[Sort]) -> bool {
    claimed.contains(&Sort::Program)
}

/// Is something of one sort dangerous under the looks of another?
fn is_lie(is: Sort, claimed: Sort) -> bool {
    use Sort::{Archive, Disk, Document, Image, Media, Page, Pdf, Program, Text};
    match (is, claimed) {
        (Program | Disk, Program | Disk) => false,
        (Program | Disk, _) => true,
        // Programs export pages as sheets and call them so.
        (Page, Image | Media | Pdf | Text | Archive(_)) => true,
        // One archive in the clothes of another is a trick; documents and packages are zips.
        (Archive(own), Archive(other)) => own != other,
        (Archive("zip"), Document) => false,
        (Archive(_), Image | Media | Pdf | Text | Document) => true,
        (Document, Image | Media | Text | Pdf) => true,
        (Pdf, Image | Media | Text | Archive(_)) => true,
        // A browser opens it.
        (Image | Media | Pdf | Document | Archive(_), Page) => true,
        _ => false,
    }
}

/// The sort that the bytes are of. A package of programs that calls itself a zip is one: so nothing runs it.
fn of_kind<'c>(kind: &str, mut claimed: impl Iterator<Item = &'c Sort>) -> Option<Sort> {
    Some(match kind {
        "jar" | "apk" | "appx" | "msix" if claimed.any(|claimed| *claimed == Sort::Archive("zip")) => {
            Sort::Archive("zip")
        }
        "exe" | "elf" | "macho" | "class" | "dex" | "lnk" | "chm" | "hlp" | "msi" | "jar" | "apk" | "appx" | "msix"
        | "deb" | "rpm" | "scpt" => Sort::Program,
        "html" | "xhtml" | "svg" | "hta" => Sort::Page,
        "zip" => Sort::Archive("zip"),
        "rar" => Sort::Archive("rar"),
        "7z" => Sort::Archive("7z"),
        "cab" => Sort::Archive("cab"),
        "gz" | "tar" | "bz2" | "xz" | "zstd" | "lzma" | "z" | "lz" => Sort::Archive("stream"),
        "arj" | "ace" | "lha" | "arc" | "pmd" | "aar" => Sort::Archive("old"),
        "docx" | "docm" | "dotx" | "dotm" | "xlsx" | "xlsm" | "xlsb" | "xltx" | "xltm" | "pptx" | "pptm" | "ppsx"
        | "ppsm" | "potx" | "potm" | "odf" | "doc" | "xls" | "ppt" | "ole" | "rtf" | "msg" => Sort::Document,
        "onenote" => Sort::Document,
        "pdf" => Sort::Pdf,
        "png" | "jpeg" | "gif" | "bmp" | "tiff" | "webp" | "ico" => Sort::Image,
        "mp3" | "mp4" | "wav" | "avi" | "ogg" | "flac" | "mkv" | "font" => Sort::Media,
        "iso" | "img" | "vhd" | "vhdx" | "wim" | "vmdk" | "dmg" => Sort::Disk,
        _ => return None,
    })
}

fn of_name(name: &str) -> impl Iterator<Item = Sort> {
    // `._photo.jpg` is the second fork of a file of a Mac, under the name of the first.
    let is_hidden_fork = name.rsplit('/').next().is_some_and(|last| last.starts_with("._"));
    let endings = if is_hidden_fork { Vec::new() } else { names::endings(name) };
    let sort = |ending: String| ENDINGS.iter().find(|(_, endings)| endings.contains(&ending.as_str()));
    endings.into_iter().filter_map(sort).map(|(sort, _)| *sort)
}

fn of_type(declared: &str) -> Option<Sort> {
    let (main, sub) = declared.split_once('/')?;
    Some(match (main, sub) {
        ("image", "svg+xml") | ("text", "html") | ("application", "xhtml+xml") => Sort::Page,
        ("image", "pdf") | ("application", "pdf" | "x-pdf") => Sort::Pdf,
        ("image", _) => Sort::Image,
        ("audio" | "video" | "font", _) => Sort::Media,
        ("text", "plain" | "csv" | "calendar" | "vcard") => Sort::Text,
        ("application", "zip" | "x-zip" | "x-zip-compressed") => Sort::Archive("zip"),
        ("application", "x-rar" | "x-rar-compressed" | "vnd.rar" | "rar") => Sort::Archive("rar"),
        ("application", "x-7z-compressed") => Sort::Archive("7z"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
