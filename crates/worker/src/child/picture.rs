//! The child that becomes `tesseract`: it may read what that program is made of and nothing else, write nothing, speak to
//! nobody and start nothing; then it becomes it, and the closing holds.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError,
    RulesetStatus, Scope, path_beneath_rules,
};
use nix::libc;
use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

use crate::child::{Sandbox, close_in};
use crate::limits::{OCR_CPU_SECONDS_MAX, OCR_DESCRIPTORS_MAX, OCR_MEMORY_BYTES_MAX, SLOW_NICE};
use crate::process::Refusal;

/// What programs and their libraries and data lie in.
const READABLE: [&str; 6] = ["/usr", "/lib", "/lib32", "/lib64", "/libx32", "/etc/ld.so.cache"];

/// System calls that the program is made of; any other fails, and it goes on without.
const CALLS: [libc::c_long; 56] = [
    libc::SYS_execve,
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_openat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_fstat,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_lseek,
    libc::SYS_close,
    libc::SYS_dup,
    libc::SYS_fcntl,
    libc::SYS_ioctl,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    libc::SYS_set_tid_address,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_prlimit64,
    libc::SYS_getrusage,
    libc::SYS_futex,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_sigaltstack,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_tgkill,
    libc::SYS_restart_syscall,
    libc::SYS_membarrier,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Those that only this machine has.
#[cfg(target_arch = "x86_64")]
const OWN_CALLS: &[libc::c_long] =
    &[libc::SYS_arch_prctl, libc::SYS_access, libc::SYS_open, libc::SYS_stat, libc::SYS_lstat, libc::SYS_readlink];
#[cfg(not(target_arch = "x86_64"))]
const OWN_CALLS: &[libc::c_long] = &[];

/// Closes this process in and becomes `program`, which reads a picture from standard input. Returns only if that fails: the
/// code to exit with. To be called before any thread runs.
#[must_use]
pub fn ocr_main(sandbox: Sandbox, program: &OsStr, languages: &OsStr) -> u8 {
    let program = Path::new(program);
    match close(sandbox, program) {
        Ok(()) => become_it(program, languages),
        Err(refusal) => refusal.code(),
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the launcher of the worker crate")]
fn become_it(program: &Path, languages: &OsStr) -> u8 {
    // Page segmentation 3: whole pages, found by itself.
    let mut command = std::process::Command::new(program);
    // Comes back only with an error.
    let _error = command.args(["stdin", "stdout", "--psm", "3", "-l"]).arg(languages).exec();
    Refusal::Program.code()
}

fn close(sandbox: Sandbox, program: &Path) -> Result<(), Refusal> {
    close_in::close_strays()?;
    rustix::process::setpriority_process(None, SLOW_NICE).map_err(|_| Refusal::Limits)?;
    close_in::drop_user().map_err(|_| Refusal::User)?;
    close_in::drop_capabilities().map_err(|_| Refusal::User)?;
    rustix::thread::set_no_new_privs(true).map_err(|_| Refusal::NoNewPrivileges)?;
    let filter = filter().ok_or(Refusal::Seccomp)?;
    if sandbox == Sandbox::Full && !is_landlocked(program).unwrap_or(false) {
        return Err(Refusal::Landlock);
    }
    limit().map_err(|_| Refusal::Limits)?;
    seccompiler::apply_filter(&filter).map_err(|_| Refusal::Seccomp)
}

fn limit() -> rustix::io::Result<()> {
    for (resource, most) in [
        (Resource::As, OCR_MEMORY_BYTES_MAX),
        (Resource::Cpu, OCR_CPU_SECONDS_MAX),
        (Resource::Nofile, OCR_DESCRIPTORS_MAX),
        (Resource::Fsize, 0),
        (Resource::Nproc, 0),
        (Resource::Core, 0),
    ] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

/// Everything that the kernel knows is handled; only reading and running what lies in the system's folders, and the program
/// itself, is allowed.
fn is_landlocked(program: &Path) -> Result<bool, RulesetError> {
    let may_read = AccessFs::from_read(ABI::V1);
    let paths = READABLE.iter().map(Path::new).chain([program]);
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V5))?
        .handle_access(AccessNet::from_all(ABI::V4))?
        .scope(Scope::from_all(ABI::V6))?
        .create()?
        .add_rules(path_beneath_rules(paths, may_read))?
        .restrict_self()?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}

fn filter() -> Option<BpfProgram> {
    let calls = CALLS.iter().chain(OWN_CALLS).map(|call| (*call, Vec::new())).collect();
    let refused = SeccompAction::Errno(u32::try_from(libc::EPERM).ok()?);
    let architecture = std::env::consts::ARCH.try_into().ok()?;
    SeccompFilter::new(calls, refused, SeccompAction::Allow, architecture).ok()?.try_into().ok()
}
