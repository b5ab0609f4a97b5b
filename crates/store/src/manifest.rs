//! `manifest.toml` in the data folder: which form it has and whose it is.

use std::io;
use std::path::Path;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use crate::disk::{Disk, Open};
use crate::error::StoreError;

/// The form that this release writes and the newest that it reads.
pub const FORMAT: u32 = 1;

const FILE: &str = "manifest.toml";
const MANIFEST_BYTES_MAX: usize = 64 * 1024;

/// What the manifest says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the folder. Raised only by a change that an older release cannot read.
    pub format: u32,
    /// Name of this store among others, 32 hex digits.
    pub node: String,
    /// Stands before every entry of the log, 16 hex digits. Random, so that no message can imitate an entry.
    pub mark: String,
}

impl Manifest {
    /// Reads the manifest, or writes one into an empty folder.
    ///
    /// # Errors
    /// [`StoreError::Format`] for a newer form; [`StoreError::Corrupt`] if it cannot be understood, or is gone while there
    /// is a log.
    pub fn open(disk: &dyn Disk, folder: &Path) -> Result<Self, StoreError> {
        match read(disk, folder) {
            Ok(Some(text)) => Self::parse(&text),
            Ok(None) if has_log(disk, folder) => {
                Err(corrupt("it is not there, but a log is: bring it back from a backup"))
            }
            Ok(None) => Self::create(disk, folder).map_err(|error| crate::log::trouble("writing the manifest", &error)),
            Err(error) => Err(StoreError::Failed(format!("reading {FILE}: {error}"))),
        }
    }

    /// The 8 bytes of the mark.
    pub(crate) fn mark_bytes(&self) -> Result<[u8; 8], StoreError> {
        let bytes = HEXLOWER.decode(self.mark.as_bytes()).map_err(|error| corrupt(&error.to_string()))?;
        bytes.try_into().map_err(|_| corrupt("the mark is not 16 hex digits"))
    }

    fn parse(text: &str) -> Result<Self, StoreError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let Format { format: found } = toml::from_str(text).map_err(|error| corrupt(&error.to_string()))?;
        if found > FORMAT {
            return Err(StoreError::Format { found, known: FORMAT });
        }
        toml::from_str(text).map_err(|error| corrupt(&error.to_string()))
    }

    fn create(disk: &dyn Disk, folder: &Path) -> io::Result<Self> {
        let node = HEXLOWER.encode(&rand::random::<[u8; 16]>());
        // A zero would look like the clean end of a segment.
        let mark = HEXLOWER.encode(&rand::random::<[u8; 8]>().map(|byte| byte | 1));
        let manifest = Self { format: FORMAT, node, mark };
        let text = toml::to_string(&manifest).map_err(io::Error::other)?;
        let unfinished = folder.join("manifest.tmp");
        // A start that ended early left it.
        _ = disk.remove(&unfinished);
        let file = disk.open(&unfinished, Open::Create)?;
        file.write_at(0, &[text.as_bytes()])?;
        file.sync_data()?;
        disk.rename(&unfinished, &folder.join(FILE))?;
        disk.sync_dir(folder)?;
        Ok(manifest)
    }
}

fn read(disk: &dyn Disk, folder: &Path) -> io::Result<Option<String>> {
    let file = match disk.open(&folder.join(FILE), Open::Read) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = vec![0; MANIFEST_BYTES_MAX];
    let read = file.read_at(0, &mut bytes)?;
    bytes.truncate(read);
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

fn has_log(disk: &dyn Disk, folder: &Path) -> bool {
    disk.list(&folder.join("log")).is_ok_and(|listed| !listed.is_empty())
}

fn corrupt(why: &str) -> StoreError {
    StoreError::Corrupt { what: FILE.to_owned(), why: why.to_owned() }
}
