//! Codes for one program only, in conditional comments, and shapes of VML.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the tests themselves")]

use super::page;
use crate::formats::drawing::{check, check_none, check_unread, dark, modules, runs};

fn only_there(inner: &str) -> String {
    page(&format!("<!--[if mso]>{inner}<![endif]-->"))
}

fn rects(tag: &str, unit: &str, more: &str) -> String {
    dark(0, |x, y| {
        let (left, top) = (16 + 4 * x, 16 + 4 * y);
        format!(
            "<v:{tag} style='position:absolute;left:{left}{unit};top:{top}{unit};width:4{unit};height:4{unit}' {more}/>"
        )
    })
}

#[test]
fn shapes_of_vml() {
    let group = |inner: &str| {
        format!("<v:group style='position:relative;width:132px;height:132px' coordsize='132,132'>{inner}</v:group>")
    };
    let in_line: String = modules(1)
        .iter()
        .map(|row| {
            let cell = |own: &bool| {
                format!(
                    "<v:rect style='width:4px;height:4px' fillcolor='{}' stroked=f></v:rect>",
                    if *own { "#000" } else { "#fff" }
                )
            };
            row.iter().map(cell).collect::<String>() + "<br>"
        })
        .collect();
    check(
        "text/html",
        &[
            ("rectangles", only_there(&rects("rect", "px", "fillcolor='black'"))),
            ("points", only_there(&rects("oval", "pt", "fillcolor='#000000 [3213]'"))),
            ("a group", only_there(&group(&rects("rect", "", "fillcolor=navy stroked='f'")))),
            ("without a comment", page(&rects("roundrect", "px", "fillcolor='black'"))),
            ("in a line", only_there(&in_line)),
        ],
    );
}

#[test]
fn vml_that_is_not_followed_is_told() {
    let lines = runs(0, |x, y, length, is_dark| {
        let line = format!("<v:line from='{x}px,{y}px' to='{}px,{y}px' strokeweight='1px'/>", x + length);
        if is_dark { line } else { String::new() }
    });
    let path = dark(0, |x, y| format!("m{x},{y}l{},{y},{},{},{x},{}xe", x + 1, x + 1, y + 1, y + 1));
    let inner = rects("rect", "px", "").replace("/>", "><v:fill color='black'/></v:rect>");
    check_unread(
        "text/html",
        &[
            ("lines", only_there(&lines)),
            ("a path", only_there(&format!("<v:shape coordsize='29,29' path='{path}' fillcolor='black'/>"))),
            ("fills", only_there(&inner)),
        ],
    );
}

#[test]
fn tables_in_conditional_comments() {
    let row = |row: &Vec<bool>| {
        let cell = |own: &bool| format!("<td bgcolor={}><br></td>", if *own { "#000000" } else { "#ffffff" });
        format!("<tr>{}</tr>", row.iter().map(cell).collect::<String>())
    };
    let table = format!("<table>{}</table>", modules(2).iter().map(row).collect::<String>());
    let blocks: String = modules(2)
        .iter()
        .map(|row| row.iter().map(|own| if *own { "██" } else { "  " }).collect::<String>() + "<br>")
        .collect();
    check("text/html", &[("cells", only_there(&table)), ("blocks", only_there(&format!("<pre>{blocks}</pre>")))]);
}

#[test]
fn ordinary_vml() {
    let button = "<!--[if mso]><v:roundrect href='https://a.example/' style='height:40px;v-text-anchor:middle;width:200px' arcsize='10%' strokecolor='#1e3650' fillcolor='#556270'><w:anchorlock/><center style='color:#ffffff'>Buy</center></v:roundrect><![endif]-->";
    let ground = "<!--[if gte mso 9]><v:rect fill='true' stroke='false' style='width:600px;height:300px'><v:fill type='tile' src='https://a.example/b.png' color='#7bceeb'/><v:textbox inset='0,0,0,0'><![endif]-->Text<!--[if gte mso 9]></v:textbox></v:rect><![endif]-->";
    let picture = "<!--[if gte vml 1]><v:shapetype id='_x0000_t75' coordsize='21600,21600' path='m@4@5l@4@11@9@11@9@5xe' filled='f' stroked='f'><v:path o:extrusionok='f'/></v:shapetype><v:shape id='p' type='#_x0000_t75' style='width:16pt;height:16pt'><v:imagedata src='cid:a'/></v:shape><![endif]-->";
    let bevel = "<td style='border-top:3px solid #fff;border-bottom:3px solid #333'>Go</td>";
    check_none(
        "text/html",
        &[
            ("buttons", page(&button.repeat(40))),
            ("grounds", page(&ground.repeat(40))),
            ("pictures", page(&picture.repeat(90))),
            ("bevels", page(&format!("<table><tr>{}</tr></table>", bevel.repeat(120)))),
        ],
    );
}
