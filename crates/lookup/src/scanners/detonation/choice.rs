//! Which files of a message are worth minutes of a sandbox: those that run by themselves, and documents that carry
//! something that does, if nobody knows their hash.

use mail::names;
use scan::content::{Content, Item};

/// Files of one message that are given to a sandbox.
pub const FILES_MAX: usize = 5;

/// True types that run when they are opened.
const PROGRAMS: [&str; 18] = [
    "exe", "elf", "macho", "class", "dex", "lnk", "chm", "hlp", "msi", "jar", "apk", "appx", "msix", "deb", "rpm",
    "scpt", "script", "hta",
];
/// Marks of something active in a document, as in [`scan::marks::ALL`]. A script or form in a page is no such mark: half of all
/// mail has them.
const ACTIVE: [&str; 19] = [
    "macro",
    "macro_code",
    "auto_run",
    "xlm",
    "dde",
    "remote_template",
    "embedded_object",
    "embedded_file",
    "equation",
    "activex",
    "javascript",
    "launch",
    "open_action",
    "rich_media",
    "xfa",
    "command_line",
    "autorun_inf",
    "smuggling",
    "formula",
];

/// It may do something when somebody opens it.
#[must_use]
pub fn is_active(item: &Item) -> bool {
    is_program(item) || item.marks.iter().any(|mark| ACTIVE.contains(&mark.as_str()))
}

/// The files of a message to detonate: active, of a hash that `is_known` does not know, each once, programs first, at most
/// `files_max`; and those that are left out for that.
#[must_use]
pub fn choose(content: &Content, is_known: impl Fn(&[u8]) -> bool, files_max: usize) -> (Vec<&Item>, Vec<&Item>) {
    let mut chosen: Vec<&Item> = Vec::new();
    for item in content.items.iter().filter(|item| item.size > 0 && is_active(item)) {
        let is_new = chosen.iter().all(|before| before.sha256 != item.sha256);
        if is_new && !is_known(&item.sha256) {
            chosen.push(item);
        }
    }
    chosen.sort_by_key(|item| !is_program(item));
    let left_out = chosen.split_off(files_max.min(chosen.len()));
    (chosen, left_out)
}

// A script has no type of its own: its name says that it runs.
fn is_program(item: &Item) -> bool {
    let mut endings = item.names.iter().flat_map(|name| names::endings(name));
    PROGRAMS.contains(&item.kind.as_str()) || endings.any(|ending| names::is_run_by_opening(&ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(place: &str, kind: &str, marks: &[&str]) -> Item {
        Item {
            place: place.to_owned(),
            kind: kind.to_owned(),
            marks: marks.iter().map(|mark| (*mark).to_owned()).collect(),
            size: 10,
            sha256: [kind, &marks.concat()].concat().into_bytes(),
            ..Item::default()
        }
    }

    #[test]
    fn marks_are_words_of_the_list() {
        for mark in ACTIVE {
            assert!(scan::marks::is_known(mark), "{mark}");
        }
    }

    #[test]
    fn the_active_and_unknown_are_chosen_programs_first() {
        let mut empty = item("8", "exe", &["empty"]);
        empty.size = 0;
        let items = vec![
            item("1", "html", &["script", "form"]),
            item("2", "docx", &["macro"]),
            item("3", "text", &[]),
            item("4", "pdf", &["javascript"]),
            item("5", "exe", &[]),
            item("6/zip:0", "exe", &[]),
            item("7", "html", &["smuggling"]),
            empty,
            item("9", "zip", &["encrypted"]),
            Item { names: vec!["Re: invoice.JS ".into()], ..item("10", "text", &["by name"]) },
        ];
        let content = Content { items, ..Content::default() };
        let places = |known: &[u8], max| {
            let (chosen, left_out) = choose(&content, |hash| hash == known, max);
            let places = |items: &[&Item]| items.iter().map(|item| item.place.as_str()).collect::<Vec<_>>().join(" ");
            format!("{}; {}", places(&chosen), places(&left_out))
        };
        assert_eq!(places(b"", FILES_MAX), "5 10 2 4 7; ");
        assert_eq!(places(b"pdfjavascript", FILES_MAX), "5 10 2 7; ");
        assert_eq!(places(b"exe", 2), "10 2; 4 7");
    }
}
