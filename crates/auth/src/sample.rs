//! For tests: a DNS server with a zone, keys that sign, and a message put through the whole of authentication.

use bytes::Bytes;
use data_encoding::BASE64;
use mail::address::{Address, ReversePath};
use mail::message::Message;
use mail::timestamp::Timestamp;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::{Canonicalization, DkimSigner, Done};
use net::dns::{Dns, DnsBudget, DnsSettings, Servers};
use scan::auth::AuthResults;
use testkit::dns::TestDns;

use crate::{Input, authenticate};

/// The moment at which every sample arrives: later than any signature made today.
pub(crate) const NOW: Timestamp = Timestamp::from_unix_millis(4_000_000_000_000);

/// A zone that is served, and a resolver that asks for it.
pub(crate) struct World {
    pub(crate) server: TestDns,
    pub(crate) dns: Dns,
}

impl World {
    pub(crate) async fn new(zone: &str) -> Self {
        let server = TestDns::start_text(zone).await;
        let settings = DnsSettings { servers: Servers::List(vec![server.address]), query_timeout_ms: 700, retries: 0 };
        Self { dns: Dns::new(&settings).unwrap(), server }
    }

    pub(crate) async fn run(&self, sender: &str, raw: &str) -> AuthResults {
        self.run_bytes(sender, raw.as_bytes().to_vec()).await
    }

    pub(crate) async fn run_bytes(&self, sender: &str, raw: Vec<u8>) -> AuthResults {
        let message = Message::parse(Bytes::from(raw));
        let sender = Address::parse(sender).map_or(ReversePath::Null, ReversePath::Address);
        let input = Input {
            client_ip: "192.0.2.1".parse().unwrap(),
            helo: "mx.example.org",
            sender: &sender,
            message: &message,
            received_at: NOW,
        };
        authenticate(&input, &self.dns, &DnsBudget::of_a_message()).await
    }
}

/// A signing key.
pub(crate) struct Key(Vec<u8>);

impl Key {
    pub(crate) fn new() -> Self {
        Self(Ed25519Key::generate_pkcs8().unwrap())
    }

    fn key(&self) -> Ed25519Key {
        Ed25519Key::from_pkcs8_der(&self.0).unwrap()
    }

    /// The text of its record.
    pub(crate) fn record(&self) -> String {
        format!("v=DKIM1; k=ed25519; p={}", BASE64.encode(&self.key().public_key()))
    }

    /// A signer for selector `s1`, relaxed header, simple body.
    pub(crate) fn signer(&self, domain: &str, fields: &[&str]) -> DkimSigner<Ed25519Key, Done> {
        DkimSigner::from_key(self.key())
            .domain(domain)
            .selector("s1")
            .headers(fields.iter().copied())
            .body_canonicalization(Canonicalization::Simple)
    }
}

/// The message with a signature on top.
pub(crate) fn signed(signer: &DkimSigner<Ed25519Key, Done>, raw: &str) -> String {
    format!("{}{raw}", signer.sign(raw.as_bytes()).unwrap().to_header())
}
