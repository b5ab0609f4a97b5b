//! The folder `corrupt`: what cannot be read is kept there for a person, and told once.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::{Disk, Open};

/// Bytes kept of one damaged stretch.
const KEPT_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Sets damaged things aside.
pub(crate) struct Aside {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
}

impl Aside {
    pub(crate) const fn new(disk: Arc<dyn Disk>, folder: PathBuf) -> Self {
        Self { disk, folder }
    }

    /// Keeps a copy under this name. What is there already was told before.
    pub(crate) fn keep(&self, name: &str, content: &[u8], why: &str) {
        let path = self.folder.join(name);
        if self.disk.open(&path, Open::Read).is_ok() {
            return;
        }
        let kept = self.write(&path, &content[..content.len().min(KEPT_BYTES_MAX)]);
        self.tell(name, why, kept);
    }

    /// Keeps what power loss left of an entry that nobody was told of. No alarm.
    pub(crate) fn keep_torn(&self, name: &str, content: &[u8]) {
        let path = self.folder.join(name);
        if self.disk.open(&path, Open::Read).is_err()
            && let Err(error) = self.write(&path, &content[..content.len().min(KEPT_BYTES_MAX)])
        {
            tracing::warn!(name, %error, "a torn entry could not be kept");
        }
    }

    /// Moves a file there.
    pub(crate) fn take(&self, path: &Path, name: &str, why: &str) {
        let moved = self.disk.rename(path, &self.folder.join(name)).and_then(|()| self.sync(path));
        self.tell(name, why, moved);
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        self.disk.sync_dir(&self.folder)?;
        path.parent().map_or(Ok(()), |folder| self.disk.sync_dir(folder))
    }

    fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let file = self.disk.open(path, Open::Create)?;
        file.write_at(0, &[content])?;
        file.sync_data()?;
        self.disk.sync_dir(&self.folder)
    }

    fn tell(&self, name: &str, why: &str, kept: io::Result<()>) {
        metrics::counter!("postern_store_set_aside_total").increment(1);
        let folder = self.folder.display();
        match kept {
            Ok(()) => tracing::error!(name, why, %folder, "damaged: set aside"),
            Err(error) => tracing::error!(name, why, %folder, %error, "damaged, and it could not be set aside"),
        }
    }
}
