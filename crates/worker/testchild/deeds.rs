//! A hostile worker: like the real one, but a part declared `test/<deed>` makes it do that deed once it is closed in.

use std::ffi::CString;
use std::fs::File;
use std::io::IoSlice;
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::net::{AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketType};
use scan::content::Content;
use worker::frame::{self, Head, Kind};
use worker::{Asked, Lane, Sandbox, Source, child_main_with};

/// CPU time that a dear deed takes.
const BURN: Duration = Duration::from_millis(100);
/// Memory taken at each step of that deed, bytes.
const STEP_BYTES: usize = 32 * 1024 * 1024;

/// The life of one.
pub(crate) fn child(sandbox: Sandbox) -> ExitCode {
    let parent = i32::try_from(std::os::unix::process::parent_id()).unwrap_or_default();
    ExitCode::from(child_main_with(sandbox, &mut |asked, honest| answer(parent, asked, honest)))
}

type Honest<'h> = dyn FnMut(Asked<'_>) -> Vec<u8> + 'h;

fn answer(parent: i32, asked: Asked<'_>, honest: &mut Honest<'_>) -> Vec<u8> {
    let deeds = asked.request.parts.iter().filter_map(|part| part.declared.strip_prefix("test/"));
    for deed in deeds {
        if let Some(lie) = lie(deed, asked, honest) {
            return lie;
        }
        run(deed, parent, asked);
    }
    honest(asked)
}

fn lie(deed: &str, asked: Asked<'_>, honest: &mut Honest<'_>) -> Option<Vec<u8>> {
    let Asked { number, request, .. } = asked;
    Some(match deed {
        "garbage" => b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
        "wrong-number" => honest(Asked { number: number.wrapping_add(1), ..asked }),
        "too-large" => Head { kind: Kind::Answer, number, length: u32::MAX }.to_bytes().to_vec(),
        "all-is-clean" => frame::answer(number, request, &Content::default(), &[]),
        "twice" => honest(asked).repeat(2),
        "half" => honest(asked).into_iter().take(20).collect(),
        "late" => frame::late(number),
        "late-in-quick" | "late-then-loop" if asked.lane == Lane::Quick => frame::late(number),
        "bytes-beyond-the-file" => misplaced(asked, Source::File(0, 1)),
        "bytes-of-no-part" => misplaced(asked, Source::Part(1)),
        "bytes-of-a-part-unasked" => misplaced(asked, Source::Part(0)),
        _ => return None,
    })
}

/// An answer with the one item, whose byte is said to be there.
fn misplaced(asked: Asked<'_>, source: Source) -> Vec<u8> {
    let item = scan::content::Item { place: "1".to_owned(), size: 1, ..Default::default() };
    let content = Content { items: vec![item], unopened: Vec::new() };
    frame::answer(asked.number, asked.request, &content, &[Some(source)])
}

fn run(deed: &str, parent: i32, asked: Asked<'_>) {
    match deed {
        "execve" => drop(nix::unistd::execv(c"/bin/true", &[CString::default()])),
        "spawn" => spawn(),
        "thread" => drop(std::thread::spawn(|| {})),
        "fork-bomb" => loop {
            spawn();
        },
        "socket" => drop(rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None)),
        "socketpair" => drop(std::os::unix::net::UnixStream::pair()),
        "open" => drop(File::open("/etc/passwd")),
        "ptrace" => drop(nix::sys::ptrace::traceme()),
        "kill" => drop(kill(Pid::from_raw(1), Signal::SIGTERM)),
        "kill-parent" => drop(kill(Pid::from_raw(parent), Signal::SIGTERM)),
        "ask-parent" => drop(std::os::unix::process::parent_id()),
        "memfd" => fill(rustix::fs::memfd_create("x", rustix::fs::MemfdFlags::CLOEXEC)),
        // Conditions of rules become code: memory that is executable.
        "compile" => drop(signatures::Rules::compile(&signatures::builtin::sources())),
        "prlimit" => drop(rustix::process::getrlimit(rustix::process::Resource::As)),
        "descriptor" => send_descriptor(),
        "memory" => take_memory(),
        "fill-the-file" => fill(asked.file.ok_or(())),
        "burn" => burn(BURN),
        "exit" => std::process::exit(0),
        "panic" => fall_over(),
        "overflow" => fall_deep(0),
        "loop" | "late-then-loop" => loop {
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

/// Fills a file, up to the largest size that the kernel lets it have.
fn fill<E>(file: Result<impl AsFd, E>) {
    let Ok(file) = file else { return };
    let piece = vec![b'x'; STEP_BYTES];
    while rustix::io::write(&file, &piece).is_ok() {}
}

/// Uses up CPU time.
fn burn(time: Duration) {
    let used = || {
        let used = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(used.tv_sec.unsigned_abs(), u32::try_from(used.tv_nsec).unwrap_or_default())
    };
    let start = used();
    while used().saturating_sub(start) < time {
        std::hint::spin_loop();
    }
}

fn send_descriptor() {
    let input = std::io::stdin();
    let descriptors = [input.as_fd()];
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    ancillary.push(SendAncillaryMessage::ScmRights(&descriptors));
    let _ = rustix::net::sendmsg(&input, &[IoSlice::new(b"x")], &mut ancillary, SendFlags::empty());
}
