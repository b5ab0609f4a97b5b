//! Links: where a reader believes to go, and where a browser goes.

use super::{Variant, arrives, check, head, stopped};

/// A page with this in it.
fn page(subject: &str, body: &str) -> String {
    format!("{}Content-Type: text/html; charset=utf-8\r\n\r\n<html><body>{body}</body></html>\r\n", head(subject))
}

fn lying() -> Vec<Variant> {
    let lie = |name, shown: &str, target: &str| {
        stopped(
            name,
            page(name, &format!("<p>Sign in at <a href=\"{target}\">{shown}</a> today.</p>")),
            &["link_text_mismatch"],
        )
    };
    let bank = "https://www.bank.example/login";
    vec![
        lie("text and target in two domains", bank, "https://evil.example/login"),
        lie("text in pieces", "https://www.ba<b></b>nk.ex<!-- x -->ample/login", "http://evil.example/x"),
        lie(
            "text with invisible characters",
            "https://www.\u{200b}bank\u{2060}.example/login",
            "http://evil.example/y",
        ),
        lie("target with a name before the host", bank, "http://www.bank.example@evil.example/z"),
        lie("target as entities and per cents", bank, "&#104;ttp&colon;//evil%2eexample/w"),
        lie("target with tabs and backslashes", bank, "ht&#9;tp:\\\\evil.example\\v"),
        lie("a page that says where its links begin", bank, "//evil.example/base"),
        stopped(
            "an area of a picture",
            page("an area", "<base href=\"http://evil.example/\"><a href=\"login\">https://www.bank.example/login</a>"),
            &["link_text_mismatch"],
        ),
    ]
}

fn inside() -> Vec<Variant> {
    let link = |name, target: &str| {
        stopped(name, page(name, &format!("<p><a href=\"{target}\">Open it here</a></p>")), &["inside_link"])
    };
    vec![
        link("an address within, in octal", "http://0251.0376.0251.0376/latest/meta-data/"),
        link("an address within, as one number", "http://2852039166/latest/"),
        link("an address within, in six words", "http://[::ffff:a9fe:a9fe]/latest/"),
        stopped(
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
    check([lying(), inside(), honest()].into_iter().flatten().collect()).await;
}
