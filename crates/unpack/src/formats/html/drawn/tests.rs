//! Pages that draw codes with boxes and colours, and pages that draw other things.
#![expect(clippy::as_conversions, reason = "numbers of the tests themselves")]

mod cells;
mod doubts;
mod flow;
mod limits;
mod office;
mod removed;
mod signs;
mod styles;

use crate::formats::drawing::{check, check_none, dark, modules, modules_that_are, runs};

fn page(text: &str) -> String {
    format!("<html><body><p>Please scan</p>{text}<p>Thank you</p></body></html>")
}

fn absolute(unit: &str, side: f64, colour: &str) -> String {
    let cells = dark(0, |x, y| {
        let (left, top) = (side * f64::from(x as u32), side * f64::from(y as u32));
        format!(
            "<i style='position:absolute;left:{left}{unit};top:{top}{unit};width:{side}{unit};height:{side}{unit};background:{colour}'></i>"
        )
    });
    page(&format!("<div style='position:relative'>{cells}</div>"))
}

#[test]
fn decoys_beside_boxes() {
    let specks = "<b style='position:absolute;left:900px;top:900px;width:.01px;height:.01px;background:#fff'></b>";
    let veil = "<b style='position:absolute;left:0;top:0;width:99px;height:99px;background:rgba(255,255,255,.2)'></b>";
    let code = absolute("px", 6.0, "#000");
    check(
        "text/html",
        &[
            ("specks", format!("{}{code}", specks.repeat(500))),
            ("a veil", format!("{code}{veil}")),
            ("a page in a drawing", format!("<svg><g><foreignObject><p>{code}</foreignObject></g></svg>")),
        ],
    );
}

#[test]
fn boxes_out_of_the_flow() {
    let by_class = dark(0, |x, y| format!("<b class=m style='left:{}px;top:{}px'></b>", x * 5, y * 5));
    let by_margin = dark(0, |x, y| {
        format!(
            "<u style='position:fixed;margin:{}px 0 0 {}px;height:4px;width:4px;background-color:navy'></u>",
            y * 4,
            x * 4
        )
    });
    let by_transform = dark(0, |x, y| {
        format!(
            "<s style='position:absolute;width:6px;height:6px;background:#123456;transform:translate({}px,{}px)'></s>",
            x * 6,
            y * 6
        )
    });
    let from_right = dark(0, |x, y| {
        format!(
            "<i style='position:absolute;right:{}px;bottom:{}px;width:6px;height:6px;background:#000'></i>",
            x * 6,
            y * 6
        )
    });
    let by_border = dark(0, |x, y| {
        format!("<i style='position:absolute;left:{}px;top:{}px;border:3px solid black'></i>", x * 6, y * 6)
    });
    let light = modules_that_are(false, 2, |x, y| {
        format!(
            "<i style='position:absolute;left:{}px;top:{}px;width:6px;height:6px;background:#ff0'></i>",
            x * 6,
            y * 6
        )
    });
    check(
        "text/html",
        &[
            ("pixels", absolute("px", 6.0, "#000")),
            ("ems", absolute("em", 0.5, "black")),
            ("points", absolute("pt", 3.75, "rgb(10, 20, 30)")),
            ("shares", absolute("%", 2.5, "hsl(240, 100%, 20%)")),
            ("millimetres", absolute("mm", 2.0, "rgb(10% 0% 20%)")),
            (
                "a class",
                format!(
                    "<style>.m{{position:absolute;width:5px;height:5px;background:#222}}</style>{}",
                    page(&by_class)
                ),
            ),
            ("margins", page(&by_margin)),
            ("transforms", page(&format!("<div style='position:relative;height:200px'>{by_transform}</div>"))),
            ("from the right", page(&format!("<div style='position:relative'>{from_right}</div>"))),
            ("nothing but borders", page(&by_border)),
            (
                "light on dark",
                page(&format!(
                    "<div style='position:absolute;left:9px;top:9px;width:198px;height:198px;background:navy'>{light}</div>"
                )),
            ),
        ],
    );
}

