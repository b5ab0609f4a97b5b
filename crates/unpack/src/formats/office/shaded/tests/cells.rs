//! Tables of texts and slides whose cells are parts of others, lie in text boxes, or have shades of the theme or of a pattern.

use super::{package, table, words};
use crate::formats::drawing::{modules, says};

fn cell(properties: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr><w:p/></w:tc>")
}

#[test]
fn shades_of_texts() {
    let fill =
        |is_dark: bool| cell(&format!("<w:shd w:val='clear' w:fill='{}'/>", if is_dark { "000000" } else { "FFFFFF" }));
    let boxed = format!("<w:p><w:r><w:pict><w:txbxContent>{}</w:txbxContent></w:pict></w:r></w:p>", table(fill));
    let pattern = table(|is_dark| {
        cell(&format!("<w:shd w:val='pct{}' w:color='000000' w:fill='FFFFFF'/>", if is_dark { 90 } else { 10 }))
    });
    let theme = table(|is_dark| {
        let name = if is_dark { "text1" } else { "background1" };
        cell(&format!("<w:shd w:val='clear' w:fill='808080' w:themeFill='{name}'/>"))
    });
    // Each module that is as the one above is a part of it, and says that it is otherwise.
    let mut above = vec![false; 64];
    let mut merged = String::from("<w:tbl>");
    for row in modules(1) {
        merged += "<w:tr>";
        for (dark, above) in row.iter().zip(&above) {
            let (join, shown) =
                if dark == above { ("<w:vMerge/>", !*dark) } else { ("<w:vMerge w:val='restart'/>", *dark) };
            let colour = if shown { "000000" } else { "FFFFFF" };
            merged += &cell(&format!("{join}<w:shd w:val='clear' w:fill='{colour}'/>"));
        }
        merged += "</w:tr>";
        above = row;
    }
    merged += "</w:tbl>";
    let shifted = table(fill).replace("<w:tr>", "<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>");
    let mut number = 0;
    let shifted: String = shifted
        .split_inclusive("</w:trPr>")
        .map(|piece| {
            number += 1;
            let own = format!("<w:gridBefore w:val='{}'/>", number % 2);
            let first = if number % 2 == 0 { fill(false) } else { String::new() };
            piece.replace("<w:gridBefore w:val='1'/>", &own) + if piece.ends_with("</w:trPr>") { &first } else { "" }
        })
        .collect();
    for (name, body) in
        [("in a box", boxed), ("a pattern", pattern), ("of the theme", theme), ("parts", merged), ("shifted", shifted)]
    {
        assert!(says(&words(&body)), "{name}");
    }
}

#[test]
fn cells_of_slides() {
    let fill = |colour: &str| {
        format!(
            "<a:tcPr><a:lnTlToBr><a:solidFill><a:srgbClr val='00FF00'/></a:solidFill></a:lnTlToBr><a:solidFill>{colour}</a:solidFill></a:tcPr>"
        )
    };
    let slide = |rows: &str| {
        package(&[(
            "ppt/slides/slide1.xml",
            format!("<?xml version='1.0'?><p:sld xmlns:p='p' xmlns:a='a'><a:tbl>{rows}</a:tbl></p:sld>"),
        )])
    };
    let scheme = |dark: bool| if dark { "<a:schemeClr val='tx1'/>" } else { "<a:schemeClr val='bg1'/>" };
    let changed = |dark: bool| {
        if dark {
            "<a:srgbClr val='FFFFFF'><a:lumMod val='10000'/></a:srgbClr>"
        } else {
            "<a:srgbClr val='000000'><a:tint val='5%'/></a:srgbClr>"
        }
    };
    let rows = |cell: &dyn Fn(bool) -> String| -> String {
        modules(1)
            .iter()
            .map(|row| format!("<a:tr>{}</a:tr>", row.iter().map(|dark| cell(*dark)).collect::<String>()))
            .collect()
    };
    assert!(says(&slide(&rows(&|dark| format!("<a:tc>{}</a:tc>", fill(scheme(dark)))))), "scheme");
    assert!(says(&slide(&rows(&|dark| format!("<a:tc>{}</a:tc>", fill(changed(dark)))))), "changed");
    // Runs of modules as one cell; what is under it says that it is otherwise.
    let merged: String = modules(1)
        .iter()
        .map(|row| {
            let runs = row.chunk_by(|one, other| one == other).map(|run| {
                let under = format!("<a:tc hMerge='1'>{}</a:tc>", fill(scheme(!run[0]))).repeat(run.len() - 1);
                format!("<a:tc gridSpan='{}'>{}</a:tc>{under}", run.len(), fill(scheme(run[0])))
            });
            format!("<a:tr>{}</a:tr>", runs.collect::<String>())
        })
        .collect();
    assert!(says(&slide(&merged)), "merged");
}
