//! Frames there and back, and frames that lie.

use std::time::Duration;

use scan::content::{Item, Unopened, WhyUnopened};

use super::*;
use crate::lane::Lane;

fn request() -> Request {
    let part = |place: &str, bytes: &'static [u8]| Part {
        place: place.to_owned(),
        names: vec!["a/b.txt".to_owned()],
        declared: "text/plain".to_owned(),
        charset: "utf-8".to_owned(),
        joins_words: true,
        inline: true,
        points_to: vec!["http://192.0.2.7/x".to_owned()],
        labels: vec!["picture@host.example".to_owned()],
        bytes: Bytes::from_static(bytes),
    };
    Request { parts: vec![part("1", b"hello"), part("2.1", b""), part("2.2", b"\x00\xff")], ..Request::default() }
}

fn body_of(request: &Request) -> Vec<u8> {
    let mut frame = request_start(7, request).unwrap();
    frame.extend(request.parts.iter().flat_map(|part| part.bytes.to_vec()));
    frame
}

#[test]
fn a_request_comes_back_as_it_went() {
    let frame = body_of(&request());
    let head = Head::read(frame.first_chunk().unwrap()).unwrap();
    assert_eq!((head.kind, head.number, head.length as usize), (Kind::Unpack, 7, frame.len() - HEAD_BYTES));
    let body = Bytes::from(frame).slice(HEAD_BYTES..);
    assert_eq!(read_request(&body), Some(request()));
    for cut in 0..body.len() {
        assert_eq!(read_request(&body.slice(..cut)), None, "{cut}");
    }
    assert_eq!(read_request(&Bytes::from([&body[..], b"x"].concat())), None);
}

#[test]
fn a_request_has_a_largest_size() {
    let bytes = Bytes::from(vec![0; REQUEST_BYTES_MAX / 2]);
    let part = Part { bytes, ..Part::default() };
    assert!(request_start(1, &Request { parts: vec![part.clone()], ..Request::default() }).is_some());
    assert!(request_start(1, &Request { parts: vec![part.clone(), part], ..Request::default() }).is_none());
}

/// A worker that lies may say much in few bytes: what that takes here is asked before it is taken.
#[test]
fn an_answer_of_nothing_but_values_is_a_lie() {
    let values = 40 * 1024 * 1024_u32;
    let nulls = |head: &[u8]| [head, &[0x9a], &values.to_be_bytes(), &vec![0xf6; values as usize]].concat();
    // `{0: {0: [], 1: []}, 1: [null ...]}`
    let sources = nulls(&[0xa2, 0x00, 0xa2, 0x00, 0x80, 0x01, 0x80, 0x01]);
    assert_eq!(read_answer(&sources, &request(), Some(0)).map(drop), Err(Lie::NotDecodable));
    // In pieces nobody knows how many there are.
    let pieces =
        [&[0xa2, 0x00, 0xa2, 0x00, 0x80, 0x01, 0x80, 0x01, 0x9f][..], &vec![0xf6; 3_000_000], &[0xff]].concat();
    assert_eq!(read_answer(&pieces, &request(), Some(0)).map(drop), Err(Lie::NotDecodable));
    let outcomes = nulls(&[]);
    let body = [&u32::try_from(outcomes.len()).unwrap().to_le_bytes()[..], &outcomes].concat();
    assert_eq!(disarmed::read(&body, 3), Err(Lie::Unfitting));
    // The largest that is honest: as many files as a message may have, and all their bytes told.
    let item = |number: usize| Item { place: format!("1/zip:{number}"), sha256: vec![1; 32], ..Item::default() };
    let honest = Request { parts: request().parts.drain(..1).collect(), ..Request::default() };
    let mut content = Content { items: (0..10_000).map(item).collect(), unopened: Vec::new() };
    content.items[0].place = "1".to_owned();
    content.items[1].links = vec![scan::content::Link { target: "x".repeat(400), ..Default::default() }; 10_000];
    let frame = answer(9, &honest, &content, &[]);
    assert!(read_answer(&frame[HEAD_BYTES..], &honest, None).is_ok());
}

