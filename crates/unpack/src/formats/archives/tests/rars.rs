//! Rar archives by the rule of their format: what stands in services beside the files, and where links lead.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use scan::content::Content;

use super::{open_with, roomy, sample, show};

const MARK_5: &[u8] = b"Rar!\x1a\x07\x01\0";
const MARK_4: &[u8] = b"Rar!\x1a\x07\0";
const SCRIPT: &[u8] = b"echo hello from the stream\r\n";

fn open(bytes: &[u8]) -> Content {
    open_with(bytes, &[], roomy())
}

/// A number of version 5.
fn number(mut value: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while value > 0x7f {
        out.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap());
    out
}

fn block_5(fields: &[u8], data: &[u8]) -> Vec<u8> {
    let head = [number(fields.len()).as_slice(), fields].concat();
    [&crc32fast::hash(&head).to_le_bytes()[..], &head, data].concat()
}

/// A record of the extra fields of a file or service.
fn record(kind: u8, data: &[u8]) -> Vec<u8> {
    [number(data.len() + 1).as_slice(), &[kind], data].concat()
}

/// A file (2) or a service (3), with its size unpacked, its sum and its method.
fn packed_5((kind, name): (u8, &[u8]), extra: &[u8], data: &[u8], (size, sum, method): (usize, u32, usize)) -> Vec<u8> {
    let mut fields = vec![kind, if extra.is_empty() { 2 } else { 3 }];
    if !extra.is_empty() {
        fields.extend(number(extra.len()));
    }
    fields.extend(number(data.len()));
    fields.push(4);
    fields.extend(number(size));
    fields.push(0x20);
    fields.extend(sum.to_le_bytes());
    fields.extend(number(method));
    fields.push(0);
    fields.extend(number(name.len()));
    fields.extend_from_slice(name);
    fields.extend_from_slice(extra);
    block_5(&fields, data)
}

fn entry_5(kind: u8, name: &[u8], extra: &[u8], data: &[u8]) -> Vec<u8> {
    packed_5((kind, name), extra, data, (data.len(), crc32fast::hash(data), 0))
}

fn begin_5(blocks: &[Vec<u8>]) -> Vec<u8> {
    [MARK_5, &block_5(&[1, 0, 0], &[]), &blocks.concat()].concat()
}

fn archive_5(blocks: &[Vec<u8>]) -> Vec<u8> {
    [begin_5(blocks), block_5(&[5, 0, 0], &[])].concat()
}

fn block_4(kind: u8, flags: u16, fields: &[u8], data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(7 + fields.len()).unwrap();
    let head = [&[kind][..], &flags.to_le_bytes(), &length.to_le_bytes(), fields].concat();
    [&crc32fast::hash(&head).to_le_bytes()[..2], &head, data].concat()
}

/// A file or a service, not packed; with what stands behind the name.
fn entry_4(kind: u8, name: &[u8], behind: &[u8], data: &[u8]) -> Vec<u8> {
    let size = u32::try_from(data.len()).unwrap().to_le_bytes();
    let sum = crc32fast::hash(data).to_le_bytes();
    let length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let fields = [&size[..], &size, &[2], &sum, &[0; 4], &[29, 0x30], &length, &[0; 4], name, behind].concat();
    block_4(kind, 0x8000, &fields, data)
}

fn begin_4(blocks: &[Vec<u8>]) -> Vec<u8> {
    [MARK_4, &block_4(0x73, 0, &[0; 6], &[]), &blocks.concat()].concat()
}

fn archive_4(blocks: &[Vec<u8>]) -> Vec<u8> {
    [begin_4(blocks), block_4(0x7b, 0x4000, &[], &[])].concat()
}

