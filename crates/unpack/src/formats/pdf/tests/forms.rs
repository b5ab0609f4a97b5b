//! Forms that are drawn more than once, through what lies around them each time.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the tests themselves")]

use super::made::page;
use crate::formats::drawing::{check, check_none, dark};

const STATES: &str = "/ExtGState<</Z<</ca 0/CA 0>>/N<</ca 1>>/H<</ca .5>>/M<</SMask<</S/Alpha/G 9 0 R>>>>>>";
const LAYER: &str = "8 0 obj <</Type/OCG/Name(x)>> endobj ";

fn with_form(content: &str, form: &str, more: &str) -> String {
    let form = format!(
        "{LAYER}9 0 obj <</Type/XObject/Subtype/Form/BBox[0 0 300 300]{more}/Resources<<{STATES}>>/Length {}>> stream\n{form}\nendstream endobj",
        form.len()
    );
    page(content, &form)
        .replace("/Font<<", &format!("{STATES}/Properties<</L 8 0 R>>/XObject<</B 9 0 R>>/Font<<"))
        .replace("/Type/Catalog", "/Type/Catalog/OCProperties<</D<</OFF[8 0 R]>>>>")
}

fn boxes() -> String {
    dark(0, |x, y| format!("{} {} 5 5 re f ", x * 5 + 20, 250 - y * 5))
}

#[test]
fn what_is_not_seen_first_is_seen_then() {
    let each = boxes();
    let one_path = boxes().replace(" f ", " ") + "f";
    let nested = "q /Z gs /B Do Q /B Do";
    let mut within = with_form("/C Do", &each, "").replace("/XObject<<", "/XObject<</C 7 0 R");
    within += &format!(
        "7 0 obj <</Type/XObject/Subtype/Form/BBox[0 0 300 300]/Resources<<{STATES}/XObject<</B 9 0 R>>>>/Length {}>> stream\n{nested}\nendstream endobj",
        nested.len()
    );
    check(
        "application/pdf",
        &[
            ("no opacity", with_form("/Z gs /B Do /N gs /B Do", &each, "")),
            ("no opacity, a group", with_form("/Z gs /B Do /N gs /B Do", &each, "/Group<</S/Transparency>>")),
            ("no opacity, one path", with_form("q /Z gs /B Do Q /B Do", &one_path, "")),
            ("a layer", with_form("/OC /L BDC /B Do EMC /B Do", &each, "")),
            ("a clip path", with_form("q 0 0 1 1 re W n /B Do Q /B Do", &each, "")),
            ("a clip path, one path", with_form("q 0 0 1 1 re W n /B Do Q /B Do", &one_path, "")),
            ("a clip path that leaves half", with_form("q 0 0 300 200 re W n /B Do Q /B Do", &each, "")),
            ("off the page", with_form("q 1 0 0 1 900 900 cm /B Do Q /B Do", &each, "")),
            ("its own opacity", with_form("/Z gs /B Do", &format!("/N gs {each}"), "")),
            ("within another form", within),
            ("a mask that was drawn before", with_form("q /Z gs /B Do Q /M gs 0 0 300 300 re f", &each, "")),
        ],
    );
}

#[test]
fn forms_through_clip_paths() {
    let all = "0 0 300 300 re f";
    let code = dark(0, |x, y| format!("{} {} 5 5 re ", x * 5 + 20, 250 - y * 5));
    let each = dark(0, |x, y| format!("q {} {} 5 5 re W n /B Do Q ", x * 5 + 20, 250 - y * 5));
    let moved = dark(0, |x, y| format!("q 1 0 0 1 {} {} cm /B Do Q ", x * 5 + 20, 250 - y * 5));
    let small = |text: String| text.replace("/BBox[0 0 300 300]", "/BBox[0 0 5 5]");
    check(
        "application/pdf",
        &[
            ("a code", with_form(&format!("{code} W n /B Do"), all, "")),
            ("a code, again", with_form(&format!("q 0 0 1 1 re W n /B Do Q {code} W n /B Do"), all, "")),
            ("a shading through a code", with_form(&format!("{code} W n /B Do"), "/S sh", "")),
            ("one for each module", with_form(&each, all, "")),
            ("the box of the form", small(with_form(&moved, all, ""))),
        ],
    );
}

#[test]
fn forms_that_hide_what_they_draw_or_nothing() {
    let logo = "0 .3 .7 rg 0 0 40 40 re f 1 g 10 10 m 30 10 l 20 30 l h f ".repeat(30);
    let letterhead =
        "q 10 10 280 280 re W n /B Do Q q .5 0 0 .5 0 0 cm 0 0 30 30 re W n /B Do Q /H gs /B Do ".repeat(20);
    check_none(
        "application/pdf",
        &[
            ("never seen", with_form("/Z gs /B Do /B Do", &boxes(), "")),
            ("in a layer that is off", with_form("/OC /L BDC /B Do /B Do EMC", &boxes(), "")),
            ("through a clip path of nothing", with_form("0 0 1 1 re W n /B Do /B Do", &boxes(), "")),
            ("a letterhead", with_form(&letterhead, &logo, "")),
        ],
    );
}
