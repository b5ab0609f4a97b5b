//! Sockets: bound before privileges go, accepted from until the stop.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use net::stream::Stream;
use policy::admission::Listener;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::config::Config;
use crate::control::protocol::Fault;
use crate::session::{Conversation, Front};
use crate::stop::{self, Stop};

/// Name of systemd's sockets for outbound mail; all others are inbound.
const OUTBOUND_SOCKET_NAME: &str = "outbound";
/// Wait after a failed accept (no descriptors left): sessions that end give some back.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Sockets that are bound and belong to no runtime yet.
pub(crate) struct Bound {
    smtp: Vec<(Listener, std::net::TcpListener)>,
    http: Option<std::net::TcpListener>,
}

/// The same within the runtime.
pub(crate) struct Sockets {
    pub(crate) smtp: Vec<(Listener, TcpListener)>,
    pub(crate) http: Option<TcpListener>,
}

impl Bound {
    /// Binds what the configuration names, or takes what systemd passed. Needs a runtime to be entered.
    ///
    /// # Errors
    /// Which of them cannot be bound, and why.
    pub(crate) fn bind(config: &Config) -> Result<Self, Fault> {
        let passed_badly = |error| Fault::unavailable(format!("sockets passed by systemd: {error}"), "");
        let mut smtp = Vec::new();
        for passed in net::listen::from_systemd().map_err(passed_badly)? {
            let role = if passed.name == OUTBOUND_SOCKET_NAME { Listener::Outbound } else { Listener::Inbound };
            smtp.push((role, passed.listener.into_std().map_err(passed_badly)?));
        }
        let data = &config.values.data;
        if smtp.is_empty() {
            for address in &config.values.inbound.listen {
                smtp.push((Listener::Inbound, bind_one("inbound.listen", *address, data)?));
            }
            for address in &config.values.outbound.listen {
                smtp.push((Listener::Outbound, bind_one("outbound.listen", *address, data)?));
            }
        }
        let http = config.values.http.listen.map(|address| bind_one("http.listen", address, data)).transpose()?;
        Ok(Self { smtp, http })
    }

    /// Addresses of the mail listeners.
    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        self.smtp.iter().filter_map(|(_, listener)| listener.local_addr().ok()).collect()
    }

    /// Moves them into the runtime that is entered.
    pub(crate) fn into_sockets(self) -> std::io::Result<Sockets> {
        let smtp = self.smtp.into_iter().map(|(role, listener)| Ok((role, TcpListener::from_std(listener)?)));
        let http = self.http.map(TcpListener::from_std).transpose()?;
        Ok(Sockets { smtp: smtp.collect::<std::io::Result<_>>()?, http })
    }
}

fn bind_one(key: &str, address: SocketAddr, data: &Path) -> Result<std::net::TcpListener, Fault> {
    net::listen::bind(address)
        .and_then(tokio::net::TcpListener::into_std)
        .map_err(|error| unbound(key, address, data, &error))
}

// The system says why; each reason has another remedy.
fn unbound(key: &str, address: SocketAddr, data: &Path, error: &std::io::Error) -> Fault {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::AddrInUse if store::lock::is_held(data) => {
            let message = format!("{key} {address}: Postern runs already, on the data folder {}", data.display());
            Fault::unavailable(
                message,
                "postern status says how it is, postern reload makes it read its configuration again",
            )
        }
        ErrorKind::AddrInUse => {
            let hint = format!("ss -ltnp 'sport = :{}' names the program", address.port());
            Fault::unavailable(format!("{key} {address}: the port is in use"), hint)
        }
        ErrorKind::PermissionDenied => {
            let hint = "ports below 1024 need root or CAP_NET_BIND_SERVICE";
            Fault::unavailable(format!("{key} {address}: this user may not listen there"), hint)
        }
        ErrorKind::AddrNotAvailable => {
            let hint = "`ip address` lists the addresses of this machine";
            Fault::unavailable(format!("{key} {address}: this machine does not have that address"), hint)
        }
        _ => Fault::unavailable(format!("{key} {address}: {error}"), ""),
    }
}

/// Accepts until the stop, then waits for the sessions to end. Dropping it cuts them off.
pub(super) async fn accept(role: Listener, listener: TcpListener, front: Arc<Front>, mut stop: watch::Receiver<Stop>) {
    let mut sessions = JoinSet::new();
    while *stop.borrow() == Stop::Not {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    sessions.spawn(converse(role, stream, peer, Arc::clone(&front), stop.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            // Sessions that ended are let go of.
            Some(_) = sessions.join_next(), if !sessions.is_empty() => {}
            () = stop::reached(&mut stop, Stop::BetweenMessages) => break,
        }
    }
    drop(listener);
    while sessions.join_next().await.is_some() {}
}

async fn converse(
    role: Listener,
    mut stream: TcpStream,
    peer: SocketAddr,
    front: Arc<Front>,
    stop: watch::Receiver<Stop>,
) {
    let entered = match front.enter(peer.ip().to_canonical()) {
        Ok(entered) => entered,
        Err(refused) => {
            let line = front.refuse_connection(peer.ip().to_canonical(), &refused).await;
            // It is told and closed; whether it listens is its affair.
            drop(stream.write_all(line.as_bytes()).await);
            return;
        }
    };
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "nodelay");
    }
    Conversation::new(front, role, Stream::Plain(stream), peer).run(stop).await;
    drop(entered);
}
