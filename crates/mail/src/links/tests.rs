//! Links as they are written, and where they lead.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::inner::inner;
use super::{find, host, normal};

mod users;

fn show(target: &str) -> String {
    normal(target).map_or("-".to_owned(), |link| {
        let port = link.port.map_or(String::new(), |port| format!(":{port}"));
        let flags: Vec<_> = link.flags.words().collect();
        format!("{} {}{port} {} [{}]", link.scheme, link.host, link.path, flags.join(" "))
    })
}

fn check_normal(targets: &[&str], expected: Expect) {
    let mut out = String::new();
    for target in targets {
        writeln!(out, "{target:?} -> {}", show(target)).unwrap();
    }
    expected.assert_eq(&out);
}

fn check_found(text: &str, expected: &[&str]) {
    let found: Vec<String> = find::links(text).into_iter().map(String::from).collect();
    assert_eq!(found, expected, "{text:?}");
}

fn check_inner(target: &str, expected: &[&str]) {
    assert_eq!(inner(target), expected, "{target}");
}

#[test]
fn plain_links_are_what_the_parser_says() {
    for target in [
        "https://www.shop.example/path?x=1&y=2#z",
        "http://shop.example",
        "https://shop.example?x",
        "https://a.b.c.shop.example/~user/a-b_c/d.html;e=f,g:h@i!j(k)",
        "https://shop.example/%C3%A4",
    ] {
        let url = url::Url::parse(target).unwrap();
        let link = normal(target).unwrap();
        assert_eq!((link.scheme.as_str(), Some(link.host.as_str())), (url.scheme(), url.host_str()));
        assert_eq!(link.path, url.query().map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path())));
        assert!(link.flags.is_empty());
    }
}