#[test]
fn an_answer_has_to_fit() {
    let request = request();
    let item = |place: &str| Item { place: place.to_owned(), sha256: vec![1; 32], ..Item::default() };
    let not_opened = Unopened { place: "2.2".to_owned(), why: WhyUnopened::OverBudget };
    let content = Content { items: vec![item("1"), item("1/zip:0"), item("2.1")], unopened: vec![not_opened] };
    let frame = answer(9, &request, &content, &[]);
    let (head, body) = frame.split_first_chunk().unwrap();
    assert_eq!(Head::answer_length(head, 9), Ok(Some(body.len())));
    assert_eq!(Head::answer_length(head, 8), Err(Lie::WrongNumber));
    assert_eq!(read_answer(body, &request, None), Ok((content.clone(), Vec::new())));
    assert_eq!(read_answer(&[body, b"\x00"].concat(), &request, None), Err(Lie::NotDecodable));
    for cut in 0..body.len() {
        assert_eq!(read_answer(&body[..cut], &request, None), Err(Lie::NotDecodable), "{cut}");
    }
    for (at, place) in [(0, "3"), (2, "2")] {
        let mut lying = content.clone();
        lying.items[at].place = place.to_owned();
        let frame = answer(9, &request, &lying, &[]);
        assert_eq!(read_answer(&frame[HEAD_BYTES..], &request, None), Err(Lie::Unfitting), "{place}");
    }
    assert_eq!(
        read_answer(&answer(9, &request, &Content::default(), &[])[HEAD_BYTES..], &request, None),
        Err(Lie::Unfitting)
    );
}

#[test]
fn heads_that_are_none() {
    let good = Head { kind: Kind::Answer, number: 1, length: 5 };
    assert_eq!(Head::read(&good.to_bytes()), Some(good));
    assert_eq!(Head::answer_length(&[0; HEAD_BYTES], 1), Err(Lie::NoFrame));
    let asked = Head { kind: Kind::Unpack, ..good };
    assert_eq!(Head::answer_length(&asked.to_bytes(), 1), Err(Lie::NoFrame));
    let late: [u8; HEAD_BYTES] = late(7).try_into().unwrap();
    assert_eq!(Head::answer_length(&late, 7), Ok(None));
    assert_eq!(Head::answer_length(&late, 8), Err(Lie::WrongNumber));
    let long = Head { kind: Kind::Late, ..good };
    assert_eq!(Head::answer_length(&long.to_bytes(), 1), Err(Lie::NoFrame));
    let large = Head { length: u32::MAX, ..good };
    assert_eq!(Head::answer_length(&large.to_bytes(), 1), Err(Lie::TooLarge));
}

#[test]
fn an_answer_that_would_be_too_large_says_so() {
    let request = request();
    let item = Item { place: "1".to_owned(), text: "x".repeat(ANSWER_BYTES_MAX), ..Item::default() };
    let frame = answer(1, &request, &Content { items: vec![item], unopened: Vec::new() }, &[]);
    let (content, _) = read_answer(&frame[HEAD_BYTES..], &request, None).unwrap();
    assert!(content.unopened.iter().all(|one| one.why == WhyUnopened::OverBudget) && content.unopened.len() == 3);
}

#[test]
fn a_setup_comes_back_as_it_went() {
    let setup = Setup {
        lane: Lane::Slow,
        cpu: Duration::from_micros(1_234_567),
        tlsh: true,
        rules: Bytes::from_static(b"rules"),
    };
    let start = setup_start(&setup).unwrap();
    let head = Head::read(start.first_chunk().unwrap()).unwrap();
    let body = Bytes::from([&start[HEAD_BYTES..], &setup.rules].concat());
    assert_eq!((head.kind, head.length as usize), (Kind::Setup, body.len()));
    assert_eq!(read_setup(&body), Some(setup.clone()));
    assert_eq!(read_setup(&body.slice(..3)), None);
    let rules = Bytes::from(vec![0; crate::limits::SETUP_BYTES_MAX]);
    assert_eq!(setup_start(&Setup { rules, ..setup }), None, "there is a largest one");
}
