//! Content as the worker would find it, read simply: enough for the mail of the corpus, which is well-formed. The worker's own
//! reading has its own tests.

use std::io::{Cursor, Read};

use mail::message::Message;
use mail::part::Part;
use scan::content::{Content, Item, Link, LinkKind, Unopened, WhyUnopened};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::template::eicar;

/// One item for each leaf, and for each file in a zip.
pub(crate) fn of(message: &Message) -> Content {
    let mut content = Content::default();
    for (path, part) in message.parts().filter(|(_, part)| part.is_leaf()) {
        let bytes = part.content(message.raw()).into_owned();
        let place = if path.0.is_empty() { "1".to_owned() } else { path.to_string() };
        let item = item(&place, part, message, &bytes);
        let zipped = item.kind == "zip";
        content.items.push(item);
        if zipped {
            open_zip(&place, bytes, &mut content);
        }
    }
    content
}

fn item(place: &str, part: &Part, message: &Message, bytes: &[u8]) -> Item {
    let declared = format!("{}/{}", part.media_type.top, part.media_type.sub);
    let kind = kind(bytes, &declared);
    let mut item = Item {
        place: place.to_owned(),
        names: part.names.clone(),
        kind: kind.into(),
        size: bytes.len() as u64,
        marks: marks(bytes, kind),
        inline: part.disposition != "attachment" && part.names.is_empty(),
        declared,
        ..Item::default()
    };
    let text = part.text(message.raw());
    match kind {
        "html" | "svg" => read_html(&text, &mut item),
        "text" => {
            item.links = text.split_whitespace().filter_map(bare_link).collect();
            item.text = text;
        }
        _ => {}
    }
    item
}

fn kind(bytes: &[u8], declared: &str) -> &'static str {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).to_lowercase();
    match bytes {
        [b'M', b'Z', ..] => "exe",
        [0x7f, b'E', b'L', b'F', ..] => "elf",
        [0x4c, 0, 0, 0, 1, 0x14, ..] => "lnk",
        [b'P', b'K', 3, 4, ..] => "zip",
        [b'%', b'P', b'D', b'F', ..] => "pdf",
        _ if start.contains("<svg") => "svg",
        _ if declared == "text/html" || start.contains("<html") => "html",
        _ if std::str::from_utf8(bytes).is_ok() => "text",
        _ => "unknown",
    }
}

fn marks(bytes: &[u8], kind: &str) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    let mut marks = Vec::new();
    if bytes.trim_ascii() == eicar() {
        marks.push("eicar".to_owned());
    }
    if matches!(kind, "html" | "svg") {
        for (sign, mark) in [("<script", "script"), ("<form", "form"), ("http-equiv=\"refresh\"", "refresh")] {
            if text.contains(sign) {
                marks.push(mark.to_owned());
            }
        }
    }
    marks
}

fn bare_link(word: &str) -> Option<Link> {
    let target = word.trim_matches(['<', '>', '.', ',', ')', '(']);
    (target.starts_with("http://") || target.starts_with("https://")).then(|| Link {
        target: target.to_owned(),
        text: String::new(),
        kind: LinkKind::Text,
    })
}

// Tags are dropped; `<a href="...">` and `<form action="...">` give links; what stands in an element with `display:none` is hidden
// up to the next closing tag.
fn read_html(html: &str, item: &mut Item) {
    let mut hidden = false;
    let mut open_link: Option<usize> = None;
    for piece in html.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        let name = tag.split_whitespace().next().unwrap_or("").to_lowercase();
        if tag.contains("display:none") {
            hidden = true;
        } else if name.starts_with('/') {
            hidden = false;
        }
        match name.as_str() {
            "a" => {
                item.links.push(link(tag, "href", LinkKind::Anchor));
                open_link = Some(item.links.len() - 1);
            }
            "/a" => open_link = None,
            "form" => item.links.push(link(tag, "action", LinkKind::Form)),
            "script" | "style" => continue,
            _ => {}
        }
        if let Some(at) = open_link {
            item.links[at].text.push_str(text);
        }
        if hidden { &mut item.hidden_text } else { &mut item.text }.push_str(text);
    }
}

fn link(tag: &str, attribute: &str, kind: LinkKind) -> Link {
    let value = tag.split_once(&format!("{attribute}=\"")).and_then(|(_, rest)| rest.split('"').next()).unwrap_or("");
    Link { target: value.replace("&amp;", "&").replace("&#9;", "\t"), text: String::new(), kind }
}

fn open_zip(place: &str, bytes: Vec<u8>, content: &mut Content) {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    for number in 0..archive.len() {
        let place = format!("{place}/zip:{number}");
        let mut file = match archive.by_index(number) {
            Ok(file) => file,
            Err(ZipError::UnsupportedArchive(_) | ZipError::InvalidPassword) => {
                content.unopened.push(Unopened { place, why: WhyUnopened::Encrypted });
                continue;
            }
            Err(error) => panic!("{place}: {error}"),
        };
        let mut inner = Vec::new();
        file.read_to_end(&mut inner).expect("a file in a zip");
        let kind = kind(&inner, "");
        let names = vec![file.name().expect("a name").into_owned()];
        content.items.push(Item { place, names, kind: kind.into(), marks: marks(&inner, kind), ..Item::default() });
    }
}
