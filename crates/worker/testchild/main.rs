//! The tests' child: a worker like the real one, but a part declared `test/<deed>` makes it do that deed once it is closed in.

use std::ffi::CString;
use std::fs::File;
use std::io::IoSlice;
use std::process::ExitCode;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::net::{AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketType};
use scan::content::Content;
use unpack::{Budget, Limits, Request};
use worker::frame::{self, Head, Kind};
use worker::{Sandbox, child_main_with};

/// Memory taken at each step of that deed, bytes.
const STEP_BYTES: usize = 32 * 1024 * 1024;

fn main() -> ExitCode {
    let has = |word: &str| std::env::args().any(|argument| argument == word);
    if has("exit-at-start") {
        return ExitCode::from(worker::Refusal::Landlock.code());
    }
    let sandbox = if has("seccomp-only") { Sandbox::SeccompOnly } else { Sandbox::Full };
    ExitCode::from(child_main_with(sandbox, &mut answer))
}

fn answer(number: u32, request: &Request) -> Vec<u8> {
    let deeds = request.parts.iter().filter_map(|part| part.declared.strip_prefix("test/"));
    for deed in deeds {
        if let Some(lie) = lie(deed, number, request) {
            return lie;
        }
        run(deed);
    }
    honest(number, request)
}

fn honest(number: u32, request: &Request) -> Vec<u8> {
    frame::answer(number, request, &unpack::unpack(request, &mut Budget::new(Limits::default())))
}

fn lie(deed: &str, number: u32, request: &Request) -> Option<Vec<u8>> {
    Some(match deed {
        "garbage" => b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
        "wrong-number" => honest(number.wrapping_add(1), request),
        "too-large" => Head { kind: Kind::Answer, number, length: u32::MAX }.to_bytes().to_vec(),
        "all-is-clean" => frame::answer(number, request, &Content::default()),
        "twice" => [honest(number, request), honest(number, request)].concat(),
        "half" => honest(number, request).into_iter().take(20).collect(),
        _ => return None,
    })
}

fn run(deed: &str) {
    match deed {
        "execve" => drop(nix::unistd::execv(c"/bin/true", &[CString::default()])),
        "spawn" => spawn(),
        "thread" => drop(std::thread::spawn(|| {})),
        "socket" => drop(rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None)),
        "open" => drop(File::open("/etc/passwd")),
        "ptrace" => drop(nix::sys::ptrace::traceme()),
        "kill" => drop(kill(Pid::from_raw(1), Signal::SIGTERM)),
        "prlimit" => drop(rustix::process::getrlimit(rustix::process::Resource::As)),
        "descriptor" => send_descriptor(),
        "memory" => take_memory(),
        "exit" => std::process::exit(0),
        "panic" => fall_over(),
        "overflow" => fall_deep(0),
        "loop" => loop {
            std::hint::spin_loop();
        },
        _ => {}
    }
}

#[expect(clippy::disallowed_methods, reason = "the deed is that it starts a process")]
fn spawn() {
    drop(std::process::Command::new("/bin/true").spawn());
}

#[expect(clippy::panic, reason = "the deed is that it panics")]
fn fall_over() {
    panic!("a bug");
}

fn fall_deep(depth: u64) {
    if std::hint::black_box(depth) == u64::MAX {
        return;
    }
    let frame = std::hint::black_box([depth; 512]);
    fall_deep(frame.iter().sum());
    std::hint::black_box(frame);
}

fn take_memory() {
    let mut taken = Vec::new();
    loop {
        taken.push(std::hint::black_box(Vec::<u8>::with_capacity(STEP_BYTES)));
    }
}

fn send_descriptor() {
    let input = std::io::stdin();
    let descriptors = [std::os::fd::AsFd::as_fd(&input)];
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    ancillary.push(SendAncillaryMessage::ScmRights(&descriptors));
    let _ = rustix::net::sendmsg(&input, &[IoSlice::new(b"x")], &mut ancillary, SendFlags::empty());
}
