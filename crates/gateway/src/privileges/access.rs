//! What another user may reach, told by the modes on the way: root can look before it becomes that user.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::Account;

/// Bits of a mode, as the last three of each group.
const READ: u32 = 4;
const WRITE: u32 = 2;
const ENTER: u32 = 1;

/// The outermost folder on the way to `path` that the account may not enter. What is not there yet is open.
pub(crate) fn closed_to(account: Account, path: &Path) -> Option<PathBuf> {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut folders: Vec<&Path> = whole.ancestors().skip(1).collect();
    folders.reverse();
    folders.into_iter().find(|folder| !may(account, folder, ENTER)).map(Path::to_owned)
}

/// The account may read this file or folder, and enter what leads to it.
pub(crate) fn is_readable_by(account: Account, path: &Path) -> bool {
    closed_to(account, path).is_none() && may(account, path, READ)
}

/// The account may speak to this socket (unix(7): writing to it decides), or it is not there yet.
pub(crate) fn is_open_to(account: Account, socket: &Path) -> bool {
    closed_to(account, socket).is_none() && may(account, socket, WRITE)
}

/// Others than the owner may read it.
pub(crate) fn is_open_to_others(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.mode() & 0o077 != 0)
}

// Groups are left when root becomes the account: only its own counts.
fn may(account: Account, path: &Path, right: u32) -> bool {
    let Ok(found) = std::fs::metadata(path) else { return true };
    let shift = match (found.uid() == account.uid.as_raw(), found.gid() == account.gid.as_raw()) {
        (true, _) => 6,
        (false, true) => 3,
        (false, false) => 0,
    };
    account.uid.is_root() || (found.mode() >> shift) & right == right
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn modes_on_the_way_count() {
        let folder = tempfile::tempdir().unwrap();
        let set = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        let inner = folder.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        set(folder.path(), 0o755);
        set(&inner, 0o700);
        let nobody = super::super::nobody();
        assert_eq!(closed_to(nobody, &inner.join("data")), Some(inner.clone()));
        assert_eq!(closed_to(nobody, &folder.path().join("data")), None);
        assert!(!is_readable_by(nobody, &inner));
        set(&inner, 0o755);
        assert!(is_readable_by(nobody, &inner));
        let socket = inner.join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        set(&socket, 0o660);
        assert!(!is_open_to(nobody, &socket));
        set(&socket, 0o666);
        assert!(is_open_to(nobody, &socket) && is_open_to_others(&socket));
        assert_eq!(closed_to(nobody, &inner.join("data")), None);
    }
}
