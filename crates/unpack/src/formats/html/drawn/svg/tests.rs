//! Drawings in SVG that are codes, and ones that are none.

mod later;
mod painted;
mod round;
mod told;

use std::time::Duration;

use super::path;
use super::transform::transform;
use crate::budget::{Budget, Limits};
use crate::formats::archives::tests::damaged::Random;
use crate::formats::drawing::{check, check_none, dark, has_code, modules, modules_that_are, runs};
use crate::formats::html;
use crate::formats::image::curves::Curves;

fn svg(inner: &str) -> String {
    format!("<svg xmlns='http://www.w3.org/2000/svg' width='400' height='400' viewBox='0 0 37 37'>{inner}</svg>")
}

fn squares() -> String {
    dark(4, |x, y| format!("<rect x='{x}' y='{y}' width='1' height='1'/>"))
}

#[test]
fn shapes_of_every_kind() {
    let lines = dark(4, |x, y| format!("<line stroke='#000' x1='{x}' x2='{}' y1='{y}.5' y2='{y}.5'/>", x + 1));
    let polylines = dark(4, |x, y| {
        format!("<polyline stroke='black' stroke-width='1' fill='none' points='{x}.5,{y} {x}.5,{}'/>", y + 1)
    });
    let polygons = dark(4, |x, y| format!("<polygon points='{x},{y} {a},{y} {a},{b} {x},{b}'/>", a = x + 1, b = y + 1));
    let circles = dark(4, |x, y| format!("<circle cx='{x}.5' cy='{y}.5' r='.5' style='fill:navy'/>"));
    let ellipses = dark(4, |x, y| format!("<ellipse cx='{x}.5' cy='{y}.5' rx='.5' ry='.45'/>"));
    let path = dark(4, |x, y| format!("M{x} {y}h1v1h-1z"));
    let joined = runs(
        4,
        |x, y, length, is_dark| if is_dark { format!("M{x},{y}l{length},0 0,1-{length},0Z") } else { String::new() },
    );
    let stroked = runs(4, |x, y, length, is_dark| if is_dark { format!("M{x} {y}.5h{length}") } else { String::new() });
    let dashed: String = modules(4)
        .iter()
        .enumerate()
        .map(|(y, row)| {
            let lengths: Vec<String> =
                row.chunk_by(|one, other| one == other).map(|run| run.len().to_string()).collect();
            let start = if row[0] { "" } else { "0 " };
            format!("<path stroke='#000' stroke-dasharray='{start}{}' d='M0 {y}.5H37'/>", lengths.join(" "))
        })
        .collect();
    check(
        "image/svg+xml",
        &[
            ("squares", svg(&squares())),
            ("lines", svg(&lines)),
            ("lines of several corners", svg(&polylines)),
            ("polygons", svg(&polygons)),
            ("circles", svg(&circles)),
            ("ellipses", svg(&ellipses)),
            ("a path", svg(&format!("<path d='{path}'/>"))),
            ("a path of runs", svg(&format!("<path fill-rule='evenodd' d='{joined}'/>"))),
            ("strokes", svg(&format!("<path stroke='rgb(0,0,60)' d='{stroked}'/>"))),
            (
                "strokes of a group",
                svg(&format!("<g stroke='#000' stroke-width='1' fill='none'><path d='{stroked}'/></g>")),
            ),
            ("dashes", svg(&dashed)),
        ],
    );
}

#[test]
fn light_on_dark() {
    let light = modules_that_are(false, 4, |x, y| format!("<rect fill='#fff' x='{x}' y='{y}' width='1' height='1'/>"));
    let inverted = dark(4, |x, y| format!("<rect class=m x='{x}' y='{y}' width='1' height='1'/>"));
    check(
        "image/svg+xml",
        &[
            ("a ground in shares", svg(&format!("<rect width='100%' height='100%'/>{light}"))),
            ("a ground in numbers", svg(&format!("<path d='M0 0h37v37H0z' fill='navy'/>{light}"))),
            ("inverted", svg(&format!("<rect width='37' height='37' fill='#222'/><g fill='gold'>{inverted}</g>"))),
        ],
    );
    let page =
        format!("<style>.m{{fill:white}}</style><p>Scan {}", svg(&format!("<rect width='37' height='37'/>{inverted}")));
    check("text/html", &[("a class", page)]);
}

