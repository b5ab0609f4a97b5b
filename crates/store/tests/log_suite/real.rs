//! The disk of the machine: one owner, the manifest, large bodies.

use std::io::Write;
use std::sync::Arc;

use store::backends::embedded::{Embedded, OpenOptions};
use store::disk::real::RealDisk;
use store::{Mails, StoreError};

use crate::world::*;

fn options(folder: &std::path::Path) -> OpenOptions {
    OpenOptions { segment_bytes: 1024 * 1024, disk: Arc::new(RealDisk), ..OpenOptions::new(folder) }
}

fn write(path: &std::path::Path, text: &str) {
    std::fs::File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_survives_on_a_real_disk() {
    let folder = tempfile::tempdir().unwrap();
    let store = Embedded::open(options(&folder.path().join("a/b"))).await.unwrap();
    for number in 0..60 {
        let large = number % 20 == 0;
        let new = mail(number, 40_000);
        let new = if large { spooled(&store, new, body(number, 3_000_000)).await.unwrap() } else { new };
        store.accept(new).await.unwrap();
    }
    assert!(store.has_room(1_000));
    assert!(!store.has_room(u64::MAX / 2));
    let node = store.node().to_owned();
    store.close().await;
    assert!(matches!(store.accept(mail(99, 10)).await, Err(StoreError::Closed)));
    drop(store);
    let store = Embedded::open(options(&folder.path().join("a/b"))).await.unwrap();
    assert_eq!(store.node(), node);
    for state in store.unfinished(ONE) {
        let number = u64::try_from(state.received_at).unwrap();
        let length = if number % 20 == 0 { 3_000_000 } else { 40_000 };
        assert_eq!(bytes_of(&store, &state).await.unwrap(), body(number, length));
    }
    assert_eq!(store.unfinished(ONE).len(), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let first = Embedded::open(options(folder.path())).await.unwrap();
    assert!(matches!(Embedded::open(options(folder.path())).await, Err(StoreError::Locked(_))));
    drop(first);
    assert!(Embedded::open(options(folder.path())).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("file"), "");
    let place = folder.path().join("file/data");
    let error = Embedded::open(options(&place)).await.map(|_| ()).unwrap_err().to_string();
    assert!(error.starts_with(&format!("the data folder {} cannot be made: ", place.display())), "{error}");
    assert!(!error.contains("the log is closed"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_form_is_refused_and_a_lost_manifest_too() {
    let folder = tempfile::tempdir().unwrap();
    drop(Embedded::open(options(folder.path())).await.unwrap());
    let path = folder.path().join("manifest.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("format = 1\n"), "{text}");
    write(&path, &(text.clone() + "later = \"what we do not know\"\n"));
    drop(Embedded::open(options(folder.path())).await.unwrap());
    write(&path, &text.replace("format = 1", "format = 2"));
    let refused = Embedded::open(options(folder.path())).await;
    assert!(matches!(refused, Err(StoreError::Format { found: 2, known: 1 })));
    let said = refused.map(|_| ()).unwrap_err().to_string();
    assert!(said.ends_with("this release knows up to 1: run the newer release"), "{said}");
    write(&path, "no manifest");
    assert!(matches!(Embedded::open(options(folder.path())).await, Err(StoreError::Corrupt { .. })));
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(Embedded::open(options(folder.path())).await, Err(StoreError::Corrupt { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn too_much_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let store = Embedded::open(options(folder.path())).await.unwrap();
    let length = usize::try_from(store::limits::INLINE_BODY_BYTES_MAX).unwrap() + 1;
    assert!(matches!(store.accept(mail(1, length)).await, Err(StoreError::TooLarge(_))));
    assert!(matches!(store.accept(mail(1, length / 2 + 1)).await, Err(StoreError::TooLarge(_))), "half a segment");
    assert!(store.unfinished(ONE).is_empty());
}
