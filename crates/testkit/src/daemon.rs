//! The program under test: started with a folder of its own, asked through its own command line, killed and started again.

mod metrics;
mod setup;

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Child;

use crate::client::SmtpClient;
use crate::{program, wait};

pub use setup::{Relayed, Setup};

/// Time to start, recovery included.
const START_LIMIT: Duration = Duration::from_secs(60);
/// Time to end after SIGTERM.
const END_LIMIT: Duration = Duration::from_secs(60);
/// Seconds for the question at the end.
const LAST_WORD_SECONDS: u32 = 10;
/// Where pairs of message and recipient come from.
const CAME: [&str; 2] = ["accepted", "added"];
/// Where they are.
const WENT: [&str; 8] = ["queued", "held", "quarantined", "delivered", "bounced", "discarded", "deleted", "damaged"];
/// Time for a queue to become empty.
const QUIET_LIMIT: Duration = Duration::from_secs(90);

/// A running gateway. It is killed when dropped, and its folder removed.
#[derive(Debug)]
pub struct Daemon {
    binary: PathBuf,
    folder: TempDir,
    /// How it was set up; [`Daemon::write`] puts changes into its files.
    pub setup: Setup,
    child: Option<Child>,
}

/// What a command answered.
#[derive(Debug)]
pub struct Answered {
    /// Its exit code; 255 if a signal ended it.
    pub code: u8,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Daemon {
    /// Writes the configuration and starts it.
    ///
    /// # Panics
    /// If it does not accept connections in time, with its log.
    pub async fn start(binary: &str, setup: Setup) -> Self {
        let mut daemon = Self::prepare(binary, setup);
        daemon.run().await;
        daemon
    }

    /// Writes the configuration and starts nothing.
    ///
    /// # Panics
    /// If the folder cannot be made.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test without a folder must stop")]
    pub fn prepare(binary: &str, setup: Setup) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::Builder::new().prefix("postern-test-").tempdir().expect("a folder");
        // The daemon gives root up and still has to come in here.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("permissions");
        let daemon = Self { binary: binary.into(), folder, setup, child: None };
        daemon.write();
        daemon
    }

    /// Writes `postern.toml` and the settings anew.
    ///
    /// # Panics
    /// If they cannot be written.
    pub fn write(&self) {
        self.setup.write(self.folder.path());
    }

    /// Starts it and waits until it greets.
    ///
    /// # Panics
    /// If it ends or does not greet in time, with its log.
    #[expect(clippy::panic, reason = "a test whose daemon does not start must stop")]
    pub async fn run(&mut self) {
        self.spawn();
        let greeted = wait::until("the daemon to greet or to end", START_LIMIT, async || {
            if let Some(status) = self.ended() {
                return Some(Err(status));
            }
            SmtpClient::connect(self.setup.listen).await.ok().map(Ok)
        });
        match tokio::time::timeout(START_LIMIT + Duration::from_secs(1), greeted).await {
            Ok(Ok(_)) => {}
            Ok(Err(status)) => panic!("the daemon ended: {status}\n{}", self.log()),
            Err(_) => panic!("the daemon does not greet\n{}", self.log()),
        }
    }

    /// Starts it and does not wait.
    ///
    /// # Panics
    /// If the program cannot be started at all.
    #[expect(clippy::expect_used, reason = "a test without the program must stop")]
    pub fn spawn(&mut self) {
        let log = File::options().create(true).append(true).open(self.log_file()).expect("a log file");
        let (first, rest) = match self.setup.prefix.split_first() {
            Some((first, rest)) => (PathBuf::from(first), rest),
            None => (self.binary.clone(), &[][..]),
        };
        let mut command = program::command(first);
        command.args(rest);
        if !self.setup.prefix.is_empty() {
            command.arg(&self.binary);
        }
        command.arg("serve").arg("--config").arg(self.config_file());
        command.stdout(Stdio::null()).stderr(log).current_dir(self.folder.path());
        self.child = Some(command.spawn().expect("the program starts"));
    }

