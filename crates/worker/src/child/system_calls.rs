//! The system calls that a worker has. Any other kills the process at once, which the parent sees at once.

use nix::libc;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

/// Allowed whatever the arguments: the socket's bytes, memory, the clock, and what dying takes.
const FREE: [libc::c_long; 21] = [
    libc::SYS_read,
    libc::SYS_recvmsg,
    libc::SYS_write,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_sched_yield,
    libc::SYS_restart_syscall,
    libc::SYS_sigaltstack,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_gettid,
];

/// Why there is no filter.
#[derive(Debug)]
pub(super) struct NoFilter;

/// The filter, ready to load.
pub(super) fn filter() -> Result<BpfProgram, NoFilter> {
    let own_process = u64::from(std::process::id());
    let mut rules: Vec<(libc::c_long, Vec<SeccompRule>)> = FREE.iter().map(|call| (*call, Vec::new())).collect();
    rules.push((libc::SYS_getpid, Vec::new()));
    // A signal to itself, as abort sends it.
    rules.push((libc::SYS_tgkill, vec![rule(0, SeccompCmpOp::Eq, own_process)?]));
    // Memory that is never executable.
    let executable = u64::try_from(libc::PROT_EXEC).map_err(|_| NoFilter)?;
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        rules.push((call, vec![rule(2, SeccompCmpOp::MaskedEq(executable), 0)?]));
    }
    let architecture = std::env::consts::ARCH.try_into().map_err(|_| NoFilter)?;
    let (others, these) = (SeccompAction::KillProcess, SeccompAction::Allow);
    let filter = SeccompFilter::new(rules.into_iter().collect(), others, these, architecture).map_err(|_| NoFilter)?;
    filter.try_into().map_err(|_| NoFilter)
}

fn rule(argument: u8, comparison: SeccompCmpOp, value: u64) -> Result<SeccompRule, NoFilter> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, comparison, value);
    SeccompRule::new(vec![condition.map_err(|_| NoFilter)?]).map_err(|_| NoFilter)
}
