//! The envelope: who spoke to us, and what the SMTP commands said, apart from anything the message says of itself
//! (RFC 5321 2.3.1).

use std::net::IpAddr;

use crate::address::{Address, ReversePath};
use crate::timestamp::Timestamp;

/// Everything known of a message before its first byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The peer at the other end of the connection.
    pub client: Client,
    /// What it called itself.
    pub helo: Helo,
    /// MAIL FROM.
    pub sender: ReversePath,
    /// RCPT TO, in order, each once.
    pub recipients: Vec<Recipient>,
    /// When the end of data arrived; it is "now" for the whole line.
    pub received_at: Timestamp,
    /// BODY= of MAIL FROM (RFC 6152).
    pub body: BodyType,
}

/// The peer of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its address; an IPv4-mapped IPv6 address is stored as IPv4.
    pub ip: IpAddr,
    /// Its port; 0 where there was no connection (a scan from the command line).
    pub port: u16,
    /// TLS of the session, if STARTTLS was used.
    pub tls: Option<TlsSession>,
}

/// What was agreed in a TLS handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSession {
    /// For instance `TLSv1.3`.
    pub version: String,
    /// For instance `TLS13_AES_256_GCM_SHA384`.
    pub cipher: String,
}

/// The argument of HELO or EHLO.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Helo {
    /// As sent, printable ASCII, at most 255 bytes.
    pub name: String,
    /// EHLO was used (the `Received` field says ESMTP then).
    pub extended: bool,
}

/// What MAIL FROM said of the body (RFC 6152).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum BodyType {
    /// Seven bits, or nothing said.
    #[default]
    SevenBit,
    /// `BODY=8BITMIME`.
    EightBitMime,
}

/// One recipient and what settings say of it. Direction is the recipient's, not the message's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// RCPT TO.
    pub address: Address,
    /// Whose it is.
    pub tenant: TenantId,
    /// Into one of our domains, or out of them.
    pub direction: Direction,
    /// Groups of the directory it is a member of.
    pub groups: Vec<GroupId>,
}

/// Which way a recipient's copy travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// To a domain that we relay for.
    Inbound,
    /// From a listed internal address to anywhere.
    Outbound,
}

impl Direction {
    /// `inbound` or `outbound`, as in settings and JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }
}

/// An organisation whose mail is kept apart from all others. The embedded store has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantId(pub u32);

impl TenantId {
    /// Events before a recipient is known belong to the gateway itself.
    pub const GATEWAY: Self = Self(0);
    /// The one tenant of the embedded default.
    pub const DEFAULT: Self = Self(1);
}

/// A group of recipients, by the name that settings give it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupId(pub String);
