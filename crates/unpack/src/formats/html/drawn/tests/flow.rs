//! Boxes that a page lays out itself, and boxes of which nothing is known.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the tests themselves")]

use super::page;
use crate::formats::drawing::{check, check_none, check_unread, dark, modules};

/// An element of each module, with that class if it is dark.
fn cells(margin: usize) -> String {
    modules(margin).concat().iter().map(|own| format!("<i class={}></i>", if *own { "k" } else { "w" })).collect()
}

fn placed(more: &str) -> String {
    dark(0, |x, y| {
        let (left, top) = (40 + 8 * x, 40 + 8 * y);
        format!("<b style='position:absolute;left:{left}px;top:{top}px;width:8px;height:8px' {more}></b>")
    })
}

fn styled(css: &str, body: &str) -> String {
    format!("<style>{css}</style>{}", page(body))
}

#[test]
fn boxes_of_rows() {
    let side = 8 * modules(0).len();
    let float = ".k,.w{float:left;width:8px;height:8px}.k{background:#000}";
    let flex = ".f{display:flex;flex-wrap:wrap}.f i{width:8px;height:8px}.k{background:#000}";
    let around = format!("<div style='width:{side}px;padding:40px;background:#fff'>{}</div>", cells(0));
    check(
        "text/html",
        &[
            ("float", styled(float, &around)),
            ("flex", styled(flex, &format!("<div class=f style='width:{side}px'>{}</div>", cells(0)))),
            (
                "blocks in a line",
                styled(
                    ".k,.w{display:inline-block;width:8px;height:8px}.k{background:#000}",
                    &format!("<p>{}</p>", cells(2)),
                ),
            ),
        ],
    );
}

#[test]
fn boxes_of_other_sides() {
    let at = |x: usize, y: usize| format!("position:absolute;left:{}px;top:{}px", 40 + 8 * x, 40 + 8 * y);
    let cover =
        |more: &str| format!("<div style='position:absolute;left:0;top:0;width:400px;height:400px;{more}'></div>");
    let plain = placed("class=k");
    let light =
        "<div style='position:absolute;left:40px;top:40px;width:232px;height:232px;background:#000;z-index:0'></div>";
    let white: String = crate::formats::drawing::modules_that_are(false, 0, |x, y| {
        format!("<b style='{};width:8px;height:8px;background:#fff;z-index:1'></b>", at(x, y))
    });
    check(
        "text/html",
        &[
            ("padding", page(&dark(0, |x, y| format!("<b style='{};padding:4px;background:#000'></b>", at(x, y))))),
            (
                "outline",
                page(&dark(0, |x, y| format!("<b style='{};width:0;height:0;outline:4px solid #000'></b>", at(x, y)))),
            ),
            ("before", styled(".k::before{content:'';position:absolute;width:8px;height:8px;background:#000}", &plain)),
            (
                "sums",
                page(&dark(0, |x, y| {
                    format!(
                        "<b style='position:absolute;left:calc(40px + {}px);top:calc({}px - 8px);width:8px;height:8px;background:#000'></b>",
                        8 * x,
                        48 + 8 * y
                    )
                })),
            ),
            (
                "a cover",
                styled(".k{background:#000}", &format!("{plain}{}", cover("background:#fff;mix-blend-mode:multiply"))),
            ),
            ("a lower layer", page(&format!("{white}{light}"))),
        ],
    );
}

#[test]
fn boxes_of_which_nothing_is_known_are_told() {
    let list = |text: &dyn Fn(usize, usize) -> String| dark(0, |x, y| text(x, y) + ",");
    let polygon = list(&|x, y| format!("{x}px {y}px,{x}px {}px", y + 1));
    let radial = list(&|x, y| format!("radial-gradient(#000 70%,#000 71%) {x}px {y}px/8px 8px"));
    let shadows = list(&|x, y| format!("{x}em {y}em #000"));
    check_unread(
        "text/html",
        &[
            ("variables", styled(":root{--k:#000}.k{background:var(--k)}", &placed("class=k"))),
            ("attributes", styled("[a]{background:#000}", &placed("a"))),
            ("conditions", styled("@media (min-width:1px){.k{background:#000}}", &placed("class=k"))),
            ("pseudo-classes", styled("b:not(.z){background:#000}", &placed("class=k"))),
            ("places", styled(".k{background:#000}", &placed("class=k").replace("px;top", "px;left:max(1px,2px);top"))),
            ("a polygon", page(&format!("<div style='background:#000;clip-path:polygon({polygon}0 0)'></div>"))),
            ("gradients", page(&format!("<div style='background:{radial}#fff'></div>"))),
            ("shadows of text", page(&format!("<span style='text-shadow:{shadows}0 0 #000'>x</span>"))),
        ],
    );
}

#[test]
fn ordinary_letters() {
    let css = ":root{--brand:#06c}@media (prefers-color-scheme:dark){.c{background:#111}}@media (max-width:600px){.s{width:20px;height:8px}}a:hover{background:#eee}[class~=x]{background:#fff}.c::before{content:'';background:#eee}";
    let row = "<tr><td class=c style='background:var(--brand);padding:8px'>Offer</td><td style='width:20px;height:20px'></td><td><div class=s style='width:12px;height:12px'></div><div class=c style='width:calc(100% - 20px);background:#fafafa;padding:4px 8px'>All about it</div></td></tr>";
    let rules: String = (0..40).map(|_| "<div style='height:1px;background:#ddd'></div><p>Text</p>").collect();
    let dots: String = (0..5)
        .map(|_| "<span style='display:inline-block;width:8px;height:8px;border-radius:4px;background:#ccc'></span>")
        .collect();
    let card = "<div style='position:relative;padding:20px;background:#fff;outline:1px solid #ddd'><span style='position:absolute;padding:2px 6px;background:#c00'>New</span>A card</div>";
    check_none(
        "text/html",
        &[
            ("a newsletter", styled(css, &format!("<table>{}</table>", row.repeat(60)))),
            ("rules", styled(css, &rules)),
            ("dots", styled(css, &dots.repeat(8))),
            ("cards", styled(css, &card.repeat(60))),
        ],
    );
}
