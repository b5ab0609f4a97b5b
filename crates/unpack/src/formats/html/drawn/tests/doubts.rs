//! Codes beside rules that may not hold, and in ways to place and paint that are not followed: read, or told.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the tests themselves")]

use super::page;
use crate::formats::drawing::{check, check_none, check_unread, dark, modules, modules_that_are, runs};
use crate::formats::shown::open;

fn placed(more: &str) -> String {
    dark(0, |x, y| {
        let (left, top) = (40 + 8 * x, 40 + 8 * y);
        format!("<b style='position:absolute;left:{left}px;top:{top}px;width:8px;height:8px' {more}></b>")
    })
}

fn black() -> String {
    placed("").replace("height:8px", "height:8px;background:#000")
}

fn styled(css: &str, body: &str) -> String {
    format!("<style>{css}</style>{}", page(body))
}

fn is_told(html: &str) -> bool {
    open("", "text/html", html.as_bytes()).items[0].marks.iter().any(|mark| mark == "picture_unread")
}

#[test]
fn rules_that_may_not_hold_hide_nothing() {
    let css = [
        ".nosuch b{opacity:0}",
        ".nosuch b{background:#fff}",
        "@media (min-width:99999px){b{opacity:0}}",
        "@supports (nosuch:1){b{opacity:0;background:#fff}}",
        ".nosuch b{transform:translate(9px,9px)}",
        "b,:-moz-nosuch{opacity:0}",
    ];
    let cases: Vec<(&str, String)> = css.iter().map(|css| (*css, styled(css, &black()))).collect();
    check("text/html", &cases);
    let of_other = ["media=print", "type=text/nosuch"]
        .map(|with| (with, format!("<style {with}>b{{opacity:0}}</style>{}", page(&black()))));
    check("text/html", &of_other);
    check(
        "text/html",
        &[("a template", page(&format!("<template><style>b{{opacity:0}}</style></template>{}", black())))],
    );
    // Which of them holds is not known.
    let both = modules_that_are(false, 0, |x, y| {
        format!(
            "<b class=w style='position:absolute;left:{}px;top:{}px;width:8px;height:8px;background:#000'></b>",
            40 + 8 * x,
            40 + 8 * y
        )
    });
    check_unread(
        "text/html",
        &[
            ("hidden", styled("body .w{display:none}", &format!("{}{both}", black()))),
            ("moved", styled("@media (min-width:1px){.w{left:-99px!important}}", &format!("{}{both}", black()))),
        ],
    );
    let light = styled("@media (min-width:1px){.w{background:#fff}}", &format!("{}{both}", black()));
    assert!(is_told(&light));
    check("text/html", &[("light", light)]);
}

#[test]
fn sheets_behind_what_they_are_for() {
    let late = |css: &str| format!("{}<style>{css}</style>", page(&placed("class=k")));
    check(
        "text/html",
        &[
            ("at the end", late(".k{background:#000}")),
            ("nothing but escapes", late(r".\6b {b\61 ckground:#000}")),
            ("inline escapes", page(&black().replace("background", r"b\61 ckground"))),
            ("one of two", late(".k{background:#000!important;background:#fff}")),
        ],
    );
}

#[test]
fn rules_that_may_draw_are_told() {
    let of = |css: &str| styled(css, &placed("class=k title=x"));
    check_unread(
        "text/html",
        &[
            ("nested", of("body{.k{background:#000}}")),
            ("nested twice", of("body{color:#111;&{.k{background:#000}}}")),
            ("never pointed at", of(".k:not(:hover){background:#000}")),
            ("attributes", of("[title]{background:#000}")),
            ("a container", of("@container (min-width:1px){.k{background:#000}}")),
            ("steps", of("@keyframes s{0%,100%{background:#000}}.k{animation:s 1s}")),
            (
                "media of the sheet",
                format!("<style media='(min-width:1px)'>.k{{background:#000}}</style>{}", page(&placed("class=k"))),
            ),
        ],
    );
}