#[test]
fn groups_that_are_moved_scaled_and_turned() {
    let cells = dark(0, |x, y| format!("<rect transform='translate({x},{y})' width='1' height='1'/>"));
    let rows: String = modules(0)
        .iter()
        .enumerate()
        .map(|(y, row)| {
            let row = row.iter().enumerate().filter(|(_, is_dark)| **is_dark);
            let cells: String =
                row.map(|(x, _)| format!("<g transform='translate({x} 0)'><rect width='1' height='1'/></g>")).collect();
            format!("<g transform='matrix(1 0 0 1 0 {y})'>{cells}</g>")
        })
        .collect();
    let styled = dark(0, |x, y| format!("<rect width='1' height='1' style='transform:translate({x}px,{y}px)'/>"));
    let inner = dark(0, |x, y| {
        format!("<svg x='{x}' y='{y}' width='1' height='1' viewBox='0 0 8 8'><rect width='8' height='8'/></svg>")
    });
    check(
        "image/svg+xml",
        &[
            ("moved", svg(&format!("<g transform='scale(2) translate(1 1)'>{cells}</g>"))),
            ("rows", svg(&format!("<g transform='scale(.5,.5)'>{rows}</g>"))),
            ("turned", svg(&format!("<g transform='rotate(90)'>{cells}</g>"))),
            ("askew", svg(&format!("<g transform='rotate(20, 10, 10) scale(3)'>{cells}</g>"))),
            ("styled", svg(&styled)),
            ("drawings within", svg(&inner)),
        ],
    );
}

#[test]
fn uses() {
    let of = |name: &str| dark(4, |x, y| format!("<use {name}='#m' x='{x}' y='{y}'/>"));
    let sized = dark(4, |x, y| format!("<use href='#m' x='{x}' y='{y}' width='1' height='1'/>"));
    let moved = dark(4, |x, y| format!("<use xlink:href='#m' transform='translate({x},{y})'/>"));
    let both = of("href") + &modules_that_are(false, 4, |x, y| format!("<use href='#m' fill='#fff' x='{x}' y='{y}'/>"));
    check(
        "image/svg+xml",
        &[
            ("a shape", svg(&format!("<defs><rect id='m' width='1' height='1'/></defs>{}", of("href")))),
            ("a shape, moved", svg(&format!("<defs><path id='m' d='M0 0h1v1H0z'/></defs>{moved}"))),
            (
                "a group",
                svg(&format!(
                    "<defs><g id='m'><rect width='1' height='.5'/><rect y='.5' width='1' height='.5'/></g></defs>{}",
                    of("xlink:href")
                )),
            ),
            (
                "a symbol",
                svg(&format!("<symbol id='m' viewBox='0 0 9 9'><circle cx='4.5' cy='4.5' r='4.5'/></symbol>{sized}")),
            ),
            ("of what comes later", svg(&format!("{}<defs><rect id='m' width='1' height='1'/></defs>", of("href")))),
            (
                "of any colour",
                svg(&format!(
                    "<defs><rect id='m' width='1' height='1'/></defs><rect width='37' height='37' fill='#000'/>{both}"
                )),
            ),
            ("all at once", svg(&format!("<defs><g id='m'>{}</g></defs><use href='#m'/>", squares()))),
        ],
    );
    assert!(!has_code("", "image/svg+xml", svg(&format!("<defs><g id='m'>{}</g></defs>", squares())).as_bytes()));
}

#[test]
fn sheets_inside_a_drawing() {
    let by_class = squares().replace("<rect", "<rect class='cls-2'");
    let rules = [".cls-1{fill:#fff;}", ".cls-2{fill:#231f20;}"];
    let with = |sheet: String| svg(&format!("{sheet}<rect class='cls-1' width='37' height='37'/>{by_class}"));
    let plain = with(format!("<defs><style>{}</style></defs>", rules.concat()));
    let sections = format!("<style type='text/css'><![CDATA[{}]]><![CDATA[{}]]></style>", rules[0], rules[1]);
    let parts = format!("<style>{}</style>", rules.concat().replace(".cls-2", "svg .cls-2"));
    let hidden = format!("{}<rect class='k' width='20' height='20' fill='#fff'/>", squares());
    check(
        "image/svg+xml",
        &[
            ("as editors write it", format!("<?xml version='1.0'?>{plain}")),
            ("sections", with(sections)),
            ("combinators", with(parts)),
            ("a cover that is not shown", svg(&format!("<style>.k{{display:none}}</style>{hidden}"))),
        ],
    );
    check("text/html", &[("inline", format!("<p>Scan {plain}")), ("behind a form", format!("<p><b>{plain}</b>"))]);
    let page = "<p>Hello</p><svg><style>.h{display:none}</style></svg><p class=h>unseen words</p>";
    let read = html::read(page);
    assert_eq!((read.text.as_str(), read.hidden_text.trim()), ("Hello", "unseen words"));
}

