//! Workbooks of the old format whose cells are shaded.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use scan::content::Content;

use crate::formats::drawing::{modules, says};
use crate::formats::office::testing::{compound_of, open};

fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &u16::try_from(body.len()).unwrap().to_le_bytes(), body].concat()
}

fn words(numbers: &[usize]) -> Vec<u8> {
    numbers.iter().flat_map(|number| u16::try_from(*number).unwrap().to_le_bytes()).collect()
}

/// A format with a pattern of two colours.
fn format(pattern: u8, front: u16, back: u16) -> Vec<u8> {
    let colours = (front | (back << 7)).to_le_bytes();
    record(0x00e0, &[&[0; 17][..], &[pattern << 2], &colours].concat())
}

/// A book of such formats, and these cells: column, row, number of the format.
fn book(formats: &[Vec<u8>], cells: &[Vec<u8>]) -> Content {
    let begin = |part: u8| record(0x0809, &[0, 6, part, 0, 0, 0, 0, 0]);
    let palette = record(0x0092, &[1, 0, 200, 10, 10, 0]);
    let book = [begin(5), palette, format(0, 64, 65), formats.concat(), begin(16), cells.concat()].concat();
    open(&compound_of(&[("Workbook", &book)]))
}

/// A cell for each module by its place and whether it is dark.
fn blanks(number: impl Fn(bool) -> Option<usize>) -> Vec<Vec<u8>> {
    let modules = modules(1);
    let all =
        modules.iter().enumerate().flat_map(|(y, row)| row.iter().enumerate().map(move |(x, dark)| (x, y, *dark)));
    all.filter_map(|(x, y, dark)| Some(record(0x0201, &words(&[y + 3, x + 2, number(dark)?])))).collect()
}

#[test]
fn codes_of_shaded_cells() {
    let only_dark = |dark: bool| dark.then_some(1);
    let both = |dark: bool| Some(if dark { 1 } else { 2 });
    let rows: Vec<Vec<u8>> = modules(1)
        .iter()
        .enumerate()
        .map(|(y, row)| {
            let formats: Vec<usize> = row.iter().map(|dark| usize::from(*dark)).collect();
            record(0x00be, &[words(&[y, 0]), words(&formats), words(&[row.len() - 1])].concat())
        })
        .collect();
    let numbers: Vec<Vec<u8>> = modules(1)
        .iter()
        .enumerate()
        .map(|(y, row)| {
            let cells: Vec<u8> = row.iter().flat_map(|dark| [u8::from(*dark), 0, 2, 0, 0, 0]).collect();
            record(0x00bd, &[words(&[y, 0]), cells, words(&[row.len() - 1])].concat())
        })
        .collect();
    for (name, formats, cells) in [
        ("black", vec![format(1, 8, 65)], blanks(only_dark)),
        ("a colour of the palette", vec![format(1, 8, 9), format(1, 9, 9)], blanks(both)),
        ("light on dark", vec![format(1, 9, 65), format(1, 8, 65)], blanks(both)),
        ("a dense pattern", vec![format(3, 64, 65)], blanks(only_dark)),
        ("rows of blanks", vec![format(1, 64, 65)], rows),
        ("rows of numbers", vec![format(1, 64, 65)], numbers),
    ] {
        let content = book(&formats, &cells);
        assert!(says(&content), "{name}");
        assert!(content.items[0].marks.contains(&"text_code".to_owned()), "{name}");
    }
}

#[test]
fn other_shades_are_no_codes() {
    let striped: Vec<Vec<u8>> = (0..60)
        .flat_map(|y: usize| {
            (0..20).map(move |x: usize| record(0x0201, &words(&[y, x, if y.is_multiple_of(2) { 1 } else { 0 }])))
        })
        .collect();
    let content = book(&[format(1, 22, 65)], &striped);
    assert!(content.items[0].marks.is_empty(), "{:?}", content.items[0].marks);
    // Formats that paint nothing.
    assert!(!says(&book(&[format(0, 8, 65)], &blanks(|dark| dark.then_some(1)))));
}

#[test]
fn sheets_go_on_behind_a_chart() {
    let begin = |part: u8| record(0x0809, &[0, 6, part, 0, 0, 0, 0, 0]);
    let chart = [begin(0x20), record(0x0201, &words(&[4, 4, 1])), record(0x000a, &[])].concat();
    // The whole height of each column's first module is one range; what is under it has a shade that nobody sees.
    let modules = modules(1);
    let mut cells = vec![];
    let mut ranges = vec![];
    for (y, row) in modules.iter().enumerate() {
        for (x, dark) in row.iter().enumerate() {
            cells.push(record(0x0201, &words(&[y * 2, x, usize::from(*dark)])));
            cells.push(record(0x0201, &words(&[y * 2 + 1, x, usize::from(!*dark)])));
            ranges.push(words(&[y * 2, y * 2 + 1, x, x]));
        }
    }
    let merged: Vec<Vec<u8>> =
        ranges.chunks(1000).map(|some| record(0x00e5, &[words(&[some.len()]), some.concat()].concat())).collect();
    let cells = [cells, vec![chart], merged].concat();
    assert!(says(&book(&[format(1, 64, 65)], &cells)));
}

#[test]
fn colours_of_other_kinds_and_hidden_columns() {
    // Two colours without a palette: a dark and a pale one.
    let both = |dark: bool| Some(if dark { 1 } else { 2 });
    assert!(says(&book(&[format(1, 56, 65), format(1, 26, 65)], &blanks(both))), "by their numbers");
    // Newer programs take others.
    let more = |number: usize, shade: u8| {
        let colour = [&words(&[4, 20, 2, 0])[..], &[shade, shade, shade, 255], &[0; 8]].concat();
        record(0x087d, &[&[0; 14][..], &words(&[number, 0, 1]), &colour].concat())
    };
    let formats = [format(1, 22, 65), format(1, 22, 65), more(1, 0), more(2, 255)];
    assert!(says(&book(&formats, &blanks(both))), "newer colours");
    let hidden: Vec<Vec<u8>> = (0..40).map(|x| record(0x007d, &words(&[x * 2 + 1, x * 2 + 1, 2000, 0, 1]))).collect();
    let all = modules(1)
        .iter()
        .enumerate()
        .flat_map(|(y, row)| {
            row.iter()
                .enumerate()
                .flat_map(move |(x, dark)| {
                    let cell = |x: usize, number: usize| record(0x0201, &words(&[y, x, number]));
                    [cell(x * 2, if *dark { 1 } else { 2 }), cell(x * 2 + 1, 1 + x % 2)]
                })
                .collect::<Vec<_>>()
        })
        .collect::<Vec<_>>();
    let formats = [format(1, 8, 65), format(1, 9, 65)];
    assert!(says(&book(&formats, &[hidden, all].concat())), "hidden columns");
    // Black rows, on which light cells are written.
    let rows: Vec<Vec<u8>> = (0..40)
        .map(|y| record(0x0208, &[&words(&[y, 0, 0, 255, 0, 0])[..], &[0x80, 1], &words(&[1])].concat()))
        .collect();
    let light = blanks(|dark| (!dark).then_some(2));
    assert!(says(&book(&formats, &[rows, light].concat())), "grounds of rows");
}
