//! Handshakes over an in-memory pipe.

use rustls_pki_types::ServerName;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::*;

fn certificate(hostname: &str) -> Arc<ServerCertificate> {
    let (certificate, key) = self_made_certificate(hostname).unwrap();
    ServerCertificate::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap()
}

async fn handshake(server: Arc<ServerConfig>) -> (Vec<u8>, TlsSession) {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let name = ServerName::try_from("mx.example.org").unwrap();
    let connector = TlsConnector::from(opportunistic_client_config().unwrap());
    let (client, accepted) = futures_util::join!(connector.connect(name, near), TlsAcceptor::from(server).accept(far));
    accepted.unwrap();
    let client = client.unwrap();
    let connection = client.get_ref().1;
    let shown = connection.peer_certificates().unwrap()[0].to_vec();
    let session = session(connection).unwrap();
    (shown, session)
}

#[tokio::test]
async fn any_certificate_encrypts_and_a_new_one_takes_over() {
    let certificate = certificate("mx.example.net");
    let config = server_config(Arc::clone(&certificate)).unwrap();
    let (first, session) = handshake(Arc::clone(&config)).await;
    assert_eq!(session.version, "TLSv1.3");
    assert!(session.cipher.starts_with("TLS13_"), "{}", session.cipher);

    let (pem, key) = self_made_certificate("other.example.net").unwrap();
    certificate.replace(pem.as_bytes(), key.as_bytes()).unwrap();
    let (second, _) = handshake(config).await;
    assert_ne!(first, second);
}

#[test]
fn what_is_wrong_is_said() {
    let (pem, key) = self_made_certificate("mx.example.net").unwrap();
    let (_, other_key) = self_made_certificate("mx.example.net").unwrap();
    let read = |pem: &str, key: &str| ServerCertificate::from_pem(pem.as_bytes(), key.as_bytes());
    assert!(matches!(read("", &key), Err(TlsError::NoCertificate)));
    assert!(matches!(read(&pem, "nonsense"), Err(TlsError::NoKey)));
    assert!(matches!(read(&pem, &other_key), Err(TlsError::Mismatch(_))));
}

#[tokio::test]
async fn a_bad_replacement_leaves_the_old_certificate() {
    let certificate = certificate("mx.example.net");
    assert!(certificate.replace(b"", b"").is_err());
    let config = server_config(certificate).unwrap();
    assert!(!handshake(config).await.0.is_empty());
}
