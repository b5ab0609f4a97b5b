//! The closing, step by step. Each step is a hard requirement: one that fails ends the process with a code that says which.

use std::fs;

use caps::CapSet;
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope,
};
use nix::unistd::{Gid, Uid, setgroups, setresgid, setresuid};
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

use crate::child::{Sandbox, system_calls};
use crate::limits::{FILES_BYTES_MAX, WORKER_DESCRIPTORS_MAX, WORKER_MEMORY_BYTES_MAX};
use crate::process::Refusal;

/// The user and group that own nothing.
const NOBODY: u32 = 65_534;

/// Closes this process in, for good.
pub(super) fn close_in(sandbox: Sandbox) -> Result<(), Refusal> {
    close_strays()?;
    let memory = address_space().ok_or(Refusal::Limits)?.saturating_add(WORKER_MEMORY_BYTES_MAX);
    drop_user().map_err(|_| Refusal::User)?;
    drop_capabilities().map_err(|_| Refusal::User)?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|_| Refusal::Limits)?;
    rustix::thread::set_no_new_privs(true).map_err(|_| Refusal::NoNewPrivileges)?;
    // The filter is built before Landlock, so that what it needs is still there; it closes last.
    let filter = system_calls::filter().map_err(|_| Refusal::Seccomp)?;
    if sandbox == Sandbox::Full && !is_landlocked().unwrap_or(false) {
        return Err(Refusal::Landlock);
    }
    // After Landlock, which needs a descriptor for a moment.
    set_limits(memory).map_err(|_| Refusal::Limits)?;
    seccompiler::apply_filter(&filter).map_err(|_| Refusal::Seccomp)
}

/// Descriptors that the parent's launcher left open are closed; afterwards there are only 0, 1 and 2.
pub(super) fn close_strays() -> Result<(), Refusal> {
    for number in descriptors()? {
        // That of the listing itself is closed already.
        let _ = nix::unistd::close(number);
    }
    let strays = descriptors()?.into_iter().filter(|number| nix::unistd::close(*number).is_ok()).count();
    if strays == 0 { Ok(()) } else { Err(Refusal::Strays) }
}

fn descriptors() -> Result<Vec<i32>, Refusal> {
    let listing = fs::read_dir("/proc/self/fd").map_err(|_| Refusal::Strays)?;
    let names = listing.filter_map(Result::ok).filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    Ok(names.filter(|number: &i32| *number > 2).collect())
}

/// Bytes of address space in use (`/proc/self/statm`, first field, pages).
fn address_space() -> Option<u64> {
    let statm = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_ascii_whitespace().next()?.parse().ok()?;
    pages.checked_mul(u64::try_from(rustix::param::page_size()).ok()?)
}

pub(super) fn drop_user() -> nix::Result<()> {
    if !Uid::effective().is_root() {
        return Ok(());
    }
    let (user, group) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
    setgroups(&[])?;
    setresgid(group, group, group)?;
    setresuid(user, user, user)
}

pub(super) fn drop_capabilities() -> Result<(), caps::errors::CapsError> {
    for set in [CapSet::Ambient, CapSet::Inheritable, CapSet::Effective, CapSet::Permitted] {
        caps::clear(None, set)?;
    }
    Ok(())
}

fn set_limits(memory: u64) -> rustix::io::Result<()> {
    for (resource, most) in [
        (Resource::As, memory),
        (Resource::Nofile, WORKER_DESCRIPTORS_MAX),
        (Resource::Fsize, FILES_BYTES_MAX),
        (Resource::Nproc, 0),
        (Resource::Core, 0),
    ] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

/// Handles every right that the kernel knows and allows none. The first version's rights are required, later ones are taken
/// where the kernel has them.
fn is_landlocked() -> Result<bool, RulesetError> {
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V5))?
        .handle_access(AccessNet::from_all(ABI::V4))?
        .scope(Scope::from_all(ABI::V6))?
        .create()?
        .restrict_self()?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}
