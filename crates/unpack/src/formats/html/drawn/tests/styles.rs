//! Codes behind signs and values that programs and careless readers part in different ways; and what is written so in good faith.

use super::page;
use crate::formats::drawing::{check, check_none, check_unread, modules};

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
