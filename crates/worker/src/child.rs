//! The child's side: closes itself in, says that it is ready, then answers requests until the socket ends.

mod close_in;
mod system_calls;

use std::io;

use bytes::Bytes;
use unpack::{Budget, Limits, Part, Request};

use crate::frame::{self, HEAD_BYTES, Head, Kind};
use crate::limits::REQUEST_BYTES_MAX;
use crate::process::Refusal;

/// How a child closes itself in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sandbox {
    /// Landlock and seccomp; without Landlock in the kernel the child refuses to run.
    #[default]
    Full,
    /// Only seccomp, for kernels without Landlock, by the operator's word.
    SeccompOnly,
}

/// The life of a worker. To be called first thing in `main`, before any thread runs; standard input is its socket.
/// Returns the code to exit with.
#[must_use]
pub fn child_main(sandbox: Sandbox) -> u8 {
    child_main_with(sandbox, &mut |number, request| {
        let content = unpack::unpack(request, &mut Budget::new(Limits::default()));
        frame::answer(number, request, &content)
    })
}

/// As [`child_main`], with answers of another make: for the tests' hostile child.
#[must_use]
pub fn child_main_with(sandbox: Sandbox, answer: &mut dyn FnMut(u32, &Request) -> Vec<u8>) -> u8 {
    warm_up();
    if let Err(refusal) = close_in::close_in(sandbox) {
        return refusal.code();
    }
    let ready = Head { kind: Kind::Ready, number: 0, length: 0 };
    if write_all(&ready.to_bytes()).is_err() {
        return 0;
    }
    loop {
        match serve_one(answer) {
            Ok(true) => {}
            // The parent has closed the socket: the way a worker ends.
            Ok(false) => return 0,
            Err(_) => return Refusal::Protocol.code(),
        }
    }
}

/// What would be set up at first use is set up while everything is still allowed.
fn warm_up() {
    // The first reading of the clock asks the kernel where the quick way is, by a call that is refused later.
    let _ = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let page = b"<p style='color:#fff'>x<a href='https://a.example/&amp;'>y</a>";
    let part = Part { declared: "text/html".to_owned(), bytes: Bytes::from_static(page), ..Part::default() };
    let request = Request { parts: vec![part], ..Request::default() };
    let content = unpack::unpack(&request, &mut Budget::new(Limits::default()));
    std::hint::black_box(frame::answer(0, &request, &content));
}

fn serve_one(answer: &mut dyn FnMut(u32, &Request) -> Vec<u8>) -> io::Result<bool> {
    let mut head = [0; HEAD_BYTES];
    if !read_exact(&mut head)? {
        return Ok(false);
    }
    let head = Head::read(&head).filter(|head| head.kind == Kind::Request).ok_or(io::ErrorKind::InvalidData)?;
    let length = usize::try_from(head.length).unwrap_or(usize::MAX);
    if length > REQUEST_BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut body = vec![0; length];
    if !read_exact(&mut body)? {
        return Ok(false);
    }
    let request = frame::read_request(&Bytes::from(body)).ok_or(io::ErrorKind::InvalidData)?;
    write_all(&answer(head.number, &request))?;
    Ok(true)
}

/// False when the socket ended before.
fn read_exact(mut into: &mut [u8]) -> io::Result<bool> {
    while !into.is_empty() {
        match rustix::io::read(std::io::stdin(), &mut *into) {
            Ok(0) => return Ok(false),
            Ok(count) => into = into.get_mut(count..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(true)
}

fn write_all(mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(std::io::stdin(), bytes) {
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
