//! Drawings beside rules that may not hold, of colours that are not known, and of what is not followed.

use std::time::Duration;

use super::{squares, svg};
use crate::formats::drawing::{check, check_none, check_unread, dark, modules, modules_that_are};
use crate::formats::shown::open_within;

/// All modules, the dark ones and the light ones with attributes of their own.
fn both(of_dark: &str, of_light: &str) -> String {
    let cell = |x: usize, y: usize, more: &str| format!("<rect x='{x}' y='{y}' width='1' height='1' {more}/>");
    dark(4, |x, y| cell(x, y, of_dark)) + &modules_that_are(false, 4, |x, y| cell(x, y, of_light))
}

fn styled(css: &str, inner: &str) -> String {
    svg(&format!("<style>{css}</style>{inner}"))
}

#[test]
fn rules_that_may_not_hold_hide_nothing() {
    let css = [
        ".nosuch rect{opacity:0}",
        ".nosuch rect{fill:#fff}",
        ".nosuch rect{x:0;y:0}",
        ".nosuch rect{transform:translate(9px,9px)}",
        "@media (min-width:99999px){rect{fill:#fff}}",
    ];
    let cases: Vec<(&str, String)> = css.iter().map(|css| (*css, styled(css, &squares()))).collect();
    check("image/svg+xml", &cases);
    let late = svg(&format!("{}<style>.k{{fill:#000}}.w{{fill:#fff}}</style>", both("class='k'", "class='w'")));
    check("image/svg+xml", &[("a sheet behind the shapes", late)]);
}

#[test]
fn what_rules_may_paint_is_told_from_the_rest() {
    let all = both("class='k'", "class='w'");
    let of = |css: &str| styled(css, &all);
    check(
        "image/svg+xml",
        &[
            ("a medium", of("@media (min-width:1px){.k{fill:#000}.w{fill:#fff}}")),
            ("never pointed at", of("rect{fill:#fff}.k:not(:hover){fill:#000}")),
            ("nested", of("svg{.w{fill:#fff}}")),
        ],
    );
    // Which of them it is for is not known.
    let half = both("", "").replacen("<rect", "<g><rect", 1) + "</g>";
    check_unread("image/svg+xml", &[("a part", styled("g rect:nth-child(2n){fill:#fff}", &half))]);
    let logo = svg(&"<path d='M4 4c8 0 12 4 12 12s-4 12-12 12z'/>".repeat(40));
    let dark_mode = "<style>@media (prefers-color-scheme:dark){path{fill:#fff}}path:hover{fill:#f00}</style>";
    check_none("image/svg+xml", &[("a logo in the dark", logo.replacen('>', &format!(">{dark_mode}"), 1))]);
}

#[test]
fn colours_that_are_not_known() {
    let pairs = [
        ("fill='currentColor' color='#000'", "fill='currentColor' color='#fff'"),
        ("fill='var(--k)'", "fill='var(--w)'"),
        ("fill='var(--k)' style='--k:#000'", "fill='var(--k)' style='--k:#fff'"),
        ("fill='oklch(0 0 0)'", "fill='oklch(1 0 0)'"),
        ("fill='url(#p)'", "fill='url(#q)'"),
        ("style='fill:color-mix(in srgb, red, blue)'", "style='fill:lab(99 0 0)'"),
        ("fill='&#35;000'", "fill='&#35;fff'"),
    ];
    let cases: Vec<(&str, String)> = pairs.iter().map(|(own, other)| (*own, svg(&both(own, other)))).collect();
    check("image/svg+xml", &cases);
    let ground = format!("<rect width='37' height='37' fill='var(--w)'/>{}", squares());
    check("image/svg+xml", &[("a ground", svg(&ground))]);
    let uses = dark(4, |x, y| format!("<use href='#m' color='#000' x='{x}' y='{y}'/>"))
        + &modules_that_are(false, 4, |x, y| format!("<use href='#m' color='#fff' x='{x}' y='{y}'/>"));
    let symbol = "<symbol id='m'><rect width='1' height='1' fill='currentColor'/></symbol>";
    check("image/svg+xml", &[("uses", svg(&format!("{symbol}{uses}")))]);
    let icon = "<svg viewBox='0 0 24 24' fill='currentColor'><path d='M12 2C6.48 2 2 6.48 2 12s4.48 10 10 10 10-4.48 10-10S17.52 2 12 2zm1 15h-2v-6h2v6z'/></svg>";
    check_none("text/html", &[("icons", format!("<p>Hello {}", icon.repeat(80)))]);
}

