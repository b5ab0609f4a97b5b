//! The daemon's end of the control socket: Unix socket of mode 0600, peer's user checked, one JSON line each way.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

use super::handlers::{self, Handlers};
use super::protocol::{Answer, Fault, LINE_BYTES_MAX, Request};

/// Mode of the socket: the daemon's user and root.
const SOCKET_MODE: u32 = 0o600;

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

/// Answers until `stop` says true.
pub(crate) async fn serve(listener: UnixListener, handlers: Handlers, mut stop: watch::Receiver<bool>) {
    let own = rustix::process::geteuid().as_raw();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "control socket");
                    continue;
                }
            },
            _ = stop.changed() => return,
        };
        let peer = stream.peer_cred().map(|credentials| credentials.uid());
        if !peer.as_ref().is_ok_and(|uid| *uid == own || *uid == 0) {
            tracing::warn!(?peer, "a stranger knocked at the control socket");
            continue;
        }
        tokio::spawn(converse(stream, handlers.clone()));
    }
}

async fn converse(stream: UnixStream, handlers: Handlers) {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut reader = BufReader::new(read.take(LINE_BYTES_MAX));
    if reader.read_line(&mut line).await.is_err() || line.is_empty() {
        return;
    }
    let answer = match serde_json::from_str::<Request>(&line) {
        Ok(request) => handlers::answer(&handlers, request).await,
        Err(error) => Answer::Failed(Fault::usage(format!("the request does not read: {error}"), "")),
    };
    let Ok(mut text) = serde_json::to_vec(&answer) else { return };
    text.push(b'\n');
    if let Err(error) = write.write_all(&text).await {
        tracing::debug!(%error, "a command went away before its answer");
    }
}