#[test]
fn spellings_of_the_web() {
    check_normal(
        SPELLINGS,
        expect![[r#"
        "HTTP://Evil.Example/A" -> http evil.example /A []
        "http://www.bank.example@evil.example/userinfo" -> http evil.example /userinfo [userinfo]
        "http://www.bank.example%2f@evil.example/" -> http evil.example / [userinfo]
        "http://3405803785/decimal-ip" -> http 203.0.113.9 /decimal-ip [coded_address]
        "http://0xCB.0x0.0x71.9/hexip" -> http 203.0.113.9 /hexip [coded_address]
        "http://0313.0.0161.011/octal" -> http 203.0.113.9 /octal [coded_address]
        "http://0xcb007109/hex" -> http 203.0.113.9 /hex [coded_address]
        "http://203.0.28937/three" -> http 203.0.113.9 /three [coded_address]
        "http://[::ffff:203.0.113.9]/v6" -> http [::ffff:cb00:7109] /v6 [address]
        "http://[2001:db8::9]:8080/v6" -> http [2001:db8::9]:8080 /v6 [address port]
        "ht\ttp://evil.example/tab" -> http evil.example /tab [split]
        "http://evil.exa\r\nmple/line" -> http evil.example /line [split]
        "http:\\\\evil.example\\backslash" -> http evil.example /backslash [backslash]
        "https:/evil.example/one-slash" -> https evil.example /one-slash [odd_slashes]
        "https:evil.example/none" -> https evil.example /none [odd_slashes]
        "https:////evil.example/four" -> https evil.example /four [odd_slashes]
        "http:/\\evil.example/mixed" -> http evil.example /mixed [backslash]
        "/\\evil.example/mixed" -> https evil.example /mixed [backslash schemeless]
        "\\/evil.example/mixed" -> https evil.example /mixed [backslash schemeless]
        "////evil.example/many" -> https evil.example /many [odd_slashes schemeless]
        "//evil.example/schemeless" -> https evil.example /schemeless [schemeless]
        "\u{1}http://evil.example/ctl" -> http evil.example /ctl [control]
        " \u{200b}http://evil.example/zero" -> http evil.example /zero [invisible]
        "http://ev\u{200b}il.exam\u{ad}ple/invisible" -> http evil.example /invisible [invisible]
        "http://xn--80ak6aa92e.example/idn" -> http xn--80ak6aa92e.example /idn [idn]
        "http://аpple.example/cyrillic" -> http xn--pple-43d.example /cyrillic [idn]
        "http://evil。example/ideographic-dot" -> http evil.example /ideographic-dot [wide]
        "http://evil．example/wide-dot" -> http evil.example /wide-dot [wide]
        "http://ｅｖｉｌ.example/wide" -> http evil.example /wide [wide]
        "http://evil.example:80\\@bank.example/" -> http evil.example /@bank.example/ [backslash]
        "http://evil.example:8443/" -> http evil.example:8443 / [port]
        "http://evil.example:80/" -> http evil.example / []
        "https://evil.example./dot" -> https evil.example /dot []
        "http://%65vil.example/percent" -> http evil.example /percent [percent_host]
        "http://evil%2eexample/percent" -> http evil.example /percent [percent_host]
        "http://evil.example/%2e%2e/%0d%0aSet-Cookie:x=1" -> http evil.example /%0d%0aSet-Cookie:x=1 []
        "http://ev<!-- -->il.example/" -> http evil.example / [repaired]
        "http://evil_host.example/" -> http evil_host.example / []
        "http://evil.example:99999/port" -> http evil.example /port [repaired]
        "http://evil .example/space" -> http evil.example /space [repaired]
        "www.evil.example/bare" -> http www.evil.example /bare [schemeless]
        "WWW.EVIL.EXAMPLE" -> http www.evil.example / [schemeless]
        "evil.example/path" -> http evil.example /path [schemeless]
        "evil.example:8080/path" -> http evil.example:8080 /path [schemeless port]
        "evil.com" -> http evil.com / [schemeless]
        "192.0.2.7/path" -> http 192.0.2.7 /path [address schemeless]
        "hxxp://evil[.]example/defanged" -> http evil.example /defanged [defanged]
        "hxxps[:]//evil(.)example" -> https evil.example / [defanged]
        "http[://]evil[.]example/x" -> http evil.example /x [defanged]
        "evil[.]example/defanged" -> http evil.example /defanged [schemeless defanged]
        "http://169.254.169.254/latest/meta-data/" -> http 169.254.169.254 /latest/meta-data/ [address private]
        "http://localhost:6379/" -> http localhost:6379 / [port private]
        "http://[::1]/" -> http [::1] / [address private]
        "http://127.1/" -> http 127.0.0.1 / [coded_address private]
        "ftp://evil.example/file" -> ftp evil.example /file []
        "wss://evil.example/socket" -> wss evil.example /socket []
        "https://user:secret@evil.example/" -> https evil.example / [userinfo]
        "http:///evil.example/three" -> http evil.example /three [odd_slashes]
        "http://evil.example\\@bank.example/" -> http evil.example /@bank.example/ [backslash]
        "http://bank.example#@evil.example/" -> http bank.example / []
        "http://bank.example?@evil.example/" -> http bank.example /?@evil.example/ []
        "https://ⓔⓥⓘⓛ.example/circled" -> https evil.example /circled [idn]
        "https://evil.example/a/../b/./c" -> https evil.example /b/c []
        "blob:https://evil.example/uuid" -> blob  https://evil.example/uuid []
    "#]],
    );
}

const SPELLINGS: &[&str] = &[
    "HTTP://Evil.Example/A",
    "http://www.bank.example@evil.example/userinfo",
    "http://www.bank.example%2f@evil.example/",
    "http://3405803785/decimal-ip",
    "http://0xCB.0x0.0x71.9/hexip",
    "http://0313.0.0161.011/octal",
    "http://0xcb007109/hex",
    "http://203.0.28937/three",
    "http://[::ffff:203.0.113.9]/v6",
    "http://[2001:db8::9]:8080/v6",
    "ht\ttp://evil.example/tab",
    "http://evil.exa\r\nmple/line",
    "http:\\\\evil.example\\backslash",
    "https:/evil.example/one-slash",
    "https:evil.example/none",
    "https:////evil.example/four",
    "http:/\\evil.example/mixed",
    "/\\evil.example/mixed",
    "\\/evil.example/mixed",
    "////evil.example/many",
    "//evil.example/schemeless",
    "\u{1}http://evil.example/ctl",
    " \u{200b}http://evil.example/zero",
    "http://ev\u{200b}il.exam\u{ad}ple/invisible",
    "http://xn--80ak6aa92e.example/idn",
    "http://\u{430}pple.example/cyrillic",
    "http://evil。example/ideographic-dot",
    "http://evil．example/wide-dot",
    "http://ｅｖｉｌ.example/wide",
    "http://evil.example:80\\@bank.example/",
    "http://evil.example:8443/",
    "http://evil.example:80/",
    "https://evil.example./dot",
    "http://%65vil.example/percent",
    "http://evil%2eexample/percent",
    "http://evil.example/%2e%2e/%0d%0aSet-Cookie:x=1",
    "http://ev<!-- -->il.example/",
    "http://evil_host.example/",
    "http://evil.example:99999/port",
    "http://evil .example/space",
    "www.evil.example/bare",
    "WWW.EVIL.EXAMPLE",
    "evil.example/path",
    "evil.example:8080/path",
    "evil.com",
    "192.0.2.7/path",
    "hxxp://evil[.]example/defanged",
    "hxxps[:]//evil(.)example",
    "http[://]evil[.]example/x",
    "evil[.]example/defanged",
    "http://169.254.169.254/latest/meta-data/",
    "http://localhost:6379/",
    "http://[::1]/",
    "http://127.1/",
    "ftp://evil.example/file",
    "wss://evil.example/socket",
    "https://user:secret@evil.example/",
    "http:///evil.example/three",
    "http://evil.example\\@bank.example/",
    "http://bank.example#@evil.example/",
    "http://bank.example?@evil.example/",
    "https://ⓔⓥⓘⓛ.example/circled",
    "https://evil.example/a/../b/./c",
    "blob:https://evil.example/uuid",
];

#[test]
fn shares_and_programs() {
    check_normal(
        &[
            "\\\\evil.example\\share\\a.lnk",
            "\\\\198.51.100.7@80\\DavWWWRoot\\x",
            "\\\\evil.example@SSL@443\\DavWWWRoot\\x",
            "\\\\?\\UNC\\evil.example\\share",
            "//fileserver/share/x",
            "//evil.example@SSL/DavWWWRoot/x",
            "file://evil.example/share/x",
            "file:////evil.example/share/x",
            "file:///\\\\evil.example/share",
            "file:\\\\evil.example\\share",
            "file:///etc/passwd",
            "file:///C:/Windows/win.ini",
            "file://C:/Windows/win.ini",
            "search-ms:query=x&crumb=location:\\\\evil.example\\s",
            "ms-word:ofe|u|https://evil.example/a.docx",
            "mailto:bob@corp.example?subject=x",
            "tel:+1234",
            "javascript:alert(1)",
            "custom://Evil.example/x",
            "data:text/html,x",
        ],
        expect![[r#"
            "\\\\evil.example\\share\\a.lnk" -> file evil.example /share/a.lnk [schemeless unc]
            "\\\\198.51.100.7@80\\DavWWWRoot\\x" -> file 198.51.100.7:80 /DavWWWRoot/x [address schemeless port unc]
            "\\\\evil.example@SSL@443\\DavWWWRoot\\x" -> file evil.example:443 /DavWWWRoot/x [schemeless port unc]
            "\\\\?\\UNC\\evil.example\\share" -> file evil.example /share [schemeless unc]
            "//fileserver/share/x" -> file fileserver /share/x [schemeless unc]
            "//evil.example@SSL/DavWWWRoot/x" -> file evil.example /DavWWWRoot/x [schemeless unc]
            "file://evil.example/share/x" -> file evil.example /share/x [unc]
            "file:////evil.example/share/x" -> file evil.example /share/x [odd_slashes unc]
            "file:///\\\\evil.example/share" -> file evil.example /share [odd_slashes unc]
            "file:\\\\evil.example\\share" -> file evil.example /share [unc]
            "file:///etc/passwd" -> file  /etc/passwd [private]
            "file:///C:/Windows/win.ini" -> file  /C:/Windows/win.ini [private]
            "file://C:/Windows/win.ini" -> file  /C:/Windows/win.ini [private]
            "search-ms:query=x&crumb=location:\\\\evil.example\\s" -> search-ms  query=x&crumb=location:\\evil.example\s []
            "ms-word:ofe|u|https://evil.example/a.docx" -> ms-word  ofe|u|https://evil.example/a.docx []
            "mailto:bob@corp.example?subject=x" -> mailto  bob@corp.example?subject=x []
            "tel:+1234" -> tel  +1234 []
            "javascript:alert(1)" -> javascript  alert(1) []
            "custom://Evil.example/x" -> custom evil.example /x []
            "data:text/html,x" -> data  text/html,x []
        "#]],
    );
}

#[test]
fn what_leads_nowhere() {
    for target in [
        "",
        "#top",
        "login.php",
        "a/b/c.html",
        "/path",
        "./x",
        "?q=1",
        "image.png",
        "http://",
        "http:",
        "://x",
        "%",
        "index.html?x=www.y.example",
    ] {
        assert_eq!(normal(target), None, "{target:?}");
    }
}

#[test]
fn found_in_text() {
    check_found(
        "Go to https://evil.example/a, or (http://b.example/c_(d)).",
        &["https://evil.example/a", "http://b.example/c_(d)"],
    );
    check_found(
        "see www.evil.example/bare or evil[.]example/defanged!",
        &["www.evil.example/bare", "evil[.]example/defanged"],
    );
    check_found("hxxps://evil[.]com/x hxxp[:]//a[.]com", &["hxxps://evil[.]com/x", "hxxp[:]//a[.]com"]);
    check_found("visit evil.com. Or mail bob@corp.com, see 1.2.3 and report.pdf and/or e.g. this", &["evil.com"]);
    check_found("the end.It was os.name in main.rs", &[]);
    check_found(
        "evil.example/path and пример.рф and 192.0.2.7/x but 192.0.2.7",
        &["evil.example/path", "пример.рф", "192.0.2.7/x"],
    );
    check_found("seehttp://evil.example/x now", &["http://evil.example/x"]);
    check_found(
        "\"https://a.example\"<https://b.example>'https://c.example'",
        &["https://a.example", "https://b.example", "https://c.example"],
    );
    check_found("https://a.example/x,https://b.example/y", &["https://a.example/x", "https://b.example/y"]);
    check_found("https://a.example/?u=https://b.example/y", &["https://a.example/?u=https://b.example/y"]);
    check_found("[text](https://a.example/x) **https://b.example/**", &["https://a.example/x", "https://b.example/"]);
    check_found("请访问http://evil.example/x，谢谢", &["http://evil.example/x"]);
    check_found(
        "http:/\\evil.example https:evil.example/x http:\\\\evil.example",
        &["http:/\\evil.example", "https:evil.example/x", "http:\\\\evil.example"],
    );
    check_found(
        "\\\\evil.example\\share\\x or \\\\198.51.100.7@80\\Dav or C:\\\\dir \\n",
        &["\\\\evil.example\\share\\x", "\\\\198.51.100.7@80\\Dav"],
    );
    check_found("\\\\fileserver\\plans \\\\?\\UNC\\host\\x", &["\\\\fileserver\\plans", "\\\\?\\UNC\\host\\x"]);
    // Regular expressions, devices, drawings in letters, requests of troff.
    check_found("/\\bgzip\\b/.test(x) /\\_/\\ \\/x \\\\.\\pipe\\x \\\\?\\pipe\\x \\\\.\\nul \\\\k:\\h'-(1m)'", &[]);
    check_found("//evil.example/share // comment //x", &["//evil.example/share"]);
    check_found(
        "http://ev\u{200b}il.example/a ev\u{ad}il.example/b.",
        &["http://ev\u{200b}il.example/a", "evil.example/b"],
    );
    check_found(
        "http://evil。example/x http://ｅｖｉｌ．example/y",
        &["http://evil。example/x", "http://ｅｖｉｌ．example/y"],
    );
    check_found(
        "tel:+4912 mailto:a@b.example magnet:?xt=urn:x ms-word:ofe|u|http://e.example/a search-ms:query=x",
        &[
            "tel:+4912",
            "mailto:a@b.example",
            "magnet:?xt=urn:x",
            "ms-word:ofe|u|http://e.example/a",
            "search-ms:query=x",
        ],
    );
    check_found(
        "search:query=a&crumb=location:%5C%5Cevil.example%5Cs jar:http://evil.example/a.zip!/b",
        &["search:query=a&crumb=location:%5C%5Cevil.example%5Cs", "jar:http://evil.example/a.zip!/b"],
    );
    check_found("search: nothing, search:word, search:words=query, jar:full of it, jar: of jam!", &[]);
    check_found("Subject: hello, Re: data: note: x:y 12:30:15 std::fmt::Write a.b:c", &[]);
    check_found(
        "custom://x/y steam://run/1 tg://resolve?domain=x",
        &["custom://x/y", "steam://run/1", "tg://resolve?domain=x"],
    );
}

#[test]
fn links_over_lines_are_found_both_ways() {
    check_found(
        "Go to http://evil.example/flow \ned-line or x",
        &["http://evil.example/flow", "http://evil.example/flowed-line"],
    );
    check_found(
        "<http://evil.example/in\r\n  brackets?a\n =b> x",
        &["http://evil.example/in", "http://evil.example/inbrackets?a=b"],
    );
    check_found("<URL:http://evil.\r\nexample/x>", &["http://evil", "http://evil.example/x"]);
    check_found("<url:https://good.example/x> is\nit", &["https://good.example/x"]);
    let long = format!("{} http://evil.example/abcdefghij\nklm/nop?q=r next", "x".repeat(44));
    check_found(&long, &["http://evil.example/abcdefghij", "http://evil.example/abcdefghijklm/nop?q=r"]);
    let quoted = format!("> {} http://evil.example/abcdefghij\n> klm/nop next", "x".repeat(44));
    check_found(&quoted, &["http://evil.example/abcdefghij", "http://evil.example/abcdefghijklm/nop"]);
    check_found("http://evil.exa \nmple/x", &["http://evil.exa", "http://evil.example/x"]);
    check_found("see http://evil.com/x \nand more", &["http://evil.com/x"]);
    check_found("see http://evil.com/x\nwww.b.com", &["http://evil.com/x", "www.b.com"]);
}

#[test]
fn links_inside_links() {
    let cases: &[(&str, &[&str])] = &[
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fevil.example%2Fx&data=05",
            &["https://evil.example/x"],
        ),
        ("https://urldefense.proofpoint.com/v1/url?u=http://evil.example/x&k=1", &["http://evil.example/x"]),
        ("https://urldefense.proofpoint.com/v2/url?u=https-3A__evil.example_a-2Db&d=x", &["https://evil.example/a-b"]),
        ("https://urldefense.com/v3/__https://evil.example/a*b__;Iw!!abc", &["https://evil.example/a#b"]),
        ("https://urldefense.example/v3/__http://evil.example/wrapped__;!!x", &["http://evil.example/wrapped"]),
        ("https://protect-us.mimecast.com/s/abc?domain=evil.example", &["http://evil.example/"]),
        ("https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fevil.example%2fx&c=E", &["https://evil.example/x"]),
        ("https://www.google.com/url?q=https://evil.example/x&sa=D", &["https://evil.example/x"]),
        ("https://www.google.com/amp/s/evil.example/x", &["https://evil.example/x"]),
        ("https://evil-example.cdn.ampproject.org/c/s/evil.example/x", &["https://evil.example/x"]),
        ("https://evil--x-example.translate.goog/a?_x_tr_sl=de", &["https://evil-x.example/a?_x_tr_sl=de"]),
        ("https://secure-web.cisco.com/abc/https%3A%2F%2Fevil.example%2Fx", &["https://evil.example/x"]),
        ("https://www.bing.com/ck/a?!&&p=1&u=a1aHR0cHM6Ly9ldmlsLmV4YW1wbGUveA&ntb=1", &["https://evil.example/x"]),
        (
            "https://eu-central-1.protection.sophos.com/?d=evil.example&u=aHR0cHM6Ly9ldmlsLmV4YW1wbGUveA==&i=x",
            &["https://evil.example/x"],
        ),
        ("https://click.example/track?id=1&target=evil.example/x", &["evil.example/x"]),
        ("https://click.example/aHR0cHM6Ly9ldmlsLmV4YW1wbGUveA", &["https://evil.example/x"]),
        ("https://click.example/?u=https%253A%252F%252Fevil.example%252Fx", &["https://evil.example/x"]),
        (
            "https://a.example/?u=https%3A%2F%2Fb.example%2F%3Fu%3Dhttps%253A%252F%252Fc.example%252F",
            &["https://b.example/?u=https://c.example/", "https://c.example/"],
        ),
        ("ms-word:ofe|u|https://evil.example/a.docx", &["https://evil.example/a.docx"]),
        ("ms-appinstaller:?source=https://evil.example/a.appx", &["https://evil.example/a.appx"]),
        ("search:query=x&crumb=location:%5C%5Cevil.example%5Cshare", &["\\\\evil.example\\share"]),
        ("jar:http://evil.example/a.zip!/b", &["http://evil.example/a.zip!/b"]),
        ("search-ms:query=x&crumb=location:%5C%5Cevil.example%5Cshare", &["\\\\evil.example\\share"]),
        (
            "intent://evil.example/x#Intent;scheme=https;S.browser_fallback_url=https%3A%2F%2Fe.example;end",
            &["https://evil.example/x", "https://e.example"],
        ),
        ("mailto:a@b.example?subject=x&body=see%20https://evil.example/x%20now", &["https://evil.example/x"]),
        ("SMSTO:+1:http://evil.example/x", &["http://evil.example/x"]),
        ("sms:+1:see http://evil.example/x now", &["http://evil.example/x"]),
        ("sms:+1?body=http://evil.example/x", &["http://evil.example/x"]),
        ("mailto:a@b.example", &[]),
        ("MECARD:N:Ann;URL:http\\://evil.example/x;;", &["http://evil.example/x"]),
        ("sms:+491700000?body=see%20https://evil.example/x", &["https://evil.example/x"]),
        ("sms:?&body=https%3A%2F%2Fevil.example%2Fx", &["https://evil.example/x"]),
        ("sms:+491700000?body=Yes", &[]),
        ("javascript:location='http://evil.example/js'", &["http://evil.example/js"]),
        ("view-source:https://evil.example/x", &["https://evil.example/x"]),
        ("microsoft-edge:https://evil.example/x", &["https://evil.example/x"]),
        ("https://shop.example/cart?item=5&size=1.5&q=shoes", &[]),
        ("https://shop.example/a/b.html", &[]),
        ("https://shop.example/?utm_source=news.letter&x=a@b.com", &[]),
    ];
    for (target, expected) in cases {
        check_inner(target, expected);
    }
}

#[test]
fn hostile_targets_cost_little() {
    let long = "http://a.example/?u=".repeat(4000);
    assert!(inner(&long).len() <= 8);
    assert_eq!(inner(&format!("ms-word:{}", "file:|".repeat(2000))), ["file:"]);
    let mixed = inner("ms-word:FILE:a|\\\\b\\\\c|hTTps:/d|HTTP:e|ftp:/f");
    assert_eq!(mixed, ["FILE:a", "\\\\b\\\\c", "hTTps:/d", "ftp:/f"]);
    let brackets = format!("http://a.example/{}", ")".repeat(100_000));
    assert!(!find::links(&brackets).is_empty() || brackets.len() > 65_536);
    let dots = ".".repeat(200_000);
    assert!(find::links(&dots).is_empty());
    let colons = "a:".repeat(100_000);
    assert!(find::links(&colons).is_empty());
    for scheme in ["http:", "search:", "jar:", "data:", "mailto:", "jar:/"] {
        let schemes = scheme.repeat(3_000_000 / scheme.len());
        assert!(find::links(&schemes).is_empty(), "{scheme}");
    }
    // What tells one may stand some way behind it.
    let long = format!("search:x={}&Query=a", "x".repeat(600));
    check_found(&long, &[&long]);
}

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
fn a_normal_form_is_its_own() {
    for written in ["http://127.0.。", "http://evil.example./x", "http://evil.example..", "http://127.1.", "//1.2.."] {
        let Some(link) = normal(written) else { continue };
        let again = normal(&format!("{}://{}{}", link.scheme, link.host, link.path)).unwrap();
        assert_eq!((again.host, again.path), (link.host, link.path), "{written}");
    }
    assert_eq!(host("http://127.0.。").as_deref(), Some("127.0.0.0"));
}

#[test]
fn selectors_of_variants_are_not_seen() {
    for c in ['\u{fe00}', '\u{fe0f}', '\u{e0100}', '\u{e01ef}'] {
        assert!(super::is_invisible(c), "{c:?}");
        assert_eq!(host(&format!("http://evil{c}.example/")).as_deref(), Some("evil.example"), "{c:?}");
    }
    assert!(!super::is_invisible('\u{e00ff}') && !super::is_invisible('\u{e01f0}'));
}
