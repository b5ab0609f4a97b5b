//! What is half read is never called clean: every file of the samples, stopped by the clock, by the number of files or by
//! their bytes at any place, is read whole or says that it was not.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use scan::content::{Content, WhyUnopened};

use crate::budget::{Budget, Limits};
use crate::request::{Part, Request};
use crate::unpack::{unpack, unpack_with};

/// Bytes of a sample that is looked at: the larger ones are more of the same.
const SAMPLE_BYTES_MAX: u64 = 24 * 1024;

thread_local! {
    static ASKED: Cell<u64> = const { Cell::new(0) };
}

/// A clock that goes on by a millisecond each time somebody looks.
fn clock() -> Duration {
    ASKED.set(ASKED.get().saturating_add(1));
    Duration::from_millis(ASKED.get())
}

fn samples() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let is_small = entry.metadata().unwrap().len() <= SAMPLE_BYTES_MAX;
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false if is_small => found.push(entry.path()),
                false => {}
            }
        }
    }
    found.sort();
    found
}

fn request(path: &Path) -> Request {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let bytes = Bytes::from(std::fs::read(path).unwrap());
    let part = Part { place: "1".to_owned(), names: vec![name], bytes, ..Part::default() };
    Request { parts: vec![part], passwords: vec!["Secret-42".to_owned()], ..Request::default() }
}

/// Images of disks are mostly empty, which is no matter here.
fn roomy() -> Limits {
    Limits { ratio: u64::MAX, ..Limits::default() }
}

/// Is it all there, or does it say of something that it is not, which was whole?
fn is_said(content: &Content, whole: &Content, whys: &[WhyUnopened]) -> bool {
    content == whole || content.unopened.iter().any(|one| whys.contains(&one.why) && !whole.unopened.contains(one))
}

#[test]
fn by_the_clock() {
    let samples = samples();
    assert!(samples.len() > 100, "{} samples", samples.len());
    for path in samples {
        let request = request(&path);
        let whole = unpack(&request, &mut Budget::new(roomy()));
        ASKED.set(0);
        drop(unpack(&request, &mut Budget::with_clock(roomy(), clock)));
        let asked = ASKED.get();
        // At the first looks, and at some of all of them.
        let step = usize::try_from(asked / 12).unwrap_or(1).max(1);
        for limit in (1..12.min(asked)).chain((12..asked).step_by(step)) {
            let limits = Limits { cpu: Duration::from_millis(limit), ..roomy() };
            let content = unpack(&request, &mut Budget::with_clock(limits, clock));
            assert!(is_said(&content, &whole, &[WhyUnopened::OverTime]), "{} at {limit}", path.display());
        }
    }
}

thread_local! {
    static IS_LATE: Cell<bool> = const { Cell::new(false) };
}

/// A clock that jumps while a file is read.
fn jumping() -> Duration {
    if IS_LATE.get() { Duration::from_secs(3_600) } else { Duration::ZERO }
}

/// Not every reader asks for the time.
#[test]
fn what_took_too_long_is_never_clean() {
    for (name, bytes) in
        [("a.html", b"<p>hello".as_slice()), ("a.csv", b"a,b\n1,2\n"), ("a.txt", b"hello"), ("a.png", b"\x89PNG")]
    {
        let part = |place: &str| Part {
            place: place.to_owned(),
            names: vec![name.to_owned()],
            bytes: Bytes::from_static(bytes),
            ..Part::default()
        };
        let request = Request { parts: vec![part("1"), part("2")], ..Request::default() };
        for late in ["1", "2", ""] {
            IS_LATE.set(false);
            let mut budget = Budget::with_clock(Limits::default(), jumping);
            let content =
                unpack_with(&request, &mut budget, &mut |item, _| IS_LATE.set(IS_LATE.get() || item.place == late));
            let places: Vec<&str> = content
                .unopened
                .iter()
                .filter(|one| one.why == WhyUnopened::OverTime)
                .map(|one| one.place.as_str())
                .collect();
            let expected = match late {
                "1" => vec!["1", "2"],
                "2" => vec!["2"],
                _ => vec![],
            };
            assert_eq!(places, expected, "{name} {late}");
        }
    }
}

#[test]
fn by_the_number_of_files() {
    for path in samples() {
        let request = request(&path);
        let whole = unpack(&request, &mut Budget::new(roomy()));
        let most = u32::try_from(whole.items.len()).unwrap();
        for files in (0..most).take(8).chain(most.saturating_sub(2)..most) {
            let content = unpack(&request, &mut Budget::new(Limits { files, ..roomy() }));
            assert!(is_said(&content, &whole, &[WhyUnopened::OverBudget]), "{} with {files} of {most}", path.display());
        }
    }
}

#[test]
fn by_bytes() {
    for path in samples() {
        let request = request(&path);
        let whole = unpack(&request, &mut Budget::new(roomy()));
        let bytes: u64 = whole.items.iter().skip(1).map(|item| item.size).sum();
        for unpacked_bytes in [0, bytes / 4, bytes / 2, bytes.saturating_sub(1)] {
            let content = unpack(&request, &mut Budget::new(Limits { unpacked_bytes, ..roomy() }));
            // What had no room to be decrypted stays closed.
            let is_said = is_said(&content, &whole, &[WhyUnopened::OverBudget, WhyUnopened::Encrypted]);
            assert!(is_said, "{} with {unpacked_bytes} of {bytes}: {:?}", path.display(), content.unopened);
        }
    }
}