#[test]
fn boxes_within_boxes() {
    let rows = |style: &dyn Fn(usize) -> String| -> String {
        let rows = modules(1);
        let cells = |row: &Vec<bool>| -> String {
            let dark = row.iter().enumerate().filter(|(_, is_dark)| **is_dark);
            dark.map(|(x, _)| {
                format!("<i style='position:absolute;top:0;left:{}px;width:7px;height:7px;background:#000'></i>", x * 7)
            })
            .collect()
        };
        rows.iter().enumerate().map(|(y, row)| format!("<div style='{}'>{}</div>", style(y), cells(row))).collect()
    };
    let placed = rows(&|y| format!("position:absolute;left:20px;top:{}px", y * 7));
    let flowing = rows(&|_| "position:relative;height:7px".to_owned());
    let grid = dark(0, |x, y| format!("<i style='grid-column:{};grid-row:{};background:#111'></i>", x + 1, y + 1));
    let area = dark(0, |x, y| format!("<i style='grid-area:{} / {};background:#111'></i>", y + 1, x + 1));
    check(
        "text/html",
        &[
            ("rows that are placed", page(&format!("<div style='position:relative'>{placed}</div>"))),
            ("rows in the flow", page(&format!("<div style='position:relative'>{flowing}</div>"))),
            ("rows in the flow of the page", page(&flowing)),
            ("a grid by lines", page(&format!("<div style='display:grid'>{}</div>", sized(&grid)))),
            ("a grid by areas", page(&format!("<div style='display:grid'>{}</div>", sized(&area)))),
        ],
    );
}

fn sized(cells: &str) -> String {
    cells.replace("background:#111", "width:5px;height:5px;background:#111")
}

#[test]
fn shadows_of_one_box() {
    let shadows = |unit: &str, side: usize, colour: &str| {
        let list = dark(0, |x, y| format!("{}{unit} {}{unit} {colour},", x * side, y * side));
        list.trim_end_matches(',').to_owned()
    };
    let light = modules_that_are(false, 3, |x, y| format!("{}px {}px 0 0 #fff,", x * 4, y * 4));
    let inverted = format!("{}0 0 0 200px #000", light);
    let beside = dark(0, |x, y| format!("{}px {}px #000,", x * 4 + 9999, y * 4));
    check(
        "text/html",
        &[
            (
                "plain",
                page(&format!("<div style='width:6px;height:6px;box-shadow:{}'></div>", shadows("px", 6, "#000"))),
            ),
            (
                "colour first",
                page(&format!(
                    "<p style='height:1em;width:1em;box-shadow:{}'></p>",
                    dark(0, |x, y| format!("rgba(0,0,0,.9) {x}em {y}em 0,")).trim_end_matches(',')
                )),
            ),
            (
                "a class",
                format!(
                    "<style>.q{{width:3px;height:3px;box-shadow:{}}}</style>{}",
                    shadows("px", 3, "hsl(0 0% 10%)"),
                    page("<div class=q></div>")
                ),
            ),
            ("light on dark", page(&format!("<div style='width:4px;height:4px;box-shadow:{inverted}'></div>"))),
            (
                "of a box beside the page",
                page(&format!(
                    "<div style='position:absolute;left:-9999px;width:4px;height:4px;box-shadow:{}'></div>",
                    beside.trim_end_matches(',')
                )),
            ),
        ],
    );
}

#[test]
fn gradients_with_hard_stops() {
    let rows = |direction: &str, unit: &str, side: f64| -> String {
        let row = |row: &Vec<bool>| {
            let stops = row.iter().enumerate().map(|(x, is_dark)| {
                let x = f64::from(x as u32);
                format!("{} {}{unit} {}{unit}", if *is_dark { "#000" } else { "#fff" }, x * side, (x + 1.0) * side)
            });
            stops.collect::<Vec<_>>().join(",")
        };
        modules(2)
            .iter()
            .map(|own| {
                format!(
                    "<div style='height:6px;width:198px;background:linear-gradient({direction},{})'></div>",
                    row(own)
                )
            })
            .collect()
    };
    let columns: String = (0..33)
        .map(|x| {
            let stops: Vec<String> = modules(2)
                .iter()
                .enumerate()
                .map(|(y, row)| format!("{} 0 {}px", if row[x] { "black" } else { "white" }, y * 6 + 6))
                .collect();
            format!(
                "<div style='float:left;width:6px;height:198px;background-image:linear-gradient({})'></div>",
                stops.join(",")
            )
        })
        .collect();
    let layers = dark(0, |x, y| format!("linear-gradient(#000,#000) {}px {}px/6px 6px no-repeat,", x * 6, y * 6));
    let (images, places) =
        (dark(0, |_, _| "linear-gradient(#000 0 0),".to_owned()), dark(0, |x, y| format!("{}px {}px,", x * 6, y * 6)));
    check(
        "text/html",
        &[
            ("rows", page(&rows("to right", "px", 6.0))),
            ("rows by degrees", page(&rows("90deg", "px", 6.0))),
            ("rows by shares", page(&rows("to right", "%", 100.0 / 33.0))),
            ("columns", page(&columns)),
            (
                "layers",
                page(&format!(
                    "<div style='width:180px;height:180px;background:{}'></div>",
                    layers.trim_end_matches(',')
                )),
            ),
            (
                "lists",
                page(&format!(
                    "<div style='width:180px;height:180px;background-image:{};background-position:{};background-size:6px 6px;background-repeat:no-repeat'></div>",
                    images.trim_end_matches(','),
                    places.trim_end_matches(',')
                )),
            ),
        ],
    );
}

