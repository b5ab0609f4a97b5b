//! Started as root, Postern binds, gives the data folder to its user, becomes that user and keeps nothing: no group, no
//! capability, no way back. Before any mail is read.

mod access;
mod folder;

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use caps::{CapSet, Capability};
use nix::unistd::{Gid, Group, Uid, User, setgroups, setresgid, setresuid};
use rustix::process::{Resource, Rlimit};

use crate::control::protocol::Fault;

pub(crate) use access::{closed_to, is_open_to, is_open_to_others, is_readable_by};
pub(crate) use folder::{close_to_others, give, hint_to_own};

/// Whom to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    uid: Uid,
    gid: Gid,
}

/// The user of `try`: nobody.
const NOBODY: u32 = 65_534;

/// Why privileges could not be dropped. The program ends.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PrivilegeError {
    /// The user does not exist.
    #[error("there is no user {0:?}")]
    NoUser(String),
    /// The user is root, who cannot give up what he is.
    #[error("process.user: {0:?} is root, and mail is never read as root")]
    Root(String),
    /// The system does not let us make the folder.
    #[error("the data folder {folder} cannot be made: {error}")]
    NotMade {
        /// Where.
        folder: PathBuf,
        /// Who is to write there.
        user: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The folder holds something else.
    #[error("{0} is not empty and no data folder of Postern")]
    NoDataFolder(PathBuf),
    /// A link in a folder of somebody who is not root.
    #[error("{0} is a link, in a folder that does not belong to root: it is not followed")]
    Link(PathBuf),
    /// Another process works on it, as another user.
    #[error("the data folder {0} is in use by another postern")]
    InUse(PathBuf),
    /// Perhaps somebody else's file.
    #[error("{entry:?} in the data folder has a second name elsewhere and is not given away")]
    SecondName {
        /// Its name.
        entry: String,
        /// What a person may do.
        command: String,
    },
    /// The system refused.
    #[error("{what}: {error}")]
    Refused {
        /// What was tried.
        what: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// After the drop we are still root.
    #[error("privileges came back after they were dropped")]
    Kept,
}

impl From<PrivilegeError> for Fault {
    fn from(error: PrivilegeError) -> Self {
        let message = error.to_string();
        match error {
            PrivilegeError::NoUser(name) => {
                Self::usage(message, format!("useradd --system --no-create-home --shell /usr/sbin/nologin {name}"))
            }
            PrivilegeError::Root(_) => Self::usage(message, "name another, or leave it out: postern"),
            PrivilegeError::NoDataFolder(_) => Self::usage(message, "name a folder of its own: `data`, or --data"),
            PrivilegeError::Link(_) => Self::unavailable(message, "name the folder itself: `data`, or --data"),
            PrivilegeError::SecondName { command, .. } => {
                Self::unavailable(message, format!("if it may be given away: {command}"))
            }
            PrivilegeError::NotMade { error, .. }
                if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotADirectory) =>
            {
                Self::usage(message, "`data`, or --data, names a file: name a folder")
            }
            PrivilegeError::NotMade { user, .. } => {
                let hint =
                    format!("name a place where root can make it and the user {user} can write: `data`, or --data");
                Self::unavailable(message, hint)
            }
            PrivilegeError::InUse(_) | PrivilegeError::Refused { .. } | PrivilegeError::Kept => {
                Self::unavailable(message, "")
            }
        }
    }
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
    if user.uid.is_root() {
        return Err(PrivilegeError::Root(name.to_owned()));
    }
    Ok(Account { uid: user.uid, gid: user.gid })
}

/// The account of `try`.
pub(crate) const fn nobody() -> Account {
    Account { uid: Uid::from_raw(NOBODY), gid: Gid::from_raw(NOBODY) }
}

/// As root: becomes the owner of the data folder, so that what a command writes there stays the daemon's to read.
///
/// # Errors
/// If the system refuses.
pub(crate) fn become_owner(folder: &Path) -> Result<(), PrivilegeError> {
    if !is_root() {
        return Ok(());
    }
    let what = format!("looking at the data folder {}", folder.display());
    let owner = std::fs::metadata(folder).map_err(|error| refused(&what, error))?;
    if owner.uid() == 0 {
        return Ok(());
    }
    become_account(Account { uid: Uid::from_raw(owner.uid()), gid: Gid::from_raw(owner.gid()) })
}

/// The name of a user, for the journal; his number if he has none.
pub(crate) fn user_name(uid: u32) -> String {
    User::from_uid(Uid::from_raw(uid)).ok().flatten().map_or_else(|| format!("uid {uid}"), |user| user.name)
}

/// What lets this process read a path that was denied: who it is, and what to run.
pub(crate) fn hint_to_let_in(path: &Path) -> String {
    let (uid, gid) = (Uid::effective(), Gid::effective());
    let user = user_name(uid.as_raw());
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
    // A root that may not do even this has none to give up.
    if caps::has_cap(None, CapSet::Effective, Capability::CAP_SETPCAP).unwrap_or(false) {
        caps::clear(None, CapSet::Bounding).map_err(|error| uncapped(&error))?;
    }
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
    for set in [CapSet::Ambient, CapSet::Effective, CapSet::Permitted, CapSet::Inheritable] {
        caps::clear(None, set).map_err(|error| uncapped(&error))?;
    }
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
        .map_err(|error| refused("forbidding core dumps", error))?;
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    rustix::process::setrlimit(Resource::Core, none).map_err(|error| refused("core dump size", error))
}

/// As many descriptors as the system allows: each session and each delivery needs one. What is allowed now.
///
/// # Errors
/// If the system refuses.
pub(crate) fn raise_descriptors() -> Result<Option<u64>, PrivilegeError> {
    let limit = rustix::process::getrlimit(Resource::Nofile);
    if limit.maximum.is_none() || limit.current == limit.maximum {
        return Ok(limit.current);
    }
    let raised = Rlimit { current: limit.maximum, ..limit };
    rustix::process::setrlimit(Resource::Nofile, raised).map_err(|error| refused("number of descriptors", error))?;
    Ok(raised.current)
}

fn uncapped(error: &caps::errors::CapsError) -> PrivilegeError {
    refused("giving up capabilities", std::io::Error::other(error.to_string()))
}

fn refused(what: &str, error: impl Into<std::io::Error>) -> PrivilegeError {
    PrivilegeError::Refused { what: what.to_owned(), error: error.into() }
}
