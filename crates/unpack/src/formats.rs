//! The formats: which reader looks at what. A reader finds text, links, marks and children of a file; it never fails, it says
//! what it could not open.

use mail::names;
use scan::content::Item;

use crate::formats::archives::{ar, cab, cpio, disk, iso, rar, sevenz, streams, tar};
use crate::sniff::{self, general};
use crate::unpack::{File, Walk};

pub(crate) mod archives;
mod calendar;
mod card;
pub(crate) mod connection;
#[cfg(test)]
mod drawing;
pub(crate) mod encoded;
mod enriched;
mod flash;
pub(crate) mod html;
pub(crate) mod image;
mod lines;
mod little;
mod lnk;
pub(crate) mod mac;
pub(crate) mod message;
pub(crate) mod office;
pub(crate) mod ole;
mod onenote;
pub(crate) mod package;
pub(crate) mod pdf;
mod pgp;
mod plain;
#[cfg(test)]
mod real;
pub(crate) mod rtf;
pub(crate) mod share;
mod shortcut;
#[cfg(test)]
mod shown;
mod signed;
mod table;
pub(crate) mod text_code;
pub(crate) mod tnef;
mod web_archive;
mod written;
pub(crate) mod xml;
pub(crate) mod zip;

/// Reads one kind of file.
pub(crate) type Read = fn(&mut Walk<'_>, File<'_>);

/// When a reader looks at a file.
struct Format {
    /// True types: words of [`crate::sniff`].
    kinds: &'static [&'static str],
    /// Declared types that make programs open something as this kind whatever its bytes are.
    types: &'static [&'static str],
    /// Endings of names that do so where the bytes have no true type of their own.
    endings: &'static [&'static str],
    read: Read,
}

