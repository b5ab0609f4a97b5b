//! Of two attributes with one name.

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
