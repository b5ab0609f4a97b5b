//! Started as root, Postern binds, gives the data folder to its user, becomes that user and keeps nothing: no group, no
//! capability, no way back. Before any mail is read.

use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::{Gid, Group, Uid, User, fchownat, setgroups, setresgid, setresuid};

/// Whom to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    uid: Uid,
    gid: Gid,
}

/// Mode of the data folder.
const FOLDER_MODE: u32 = 0o700;
/// The user of `try`: nobody.
const NOBODY: u32 = 65_534;

/// Why privileges could not be dropped. The program ends.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PrivilegeError {
    /// The user does not exist.
    #[error("there is no user {0:?}\n  hint: useradd --system --no-create-home --shell /usr/sbin/nologin {0}")]
    NoUser(String),
    /// The folder holds something else.
    #[error("{0} is not empty and no data folder of Postern\n  hint: name a folder of its own, [data] or --data")]
    NoDataFolder(PathBuf),
    /// Another process works on it, as another user.
    #[error("the data folder {0} is in use by another postern")]
    InUse(PathBuf),
    /// The system refused.
    #[error("{what}: {error}")]
    Refused {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        error: std::io::Error,
    },
    /// After the drop we are still root.
    #[error("privileges came back after they were dropped")]
    Kept,
}

/// This process runs as root.
pub(crate) fn is_root() -> bool {
    Uid::effective().is_root()
}

/// The account of a configured user.
///
/// # Errors
/// [`PrivilegeError::NoUser`] with the command that makes it.
pub(crate) fn account(name: &str) -> Result<Account, PrivilegeError> {
    let user = User::from_name(name).map_err(|error| refused("looking up the user", error))?;
    let user = user.ok_or_else(|| PrivilegeError::NoUser(name.to_owned()))?;
    Ok(Account { uid: user.uid, gid: user.gid })
}

/// The account of `try`.
pub(crate) const fn nobody() -> Account {
    Account { uid: Uid::from_raw(NOBODY), gid: Gid::from_raw(NOBODY) }
}

/// Makes the data folder, or gives one of another owner to the account, with what is in it. A folder that the account owns
/// already is left alone: nothing in it can then lead us, who are root, elsewhere.
///
/// # Errors
/// If it is no data folder, or the system refuses.
pub(crate) fn give(folder: &Path, account: Account) -> Result<(), PrivilegeError> {
    let refused = |error: std::io::Error| PrivilegeError::Refused { what: "giving the data folder away", error };
    std::fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder).map_err(refused)?;
    let folder = std::fs::canonicalize(folder).map_err(refused)?;
    if std::fs::metadata(&folder).map_err(refused)?.uid() == account.uid.as_raw() {
        return Ok(());
    }
    if store::lock::is_held(&folder) {
        return Err(PrivilegeError::InUse(folder));
    }
    let is_empty = std::fs::read_dir(&folder).map_err(refused)?.next().is_none();
    if !is_empty && !folder.join("manifest.toml").exists() {
        return Err(PrivilegeError::NoDataFolder(folder));
    }
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(FOLDER_MODE)).map_err(refused)?;
    let mut waiting = vec![folder];
    while let Some(path) = waiting.pop() {
        let is_folder = std::fs::symlink_metadata(&path).map_err(refused)?.is_dir();
        if is_folder {
            for entry in std::fs::read_dir(&path).map_err(refused)? {
                waiting.push(entry.map_err(refused)?.path());
            }
        }
        // A link is given away itself, never what it leads to.
        let (uid, gid) = (Some(account.uid), Some(account.gid));
        fchownat(AT_FDCWD, &path, uid, gid, AtFlags::AT_SYMLINK_NOFOLLOW).map_err(|error| refused(error.into()))?;
    }
    Ok(())
}

/// As root: becomes the owner of the data folder, so that what a command writes there stays the daemon's to read.
///
/// # Errors
/// If the system refuses.
pub(crate) fn become_owner(folder: &Path) -> Result<(), PrivilegeError> {
    if !is_root() {
        return Ok(());
    }
    let refused = |error: std::io::Error| PrivilegeError::Refused { what: "looking at the data folder", error };
    let owner = std::fs::metadata(folder).map_err(refused)?;
    if owner.uid() == 0 {
        return Ok(());
    }
    become_account(Account { uid: Uid::from_raw(owner.uid()), gid: Gid::from_raw(owner.gid()) })
}

/// What lets this process read a path that was denied: who it is, and what to run.
pub(crate) fn hint_to_let_in(path: &Path) -> String {
    let (uid, gid) = (Uid::effective(), Gid::effective());
    let user = User::from_uid(uid).ok().flatten().map_or_else(|| uid.to_string(), |user| user.name);
    let group = Group::from_gid(gid).ok().flatten().map_or_else(|| gid.to_string(), |group| group.name);
    let denied = what_denies(path);
    let mode = if denied.is_dir() || denied != path { "750" } else { "640" };
    let denied = denied.display();
    format!(
        "this process is the user {user}: chgrp {group} {denied} && chmod {mode} {denied}; systemd's LoadCredential= does it, too"
    )
}

// The file itself, or the outermost folder on the way that is closed.
fn what_denies(path: &Path) -> &Path {
    let is_closed = |way: &&Path| rustix::fs::access(*way, rustix::fs::Access::EXEC_OK).is_err();
    let mut folders: Vec<&Path> = path.ancestors().skip(1).filter(|way| !way.as_os_str().is_empty()).collect();
    folders.reverse();
    folders.into_iter().find(is_closed).unwrap_or(path)
}

/// What this process makes from now on is for its user alone: keys, journal, quarantine, control socket.
pub(crate) fn keep_to_ourselves() {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// Becomes the account for good.
///
/// # Errors
/// If anything is left of root.
pub(crate) fn become_account(account: Account) -> Result<(), PrivilegeError> {
    setgroups(&[]).map_err(|error| refused("leaving all groups", error))?;
    setresgid(account.gid, account.gid, account.gid).map_err(|error| refused("changing the group", error))?;
    setresuid(account.uid, account.uid, account.uid).map_err(|error| refused("changing the user", error))?;
    if Uid::effective().is_root() || nix::unistd::setuid(Uid::from_raw(0)).is_ok() {
        return Err(PrivilegeError::Kept);
    }
    Ok(())
}

/// No new privileges by exec, no capability, no core dumps with mail in them. Whether root or not.
///
/// # Errors
/// If the system refuses.
pub(crate) fn lock_down() -> Result<(), PrivilegeError> {
    rustix::thread::set_no_new_privs(true).map_err(|error| refused("no_new_privs", error))?;
    for set in [caps::CapSet::Ambient, caps::CapSet::Effective, caps::CapSet::Permitted, caps::CapSet::Inheritable] {
        caps::clear(None, set).map_err(|error| PrivilegeError::Refused {
            what: "giving up capabilities",
            error: std::io::Error::other(error.to_string()),
        })?;
    }
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
        .map_err(|error| refused("forbidding core dumps", error))?;
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    rustix::process::setrlimit(rustix::process::Resource::Core, none).map_err(|error| refused("core dump size", error))
}

fn refused(what: &'static str, error: impl Into<std::io::Error>) -> PrivilegeError {
    PrivilegeError::Refused { what, error: error.into() }
}
