//! Addresses of this machine that nobody else uses: all of 127/8 is ours, so each server of a test gets an address of its own and
//! a port that is never taken.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU8, Ordering};

static NEXT: AtomicU8 = AtomicU8::new(1);

/// A loopback address of this process that was not given out before. The second octet is 128 or more.
///
/// # Panics
/// After 254 addresses: a single test needs no more.
#[must_use]
pub fn address() -> IpAddr {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    assert!(number != 0 && number != 255, "a test with more than 253 servers");
    let pid = std::process::id().to_le_bytes();
    IpAddr::V4(Ipv4Addr::new(127, pid[1] | 0x80, pid[0], number))
}

/// That with a port.
#[must_use]
pub fn socket(port: u16) -> SocketAddr {
    SocketAddr::new(address(), port)
}

/// `::1` with a port that is free at this moment; none where this machine has no such address. There is only one, so ports differ.
#[must_use]
pub fn ipv6_socket() -> Option<SocketAddr> {
    TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).ok()
}
