//! One child by hand: what the kernel says about it, and what it dies of.
#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure there fails the test")]

use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use bytes::Bytes;
use unpack::{Part, Request};
use worker::Lane;
use worker::frame::{self, HEAD_BYTES, Head, Kind, Setup};

struct Started {
    child: Child,
    socket: UnixStream,
}

#[expect(clippy::disallowed_methods, reason = "the test starts the child that it looks at")]
fn start(args: &[&str], lane: Lane) -> Started {
    let (mut socket, theirs) = UnixStream::pair().unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_worker-testchild"))
        .args(args)
        .env_clear()
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let setup = Setup { lane, cpu: Duration::from_secs(1), tlsh: false, rules: Bytes::new() };
    socket.write_all(&frame::setup_start(&setup).unwrap()).unwrap();
    let mut head = [0; HEAD_BYTES];
    socket.read_exact(&mut head).unwrap();
    assert_eq!(Head::read(&head).unwrap().kind, Kind::Ready);
    Started { child, socket }
}

fn after(deed: &str) -> ExitStatus {
    let Started { mut child, mut socket } = start(&[], Lane::Quick);
    let part = Part { declared: format!("test/{deed}"), bytes: Bytes::from_static(b"x"), ..Part::default() };
    let request = Request { parts: vec![part], ..Request::default() };
    let start = frame::request_start(1, &request).unwrap();
    socket.write_all(&[start.as_slice(), b"x"].concat()).unwrap();
    let mut rest = Vec::new();
    socket.read_to_end(&mut rest).unwrap();
    child.wait().unwrap()
}

#[test]
fn forbidden_calls_kill_at_once() {
    let deeds = [
        "execve",
        "spawn",
        "fork-bomb",
        "thread",
        "socket",
        "socketpair",
        "open",
        "ptrace",
        "kill",
        "kill-parent",
        "ask-parent",
        "prlimit",
        "memfd",
        "compile",
        "descriptor",
    ];
    for deed in deeds {
        assert_eq!(after(deed).signal(), Some(nix::libc::SIGSYS), "{deed}");
    }
}

#[test]
fn bugs_and_greed_end_the_child_only() {
    assert_eq!(after("panic").code(), Some(101));
    assert_eq!(after("overflow").signal(), Some(nix::libc::SIGABRT));
    assert_eq!(after("memory").signal(), Some(nix::libc::SIGABRT));
}

#[test]
fn the_kernel_says_that_it_is_closed_in() {
    for (args, lane) in [(&[][..], Lane::Quick), (&["seccomp-only"], Lane::Quick), (&[], Lane::Slow)] {
        let Started { mut child, socket } = start(args, lane);
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let field = |name: &str| {
            let line = status.lines().find(|line| line.split(':').next() == Some(name)).unwrap();
            line.split(':').nth(1).unwrap().split_ascii_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!((field("NoNewPrivs").as_str(), field("Seccomp").as_str()), ("1", "2"));
        for set in ["CapEff", "CapPrm", "CapInh", "CapAmb"] {
            assert_eq!(field(set), "0000000000000000", "{set}");
        }
        assert_eq!(field("Threads"), "1");
        let nice = if lane == Lane::Slow { "10" } else { "0" };
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
        assert_eq!(stat.split_ascii_whitespace().nth(18), Some(nice));
        if nix::unistd::Uid::effective().is_root() {
            assert_eq!(field("Uid"), "65534 65534 65534 65534");
            assert_eq!((field("Gid").as_str(), field("Groups").as_str()), ("65534 65534 65534 65534", ""));
            let mut targets: Vec<String> = std::fs::read_dir(format!("/proc/{}/fd", child.id()))
                .unwrap()
                .map(|entry| std::fs::read_link(entry.unwrap().path()).unwrap().display().to_string())
                .map(|target| target.split(':').next().unwrap().to_owned())
                .collect();
            targets.sort();
            assert_eq!(targets, ["/dev/null", "/dev/null", "socket"]);
            let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
            let limit = |name: &str| limits.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
            assert!(limit("Max open files").contains(" 4 "), "{limits}");
            assert!(!limit("Max address space").contains("unlimited"), "{limits}");
        }
        drop(socket);
        assert_eq!(child.wait().unwrap().code(), Some(0), "it ends when its socket does");
    }
}

#[test]
fn strange_requests_end_the_child() {
    for bytes in [&b"GET / HTTP/1.1\r\n\r\n"[..], &Head { kind: Kind::Unpack, number: 1, length: u32::MAX }.to_bytes()]
    {
        let Started { mut child, mut socket } = start(&[], Lane::Quick);
        socket.write_all(bytes).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(i32::from(worker::Refusal::Protocol.code())));
    }
}