#[test]
fn shapes_that_are_seen_through_others() {
    let light = modules_that_are(false, 4, |x, y| format!("<rect x='{x}' y='{y}' width='1' height='1' fill='#fff'/>"));
    let all = |inner: &str, with: &str| svg(&format!("<defs>{inner}</defs><rect width='37' height='37' {with}/>"));
    let (pattern, mask) = ("<pattern id='p' width='37' height='37'>", "<mask id='p'>");
    let white = squares().replace("<rect", "<rect fill='#fff'");
    check(
        "image/svg+xml",
        &[
            ("a pattern", all(&format!("{pattern}{}</pattern>", squares()), "fill='url(#p)'")),
            ("a mask", all(&format!("{mask}{white}</mask>"), "mask='url(#p)'")),
            ("a mask of what is light", all(&format!("{mask}{light}</mask>"), "mask='url(#p)'")),
            ("a clip path", all(&format!("<clipPath id='p'>{white}</clipPath>"), "clip-path='url(#p)'")),
        ],
    );
}

#[test]
fn geometry_in_styles() {
    let places = dark(4, |x, y| format!("<rect style='x:{x}px;y:{y}px' width='1' height='1'/>"));
    let sizes = dark(4, |x, y| format!("<rect class='m' x='{x}' y='{y}' width='.001'/>"));
    let circles = dark(4, |x, y| format!("<circle class='m' style='cx:{x}.5px;cy:{y}.5px'/>"));
    let paths = dark(4, |x, y| format!("<path style=\"d:path('M{x} {y}h1v1h-1z')\"/>"));
    let moved = dark(4, |x, y| format!("<rect width='1' height='1' style='transform:matrix(1,0,0,1,{x},{y})'/>"));
    let dashed: String = modules(4)
        .iter()
        .enumerate()
        .map(|(y, row)| {
            let lengths: Vec<String> =
                row.chunk_by(|one, other| one == other).map(|run| format!("{}px", run.len())).collect();
            let zeros = "0 0 ".repeat(300);
            let start = if row[0] { "" } else { "0 " };
            format!("<path stroke='#000' stroke-dasharray='{zeros}{start}{}' d='M0 {y}.5h20h17'/>", lengths.join(", "))
        })
        .collect();
    check(
        "image/svg+xml",
        &[
            ("places", svg(&places)),
            ("sizes", svg(&format!("<style>.m{{width:1px;height:1px}}</style>{sizes}"))),
            ("circles", svg(&format!("<style>.m{{r:.5px}}</style>{circles}"))),
            ("paths", svg(&paths)),
            ("moved", svg(&moved)),
            ("dashes behind dashes of no length", svg(&dashed)),
        ],
    );
}

#[test]
fn decoys_beside_a_drawing() {
    let specks = "<rect x='-1' y='-1' width='.001' height='.001'/>".repeat(700);
    let chain: String =
        (0..15).map(|at| format!("<rect x='{}' y='15' width='1' height='1' fill='#fefefe'/>", at * 10 + 37)).collect();
    let down = chain.replace("x='", "z='").replace("y='15' ", "x='15' ").replace("z='", "y='");
    check(
        "image/svg+xml",
        &[
            ("specks", svg(&(specks + &squares()))),
            ("a chain", svg(&format!("{}{chain}", squares()))),
            ("chains", svg(&format!("{chain}{}{down}", squares()))),
        ],
    );
}