/// A stream of the time before version 3.
fn old_stream(name: &[u8], data: &[u8]) -> Vec<u8> {
    let size = u32::try_from(data.len()).unwrap().to_le_bytes();
    let sum = crc32fast::hash(data).to_le_bytes();
    let length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let fields = [&size[..], &[5, 1, 0], &size, &[20, 0x30], &sum, &length, name].concat();
    block_4(0x77, 0x8000, &fields, data)
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn streams_of_files_are_opened() {
    let of_5 = [entry_5(2, b"minutes.txt", &[], b"hello"), entry_5(3, b"STM", &record(7, b":payload.vbs"), SCRIPT)];
    let of_4 = [entry_4(0x74, b"minutes.txt", &[], b"hello"), entry_4(0x7a, b"STM", &wide(":payload.vbs"), SCRIPT)];
    let old = [entry_4(0x74, b"minutes.txt", &[], b"hello"), old_stream(b":payload.vbs", SCRIPT)];
    for rar in [archive_5(&of_5), archive_4(&of_4), archive_4(&old)] {
        let content = open(&rar);
        let said: Vec<(&str, String, &str)> = content
            .items
            .iter()
            .skip(1)
            .map(|item| (item.place.as_str(), item.names.join("|"), item.text.as_str()))
            .collect();
        let script = std::str::from_utf8(SCRIPT).unwrap();
        let expected =
            [("1/rar:0", "minutes.txt".to_owned(), "hello"), ("1/rar:stream0", ":payload.vbs".to_owned(), script)];
        assert_eq!(said, expected, "{}", show(&content));
        assert!(content.items[0].marks.is_empty() && content.unopened.is_empty(), "{}", show(&content));
    }
}

/// As a packed file of another archive stands there.
#[test]
fn streams_are_unpacked() {
    let rar = sample!("v50.rar");
    let at = memchr::memmem::find(rar, b"sub/run.exe").unwrap() + b"sub/run.exe".len() + 0x23;
    let packed = |name: &[u8], sum: u32| {
        let stream = packed_5((3, b"STM"), &record(7, name), &rar[at..at + 0x21], (274, sum, 0x180));
        open(&archive_5(&[entry_5(2, b"a.txt", &[], b"hello"), stream]))
    };
    let sum = u32::from_le_bytes([0x6a, 0xcf, 0x85, 0x99]);
    let content = packed(b":run.exe", sum);
    let item = content.items.last().unwrap();
    assert_eq!((item.kind.as_str(), item.size, content.unopened.len()), ("exe", 274, 0), "{}", show(&content));
    // What does not come out right is said.
    assert!(!packed(b":run.exe", sum ^ 1).unopened.is_empty());
}

#[test]
fn names_of_streams_that_lead_elsewhere() {
    let with = |name: &[u8]| {
        open(&archive_5(&[entry_5(2, b"a.txt", &[], b"hello"), entry_5(3, b"STM", &record(7, name), SCRIPT)]))
    };
    let marks = |name: &[u8]| with(name).items[0].marks.clone();
    assert_eq!(marks(b":Zone.Identifier"), [""; 0]);
    assert_eq!(marks(br":..\..\Startup\u.bat"), ["path_name"]);
    assert_eq!(marks(br":..\u.bat"), ["path_name"]);
    let wide = wide(r":..\..\u.bat");
    let content = open(&archive_4(&[entry_4(0x74, b"a.txt", &[], b"hello"), entry_4(0x7a, b"STM", &wide, SCRIPT)]));
    assert_eq!(content.items[0].marks, ["path_name"]);
    // The data of the file itself, under its name.
    assert_eq!(with(b"::$DATA").items[2].names, ["a.txt"]);
}

/// That of a small archive holds all of it again.
#[test]
fn a_recovery_record_is_no_second_archive() {
    let (file_5, file_4) = (entry_5(2, b"a.txt", &[], b"hello"), entry_4(0x74, b"a.txt", &[], b"hello"));
    let with_5 = |service: &[u8]| {
        let own = begin_5(std::slice::from_ref(&file_5));
        archive_5(&[file_5.clone(), entry_5(3, service, &record(7, &[5]), &own)])
    };
    let with_4 = |service: &[u8]| {
        let own = begin_4(std::slice::from_ref(&file_4));
        archive_4(&[file_4.clone(), entry_4(0x7a, service, b"Protect+", &own)])
    };
    for (rar, is_trick) in
        [(with_5(b"RR"), false), (with_4(b"RR"), false), (with_5(b"QQ"), true), (with_4(b"QQ"), true)]
    {
        let content = open(&rar);
        let is_marked = content.items[0].marks.iter().any(|mark| mark == "polyglot");
        assert_eq!(is_marked, is_trick, "{}", show(&content));
        assert!(is_trick || (content.items.len() == 2 && content.unopened.is_empty()), "{}", show(&content));
    }
}

#[test]
fn links_to_other_machines_are_links() {
    let link = |target: &[u8]| {
        let redirection = [&[1_u8, 0][..], &number(target.len()), target].concat();
        open(&archive_5(&[entry_5(2, b"a", &record(5, &redirection), b"")]))
    };
    for (target, found) in [
        (&br"\\evil.example\share"[..], r"\\evil.example\share"),
        (b"/??/UNC/evil.example/share", r"\\evil.example/share"),
        (b"//evil.example/share/x", "//evil.example/share/x"),
    ] {
        let content = link(target);
        assert_eq!(content.items[0].marks, ["link_entry"]);
        assert!(content.items[1].links.iter().any(|link| link.target == found), "{:?}", content.items[1]);
    }
    assert!(link(b"../b.txt").items[1].links.is_empty());
}