#[test]
fn rows_that_are_not_followed_are_told() {
    let rows = modules(4);
    let gradients = |more: &str, paint: &str| -> String {
        let row = |(y, row): (usize, &Vec<bool>)| {
            let stop = |(x, own): (usize, &bool)| {
                let colour = if *own { "#000" } else { "#fff" };
                let at = |x: usize| f64::from(u32::try_from(x).unwrap()) / 37.0;
                format!(
                    "<stop offset='{}' stop-color='{colour}'/><stop offset='{}' stop-color='{colour}'/>",
                    at(x),
                    at(x + 1)
                )
            };
            let stops: String = row.iter().enumerate().map(stop).collect();
            format!(
                "<linearGradient id='g{y}' {more}>{stops}</linearGradient><path {paint}='url(#g{y})' stroke-width='1' d='M0 {y}h37v.4h-37z'/>"
            )
        };
        svg(&rows.iter().enumerate().map(row).collect::<String>())
    };
    let text = |row: &Vec<bool>| row.iter().map(|own| if *own { '\u{2588}' } else { ' ' }).collect::<String>();
    let texts: String = rows
        .iter()
        .enumerate()
        .map(|(y, row)| {
            format!("<text xml:space='preserve' y='{y}' font-size='1.6'>{}.</text>", text(row))
                .replace(".<", "\u{2588}<")
        })
        .collect();
    let line = dark(4, |x, y| format!("L{x} {y}"));
    let lines: String = line
        .split('L')
        .collect::<Vec<_>>()
        .chunks(60)
        .map(|part| format!("<path d='M0 0L{}'/>", part.join("L")))
        .collect();
    check_unread(
        "image/svg+xml",
        &[
            ("in the space of the drawing", gradients("gradientUnits='userSpaceOnUse' x2='37'", "fill")),
            ("turned", gradients("gradientTransform='rotate(0)'", "fill")),
            ("of lines", gradients("", "fill='none' stroke")),
            ("text with blanks", svg(&texts)),
            ("markers of a group", svg(&format!("<g marker-mid='url(#m)' fill='none'>{lines}</g>"))),
            ("markers of a class", styled("path{marker-mid:url(#m)}", &lines)),
        ],
    );
    let one_by_one: String = rows
        .iter()
        .enumerate()
        .map(|(y, row)| {
            let places: Vec<String> =
                row.iter().enumerate().filter(|(_, own)| **own).map(|(x, _)| x.to_string()).collect();
            let letters = "\u{2588}".repeat(places.len());
            format!("<text x='{}' y='{y}.8' font-size='1.67'>{letters}</text>", places.join(" "))
        })
        .collect();
    check("image/svg+xml", &[("text of places", svg(&one_by_one))]);
}

#[test]
fn patterns_and_soft_gradients_are_no_rows() {
    let bars = |fill: &dyn Fn(usize) -> String| -> String {
        (0..30)
            .map(|at| {
                format!("<rect x='{at}' y='{}' width='.8' height='{}' fill='{}'/>", 37 - at % 9, at % 9 + 1, fill(at))
            })
            .collect()
    };
    let hatch = "<pattern id='hatch' width='4' height='4'><path d='M0 4L4 0' stroke='#000'/></pattern>";
    let soft = "<linearGradient id='soft' gradientUnits='userSpaceOnUse'><stop stop-color='#36c'/><stop offset='1' stop-color='#9cf'/></linearGradient>";
    let charts = [
        format!("{hatch}{}", bars(&|_| "url(#hatch)".to_owned())),
        format!("{}{hatch}", bars(&|_| "url(#hatch)".to_owned())),
        format!("{}{soft}", bars(&|_| "url(#soft)".to_owned())),
    ];
    let cases = charts.map(|chart| ("a chart", svg(&chart)));
    check_none("image/svg+xml", &cases);
}

#[test]
fn patterns_of_rows_are_told() {
    let rows = modules(4);
    let pattern = |(at, rows): (usize, &[Vec<bool>])| {
        let cells: String = rows
            .iter()
            .enumerate()
            .flat_map(|(y, row)| {
                row.iter()
                    .enumerate()
                    .filter(|(_, own)| **own)
                    .map(move |(x, _)| format!("<rect x='{x}' y='{y}' width='1' height='1'/>"))
            })
            .take(24)
            .collect();
        format!(
            "<pattern id='p{at}' width='37' height='1'>{cells}</pattern><rect y='{at}' width='37' height='1' fill='url(#p{at})'/>"
        )
    };
    let all: String = rows.chunks(1).enumerate().map(pattern).collect();
    check_unread("image/svg+xml", &[("patterns", svg(&all))]);
}

#[test]
fn dashes_of_a_group_cost_what_they_are() {
    let list = "1 ".repeat(500_000);
    let groups = "<g><path d='M0 0H9' stroke='#000'/>".repeat(200);
    let shapes = "<path d='M0 0H9' stroke='#000'/>".repeat(60_000);
    let page = svg(&format!("<g stroke-dasharray='{list}'>{shapes}{groups}</g>"));
    let content = open_within(Duration::from_secs(4), "image/svg+xml", page.as_bytes());
    assert!(content.unopened.is_empty(), "{:?}", content.unopened);
}

#[test]
fn what_is_made_visible_again_is_seen() {
    let again = squares().replace("<rect", "<rect visibility='visible'");
    let styled = squares().replace("<rect", "<rect style='visibility:visible'");
    let shown = squares();
    check(
        "image/svg+xml",
        &[
            ("shapes", svg(&format!("<g visibility='hidden'>{again}</g>"))),
            ("styles", svg(&format!("<g style='visibility:hidden'>{styled}</g>"))),
            ("a group", svg(&format!("<g visibility='hidden'><g visibility='visible'>{shown}</g></g>"))),
            ("a style against an attribute", svg(&format!("<g display='none' style='display:inline'>{shown}</g>"))),
            (
                "the same of being visible",
                svg(&format!("<g visibility='hidden' style='visibility:visible'>{shown}</g>")),
            ),
            (
                "what is not seen covers nothing",
                svg(&format!("{shown}<g visibility='hidden'><rect width='20' height='20' fill='#fff'/></g>")),
            ),
            (
                "uses of what is not seen",
                svg(&format!("<g visibility='hidden'><g id='m'>{shown}</g></g><use href='#m'/>")),
            ),
        ],
    );
    check_none(
        "image/svg+xml",
        &[
            ("hidden", svg(&format!("<g visibility='hidden'>{shown}</g>"))),
            ("not displayed", svg(&format!("<g display='none'><g visibility='visible'>{shown}</g></g>"))),
        ],
    );
}
