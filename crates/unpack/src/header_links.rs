//! Links in the header of a message: in its Subject, which programs show and make clickable, and in the fields of a list (RFC 2369
//! 3), which they make buttons of. The header is no part, so no worker is asked.

use mail::links::{find, inner};
use mail::message::Message;
use scan::content::{Item, Link, LinkKind};

use crate::text;

/// Fields that are looked at, with their place and the kind of their links: what is in a list's button nobody has read.
const FIELDS: [(&str, &str, LinkKind); 4] = [
    ("subject", "header:subject", LinkKind::Text),
    ("list-unsubscribe", "header:list-unsubscribe", LinkKind::Other),
    ("list-help", "header:list-help", LinkKind::Other),
    ("list-archive", "header:list-archive", LinkKind::Other),
];
/// Fields of one name that are looked at, and bytes of each.
const SAME_MAX: usize = 8;
const FIELD_BYTES_MAX: usize = 16 * 1024;
/// Links kept of all fields of one name.
const LINKS_MAX: usize = 64;
/// The mark of an item of which not all was looked at.
const CUT: &str = "text_cut";

/// An item for each of these fields that has links, or more than is looked at, without text: whoever looks for words reads the header itself.
#[must_use]
pub fn items(message: &Message) -> Vec<Item> {
    FIELDS.iter().filter_map(|(name, place, kind)| item(message, name, place, *kind)).collect()
}

fn item(message: &Message, name: &str, place: &str, kind: LinkKind) -> Option<Item> {
    let mut links: Vec<Link> = Vec::new();
    let mut is_cut = message.all(name).nth(SAME_MAX).is_some();
    for field in message.all(name).take(SAME_MAX) {
        let mut value = field.decoded();
        is_cut |= value.len() > FIELD_BYTES_MAX;
        text::cut(&mut value, FIELD_BYTES_MAX);
        let found = find::links(&value);
        let found = found.iter().flat_map(|target| std::iter::once(target.to_string()).chain(inner::inner(target)));
        for target in found.filter(|target| !is_address(target)) {
            if links.iter().any(|link| link.target == target) {
                continue;
            }
            if links.len() >= LINKS_MAX {
                is_cut = true;
                break;
            }
            links.push(Link { target, text: String::new(), kind });
        }
    }
    let is_telling = is_cut || !links.is_empty();
    let item = Item {
        place: place.to_owned(),
        kind: "text".to_owned(),
        declared: "text/plain".to_owned(),
        inline: true,
        links,
        marks: is_cut.then(|| CUT.to_owned()).into_iter().collect(),
        ..Item::default()
    };
    is_telling.then_some(item)
}

/// A mailbox to write to leads nowhere.
fn is_address(target: &str) -> bool {
    mail::links::split_scheme(target).is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("mailto"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &str, expected: &[(&str, &[&str])]) {
        let message = Message::parse(format!("{header}\r\nFrom: a@a.example\r\n\r\nhi\r\n").into_bytes().into());
        let items = items(&message);
        let found: Vec<(&str, Vec<&str>)> = items
            .iter()
            .map(|item| (item.place.as_str(), item.links.iter().map(|link| link.target.as_str()).collect()))
            .collect();
        let expected: Vec<(&str, Vec<&str>)> = expected.iter().map(|(place, all)| (*place, all.to_vec())).collect();
        assert_eq!(found, expected, "{header}");
        assert!(items.iter().all(|item| item.inline && item.sha256.is_empty() && item.text.is_empty()));
    }

    #[test]
    fn links_of_subject_and_list() {
        check("Subject: see http://evil.example/x", &[("header:subject", &["http://evil.example/x"])]);
        check("Subject: =?utf-8?B?aHR0cDovL2V2aWwuZXhhbXBsZS94?=", &[("header:subject", &["http://evil.example/x"])]);
        check(
            "List-Unsubscribe: <mailto:u@l.example?subject=x>,\r\n <https://l.example/u?id=1>",
            &[("header:list-unsubscribe", &["https://l.example/u?id=1"])],
        );
        check(
            "List-Help: <mailto:help@l.example>, <https://l.example/help>\r\nList-Archive: <https://l.example/archive>",
            &[
                ("header:list-help", &["https://l.example/help"]),
                ("header:list-archive", &["https://l.example/archive"]),
            ],
        );
        check(
            "Subject: a\r\nSubject: two http://evil.example/y http://evil.example/y",
            &[("header:subject", &["http://evil.example/y"])],
        );
        check(
            "Subject: mailto:a@b.example?body=see%20https://evil.example/z",
            &[("header:subject", &["https://evil.example/z"])],
        );
        let many: String = (0..100).map(|at| format!("http://evil.example/{at} ")).collect();
        let message = Message::parse(format!("Subject: {many}\r\n\r\n").into_bytes().into());
        assert_eq!(items(&message)[0].links.len(), LINKS_MAX);
        assert_eq!(items(&message)[0].marks, [CUT]);
    }

    #[test]
    fn more_than_is_looked_at_is_told() {
        let long = format!("Subject: {}http://evil.example/x", "a ".repeat(FIELD_BYTES_MAX / 2));
        let ninth = "Subject: a\r\n".repeat(SAME_MAX) + "Subject: http://evil.example/x";
        for header in [long, ninth] {
            let message = Message::parse(format!("{header}\r\n\r\n").into_bytes().into());
            let found = items(&message);
            assert!(found[0].links.is_empty());
            assert_eq!(found[0].marks, [CUT]);
        }
        let message = Message::parse(b"Subject: see http://a.example/x\r\n\r\n".to_vec().into());
        assert!(items(&message)[0].marks.is_empty());
    }

    #[test]
    fn headers_without_links() {
        check("Subject: Minutes of Tuesday, see page 3.2", &[]);
        check("List-Unsubscribe: <mailto:u@l.example>\r\nList-Id: <l.l.example>", &[]);
    }
}
