//! What only a key opens, and why a copy stays.

use mail::address::Address;
use mail::envelope::{Direction, Recipient, TenantId};
use scan::action::Remove;
use scan::content::Item;
use store::record::judged::{DoneRecord, PersonalRecord};

use super::*;

fn content(kind: &str, text: &str) -> Content {
    let (place, kind, text) = ("2".to_owned(), kind.to_owned(), text.to_owned());
    Content { items: vec![Item { place, kind, text, ..Item::default() }], ..Content::default() }
}

#[test]
fn only_a_key_opens_what_is_encrypted_for_its_reader() {
    let armoured = "Hello,\n> -----BEGIN PGP MESSAGE-----\n> \n> hQEMA...";
    for (kind, text) in [("pgp", ""), ("p7m", ""), ("text", armoured)] {
        assert!(only_a_key_opens("2", &content(kind, text)), "{kind}");
    }
    for kind in ["zip", "unknown", "ole", "pdf", "text"] {
        assert!(!only_a_key_opens("2", &content(kind, "")), "{kind}");
    }
    assert!(!only_a_key_opens("2/zip:0", &content("pgp", "")), "another place");
}

fn ruling(actions: Vec<Action>) -> Ruling {
    let address = Address::parse("bob@corp.example").unwrap();
    let recipient = Recipient { address, tenant: TenantId::DEFAULT, direction: Direction::Inbound, groups: Vec::new() };
    Ruling { recipient, actions, because: Vec::new(), not_checked: Vec::new() }
}

#[test]
fn a_copy_that_stays_says_why() {
    let stopped = ruling(vec![Action::Disarm, Action::Quarantine]);
    assert_eq!(why_it_stays(Some(&stopped), Some("x cannot be disarmed")), "the rules say quarantine");
    let changed = ruling(vec![Action::Remove(Remove::default()), Action::Disarm, Action::Disarm, Action::Deliver]);
    assert_eq!(
        why_it_stays(Some(&changed), Some("a.zip cannot be disarmed: it is encrypted")),
        "a rule changes the copy (disarm, remove), which is not done to opened mail, nor before: a.zip cannot be disarmed: it is \
         encrypted; `release` delivers it as it came"
    );
    assert!(why_it_stays(Some(&changed), None).contains("not done to opened mail; `release`"));
    assert!(why_it_stays(None, None).contains("the original of a changed copy"));
}

#[test]
fn the_reason_of_before_is_that_of_the_same_recipient() {
    let done = |recipient: u16, event: &str, detail: &str| DoneRecord {
        recipient,
        event: event.to_owned(),
        detail: detail.to_owned(),
    };
    let done = vec![
        done(0, "removed", "b.exe"),
        done(0, "not_changed", "of the first"),
        done(1, "not_changed", "of the second"),
    ];
    let last =
        JudgedRecord { personal: PersonalRecord { done, ..PersonalRecord::default() }, ..JudgedRecord::default() };
    assert_eq!(not_changed(Some(&last), 1), Some("of the second"));
    assert_eq!((not_changed(Some(&last), 2), not_changed(None, 1)), (None, None));
}
