//! The formats: which reader looks at what. A reader finds text, links, marks and children of a file; it never fails, it says
//! what it could not open.

use scan::content::Item;

use crate::unpack::{File, Walk};

pub(crate) mod html;
pub(crate) mod office;
pub(crate) mod ole;
pub(crate) mod package;
mod pdf;
mod plain;
pub(crate) mod rtf;
#[cfg(test)]
mod shown;
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
    Format {
        kinds: &["html", "xhtml", "svg"],
        types: &["text/html", "application/xhtml+xml", "image/svg+xml"],
        endings: &[".htm", ".html", ".shtml", ".shtm", ".xhtml", ".xht", ".svg", ".hta", ".mht"],
        read: html::open,
    },
    Format { kinds: &["pdf"], types: &["application/pdf"], endings: &[".pdf"], read: pdf::open },
    Format {
        kinds: &["xml"],
        types: &["text/xml", "application/xml", "application/vnd.google-earth.kml+xml"],
        endings: &[
            ".xml", ".kml", ".gpx", ".xsl", ".xslt", ".xsd", ".rss", ".atom", ".plist", ".saml", ".wsdl", ".xaml",
        ],
        read: xml::open,
    },
    Format {
        kinds: &["svg", "xhtml"],
        types: &["image/svg+xml", "application/xhtml+xml"],
        endings: &[".svg", ".xhtml", ".xht"],
        read: xml::check,
    },
    Format { kinds: &["rtf"], types: &["application/rtf", "text/rtf"], endings: &[".rtf"], read: rtf::open },
    Format { kinds: &["ole"], types: &[], endings: &[], read: ole::open },
    Format { kinds: &["text", "script"], types: &[], endings: &[], read: plain::open },
];

/// True types that say little: here the name and the declared type decide what opens it.
const VAGUE: [&str; 4] = ["text", "xml", "script", "unknown"];

/// The readers for an item, each once. With `is_read` false those of text are left out.
pub(crate) fn readers(item: &Item, is_read: bool) -> Vec<Read> {
    let kind = item.kind.as_str();
    let is_vague = VAGUE.contains(&kind);
    if is_vague && !is_read {
        return Vec::new();
    }
    let fits = |format: &&Format| {
        let by_type = format.types.contains(&item.declared.as_str());
        let by_name = || item.names.iter().any(|name| has_ending(name, format.endings));
        format.kinds.contains(&kind) || by_type || (is_vague && by_name())
    };
    let mut readers: Vec<Read> = ALL.iter().filter(fits).map(|format| format.read).collect();
    let is_text = item.declared.starts_with("text/") || item.declared.starts_with("message/");
    if readers.is_empty() && is_vague && is_text {
        readers.push(plain::open);
    }
    readers
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    if endings.is_empty() {
        return false;
    }
    let name = name.trim_end_matches([' ', '.']).to_ascii_lowercase();
    endings.iter().any(|ending| name.ends_with(ending))
}
