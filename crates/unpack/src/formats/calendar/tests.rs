//! What an invitation says.

use crate::formats::shown::open;

fn invitation(lines: &str) -> scan::content::Content {
    let whole = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Meeting\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    open("", "text/calendar", whole.as_bytes())
}

#[test]
fn tags_anywhere_in_what_it_says_are_read() {
    for (line, target, host) in [
        (
            "DESCRIPTION:Join <a href=\"http&#58;//evil.example/login\">here</a>",
            "http://evil.example/login",
            "evil.example",
        ),
        ("DESCRIPTION:Join <A HREF=//evil.example/login>here</A>", "//evil.example/login", "evil.example"),
        ("LOCATION:Room <a href='https:/evil.example/a'>here</a>", "https:/evil.example/a", "evil.example"),
    ] {
        let content = invitation(line);
        let item = &content.items[0];
        let link = item.links.iter().find(|link| link.target == target);
        assert_eq!(link.map(|link| link.text.as_str()), Some("here"), "{line}: {item:?}");
        assert_eq!(mail::links::normal(target).map(|link| link.host).as_deref(), Some(host), "{line}");
        assert!(item.text.contains(" here") && !item.text.contains('<'), "{line}: {}", item.text);
        assert!(item.other_text.contains("href") || item.other_text.contains("HREF"), "{line}: {}", item.other_text);
    }
}

#[test]
fn what_has_no_tags_is_text() {
    let content = invitation("DESCRIPTION:5 < 6\\, see www.a.example\r\nCOMMENT:a href");
    let item = &content.items[0];
    assert_eq!(item.text.lines().collect::<Vec<_>>(), ["Meeting", "5 < 6, see www.a.example", "a href"]);
    assert!(item.other_text.is_empty());
}

#[test]
fn many_events_cost_little() {
    let many = "DESCRIPTION:Join <a href=//a.example/b>here</a>\r\n".repeat(5_000);
    let content = invitation(many.trim_end());
    assert!(content.unopened.is_empty() && content.items[0].text.lines().count() >= 5_000);
}
