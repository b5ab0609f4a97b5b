//! Whose the data folder is: given to the account at the first start, closed to everybody else, looked through when it cannot
//! be opened.

use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{self, Access, AtFlags, CWD, Dir, FileType, Gid, Mode, OFlags, ResolveFlags, Uid};

use super::{Account, PrivilegeError};

/// Mode of the data folder.
const FOLDER_MODE: u32 = 0o700;
/// What a file system of its own has in it.
const NOT_OURS: &[u8] = b"lost+found";
/// By this a data folder is known.
const MANIFEST: &str = "manifest.toml";

/// Makes the data folder, or gives one of another owner to the account, with what is in it. A folder that the account owns
/// already is left alone: nothing in it can then lead us, who are root, elsewhere. Another owner may still be at work in his:
/// each step goes by the descriptor of the folder before, no link is followed, and what has a second name is refused.
///
/// # Errors
/// If it is no data folder, or the system refuses.
pub(crate) fn give(folder: &Path, account: Account) -> Result<(), PrivilegeError> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder);
    made.map_err(|error| PrivilegeError::NotMade {
        folder: folder.to_owned(),
        user: super::user_name(account.uid.as_raw()),
        error,
    })?;
    if is_anybodys_link(folder) {
        return Err(PrivilegeError::Link(folder.to_owned()));
    }
    give_made(folder, account).map_err(|error| named("giving away the data folder", folder, error))
}

fn give_made(folder: &Path, account: Account) -> Result<(), PrivilegeError> {
    let folder = std::fs::canonicalize(folder).map_err(refused)?;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let top = fs::openat2(CWD, &folder, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS).map_err(refused)?;
    if fs::fstat(&top).map_err(refused)?.st_uid == account.uid.as_raw() {
        return Ok(());
    }
    if store::lock::is_held(&folder) {
        return Err(PrivilegeError::InUse(folder));
    }
    if !is_for_data(&top)? {
        return Err(PrivilegeError::NoDataFolder(folder));
    }
    let hint = |entry: &str| PrivilegeError::SecondName {
        entry: entry.to_owned(),
        command: format!("chown -R {}:{} {}", account.uid, account.gid, folder.display()),
    };
    fs::fchmod(&top, Mode::from_raw_mode(FOLDER_MODE)).map_err(refused)?;
    hand_over(top, account, &hint)
}

// A link that somebody who is not root could have put there leads to whatever folder he likes.
fn is_anybodys_link(path: &Path) -> bool {
    let Ok(path) = std::path::absolute(path) else { return true };
    let owner = |path: &Path| std::fs::symlink_metadata(path).map(|found| found.uid());
    let is_link = std::fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink());
    is_link && !path.parent().is_some_and(|parent| owner(parent).is_ok_and(|uid| uid == 0))
}

fn hand_over(
    top: OwnedFd,
    account: Account,
    second_name: &dyn Fn(&str) -> PrivilegeError,
) -> Result<(), PrivilegeError> {
    let (uid, gid) = (Some(Uid::from_raw(account.uid.as_raw())), Some(Gid::from_raw(account.gid.as_raw())));
    let mut waiting = vec![top];
    while let Some(folder) = waiting.pop() {
        for entry in Dir::read_from(&folder).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            let name = entry.file_name();
            if [b".".as_slice(), b"..", NOT_OURS].contains(&name.to_bytes()) {
                continue;
            }
            // The thing itself, whatever stands under its name later.
            let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let thing = fs::openat(&folder, name, flags, Mode::empty()).map_err(refused)?;
            let found = fs::fstat(&thing).map_err(refused)?;
            if FileType::from_raw_mode(found.st_mode) == FileType::Directory {
                let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
                waiting.push(fs::openat(&thing, ".", flags, Mode::empty()).map_err(refused)?);
                continue;
            }
            if found.st_nlink > 1 {
                return Err(second_name(&name.to_string_lossy()));
            }
            fs::chownat(&thing, "", uid, gid, AtFlags::EMPTY_PATH).map_err(refused)?;
        }
        fs::fchown(&folder, uid, gid).map_err(refused)?;
    }
    Ok(())
}

