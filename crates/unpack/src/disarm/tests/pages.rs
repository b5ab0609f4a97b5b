//! Pages: what goes, what stays byte for byte.

use super::*;

#[track_caller]
fn check(before: &str, after: &str) {
    let result = disarmed("page.html", before.as_bytes());
    assert_eq!(String::from_utf8_lossy(&result.bytes), after, "{:?}", result.removed);
    assert!(!result.removed.is_empty());
}

#[test]
fn an_element_of_hundreds_of_attributes_goes_with_its_content() {
    let many: String = (0..300).map(|number| format!(" on{number}=a")).collect();
    check(&format!("<p>a<b{many}>c</b></p>"), "<p>a</p>");
    check(&format!("<p>a<textarea{many}><script>evil()</script></textarea></p>"), "<p>a</p>");
}

#[test]
fn what_runs_goes_and_the_rest_stays_byte_for_byte() {
    check("<p>a<script>evil()</script>b", "<p>ab");
    check("<P  CLASS=x>b</P><P CLASS=x onclick='go()'>a</P>", "<P  CLASS=x>b</P><P CLASS=x>a</P>");
    check("<a href=\" java&#115;cript:go()\">a</a>", "<a>a</a>");
    check("<a href='java\nscript:go()'>a</a>", "<a>a</a>");
    check("<a href=\"data:text/html,x\">a</a>", "<a>a</a>");
    check("<a href=\"file://host/share\">a</a>", "<a>a</a>");
    check("<a href=\"\\\\host\\share\">a</a>", "<a>a</a>");
    check("<form action=http://a.example><b>Pay</b><input name=x><button>go</button></form>", "<b>Pay</b>go");
    check("<meta http-equiv=refresh content='0;url=http://a.example'>x", "x");
    check("<base href='http://a.example/'>x", "x");
    check("<iframe srcdoc='&lt;script&gt;'></iframe>x", "x");
    check("<svg><foreignObject><p>y</p></foreignObject><g/></svg>", "<svg><g/></svg>");
    check("<svg:script xmlns:svg='http://www.w3.org/2000/svg'>go()</svg:script>x", "x");
    check(
        "<style>@import url('http://a.example/x.css'); p { color: red }</style>x",
        "<style> p { color: red }</style>x",
    );
    check("<p style=\"width:e\\78pression(alert(1))\">x</p>", "<p>x</p>");
    check("<link rel=import href=x><p>x", "<p>x");
    check("<!--[if mso]><script>go()</script><![endif]-->x", "x");
    check("<!-- [ IF gte mso 9 ] ><script>go()</script><![endif]-->x", "x");
    check("<noscript><img src=x onerror=go()></noscript>x", "x");
    check("<object data=x><embed src=y></object>x<applet code=z></applet>", "x");
    check("<textarea><script>go()</script></textarea>x", "x");
    check("<p>\u{e4}\u{4e2d}</p><script>x()</script>", "<p>\u{e4}\u{4e2d}</p>");
}

#[test]
fn pages_that_do_nothing_stay_as_they_are() {
    for page in [
        "<html><head><style>p { color: red }</style><meta charset=utf-8></head><body><p>Hello <a href='https://a.example'>there</a></p>",
        "<!--[if mso]><table><tr><td>x</td></tr></table><![endif]--><img src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\" alt=x>",
        "<p style='font-weight:bold'>x</p><a href='mailto:a@a.example'>w</a><a href='#top'>t</a><img src=cid:1@x>",
    ] {
        assert_eq!(outcome("page.html", page.as_bytes()), Outcome::Clean, "{page}");
    }
}

#[test]
fn a_page_that_is_no_text_of_ascii_is_impossible() {
    let wide: Vec<u8> = "\u{feff}<script>go()</script>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(matches!(outcome("page.html", &wide), Outcome::Impossible(_)));
}

// A program that reads it as XML replaces the name, one that reads it as a page does not.
#[test]
fn a_drawing_that_defines_entities_is_impossible() {
    let drawing = "<!DOCTYPE svg [<!ENTITY x \"javascript\">]><svg xmlns=\"http://www.w3.org/2000/svg\"><a href=\"&x;:go()\"/></svg>";
    assert!(matches!(outcome("x.svg", drawing.as_bytes()), Outcome::Impossible(_)));
}

#[test]
fn a_script_in_a_drawing_goes() {
    let drawing = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"go()\"><script>go()</script><circle r=\"1\"/>\
        <a xlink:href=\"javascript:go()\"><text>x</text></a><set attributeName=\"href\" to=\"javascript:go()\"/></svg>";
    let result = disarmed("x.svg", drawing.as_bytes());
    let text = String::from_utf8(result.bytes).unwrap();
    assert_eq!(text, "<svg xmlns=\"http://www.w3.org/2000/svg\"><circle r=\"1\"/><a><text>x</text></a></svg>");
}

// What is left is well formed for who reads it as XML, and nothing of the text is lost with an empty element.
#[test]
fn empty_elements_of_pages_in_xml_take_nothing_with_them() {
    for empty in [
        "<script src='x'/>",
        "<form/>",
        "<x:script xmlns:x='http://www.w3.org/1999/xhtml'/>",
        "<iframe src='y' />",
        "<object/>",
        "<set/>",
    ] {
        let page = format!(
            "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title/></head><body onload='go()'>{empty}<p>All of it</p><br/>\
             <input name='a'/> stays</body></html>"
        );
        for name in ["page.xhtml", "page.html"] {
            let result = disarmed(name, page.as_bytes());
            let text = String::from_utf8(result.bytes).unwrap();
            assert!(text.contains("<p>All of it</p><br/>") && text.ends_with(" stays</body></html>"), "{text}");
            let mut reader = quick_xml::Reader::from_str(&text);
            while !matches!(reader.read_event().expect(&text), quick_xml::events::Event::Eof) {}
        }
    }
    // Where nothing is to be removed nothing is changed.
    let page = "<html xmlns='http://www.w3.org/1999/xhtml'><head><title/></head><body><p/>a</body></html>";
    assert_eq!(outcome("page.xhtml", page.as_bytes()), Outcome::Clean);
}

// Nothing is to be removed from the page that is handed out; but as it was, who reads HTML would find a script in it.
#[test]
fn a_script_that_only_readers_of_html_see_goes() {
    for (hidden, closed) in [
        ("<title/><img alt=\"</title><script>x()</script>\"/>", "<title></title><img alt="),
        ("<style/><p title='</style><iframe src=x>'>a</p>", "<style></style><p title="),
    ] {
        let page = format!("<html xmlns='http://www.w3.org/1999/xhtml'>{hidden}</html>");
        let result = disarmed("page.xhtml", page.as_bytes());
        let text = String::from_utf8(result.bytes).unwrap();
        assert!(text.contains(closed) && !result.removed.is_empty(), "{text}");
    }
    let page = "<html xmlns='http://www.w3.org/1999/xhtml'><title/><img alt=\"a title\"/><p/></html>";
    assert_eq!(outcome("page.xhtml", page.as_bytes()), Outcome::Clean);
}
