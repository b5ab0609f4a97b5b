//! One child process, seen from the parent: started, asked, ended. The only place that starts a process.

mod file;

use std::fs::File;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use scan::content::Content;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use unpack::Request;

use crate::files::{Source, Wanted};
use crate::frame::{self, HEAD_BYTES, Head, Kind, Lie};
use crate::limits::{ALLOCATOR_SETTINGS, END_DEADLINE, ONE_PIECE_BYTES_MAX, START_DEADLINE};

/// Why a worker did not start.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// There is no such process to be had.
    #[error("cannot start a worker: {0}")]
    Start(#[from] std::io::Error),
    /// It started and ended before it was ready.
    #[error("the worker refused to run: {0}")]
    Refused(Refusal),
    /// It ended of something else.
    #[error("the worker ended before it was ready: {0}")]
    Ended(ExitStatus),
    /// It said nothing, or something else.
    #[error("the worker was not ready in time")]
    NotReady,
}

/// Why a child does not run: its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Descriptors of the parent stayed open.
    #[error("it could not close descriptors that it was born with")]
    Strays,
    /// User, groups or capabilities.
    #[error("it could not give up its user, groups or capabilities")]
    User,
    /// Resource limits.
    #[error("it could not limit its resources")]
    Limits,
    /// `no_new_privs`.
    #[error("it could not set no_new_privs")]
    NoNewPrivileges,
    /// No Landlock in this kernel, or it cannot be used.
    #[error("the kernel has no Landlock; set sandbox = \"seccomp-only\" to run without")]
    Landlock,
    /// The filter of system calls.
    #[error("it could not load its filter of system calls")]
    Seccomp,
    /// The parent spoke another language.
    #[error("it did not understand its parent")]
    Protocol,
}

impl Refusal {
    const ALL: [Self; 7] =
        [Self::Strays, Self::User, Self::Limits, Self::NoNewPrivileges, Self::Landlock, Self::Seccomp, Self::Protocol];

    /// The exit code that says so.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Strays => 80,
            Self::User => 81,
            Self::Limits => 82,
            Self::NoNewPrivileges => 83,
            Self::Landlock => 84,
            Self::Seccomp => 85,
            Self::Protocol => 86,
        }
    }

    fn of(status: ExitStatus) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| status.code() == Some(i32::from(refusal.code())))
    }
}

/// What a worker is asked.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) request: Request,
    pub(crate) wanted: Wanted,
}

/// What it answers.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) content: Content,
    pub(crate) sources: Vec<Option<Source>>,
    /// The sealed file that the sources speak of, and its size, bytes; none: not wanted, or not to be had.
    pub(crate) file: Option<(File, u64)>,
}

/// What a worker did instead of answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Died,
    Slow,
    Lied(Lie),
}

impl Fault {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Died => "died",
            Self::Slow => "slow",
            Self::Lied(_) => "lied",
        }
    }
}

/// A running worker that is ready.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Child,
    socket: UnixStream,
    pub(crate) id: u32,
    number: u32,
}

impl Worker {
    /// Starts one and waits until it has closed itself in.
    pub(crate) async fn start(command: &Path, args: &[String]) -> Result<Self, WorkerError> {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        // No environment: with a backtrace asked for, a panic would make calls that the filter kills.
        let child = Command::new(command)
            .args(args)
            .env_clear()
            .env("_RJEM_MALLOC_CONF", ALLOCATOR_SETTINGS)
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let id = child.id().unwrap_or_default();
        let mut worker = Self { child, socket: UnixStream::from_std(ours)?, id, number: 0 };
        let mut head = [0; HEAD_BYTES];
        let read = timeout(START_DEADLINE, worker.socket.read_exact(&mut head)).await;
        let is_ready = Head::read(&head).is_some_and(|head| head.kind == Kind::Ready);
        match read {
            Ok(Ok(_)) if is_ready => {
                metrics::counter!("postern_worker_starts_total").increment(1);
                Ok(worker)
            }
            Ok(Err(_)) => Err(worker.why_not_ready().await),
            Ok(Ok(_)) | Err(_) => Err(WorkerError::NotReady),
        }
    }

