//! Words in pieces, and words that are turned.

use crate::formats::html::read;

const STYLES: [&str; 4] = ["float:left", "float: Right", "display:inline-block", "DISPLAY:inline-flex"];

fn boxes(style: &str, pieces: &[&str], between: &str) -> String {
    pieces.iter().map(|piece| format!("<div style='{style}'>{piece}</div>{between}")).collect()
}

#[test]
fn letters_in_boxes_make_a_word() {
    let letters: Vec<&str> = "invoice".split("").collect();
    for style in STYLES {
        for between in ["", "\n  ", "<div style='float:left'></div>"] {
            let html = format!("<p>Your new</p>{}<p>is due</p>", boxes(style, &letters, between));
            assert_eq!(read(&html).text, "Your new\ninvoice\nis due", "{style} {between:?}");
        }
    }
    let page =
        read(&format!("<style>.k{{float:left}}</style>{}", boxes("", &letters, "").replace("style=''", "class=k")));
    assert_eq!(page.text, "invoice");
    let html = format!("<a href='//evil.example/'>{}</a>", boxes("float:left", &letters, ""));
    assert_eq!(read(&html).links[0].text, "invoice");
    assert_eq!(read(&html).hidden_text, "i n v o i c e");
    let address: Vec<&str> = ["ww", "w.", "ev", "il", ".e", "xa", "mp", "le"].to_vec();
    let page = read(&format!("{}<p>x", boxes("float:left", &address, "")));
    assert_eq!(page.links[0].target, "www.evil.example");
}

#[test]
fn columns_stay_apart() {
    for style in STYLES {
        let columns = boxes(style, &["Our news", "Our shop", "7", "Days left"], "");
        assert_eq!(read(&columns).text, "Our news\nOur shop\n7\nDays left", "{style}");
    }
    for row in [&["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"][..], &["Mo", "Di", "Mi", "Do", "Fr"]] {
        let page = read(&boxes("display:inline-block", row, ""));
        assert_eq!((page.text, page.hidden_text), (row.join("\n"), String::new()));
    }
    let numbers = boxes("float:left", &["1", "Install it", "2", "Open it", "3", "Use it"], "");
    assert_eq!(read(&numbers).text, "1\nInstall it\n2\nOpen it\n3\nUse it");
    let rest = format!("{} and more<p>text", boxes("float:left", &["w", "o", "r", "d"], ""));
    assert_eq!(read(&rest).text, "word and more\ntext");
    let rest = format!("{}<div>others", boxes("float:left", &["w", "o", "r", "d", "Words"], ""));
    assert_eq!(read(&rest).text, "word\nWords\nothers");
}

#[test]
fn blocks_within_the_line_go_on_with_it() {
    let word =
        "<p>Enter your pass<div style='display:inline'>wo</div><div style='display:inline'>rd</div> here</p><p>now";
    assert_eq!(read(word).text, "Enter your password here\nnow");
    assert_eq!(read("a<div style='display:inline;display:block'>b</div>").text, "a\nb");
    assert_eq!(read("<style>div{display:inline}</style>a<div>b<div style='display:block'>c").text, "ab\nc");
}

#[test]
fn turned_text_is_read_as_it_is_seen() {
    for html in [
        "<p><bdo dir=rtl>drowssap ruoY</bdo>",
        "<p dir=rtl><bdo>drowssap ruoY</bdo>",
        "<p style='unicode-bidi:bidi-override;direction:rtl'>drowssap ruoY",
        "<style>.t{direction:RTL;unicode-bidi:isolate-override}</style><p class=t>drowssap ruoY",
    ] {
        let page = read(html);
        assert_eq!((page.text.as_str(), page.hidden_text.as_str()), ("Your password", "drowssap ruoY"), "{html}");
    }
    for html in [
        "<p dir=rtl>Your password",
        "<bdo>Your password</bdo>",
        "<bdo dir=ltr>Your password</bdo>",
        "<bdo dir=rtl><span dir=ltr>Your password</span></bdo>",
        "<p style='unicode-bidi:embed;direction:rtl'>Your password",
    ] {
        assert_eq!(read(html).text, "Your password", "{html}");
    }
    assert_eq!(read("<bdo dir=rtl>\u{5e9}\u{5dc}\u{5d5}\u{5dd}</bdo>").text, "\u{5e9}\u{5dc}\u{5d5}\u{5dd}");
}

#[test]
fn many_boxes_cost_little() {
    let many = read(&boxes("float:left", &["ab"], "").repeat(50_000));
    assert_eq!(many.text.len(), 100_000);
    let mixed = read(&boxes("float:left", &["a", "b", "c", "d", "efgh"], "").repeat(20_000));
    assert!(mixed.is_whole && mixed.text.starts_with("abcd\nefgh\nabcd\nefgh"));
}