#[test]
fn boxes_with_something_in_them_that_is_not_seen() {
    let css = ":root{--k:#000}.k{background:var(--k)}[title]{background:#000}";
    let by_variable = placed("class=k");
    let by_title = placed("title=x");
    check_unread(
        "text/html",
        &[
            ("no width", styled(css, &by_variable.replace("></b>", ">&#8203;</b>"))),
            ("fields", styled(css, &by_variable.replace("<b ", "<input ").replace("></b>", ">"))),
            ("elements within", styled(css, &by_variable.replace("></b>", "><u></u></b>"))),
            ("paddings", styled(css, &by_title.replace("width:8px;height:8px", "padding:4px"))),
            ("shares", styled(css, &by_title.replace("width:8px;height:8px", "width:1%;height:1%"))),
            ("a drawing", styled(css, &black().replace("<b ", "<svg ").replace("</b>", "</svg>"))),
        ],
    );
}

#[test]
fn a_code_beside_tells_nothing_of_another_one() {
    let row = |row: &Vec<bool>| {
        let cell = |own: &bool| format!("<td bgcolor={}></td>", if *own { "#000000" } else { "#ffffff" });
        format!("<tr>{}</tr>", row.iter().map(cell).collect::<String>())
    };
    let table = format!("<table>{}</table>", modules(2).iter().map(row).collect::<String>());
    let variables = styled(":root{--k:#000}", &placed("").replace("height:8px", "height:8px;background:var(--k)"));
    assert!(is_told(&format!("{table}{variables}")));
    assert!(!is_told(&page(&table)));
}

#[test]
fn a_code_in_pieces_is_told() {
    let row_of = |cells: &dyn Fn(usize, usize) -> String, around: &dyn Fn(&str) -> String| -> String {
        let rows = modules(0);
        let row = |y: usize| {
            runs(0, |x, own, length, is_dark| if is_dark && own == y { cells(x, length) } else { String::new() })
        };
        (0..rows.len()).map(|y| around(&row(y))).collect()
    };
    let shapes = row_of(&|x, length| format!("<rect x='{x}' width='{length}' height='1'/>"), &|row| {
        format!("<svg width=232 height=8 viewBox='0 0 29 1' style='display:block'>{row}</svg>")
    });
    let boxes = row_of(
        &|x, length| {
            format!(
                "<i style='position:absolute;top:0;left:{}px;width:{}px;height:8px;background:#000'></i>",
                x * 8,
                length * 8
            )
        },
        &|row| format!("<div style='position:relative;padding-top:8px'>{row}</div>"),
    );
    let single = dark(0, |x, y| {
        format!(
            "<svg style='position:absolute;left:{}px;top:{}px' width=8 height=8><rect width=8 height=8 /></svg>",
            x * 8,
            y * 8
        )
    });
    check_unread("text/html", &[("rows", page(&shapes)), ("boxes", page(&boxes)), ("modules", page(&single))]);
    let menu = "<svg viewBox='0 0 24 24'><path d='M3 18h18v-2H3v2zm0-5h18v-2H3v2zm0-7v2h18V6H3z'/></svg>";
    let icons: String = (0..90)
        .map(|at| format!("<svg viewBox='0 0 24 24'><path d='M12 2C{at} 2 2 6.48 2 12s4.48 10 10 10 10-4.48 10-10S17.52 2 12 2zm1 15h-2v-6h2z'/></svg>"))
        .collect();
    let badge = "<div style='position:relative'><b style='position:absolute;left:4px;top:4px;padding:4px;background:#c00'>New</b>Card</div>";
    check_none(
        "text/html",
        &[("signs", page(&menu.repeat(90))), ("icons", page(&icons)), ("badges", page(&badge.repeat(150)))],
    );
}

