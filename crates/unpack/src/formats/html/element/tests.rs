//! What elements show and where they lead by their attributes.

use super::refresh_target;
use crate::formats::html::read;

#[test]
fn fields_and_choices_show_their_words() {
    for (html, text) in [
        ("<input type=text readonly value='Pay now'>", "Pay now"),
        ("<input value='Pay now' placeholder=no>", "Pay now"),
        ("a<INPUT TYPE=' Search ' VALUE='Pay now'>b", "a Pay now b"),
        ("<input type=submit value='Pay now'>", "Pay now"),
        ("<input type=image alt='Pay now' value=no src=a.png>", "Pay now"),
        ("<input type=hidden value=no>a<input type=checkbox value=no><input type=password value=no>", "a"),
        ("<input type=password value=no placeholder='Your password'>", "Your password"),
        ("<select><option label='Pay now'>x</option></select>", "Pay now x"),
        ("<select><optgroup label='Pay now'><option>x</option></optgroup></select>", "Pay now\nx"),
        ("<p>a<v:shape><v:textpath on=t string='Pay now'/></v:shape>b", "a Pay now b"),
        ("<p label=no string=no>a", "a"),
    ] {
        assert_eq!(read(html).text, text, "{html}");
    }
    let hidden = read("<p style='display:none'><input value='Pay now'>");
    assert_eq!((hidden.text.trim(), hidden.hidden_text.trim()), ("", "Pay now"));
}

#[test]
fn sheets_show_words_and_attributes() {
    let page = read(
        "<style>.a::before{content:'Pay \\6e ow'}p:after{content:attr(DATA-x)}</style><p class=a data-x='by card'>a<p data-x='by card'>b",
    );
    assert_eq!((page.text.as_str(), page.hidden_text.as_str()), ("a\nb", "Pay now\nby card"));
    let page = read("<p data-x='by card'>a<style>td{content:'\\201c'}</style>");
    assert_eq!(page.hidden_text, "");
    let cells = "<td data-x='by card'>a".repeat(20_000);
    let page = read(&format!("<style>td:before{{content:attr(data-x)}}</style><table><tr>{cells}"));
    assert_eq!((page.hidden_text.as_str(), page.is_whole), ("by card", true));
}

#[test]
fn refreshes_as_browsers_read_them() {
    for (content, target) in [
        ("0; url='https://evil.example/'", Some("https://evil.example/")),
        ("0 url=https://evil.example/", Some("https://evil.example/")),
        (" 0.5\tURL = //evil.example/", Some("//evil.example/")),
        ("0 https://evil.example/a;b", Some("https://evil.example/a;b")),
        ("5 , https://evil.example/", Some("https://evil.example/")),
        ("0 5;url=https://evil.example/", Some("https://evil.example/")),
        ("now;url=https://evil.example/", Some("https://evil.example/")),
        ("url=https://evil.example/", None),
        ("30", None),
        ("30 ", None),
        ("", None),
    ] {
        assert_eq!(refresh_target(content).as_deref(), target, "{content:?}");
    }
}

#[test]
fn what_machines_read_leads_somewhere_too() {
    for html in [
        "<div itemscope><meta itemprop=target content='https:/evil.example/login'></div>",
        "<div itemscope><meta itemprop=target content='HTTPS://evil.example/login'></div>",
        "<div itemscope><meta itemprop=url content=' https://evil.example/login'></div>",
        "<script type='application/ld+json'>{\"target\":\"https:/evil.example/login\",\"name\":\"View\"}</script>",
        "<script type='application/ld+json'>{\"target\":\"https:\\/evil.example\\/login\"}</script>",
    ] {
        let page = read(html);
        let hosts: Vec<String> =
            page.links.iter().filter_map(|link| mail::links::normal(&link.target)).map(|link| link.host).collect();
        assert_eq!(hosts, ["evil.example"], "{html}");
    }
    assert!(read("<meta name=viewport content='width=device-width'><meta name=a content='/a'>").links.is_empty());
}
