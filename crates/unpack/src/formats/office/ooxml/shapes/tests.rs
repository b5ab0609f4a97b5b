//! Slides whose shapes draw a code, and others.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use scan::content::Content;

use crate::formats::drawing::{dark, modules, modules_that_are, says};
use crate::formats::office::testing::{open, zip_of};

fn slide(shapes: &str) -> Content {
    let slide = format!("<?xml version='1.0'?><p:sld><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>");
    open(&zip_of(&[("[Content_Types].xml", b"<Types/>"), ("ppt/slides/slide1.xml", slide.as_bytes())]))
}

fn shape((x, y): (usize, usize), fill: &str) -> String {
    let (x, y) = (x * 100_000 + 400_000, y * 100_000 + 300_000);
    format!(
        "<p:sp><p:spPr><a:xfrm><a:off x='{x}' y='{y}'/><a:ext cx='100000' cy='100000'/></a:xfrm><a:prstGeom prst='rect'/>{fill}\
        <a:ln><a:solidFill><a:srgbClr val='FFFFFF'/></a:solidFill></a:ln></p:spPr><p:style><a:fillRef idx='3'>\
        <a:schemeClr val='accent1'/></a:fillRef><a:fontRef idx='minor'><a:schemeClr val='lt1'/></a:fontRef></p:style>\
        <p:txBody><a:p/></p:txBody></p:sp>"
    )
}

#[test]
fn codes_of_shapes() {
    let filled = |colour: &str| format!("<a:solidFill>{colour}</a:solidFill>");
    let black = filled("<a:srgbClr val='000000'/>");
    let ground = "<p:sp><p:spPr><a:xfrm><a:off x='0' y='0'/><a:ext cx='9000000' cy='6000000'/></a:xfrm><a:solidFill>\
        <a:srgbClr val='000000'/></a:solidFill></p:spPr></p:sp>";
    let light = modules_that_are(false, 1, |x, y| shape((x, y), &filled("<a:schemeClr val='bg1'/>")));
    for (name, shapes) in [
        ("black", dark(0, |x, y| shape((x, y), &black))),
        ("of the theme", dark(0, |x, y| shape((x, y), &filled("<a:schemeClr val='tx1'/>")))),
        ("by its style", dark(0, |x, y| shape((x, y), ""))),
        (
            "in a group",
            format!(
                "<p:grpSp><p:grpSpPr><a:xfrm><a:off x='1' y='1'/><a:ext cx='5' cy='5'/></a:xfrm></p:grpSpPr>{}</p:grpSp>",
                dark(0, |x, y| shape((x, y), &black))
            ),
        ),
        ("light on dark", format!("{ground}{light}")),
    ] {
        assert!(says(&slide(&shapes)), "{name}");
    }
}

/// Shapes of a sheet stand where their cells are, whatever they say themselves.
#[test]
fn codes_of_shapes_by_their_cells() {
    let corner = |name: &str, (x, y): (usize, usize)| {
        format!(
            "<xdr:{name}><xdr:col>{x}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{y}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:{name}>"
        )
    };
    for said in ["", "<a:xfrm><a:off x='0' y='0'/><a:ext cx='90000' cy='90000'/></a:xfrm>"] {
        let shapes = dark(0, |x, y| {
            format!(
                "<xdr:twoCellAnchor>{}{}<xdr:sp><xdr:spPr>{said}<a:prstGeom prst='rect'/><a:solidFill><a:srgbClr val='000000'/></a:solidFill></xdr:spPr></xdr:sp><xdr:clientData/></xdr:twoCellAnchor>",
                corner("from", (x, y)),
                corner("to", (x + 1, y + 1))
            )
        });
        let drawing = format!("<?xml version='1.0'?><xdr:wsDr>{shapes}</xdr:wsDr>");
        let content =
            open(&zip_of(&[("[Content_Types].xml", b"<Types/>"), ("xl/drawings/drawing1.xml", drawing.as_bytes())]));
        assert!(says(&content), "{said}");
    }
}

/// `NaN` and `INF` are numbers of XML, and no places.
#[test]
fn what_is_no_number_hides_nothing() {
    let black = "<a:solidFill><a:srgbClr val='000000'/></a:solidFill>";
    for no_number in ["NaN", "INF", "-inf"] {
        let turned = format!("<a:xfrm rot='{no_number}'>");
        assert!(says(&slide(&dark(0, |x, y| shape((x, y), black).replace("<a:xfrm>", &turned)))), "{no_number}");
    }
}

#[test]
fn shapes_in_groups_with_other_forms_and_changed_colours() {
    // Each row is a group of its own, whose shapes all say that they are in the first row.
    let rows: String = modules(0)
        .iter()
        .enumerate()
        .map(|(y, row)| {
            let dark = row.iter().enumerate().filter(|(_, dark)| **dark);
            let black = "<a:solidFill><a:srgbClr val='000000'/></a:solidFill>";
            let inside: String = dark.map(|(x, _)| shape((x, 0), black)).collect();
            let sizes = "<a:ext cx='3000000' cy='100000'/><a:chOff x='0' y='0'/><a:chExt cx='3000000' cy='100000'/>";
            let place = format!("<a:xfrm><a:off x='0' y='{}'/>{sizes}</a:xfrm>", y * 100_000);
            format!("<p:grpSp><p:grpSpPr>{place}</p:grpSpPr>{inside}</p:grpSp>")
        })
        .collect();
    // One shape of all modules.
    let paths = dark(0, |x, y| {
        let corner = |x: usize, y: usize| format!("<a:pt x='{}' y='{}'/>", x * 10, y * 10);
        let others =
            [corner(x + 1, y), corner(x + 1, y + 1), corner(x, y + 1)].map(|to| format!("<a:lnTo>{to}</a:lnTo>"));
        format!("<a:moveTo>{}</a:moveTo>{}<a:close/>", corner(x, y), others.concat())
    });
    let path = format!(
        "<p:sp><p:spPr><a:xfrm><a:off x='0' y='0'/><a:ext cx='3000000' cy='3000000'/></a:xfrm><a:custGeom><a:pathLst><a:path w='290' h='290'>\
        {paths}</a:path></a:pathLst></a:custGeom><a:solidFill><a:srgbClr val='101010'/></a:solidFill></p:spPr></p:sp>"
    );
    let changed = dark(0, |x, y| {
        shape((x, y), "<a:solidFill><a:schemeClr val='bg1'><a:lumMod val='5000'/></a:schemeClr></a:solidFill>")
    });
    for (name, shapes) in [("groups", rows), ("a form of its own", path), ("changed", changed)] {
        assert!(says(&slide(&shapes)), "{name}");
    }
    let clear = dark(0, |x, y| {
        shape((x, y), "<a:solidFill><a:srgbClr val='000000'><a:alpha val='0'/></a:srgbClr></a:solidFill>")
    });
    assert!(!says(&slide(&clear)), "what nobody sees");
}

#[test]
fn other_shapes_are_no_codes() {
    let hollow = dark(0, |x, y| shape((x, y), "<a:noFill/>"));
    let chart: String = (0..12).flat_map(|x| (0..9).map(move |y| shape((x * 4, y * 4), ""))).collect();
    for shapes in [hollow, chart] {
        let content = slide(&shapes);
        assert!(content.items[0].marks.is_empty(), "{:?}", content.items[0].marks);
    }
}