    async fn why_not_ready(mut self) -> WorkerError {
        match timeout(END_DEADLINE, self.child.wait()).await {
            Ok(Ok(status)) => Refusal::of(status).map_or(WorkerError::Ended(status), WorkerError::Refused),
            Ok(Err(error)) => WorkerError::Start(error),
            Err(_) => WorkerError::NotReady,
        }
    }

    /// Is it idle as it should be: alive, and silent?
    pub(crate) fn check_idle(&self) -> Result<(), Fault> {
        match self.socket.try_read(&mut [0; 1]) {
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Ok(()),
            Ok(0) | Err(_) => Err(Fault::Died),
            Ok(_) => Err(Fault::Lied(Lie::Unasked)),
        }
    }

    /// One request, one answer.
    pub(crate) async fn ask(&mut self, ask: &Ask, deadline: Duration) -> Result<Answer, Fault> {
        timeout(deadline, self.exchange(ask)).await.unwrap_or(Err(Fault::Slow))
    }

    async fn exchange(&mut self, ask: &Ask) -> Result<Answer, Fault> {
        let Ask { request, wanted } = ask;
        self.number = self.number.wrapping_add(1);
        let file = match wanted {
            Wanted::Content => None,
            // Without one the content is there all the same; the bytes are called what they are, out of reach.
            Wanted::ContentAndFiles => file::make().ok(),
        };
        self.send(request, file.as_ref()).await.map_err(|_| Fault::Died)?;
        let mut head = [0; HEAD_BYTES];
        self.socket.read_exact(&mut head).await.map_err(|_| Fault::Died)?;
        let length = Head::answer_length(&head, self.number).map_err(Fault::Lied)?;
        let mut body = vec![0; length];
        self.socket.read_exact(&mut body).await.map_err(|_| Fault::Died)?;
        let file = match file {
            None => None,
            Some(file) => Some(file::seal(file).ok_or(Fault::Lied(Lie::Unsealed))?),
        };
        let file_bytes = file.as_ref().map(|(_, length)| *length);
        let (content, sources) = frame::read_answer(&body, request, file_bytes).map_err(Fault::Lied)?;
        self.check_idle()?;
        Ok(Answer { content, sources, file })
    }

    async fn send(&mut self, request: &Request, file: Option<&OwnedFd>) -> std::io::Result<()> {
        let start = frame::request_start(self.number, request);
        let mut start = start.ok_or(std::io::ErrorKind::FileTooLarge)?;
        let size = usize::try_from(request.size()).unwrap_or(usize::MAX);
        let in_one_piece = size <= ONE_PIECE_BYTES_MAX;
        if in_one_piece {
            // One system call and a short copy cost less than a call for each part.
            start.reserve(size);
            request.parts.iter().for_each(|part| start.extend_from_slice(&part.bytes));
        }
        let sent = match file {
            Some(file) => file::send(&self.socket, &start, file.as_fd()).await?,
            None => 0,
        };
        self.socket.write_all(start.get(sent..).unwrap_or_default()).await?;
        for part in request.parts.iter().filter(|_| !in_one_piece) {
            self.socket.write_all(&part.bytes).await?;
        }
        Ok(())
    }

    /// Kills it, and says what it died of: a signal's number, or none.
    pub(crate) async fn kill(mut self) -> Option<i32> {
        // A worker that died by itself keeps its own status: the signal comes too late for it.
        let _ = self.child.start_kill();
        self.child.wait().await.ok().and_then(|status| status.signal())
    }

    /// Lets it end: its socket closes, it sees the end and exits; one that does not is killed.
    pub(crate) async fn end(self) {
        let Self { mut child, socket, .. } = self;
        drop(socket);
        if timeout(END_DEADLINE, child.wait()).await.is_err() {
            let _ = child.kill().await;
        }
    }
}
