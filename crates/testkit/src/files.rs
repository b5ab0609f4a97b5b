//! Files of a test.

use std::path::Path;

/// Writes a file.
///
/// # Panics
/// If that fails.
#[expect(
    clippy::disallowed_methods,
    clippy::panic,
    reason = "a test's own file; a test that cannot write it must stop"
)]
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    if let Err(error) = std::fs::write(path, bytes) {
        panic!("{}: {error}", path.display());
    }
}