#[test]
fn what_is_not_seen_does_not_cover() {
    let over = [
        "<rect width='20' height='20' fill='#fff' opacity='.06'/>",
        "<rect width='20' height='20' fill='#fff' fill-opacity='6%'/>",
        "<rect width='20' height='20' fill='rgba(255,255,255,.1)'/>",
        "<rect width='20' height='20' style='fill:#ffffff30'/>",
        "<g opacity='.2'><rect width='20' height='20' fill='#fff'/></g>",
        "<g style='opacity:.2'><path d='M0 0h20v20H0z' stroke='#fff' fill='#fff'/></g>",
        "<rect width='99' height='99' fill='none'/>",
        "<rect width='99' height='99' opacity='0'/>",
        "<rect width='99' height='99' fill='white' fill-opacity='0'/>",
        "<rect width='99' height='99' display='none'/>",
        "<rect width='99' height='99' style='visibility:hidden'/>",
    ];
    let cases: Vec<(&str, String)> = over.iter().map(|over| (*over, svg(&format!("{}{over}", squares())))).collect();
    check("image/svg+xml", &cases);
}

#[test]
fn drawings_that_are_no_codes() {
    let logo = svg("<g fill='#e33'><path d='M4 4c8 0 12 4 12 12s-4 12-12 12z'/><circle cx='24' cy='16' r='8'/><path d='M20 30l4 4 8-8'/></g>").repeat(30);
    let chart: String = (0..36)
        .map(|bar| format!("<rect x='{bar}' y='{}' width='.8' height='{}' fill='#369'/>", 37 - bar % 9, bar % 9))
        .collect();
    let calendar: String = (0..371)
        .map(|day| {
            format!(
                "<rect x='{}' y='{}' width='.9' height='.9' rx='.1' fill='{}'/>",
                day / 7,
                day % 7,
                ["#ebedf0", "#9be9a8", "#216e39"][day * day % 3]
            )
        })
        .collect();
    let mut random = Random(0x77);
    let bars: String = (0..500)
        .map(|_| {
            format!("<rect x='{}' y='{}' width='3' height='3' fill='#123'/>", random.below(999), random.below(999))
        })
        .collect();
    let same = "<rect x='1' y='1' width='1' height='1'/>".repeat(8_000);
    check_none(
        "image/svg+xml",
        &[
            ("a logo", logo),
            ("a chart", svg(&chart)),
            ("a calendar", svg(&calendar)),
            ("bars", svg(&bars)),
            ("the same", svg(&same)),
        ],
    );
}

#[test]
fn transforms_and_paths() {
    assert_eq!(transform("translate(3 4) scale(2)").apply(1.0, 1.0), (5.0, 6.0));
    assert_eq!(transform("matrix(1,0,0,1,5,6),translatex(2px)").apply(0.0, 0.0), (7.0, 6.0));
    assert_eq!(transform("nonsense(3) scale(").apply(1.0, 1.0), (0.0, 0.0));
    let mut left = 1000;
    let lines = path::lines("M1 1h2v2H1z m4,0 1.5.5-1-.5e1 M9 9a1 1 0 011 1", &mut left, &mut Curves::default());
    assert_eq!(
        lines,
        [
            vec![(1.0, 1.0), (3.0, 1.0), (3.0, 3.0), (1.0, 3.0), (1.0, 1.0)],
            vec![(5.0, 1.0), (6.5, 1.5), (5.5, -3.5)],
            vec![(9.0, 9.0), (10.0, 10.0)],
        ]
    );
    let mut left = 3;
    path::lines("M1 1 2 2 3 3", &mut left, &mut Curves::default());
    assert_eq!(left, 0);
}

#[test]
fn bombs_end_and_are_told() {
    let mut uses = String::from("<svg xmlns='http://www.w3.org/2000/svg'><g id='a0'><rect width='1' height='1'/></g>");
    for level in 0..9 {
        uses += &format!("<g id='a{}'>{}</g>", level + 1, format!("<use href='#a{level}' x='2'/>").repeat(10));
    }
    let flat = svg(&format!(
        "<defs><g id='m'>{}</g></defs>{}",
        squares(),
        "<use href='#m' transform='scale(0)'/>".repeat(5_000)
    ));
    for (name, text) in [("uses", uses + "</svg>"), ("uses of no size", flat), ("groups", svg(&"<g>".repeat(50_000)))] {
        let budget = Budget::with_clock(Limits::default(), || Duration::ZERO);
        let looked = html::read(&text).drawn.read(&budget);
        assert!(looked.codes.is_empty() && !looked.is_whole, "{name}");
    }
}
