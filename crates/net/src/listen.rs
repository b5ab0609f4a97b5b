//! Listening sockets: bound by us, or handed over by systemd (sd_listen_fds(3)).

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;

use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use tokio::net::TcpListener;

/// Connections that may wait to be accepted.
const BACKLOG_CONNECTIONS: i32 = 1024;

/// Binds and listens. An IPv6 address takes IPv6 only, so that `[::]` and `0.0.0.0` stand side by side. Inside a tokio
/// runtime.
///
/// # Errors
/// What the system says, for instance that the address is in use.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::from(address))?;
    socket.listen(BACKLOG_CONNECTIONS)?;
    TcpListener::from_std(socket.into())
}

/// A listener that systemd opened for us.
#[derive(Debug)]
pub struct Passed {
    /// `FileDescriptorName=` of the socket unit.
    pub name: String,
    /// The listener.
    pub listener: TcpListener,
}

/// The listening sockets that systemd passed to this process; none where it passed none. The numbers it names are
/// duplicated, so each call gives new descriptors. Inside a tokio runtime.
///
/// # Errors
/// If what was passed is no listening TCP socket, or its number is not open.
pub fn from_systemd() -> io::Result<Vec<Passed>> {
    let mut passed = Vec::new();
    for (number, name) in sd_notify::listen_fds_with_names()? {
        let socket = Socket::from(duplicate(number)?);
        if !socket.is_listener()? {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("descriptor {number} does not listen")));
        }
        socket.set_nonblocking(true)?;
        passed.push(Passed { name, listener: TcpListener::from_std(socket.into())? });
    }
    Ok(passed)
}

/// A descriptor of our own for a number that somebody tells us. `pidfd_getfd` on ourselves checks the number, where
/// taking it over would have to believe it.
fn duplicate(number: i32) -> io::Result<OwnedFd> {
    let ourselves = pidfd_open(getpid(), PidfdFlags::empty())?;
    Ok(pidfd_getfd(ourselves, number, PidfdGetfdFlags::empty())?)
}

/// Tells systemd that the service is ready; without systemd nothing happens.
pub fn notify_ready() {
    notify(&[sd_notify::NotifyState::Ready]);
}

/// Tells systemd that the configuration is being read again.
pub fn notify_reloading() {
    notify(&[sd_notify::NotifyState::Reloading]);
}

/// Tells systemd that the service is ending.
pub fn notify_stopping() {
    notify(&[sd_notify::NotifyState::Stopping]);
}

// A service manager that does not listen is no reason not to serve.
fn notify(states: &[sd_notify::NotifyState<'_>]) {
    drop(sd_notify::notify(states));
}

#[cfg(test)]
mod tests;
