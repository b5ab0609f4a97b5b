//! Links with a user before the host, and hosts behind much else.

use super::{check_found, check_host};
use crate::links::find;
use crate::links::inner::inner;
use crate::links::normal::{PATH_BYTES_MAX, normal};

// Where a link ends within its user for some programs, others take it whole.
#[test]
fn links_that_end_within_a_user_stand_there_whole_as_well() {
    let cases = [
        ("", ",http"),
        ("", ";http"),
        ("", ",HTTPS"),
        ("", ",www.x"),
        ("", "|http"),
        (":443", ",https"),
        (":8080", ";https:x"),
        ("", "，"),
        ("", "）"),
        ("", "、x"),
        ("", "；"),
        ("", "」"),
        ("", "’s"),
        ("", "»x"),
        ("", "”x"),
        ("", "“"),
        ("", "„"),
        ("", "`"),
        ("", "\u{82}"),
        ("", "\u{1}"),
        ("", "\u{fffd}"),
    ];
    for (port, sign) in cases {
        let short = format!("https://www.bank.example{port}");
        let whole = format!("{short}{sign}@evil.example/login");
        for text in [format!("See {whole} today"), format!("<{whole}>"), format!("<URL:{whole}>, (x)")] {
            check_found(&text, &[&short, &whole]);
        }
        check_host(&whole, Some("evil.example"));
    }
    check_found(
        "<https://www.bank.example,http@\r\nevil.example/login>",
        &["https://www.bank.example", "https://www.bank.example,http@evil.example/login", "evil.example/login"],
    );
    // One reading is enough where both are the same.
    check_found("http://u@a.example,http://b.example/x", &["http://u@a.example", "http://b.example/x"]);
    check_found("(https://u:p@a.example/c_(d)).", &["https://u:p@a.example/c_(d)"]);
    check_found(
        "https://b.example/@ann and https://b.example/?to=ann@c.example",
        &["https://b.example/@ann", "https://b.example/?to=ann@c.example"],
    );
}

#[test]
fn users_and_hosts_begin_with_any_sign() {
    for user in [":x", "~x", "!", "$x", "+x", "=x", ";x", ",x", "(x)", "'x", "“x", "☕", "，x"] {
        let whole = format!("http://{user}@evil.example/login");
        check_found(&format!("See {whole} today"), &[&whole]);
    }
    check_found("see http:x@evil.example/y", &["http:x@evil.example/y"]);
    check_found("See http://☕.evil.example/login.", &["http://☕.evil.example/login"]);
    check_host("http://☕.evil.example/login", Some("xn--53h.evil.example"));
    check_found("https://❤\u{fe0f}.evil.example/x", &["https://❤\u{fe0f}.evil.example/x"]);
    check_found("http://~a.evil.example/x", &["http://~a.evil.example/x"]);
    check_found("fetch('http://'+location.host+'/x') or http://, (http://) http://… http://’s.", &[]);
}

#[test]
fn users_in_words_without_scheme() {
    check_found("See www.bank.example@evil.example/login now", &["http://www.bank.example@evil.example/login"]);
    check_found("(www.bank.example:x@evil.example/login)", &["http://www.bank.example:x@evil.example/login"]);
    check_found("FTP.bank.example:x@evil.example/login", &["ftp://FTP.bank.example:x@evil.example/login"]);
    check_found(
        "www.bank.example,http@evil.example/login",
        &["www.bank.example", "http://www.bank.example,http@evil.example/login"],
    );
    check_found("www.ann@firm.example, mail.www.a.b@firm.example/x or ann.lee@firm.example", &[]);
}

// Of an address of mail behind a link only the host is taken: it may be one, and there is no path.
#[test]
fn addresses_of_mail_behind_a_link() {
    check_found("www.firm.example，邮箱：ann@mail.example", &["www.firm.example", "http://mail.example"]);
    check_found(
        "http://www.firm.example，邮箱：ann@mail.example。",
        &["http://www.firm.example", "http://mail.example"],
    );
    check_found("www.firm.example|ann@firm.example", &["http://firm.example"]);
}

#[test]
fn hosts_behind_more_than_is_kept_of_a_link() {
    for user in ["a".repeat(9000), format!("www.bank.example{}", "-a".repeat(40_000))] {
        let whole = format!("https://{user}@evil.example/login");
        let text = format!("See {whole} today");
        assert_eq!(find::links(&text).last().map(|link| &**link), Some(whole.as_str()));
    }
    let slashes = format!("https:{}evil.example/login", "/".repeat(9000));
    check_found(&slashes, &[&slashes]);
}

#[test]
fn hosts_behind_more_than_is_kept_of_a_path() {
    let much = |piece: &str| piece.repeat(70_000);
    for target in [
        format!("https://{}@evil.example/login", much("a")),
        format!("https:{}evil.example/login", much("/")),
        format!("https:{}//evil.example/login", much("\t")),
        format!("{}https://evil.example/login", much("\u{1}")),
        format!("{}http:\\\\evil.example/login", much(" ")),
        format!("https://evil.example/{}", much("a")),
        format!("HTTPS://evil.example/{}", much("a")),
    ] {
        let start: String = target.chars().take(30).collect();
        let link = normal(&target).unwrap_or_default();
        assert_eq!(link.host, "evil.example", "{start:?}");
        assert!(!link.path.is_empty() && link.path.len() <= PATH_BYTES_MAX + 1, "{start:?}");
    }
    let script = format!("javascript:{}", much("a"));
    assert_eq!(normal(&script).map(|link| link.path.len()), Some(PATH_BYTES_MAX));
    let share = format!("\\\\evil.example\\{}", much("a"));
    assert_eq!(normal(&share).map(|link| link.host).as_deref(), Some("evil.example"));
    let wrapper = format!("https://{}@www.google.com/url?q=https://evil.example/x", much("a"));
    assert_eq!(inner(&wrapper), ["https://evil.example/x"]);
}

#[test]
fn users_and_slashes_in_scripts() {
    assert_eq!(inner("javascript:location='https:/evil.example/x'"), ["https:/evil.example/x"]);
    assert_eq!(
        inner("javascript:location=\"HTTPS://www.bank.example;x@evil.example/x\""),
        ["HTTPS://www.bank.example", "HTTPS://www.bank.example;x@evil.example/x"]
    );
    assert_eq!(inner("view-source:https:/evil.example/x"), ["https:/evil.example/x"]);
}

#[test]
fn hostile_users_cost_little() {
    let shapes = [
        "http://a“@b/",
        "http:a.com“",
        "www.a.b“",
        "http://a@b/12345678,",
        "http://a@b/12345678,http",
        "<http://a@",
        "http://~~~~~~~~",
        "//@",
        "@",
        "@/",
        "@http:",
    ];
    for shape in shapes {
        let text = format!("{}@evil.example/x", shape.repeat(3_000_000 / shape.len()));
        let bytes: usize = find::links(&text).iter().map(|link| link.len()).sum();
        assert!(bytes <= 4 * text.len(), "{shape}: {bytes}");
    }
}
