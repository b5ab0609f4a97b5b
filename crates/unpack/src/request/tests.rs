//! What is taken of a leaf.

use base64::Engine as _;
use mail::message::Message;

use super::*;
use crate::budget::{Budget, Limits};
use crate::formats::image::tests::made::{Canvas, code};
use crate::unpack::unpack;

/// What is found in every leaf of a message.
fn opened(entity: &str) -> scan::content::Content {
    let message = Message::parse(Bytes::from(format!("From: a@a.example\r\nMIME-Version: 1.0\r\n{entity}")));
    let leaves = message.parts().filter(|(_, part)| part.is_leaf());
    let parts = leaves
        .map(|(path, part)| Part::of(path.to_string(), part, Bytes::from(part.content(message.raw()).into_owned())));
    unpack(&Request { parts: parts.collect(), ..Request::default() }, &mut Budget::new(Limits::default()))
}

fn links(content: &scan::content::Content) -> Vec<&str> {
    content.items.iter().flat_map(|item| &item.links).map(|link| link.target.as_str()).collect()
}

#[test]
fn a_page_behind_the_text_is_a_file_only_if_it_acts() {
    let second = |page: &str| {
        let entity = format!(
            "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nhello\r\n--a\r\nContent-Type: text/html\r\n\r\n{page}\r\n--a--\r\n"
        );
        opened(&entity).items[1].inline
    };
    for page in
        ["<p>words <a href='https://a.example/'>on = x</a><img src=x>", "<meta http-equiv=Content-Type content=x><b>x"]
    {
        assert!(second(page), "{page}");
    }
    for page in [
        "<SCRIPT>x</SCRIPT>",
        "<form><input type=Password>",
        "<meta http-equiv=refresh content='0;url=x'>",
        "<img src=x OnError=x()>",
        "<img/onerror\t=x>",
        "<iframe srcdoc=x>",
        "<x:script xmlns:x='http://www.w3.org/1999/xhtml'/>",
        "+ADw-b+AD4-",
    ] {
        assert!(!second(page), "{page}");
    }
}

#[test]
fn links_of_a_page_are_read_against_its_base() {
    for (head, page, expected) in [
        ("Content-Base: http://evil.example/a/", "<a href=login>x</a>", "http://evil.example/a/login"),
        ("Content-Location: \"http://evil.example/a/b.htm\"", "<a href=/login>x</a>", "http://evil.example/login"),
        (
            "Content-Base: http://evil.example/",
            "<base href='https://own.example/x/'><a href=y>x</a>",
            "https://own.example/x/y",
        ),
        ("Content-Base: http://evil.example/", "<base href='sub/'><a href=y>x</a>", "http://evil.example/sub/y"),
        ("Content-Base: http://evil.example/", "<a href='https://whole.example/'>x</a>", "https://whole.example/"),
        ("Content-Location: page.htm", "<a href=login>x</a>", "login"),
        ("Content-Location: cid:a@b", "<a href=login>x</a>", "login"),
    ] {
        let content = opened(&format!("Content-Type: text/html\r\n{head}\r\n\r\n{page}"));
        // A base of the page itself is a link too, behind the others.
        assert_eq!(links(&content).first(), Some(&expected), "{head}");
    }
    let inner = "From: b@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\nContent-Base: http://evil.example/\r\n\r\n\
        <a href=login>x</a>";
    let content = opened(&format!("Content-Type: application/octet-stream; name=a.eml\r\n\r\n{inner}"));
    assert!(links(&content).contains(&"http://evil.example/login"), "{content:?}");
}

#[test]
fn pictures_are_put_together_as_a_page_names_them() {
    let whole = Canvas::of(&code("https://evil.example/named"), 8, 4);
    let half = whole.width / 2;
    let coded =
        |left: u32| base64::engine::general_purpose::STANDARD.encode(whole.cut(left, 0, half, whole.height).png());
    for (names, shown) in [
        (
            ["Content-ID: <left@a.example>", "Content-ID: <right@a.example>"],
            ["cid:left@a.example", "cid:right@a.example"],
        ),
        (["Content-Location: left.png", "Content-Location: \"right.png\""], ["left.png", "right.png"]),
    ] {
        let [left, right] = names;
        let [first, second] = shown;
        let entity = format!(
            "Content-Type: multipart/related; boundary=a\r\n\r\n--a\r\nContent-Type: text/html\r\n\r\n\
            <p>Scan</p><img src=\"{first}\"><img src=\"{second}\">\r\n\
            --a\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n{right}\r\n\r\n{}\r\n\
            --a\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n{left}\r\n\r\n{}\r\n--a--\r\n",
            coded(half),
            coded(0)
        );
        assert!(links(&opened(&entity)).contains(&"https://evil.example/named"), "{names:?}");
        let inner = format!("From: b@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n{entity}");
        let within = opened(&format!("Content-Type: application/octet-stream; name=a.eml\r\n\r\n{inner}"));
        assert!(links(&within).contains(&"https://evil.example/named"), "{names:?}, in a message");
    }
}