#[test]
fn borders_and_colours_of_characters() {
    let table = |cell: &dyn Fn(bool) -> String| -> String {
        let row = |row: &Vec<bool>| row.iter().map(|is_dark| cell(*is_dark)).collect::<String>();
        let rows: String = modules(1).iter().map(|own| format!("<tr>{}</tr>", row(own))).collect();
        format!("<table cellspacing=0>{rows}</table>")
    };
    let border = |is_dark: bool| {
        format!("<td style='border-left:6px solid {};height:6px'></td>", if is_dark { "black" } else { "white" })
    };
    let top = |is_dark: bool| {
        format!("<td style='border-top:6px solid {};width:6px'></td>", if is_dark { "#102030" } else { "#f0f0f0" })
    };
    let blocks = |dark: &str, light: &str, ground: &str| -> String {
        let row = |row: &Vec<bool>| {
            row.iter()
                .map(|is_dark| format!("<font color={}>█</font>", if *is_dark { dark } else { light }))
                .collect::<String>()
        };
        let rows: String = modules(1).iter().map(|own| row(own) + "<br>").collect();
        format!("<pre style='background:{ground}'>{rows}</pre>")
    };
    let runs = runs(1, |x, _, length, is_dark| {
        let start = if x == 0 { "<br>" } else { "" };
        format!(
            "{start}<span style='color:{}'>{}</span>",
            if is_dark { "#000" } else { "#fefefe" },
            "&#9608;".repeat(length)
        )
    });
    check(
        "text/html",
        &[
            ("borders", page(&table(&border))),
            ("upper borders", page(&table(&top))),
            ("black and white", page(&blocks("black", "white", "#fff"))),
            ("black and yellow", page(&blocks("#000", "#ffff00", "white"))),
            ("light on dark", page(&blocks("#fff", "#000", "black"))),
            ("runs", page(&format!("<div>{runs}</div>"))),
        ],
    );
}

#[test]
fn pages_that_draw_no_codes() {
    let calendar: String = (0..6)
        .map(|week| {
            let days: String = (0..7)
                .map(|day| {
                    format!(
                        "<td style='border:2px solid #ccc;background:{};width:40px;height:30px'>{}</td>",
                        if (week + day) % 3 == 0 { "#036" } else { "#eef" },
                        week * 7 + day
                    )
                })
                .collect();
            format!("<tr>{days}</tr>")
        })
        .collect();
    let bars: String = (0..60)
        .map(|number| {
            format!(
                "<div style='position:absolute;left:{}px;bottom:0;width:8px;height:{}px;background:#369'></div>",
                number * 10,
                (number * 37) % 200
            )
        })
        .collect();
    let banner = "<div style='position:relative;width:600px'><img src=a.png><div style='position:absolute;left:20px;top:30px;width:200px;height:40px;background:#000'>Sale</div></div>";
    let heat: String = (0..40)
        .map(|row| {
            let cells: String = (0..40)
                .map(|cell| format!("<td style='background:hsl({}, 80%, 50%)'></td>", (row * cell) % 120))
                .collect();
            format!("<tr>{cells}</tr>")
        })
        .collect();
    let card = "<div style='box-shadow:0 2px 4px rgba(0,0,0,.2), 0 8px 16px #ccc;background:linear-gradient(to right, #036, #69c)'>A card</div>";
    check_none(
        "text/html",
        &[
            ("a calendar", page(&format!("<table>{calendar}</table>"))),
            ("bars", page(&format!("<div style='position:relative;height:220px'>{bars}</div>"))),
            ("banners", page(&banner.repeat(40))),
            ("a map of heat", page(&format!("<table>{heat}</table>"))),
            ("cards", page(&card.repeat(50))),
        ],
    );
}
