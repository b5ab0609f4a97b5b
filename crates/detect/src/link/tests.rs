//! Hosts as browsers read them, and tricks that hide them.

use super::*;

fn check_host(target: &str, expected: Option<&str>) {
    assert_eq!(host(target).as_deref(), expected, "{target:?}");
}

#[test]
fn hosts_are_read_as_browsers_read_them() {
    check_host("https://www.shop.example/path?x#y", Some("www.shop.example"));
    check_host("HTTP://WWW.Shop.Example", Some("www.shop.example"));
    check_host("https://www.bank.example@evil.example/", Some("evil.example"));
    check_host("http://3405803785/x", Some("203.0.113.9"));
    check_host("ht\ttp://evil.example/tab", Some("evil.example"));
    check_host("//evil.example/x", Some("evil.example"));
    check_host("www.evil.example/bare", Some("www.evil.example"));
    check_host("https:\\\\evil.example\\x", Some("evil.example"));
    check_host("https://evil.example:8443/x", Some("evil.example"));
    check_host("mailto:bob@corp.example", None);
    check_host("#top", None);
    check_host("", None);
}

#[test]
fn disguises_have_names() {
    let check = |target: &str, expected: Option<&str>| assert_eq!(disguise(target), expected, "{target:?}");
    check("https://www.bank.example@evil.example/", Some("host_as_user"));
    check("http://3405803785/decimal", Some("coded_address"));
    check("http://0xCB.0x0.0x71.9/hex", Some("coded_address"));
    check("http://203.0.113.9/x", Some("address_literal"));
    check("http://[2001:db8::9]/x", Some("address_literal"));
    check("ht\ttp://evil.example/tab", Some("split_scheme"));
    check("http://192.168.1.20/printer", None);
    check("https://bob@files.example/x", None);
    check("https://shop.example:8443/x", None);
    check("mailto:bob@corp.example", None);
}

#[test]
fn a_text_shows_a_host_when_it_is_one() {
    let check = |text: &str, expected: Option<&str>| assert_eq!(shown_host(text).as_deref(), expected, "{text:?}");
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
}
