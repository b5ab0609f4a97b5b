//! One child process, seen from the parent: started, asked, ended. The only place that starts a process.

mod file;

use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::Pid;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use unpack::Request;

use crate::ask::{Answer, Ask};
use crate::files::Wanted;
use crate::frame::{self, HEAD_BYTES, Head, Kind, Lie, Setup};
use crate::lane::LaneTimes;
use crate::limits::{ALLOCATOR_SETTINGS, END_DEADLINE, ONE_PIECE_BYTES_MAX, START_DEADLINE};
pub(crate) use crate::process::file::SealedFile;

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
    /// The rules of signatures that it was given.
    #[error("it could not use the compiled rules of signatures")]
    Rules,
    /// The parent spoke another language.
    #[error("it did not understand its parent")]
    Protocol,
    /// The program that it was to become.
    #[error("the program that it was to become cannot be run")]
    Program,
}

impl Refusal {
    const ALL: [Self; 9] = [
        Self::Strays,
        Self::User,
        Self::Limits,
        Self::NoNewPrivileges,
        Self::Landlock,
        Self::Seccomp,
        Self::Protocol,
        Self::Rules,
        Self::Program,
    ];

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
            Self::Rules => 87,
            Self::Program => 88,
        }
    }

    pub(crate) fn of(status: ExitStatus) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| status.code() == Some(i32::from(refusal.code())))
    }
}

/// What a worker did instead of answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Died,
    /// Nothing came, whatever it did.
    Slow,
    /// It used more CPU time than there is, and did not notice.
    Busy,
    Lied(Lie),
}

impl Fault {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Died => "died",
            Self::Slow | Self::Busy => "slow",
            Self::Lied(_) => "lied",
        }
    }
}

/// As lists of processes show it.
const PROCESS_NAME: &str = "postern";

/// What every worker of a lane and generation is started with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start<'s> {
    pub(crate) command: &'s Path,
    pub(crate) args: &'s [String],
    pub(crate) setup: &'s Setup,
    pub(crate) generation: u64,
}

/// A running worker that is ready.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Child,
    socket: UnixStream,
    pub(crate) id: u32,
    pub(crate) generation: u64,
    number: u32,
    clock: Option<ClockId>,
}

impl Worker {
    /// Starts one and waits until it has closed itself in.
    pub(crate) async fn start(start: Start<'_>) -> Result<Self, WorkerError> {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        // No environment: with a backtrace asked for, a panic would make calls that the filter kills.
        let child = Command::new(start.command)
            .arg0(PROCESS_NAME)
            .args(start.args)
            .env_clear()
            .env("_RJEM_MALLOC_CONF", ALLOCATOR_SETTINGS)
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let id = child.id().unwrap_or_default();
        let clock = i32::try_from(id).ok().and_then(|id| clock_getcpuclockid(Pid::from_raw(id)).ok());
        let socket = UnixStream::from_std(ours)?;
        let mut worker = Self { child, socket, id, generation: start.generation, number: 0, clock };
        match timeout(START_DEADLINE, worker.set_up(start.setup)).await {
            Ok(Ok(true)) => {
                metrics::counter!("postern_worker_starts_total").increment(1);
                Ok(worker)
            }
            Ok(Err(_)) => Err(worker.why_not_ready().await),
            Ok(Ok(false)) | Err(_) => Err(WorkerError::NotReady),
        }
    }

    /// True: it is ready.
    async fn set_up(&mut self, setup: &Setup) -> std::io::Result<bool> {
        let start = frame::setup_start(setup).ok_or(std::io::ErrorKind::FileTooLarge)?;
        let told = async {
            self.socket.write_all(&start).await?;
            self.socket.write_all(&setup.rules).await
        };
        // One that has refused already does not listen; what it says with its exit code is heard below.
        let _ = told.await;
        let mut head = [0; HEAD_BYTES];
        self.socket.read_exact(&mut head).await?;
        Ok(Head::read(&head).is_some_and(|head| head.kind == Kind::Ready))
    }

    /// CPU time that it has used so far; a dead one does not say.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        self.clock?.now().ok().map(Duration::from)
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
    pub(crate) async fn ask(&mut self, ask: &Ask, times: &LaneTimes) -> Result<Answer, Fault> {
        let (clock, before) = (self.clock, self.cpu().unwrap_or_default());
        let used = || Some(Duration::from(clock?.now().ok()?).saturating_sub(before));
        let mut answered = pin!(self.exchange(ask));
        let mut waited = Duration::ZERO;
        loop {
            // It cannot have used more CPU time than there was time.
            match timeout(times.cpu_kill, &mut answered).await {
                Ok(answered) => return answered,
                Err(_) if used().is_some_and(|used| used >= times.cpu_kill) => return Err(Fault::Busy),
                Err(_) => waited = waited.saturating_add(times.cpu_kill),
            }
            if waited >= times.deadline {
                return Err(Fault::Slow);
            }
        }
    }

    async fn exchange(&mut self, ask: &Ask) -> Result<Answer, Fault> {
        self.number = self.number.wrapping_add(1);
        match ask {
            Ask::Unpack(request, wanted) => self.unpack(request, *wanted).await,
            Ask::Disarm(request) => self.disarm(request).await,
        }
    }

    async fn unpack(&mut self, request: &Request, wanted: Wanted) -> Result<Answer, Fault> {
        let file = match wanted {
            Wanted::Content => None,
            // Without one the content is there all the same; the bytes are called what they are, out of reach.
            Wanted::ContentAndFiles => file::make().ok(),
        };
        self.send(Kind::Unpack, request, file.as_ref()).await.map_err(|_| Fault::Died)?;
        let Some(body) = self.hear().await? else { return Ok(Answer::Late) };
        let file = match file {
            None => None,
            Some(file) => Some(file::seal(file).ok_or(Fault::Lied(Lie::Unsealed))?),
        };
        let file_bytes = file.as_ref().map(|file| file.length);
        let (content, sources) = frame::read_answer(&body, request, file_bytes).map_err(Fault::Lied)?;
        Ok(Answer::Unpacked(content, sources, file))
    }

    async fn disarm(&mut self, request: &Request) -> Result<Answer, Fault> {
        self.send(Kind::Disarm, request, None).await.map_err(|_| Fault::Died)?;
        let Some(body) = self.hear().await? else { return Ok(Answer::Late) };
        frame::disarmed::read(&body, request.parts.len()).map(Answer::Disarmed).map_err(Fault::Lied)
    }

    /// The body of the answer; `None`: it is late.
    async fn hear(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        let mut head = [0; HEAD_BYTES];
        self.socket.read_exact(&mut head).await.map_err(|_| Fault::Died)?;
        let body = match Head::answer_length(&head, self.number).map_err(Fault::Lied)? {
            None => None,
            Some(length) => {
                let mut body = vec![0; length];
                self.socket.read_exact(&mut body).await.map_err(|_| Fault::Died)?;
                Some(body)
            }
        };
        self.check_idle()?;
        Ok(body)
    }

    async fn send(&mut self, kind: Kind, request: &Request, file: Option<&OwnedFd>) -> std::io::Result<()> {
        let start = frame::request_start_of(kind, self.number, request);
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
