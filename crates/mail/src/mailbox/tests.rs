//! Address lists as senders and attackers write them.

use super::*;

fn check(value: &str, expected: &str) {
    let list = parse(value.as_bytes(), 0);
    let mut text: Vec<String> = list
        .mailboxes
        .iter()
        .map(|each| {
            assert!(value.get(each.range.clone()).is_some(), "the range is inside");
            format!("{}[{}]{}", each.name, each.text, if each.address.is_some() { "" } else { "!" })
        })
        .collect();
    if list.is_bad {
        text.push("bad".into());
    }
    assert_eq!(text.join(" "), expected, "{value}");
}

#[test]
fn usual_lists() {
    check("a@b.example", "[a@b.example]");
    check("Ann <a@b.example>, \"B, C\" <c@d.example>", "Ann[a@b.example] B, C[c@d.example]");
    check("a@b.example (Ann (the) A)", "Ann (the) A[a@b.example]");
    check("=?utf-8?Q?J=C3=BCrgen?= =?utf-8?Q?_X?= <a@b.example>", "J\u{fc}rgen X[a@b.example]");
    check("\"=?utf-8?B?eA==?=\" <a@b.example>", "x[a@b.example]");
    check("=?iso-2022-jp?Q?d=40e=1B$B=1B(B.example?= <a@b.example>", "d@e.example[a@b.example]");
    check("=?hz-gb-2312?Q?d=40e~{~}.example?= <a@b.example>", "d@e.example[a@b.example]");
    check("\"a b\"@c.example", "[\"a b\"@c.example]");
    check("x <a@[192.0.2.1]>, b@[IPv6:2001:db8::1]", "x[a@[192.0.2.1]] [b@[IPv6:2001:db8::1]]");
    check("Ann\r\n <a@b.example>", "Ann[a@b.example]");
}

#[test]
fn groups_and_obsolete_forms() {
    check("undisclosed-recipients:;", "");
    check("Team: a@b.example, C <c@d.example>; e@f.example", "[a@b.example] C[c@d.example] [e@f.example]");
    check("<@relay.example,@two.example:a@b.example>", "[a@b.example]");
    check("Pete(a (nested) comment) <pete(his account)@b.example(host)>", "Pete[pete@b.example]");
    check("a @ b.example", "[a@b.example]");
    check(",, a@b.example ,", "[a@b.example]");
    check("", "");
}

#[test]
fn a_group_gives_its_name_to_its_first_mailbox() {
    let groups = |value: &str| -> Vec<String> {
        parse(value.as_bytes(), 0).mailboxes.into_iter().map(|each| each.group).collect()
    };
    assert_eq!(groups("\"ceo@corp.example\": <a@evil.example>, <b@evil.example>;"), ["ceo@corp.example", ""]);
    assert_eq!(groups("=?utf-8?Q?Caf=C3=A9?=: a@b.example;"), ["Caf\u{e9}"]);
    assert_eq!(groups("Team:; Ann <a@b.example>"), [""]);
    assert_eq!(groups("Ann <a@b.example>"), [""]);
}

#[test]
fn what_makes_programs_show_another_host_is_noted() {
    let check = |value: &str, expected: (bool, bool)| {
        let list = parse(value.as_bytes(), 0);
        assert_eq!((list.mailboxes[0].has_route, list.mailboxes[0].is_parted), expected, "{value}");
    };
    check("<@relay.example,@two.example:a@b.example>", (true, false));
    check("Ann < @relay.example:a@b.example>", (true, false));
    check("@relay.example:a@b.example", (true, false));
    check("\"<@relay.example:a@b.example>\" <a@b.example>", (false, false));
    check("<a@b .c.example>", (false, true));
    check("<a@b\r\n\tc.example>", (false, true));
    check("<\"x@y\" a@b.example>", (false, true));
    check("<a b@c.example>", (false, false));
    check("<a@b .c<d@e.example>", (false, true));
    check("<a@b<c d@e.example>", (false, false));
    check("< a @ b.example >", (false, false));
    check("<a@b.example (host) >", (false, false));
    check("Ann B <a@b.example>", (false, false));
}

#[test]
fn broken_lists() {
    check("Ann a@b.example", "Ann[a@b.example]");
    check("<a@b.example> <c@d.example>", "[a@b.example] [c@d.example] bad");
    check("<a@b.example>\\,<c@d.example>", "\\[a@b.example] [c@d.example] bad");
    check("<a@b.example, c@d.example", "[a@b.example] [c@d.example] bad");
    check("\"open <a@b.example>", "\"open[a@b.example] bad");
    check("(open <a@b.example>", "(open[a@b.example] bad");
    check("<<a@b.example>>", ">[a@b.example] bad");
    check("<x@y.example<a@b.example>", "[a@b.example] bad");
    check("<>", "[]! bad");
    check("MAILER-DAEMON", "MAILER-DAEMON[]! bad");
    check("x,(<a@b.example>)", "x[]! <a@b.example>[]! bad");
}

#[test]
fn an_address_in_a_display_name_stays_in_the_name() {
    check("\"ceo@corp.example\" <a@evil.example>", "ceo@corp.example[a@evil.example]");
    check("ceo@corp.example <a@evil.example>", "ceo@corp.example[a@evil.example]");
    check("=?utf-8?B?PGNlb0Bjb3JwLmV4YW1wbGU+?=, <a@evil.example>", "<ceo@corp.example>[]! [a@evil.example] bad");
    check("=?utf-8?Q?Doe,_<John>?= <a@b.example>", "Doe, <John>[a@b.example]");
}

#[test]
fn mailboxes_have_a_limit() {
    let many = "a@b.example,".repeat(limits::MAILBOXES_MAX + 5);
    let list = parse(many.as_bytes(), 0);
    assert!(list.is_cut);
    assert_eq!(list.mailboxes.len(), limits::MAILBOXES_MAX);
}

#[test]
fn words_of_a_mailbox_have_a_limit() {
    let list = parse(format!("{}<a@b.example>, c@d.example", "( ".repeat(limits::MAILBOX_WORDS_MAX + 5)).as_bytes(), 0);
    let texts: Vec<&str> = list.mailboxes.iter().map(|each| each.text.as_str()).collect();
    assert_eq!(texts, ["a@b.example", "c@d.example"]);
    assert!(list.is_cut);
}

#[test]
fn a_mailbox_knows_its_place() {
    let list = parse(b" Ann <a@b.example> , c@d.example", 100);
    let ranges: Vec<_> = list.mailboxes.iter().map(|each| each.range.clone()).collect();
    assert_eq!(ranges, [101..118, 121..132]);
}
