//! The child's side: closes itself in, says that it is ready, then answers requests until the socket ends.

mod close_in;
mod socket;
mod system_calls;

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

use bytes::Bytes;
use unpack::{Budget, Limits, Part, Request};

use crate::child::socket::{read_exact, read_head, write_all};
use crate::files::Copies;
use crate::frame::{self, Head, Kind};
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

/// A request as the child has it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Its number, which the answer bears.
    pub number: u32,
    /// What is to be opened.
    pub request: &'a Request,
    /// The file for the bytes of the items, if they are wanted.
    pub file: Option<BorrowedFd<'a>>,
}

/// What stands between a child and its parent: it is given a request and the means to answer it honestly.
pub type Between<'b> = dyn FnMut(Asked<'_>, &mut dyn FnMut(Asked<'_>) -> Vec<u8>) -> Vec<u8> + 'b;

/// The life of a worker. To be called first thing in `main`, before any thread runs; standard input is its socket.
/// Returns the code to exit with.
#[must_use]
pub fn child_main(sandbox: Sandbox) -> u8 {
    child_main_with(sandbox, &mut |asked, honest| honest(asked))
}

/// As [`child_main`], with something between: for the tests' hostile child.
#[must_use]
pub fn child_main_with(sandbox: Sandbox, between: &mut Between<'_>) -> u8 {
    warm_up();
    if let Err(refusal) = close_in::close_in(sandbox) {
        return refusal.code();
    }
    let ready = Head { kind: Kind::Ready, number: 0, length: 0 };
    if write_all(&ready.to_bytes()).is_err() {
        return 0;
    }
    loop {
        match serve_one(between) {
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
    std::hint::black_box(answer(Asked { number: 0, request: &request, file: None }));
}

fn serve_one(between: &mut Between<'_>) -> io::Result<bool> {
    let Some((head, file)) = read_head()? else { return Ok(false) };
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
    let asked = Asked { number: head.number, request: &request, file: file.as_ref().map(OwnedFd::as_fd) };
    let answered = between(asked, &mut answer);
    if let Some(file) = file {
        // By its number: before it drops one, a debug build asks for its flags, by a call that is refused.
        let _ = nix::unistd::close(file);
    }
    write_all(&answered)?;
    Ok(true)
}

fn answer(asked: Asked<'_>) -> Vec<u8> {
    let Asked { number, request, file } = asked;
    let mut budget = Budget::new(Limits::default());
    let Some(file) = file else {
        return frame::answer(number, request, &unpack::unpack(request, &mut budget), &[]);
    };
    let mut write = |bytes: &[u8]| socket::write_to(file, bytes);
    let mut copies = Copies::new(request, &mut write);
    let mut content = unpack::unpack_with(request, &mut budget, &mut |item, bytes| copies.take(item, bytes));
    let sources = copies.finish(&mut content);
    frame::answer(number, request, &content, &sources)
}
