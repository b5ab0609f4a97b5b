//! Tricks that hide where a link leads, and hosts in a text.

use super::*;

#[test]
fn disguises_have_names() {
    let check = |target: &str, expected: Option<&str>| assert_eq!(disguise(target), expected, "{target:?}");
    check("https://www.bank.example@evil.example/", Some("host_as_user"));
    check("http://3405803785/decimal", Some("coded_address"));
    check("http://0xCB.0x0.0x71.9/hex", Some("coded_address"));
    check("http://203.0.113.9/x", Some("address_literal"));
    check("http://[2001:db8::9]/x", Some("address_literal"));
    check("ht\ttp://evil.example/tab", Some("split_scheme"));
    check("http://ev%69l.example/x", Some("coded_host"));
    check("http://evil\u{ff0e}example/x", Some("wide_letters"));
    check("http://ev\u{200b}il.example/x", Some("invisible_character"));
    check("http://192.168.1.20/printer", None);
    check("https://bob@files.example/x", None);
    check("https://shop.example:8443/x", None);
    check("mailto:bob@corp.example", None);
}

#[test]
fn a_text_shows_a_host_when_it_is_one() {
    let own = Domain::parse("corp.intern").expect("a domain");
    let knowledge = Knowledge::built_in(vec![own]).expect("built in");
    let check = |text: &str, expected: Option<&str>| {
        assert_eq!(shown_host(text, &knowledge).as_deref(), expected, "{text:?}");
    };
    check("https://www.bank.example/login", Some("www.bank.example"));
    check("Visit (www.bank.example).", Some("www.bank.example"));
    check("bank.com", Some("bank.com"));
    check("Bank.com/login", Some("bank.com"));
    check("report.zip", None);
    check("report.pdf", None);
    check("See bank.com now", None);
    check("bob@bank.com", None);
    check("Click here.", None);
    check("1.2.3", None);
    check("bank.example", Some("bank.example"));
    check("corp.intern", Some("corp.intern"));
    check("plan.intern", None);
}

#[test]
fn a_url_is_read_as_people_see_it() {
    let knowledge = Knowledge::built_in(Vec::new()).expect("built in");
    let check = |text: &str, expected: &[&str]| assert_eq!(shown_hosts(text, &knowledge), expected, "{text:?}");
    check("h\u{200b}ttps://www.bank.example/", &["www.bank.example"]);
    check("www\u{3002}bank\u{3002}com", &["www.bank.com"]);
    check("\u{ff57}\u{ff57}\u{ff57}\u{ff0e}bank\u{ff0e}com", &["www.bank.com"]);
    check("www.a\u{440}\u{430}ypal.com", &["www.xn--aypal-4ve5i.com"]);
    check("\u{201c}https://www.bank.example\u{201d}", &["www.bank.example"]);
    check("\u{2192}https://www.bank.example\u{2190}", &["www.bank.example"]);
    check("ftp://files.bank.example/x", &["files.bank.example"]);
    check("http://evil.example or https://www.bank.example", &["evil.example", "www.bank.example"]);
    check(&format!("{}https://www.bank.example", "word ".repeat(20)), &["www.bank.example"]);
    check("\u{672c}\u{65e5}\u{306f}\u{3002}\u{5e97}", &[]);
    check("\u{65e5}\u{672c}\u{8a9e}", &[]);
}

#[test]
fn what_is_glued_to_a_url_is_not_part_of_it() {
    let knowledge = Knowledge::built_in(Vec::new()).expect("built in");
    let check = |text: &str, expected: &[&str]| assert_eq!(shown_hosts(text, &knowledge), expected, "{text:?}");
    for text in [
        "Link:https://www.bank.example/",
        "Website:www.bank.example",
        "Login\u{2192}HTTPS://www.bank.example/",
        "(Link)https://www.bank.example",
        "Login|https://www.bank.example",
        "\u{767b}\u{5f55}https://www.bank.example/",
        "\u{767b}\u{5f55}www.bank.example",
        "https:\\\\www.bank.example",
        "//www.bank.example",
    ] {
        check(text, &["www.bank.example"]);
    }
    check("web.archive.example/2026/https://www.bank.example/", &["web.archive.example"]);
    check("archive.example?u=https://www.bank.example/", &["archive.example"]);
    check("see archive.example/https://www.bank.example/", &[]);
    check("https://archive.example/https://www.bank.example/", &["archive.example"]);
    check("bob@www.bank.example", &[]);
    check("mailto:bob@www.bank.example", &[]);
    check("my-www.bank.example", &["my-www.bank.example"]);
    check("see awww.bank.example", &[]);
    check("caf\u{e9}www.bank.example now", &[]);
}

#[test]
fn signs_around_a_host_are_not_part_of_it() {
    let knowledge = Knowledge::built_in(Vec::new()).expect("built in");
    let check = |text: &str, expected: &[&str]| assert_eq!(shown_hosts(text, &knowledge), expected, "{text:?}");
    for text in [
        "\u{201c}bank.example\u{201d}",
        "\u{ab}bank.example\u{bb}",
        "(bank.example)",
        "bank.example.",
        "bank.example:",
        "bank.example!",
        "bank.example \u{2192}",
        "\u{1f512} bank.example",
        "[ bank.example/login ]",
        "//bank.example",
    ] {
        check(text, &["bank.example"]);
    }
    for text in
        ["(report.pdf)", "report.zip \u{2192}", "#bank.example", "@bank.example", "1. bank.example", ".NET", "\u{2192}"]
    {
        check(text, &[]);
    }
}
