//! Links in the header of a message: in its Subject and other fields that programs show and make clickable, and in the fields of a
//! list (RFC 2369 3), which they make buttons of. The header is no part, so no worker is asked.

use mail::links::{find, inner, normal};
use mail::message::Message;
use scan::content::{Item, Link, LinkKind};

use crate::text;

/// How a field holds links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// In its words, which whoever looks for words reads in the header itself.
    Words,
    /// In words that a program shows with the text of the message.
    ShownWords,
    /// It is an address, in quotes, angle brackets or neither (RFC 2110 4.2, RFC 5064 2).
    Address,
    /// Addresses in angle brackets (RFC 2369 2).
    Addresses,
}

/// Fields that are looked at, with the kind of their links: what is in a list's button nobody has read. Thunderbird shows Content-Base
/// as the website of a message, Outlook X-Message-Flag above its text.
const FIELDS: [(&str, LinkKind, Form); 10] = [
    ("subject", LinkKind::Text, Form::Words),
    ("x-message-flag", LinkKind::Text, Form::ShownWords),
    ("content-base", LinkKind::Text, Form::Address),
    ("archived-at", LinkKind::Other, Form::Address),
    ("list-unsubscribe", LinkKind::Other, Form::Addresses),
    ("list-help", LinkKind::Other, Form::Addresses),
    ("list-archive", LinkKind::Other, Form::Addresses),
    ("list-subscribe", LinkKind::Other, Form::Addresses),
    ("list-post", LinkKind::Other, Form::Addresses),
    ("list-owner", LinkKind::Other, Form::Addresses),
];
/// Fields of one name that are looked at, and bytes of each.
const SAME_MAX: usize = 8;
const FIELD_BYTES_MAX: usize = 16 * 1024;
/// Links kept of all fields of one name.
const LINKS_MAX: usize = 64;
/// The mark of an item of which not all was looked at.
const CUT: &str = "text_cut";

/// An item for each of these fields that has links, words that are shown, or more than is looked at. The words of the Subject are none
/// of its text: whoever looks for words reads the header itself.
#[must_use]
pub fn items(message: &Message) -> Vec<Item> {
    FIELDS.iter().filter_map(|(name, kind, form)| item(message, name, *kind, *form)).collect()
}

fn item(message: &Message, name: &str, kind: LinkKind, form: Form) -> Option<Item> {
    let mut links: Vec<Link> = Vec::new();
    let mut shown = String::new();
    let mut is_cut = message.all(name).nth(SAME_MAX).is_some();
    for field in message.all(name).take(SAME_MAX) {
        let mut value = field.decoded();
        is_cut |= text::cut(&mut value, FIELD_BYTES_MAX);
        if form == Form::ShownWords {
            text::break_line(&mut shown);
            shown.push_str(&value);
        }
        let found = targets(&value, form);
        let found = found.into_iter().flat_map(|target| {
            let inner = inner::inner(&target);
            std::iter::once(target).chain(inner)
        });
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
    let is_telling = is_cut || !links.is_empty() || !shown.is_empty();
    let item = Item {
        place: format!("header:{name}"),
        kind: "text".to_owned(),
        declared: "text/plain".to_owned(),
        inline: true,
        text: shown,
        links,
        marks: is_cut.then(|| CUT.to_owned()).into_iter().collect(),
        ..Item::default()
    };
    is_telling.then_some(item)
}

/// What a field leads to: addresses as programs take them out of it, and links as they stand in its words.
fn targets(value: &str, form: Form) -> Vec<String> {
    let whole = (form == Form::Address && !value.contains('<')).then_some(value);
    let has_brackets = matches!(form, Form::Address | Form::Addresses);
    let inside = value.split('<').skip(1).filter(|_| has_brackets);
    let inside = inside.map(|rest| rest.split('>').next().unwrap_or_default());
    let addresses = whole.into_iter().chain(inside).map(without_space).filter(|address| normal(address).is_some());
    addresses.chain(find::links(value).into_iter().map(|link| link.into_owned())).collect()
}

/// White space in an address is none of it: long ones go over several lines (RFC 2369 2, RFC 2557 4.4.2).
fn without_space(address: &str) -> String {
    let address: String = address.split_whitespace().collect();
    address.trim_matches('"').to_owned()
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
        assert!(items.iter().all(|item| item.inline && item.sha256.is_empty()));
        let is_silent = |item: &&Item| item.place != "header:x-message-flag";
        assert!(items.iter().filter(is_silent).all(|item| item.text.is_empty()));
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
    fn white_space_within_brackets_is_passed_over() {
        check(
            "List-Unsubscribe: <https://ev\r\n il.example/u>, <mailto:u@l.example>",
            &[("header:list-unsubscribe", &["https://evil.example/u", "https://ev", "il.example/u"])],
        );
        check(
            "List-Unsubscribe: (see)\r\n < https:/l.example/u ><https://m.example/u",
            &[("header:list-unsubscribe", &["https:/l.example/u", "https://m.example/u"])],
        );
        check(
            "List-Unsubscribe: <https://www.bank.example,http@evil.example/u>",
            &[(
                "header:list-unsubscribe",
                &["https://www.bank.example,http@evil.example/u", "https://www.bank.example"],
            )],
        );
        check(
            "List-Unsubscribe: <http://:x@evil.example/u>",
            &[("header:list-unsubscribe", &["http://:x@evil.example/u"])],
        );
    }

    #[test]
    fn every_field_that_programs_make_clickable() {
        for name in ["list-post", "list-subscribe", "list-owner", "list-archive", "list-help", "archived-at"] {
            let place = format!("header:{name}");
            check(&format!("{name}: <http://evil.example/x>"), &[(place.as_str(), &["http://evil.example/x"])]);
        }
        for written in ["http://evil.example/x", "\"http://ev\r\n il.example/x\"", "<http://evil.example\r\n /x>"] {
            let message = Message::parse(format!("Content-Base: {written}\r\n\r\n").into_bytes().into());
            let items = items(&message);
            assert_eq!(items[0].place, "header:content-base");
            assert_eq!(items[0].links[0].target, "http://evil.example/x", "{written}");
        }
        check("Archived-At: Thu, 23 Nov 2017 08:58:26 -0000\r\nContent-Base: images/", &[]);
    }

    #[test]
    fn a_flag_is_shown_with_the_text() {
        check("X-Message-Flag: see http://evil.example/x", &[("header:x-message-flag", &["http://evil.example/x"])]);
        let message = Message::parse(b"X-Message-Flag: Call us\r\nX-Message-Flag: now\r\n\r\n".to_vec().into());
        assert_eq!(items(&message)[0].text, "Call us\nnow");
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
