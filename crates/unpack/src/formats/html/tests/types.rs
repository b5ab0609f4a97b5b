//! Pages of other types than those of pages.

use bytes::Bytes;
use mail::message::Message;
use scan::content::Content;

use crate::budget::{Budget, Limits};
use crate::request::{Part, Request};
use crate::unpack::unpack;

const PAGE: &str = "Hi <a href=\"http&#58;//evil.example/login\">x</a>";

fn opened(fields: &str, body: &str) -> Content {
    let message = format!("From: a@a.example\r\nMIME-Version: 1.0\r\n{fields}\r\n\r\n{body}");
    let message = Message::parse(Bytes::from(message));
    let leaves = message.parts().filter(|(_, part)| part.is_leaf());
    let parts = leaves
        .map(|(path, part)| Part::of(path.to_string(), part, Bytes::from(part.content(message.raw()).into_owned())));
    unpack(&Request { parts: parts.collect(), ..Request::default() }, &mut Budget::new(Limits::default()))
}

fn targets(content: &Content) -> Vec<&str> {
    content.items.iter().flat_map(|item| &item.links).map(|link| link.target.as_str()).collect()
}

#[test]
fn texts_that_some_show_as_pages() {
    for declared in [
        "text/watch-html",
        "text/x-html",
        "text/html-sandboxed",
        "text/vnd.html",
        "text/xhtml",
        "text/htm",
        "text/markdown",
        "application/html",
    ] {
        let content = opened(&format!("Content-Type: {declared}"), PAGE);
        assert!(targets(&content).contains(&"http://evil.example/login"), "{declared}: {content:?}");
        let item = &content.items[0];
        assert!(item.text.contains("<a href") && item.other_text.contains("Hi x"), "{declared}: {item:?}");
    }
    let file = "Content-Type: text/x-html; name=a\r\nContent-Disposition: attachment";
    assert!(targets(&opened(file, PAGE)).contains(&"http://evil.example/login"));
    let based =
        opened("Content-Type: text/watch-html\r\nContent-Base: http://evil.example/a/", "Hi <a href=login>x</a>");
    assert!(targets(&based).contains(&"http://evil.example/a/login"), "{based:?}");
}

#[test]
fn texts_that_stay_texts() {
    let patch = "Content-Type: text/x-patch; name=a.patch\r\nContent-Disposition: attachment";
    for (fields, body) in [
        ("Content-Type: text/plain", PAGE),
        (patch, PAGE),
        ("Content-Type: text/markdown", "Hi 1 < 2, the href and the src"),
    ] {
        let content = opened(fields, body);
        assert!(targets(&content).is_empty() && content.items[0].other_text.is_empty(), "{fields}: {content:?}");
    }
}
