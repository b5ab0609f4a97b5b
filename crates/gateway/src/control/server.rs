//! The daemon's end of the control socket: Unix socket of mode 0600, peer's user checked, one JSON line each way.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::handlers::{self, Handlers};
use super::protocol::{Answer, Fault, LINE_BYTES_MAX, Request};
use crate::privileges;

/// Mode of the socket: the daemon's user and root.
const SOCKET_MODE: u32 = 0o600;

/// Time for a command to say what it wants.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// Time for answers that are under way when the end comes.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
/// Wait after a failed accept (no descriptors left).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Makes the socket. The caller holds the lock of the data folder, so an old socket is nobody's.
///
/// # Errors
/// If the folder cannot be written.
pub(crate) fn bind(data: &Path) -> std::io::Result<UnixListener> {
    let path = data.join("control.sock");
    if let Err(error) = std::fs::remove_file(&path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(SOCKET_MODE))?;
    Ok(listener)
}

/// Answers until `stop` says true, then finishes the answers that are under way: what was done is told.
pub(crate) async fn serve(listener: UnixListener, handlers: Handlers, mut stop: watch::Receiver<bool>) {
    let own = rustix::process::geteuid().as_raw();
    let mut conversations = JoinSet::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "control socket");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
            // Those that ended are let go of.
            Some(_) = conversations.join_next(), if !conversations.is_empty() => continue,
            _ = stop.changed() => break,
        };
        let peer = stream.peer_cred().map(|credentials| credentials.uid());
        match peer {
            Ok(uid) if uid == own || uid == 0 => conversations.spawn(converse(stream, handlers.clone(), uid)),
            peer => {
                tracing::warn!(?peer, "a stranger knocked at the control socket");
                continue;
            }
        };
    }
    drop(listener);
    let answered = tokio::time::timeout(ANSWER_TIMEOUT, async { while conversations.join_next().await.is_some() {} });
    if answered.await.is_err() {
        tracing::warn!(commands = conversations.len(), "commands were not answered before the end");
    }
}

async fn converse(stream: UnixStream, handlers: Handlers, uid: u32) {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut reader = BufReader::new(read.take(LINE_BYTES_MAX));
    let asked = tokio::time::timeout(REQUEST_TIMEOUT, reader.read_line(&mut line)).await;
    if !matches!(asked, Ok(Ok(length)) if length > 0) {
        return;
    }
    let answer = match serde_json::from_str::<Request>(&line) {
        Ok(request) => handlers::answer(&handlers, request, &privileges::user_name(uid)).await,
        Err(error) => Answer::Failed(Fault::usage(format!("the request does not read: {error}"), "")),
    };
    let Ok(mut text) = serde_json::to_vec(&answer) else { return };
    text.push(b'\n');
    if let Err(error) = write.write_all(&text).await {
        tracing::debug!(%error, "a command went away before its answer");
    }
}
