//! The child's side: hears what it is to look for, closes itself in, says that it is ready, then answers requests until the
//! socket ends.

mod close_in;
mod looker;
mod picture;
mod socket;
mod system_calls;

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

use bytes::Bytes;
use signatures::Rules;
use unpack::Request;

use crate::child::looker::Looker;
pub use crate::child::picture::ocr_main;
use crate::child::socket::{read_exact, read_head, write_all};
use crate::frame::{self, Head, Kind, Setup};
use crate::lane::Lane;
use crate::limits::{REQUEST_BYTES_MAX, SETUP_BYTES_MAX, SLOW_NICE};
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

/// What a child is asked to do with parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Open them.
    Unpack,
    /// Write them anew without what they do.
    Disarm,
}

/// A request as the child has it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Its number, which the answer bears.
    pub number: u32,
    /// The lane of the child.
    pub lane: Lane,
    /// What is to be done with it.
    pub task: Task,
    /// Its parts.
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
    match live(sandbox, between) {
        Ok(()) => 0,
        Err(refusal) => refusal.code(),
    }
}

/// Until the parent closes the socket: the way a worker ends.
fn live(sandbox: Sandbox, between: &mut Between<'_>) -> Result<(), Refusal> {
    let Some(setup) = hear_setup().map_err(|_| Refusal::Protocol)? else { return Ok(()) };
    if setup.lane == Lane::Slow {
        rustix::process::setpriority_process(None, SLOW_NICE).map_err(|_| Refusal::Limits)?;
    }
    let rules = match setup.rules.as_ref() {
        [] => None,
        rules => Some(Rules::from_bytes(rules).map_err(|_| Refusal::Rules)?),
    };
    let mut looker = Looker::new(&setup, rules.as_ref());
    drop(setup);
    looker.warm_up();
    close_in::close_in(sandbox)?;
    let ready = Head { kind: Kind::Ready, number: 0, length: 0 };
    if write_all(&ready.to_bytes()).is_err() {
        return Ok(());
    }
    while serve_one(&mut looker, between).map_err(|_| Refusal::Protocol)? {}
    Ok(())
}

/// `None`: the parent has gone.
fn hear_setup() -> io::Result<Option<Setup>> {
    let Some((head, _)) = read_head()? else { return Ok(None) };
    let Some((_, body)) = read_body(&head, (&[Kind::Setup], SETUP_BYTES_MAX))? else { return Ok(None) };
    let setup = frame::read_setup(&body).ok_or(io::ErrorKind::InvalidData)?;
    Ok(Some(setup))
}

fn read_body(head: &[u8; frame::HEAD_BYTES], (kinds, most): (&[Kind], usize)) -> io::Result<Option<(Head, Bytes)>> {
    let head = Head::read(head).filter(|head| kinds.contains(&head.kind)).ok_or(io::ErrorKind::InvalidData)?;
    let length = usize::try_from(head.length).unwrap_or(usize::MAX);
    if length > most {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut body = vec![0; length];
    Ok(read_exact(&mut body)?.then(|| (head, Bytes::from(body))))
}

/// False: the parent has gone.
fn serve_one(looker: &mut Looker<'_>, between: &mut Between<'_>) -> io::Result<bool> {
    let Some((head, file)) = read_head()? else { return Ok(false) };
    let kinds = &[Kind::Unpack, Kind::Disarm];
    let Some((head, body)) = read_body(&head, (kinds, REQUEST_BYTES_MAX))? else { return Ok(false) };
    let request = frame::read_request(&body).ok_or(io::ErrorKind::InvalidData)?;
    let task = if head.kind == Kind::Disarm { Task::Disarm } else { Task::Unpack };
    let (number, lane, file_there) = (head.number, looker.lane(), file.as_ref().map(OwnedFd::as_fd));
    let asked = Asked { number, lane, task, request: &request, file: file_there };
    let answered = between(asked, &mut |asked| looker.answer(asked));
    if let Some(file) = file {
        // By its number: before it drops one, a debug build asks for its flags, by a call that is refused.
        let _ = nix::unistd::close(file);
    }
    write_all(&answered)?;
    Ok(true)
}
