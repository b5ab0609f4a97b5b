//! Word documents of the old format whose cells are shaded: by LibreOffice, and by hand.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use scan::content::Content;

use crate::formats::drawing::{modules, runs, says};
use crate::formats::office::testing::{compound_of, mutate, open, unzipped};

const BLACK: [u8; 10] = [0, 0, 0, 255, 0, 0, 0, 0, 0, 0];
const WHITE: [u8; 10] = [0, 0, 0, 255, 255, 255, 255, 0, 0, 0];
const SOLID: [u8; 10] = [20, 20, 20, 0, 255, 255, 255, 0, 1, 0];

fn bytes(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap().to_le_bytes()
}

fn long(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap().to_le_bytes()
}

fn modifier(kind: u16, operand: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], operand].concat()
}

/// A row: the edges of its cells, their flags, their shades.
fn row(edges: &[usize], flags: &[u16], shades: &[[u8; 10]]) -> Vec<u8> {
    let places: Vec<u8> = edges.iter().flat_map(|edge| bytes(*edge)).collect();
    let cells: Vec<u8> = flags.iter().flat_map(|flags| [&flags.to_le_bytes()[..], &[0; 18]].concat()).collect();
    let size = bytes(places.len() + cells.len() + 2);
    let count = u8::try_from(edges.len() - 1).unwrap();
    let mut row = modifier(0x2417, &[1]);
    row.extend(modifier(0xd608, &[&size[..], &[count], &places, &cells].concat()));
    for (kind, shades) in [0xd612_u16, 0xd616, 0xd60c].into_iter().zip(shades.chunks(22)) {
        row.extend(modifier(kind, &[&[u8::try_from(shades.len() * 10).unwrap()][..], shades.as_flattened()].concat()));
    }
    row
}

/// A document of rows, whose properties stand in the stream of data. Its pieces are ranges of rows.
fn document(rows: &[Vec<u8>], pieces: &[(usize, usize)]) -> Content {
    const TEXT: usize = 1024;
    let (mut data, mut pages) = (Vec::new(), Vec::new());
    for (number, rows) in rows.chunks(8).enumerate() {
        let mut page = vec![0; 512];
        for at in 0..=rows.len() {
            page[at * 4..at * 4 + 4].copy_from_slice(&long(TEXT + number * 8 + at));
        }
        for (at, row) in rows.iter().enumerate() {
            let place = 400 - at * 10;
            page[(rows.len() + 1) * 4 + at * 13] = u8::try_from(place / 2).unwrap();
            page[place..place + 4].copy_from_slice(&[0, 4, 0, 0]);
            page[place + 4..place + 6].copy_from_slice(&[0x46, 0x66]);
            page[place + 6..place + 10].copy_from_slice(&long(data.len()));
            data.extend(bytes(row.len()));
            data.extend(row);
        }
        page[511] = u8::try_from(rows.len()).unwrap();
        pages.push(page);
    }
    let mut table = vec![0; 8];
    let list = table.len();
    table.extend((0..=pages.len()).flat_map(|page| long(TEXT + page * 8)));
    table.extend((0..pages.len()).flat_map(|page| long(4 + page)));
    let text = table.len();
    table.push(2);
    table.extend(long(pieces.len() * 12 + 4));
    let starts = pieces.iter().scan(0, |at, (from, to)| {
        *at += to - from;
        Some(*at)
    });
    table.extend([0].into_iter().chain(starts).flat_map(long));
    for (from, _) in pieces {
        table.extend([&[0, 0][..], &long(((TEXT + from) * 2) | 0x4000_0000), &[0, 0]].concat());
    }
    let mut main = vec![0; 2048];
    main[..4].copy_from_slice(&[0xec, 0xa5, 0xc1, 0]);
    for (at, place, size) in [(0x0102, list, text - list), (0x01a2, text, table.len() - text)] {
        main[at..at + 4].copy_from_slice(&long(place));
        main[at + 4..at + 8].copy_from_slice(&long(size));
    }
    main[TEXT..].fill(7);
    main.extend(pages.concat());
    open(&compound_of(&[("WordDocument", &main), ("0Table", &table), ("Data", &data)]))
}

