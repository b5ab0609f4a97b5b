//! A small disk whose power can be cut: a file system of its own on a loop device, shut down without writing what it has not written,
//! and mounted again as after a power cut. Only root can; `cargo xtask power` uses it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::program;

/// Size of the disk.
const SIZE: &str = "3G";
/// `FS_IOC_SHUTDOWN` with "no log flush" (linux/fs.h, ext4.h): from now on every call on that file system fails.
const SHUT_DOWN: &str = "import fcntl, os, struct, sys\n\
                         fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))\n";

/// The disk. It is unmounted when dropped, and removed.
#[derive(Debug)]
pub struct Disk {
    folder: TempDir,
}

impl Disk {
    /// Makes one in a folder on a real disk, and mounts it.
    ///
    /// # Panics
    /// If that is refused: it needs root and loop devices.
    #[expect(clippy::expect_used, reason = "a run without its disk must stop")]
    pub async fn mount(within: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("postern-disk-").tempdir_in(within).expect("a folder");
        // The daemon gives root up and still has to come in here.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("permissions");
        let disk = Self { folder };
        let image = disk.image();
        std::fs::create_dir(disk.mounted()).expect("a place to mount");
        program::text("truncate", &["-s", SIZE, &image], b"").await;
        program::text("mkfs.ext4", &["-q", &image], b"").await;
        disk.attach().await;
        disk
    }

    async fn attach(&self) {
        program::text("mount", &["-o", "loop", &self.image(), &self.mounted().display().to_string()], b"").await;
    }

    fn image(&self) -> String {
        self.folder.path().join("image").display().to_string()
    }

    fn mounted(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    /// A data folder on it; the daemon makes it.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.mounted().join("data")
    }

    /// No byte reaches it any more; whoever has a file open gets errors.
    ///
    /// # Panics
    /// If the file system cannot be shut down.
    pub async fn cut(&self) {
        program::text("python3", &["-c", SHUT_DOWN, &self.mounted().display().to_string()], b"").await;
    }

    /// Power is back: what had been written is there. Nobody may have a file open.
    ///
    /// # Panics
    /// If it cannot be mounted again.
    pub async fn restore(&self) {
        program::text("umount", &[&self.mounted().display().to_string()], b"").await;
        self.attach().await;
    }
}

impl Drop for Disk {
    #[expect(clippy::disallowed_methods, reason = "nothing can be awaited here")]
    fn drop(&mut self) {
        // It may not have been mounted at all.
        drop(std::process::Command::new("umount").args(["-l", &self.mounted().display().to_string()]).status());
    }
}
