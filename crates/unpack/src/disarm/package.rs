//! Writing an archive: one directory, one reading, nothing around it.

use std::io::{Cursor, Write as _};

use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

/// Stands first and stored in documents that have it (ODF 1.3 part 2, 3.3; EPUB OCF 3.3, 4.3).
const MIMETYPE: &str = "mimetype";

/// Writes these files, in their order.
pub(super) fn write(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, String> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let failed = |_| "it cannot be written anew".to_owned();
    for (name, bytes) in files {
        let method = if name == MIMETYPE { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(name.as_str(), options).map_err(failed)?;
        writer.write_all(bytes).map_err(|_| "it cannot be written anew".to_owned())?;
    }
    writer.finish().map(Cursor::into_inner).map_err(failed)
}

/// A part's name as all readers compare it: lower case, no leading slash.
pub(super) fn plain(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}
