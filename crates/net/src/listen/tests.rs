//! Both families side by side; a number from outside is checked.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::AsRawFd;

use super::*;

#[tokio::test]
async fn both_families_share_a_port() {
    let four = bind(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))).unwrap();
    let port = four.local_addr().unwrap().port();
    let Ok(six) = bind(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port))) else {
        assert!(std::net::TcpListener::bind("[::1]:0").is_err(), "IPv6 is there, yet the second bind fails");
        return;
    };
    assert_eq!(six.local_addr().unwrap().port(), port);
    assert!(bind(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))).is_err(), "the same address twice");
}

#[tokio::test]
async fn a_passed_descriptor_is_duplicated() {
    let listener = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let socket = Socket::from(duplicate(listener.as_raw_fd()).unwrap());
    assert!(socket.is_listener().unwrap());
    assert_eq!(socket.local_addr().unwrap().as_socket(), Some(listener.local_addr().unwrap()));
    assert!(duplicate(9_999).is_err());
}

#[tokio::test]
async fn without_systemd_nothing_is_passed() {
    assert!(from_systemd().unwrap().is_empty());
}