    /// Whether it has ended by itself, and how.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.as_mut().and_then(|child| child.try_wait().ok().flatten())
    }

    /// Waits until it ends by itself.
    ///
    /// # Panics
    /// If it does not.
    pub async fn wait_end(&mut self) -> ExitStatus {
        wait::until("the daemon to end", END_LIMIT, async || self.ended()).await
    }

    /// Its process id; 0 when none runs.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.as_ref().and_then(Child::id).unwrap_or(0)
    }

    /// Where it takes mail.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.setup.listen
    }

    /// kill -9.
    pub async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended already.
            drop(child.kill().await);
        }
    }

    /// Sends SIGTERM and does not wait.
    pub fn terminate(&self) {
        program::signal(self.pid(), Signal::TERM);
    }

    /// Sends SIGHUP and does not wait.
    pub fn hang_up(&self) {
        program::signal(self.pid(), Signal::HUP);
    }

    /// SIGTERM, and the end.
    ///
    /// # Panics
    /// If it does not end in time.
    pub async fn stop(&mut self) -> ExitStatus {
        self.terminate();
        let status = self.wait_end().await;
        self.child = None;
        status
    }

    /// Stops and starts it.
    ///
    /// # Panics
    /// If it does not start again.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.run().await;
    }

    /// Its folder: configuration, settings, data, log.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.setup.data.clone().unwrap_or_else(|| self.folder.path().join("data"))
    }

    /// Its configuration file.
    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.folder.path().join("postern.toml")
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// What it has logged so far, over all starts.
    #[must_use]
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.log_file()).unwrap_or_default()).into_owned()
    }

    /// Runs one of its commands.
    ///
    /// # Panics
    /// If the program cannot be started.
    pub async fn command(&self, arguments: &[&str]) -> Answered {
        let output = self.output(arguments).await;
        Answered {
            code: output.status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(255),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    async fn output(&self, arguments: &[&str]) -> Output {
        let config = self.config_file().display().to_string();
        let mut all = vec!["--config", &config];
        all.extend_from_slice(arguments);
        program::run(&self.binary.display().to_string(), &all, b"").await
    }

    /// Runs one of its commands with `--json`, and reads the answer. Exit codes 0 and 1 are answers.
    ///
    /// # Panics
    /// If the command fails or prints something else.
    #[expect(clippy::panic, reason = "an answer that does not read fails the test")]
    pub async fn json(&self, arguments: &[&str]) -> Value {
        let mut all = vec!["--json"];
        all.extend_from_slice(arguments);
        let answered = self.command(&all).await;
        assert!(answered.code < 2, "{arguments:?}: exit {}: {}", answered.code, answered.err);
        match serde_json::from_str(&answered.out) {
            Ok(value) => value,
            Err(error) => panic!("{arguments:?}: {error}: {:?}", answered.out),
        }
    }

    /// Asks over the control socket, as its commands do: one JSON line each way.
    ///
    /// # Errors
    /// If the daemon does not answer.
    pub async fn request(&self, request: &Value) -> std::io::Result<Value> {
        let mut stream = tokio::net::UnixStream::connect(self.data().join("control.sock")).await?;
        stream.write_all(format!("{request}\n").as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        serde_json::from_slice(&answer).map_err(std::io::Error::other)
    }

    /// All rows of a list command, page by page.
    ///
    /// # Panics
    /// As [`Daemon::json`].
    pub async fn rows(&self, arguments: &[&str]) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let mut all = arguments.to_vec();
            all.extend(["--limit", "500"]);
            if let Some(after) = &after {
                all.extend(["--after", after]);
            }
            let page = self.json(&all).await;
            rows.extend(page.get("rows").and_then(Value::as_array).cloned().unwrap_or_default());
            after = page.get("next").and_then(Value::as_str).map(str::to_owned);
            if after.is_none() {
                return rows;
            }
        }
    }

    /// A number of its account: `accepted`, `queued`, `delivered` ...
    ///
    /// # Panics
    /// As [`Daemon::json`].
    pub async fn account(&self, name: &str) -> u64 {
        number(&self.json(&["status"]).await, name)
    }

    /// Waits until nothing is queued or held any more.
    ///
    /// # Panics
    /// If that does not come, with what still waits.
    pub async fn quiet(&self) {
        let limit = QUIET_LIMIT;
        let quiet = async {
            loop {
                let status = self.json(&["status"]).await;
                if number(&status, "queued") == 0 && number(&status, "held") == 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        if tokio::time::timeout(limit, quiet).await.is_err() {
            let waiting = self.rows(&["queue", "list"]).await;
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(20).collect();
            assert!(waiting.is_empty(), "after {limit:?} there still wait {waiting:#?}\nlog, newest first: {tail:#?}");
        }
    }

    /// The account balances (OPS-08).
    ///
    /// # Panics
    /// If it does not.
    pub async fn assert_balanced(&self) -> Value {
        let status = self.json(&["status"]).await;
        let sum = |names: &[&str]| names.iter().map(|name| number(&status, name)).sum::<u64>();
        assert_eq!(sum(&CAME), sum(&WENT), "the account does not balance: {status}");
        status
    }

    // OPS-08: whatever the test did, every recipient that came is somewhere. A daemon that ended or does not answer says nothing.
    #[expect(clippy::disallowed_methods, reason = "nothing can be awaited while it is dropped")]
    fn check_account(&mut self) {
        if std::thread::panicking() || self.child.is_none() || self.ended().is_some() {
            return;
        }
        let asked = std::process::Command::new("timeout")
            .args([&LAST_WORD_SECONDS.to_string()])
            .arg(&self.binary)
            .arg("--config")
            .arg(self.config_file())
            .args(["--json", "status"])
            .output();
        let Some(status) = asked.ok().and_then(|output| serde_json::from_slice::<Value>(&output.stdout).ok()) else {
            return;
        };
        let sum = |names: &[&str]| names.iter().map(|name| number(&status, name)).sum::<u64>();
        assert_eq!(sum(&CAME), sum(&WENT), "at the end of the test the account does not balance: {status}");
    }

    /// Processes that it, or a command in front of it, has started.
    #[must_use]
    pub fn below(&self) -> Vec<u32> {
        let pid = self.pid();
        let below = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        below.split_whitespace().filter_map(|child| child.parse().ok()).collect()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let below = Below(if self.setup.prefix.is_empty() { Vec::new() } else { self.below() });
        self.check_account();
        drop(below);
    }
}

/// Processes below a command in front of the daemon: they end when this is dropped, also by a panic.
struct Below(Vec<u32>);

impl Drop for Below {
    fn drop(&mut self) {
        self.0.iter().for_each(|pid| program::signal(*pid, Signal::KILL));
    }
}

/// A number of the account in the answer of `status`.
#[must_use]
pub fn number(status: &Value, name: &str) -> u64 {
    status.get("account").and_then(|account| account.get(name)).and_then(Value::as_u64).unwrap_or(0)
}
