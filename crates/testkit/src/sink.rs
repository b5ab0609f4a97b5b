//! A mail server that keeps what it gets, exactly, and misbehaves as told: replies of any kind, silence, broken connections,
//! STARTTLS with and without treachery.

mod session;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::{loopback, tls, wait};

/// Where a session stands when something happens. The text that a rule looks at is in brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// A connection came (the client's address).
    Connect,
    /// EHLO or HELO (the line).
    Hello,
    /// STARTTLS.
    StartTls,
    /// MAIL (the line).
    Mail,
    /// RCPT (the line).
    Recipient,
    /// DATA.
    Data,
    /// The message comes in: at its first byte (nothing).
    Body,
    /// The end of the message (the message itself).
    End,
    /// After the reply to the end of the message was sent.
    After,
    /// RSET, NOOP, QUIT (the line).
    Other,
}

/// What the server does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Says this and goes on. `\r\n` is added.
    Say(String),
    /// Writes these bytes and goes on, as if it had said something sensible.
    Raw(Vec<u8>),
    /// Closes the connection at once, with a reset where one can be had.
    Drop,
    /// Says nothing any more, and keeps the connection.
    Hang,
    /// Neither speaks nor reads any more, and keeps the connection.
    Deaf,
}

/// A rule: at this stage, where the text contains this, this often.
#[derive(Clone, Debug)]
struct Rule {
    stage: Stage,
    contains: String,
    act: Act,
    left: usize,
}

/// A message that was acknowledged with 250.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// MAIL FROM, without brackets.
    pub sender: String,
    /// What stood behind it: `SIZE=...`.
    pub parameters: String,
    /// RCPT TO that were accepted, without brackets.
    pub recipients: Vec<String>,
    /// The message, dots undone; only its beginning after [`Sink::keep_bytes`].
    pub message: Vec<u8>,
    /// Bytes of the whole message.
    pub length: usize,
    /// The bytes of the wire, with doubled dots, up to and with the line that ended it.
    pub wire: Vec<u8>,
    /// It came through TLS.
    pub tls: bool,
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<Rule>,
    received: Vec<Received>,
    counts: BTreeMap<Stage, usize>,
    lines: Vec<String>,
    offers_tls: bool,
    open: usize,
    open_max: usize,
    /// Bytes of each message that are kept; all if none.
    keep: Option<usize>,
}

/// The running server. It stops when dropped.
#[derive(Debug)]
pub struct Sink {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Sink {
    /// Starts one that takes everything.
    ///
    /// # Panics
    /// If it cannot listen.
    pub async fn start() -> Self {
        Self::start_at(loopback::socket(2525)).await
    }

    /// Starts one at this address.
    ///
    /// # Panics
    /// As [`Sink::start`].
    #[expect(clippy::expect_used, reason = "a test without its server must stop")]
    pub async fn start_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.expect("a sink");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State::default()));
        let task = tokio::spawn(accept(listener, Arc::clone(&state)));
        Self { address, state, task }
    }

    /// Starts one that offers STARTTLS.
    ///
    /// # Panics
    /// As [`Sink::start`].
    pub async fn start_with_tls() -> Self {
        let sink = Self::start().await;
        sink.state.lock().offers_tls = true;
        sink
    }

    /// Keeps only the beginning of each message from now on, for long runs.
    pub fn keep_bytes(&self, bytes: usize) {
        self.state.lock().keep = Some(bytes);
    }

    /// Adds a rule that holds until [`Sink::behave`]. Rules of the same stage: the first that fits.
    pub fn on(&self, stage: Stage, contains: &str, act: Act) {
        self.times(usize::MAX, stage, contains, act);
    }

    /// Adds a rule that holds for so many times.
    pub fn times(&self, left: usize, stage: Stage, contains: &str, act: Act) {
        self.state.lock().rules.push(Rule { stage, contains: contains.to_owned(), act, left });
    }

    /// Adds a rule that gives a reply.
    pub fn say(&self, stage: Stage, contains: &str, reply: &str) {
        self.on(stage, contains, Act::Say(reply.to_owned()));
    }

    /// Forgets all rules.
    pub fn behave(&self) {
        self.state.lock().rules.clear();
    }

    /// What came, oldest first.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.state.lock().received.clone()
    }

    /// How many came.
    #[must_use]
    pub fn count(&self) -> usize {
        self.state.lock().received.len()
    }

    /// Takes what came; it is not counted any more.
    #[must_use]
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.state.lock().received)
    }

    /// How often a stage was reached.
    #[must_use]
    pub fn reached(&self, stage: Stage) -> usize {
        self.state.lock().counts.get(&stage).copied().unwrap_or(0)
    }

    /// Every command line that came, oldest first.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.state.lock().lines.clone()
    }

    /// The most sessions that were open at a time.
    #[must_use]
    pub fn sessions_max(&self) -> usize {
        self.state.lock().open_max
    }

    /// Waits until so many messages have come, and gives them.
    ///
    /// # Panics
    /// If they do not come in time.
    pub async fn wait_for(&self, count: usize, limit: Duration) -> Vec<Received> {
        let what = format!("{count} messages at the sink");
        wait::until_true(&what, limit, async || self.count() >= count).await;
        self.received()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    /// What to do at a stage; none: what a good server does.
    fn act(&mut self, stage: Stage, text: &str) -> Option<Act> {
        *self.counts.entry(stage).or_default() += 1;
        let fits = |rule: &&mut Rule| rule.stage == stage && rule.left > 0 && text.contains(&rule.contains);
        let rule = self.rules.iter_mut().find(fits)?;
        rule.left = rule.left.saturating_sub(1);
        Some(rule.act.clone())
    }
}

async fn accept(listener: TcpListener, state: Arc<Mutex<State>>) {
    let tls = tls::server("sink.example");
    loop {
        let Ok((stream, peer)) = listener.accept().await else { continue };
        let (state, tls) = (Arc::clone(&state), Arc::clone(&tls));
        tokio::spawn(async move {
            {
                let mut state = state.lock();
                state.open += 1;
                state.open_max = state.open_max.max(state.open);
            }
            // However it ends: the client sees it.
            drop(session::serve(stream, peer, &state, tls).await);
            state.lock().open -= 1;
        });
    }
}