// It has our manifest, or nothing.
fn is_for_data(folder: &OwnedFd) -> Result<bool, PrivilegeError> {
    if fs::statat(folder, MANIFEST, AtFlags::SYMLINK_NOFOLLOW).is_ok() {
        return Ok(true);
    }
    for entry in Dir::read_from(folder.as_fd()).map_err(refused)? {
        let entry = entry.map_err(refused)?;
        if ![b".".as_slice(), b"..", NOT_OURS].contains(&entry.file_name().to_bytes()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// As the account: a data folder of its own that others may look into is closed. Service managers make them so.
///
/// # Errors
/// If the system refuses.
pub(crate) fn close_to_others(folder: &Path) -> Result<(), PrivilegeError> {
    close(folder).map_err(|error| named("closing the data folder", folder, error))
}

fn close(folder: &Path) -> Result<(), PrivilegeError> {
    let Ok(found) = std::fs::metadata(folder) else { return Ok(()) };
    let is_ours = found.uid() == rustix::process::geteuid().as_raw();
    if !is_ours || found.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = fs::open(folder, flags, Mode::empty()).map_err(refused)?;
    if is_for_data(&opened)? {
        fs::fchmod(&opened, Mode::from_raw_mode(FOLDER_MODE)).map_err(refused)?;
    }
    Ok(())
}

/// Why the folder cannot be worked with, if this process cannot reach or make it, or if things of another user are in it (a
/// backup that root restored); and what to do.
pub(crate) fn hint_to_own(folder: &Path) -> Option<String> {
    let own = rustix::process::geteuid().as_raw();
    if let Some(hint) = hint_to_reach(folder, &super::user_name(own)) {
        return Some(hint);
    }
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        let Ok(found) = std::fs::symlink_metadata(&path) else { continue };
        if found.uid() != own {
            let (owner, user) = (super::user_name(found.uid()), super::user_name(own));
            let (path, folder) = (path.display(), folder.display());
            return Some(format!("{path} belongs to {owner} and this process is {user}: chown -R {user}: {folder}"));
        }
        if found.is_dir() {
            waiting.extend(entries(&path));
        }
    }
    None
}

// What ends the way to the folder, if it is not there.
fn hint_to_reach(folder: &Path, user: &str) -> Option<String> {
    let folder = std::path::absolute(folder).ok()?;
    let reached = folder.ancestors().find(|part| std::fs::symlink_metadata(part).is_ok())?;
    if !reached.is_dir() {
        return Some(format!("{} is no folder: name another: `data`, or --data", reached.display()));
    }
    if reached == folder {
        return None;
    }
    let may = |access: Access| fs::access(reached, access).is_ok();
    let denied = match (may(Access::EXEC_OK), may(Access::WRITE_OK)) {
        (false, _) => "enter",
        (true, false) => "write in",
        (true, true) => return None,
    };
    Some(format!(
        "this process is the user {user}, who may not {denied} {}: let him, or name another folder: `data`, or --data",
        reached.display()
    ))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().as_encoded_bytes() != NOT_OURS).map(|entry| entry.path()).collect()
}

// What was to be done, and where, is said by `named`.
fn refused(error: impl Into<std::io::Error>) -> PrivilegeError {
    super::refused("", error)
}

fn named(what: &str, folder: &Path, error: PrivilegeError) -> PrivilegeError {
    match error {
        PrivilegeError::Refused { error, .. } => {
            PrivilegeError::Refused { what: format!("{what} {}", folder.display()), error }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_reached_says_what_ends_the_way() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        testkit::files::write(&file, "");
        let hint = |folder: &Path| hint_to_reach(folder, "postern");
        assert_eq!(hint(place.path()), None);
        let said = format!("{} is no folder: name another: `data`, or --data", file.display());
        assert_eq!(hint(&file), Some(said.clone()));
        assert_eq!(hint(&file.join("a/b")), Some(said));
    }

    #[test]
    fn what_cannot_be_made_is_named() {
        let folder = Path::new("/proc/nowhere");
        let error = give(folder, super::super::nobody()).unwrap_err();
        let fault = crate::control::protocol::Fault::from(error);
        assert!(fault.message.starts_with("the data folder /proc/nowhere cannot be made: "), "{fault}");
        assert!(fault.hint.contains("the user nobody can write"), "{fault}");
    }
}
