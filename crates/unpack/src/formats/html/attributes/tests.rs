//! Of two attributes with one name; addresses without slashes, and with semicolons in them.

use super::leads_away;
use crate::formats::html::{Page, read};

fn marks(page: &Page) -> Vec<&str> {
    page.marks.iter().copied().collect()
}

#[test]
fn the_first_counts() {
    assert_eq!(marks(&read("<input type=password type=text>")), ["password_field"]);
    assert!(marks(&read("<input type=text type=password>")).is_empty());
    let refresh = |contents: &str| read(&format!("<meta http-equiv=refresh {contents}>")).links;
    assert_eq!(refresh("content='0;url=https://evil.example/a' content=x")[0].target, "https://evil.example/a");
    assert!(refresh("content=x content='0;url=https://evil.example/a'").is_empty());
    let hidden = |classes: &str| read(&format!("<style>.a{{display:none}}</style><p {classes}>word")).hidden_text;
    assert_eq!((hidden("class=a class=b").as_str(), hidden("class=b class=a").as_str()), ("word", ""));
    assert_eq!(read("<p style='color:red' style='display:none'>word").text, "word");
    assert_eq!(read("<p style='display:none' style='color:red'>word").hidden_text, "word");
}

#[test]
fn what_the_other_leads_to_is_kept() {
    let page = read("<iframe srcdoc='<a href=https://evil.example/a>b</a>' srcdoc=''></iframe>");
    assert!(page.children.iter().any(|child| child.bytes.starts_with(b"<a href")), "{page:?}");
    let targets = |html: &str| read(html).links.into_iter().map(|link| link.target).collect::<Vec<_>>();
    assert_eq!(targets("<a href='https://one.example/' href='https://two.example/'>x</a>").len(), 2);
    let images = targets("<p style='color:red' style='background:url(https://evil.example/a.png)'>x");
    assert_eq!(images, ["https://evil.example/a.png"]);
}

fn targets(html: &str) -> Vec<String> {
    read(html).links.into_iter().map(|link| link.target).collect()
}

#[test]
fn animations_lead_where_they_end() {
    for (step, target) in [
        ("<set attributeName='href' to='https:/evil.example/login'/>", "https:/evil.example/login"),
        ("<set attributeName='xlink:href' to='https:evil.example/login'/>", "https:evil.example/login"),
        ("<set attributeName='href' to='//evil.example/login'/>", "//evil.example/login"),
        ("<animate attributeName=HREF values='https:\\evil.example\\login'/>", "https:\\evil.example\\login"),
        ("<animate attributeName='href' values='#; https:/evil.example/login'/>", "https:/evil.example/login"),
        ("<s:animate attributeName='h&#114;ef' by='&#104;ttps&#58;/evil.example/login'/>", "https:/evil.example/login"),
        (
            "<set attributeName='href' to='https://www.a.example;x@evil.example/'/>",
            "https://www.a.example;x@evil.example/",
        ),
    ] {
        let page = read(&format!("<svg><a>{step}<text>Open</text></a></svg>"));
        let found: Vec<&str> = page.links.iter().map(|link| link.target.as_str()).collect();
        assert_eq!(found, [target], "{step}");
        assert_eq!(mail::links::normal(target).map(|link| link.host).as_deref(), Some("evil.example"), "{step}");
    }
    assert_eq!(
        targets("<svg><set attributeName=href from=a to='ht&#9;tps:/&#9;/evil.example/'/></svg>")[1],
        "ht\ttps:/\t/evil.example/"
    );
    assert!(marks(&read("<svg><a><set attributeName=href to='javascript:go()'/></a></svg>")).contains(&"script"));
    assert!(targets("<svg><animate attributeName=fill values='red;blue' to='green'/></svg>").is_empty());
    let many = read(&format!("<svg><animate attributeName=href values='{}'/></svg>", "a;".repeat(30_000)));
    assert!(!many.is_whole && many.links.len() == 20_000);
}

#[test]
fn a_semicolon_may_stand_in_an_address() {
    let whole = "https://www.a.example;x@evil.example/x.png";
    for html in [
        format!("<table background='{whole}'><tr><td>x</table>"),
        format!("<video poster='{whole}'></video>"),
        format!("<object data='{whole}'></object>"),
        format!("<p data-x='{whole}'>"),
    ] {
        assert_eq!(targets(&html), [whole, "https://www.a.example"], "{html}");
    }
    let list = "<p data-x='a;https://one.example/;b:c;https:/two.example/'>";
    assert_eq!(targets(list), ["https://one.example/", "b:c", "https:/two.example/"]);
}

#[test]
fn whatever_slashes_an_address_has() {
    for (value, is_address) in [
        ("https://a.example/", true),
        ("HTTPS:/a.example", true),
        (" https:a.example/x", true),
        ("h\tttps:\\a.example", true),
        ("//a.example/x", true),
        ("\\\\a.example\\x", true),
        ("/a.example/x", false),
        ("a.example/x", false),
        ("12:30", false),
        ("color:red", false),
        ("mailto:a@a.example", false),
        ("{\"a\":\"https:\"}", false),
        ("", false),
    ] {
        assert_eq!(leads_away(value), is_address, "{value:?}");
    }
    assert_eq!(
        targets("<p data-x='https:/evil.example/a' title='https:/evil.example/b' alt='//evil.example/c'>"),
        ["https:/evil.example/a"]
    );
    assert_eq!(targets("<a [href]=\"'https:/' + '/evil.example/login'\">x</a>"), ["https://evil.example/login"]);
}
