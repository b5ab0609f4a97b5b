//! Codes behind signs and values that programs and careless readers part in different ways; and what is written so in good faith.

use super::page;
use crate::formats::drawing::{check, check_none, check_unread, dark, modules, runs};
use crate::formats::shown::open;

/// A table of modules, the cells with these attributes.
fn table(dark: &str, light: &str) -> String {
    let row = |row: &Vec<bool>| {
        row.iter().map(|own| format!("<td {}></td>", if *own { dark } else { light })).collect::<String>()
    };
    let rows: String = modules(1).iter().map(|own| format!("<tr>{}</tr>", row(own))).collect();
    page(&format!("<table cellspacing=0>{rows}</table>"))
}

fn styled(css: &str, dark: &str, light: &str) -> String {
    format!("<style>{css}</style>{}", table(dark, light))
}

const LIGHT: &str = "style='background:#fff'";

#[test]
fn what_parts_no_declarations() {
    let own = [
        "style='background:#000;x:\";background:#fff;\"'",
        "style='background:#000;x:(;background:#fff;)'",
        "style='background:#000;x:[(];background:#fff;)];'",
        "style='background:#000;x:{;background:#fff;}'",
        "style='x:{};background:#000'",
        "style='list-style:url(/*);background:#000;list-style:url(*/)'",
        "style='list-style:u\\72 l(/*);background:#000;list-style:url( */ )'",
        "style='x:\";background:#fff\n;background:#000'",
        "style='x:\"\\\r\n;background:#fff;\";background:#000'",
        "style='background:#000;x:\\\";background:#000;x:\"'",
        "style='background:#000;background:#fff!x'",
        "style='background:#000!important;background:#fff'",
        "style='background:#000;background:ffffff'",
        "style='background:#000;background:#fff #fff'",
    ];
    check("text/html", &own.map(|own| (own, table(own, LIGHT))));
    let sheets = [
        ".d{background:#000;x:(;background:#fff;)}",
        ".d{background:#000;x:(}.d{background:#fff;)}",
        ".z{list-style:url(/*)}.d{background:#000}.y{list-style:url(*/)}",
        ".z{list-style:url(/img/*.png)}.d{background:#000}",
        ".z{x:url(a')}.d{background:#000}.y{x:url(a')}",
        ".z{content:\"\x0c}.d{background:#000}.y{content:\"x\"}",
        ".z{content:\"\r}.d{background:#000}.y{content:\"x\"}",
        ".d{background:#000}.z{content:\"\\\r\n}.d{background:#fff}\"}",
        ".d{background:#000;background:#fff!x}",
    ];
    check("text/html", &sheets.map(|css| (css, styled(css, "class=d", LIGHT))));
    let both = table("style='background:#000;background:ffffff'", "style='background:#fff;background:000000'");
    check_unread("text/html", &[("colours that some take", both)]);
}

#[test]
fn styles_of_good_faith_part_as_before() {
    let own = [
        "style='font:12px \"Open Sans\", sans-serif;background:#000'",
        "style='background:url(data:image/png;base64,AAAA);background:#000'",
        "style='background:rgb(0, 0, 0);color:#fff !important'",
        "style='{background:#000}' bgcolor=#000000",
        "style='/* dark; */background:#000/* black */;'",
        "style='background:#000 none repeat scroll 0 0;background-color:#111111'",
    ];
    check("text/html", &own.map(|own| (own, table(own, LIGHT))));
    let sheets = [
        "@import url(\"https://a.example/b.css?a;b\");.d{background:#000}",
        "@media (max-width:600px){.k:not(.w){width:100%!important}}.d{background:#000}",
        "/* don't */ .k[class*=\"(\"]{color:red}.d{background:#000}",
    ];
    check("text/html", &sheets.map(|css| (css, styled(css, "class=d", LIGHT))));
    let cells = "style='background:#eeeeee;background:linear-gradient(#fff,#eee);width:20px;height:20px'";
    check_none("text/html", &[("two backgrounds", page(&table(cells, cells)))]);
}

