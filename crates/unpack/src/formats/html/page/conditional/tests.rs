//! Comments that one program reads.

use crate::formats::html::{Page, read};

fn only_there(inner: &str) -> Page {
    read(&format!("<p>Hello</p><!--[if mso]>{inner}<![endif]--><p>there</p>"))
}

fn targets(page: &Page) -> Vec<&str> {
    page.links.iter().map(|link| link.target.as_str()).collect()
}

#[test]
fn links_without_a_scheme_or_in_capitals() {
    for (inner, target) in [
        ("<A HREF=\"HTTPS:/evil.example/login\">Open</A>", "HTTPS:/evil.example/login"),
        ("<A HREF=\"//evil.example/share/a.docx\">Open</A>", "//evil.example/share/a.docx"),
        ("<a Href=\"file:\\evil.example\\a.docx\">Open</a>", "file:\\evil.example\\a.docx"),
        ("<IMG SRC=\"//evil.example/x.png\">", "//evil.example/x.png"),
        ("<FORM ACTION=\"//evil.example/x\"></FORM>", "//evil.example/x"),
        ("<V:RECT HREF=\"https:/evil.example/login\">Open</V:RECT>", "https:/evil.example/login"),
    ] {
        let page = only_there(inner);
        assert_eq!(targets(&page), [target], "{inner}");
        assert_eq!(page.text, "Hello\nthere");
    }
}

#[test]
fn words_without_a_link() {
    for html in [
        "<!--[if mso]><p>lure</p><![endif]-->",
        "<!--[if mso]>lure<![endif]-->",
        "<!--[IF MSO]><b>lure</b><![ENDIF]-->",
        "<!-- [ if gte mso 9 ] ><b>lure</b><![ endif ]-->",
        "<!--[if gte vml 1]><v:shape><v:textpath on=t string='lure'/></v:shape><![endif]-->",
    ] {
        let page = read(html);
        assert_eq!((page.text.trim(), page.hidden_text.trim()), ("", "lure"), "{html}");
        assert!(page.is_whole, "{html}");
    }
}

#[test]
fn one_comment_swallows_nothing_of_the_next() {
    for first in [
        "<!--[if !mso]><!-->web<!--<![endif]-->",
        "<!--[if !mso]><!-- -->web<!--<![endif]-->",
        "<![if !mso]>web<![endif]>",
        "web<!--[if mso]><b>one</b><![ENDIF]-->",
        "web<!--[if mso]><b>one</b><![ endif]-->",
    ] {
        let page = read(&format!("{first}<!--[if mso]><a href='//evil.example/'>lure</a><![endif]-->"));
        assert_eq!(page.text, "web", "{first}");
        assert!(page.hidden_text.ends_with("lure") && !page.hidden_text.contains("if"), "{first}: {page:?}");
        assert_eq!(targets(&page), ["//evil.example/"], "{first}");
    }
}

#[test]
fn tables_that_keep_room_say_nothing() {
    let begin = "<!--[if mso | IE]><table width=\"600\"><tr><td width=\"300\" style=\"line-height:0\"><![endif]-->";
    let end = "<!--[if mso | IE]></td></tr></table><![endif]-->";
    let page = read(&format!("<style>td{{color:#333}}</style>{}", format!("{begin}<p>a</p>{end}").repeat(100)));
    assert_eq!((page.hidden_text.as_str(), page.links.len(), page.is_whole), ("", 0, true));
    assert!(read(&"<!--[if mso]><p>a".repeat(20_000)).hidden_text.len() < 100);
    assert!(read(&"<!--[if mso]><p>a<![endif]-->".repeat(20_000)).is_whole);
}
