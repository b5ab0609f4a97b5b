//! Where the bytes of items are, and claims that do not fit.

use super::*;
use unpack::Part;

fn request(parts: &[&'static [u8]]) -> Request {
    let part = |bytes: &&'static [u8]| Part { bytes: Bytes::from_static(bytes), ..Part::default() };
    Request { parts: parts.iter().map(part).collect(), ..Request::default() }
}

fn item(place: &str, bytes: &[u8]) -> Item {
    let size = u64::try_from(bytes.len()).unwrap();
    Item { place: place.to_owned(), size, sha256: bytes.to_vec(), ..Item::default() }
}

#[test]
fn only_what_came_out_of_containers_is_copied_and_each_once() {
    let request = request(&[b"outer", b"other"]);
    let children: [&[u8]; 4] = [b"inner", b"more", b"inner", b"other"];
    let mut written = Vec::new();
    let mut write = |bytes: &[u8]| {
        written.push(bytes.to_vec());
        Ok(())
    };
    let mut copies = Copies::new(&request, &mut write);
    let mut content = Content::default();
    let parts = request.parts.iter().map(|part| &*part.bytes);
    for bytes in parts.chain(children) {
        content.items.push(item("1", bytes));
        copies.take(content.items.last().unwrap(), bytes);
    }
    content.items.push(Item { place: "1/zip:9".to_owned(), ..Item::default() });
    let sources = copies.finish(&mut content);
    let (part, file) = (|number| Some(Source::Part(number)), |start, length| Some(Source::File(start, length)));
    assert_eq!(sources, [part(0), part(1), file(0, 5), file(5, 4), file(0, 5), part(1), None]);
    assert_eq!(written, [&b"inner"[..], b"more"]);
    assert_eq!(content.unopened, []);
    let files = Files::new(sources, &request, Store::Here(Bytes::from(written.concat())));
    for (at, item) in content.items.iter().enumerate().take(6) {
        assert_eq!(files.read(at).unwrap(), item.sha256, "{at}");
    }
    assert!(files.has(0) && !files.has(6) && !files.has(7));
    for none in [6, 7] {
        assert_eq!(files.read(none).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}

#[test]
fn what_cannot_be_copied_is_called_unopened() {
    let (request, child) = (request(&[b"outer"]), item("1/zip:0", b"inner"));
    let mut write = |_: &[u8]| Err(io::ErrorKind::StorageFull.into());
    let mut copies = Copies::new(&request, &mut write);
    copies.take(&child, b"inner");
    let mut content = Content { items: vec![child], unopened: Vec::new() };
    assert_eq!(copies.finish(&mut content), [None]);
    let whys: Vec<_> = content.unopened.iter().map(|one| (one.place.as_str(), one.why)).collect();
    assert_eq!(whys, [("1/zip:0", WhyUnopened::OverBudget)]);
}

#[test]
fn there_is_a_largest_file() {
    let request = request(&[]);
    let mut write = |_: &[u8]| Ok(());
    let mut copies = Copies::new(&request, &mut write);
    copies.length = FILES_BYTES_MAX - 4;
    assert_eq!(copies.copy(b"inner"), None);
    assert_eq!(copies.copy(b"four"), Some(Source::File(FILES_BYTES_MAX - 4, 4)));
    assert_eq!(copies.copy(b"x"), None);
}

#[test]
fn sources_have_to_fit() {
    let request = request(&[b"outer"]);
    let content = Content { items: vec![item("1", b"outer")], unopened: Vec::new() };
    for (source, file_bytes, is_fit) in [
        (Source::Part(0), 0, true),
        (Source::Part(1), 0, false),
        (Source::Part(u32::MAX), 0, false),
        (Source::File(0, 5), 5, true),
        (Source::File(1, 5), 5, false),
        (Source::File(0, 4), 5, false),
        (Source::File(u64::MAX, 5), u64::MAX, false),
    ] {
        assert_eq!(fit(&[Some(source)], &content, &request, file_bytes), is_fit, "{source:?}");
    }
    assert!(!fit(&[], &content, &request, 5), "no word about an item");
    assert!(!fit(&[None], &content, &request, 5), "no bytes and no reason");
    let unopened = vec![Unopened { place: "1".to_owned(), why: WhyUnopened::Encrypted }];
    assert!(fit(&[None], &Content { unopened, ..content }, &request, 5));
}

#[test]
fn bytes_without_room_are_out_of_reach() {
    let request = request(&[b"outer"]);
    let files = Files::new(vec![Some(Source::Part(0)), Some(Source::File(0, 5)), None], &request, Store::NoRoom);
    assert_eq!(files.read(0).unwrap(), &b"outer"[..]);
    for out_of_reach in [1, 2] {
        assert_eq!(files.read(out_of_reach).unwrap_err().kind(), io::ErrorKind::OutOfMemory);
    }
}