#[test]
fn cells_that_are_hidden_or_go_on() {
    let cell = |own: bool, more: &str| format!("<td {more} bgcolor={}></td>", if own { "#000000" } else { "#ffffff" });
    let rows = modules(2);
    let table = |row: &dyn Fn(usize, &[bool]) -> String| -> String {
        let rows = rows.iter().enumerate().map(|(y, own)| format!("<tr>{}</tr>", row(y, own)));
        page(&format!("<table cellspacing=0>{}</table>", rows.collect::<String>()))
    };
    let hidden = table(&|y, row| {
        "<td style='display:none'></td>".repeat(y % 4) + &row.iter().map(|own| cell(*own, "")).collect::<String>()
    });
    // A cell as its upper neighbour goes on from there.
    let is_joined = |x: usize, y: usize| y > 0 && rows[y][x] == rows[y - 1][x];
    let height = |x: usize, y: usize| (y + 1..rows.len()).take_while(|y| is_joined(x, *y)).count() + 1;
    let joined = table(&|y, row| {
        let own = row.iter().enumerate().filter(|(x, _)| !is_joined(*x, y));
        own.map(|(x, own)| cell(*own, &format!("rowspan={}", height(x, y)))).collect()
    });
    check("text/html", &[("hidden", hidden), ("joined", joined)]);
}

#[test]
fn other_ways_to_place_and_paint() {
    let at = |style: &dyn Fn(usize, usize) -> String| {
        dark(0, |x, y| format!("<b style='position:absolute;{}'></b>", style(x, y)))
    };
    let side = "width:8px;height:8px";
    let ends = "width:0;height:0";
    let place = |x: usize, y: usize| format!("left:{}px;top:{}px", 8 * x, 8 * y);
    check(
        "text/html",
        &[
            (
                "a matrix",
                page(&at(&|x, y| format!("{side};background:#000;transform:matrix(1,0,0,1,{},{})", 8 * x, 8 * y))),
            ),
            (
                "two moves",
                page(&at(&|x, y| {
                    format!("{side};background:#000;transform:translateX({}px) translateY({}px)", 8 * x, 8 * y)
                })),
            ),
            ("a border in the colour of text", page(&at(&|x, y| format!("{};{ends};border:4px solid", place(x, y))))),
            (
                "a border by parts",
                page(&at(&|x, y| {
                    format!("{};{ends};border-style:solid;border-width:4px;border-color:#000", place(x, y))
                })),
            ),
            ("a border of a variable", page(&at(&|x, y| format!("{};{ends};border:4px solid var(--k)", place(x, y))))),
            ("an outline", page(&at(&|x, y| format!("{};{ends};outline:4px solid", place(x, y))))),
        ],
    );
    check_unread(
        "text/html",
        &[
            ("a margin", page(&at(&|x, y| format!("{side};background:#000;margin:calc(8px*{y}) 0 0 calc(8px*{x})")))),
            (
                "a turn",
                page(&at(&|x, y| {
                    format!("{side};background:#000;transform:rotate(0deg) translate({}px,{}px)", 8 * x, 8 * y)
                })),
            ),
            (
                "a path",
                page(&at(&|x, y| format!("{side};background:#000;offset-path:path(\"M{} {}h1\")", 8 * x, 8 * y))),
            ),
            ("gradients", page(&at(&|x, y| format!("{};{side};background:radial-gradient(#000,#000)", place(x, y))))),
        ],
    );
    let shadows: String = modules(0)
        .iter()
        .map(|row| {
            let row = row.iter().enumerate().filter(|(_, own)| **own).map(|(x, _)| format!("{x}em 0 #000"));
            format!("<p style='text-shadow:{}'>.</p>", row.collect::<Vec<_>>().join(","))
        })
        .collect();
    check_unread("text/html", &[("shadows of rows", page(&shadows))]);
}

