//! Links: where a reader believes to go, and where a browser goes.

use super::{Variant, arrives, check, head, lines, stopped};

/// A page with this in it.
fn page(subject: &str, body: &str) -> String {
    format!("{}Content-Type: text/html; charset=utf-8\r\n\r\n<html><body>{body}</body></html>\r\n", head(subject))
}

/// A link whose text is another place than its target.
fn lie(subject: &str, shown: &str, target: &str) -> String {
    page(subject, &format!("<p>Sign in at <a href=\"{target}\">{shown}</a> today.</p>"))
}

const BANK: &str = "https://www.bank.example/login";

/// One sign is found and told; it alone does not stop a message.
fn lying() -> Vec<Variant> {
    let found = |name, shown: &str, target: &str| arrives(name, lie(name, shown, target), &["link_text_mismatch"]);
    let base = "<base href=\"http://evil.example/\"><a href=\"login\">https://www.bank.example/login</a>";
    vec![
        found("text and target in two domains", BANK, "https://evil.example/login"),
        found("text in pieces", "https://www.ba<b></b>nk.ex<!-- x -->ample/login", "http://evil.example/x"),
        found(
            "text with invisible characters",
            "https://www.\u{200b}bank\u{2060}.example/login",
            "http://evil.example/y",
        ),
        found("a target without a scheme", BANK, "//evil.example/base"),
        arrives("a page that says where its links begin", page("a base", base), &["link_text_mismatch"]),
        arrives(
            "a page in wide characters under another label",
            wide(&lie("wide", BANK, "http://evil.example/u16")),
            &["link_text_mismatch"],
        ),
    ]
}

/// The page of a message in UTF-16, declared UTF-8.
fn wide(message: &str) -> String {
    let (_, page) = message.split_once("\r\n\r\n").unwrap();
    let bytes: Vec<u8> = page.encode_utf16().flat_map(u16::to_be_bytes).collect();
    format!(
        "{}Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        head("wide"),
        lines(&bytes)
    )
}

/// Two signs stop it.
fn hiding() -> Vec<Variant> {
    let stops = |name, target: &str| stopped(name, lie(name, BANK, target), &["link_text_mismatch", "link_obfuscated"]);
    let all = page(
        "all of it",
        "<p>Sign in at <a href=\"//evil.example/a\">https://www.bank.example/login</a> or <a href=\"http://0251.0376.0251.0376/b\">here</a>,\
         the forms are in \\\\files.evil.example\\forms\\form.lnk</p>",
    );
    vec![
        stops("a target with a name before the host", "http://www.bank.example@evil.example/z"),
        stops("a target as entities and per cents", "&#104;ttp&colon;//evil%2eexample/w"),
        stops("a target with tabs and backslashes", "ht&#9;tp:\\\\evil.example\\v"),
        stopped("a lie, an address within and a share", all, &["link_text_mismatch", "inside_link", "share_link"]),
    ]
}

fn inside() -> Vec<Variant> {
    let found = |name, target: &str| {
        arrives(name, page(name, &format!("<p><a href=\"{target}\">Open it here</a></p>")), &["inside_link"])
    };
    vec![
        found("an address within, in octal", "http://0251.0376.0251.0376/latest/meta-data/"),
        found("an address within, as one number", "http://2852039166/latest/"),
        found("an address within, in six words", "http://[::ffff:a9fe:a9fe]/latest/"),
        arrives(
            "a share in a text",
            format!("{}\r\nThe forms: \\\\files.evil.example\\forms\\form.lnk\r\n", head("a share")),
            &["share_link"],
        ),
    ]
}

fn honest() -> Vec<Variant> {
    let news = "<p><a href=\"https://news.sender.example/a?u=https%3A%2F%2Fwww.sender.example%2Fchairs\">New chairs</a> and \
        <a href=\"https://www.sender.example/\">www.sender.example</a>, or write to <a href=\"mailto:alice@sender.example\">alice@sender.example</a>.</p>";
    vec![
        arrives("a newsletter", page("News", news), &[]),
        arrives(
            "an address in a text",
            format!("{}\r\nSee https://www.sender.example/chairs?id=20 please.\r\n", head("Chairs")),
            &[],
        ),
        arrives(
            "a version that looks like an address",
            format!("{}\r\nVersion 10.0.0.1 is out, see notes.txt\r\n", head("Version")),
            &[],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn targets() {
    check([lying(), hiding(), inside(), honest()].into_iter().flatten().collect()).await;
}
