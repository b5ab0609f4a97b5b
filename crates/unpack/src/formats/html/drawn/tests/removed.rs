//! Codes in elements that some rule takes for removed, though they are shown; and pages that hide other things.

use super::page;
use crate::formats::drawing::{check, check_none, dark, modules};

fn table() -> String {
    let cell = |own: &bool| format!("<td bgcolor={}></td>", if *own { "#000000" } else { "#ffffff" });
    let row = |row: &Vec<bool>| format!("<tr>{}</tr>", row.iter().map(cell).collect::<String>());
    format!("<table cellspacing=0>{}</table>", modules(1).iter().map(row).collect::<String>())
}

fn boxes() -> String {
    let at = |number: usize| number.saturating_mul(6);
    dark(0, |x, y| {
        let (left, top) = (at(x), at(y));
        format!("<i style='position:absolute;left:{left}px;top:{top}px;width:6px;height:6px;background:#000'></i>")
    })
}

fn blocks() -> String {
    let row = |row: &Vec<bool>| row.iter().map(|own| if *own { "██" } else { "  " }).collect::<String>();
    format!("<pre>{}</pre>", modules(1).iter().map(|own| row(own) + "\n").collect::<String>())
}

#[test]
fn what_is_shown_all_the_same_is_read() {
    for around in [
        "<div style='mso-hide:all'>",
        "<div style='text-indent:-999px'>",
        "<div style='clip:rect(0,0,0,0)'>",
        "<div style='height:0;overflow:hidden;padding-bottom:240px'>",
        "<div style='max-height:0;overflow:hidden;min-height:240px'>",
        "<div hidden style='display:block'>",
        "<style>@media all{.a{display:block!important}}</style><div class=a style='display:none'>",
        "<style>@keyframes a{to{opacity:1}}</style><div style='opacity:0;animation:a 1s forwards'>",
        "<dialog>",
    ] {
        for (name, inner) in [("a table", table()), ("boxes", boxes()), ("blocks", blocks())] {
            check("text/html", &[(&format!("{name}: {around}"), page(&format!("{around}{inner}</div></dialog>")))]);
        }
    }
}

#[test]
fn rows_that_are_not_there_hide_nothing() {
    let hidden = "<tr style='visibility:collapse'><td bgcolor=#000000></td><td bgcolor=#ffffff></td></tr>";
    let between = table().replace("</tr>", &format!("</tr>{}", hidden.replace("</td></tr>", "</td><td></td></tr>")));
    check("text/html", &[("collapsed", page(&between))]);
}

#[test]
fn letters_that_hide_other_things() {
    let offer = "<table><tr><td bgcolor=#003366 width=20 height=20></td><td bgcolor=#ffffff>Offer</td></tr></table>";
    let letter = format!(
        "<div style='display:none;max-height:0;overflow:hidden'>Preview &zwnj;&nbsp;&zwnj;&nbsp;</div>\
         <div class=desktop>{0}</div><div class=mobile style='display:none;mso-hide:all'>{0}</div>\
         <!--[if mso]>{0}<![endif]-->",
        offer.repeat(40)
    );
    check_none("text/html", &[("two versions", page(&letter))]);
}
