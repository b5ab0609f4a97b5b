//! Codes on pages of a PDF: as a picture, and drawn.

use super::{Way, part, way};
use crate::formats::image::tests::made::{Canvas, code};
use crate::request::Part;

pub(super) fn ways() -> Vec<Way> {
    vec![
        way("in a PDF", "grey picture", |content| {
            let (canvas, head) = picture(content);
            let grey: Vec<u8> = canvas.image.pixels().map(|pixel| pixel.0[0]).collect();
            shown(&format!("{head}/ColorSpace/DeviceGray"), &grey)
        }),
        way("in a PDF", "JPEG", |content| {
            let (canvas, head) = picture(content);
            shown(&format!("{head}/ColorSpace/DeviceRGB/Filter/DCTDecode"), &canvas.jpeg(70))
        }),
        way("in a PDF", "boxes", |content| {
            let boxes = modules(content, true, |x, y| format!("{} {} 4 4 re f ", 30 + x * 4, 280 - y * 4));
            pdf(&format!("0 0 .3 rg {boxes}"), &[])
        }),
        way("in a PDF", "light boxes", |content| {
            let boxes = modules(content, false, |x, y| format!("{} {} 4 4 re ", 30 + x * 4, 280 - y * 4));
            pdf(&format!("0 g 0 0 300 300 re f 1 1 .8 rg {boxes} f"), &[])
        }),
    ]
}

/// The picture, and what a PDF says of one.
fn picture(content: &str) -> (Canvas, String) {
    let canvas = Canvas::of(&code(content), 5, 4);
    let head = format!("/Subtype/Image/Width {}/Height {}/BitsPerComponent 8", canvas.width, canvas.height);
    (canvas, head)
}

fn shown(head: &str, samples: &[u8]) -> Vec<Part> {
    let start = format!("6 0 obj <<{head}/Length {}>> stream\n", samples.len());
    let object = [start.as_bytes(), samples, b"\nendstream endobj\n"].concat();
    pdf("q 200 0 0 200 50 50 cm /I Do Q", &object)
}

fn pdf(content: &str, more: &[u8]) -> Vec<Part> {
    let head = format!(
        "%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n\
        3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</XObject<</I 6 0 R>>>>>> endobj\n\
        4 0 obj <</Length {}>> stream\n{content}\nendstream endobj\n",
        content.len()
    );
    vec![part("application/pdf", [head.as_bytes(), more, b"trailer <</Root 1 0 R>>\n%%EOF\n"].concat())]
}

/// Text for each module that is dark, or light, also of the margin.
fn modules(content: &str, is_dark: bool, text: impl Fn(usize, usize) -> String) -> String {
    let rows = super::drawn::with_margin(content, 2);
    let all = rows.iter().enumerate().flat_map(|(y, row)| row.iter().enumerate().map(move |(x, own)| (x, y, *own)));
    all.filter(|(_, _, own)| *own == is_dark).map(|(x, y, _)| text(x, y)).collect()
}
