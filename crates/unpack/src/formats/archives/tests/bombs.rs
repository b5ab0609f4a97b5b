//! Small files that become endless: all are left in time, and said to be what they are.
#![expect(clippy::as_conversions, clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use std::cell::Cell;
use std::io::{Cursor, Read as _, Write as _};
use std::time::Duration;

use bytes::Bytes;
use scan::content::{Content, WhyUnopened};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::{open_with, sample};
use crate::budget::{Budget, Limits};
use crate::request::{Part, Request};
use crate::unpack::unpack;

const MIB: usize = 1024 * 1024;

/// What a message may become here: the true limit takes a while to fill.
fn limits() -> Limits {
    Limits { unpacked_bytes: 8 * MIB as u64, ..Limits::default() }
}

fn is_bomb(content: &Content) -> bool {
    content.items.iter().any(|item| item.marks.iter().any(|mark| mark == "bomb"))
}

/// Said to be a bomb, to be over budget, and not a byte more than allowed.
fn check(name: &str, bytes: &[u8]) {
    let content = open_with(bytes, &[], limits());
    assert!(is_bomb(&content), "{name}: {content:?}");
    assert!(content.unopened.iter().any(|one| one.why == WhyUnopened::OverBudget), "{name}");
    let unpacked: u64 = content.items.iter().skip(1).map(|item| item.size).sum();
    assert!(unpacked <= limits().unpacked_bytes, "{name}: {unpacked}");
}

fn zip_of(files: &[(String, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(name.as_str(), SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn ten_gigabytes_of_zeros_in_every_stream() {
    let zeros = vec![0_u8; MIB];
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gz.write_all(&zeros).unwrap();
    let mut bz2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    bz2.write_all(&zeros).unwrap();
    let mut xz = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(0)).unwrap();
    xz.write_all(&zeros).unwrap();
    let zstd = zstd::encode_all(zeros.as_slice(), 1).unwrap();
    // Ten thousand streams of a mebibyte each are one file.
    check("gz", &gz.finish().unwrap().repeat(10_000));
    check("bz2", &bz2.finish().unwrap().repeat(10_000));
    check("xz", &xz.finish().unwrap().repeat(10_000));
    check("zstd", &zstd.repeat(10_000));
    check("7z", sample!("zeros.7z"));
    check("lzma", sample!("zeros.lzma"));
    check("lz", sample!("zeros.lz"));
    check("compress", sample!("zeros.Z"));
}

#[test]
fn archives_full_of_archives() {
    let zeros = vec![0_u8; 4 * MIB];
    let mut archive = zip_of(&[("0.dll".to_owned(), &zeros)], CompressionMethod::Deflated);
    for _ in 0..5 {
        let files: Vec<(String, &[u8])> =
            (0..16).map(|number| (format!("lib {number}.zip"), archive.as_slice())).collect();
        archive = zip_of(&files, CompressionMethod::Deflated);
    }
    check("42", &archive);
}

#[test]
fn more_files_than_any_honest_archive() {
    let files: Vec<(String, &[u8])> = (0..12_000).map(|number| (format!("{number}"), b"".as_slice())).collect();
    let content = open_with(&zip_of(&files, CompressionMethod::Stored), &[], Limits::default());
    assert!(is_bomb(&content) && content.items.len() <= 10_000, "{}", content.items.len());
    let mut tar = Vec::new();
    for number in 0..12_000 {
        let mut head = [0_u8; 512];
        let name = format!("{number}");
        head[..name.len()].copy_from_slice(name.as_bytes());
        head[100..108].copy_from_slice(b"0000644\0");
        head[124..136].copy_from_slice(b"00000000000\0");
        head[156] = b'0';
        head[257..265].copy_from_slice(b"ustar\x0000");
        head[148..156].fill(b' ');
        let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
        head[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        tar.extend_from_slice(&head);
    }
    let content = open_with(&tar, &[], Limits::default());
    assert!(is_bomb(&content) && content.items.len() <= 10_000, "{}", content.items.len());
}

#[test]
fn twenty_five_archives_in_each_other() {
    let mut archive = b"deep".to_vec();
    for number in 0..25 {
        archive = match number % 3 {
            0 => zip_of(&[("next".to_owned(), &archive)], CompressionMethod::Deflated),
            1 => {
                let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
                gz.write_all(&archive).unwrap();
                gz.finish().unwrap()
            }
            _ => zstd::encode_all(archive.as_slice(), 1).unwrap(),
        };
    }
    let content = open_with(&archive, &[], Limits::default());
    assert!(is_bomb(&content));
    assert_eq!((content.items.len(), content.unopened[0].why), (11, WhyUnopened::OverBudget));
}

#[test]
fn an_archive_that_holds_itself() {
    let itself = sample!("itself.gz");
    let mut opened = Vec::new();
    flate2::read::GzDecoder::new(itself).read_to_end(&mut opened).unwrap();
    assert_eq!(opened, itself);
    let content = open_with(itself, &[], Limits::default());
    assert!(is_bomb(&content));
    assert_eq!((content.items.len(), content.unopened[0].why), (11, WhyUnopened::OverBudget));
}

#[test]
fn a_text_of_ten_thousand_files() {
    let block = "begin 644 x\n#86)C\n`\nend\n".repeat(10_000);
    let content = open_with(block.as_bytes(), &[], Limits::default());
    assert!(is_bomb(&content) && content.items.len() <= 1002, "{}", content.items.len());
}

thread_local! {
    static NOW: Cell<u64> = const { Cell::new(0) };
}

/// A clock that goes on a second each time somebody looks.
fn hasty() -> Duration {
    NOW.set(NOW.get() + 1);
    Duration::from_secs(NOW.get())
}

#[test]
fn time_runs_out_in_the_middle() {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gz.write_all(&vec![0; 40 * MIB]).unwrap();
    let part = Part { place: "1".to_owned(), bytes: Bytes::from(gz.finish().unwrap()), ..Part::default() };
    let request = Request { parts: vec![part], ..Request::default() };
    let limits = Limits { ratio: 100_000, cpu: Duration::from_secs(4), ..Limits::default() };
    let content = unpack(&request, &mut Budget::with_clock(limits, hasty));
    assert!(content.unopened.iter().any(|one| one.why == WhyUnopened::OverTime), "{:?}", content.unopened);
    assert!(content.items.iter().map(|item| item.size).sum::<u64>() < 40 * MIB as u64);
}
