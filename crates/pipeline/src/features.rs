//! What a message that was taken is found again by when something new is known: hashes of its files, targets of its links.

use std::collections::HashSet;

use scan::content::{Content, Item};
use store::record::features::{FeaturesRecord, FileFeature};

/// Files kept of one message.
pub const FILES_MAX: usize = 64;
/// Links kept of one message, each once.
pub const LINKS_MAX: usize = 128;
/// Bytes of one link; the rest is cut.
pub const LINK_BYTES_MAX: usize = 512;
/// Bytes of one name; the rest is cut.
const NAME_BYTES_MAX: usize = 255;

/// The features of a content; none where there is nothing to find it by.
#[must_use]
pub fn of(content: &Content) -> Option<FeaturesRecord> {
    let mut features = FeaturesRecord::default();
    let mut seen = HashSet::new();
    // The text of the message itself is no file that anybody sends again.
    for item in content.items.iter().filter(|item| !item.sha256.is_empty() && !is_text_of_message(item)) {
        if !seen.insert(item.sha256.as_slice()) {
            continue;
        }
        if features.files.len() >= FILES_MAX {
            features.is_cut = true;
            break;
        }
        features.files.push(file(item));
    }
    let mut seen = HashSet::new();
    for link in content.items.iter().flat_map(|item| &item.links) {
        let Some(target) = link_of(&link.target).filter(|target| seen.insert(target.clone())) else { continue };
        if features.links.len() >= LINKS_MAX {
            features.is_cut = true;
            break;
        }
        features.links.push(target);
    }
    (!features.files.is_empty() || !features.links.is_empty()).then_some(features)
}

fn is_text_of_message(item: &Item) -> bool {
    item.inline && item.names.is_empty() && matches!(item.kind.as_str(), "text" | "html" | "empty")
}

fn file(item: &Item) -> FileFeature {
    let mut name = item.names.first().cloned().unwrap_or_default();
    name.truncate(name.floor_char_boundary(NAME_BYTES_MAX));
    FileFeature {
        place: item.place.clone(),
        kind: item.kind.clone(),
        name,
        size: item.size,
        sha256: item.sha256.clone(),
        tlsh: item.tlsh.clone(),
    }
}

/// A target in normal form: what two spellings of one address have in common. Addresses without a host (`mailto`) have none.
#[must_use]
pub fn link_of(target: &str) -> Option<String> {
    let normal = mail::links::normal(target).filter(|normal| !normal.host.is_empty())?;
    let port = normal.port.map(|port| format!(":{port}")).unwrap_or_default();
    let mut text = format!("{}://{}{port}{}", normal.scheme, normal.host, normal.path);
    text.truncate(text.floor_char_boundary(LINK_BYTES_MAX));
    Some(text)
}

#[cfg(test)]
mod tests {
    use scan::content::Link;

    use super::*;

    fn item(kind: &str, inline: bool, mark: u8, links: &[&str]) -> Item {
        let links = links.iter().map(|target| Link { target: (*target).to_owned(), ..Link::default() });
        let names = if inline { Vec::new() } else { vec![format!("{mark}.bin")] };
        Item { kind: kind.to_owned(), inline, names, sha256: vec![mark; 32], links: links.collect(), ..Item::default() }
    }

    #[test]
    fn files_and_links_are_kept_once_and_the_text_is_not() {
        let text = item("html", true, 1, &["http://A.example/x", "http://a.example/x", "mailto:b@example.org"]);
        let content =
            Content { items: vec![text, item("exe", false, 2, &[]), item("exe", false, 2, &[])], ..Content::default() };
        let features = of(&content).unwrap();
        assert_eq!(features.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["2.bin"]);
        assert_eq!(features.links, ["http://a.example/x"]);
        assert_eq!(of(&Content { items: vec![item("text", true, 1, &[])], ..Content::default() }), None);
    }

    #[test]
    fn there_is_an_end() {
        let mut items: Vec<Item> = (0..200_u8).map(|mark| item("zip", false, mark, &[])).collect();
        let targets: Vec<String> = (0..500).map(|number| format!("https://{number}.example/")).collect();
        items.push(item("html", true, 250, &targets.iter().map(String::as_str).collect::<Vec<_>>()));
        let features = of(&Content { items, ..Content::default() }).unwrap();
        assert_eq!((features.files.len(), features.links.len(), features.is_cut), (FILES_MAX, LINKS_MAX, true));
    }
}
