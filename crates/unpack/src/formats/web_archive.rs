//! Property lists of macOS, binary and in XML: among them the web archives of Safari, which are saved pages with all that belongs to
//! them. The strings of a list are text, and each piece of data in it is a file, of the type that is said beside it. That a list may be
//! written in a third way (`{ key = <00>; }`) is not followed: a web archive that is neither of the two is said to be unopened.

mod binary;
mod written;

use std::borrow::Cow;

use scan::content::{LinkKind, WhyUnopened};

use crate::formats::archives::bytes::has;
use crate::formats::xml;
use crate::unpack::{File, Leaf, Walk};

/// Shorter data is a number or a date of some program.
const DATA_BYTES_MIN: usize = 8;
/// Pieces of data of one list.
const FILES_MAX: usize = 10_000;
/// The keys that count of what a web archive says of a file, and what all that do begin with.
const KEYS: &str = "WebResource";
const DATA: &str = "WebResourceData";
const TYPE: &str = "WebResourceMIMEType";
const CHARSET: &str = "WebResourceTextEncodingName";
const ADDRESS: &str = "WebResourceURL";
/// A value of them, bytes; of a longer one nothing is taken.
const VALUE_BYTES_MAX: usize = 2048;

/// What is in a list.
#[derive(Debug, Default)]
struct List<'l> {
    /// A line for each string.
    text: String,
    files: Vec<Data<'l>>,
    /// There is more than is read.
    is_cut: bool,
    /// It breaks the rules of its format.
    is_broken: bool,
}

/// A file in it.
#[derive(Debug, Default)]
struct Data<'l> {
    bytes: Cow<'l, [u8]>,
    said: Resource,
}

/// What a web archive says of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Resource {
    declared: String,
    charset: String,
    address: String,
}

impl Resource {
    /// Takes what stands under a key, if it counts.
    fn take(&mut self, key: &str, value: &str) {
        if value.len() > VALUE_BYTES_MAX {
            return;
        }
        match key {
            TYPE => {
                let essence = value.split(';').next().unwrap_or_default();
                self.declared = essence.trim().to_ascii_lowercase();
            }
            CHARSET => value.trim().clone_into(&mut self.charset),
            ADDRESS => value.trim().clone_into(&mut self.address),
            _ => {}
        }
    }

    /// Against what the links of a page are read that are not whole.
    fn base(&self) -> &str {
        let is_web = url::Url::parse(&self.address).is_ok_and(|address| matches!(address.scheme(), "http" | "https"));
        if is_web { &self.address } else { "" }
    }
}

/// Opens a list of either kind.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if has(file.bytes, 0, b"bplist") {
        let list = binary::read(file.bytes, walk.budget);
        return give(walk, file, list);
    }
    let xml = xml::decode(file.bytes, file.charset);
    if xml::root(&xml).is_some_and(|root| root == "plist") {
        let expanded = xml::expanded(&xml);
        let list = written::read(expanded.as_deref().unwrap_or(&xml));
        return give(walk, file, list);
    }
    if is_called_web_archive(walk, file.at) {
        walk.mark(file.at, "unopened_container");
        walk.not_opened(file.at, WhyUnopened::Unsupported);
    }
}

fn is_called_web_archive(walk: &Walk<'_>, at: usize) -> bool {
    let names = walk.content.items.get(at).map(|item| item.names.as_slice()).unwrap_or_default();
    names.iter().any(|name| name.trim_end_matches([' ', '.']).to_ascii_lowercase().ends_with(".webarchive"))
}

fn give(walk: &mut Walk<'_>, file: File<'_>, list: List<'_>) {
    for (is_so, why) in [(list.is_cut, WhyUnopened::OverBudget), (list.is_broken, WhyUnopened::Broken)] {
        if is_so {
            walk.not_opened(file.at, why);
        }
    }
    if !list.text.is_empty() {
        walk.add_links_of_text(file.at, &list.text, LinkKind::Field);
        walk.add_text(file.at, &list.text);
    }
    if list.files.is_empty() || !walk.may_open(file) {
        return;
    }
    for (number, Data { bytes, said }) in list.files.iter().enumerate() {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if size > walk.budget.unpacked_bytes_left() {
            return walk.stopped(file.at);
        }
        walk.budget.spend_unpacked(bytes.len());
        let leaf = Leaf {
            declared: &said.declared,
            charset: &said.charset,
            base: said.base(),
            is_read: true,
            ..Leaf::default()
        };
        if !walk.child(file, &format!("plist:{number}"), leaf, bytes) {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