/// Rows of cells that are shaded by whether they are dark, each as one piece.
fn all(shade: impl Fn(bool) -> [u8; 10]) -> Vec<Vec<u8>> {
    let of_row = |row_of: &Vec<bool>| {
        let shades: Vec<[u8; 10]> = row_of.iter().map(|dark| shade(*dark)).collect();
        let edges: Vec<usize> = (0..=row_of.len()).map(|at| at * 200).collect();
        row(&edges, &[], &shades)
    };
    modules(1).iter().map(of_row).collect()
}

#[test]
fn codes_of_shaded_cells() {
    let made = open(&unzipped(include_bytes!("../../../../../testdata/office/shaded.doc.gz")));
    assert!(says(&made), "{:?}", made.items[0].marks);
    let rows = all(|dark| if dark { BLACK } else { WHITE });
    // The second half of the rows stands in front of the first.
    let mut turned = rows.clone();
    turned.rotate_left(10);
    let rest = rows.len() - 10;
    let merged = {
        let (mut rows, mut edges, mut shades) = (Vec::new(), vec![0], Vec::new());
        let text = runs(1, |x, _, length, dark| format!("{x} {length} {dark};"));
        for run in text.split_terminator(';').chain(["0 0 false"]) {
            let mut words = run.split(' ');
            let mut number = || words.next().unwrap().parse::<usize>().unwrap();
            let (x, length) = (number(), number());
            if x == 0 && edges.len() > 1 {
                rows.push(row(&std::mem::replace(&mut edges, vec![0]), &[], &std::mem::take(&mut shades)));
            }
            edges.push((x + length) * 150);
            shades.push(if run.ends_with("true") { SOLID } else { WHITE });
        }
        rows
    };
    for (name, rows, pieces) in [
        ("as they stand", &rows, vec![(0, rows.len())]),
        ("solid", &all(|dark| if dark { SOLID } else { [255; 10] }), vec![(0, rows.len())]),
        ("wide cells", &merged, vec![(0, merged.len())]),
        ("in pieces", &turned, vec![(rest, rest + 10), (0, rest)]),
    ] {
        let content = document(rows, &pieces);
        assert!(says(&content), "{name}");
        assert_eq!(content.items[0].marks, ["text_code"], "{name}");
    }
}

#[test]
fn cells_that_go_on_from_above() {
    // Where a module is as the one above it, its cell is a part of that one, and has a shade that nobody sees.
    let modules = modules(1);
    let mut above = vec![false; modules.len()];
    let rows: Vec<Vec<u8>> = modules
        .iter()
        .map(|own| {
            let joins: Vec<bool> = own.iter().zip(&above).map(|(own, above)| own == above).collect();
            let shade = |dark: bool| if dark { BLACK } else { WHITE };
            let shades: Vec<[u8; 10]> = own.iter().zip(&joins).map(|(dark, joins)| shade(*dark != *joins)).collect();
            let flags: Vec<u16> = joins.iter().map(|joins| if *joins { 0x20 } else { 0x60 }).collect();
            above.clone_from(own);
            let edges: Vec<usize> = (0..=own.len()).map(|at| at * 200).collect();
            row(&edges, &flags, &shades)
        })
        .collect();
    assert!(says(&document(&rows, &[(0, rows.len())])));
}

#[test]
fn what_is_not_followed_is_told() {
    let mut rows = all(|dark| if dark { BLACK } else { WHITE });
    for row in &mut rows {
        row.extend(modifier(0x5622, &[3, 4]));
    }
    let content = document(&rows, &[(0, rows.len())]);
    assert!(content.items[0].marks.contains(&"picture_unread".to_owned()), "{:?}", content.items[0].marks);
}

#[test]
fn other_tables_are_no_codes() {
    let content = open(&unzipped(include_bytes!("../../../../../testdata/office/striped.doc.gz")));
    assert!(content.items[0].marks.is_empty(), "{:?}", content.items[0].marks);
    assert!(content.items[0].text.contains("r29c3"));
    let few = vec![[row(&[0, 900, 1800], &[], &[BLACK, WHITE]), modifier(0x5622, &[3, 4])].concat(); 3];
    let content = document(&few, &[(0, 3)]);
    assert!(content.items[0].marks.is_empty(), "{:?}", content.items[0].marks);
}

#[test]
fn damaged_tables_do_no_harm() {
    mutate(&unzipped(include_bytes!("../../../../../testdata/office/striped.doc.gz")), 200);
}