fn boxes(before: &str, more: &str) -> String {
    let at = |number: usize| number.saturating_mul(6);
    let cells = dark(0, |x, y| {
        format!("<i style='{before};position:absolute;left:{}px;top:{}px;background:#000;{more}'></i>", at(x), at(y))
    });
    page(&format!("<div style='position:relative'>{cells}</div>"))
}

#[test]
fn values_that_no_program_takes() {
    let size = "width:6px;height:6px";
    let more = [
        "min-width:0;min-height:0",
        "width:x;height:6zz6",
        "position:x;left:y;top:#",
        "display:x;visibility:x;opacity:x",
        "inset:x",
    ];
    check("text/html", &more.map(|more| (more, boxes("", &format!("{size};{more}")))));
    check(
        "text/html",
        &[
            ("the least", boxes("", "width:1px;height:1px;min-width:6px;min-height:6px")),
            ("the least first", boxes("min-width:6px;min-height:6px", "width:1px;height:0")),
            ("nothing but the least", boxes("", "min-width:6px;min-height:6px")),
            (
                "hidden and shown",
                boxes("display:none;visibility:hidden", &format!("{size};display:block;visibility:visible")),
            ),
        ],
    );
    check_unread("text/html", &[("numbers without a unit", boxes("", &format!("{size};left:999;left:998")))]);
    let square = "position:absolute;left:20px;top:20px;width:20px;height:20px;width:100;background:#333";
    check_none("text/html", &[("a few", page(&format!("<i style='{square}'></i>").repeat(60)))]);
}

#[test]
fn cells_that_are_shown_all_the_same() {
    check(
        "text/html",
        &[
            ("hidden, and displayed", table("hidden style='display:table-cell;background:#000'", LIGHT)),
            (
                "hidden, and displayed by a rule",
                styled(".d{display:table-cell;background:#000}", "hidden class=d", LIGHT),
            ),
            ("collapsed", table("bgcolor=#000000", "style='visibility:collapse'")),
        ],
    );
    let row = |row: &Vec<bool>| {
        let cell = |own: &bool| format!("<td bgcolor={}></td>", if *own { "#000000" } else { "#ffffff" });
        format!("<tr>{0}</tr><tr hidden>{0}</tr>", row.iter().map(cell).collect::<String>())
    };
    let rows: String = modules(1).iter().map(row).collect();
    check("text/html", &[("hidden rows", page(&format!("<table>{rows}</table>")))]);
}

const SHEET: &str = "<style>.d{background:#000}.w{background:#fff}</style>";

