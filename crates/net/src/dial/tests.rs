//! Which hosts are read, and which addresses are never connected to.

use testkit::dns::TestDns;
use tokio::net::TcpListener;

use super::*;
use crate::dns::{DnsSettings, Servers};

const LIMIT: Duration = Duration::from_secs(2);

async fn resolver(zone: &str) -> (TestDns, Dns) {
    let server = TestDns::start_text(zone).await;
    let settings = DnsSettings { servers: Servers::List(vec![server.address]), query_timeout_ms: 300, retries: 0 };
    let dns = Dns::new(&settings).unwrap();
    (server, dns)
}

#[test]
fn hosts_are_read_and_written() {
    let read = |text: &str| Host::parse(text, Some(80)).map(|host| host.to_string());
    for (text, wanted) in [
        ("AV.example.org:3310", Some("av.example.org:3310")),
        ("av.example.org", Some("av.example.org:80")),
        ("192.0.2.1:1344", Some("192.0.2.1:1344")),
        ("[2001:db8::1]:1344", Some("[2001:db8::1]:1344")),
        ("[2001:db8::1]", Some("[2001:db8::1]:80")),
        ("2001:db8::1", Some("[2001:db8::1]:80")),
        ("", None),
        (":80", None),
        ("host:0", None),
        ("host:99999", None),
        ("[host]:80", None),
        ("a host:80", None),
        ("user@host:80", None),
        ("host\r\nX: y:80", None),
    ] {
        assert_eq!(read(text).as_deref(), wanted, "{text:?}");
    }
    assert_eq!(Host::parse("host", None), None);
}

#[tokio::test]
async fn names_lead_to_addresses_and_localhost_needs_no_dns() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (server, dns) = resolver("av.example A 127.0.0.1\n").await;
    for name in ["av.example", "localhost", "127.0.0.1"] {
        let host = Host { name: name.to_owned(), port };
        assert!(host.connect(&dns, LIMIT).await.is_ok(), "{name}");
    }
    assert_eq!(server.names_asked(), ["av.example"]);
}

#[tokio::test]
async fn some_addresses_are_never_connected_to() {
    let zone = "rebound.example A 169.254.169.254\nnowhere.example A 0.0.0.0\nmapped.example AAAA ::ffff:169.254.169.254\n\
                ec2.example AAAA fd00:ec2::254\nlink.example AAAA fe80::1\nalibaba.example A 100.100.100.200\n\
                many.example A 224.0.0.1\n";
    let (_server, dns) = resolver(zone).await;
    let names = ["rebound.example", "nowhere.example", "mapped.example", "ec2.example", "link.example"];
    for name in names.into_iter().chain(["alibaba.example", "many.example", "169.254.169.254", "::"]) {
        let host = Host { name: name.to_owned(), port: 80 };
        assert_eq!(host.connect(&dns, LIMIT).await.unwrap_err(), DialError::Forbidden, "{name}");
    }
}

#[tokio::test]
async fn trouble_has_a_name() {
    let (_server, dns) = resolver("slow.example TIMEOUT\n").await;
    let connect = async |name: &str, port| {
        Host { name: name.to_owned(), port }.connect(&dns, Duration::from_millis(600)).await.unwrap_err()
    };
    assert_eq!(connect("none.example", 80).await, DialError::Dns(DnsError::NoSuchName));
    assert_eq!(connect("slow.example", 80).await, DialError::Dns(DnsError::Timeout));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    assert_eq!(connect("127.0.0.1", port).await, DialError::Refused);
}
