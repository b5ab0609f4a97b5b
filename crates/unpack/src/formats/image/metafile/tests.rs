//! Codes in metafiles: drawn in many ways, and as bitmaps.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use crate::formats::drawing::{check_none_in, has_code, modules, says};
use crate::formats::image::tests::made::{Canvas, code};
use crate::formats::shown::open;

/// Places of the dark modules, ten units each.
fn dark() -> Vec<(i32, i32)> {
    let place = |at: usize| i32::try_from(at).unwrap() * 10;
    let mut dark = Vec::new();
    for (y, row) in modules(4).iter().enumerate() {
        dark.extend(row.iter().enumerate().filter(|(_, own)| **own).map(|(x, _)| (place(x), place(y))));
    }
    dark
}

fn longs(numbers: &[i32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn shorts(numbers: &[i32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| i16::try_from(*number).unwrap().to_le_bytes()).collect()
}

/// A record of the newer kind.
fn record(kind: i32, body: &[u8]) -> Vec<u8> {
    [longs(&[kind, i32::try_from(body.len()).unwrap() + 8]), body.to_vec()].concat()
}

fn emf(records: Vec<u8>) -> Vec<u8> {
    let head = [&[0; 32][..], b" EMF", &[0; 64]].concat();
    [record(1, &head), records, record(14, &[0; 12])].concat()
}

/// A record of the older kind.
fn older(kind: u16, body: &[u8]) -> Vec<u8> {
    let words = u32::try_from(body.len() / 2 + 3).unwrap();
    [&words.to_le_bytes()[..], &kind.to_le_bytes(), body].concat()
}

fn wmf(records: Vec<u8>) -> Vec<u8> {
    let head = [&[1, 0, 9, 0, 0, 3][..], &[0; 12]].concat();
    [head, records, older(0, &[])].concat()
}

/// What is done for each dark module, behind what chooses black.
fn each(choose: &[u8], each: impl Fn(i32, i32) -> Vec<u8>) -> Vec<u8> {
    let modules: Vec<u8> = dark().into_iter().flat_map(|(x, y)| each(x, y)).collect();
    [choose, &modules].concat()
}

/// A square of corners behind each other.
fn corners((x, y): (i32, i32)) -> [i32; 8] {
    [x, y, x + 10, y, x + 10, y + 10, x, y + 10]
}

#[test]
fn codes_in_newer_metafiles_are_read() {
    let black = record(37, &longs(&[i32::MIN + 4]));
    let made = [record(39, &longs(&[1, 0, 0, 0])), record(37, &longs(&[1]))].concat();
    let all: Vec<i32> = dark().into_iter().flat_map(corners).collect();
    let count = i32::try_from(all.len() / 8).unwrap();
    let polygons = [vec![0; 16], longs(&[count, count * 4]), longs(&vec![4; all.len() / 8]), shorts(&all)].concat();
    let path = |(x, y): (i32, i32)| {
        let on = [vec![0; 16], longs(&[3]), shorts(&corners((x, y))[2..])].concat();
        [record(27, &longs(&[x, y])), record(89, &on), record(61, &[])].concat()
    };
    let paths: Vec<u8> = dark().into_iter().flat_map(path).collect();
    let paths = [black.clone(), record(59, &[]), paths, record(60, &[]), record(62, &[0; 16])].concat();
    let world = |x: i32, y: i32| {
        let numbers = [1, 0, 0, 1, x, y].map(|number| f32::from(i16::try_from(number).unwrap()).to_le_bytes());
        [record(35, &numbers.concat()), record(43, &longs(&[0, 0, 10, 10]))].concat()
    };
    let over = |x: i32, y: i32| record(76, &[vec![0; 16], longs(&[x, y, 10, 10, 0x42]), vec![0; 48]].concat());
    let newer = |x: i32, y: i32| {
        let said = [longs(&[0xff << 24, 1]), shorts(&[x, y, 10, 10])].concat();
        let head = [[0x0a, 0x40, 0, 0xc0].to_vec(), longs(&[28, 16])].concat();
        let said = [b"EMF+".to_vec(), head, said].concat();
        record(70, &[longs(&[32]), said].concat())
    };
    let alone = [longs(&[16]), b"EMF+".to_vec(), vec![1, 0x40, 0, 0], longs(&[12, 0])].concat();
    for (name, records) in [
        ("boxes", each(&black, |x, y| record(43, &longs(&[x, y, x + 10, y + 10])))),
        ("a brush", each(&made, |x, y| record(43, &longs(&[x, y, x + 10, y + 10])))),
        ("polygons", [black.clone(), record(91, &polygons)].concat()),
        ("a path", paths),
        ("moved boxes", each(&black, world)),
        ("over", each(&[], over)),
        ("the newest kind", each(&record(70, &alone), newer)),
    ] {
        assert!(has_code("a.emf", "", &emf(records)), "{name}");
    }
}

#[test]
fn codes_in_older_metafiles_are_read() {
    let black = [older(0x02fa, &[0; 10]), older(0x02fc, &[0; 8]), older(0x012d, &[1, 0])].concat();
    let rectangle = |x: i32, y: i32| older(0x041b, &shorts(&[y + 10, x + 10, y, x]));
    let moved = |x: i32, y: i32| [older(0x020b, &shorts(&[-y, -x])), rectangle(0, 0)].concat();
    let over = |x: i32, y: i32| older(0x061d, &[longs(&[0x00f0_0021]), shorts(&[10, 10, y, x])].concat());
    let polygon = |x: i32, y: i32| older(0x0324, &[shorts(&[4]), shorts(&corners((x, y)))].concat());
    for (name, records) in [
        ("boxes", each(&black, rectangle)),
        ("moved boxes", each(&black, moved)),
        ("over", each(&black, over)),
        ("polygons", each(&black, polygon)),
    ] {
        // It has no magic of its own, and no name.
        assert!(has_code("", "", &wmf(records)), "{name}");
    }
    let placed = [b"\xd7\xcd\xc6\x9a".to_vec(), vec![0; 18], wmf(each(&black, rectangle))].concat();
    assert!(has_code("a.wmf", "", &placed));
}

#[test]
fn bitmaps_in_metafiles_are_read() {
    let bmp = Canvas::of(&code("https://evil.example/drawn?x=1"), 4, 4).bmp();
    let picture = [&[0; 72][..], &bmp[14..]].concat();
    assert!(says(&open("a.emf", "", &emf(record(81, &picture)))));
}

#[test]
fn what_is_filled_unknown_is_told_and_few_things_are_not() {
    let black = record(37, &longs(&[i32::MIN + 4]));
    let alone = [longs(&[16]), b"EMF+".to_vec(), vec![1, 0x40, 0, 0], longs(&[12, 0])].concat();
    let filled = [longs(&[40]), b"EMF+".to_vec(), vec![0x14, 0x40, 0, 0], longs(&[24, 12]), vec![0; 12]].concat();
    let many = [record(70, &alone), record(70, &filled).repeat(300)].concat();
    assert_eq!(open("a.emf", "", &emf(many)).items[0].marks, ["picture_unread"]);
    let few = [black, record(43, &longs(&[0, 0, 10, 10])), record(70, &alone), record(70, &filled).repeat(9)].concat();
    check_none_in("a.emf", &emf(few));
    check_none_in("a.emf", &emf(record(91, &[0xff; 40])));
    check_none_in("", &wmf(older(0x0538, &[0xff; 40])));
}

fn is_unread(file: &[u8]) -> bool {
    open("a.emf", "", file).items[0].marks == ["picture_unread"]
}

#[test]
fn what_is_filled_in_rare_ways_is_read_or_told() {
    let over =
        |kind: i32| each(&[], |x, y| record(kind, &[vec![0; 16], longs(&[x, y, 10, 10, 0x42]), vec![0; 48]].concat()));
    let letters = |x: i32, y: i32| record(83, &[vec![0; 44], longs(&[2, x, y, x + 10, y + 10])].concat());
    for (name, records) in
        [("stretched", over(77)), ("masked", over(78)), ("letters", each(&record(25, &longs(&[0])), letters))]
    {
        assert!(has_code("a.emf", "", &emf(records)), "{name}");
    }
    let black = longs(&[0x42]);
    for kind in [0x0922, 0x0940] {
        let bare = |x: i32, y: i32| older(kind, &[black.clone(), shorts(&[0, 0, 0, 10, 10, y, x])].concat());
        assert!(has_code("", "", &wmf(each(&[], bare))), "{kind:x}");
    }
    for kind in [0x0b23, 0x0b41] {
        let bare = |x: i32, y: i32| older(kind, &[black.clone(), shorts(&[0, 0, 0, 0, 0, 10, 10, y, x])].concat());
        assert!(has_code("", "", &wmf(each(&[], bare))), "{kind:x}");
    }
    for kind in [46, 47, 74] {
        assert!(is_unread(&emf(record(kind, &[0; 40]).repeat(100))), "{kind}");
    }
    let gradients = |count: i32| emf(record(118, &[vec![0; 20], longs(&[count]), vec![0; 200]].concat()));
    assert!(is_unread(&gradients(100)));
    assert!(!is_unread(&gradients(9)));
    let masked = [vec![0; 16], longs(&[0, 0, 10, 10, 0x42]), vec![0; 72], longs(&[40])].concat();
    assert!(is_unread(&emf(record(78, &masked).repeat(100))));
}

#[test]
fn a_path_that_is_given_up_holds_nothing() {
    let black = record(37, &longs(&[i32::MIN + 4]));
    let given_up = [black, record(59, &[]), record(43, &longs(&[0, 0, 300, 300])), record(68, &[])].concat();
    let boxes = each(&given_up, |x, y| record(43, &longs(&[x, y, x + 10, y + 10])));
    assert!(has_code("a.emf", "", &emf(boxes)));
    let open = [record(59, &[]), record(43, &longs(&[0, 0, 10, 10]))].concat();
    assert!(is_unread(&emf(open)));
    assert!(!is_unread(&emf(record(59, &[]))));
}

#[test]
fn states_are_taken_up_again_by_their_number() {
    let (save, restore) = (record(33, &[]), |which: i32| record(34, &longs(&[which])));
    let choose = |shade: i32| record(37, &longs(&[i32::MIN + shade]));
    let kept = [save.clone(), choose(4), save.clone(), choose(0), save.clone(), choose(0)].concat();
    for which in [-2, 2] {
        let records =
            each(&[kept.clone(), restore(which)].concat(), |x, y| record(43, &longs(&[x, y, x + 10, y + 10])));
        assert!(has_code("a.emf", "", &emf(records)), "{which}");
    }
    let kept = [older(0x02fc, &[0; 8]), older(0x02fc, &[0, 0, 255, 255, 255, 0, 0, 0])].concat();
    let (save, choose) = (older(0x001e, &[]), |number: u8| older(0x012d, &[number, 0]));
    let kept = [kept, choose(0), save.clone(), choose(1), save.clone(), older(0x0127, &shorts(&[-2]))].concat();
    assert!(has_code("", "", &wmf(each(&kept, |x, y| older(0x041b, &shorts(&[y + 10, x + 10, y, x]))))));
    assert!(is_unread(&emf(record(33, &[]).repeat(257))));
    assert!(!is_unread(&emf(record(33, &[]).repeat(256))));
}

#[test]
fn lines_beyond_what_may_be_collected_are_told() {
    let polygons = |count: usize| {
        let counts = [vec![0; 16], longs(&[i32::try_from(count).unwrap(), 0]), vec![0; count * 4]].concat();
        emf(record(91, &counts))
    };
    assert!(is_unread(&polygons(1_000_001)));
    assert!(!is_unread(&polygons(1000)));
    // Nothing comes of lines that no path holds.
    let points = [vec![0; 16], longs(&[300_000]), vec![0; 1_200_000]].concat();
    assert!(!is_unread(&emf(record(87, &points).repeat(4))));
    assert!(is_unread(&emf([record(59, &[]), record(87, &points).repeat(4), record(60, &[])].concat())));
}