#[test]
fn sheets_that_hold_for_some_programs() {
    let sized = |size: &str| table(&format!("class=d {size}"), &format!("class=w {size}"));
    let (cells, bare) = (sized("width=6 height=6"), "p{color:#333}");
    let link = "<link rel='Stylesheet' href='data:text/css,.d%7bbackground:%23000}.w{background:%23fff}'>";
    let coded = "data:text/css;base64,LmR7YmFja2dyb3VuZDojMDAwfS53e2JhY2tncm91bmQ6I2ZmZn0=";
    check_unread(
        "text/html",
        &[
            ("noscript", format!("{cells}<noscript>{SHEET}</noscript>")),
            ("in front", format!("<NOSCRIPT>{SHEET}</NOSCRIPT>{cells}")),
            ("one program", format!("<!--[if mso]>{SHEET}<![endif]-->{cells}")),
            ("one program, behind", format!("{cells}<!-- [if gte mso 9]>{SHEET}<![endif]-->")),
            ("one program, in capitals", format!("<!--[ IF MSO ]>{SHEET}<![ENDIF]-->{cells}")),
            (
                "the second comment",
                format!("<!--[if mso]><xml></xml><![endif]--><!--[if mso]>{SHEET}<![endif]-->{cells}"),
            ),
        ],
    );
    let marks = |text: &str| open("", "text/html", text.as_bytes()).items[0].marks.clone();
    for text in [
        format!("{link}{cells}"),
        format!("{cells}<style>{bare}</style>{link}"),
        format!("<style>@import url({coded});{bare}</style>{cells}"),
        format!("<style>@\\69mport/**/\"{coded}\";</style>{cells}"),
    ] {
        assert!(marks(&text).contains(&"picture_unread".to_owned()), "{text}");
    }
    let plain = table("width=6 height=6 bgcolor=#eeeeee", "width=6 height=6 bgcolor=#eeeeee");
    check_none(
        "text/html",
        &[
            (
                "sheets of other things",
                format!(
                    "<!--[if mso]><style>td{{font-family:Arial;mso-line-height-rule:exactly}}.k{{width:600px;background:red}}</style><![endif]--><noscript><style>.lazy{{display:none}}</style></noscript>{plain}"
                ),
            ),
            (
                "of all programs, behind a comment",
                format!(
                    "<!--[if mso]><xml></xml><![endif]--><style>.s{{width:6px;height:6px;background:#eee}}</style>{}",
                    "<div class=s></div>".repeat(400)
                ),
            ),
            ("fonts", format!("<link href='https://fonts.example/css?family=A' rel=stylesheet>{plain}")),
        ],
    );
}

#[test]
fn sheets_of_the_page_hold_in_what_is_shown_to_some() {
    let cells = table("class=d", "class=w");
    check(
        "text/html",
        &[
            ("noscript", format!("{SHEET}<noscript>{cells}</noscript>")),
            ("one program", format!("{SHEET}<!--[if mso]>{cells}<![endif]-->")),
            ("with a sheet of its own", format!("{SHEET}<noscript><style>p{{color:red}}</style>{cells}</noscript>")),
            ("all of it", page(&format!("<!--[if mso]>{SHEET}{cells}<![endif]-->"))),
            ("the page goes on", format!("{SHEET}<noscript><p>a</noscript>{cells}")),
        ],
    );
    // What one fragment says of itself is not said of the page.
    let page = open("", "text/html", b"<noscript><style>.k{display:none}</style>a</noscript><p class=k>seen</p>");
    assert!(page.items[0].text.contains("seen"));
}

#[test]
fn cells_that_are_no_whole_modules() {
    let rows = |begin: &str, end: &str, unit: usize| {
        let cells = runs(0, |x, _, length, own| {
            let begin = if x == 0 { format!("</tr><tr height={unit}>{begin}") } else { String::new() };
            let colour = if own { "#000000" } else { "#ffffff" };
            format!("{begin}<td width={} bgcolor={colour}></td>", length.saturating_mul(unit))
        });
        let cells = cells.replacen("</tr>", "", 1).replace("</tr>", &format!("{end}</tr>"));
        page(&format!("<table cellspacing=0>{cells}{end}</tr></table>"))
    };
    let quiet = |width: &str| format!("<td width={width} bgcolor=#ffffff></td>");
    check(
        "text/html",
        &[
            ("plain", rows(&quiet("12"), &quiet("12"), 3)),
            ("one narrower cell in each row", rows(&(quiet("2") + &quiet("10")), &quiet("12"), 3)),
            ("one of no width to speak of", rows(&(quiet("12") + &quiet(".4")), &quiet("12"), 6)),
        ],
    );
    let bars = |at: usize| {
        let width = at.saturating_mul(7).wrapping_rem(90);
        format!(
            "<tr height=8><td width=60>a</td><td width={} bgcolor=#333333></td><td width={} bgcolor=#eeeeee></td><td width=40>b</td></tr>",
            width.saturating_add(5),
            95_usize.saturating_sub(width)
        )
    };
    check_none("text/html", &[("bars", page(&format!("<table>{}</table>", (0..60).map(bars).collect::<String>())))]);
}
