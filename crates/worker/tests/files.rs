//! The bytes of what was found inside a message, from real processes and in this one.
#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure there fails the test")]

use std::io::{Cursor, ErrorKind, Write as _};

use bytes::Bytes;
use scan::content::WhyUnopened;
use unpack::{Part, Request};
use worker::{FairKey, InProcess, Opened, Opener, Pool, PoolSettings, Sandbox, Signatures, Wanted};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

async fn pool() -> Pool {
    let command = env!("CARGO_BIN_EXE_worker-testchild").into();
    Pool::start(PoolSettings {
        command,
        args: Vec::new(),
        workers: 1,
        sandbox: Sandbox::Full,
        signatures: Signatures::default(),
        files_held_bytes_max: 0,
    })
    .await
    .unwrap()
}

fn archive(files: &[(&str, &[u8])]) -> Bytes {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    // Not packed: what is repeated would be called a bomb.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner().into()
}

fn part(place: &str, declared: &str, bytes: Bytes) -> Part {
    Part { place: place.to_owned(), declared: declared.to_owned(), bytes, ..Part::default() }
}

fn deed(deed: &str) -> Request {
    Request { parts: vec![part("1", &format!("test/{deed}"), Bytes::from_static(b"x"))], ..Request::default() }
}

fn all_bytes(opened: &Opened) -> Vec<Option<Bytes>> {
    (0..opened.content.items.len()).map(|item| opened.files.read(item).ok()).collect()
}

#[tokio::test]
async fn every_item_has_its_bytes() {
    let large = b"many bytes ".repeat(100_000);
    let inner = archive(&[("deep.txt", b"deep"), ("large.txt", &large)]);
    let outer = archive(&[("a.txt", b"deep"), ("inner.zip", &inner), ("empty.txt", b"")]);
    let parts = vec![
        part("1", "text/plain", Bytes::from_static(b"hello")),
        part("2", "application/zip", outer.clone()),
        part("3", "text/plain", Bytes::new()),
    ];
    let request = Request { parts, ..Request::default() };
    let pool = pool().await;
    let openers: [&dyn Opener; 2] = [&pool, &InProcess::default()];
    for opener in openers {
        for _ in 0..3 {
            let opened = opener.open(FairKey::default(), request.clone(), Wanted::ContentAndFiles).await.unwrap();
            let expected: [&[u8]; 8] = [b"hello", &outer, b"deep", &inner, b"deep", &large, b"", b""];
            let expected = expected.map(|bytes| Some(Bytes::copy_from_slice(bytes)));
            assert!(all_bytes(&opened) == expected, "{:?}", opened.content.unopened);
            let without = opener.open(FairKey::default(), request.clone(), Wanted::Content).await.unwrap();
            assert_eq!(without.content, opened.content);
            assert_eq!(without.files.read(0).unwrap_err().kind(), ErrorKind::NotFound);
        }
    }
    pool.stop().await;
}

#[tokio::test]
async fn lies_about_bytes_are_not_believed() {
    let pool = pool().await;
    for lie in ["bytes-beyond-the-file", "bytes-of-no-part", "all-is-clean", "fill-the-file"] {
        let opened = pool.open(FairKey::default(), deed(lie), Wanted::ContentAndFiles).await.unwrap();
        let whys: Vec<_> = opened.content.unopened.iter().map(|one| one.why).collect();
        assert_eq!((opened.content.items.len(), whys), (0, vec![WhyUnopened::WorkerFailed]), "{lie}");
        assert!(!opened.files.has(0), "{lie}");
    }
    let opened = pool.open(FairKey::default(), deed("bytes-of-a-part-unasked"), Wanted::ContentAndFiles).await.unwrap();
    assert_eq!(opened.files.read(0).unwrap(), &b"x"[..], "asked for, it is no lie");
    pool.stop().await;
}
