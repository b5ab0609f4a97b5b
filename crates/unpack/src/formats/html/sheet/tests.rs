//! What rules say of elements, and what crafted ones cost.

use std::time::Duration;

use super::*;
use crate::formats::shown::{open_within, show};

fn sheet(css: &str) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.read(css);
    sheet
}

#[test]
fn a_class_that_is_named_again_weighs_again() {
    for (css, is_removed) in [
        (".a.a{display:none}.a{display:block}", true),
        (".a{display:none}.a{display:block}", false),
        (".a.b{display:none}.a.a.a{display:block}", false),
        (".b.a.b{display:none}.a.b{display:block}", true),
    ] {
        let mut sheet = sheet(css);
        assert_eq!(sheet.style("p", "", "b a").unwrap_or_default().sure.removes(), is_removed, "{css}");
        assert!(!sheet.is_cut, "{css}");
    }
}

#[test]
fn selectors_of_many_classes() {
    let long = |count: usize| (0..count).map(|number| format!(".c{number}")).collect::<String>();
    assert!(!sheet(&format!("{}{{color:red}}", long(SELECTOR_CLASSES_MAX))).is_cut);
    let mut cut = sheet(&format!("{}{{background:red}}", long(SELECTOR_CLASSES_MAX + 1)));
    assert!(cut.is_cut && cut.has_unread_background && cut.style("p", "", "c0").unwrap_or_default().sure.is_empty());
    // The same one again is one.
    let Parsed::Known(selector) = parsed(&".a".repeat(100_000)) else { panic!("a selector") };
    assert_eq!((selector.classes.as_slice(), selector.named), (["a".to_owned()].as_slice(), 100_000));
}

#[test]
fn what_is_remembered_of_elements_holds_until_the_next_rule() {
    let mut sheet = sheet(".a{display:none}#x{opacity:0}p.b{color:#fff}");
    for _ in 0..2 {
        assert!(sheet.style("p", "", "a").unwrap_or_default().sure.removes());
        assert!(sheet.style("p", "x", "").unwrap_or_default().sure.removes());
        assert!(
            !sheet.style("p", "", "b").unwrap_or_default().sure.is_empty()
                && sheet.style("i", "", "b").unwrap_or_default().sure.is_empty()
        );
        // The parts of an element are not each other's.
        assert!(
            sheet.style("", "a", "").unwrap_or_default().sure.is_empty()
                && sheet.style("a", "", "").unwrap_or_default().sure.is_empty()
        );
    }
    sheet.read(".a{display:block}");
    assert!(!sheet.style("p", "", "a").unwrap_or_default().sure.removes());
    for number in 0..REMEMBERED_MAX * 2 {
        sheet.style("p", &number.to_string(), "a");
    }
    assert!(sheet.said.len() <= REMEMBERED_MAX && !sheet.is_cut);
}

#[test]
fn crafted_sheets_end() {
    let numbered = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    let same = numbered(250, &|at| format!("{}{{color:#00{at:04}}}", ".a".repeat(1_000)));
    let one_class = numbered(250, &|at| format!(".a{{color:#00{at:04}}}"));
    let several = numbered(250, &|at| format!(".a.b.c.d.e.f.g{{color:#00{at:04}}}"));
    let alike = "<i class='a b c d e f g'>".repeat(60_000);
    let different = numbered(60_000, &|at| format!("<i id=x{at} class='a b c d e f g'>"));
    let between = numbered(20_000, &|at| format!("<style>.a{{color:#{at:06}}}</style><i class=a>"));
    for (name, page, is_told) in [
        ("same", format!("<style>{same}</style>{alike}"), false),
        ("one class", format!("<style>{one_class}</style>{alike}"), false),
        ("several", format!("<style>{several}</style>{alike}"), true),
        ("different", format!("<style>{one_class}</style>{different}"), true),
        ("between", between, true),
    ] {
        let content = open_within(Duration::from_secs(6), "text/html", page.as_bytes());
        let found = show(&content);
        assert!(content.unopened.is_empty(), "{name}: {:?}", content.unopened);
        assert_eq!(found.contains("picture_unread"), is_told, "{name}");
    }
}

#[test]
fn lists_of_drawings_are_kept_up_to_a_limit() {
    let list = "0,".repeat(1_000);
    let rules = |count: usize| (0..count).map(|at| format!(".d{at}{{box-shadow:{list}0}}")).collect::<String>();
    let honest = sheet(&rules(150));
    assert!(!honest.is_cut && honest.drawings.len() == 150);
    let crafted = sheet(&rules(4_000));
    assert!(crafted.is_cut && crafted.drawn_words <= DRAWN_WORDS_MAX && crafted.drawings.len() < 210);
    // The words of one entry count as well.
    let crafted = sheet(&format!(".d{{box-shadow:{}}}", "0 ".repeat(DRAWN_WORDS_MAX + 1)));
    assert!(crafted.is_cut && crafted.drawings.is_empty());
}

#[test]
fn sheets_within_sheets_end() {
    let open = "@import/*".repeat(400_000);
    let start = crate::budget::thread_time();
    assert!(sheet(&open).is_cut && crate::budget::thread_time() - start < Duration::from_secs(4));
    assert!(sheet(&"@import 'data:text/css,a{color:red}';".repeat(40)).is_cut);
    let honest = sheet(&"@import url(https://a.example/b.css);".repeat(20));
    assert!(!honest.is_cut && honest.order == 0);
}

fn of(css: &str, tag: &str, classes: &str) -> Said {
    sheet(css).style(tag, "", classes).unwrap_or_default()
}

#[test]
fn what_may_not_hold_takes_nothing_away() {
    for css in [
        ".nosuch b{opacity:0}",
        "@media (min-width:1px){b{opacity:0}}",
        "@supports (a:b){b{opacity:0}}",
        "@layer x{b{opacity:0}}",
        "body{b{opacity:0}}",
        "b:nth-child(2){opacity:0}",
        "b:not(:hover){opacity:0}",
        "b[title]{opacity:0}",
        "b,:-moz-nosuch{opacity:0}",
        "b,{opacity:0}",
        "}b{opacity:0}",
        ".nosuch b{transform:translate(9px,9px)}.nosuch b{display:none}",
    ] {
        let said = of(css, "b", "");
        assert!(said.drawn.is_empty() && said.of_drawing.is_empty(), "{css}: {said:?}");
        assert!(said.doubt.contests(&style::read("background:#000;left:1px")), "{css}: {:?}", said.doubt);
    }
    for css in ["b:hover{background:#fff}", "i{background:#fff}", ".k{background:#fff}", "b{font-weight:bold}"] {
        let said = of(css, "b", "");
        assert!(said.doubt.is_empty(), "{css}: {:?}", said.doubt);
    }
    // What is said of text holds as before.
    assert!(of("@supports (a:b){b{display:none}}", "b", "").sure.removes());
}

#[test]
fn names_with_escapes() {
    assert!(of(r".md\:x{display:none}", "b", "md:x").sure.removes());
    assert!(of(r".\6b x, .y{display:none}", "b", "kx").sure.removes());
    assert!(of(r".k{dis\70lay:none}", "b", "k").sure.removes());
    assert!(of(r".k{display:n\6f\6e e}", "b", "k").sure.removes());
}
