//! Against a service that answers, and one that misbehaves in every way.

use testkit::dns::TestDns;
use testkit::http_service::{HttpAct, HttpService};

use super::*;
use crate::dns::{DnsSettings, Servers};
use crate::tls::{ServerCertificate, self_made_certificate, server_config};

async fn dns(zone: &str) -> (TestDns, Dns) {
    let server = TestDns::start_text(zone).await;
    let settings = DnsSettings { servers: Servers::List(vec![server.address]), query_timeout_ms: 300, retries: 0 };
    let dns = Dns::new(&settings).unwrap();
    (server, dns)
}

fn settings() -> HttpSettings {
    HttpSettings { connect_timeout_ms: 1_000, exchange_timeout_ms: 1_000, answer_bytes_max: 1_000 }
}

/// Only a self-made certificate of nobody: tests in the clear need none.
fn nobody() -> Arc<ClientConfig> {
    let (pem, _) = self_made_certificate("nobody.example").unwrap();
    Trust::Only(pem.into_bytes()).client_config().unwrap()
}

async fn client(service: &HttpService) -> Client {
    let (_server, dns) = dns("").await;
    Client::new(Origin::parse(&format!("http://{}/api/", service.address)).unwrap(), nobody(), dns, settings())
}

fn get(target: &str) -> Request {
    Request { method: Method::Get, target: target.to_owned(), headers: Vec::new(), body: Vec::new() }
}

async fn status(act: HttpAct) -> Result<u16, HttpError> {
    let service = HttpService::start(move |_| act.clone()).await;
    client(&service).await.send(get("/")).await.map(|answer| answer.status)
}

#[tokio::test]
async fn a_request_arrives_whole_and_so_does_the_answer() {
    let service = HttpService::start(|_| HttpAct::Json(r#"{"id":1}"#.to_owned())).await;
    let client = client(&service).await;
    let request = Request {
        method: Method::Post,
        target: format!("{}/files?name=a", client.origin().prefix()),
        headers: vec![(header::AUTHORIZATION, HeaderValue::from_static("Token secret"))],
        body: vec![Bytes::from_static(b"head "), Bytes::new(), Bytes::from_static(b"file")],
    };
    let answer = client.send(request).await.unwrap();
    assert_eq!((answer.status, answer.body.as_ref()), (200, br#"{"id":1}"#.as_slice()));
    let asked = service.requests().remove(0);
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("POST", "/api/files?name=a"));
    assert_eq!(asked.body, b"head file");
    assert_eq!(asked.header("content-length"), Some("9"));
    assert_eq!(asked.header("authorization"), Some("Token secret"));
    assert_eq!(asked.header("host"), Some(service.address.to_string().as_str()));
    assert_eq!(asked.header("connection"), Some("close"));
}

#[tokio::test]
async fn redirects_are_answers_and_nobody_follows_them() {
    let elsewhere = HttpService::start(|_| HttpAct::Json("{}".to_owned())).await;
    let to = format!("HTTP/1.1 302 Found\r\nLocation: http://{}/\r\nContent-Length: 0\r\n\r\n", elsewhere.address);
    assert_eq!(status(HttpAct::Raw(to.into_bytes())).await, Ok(302));
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn every_misbehaviour_has_a_name() {
    let raw = |text: &str| HttpAct::Raw(text.as_bytes().to_vec());
    let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "a".repeat(100_000));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: y\r\n".repeat(200));
    let table = [
        (HttpAct::Json("x".repeat(1_001)), Err(HttpError::TooLarge)),
        (HttpAct::Json("x".repeat(1_000)), Ok(200)),
        (HttpAct::Endless, Err(HttpError::TooLarge)),
        (HttpAct::Hang, Err(HttpError::TimedOut)),
        (HttpAct::Slowly(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n".repeat(20)), Err(HttpError::TimedOut)),
        (HttpAct::Drop, Err(HttpError::Closed)),
        (HttpAct::Status(500), Ok(500)),
        (raw("SSH-2.0-OpenSSH_9.2\r\n"), Err(HttpError::Garbage)),
        (raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), Err(HttpError::Closed)),
        (raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n"), Err(HttpError::Closed)),
        (raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"), Ok(200)),
        (raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"), Err(HttpError::Garbage)),
        (raw(&long), Err(HttpError::Garbage)),
        (raw(&many), Err(HttpError::Garbage)),
    ];
    for (act, wanted) in table {
        let said = format!("{act:?}");
        assert_eq!(status(act).await, wanted, "{}", said.get(..80).unwrap_or(&said));
    }
}

#[tokio::test]
async fn a_certificate_must_be_trusted_and_bear_the_name() {
    let (pem, key) = self_made_certificate("cape.example").unwrap();
    let certificate = ServerCertificate::from_pem(pem.as_bytes(), key.as_bytes()).unwrap();
    let config = server_config(certificate).unwrap();
    let service = HttpService::start_tls(|_| HttpAct::Json("{}".to_owned()), config).await;
    let (ip, port) = (service.address.ip(), service.address.port());
    let (_server, dns) = dns(&format!("cape.example A {ip}\nother.example A {ip}\n")).await;
    let send = async |name: &str, tls: Arc<ClientConfig>| {
        let origin = Origin::parse(&format!("https://{name}:{port}")).unwrap();
        Client::new(origin, tls, dns.clone(), settings()).send(get("/")).await.map(|answer| answer.status)
    };
    let trusting = Trust::Only(pem.into_bytes()).client_config().unwrap();
    assert_eq!(send("cape.example", Arc::clone(&trusting)).await, Ok(200));
    assert!(matches!(send("other.example", trusting).await, Err(HttpError::Tls(_))));
    assert!(matches!(send("cape.example", nobody()).await, Err(HttpError::Tls(_))));
    assert_eq!(service.requests().len(), 1);
}

#[tokio::test]
async fn a_bad_target_is_not_sent() {
    let service = HttpService::start(|_| HttpAct::Json("{}".to_owned())).await;
    let client = client(&service).await;
    for target in ["http://elsewhere.example/", "", "/a b", "/a\r\nX: y"] {
        assert_eq!(client.send(get(target)).await.unwrap_err(), HttpError::BadRequest, "{target:?}");
    }
    assert!(service.requests().is_empty());
}

#[test]
fn origins_are_read_and_written() {
    for (text, wanted) in [
        ("https://cape.example", Ok("https://cape.example:443")),
        ("http://cape.example:8000/apiv2/", Ok("http://cape.example:8000/apiv2")),
        ("http://[2001:db8::1]:8000", Ok("http://[2001:db8::1]:8000")),
        ("ftp://cape.example", Err(OriginError::Scheme)),
        ("cape.example", Err(OriginError::Scheme)),
        ("https://", Err(OriginError::Host)),
        ("https://user:pw@cape.example", Err(OriginError::Host)),
        ("https://cape.example/a?b", Err(OriginError::Path)),
        ("https://cape.example/a b", Err(OriginError::Path)),
    ] {
        let read = Origin::parse(text).map(|origin| origin.to_string());
        assert_eq!(read, wanted.map(str::to_owned), "{text}");
    }
    assert_eq!(Origin::parse("https://cape.example").unwrap().authority(), "cape.example");
    assert_eq!(Origin::parse("https://cape.example:80").unwrap().authority(), "cape.example:80");
}

#[test]
fn nobody_to_trust_is_an_error() {
    assert_eq!(Trust::Only(b"nonsense".to_vec()).client_config().unwrap_err(), TrustError::NoCertificate);
}
