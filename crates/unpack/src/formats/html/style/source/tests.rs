//! Addresses in styles.

use super::addresses;

#[test]
fn addresses_end_where_browsers_end_them_and_where_others_do() {
    for (style, expected) in [
        ("p{background:url(//a.example/b)}", &["//a.example/b"][..]),
        ("p{background:URL( '//a.example/b' )}q{src: url(//c.example/d)", &["//a.example/b", "//c.example/d"]),
        (
            "p{background:url(\"https://www.a.example)x@evil.example/x.png\")}",
            &["https://www.a.example)x@evil.example/x.png", "https://www.a.example"],
        ),
        (
            "p{background:url(https://www.a.example\\)x@evil.example/x.png)}",
            &["https://www.a.example)x@evil.example/x.png", "https://www.a.example"],
        ),
        ("p{background:u\\72l(//a.example/b),\\000075 \\52 L(//c.example/d)}", &["//a.example/b", "//c.example/d"]),
        ("p{background:url('//a.example/b)}q{background:url(//c.example/d)}", &["//a.example/b", "//c.example/d"]),
        ("p{background:url(url(//a.example/b)}", &["url(//a.example/b", "//a.example/b"]),
        ("p{background:rgb(1,2,3) url(#a) curl(//no.example)}", &["//no.example"]),
        (
            "p{background:url(\"data:image/svg+xml,<g transform='scale(2)'/>\")}",
            &["data:image/svg+xml,<g transform='scale(2)'/>"],
        ),
    ] {
        assert_eq!(addresses(style), expected, "{style}");
    }
}

#[test]
fn brackets_cost_little() {
    for style in ["url(", "url('", "url(\"a)", "u\\72l(", "(", "url('a)\n", "image-set(", "\\("] {
        _ = addresses(&style.repeat(300_000));
    }
}
