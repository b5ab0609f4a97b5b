//! Decoys up to each limit of this room, and a code behind them: it is found, or somebody is told that it was not looked for.

use std::time::Duration;

use crate::formats::drawing::{dark, modules, says};
use crate::formats::shown::{open, open_within};

fn check(cases: &[(&str, String)], may_be_told: bool) {
    for (name, page) in cases {
        let content = open("", "text/html", page.as_bytes());
        let is_told = content.items[0].marks.iter().any(|mark| mark == "picture_unread");
        assert!(says(&content) || (is_told && may_be_told), "{name}: {:?}", content.items[0].marks);
    }
}

fn spans(style: impl Fn(bool) -> &'static str) -> String {
    let cells = |row: &Vec<bool>| row.iter().map(|own| format!("<span {}></span>", style(*own))).collect::<String>();
    modules(2).iter().map(|row| format!("<div style='height:8px'>{}</div>", cells(row))).collect()
}

fn styled() -> String {
    spans(|is_dark| if is_dark { "style='background:#000'" } else { "style='background:#fff'" })
}

fn by_class(rules: &str) -> String {
    let spans = spans(|is_dark| if is_dark { "class=d" } else { "class=w" });
    format!("<style>{rules}.d{{background:#000}}.w{{background:#fff}}</style>{spans}")
}

fn blocks() -> String {
    let row = |row: &Vec<bool>| row.iter().map(|own| if *own { "██" } else { "  " }).collect::<String>();
    modules(2).iter().map(|own| row(own) + "\n").collect()
}

fn svg(inner: &str) -> String {
    let squares = dark(4, |x, y| format!("<rect x='{x}' y='{y}' width='1' height='1'/>"));
    format!("<svg viewBox='0 0 37 37'>{inner}{squares}</svg>")
}

fn numbered(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect()
}

#[test]
fn what_real_mail_has_hides_nothing() {
    let wide = "<td colspan=1000></td>".repeat(1_130);
    let rows = "<tr><td style='background:#036'>a<td>b</tr>".repeat(60);
    check(
        &[
            ("wide cells", format!("<table><tr>{wide}</tr></table>{}", styled())),
            ("wide cells of the same table", format!("<table><tr>{wide}{}", styled())),
            ("other rows", format!("<table>{rows}{}", styled())),
            ("blanks", format!("<pre>{}</pre><pre>{}</pre>", " ".repeat(1_100 * 1024), blocks())),
            ("one rule many times", by_class(&".z{color:#111}".repeat(5_000))),
            ("many rules", by_class(&numbered(5_000, |at| format!(".z{at}{{color:#111}}")))),
            ("a long comment", by_class(&format!("/*{}*/", "x".repeat(600_000)))),
            ("brackets in a comment", by_class("/* .d{ */")),
            ("brackets in quotes", by_class("p:before{content:'}@media print{{{'}")),
            ("a long list", by_class(&format!("{}i{{color:#111}}", "b,".repeat(100)))),
            ("combinators", by_class("").replace(".d{", "div .d{").replace(".w{", "body > .w{")),
            ("classes with others", by_class(&numbered(500, |at| format!(".d.x{at}{{color:#111}}")))),
        ],
        false,
    );
}

#[test]
fn limits_of_pages_are_told() {
    let cells = "<tr><td colspan=800></td><td colspan=800></td></tr>".repeat(260);
    let rows: String = modules(0)
        .iter()
        .map(|row| {
            let cell = |own: &bool| if *own { "<td bgcolor=#000000></td>" } else { "<td></td>" };
            format!("<tr>{}</tr>", row.iter().map(cell).collect::<String>())
        })
        .collect();
    let classes = numbered(130, |at| format!("c{at} "));
    let boxes = dark(0, |x, y| {
        format!(
            "<i style='position:absolute;left:{}px;top:{}px;width:5px;height:5px;background:#000'></i>",
            x * 5,
            y * 5
        )
    });
    check(
        &[
            ("cells", format!("<table>{cells}{rows}</table>")),
            ("blanks", format!("<pre>{}</pre><pre>{}</pre>", " ".repeat(8 * 1024 * 1024), blocks())),
            ("rules", by_class(&numbered(20_001, |at| format!(".z{at}{{color:#111}}")))),
            ("places", by_class(&numbered(40_001, |at| format!(".z{at}{{top:1px}}")))),
            ("drawing rules", by_class(&numbered(4_001, |at| format!(".z{at}{{box-shadow:1px 1px}}")))),
            ("bytes of sheets", by_class(&format!("p{{x:{}}}", "x".repeat(8 * 1024 * 1024)))),
            ("rules of one class", by_class(&numbered(300, |at| format!(".d{{margin-left:{at}px}}")))),
            ("classes", by_class("").replace("class=d", &format!("class='{classes} d'"))),
            (
                "shadows",
                format!(
                    "<p style='width:4px;height:4px;box-shadow:{}{}0 0'>",
                    "0 0 #fff,".repeat(20_001),
                    dark(0, |x, y| format!("{}px {}px #000,", x * 4, y * 4))
                ),
            ),
            ("boxes within boxes", format!("{}{boxes}", "<div style='position:relative'>".repeat(258))),
        ],
        true,
    );
}

#[test]
fn limits_of_drawings_are_told() {
    let points = numbered(110, |at| format!("{at} {} ", at % 2));
    let shape = format!("<svg><polyline points='{points}'/></svg>");
    check(
        &[
            ("drawings", format!("{}{}", shape.repeat(513), svg(""))),
            ("names", {
                let names = numbered(20_001, |at| format!("<rect id='n{at}'/>"));
                let code = dark(4, |x, y| format!("<use href='#m' x='{x}' y='{y}'/>"));
                format!("<svg><defs>{names}<rect id='m' width='1' height='1'/></defs>{code}</svg>")
            }),
            ("uses of what comes later", svg(&"<use href='#m'/>".repeat(20_001))),
            ("numbers", svg(&format!("<path d='M{}'/>", "1 ".repeat(1_000_001)))),
            ("groups", svg(&"<g>".repeat(257))),
            ("shapes", svg(&"<rect width='1' height='1'/>".repeat(70_000))),
            ("dashes", svg(&format!("<path stroke='#000' stroke-dasharray='{}' d='M0 0H9'/>", "1 ".repeat(513)))),
        ],
        true,
    );
}

/// One long thing that is named again and again.
#[test]
fn what_is_named_often_is_read_once() {
    let shadows = "1px 1px,".repeat(19_000);
    let rules = numbered(6_000, |at| format!(".a.z{at}{{color:#111}}"));
    let layers = "linear-gradient(#000 0 1px,#fff 1px 2px),".repeat(4_000);
    let dashes = "1 ".repeat(250_000);
    let segments = "h1h-1".repeat(100_000);
    for (name, page) in [
        ("shadows", format!("<style>.a{{width:1px;box-shadow:{shadows}0 0}}</style>{}", "<i class=a>".repeat(20_000))),
        ("layers", format!("<style>.a{{background:{layers}#fff}}</style>{}", "<i class=a>".repeat(20_000))),
        ("classes", format!("<style>{rules}</style>{}", format!("<p class='{}'>", "a ".repeat(2_500)).repeat(150))),
        ("dashes", svg(&format!("<path stroke='#000' stroke-dasharray='{dashes}' d='M0 0{segments}'/>"))),
        ("definitions", svg(&"<defs><rect width='1' height='1'/></defs>".repeat(69_000))),
    ] {
        let content = open_within(Duration::from_secs(4), "text/html", page.as_bytes());
        assert!(content.unopened.is_empty(), "{name}: {:?}", content.unopened);
    }
}
