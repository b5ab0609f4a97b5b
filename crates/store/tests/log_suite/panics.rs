//! A bug of ours in a thread of the log: nobody waits for ever, and health says so.

use std::any::Any;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use store::backends::embedded::{Embedded, OpenOptions};
use store::disk::faulty::FaultyDisk;
use store::disk::{Disk, DiskFile, FreeSpace, Listed, Open};
use store::{Mails, StoreError};

use crate::world::*;

/// A disk whose flush panics once it is told to.
struct Panicking {
    disk: FaultyDisk,
    armed: Arc<AtomicBool>,
}

struct File {
    file: Box<dyn DiskFile>,
    armed: Arc<AtomicBool>,
}

impl Disk for Panicking {
    fn open(&self, path: &Path, how: Open) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(File { file: self.disk.open(path, how)?, armed: Arc::clone(&self.armed) }))
    }
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.disk.create_dir(path)
    }
    fn sync_dir(&self, folder: &Path) -> io::Result<()> {
        self.disk.sync_dir(folder)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.disk.remove(path)
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<Listed>> {
        self.disk.list(folder)
    }
    fn free_space(&self, folder: &Path) -> io::Result<FreeSpace> {
        self.disk.free_space(folder)
    }
    fn lock(&self, path: &Path) -> io::Result<Box<dyn Any + Send + Sync>> {
        self.disk.lock(path)
    }
}

impl DiskFile for File {
    fn write_at(&self, offset: u64, slices: &[&[u8]]) -> io::Result<()> {
        self.file.write_at(offset, slices)
    }
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(offset, buffer)
    }
    fn sync_data(&self) -> io::Result<()> {
        assert!(!self.armed.load(Ordering::Acquire), "a bug");
        self.file.sync_data()
    }
    fn length(&self) -> io::Result<u64> {
        self.file.length()
    }
    fn close(self: Box<Self>) -> io::Result<()> {
        self.file.close()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_of_the_writer_closes_the_log_and_leaves_nobody_waiting() {
    let (disk, armed) = (FaultyDisk::new(), Arc::new(AtomicBool::new(false)));
    let panicking: Arc<dyn Disk> = Arc::new(Panicking { disk: disk.clone(), armed: Arc::clone(&armed) });
    let options = OpenOptions { folder: "/data".into(), disk: panicking, segment_bytes: SEGMENT };
    let store = Embedded::open(options).await.unwrap();
    store.accept(mail(0, 500)).await.unwrap();
    armed.store(true, Ordering::Release);
    let several = (1..9).map(|number| store.accept(mail(number, 500)));
    for answer in futures_util::future::join_all(several).await {
        assert!(matches!(answer, Err(StoreError::Closed | StoreError::Failed(_))), "{answer:?}");
    }
    assert!(!store.is_healthy());
    assert!(store.accept(mail(9, 500)).await.is_err());
    store.close().await;
    drop(store);
    // What was acknowledged is there.
    let store = open(&disk).await;
    assert!(store.state(ONE, id(0)).is_some());
}