/// Every format that is read. Each reader whose line fits looks at a file: a text with the name of a page is both.
const ALL: &[Format] = &[
    Format { kinds: &["zip"], types: &[], endings: &[], read: zip::open },
    Format { kinds: &["tar"], types: &[], endings: &[], read: tar::open },
    Format { kinds: &["gz"], types: &[], endings: &[], read: streams::open_gz },
    Format { kinds: &["bz2"], types: &[], endings: &[], read: streams::open_bz2 },
    Format { kinds: &["xz"], types: &[], endings: &[], read: streams::open_xz },
    Format { kinds: &["zstd"], types: &[], endings: &[], read: streams::open_zstd },
    Format { kinds: &["lzma"], types: &[], endings: &[], read: streams::open_lzma },
    Format { kinds: &["lz"], types: &[], endings: &[], read: streams::open_lz },
    Format { kinds: &["z"], types: &[], endings: &[], read: streams::open_z },
    Format { kinds: &["lz4"], types: &[], endings: &[], read: streams::open_lz4 },
    Format { kinds: &["szdd"], types: &[], endings: &[], read: streams::open_szdd },
    Format { kinds: &["7z"], types: &[], endings: &[], read: sevenz::open },
    Format { kinds: &["rar"], types: &[], endings: &[], read: rar::open },
    Format { kinds: &["cab"], types: &[], endings: &[], read: cab::open },
    Format { kinds: &["iso"], types: &[], endings: &[], read: iso::open },
    Format { kinds: &["img"], types: &[], endings: &[], read: disk::open },
    Format { kinds: &["vhd"], types: &[], endings: &[], read: disk::open_vhd },
    Format { kinds: &["applesingle", "appledouble"], types: &[], endings: &[], read: mac::open },
    Format { kinds: &["macbinary"], types: &[], endings: &[], read: mac::open_binary },
    Format { kinds: &["ar", "deb"], types: &[], endings: &[], read: ar::open },
    Format { kinds: &["cpio"], types: &[], endings: &[], read: cpio::open },
    Format { kinds: &["rpm"], types: &[], endings: &[], read: cpio::open_rpm },
    Format {
        kinds: &["html", "xhtml", "svg"],
        types: &[
            "text/html",
            "text/x-amp-html",
            "application/xhtml+xml",
            "application/vnd.wap.xhtml+xml",
            "image/svg+xml",
        ],
        endings: &[".htm", ".html", ".shtml", ".shtm", ".xhtml", ".xht", ".svg", ".hta"],
        read: html::open,
    },
    Format { kinds: &["pdf"], types: &["application/pdf"], endings: &[".pdf"], read: pdf::open },
    Format { kinds: &["lnk"], types: &[], endings: &[".lnk"], read: lnk::open },
    Format {
        kinds: &["url", "scf", "inf", "theme", "rdp", "reg", "iqy"],
        types: &[],
        endings: &[".url", ".website", ".desktop", ".scf", ".inf", ".theme", ".rdp", ".reg", ".iqy", ".oqy"],
        read: shortcut::open,
    },
    Format {
        kinds: &[],
        types: &["text/x-ms-odc", "text/x-ms-rqy", "text/x-ms-iqy", "text/x-ms-oqy"],
        endings: &[".udl", ".odc", ".dqy", ".rqy", ".oqy", ".iqy"],
        read: connection::open,
    },
    Format { kinds: &["fdf"], types: &["application/vnd.fdf"], endings: &[".fdf"], read: pdf::open },
    Format {
        kinds: &["library-ms", "search-ms", "settingcontent-ms"],
        types: &[],
        endings: &[".library-ms", ".search-ms", ".searchconnector-ms", ".settingcontent-ms", ".contact"],
        read: shortcut::open_xml,
    },
    Format {
        kinds: &[],
        types: &["text/calendar", "text/x-vcalendar", "application/ics"],
        endings: &[".ics", ".ifb", ".vcs", ".ical"],
        read: calendar::open,
    },
    Format {
        kinds: &[],
        types: &["text/vcard", "text/x-vcard", "text/directory"],
        endings: &[".vcf", ".vcard"],
        read: card::open,
    },
    Format {
        kinds: &[],
        types: &["text/csv", "text/x-csv", "application/csv", "text/tab-separated-values"],
        endings: &[".csv", ".tsv", ".tab", ".xls", ".xlt"],
        read: table::open,
    },
    Format { kinds: &["slk"], types: &[], endings: &[".slk"], read: table::open_sylk },
    Format {
        kinds: &["tnef"],
        types: &["application/ms-tnef", "application/vnd.ms-tnef"],
        endings: &["winmail.dat"],
        read: tnef::open,
    },
    Format {
        kinds: &[],
        types: &["message/rfc822", "message/global", "message/news"],
        endings: &[".eml", ".mht", ".mhtml", ".mime", ".nws", ".mbox", ".mbx"],
        read: message::open,
    },
    Format { kinds: &[], types: &["message/partial"], endings: &[], read: message::open_partial },
    Format { kinds: &[], types: &["message/external-body"], endings: &[], read: message::open_external },
    Format {
        kinds: &["p7m"],
        types: &[
            "application/pkcs7-mime",
            "application/x-pkcs7-mime",
            "application/pkcs7-signature",
            "application/x-pkcs7-signature",
            "application/cms",
        ],
        endings: &[".p7m", ".p7s", ".p7c", ".p7z", ".p7"],
        read: signed::open,
    },
    Format { kinds: &["unknown", "pdf"], types: &[], endings: &[], read: signed::open_unnamed },
    Format { kinds: &["pgp"], types: &[], endings: &[".pgp", ".gpg", ".asc"], read: pgp::open },
    Format { kinds: &["onenote"], types: &[], endings: &[], read: onenote::open },
    Format { kinds: &["swf"], types: &[], endings: &[], read: flash::open },
    Format { kinds: &["chm", "hlp"], types: &[], endings: &[], read: flash::open_help },
    Format { kinds: &["text"], types: &[], endings: &[], read: written::open },
    Format {
        kinds: &["xml"],
        types: &["text/xml", "application/xml", "application/vnd.google-earth.kml+xml"],
        endings: &[
            ".xml", ".kml", ".gpx", ".xsl", ".xslt", ".xsd", ".rss", ".atom", ".plist", ".saml", ".wsdl", ".xaml",
            ".xdp", ".xfdf",
        ],
        read: xml::open,
    },
    Format {
        kinds: &["svg", "xhtml"],
        types: &["image/svg+xml", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"],
        endings: &[".svg", ".xhtml", ".xht"],
        read: xml::check,
    },
    Format {
        kinds: &["bplist", "xml"],
        types: &["application/x-webarchive"],
        endings: &[".webarchive", ".plist", ".webloc", ".fileloc", ".inetloc"],
        read: web_archive::open,
    },
    Format { kinds: &["activemime"], types: &[], endings: &[], read: office::mime_object::open },
    Format { kinds: &["rtf"], types: &["application/rtf", "text/rtf"], endings: &[".rtf"], read: rtf::open },
    Format { kinds: &["ole"], types: &[], endings: &[], read: ole::open },
    Format { kinds: &["xls"], types: &[], endings: &[], read: ole::book::old::open },
    Format {
        kinds: &["png", "jpeg", "gif", "bmp", "webp", "tiff", "ico"],
        types: &[],
        endings: &[],
        read: image::open,
    },
    Format { kinds: &["wmf", "emf"], types: &[], endings: &[], read: image::metafile::open },
    Format {
        kinds: &["jp2", "jxl", "jxr", "mp4", "psd", "djvu", "ps", "unknown"],
        types: &[],
        endings: &[".pam", ".pbm", ".pgm", ".pnm", ".ppm", ".xbm", ".xpm", ".eps", ".cgm"],
        read: image::open_unread,
    },
    Format { kinds: &[], types: &["text/enriched", "text/richtext"], endings: &[], read: enriched::open },
    Format { kinds: &["text", "script"], types: &[], endings: &[], read: plain::open },
];

/// Endings whose programs pass over what they do not know, whatever the bytes begin with: a browser over what is no tag, a shell
/// over what is no setting, a spreadsheet over what is no cell, a reader of mail over what is no field.
const WHATEVER: [&str; 26] = [
    ".htm", ".html", ".shtml", ".shtm", ".xhtml", ".xht", ".svg", ".hta", ".mht", ".mhtml", ".eml", ".url", ".website",
    ".desktop", ".scf", ".inf", ".theme", ".rdp", ".reg", ".iqy", ".oqy", ".slk", ".csv", ".tsv", ".tab", ".xsl",
];
/// Those of them that a browser shows.
const PAGES: [&str; 8] = [".htm", ".html", ".shtml", ".shtm", ".xhtml", ".xht", ".svg", ".hta"];

/// True types that say little: here the name and the declared type decide what opens it.
const VAGUE: [&str; 4] = ["text", "xml", "script", "unknown"];

/// The readers for an item, each once. With `is_read` false those of text are left out. Bytes that begin as a text does (magic
/// of letters can stand in any text) are opened by what their name says as well.
pub(crate) fn readers(item: &Item, bytes: &[u8], is_read: bool) -> Vec<Read> {
    let kind = item.kind.as_str();
    let is_vague = VAGUE.contains(&general(kind));
    if is_vague && !is_read {
        return Vec::new();
    }
    let is_text = sniff::is_text(bytes);
    let fits = |format: &&Format| {
        let by_type = format.types.contains(&item.declared.as_str());
        let by_name = || {
            let mut names = item.names.iter().filter(|name| has_ending(name, format.endings));
            names.any(|name| is_vague || is_text || has_ending(name, &WHATEVER))
        };
        let by_kind = format.kinds.contains(&kind) || format.kinds.contains(&general(kind));
        by_kind || by_type || by_name()
    };
    let mut readers: Vec<Read> = ALL.iter().filter(fits).map(|format| format.read).collect();
    // What is shown as a text is read as one, whatever its bytes look like to those who know no charset.
    let is_plain = is_shown_as_text(item) || (is_vague && is_declared_text(item));
    if is_plain && !matches!(general(kind), "text" | "script") {
        readers.push(plain::open);
        if kind != "pgp" {
            readers.push(pgp::open_text);
        }
    }
    let is_page = matches!(general(kind), "html" | "xhtml" | "svg") || is_called_page(item);
    if is_text && !is_page && may_be_page(item) {
        readers.push(html::open_other);
    }
    readers
}

/// Do some programs show it as a page, whose type is none that says so to all? By a type that speaks of pages (`text/x-html`,
/// `text/watch-html`), or because it is a text of no type that anybody knows.
fn may_be_page(item: &Item) -> bool {
    let declared = item.declared.as_str();
    let is_known = declared == "text/plain" || ALL.iter().any(|format| format.types.contains(&declared));
    let is_other_text = || declared.starts_with("text/") && is_shown_as_text(item);
    !is_known && (declared.contains("html") || is_other_text())
}

/// Does its name make a browser open it?
pub(crate) fn is_called_page(item: &Item) -> bool {
    item.names.iter().any(|name| has_ending(name, &PAGES))
}

/// Is it a part of the message that programs show as a text, letter by letter?
pub(crate) fn is_shown_as_text(item: &Item) -> bool {
    let is_page = ["text/html", "text/x-amp-html", "text/xml"].contains(&item.declared.as_str());
    item.inline && !item.place.contains('/') && (item.declared.is_empty() || is_declared_text(item)) && !is_page
}

fn is_declared_text(item: &Item) -> bool {
    item.declared.starts_with("text/") || item.declared.starts_with("message/")
}

/// Has a file read as a kind that it is besides its own.
pub(crate) fn read_as(walk: &mut Walk<'_>, file: File<'_>, kind: &str) {
    for format in ALL.iter().filter(|format| format.kinds.contains(&kind)) {
        (format.read)(walk, file);
    }
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    if endings.is_empty() {
        return false;
    }
    let found = names::endings(name);
    endings.iter().any(|wanted| match wanted.strip_prefix('.') {
        Some(ending) => found.iter().any(|found| found == ending),
        None => names::without_end(name).to_ascii_lowercase().ends_with(wanted),
    })
}