/// A row of boxes for each row of modules, two modules in each.
fn pairs(style: impl Fn(bool, bool) -> String) -> String {
    let row = |row: &Vec<bool>| {
        let pair = |pair: &[bool]| format!("<i style='{}'></i>", style(pair[0], pair.get(1).copied().unwrap_or(false)));
        format!("<div>{}</div>", row.chunks(2).map(pair).collect::<String>())
    };
    page(&modules(0).iter().map(row).collect::<String>())
}

#[test]
fn borders_of_several_colours_are_told() {
    let colour = |own: bool| if own { "#000" } else { "#fff" };
    let four = pairs(|left, right| {
        format!(
            "height:8px;border-style:solid;border-width:0 8px;border-color:#fff {} #fff {}",
            colour(right),
            colour(left)
        )
    });
    let two = pairs(|left, right| {
        let colours = format!("border-left-color:{};border-right-color:{}", colour(left), colour(right));
        format!("height:8px;border-style:solid;border-width:0 8px;{colours}")
    });
    let variable = pairs(|left, _| {
        format!("height:8px;border-style:solid;border-width:0 8px;border-color:var(--{})", if left { "k" } else { "w" })
    });
    check_unread("text/html", &[("four sides", four), ("two sides", two), ("a variable", variable)]);
    let arrow = "<i style='width:0;height:0;border-style:solid;border-width:6px;border-color:#333 transparent transparent'></i>";
    let frame = "<td style='width:20px;height:20px;border:1px solid;border-color:#ddd #333 #333 #ddd'></td>";
    check_none("text/html", &[("arrows", page(&arrow.repeat(200))), ("frames", page(&frame.repeat(200)))]);
}

#[test]
fn boxes_with_something_in_them_that_hides_nothing() {
    let css = ":root{--k:#000}.k{background:var(--k)}";
    let with = |inner: &str| styled(css, &placed("class=k").replace("></b>", &format!(">{inner}</b>")));
    assert!(is_told(&with("<object></object>")));
    let inner = ["<canvas></canvas>", "<svg></svg>", "<select></select>", ".", "&middot;"];
    check_unread("text/html", &inner.map(|inner| (inner, with(inner))));
    let shown = ["<img src=a.png>", "<svg viewBox='0 0 9 9'><path d='M0 0L9 9L4 8z'/></svg>", "New", "5"];
    check_none("text/html", &shown.map(|inner| (inner, with(inner))));
}

#[test]
fn deep_sums_end() {
    let deep = |count: usize| format!("<i style='width:{}1px{}'>", "calc(".repeat(count), ")".repeat(count));
    assert!(is_told(&deep(50_000)));
    assert!(!is_told(&deep(20).repeat(10_000)));
}

#[test]
fn ordinary_pages() {
    let css = "@media (prefers-color-scheme:dark){td{background:#111!important}.dot{background:#eee}}.x td{padding:0}.card .pill{width:8px;height:8px}@keyframes spin{to{transform:rotate(360deg)}}.spin{animation:spin 1s}";
    let wrapper = "<td style='background:var(--row)'><a href=https://a.example/>Offer</a></td><td style='color:#fff;background:var(--brand)'>Buy</td>";
    let stars = "<span style='width:16px;height:16px'><img src=star.png></span>";
    let spacer = "<td style='background:#ffffff;width:20px'>&nbsp;</td><td width=20 height=20></td><td class=x style='border-bottom:1px solid var(--line)'>&nbsp;</td>";
    let heading = "<h2 style='text-shadow:0 1px 2px rgba(0,0,0,.2), 0 2px 4px rgba(0,0,0,.2)'>A heading</h2><span class=spin style='width:20px;height:20px;display:block'></span>";
    let table = |cells: &str| styled(css, &format!("<table>{}</table>", format!("<tr>{cells}</tr>").repeat(120)));
    check_none(
        "text/html",
        &[
            ("wrappers", table(wrapper)),
            ("stars", table(stars)),
            ("spacers", table(spacer)),
            ("headings", table(heading)),
            ("dots", styled(css, &"<i class=dot style='background:#333'></i>".repeat(60))),
        ],
    );
}
