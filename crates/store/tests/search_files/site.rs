//! Documents by hash.

use mail::envelope::TenantId;
use sqlx::Executor;
use store::Documents;
use store::error::StoreError;
use store::site::Site;

use crate::feed::raw;

#[tokio::test]
async fn a_document_is_kept_by_its_hash() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::open(folder.path()).await.unwrap();
    let (one, two) = (TenantId(1), TenantId(2));
    let hash = site.remember(one, "policy", "standard", b"rules").await.unwrap();
    assert_eq!(hash, "6c621d1a05138a7888d37d9269a9da8e2e11e4aced2f6cfd24b05ab1b9e61bb0");
    assert_eq!(site.remember(one, "policy", "other name", b"rules").await.unwrap(), hash);
    assert_eq!(site.recall(two, &hash).await.unwrap(), None);
    site.remember(two, "weights", "w", b"rules").await.unwrap();
    site.close().await;
    assert!(matches!(site.recall(one, &hash).await, Err(StoreError::Closed)));
    let site = Site::open(folder.path()).await.unwrap();
    let document = site.recall(one, &hash).await.unwrap().unwrap();
    assert_eq!(
        (document.kind.as_str(), document.name.as_str(), document.content.as_slice()),
        ("policy", "standard", &b"rules"[..])
    );
    assert_eq!(site.recall(two, &hash).await.unwrap().unwrap().kind, "weights");
    assert_eq!(site.recall(one, "' OR 1=1").await.unwrap(), None);
}

#[tokio::test]
async fn a_document_changed_by_hand_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::open(folder.path()).await.unwrap();
    let hash = site.remember(TenantId(1), "policy", "standard", b"rules").await.unwrap();
    raw(&folder.path().join("site.db")).await.execute("UPDATE documents SET content = x'00'").await.unwrap();
    assert!(matches!(site.recall(TenantId(1), &hash).await, Err(StoreError::Corrupt { .. })));
}

#[tokio::test]
async fn a_damaged_site_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::File::create(folder.path().join("site.db")).unwrap().set_len(8192).unwrap();
    use std::io::Write;
    let mut file = std::fs::OpenOptions::new().write(true).open(folder.path().join("site.db")).unwrap();
    file.write_all(&[0xa5; 8192]).unwrap();
    assert!(matches!(Site::open(folder.path()).await, Err(StoreError::Corrupt { .. })));
    assert!(folder.path().join("site.db").exists());
}

#[tokio::test]
async fn notes_are_each_tenants_own() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::open(folder.path()).await.unwrap();
    let (one, two) = (TenantId(1), TenantId(2));
    site.set_note(one, "paused", "a.example").await.unwrap();
    assert_eq!(site.note(two, "paused").await.unwrap(), None);
    site.set_note(two, "paused", "b.example").await.unwrap();
    let notes = (site.note(one, "paused").await.unwrap(), site.note(two, "paused").await.unwrap());
    assert_eq!(notes, (Some("a.example".to_owned()), Some("b.example".to_owned())));
}
