//! Text in pictures, by Debian's `tesseract`: for each picture a process of its own that closes itself in
//! ([`crate::ocr_main`]) and then becomes that program. The picture goes in by standard input, the text comes out by standard
//! output; what is not done in time is killed.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout, timeout_at};

use crate::gate::FairGate;
use crate::limits::OCR_TEXT_BYTES_MAX;
use crate::opener::FairKey;
use crate::process::Refusal;

/// As lists of processes show it until it becomes the other program.
const PROCESS_NAME: &str = "postern";
/// A picture without anything in it (PNG, 8 by 8), to see whether all is there.
const EMPTY_PICTURE: &[u8] = include_bytes!("ocr/empty.png");

/// Reads the text of pictures.
pub trait PictureReader: Send + Sync {
    /// The text of one, within so much time; clients take turns.
    ///
    /// # Errors
    /// [`OcrError`]: nobody has read it.
    fn read(&self, key: FairKey, picture: Bytes, limit: Duration) -> BoxFuture<'_, Result<String, OcrError>>;
}

/// Why a picture was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OcrError {
    /// It takes longer than there is time.
    #[error("it was not done in time")]
    TimedOut,
    /// Too many others are being read.
    #[error("too many pictures are being read")]
    Busy,
    /// There is no such program.
    #[error("the program cannot be started")]
    NoProgram,
    /// The program failed: it does not know the language, the picture is broken, or it did what it may not.
    #[error("the program failed")]
    Failed,
}

impl OcrError {
    /// Stable snake_case word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::TimedOut => "timed_out",
            Self::Busy => "busy",
            Self::NoProgram => "no_program",
            Self::Failed => "failed",
        }
    }
}

/// How `tesseract` is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcrSettings {
    /// The program that calls [`crate::ocr_main`]; usually the running one.
    pub command: PathBuf,
    /// Its first arguments; they say the kind of sandbox too. Program and languages follow.
    pub args: Vec<String>,
    /// The `tesseract` program.
    pub program: PathBuf,
    /// Its languages: `eng+deu`.
    pub languages: String,
    /// Pictures that are read at a time.
    pub at_a_time: usize,
}

/// Debian's `tesseract`.
pub struct Tesseract {
    settings: OcrSettings,
    slots: FairGate,
}

impl Tesseract {
    /// By these settings. Nothing is started before a picture comes.
    #[must_use]
    pub fn new(settings: OcrSettings) -> Self {
        let slots = FairGate::with_one_for_others(settings.at_a_time);
        Self { settings, slots }
    }

    /// Whether it can be started, may read what it needs, and knows its languages, each by itself: with one that it knows it takes
    /// others in silence.
    ///
    /// # Errors
    /// The first language that it does not read, and why.
    pub async fn probe(&self, limit: Duration) -> Result<(), (String, OcrError)> {
        for language in self.settings.languages.split('+') {
            let settings = OcrSettings { languages: language.to_owned(), ..self.settings.clone() };
            let alone = Self::new(settings);
            let read = timeout(limit, alone.run(Bytes::from_static(EMPTY_PICTURE))).await;
            read.unwrap_or(Err(OcrError::TimedOut)).map_err(|error| (language.to_owned(), error))?;
        }
        Ok(())
    }

    async fn read_in_turn(&self, key: FairKey, picture: Bytes, end: Instant) -> Result<String, OcrError> {
        let _pass = timeout_at(end, self.slots.enter(key)).await.map_err(|_| OcrError::Busy)?;
        timeout_at(end, self.run(picture)).await.unwrap_or(Err(OcrError::TimedOut))
    }

    async fn run(&self, picture: Bytes) -> Result<String, OcrError> {
        let mut child = self.start().map_err(|_| OcrError::NoProgram)?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(OcrError::Failed);
        };
        let send = async move {
            // It may have enough before the end, or be dead: what it says and its status tell.
            let _ = input.write_all(&picture).await;
        };
        let mut text = Vec::new();
        let mut output = output.take(OCR_TEXT_BYTES_MAX);
        let (read, ()) = futures_util::join!(output.read_to_end(&mut text), send);
        drop(output);
        read.map_err(|_| OcrError::Failed)?;
        match child.wait().await {
            Ok(status) => judge(status)?,
            Err(_) => return Err(OcrError::Failed),
        }
        Ok(String::from_utf8_lossy(&text).replace('\u{c}', "\n"))
    }

    fn start(&self) -> std::io::Result<Child> {
        let OcrSettings { command, args, program, languages, .. } = &self.settings;
        Command::new(command)
            .arg0(PROCESS_NAME)
            .args(args)
            .arg(program)
            .arg(languages)
            .env_clear()
            // One thread: others could not be started.
            .env("OMP_THREAD_LIMIT", "1")
            .env("LC_ALL", "C.UTF-8")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
    }
}

impl PictureReader for Tesseract {
    fn read(&self, key: FairKey, picture: Bytes, limit: Duration) -> BoxFuture<'_, Result<String, OcrError>> {
        async move {
            let read = self.read_in_turn(key, picture, Instant::now() + limit).await;
            metrics::counter!("postern_ocr_pictures_total").increment(u64::from(read.is_ok()));
            read
        }
        .boxed()
    }
}

fn judge(status: ExitStatus) -> Result<(), OcrError> {
    if status.success() {
        return Ok(());
    }
    if status.code() == Some(i32::from(Refusal::Program.code())) {
        return Err(OcrError::NoProgram);
    }
    if let Some(refusal) = Refusal::of(status) {
        tracing::error!(event = "ocr_refused", why = %refusal);
    }
    Err(OcrError::Failed)
}
