//! Asks a next hop whether it would take a recipient: MAIL and RCPT, then RSET. Nothing is delivered.

use std::sync::Arc;
use std::time::Duration;

use mail::address::{Address, ReversePath};
use net::dns::Dns;
use smtp::reply::{Enhanced, Reply, ReplyClass, ReplyReader};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::delivery::target;
use crate::route::Route;

/// Time for a connection and for each reply.
const STEP_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of one read.
const READ_BYTES: usize = 4096;

/// What the next hop says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probed {
    /// It would take mail for the recipient.
    Accepted,
    /// It would not, for good, since there is no such recipient: its reply.
    Refused(String),
    /// It cannot be asked, says "later", or refuses for a reason that is not the recipient's existence: why.
    CannotTell(String),
}

/// Asks next hops.
pub struct Probe {
    dns: Arc<Dns>,
    hostname: String,
}

impl Probe {
    /// Asks in the name of `hostname`.
    #[must_use]
    pub const fn new(dns: Arc<Dns>, hostname: String) -> Self {
        Self { dns, hostname }
    }

    /// Asks the first host of the route that answers.
    pub async fn recipient(&self, route: &Route, address: &Address, sender: &ReversePath) -> Probed {
        let targets = match target::find(route, address.domain().as_str(), &self.dns, &self.hostname).await {
            Ok(targets) => targets,
            Err(none) => return Probed::CannotTell(none.reason),
        };
        let mut last = Probed::CannotTell("the next hop does not answer".to_owned());
        for target in targets {
            let stream = match tokio::time::timeout(STEP_TIMEOUT, TcpStream::connect(target.address)).await {
                Ok(Ok(stream)) => stream,
                Ok(Err(error)) => {
                    last = Probed::CannotTell(format!("{target}: {error}"));
                    continue;
                }
                Err(_) => {
                    last = Probed::CannotTell(format!("{target}: connection timed out"));
                    continue;
                }
            };
            match self.converse(stream, address, sender).await {
                Some(reply) => return of_reply(&reply),
                None => last = Probed::CannotTell(format!("{target}: the conversation broke off")),
            }
        }
        last
    }

    // The reply to RCPT, or of the command that was refused before it; that one says nothing of the recipient.
    async fn converse(&self, mut stream: TcpStream, address: &Address, sender: &ReversePath) -> Option<Reply> {
        let mut reader = ReplyReader::default();
        let greeting = read(&mut stream, &mut reader).await?;
        let mut replies = vec![greeting];
        for command in [
            format!("EHLO {}\r\n", self.hostname),
            format!("MAIL FROM:<{sender}>\r\n"),
            format!("RCPT TO:<{address}>\r\n"),
        ] {
            if !replies.last()?.is_positive() {
                return None;
            }
            stream.write_all(command.as_bytes()).await.ok()?;
            replies.push(read(&mut stream, &mut reader).await?);
        }
        // Politeness; the answer is known.
        drop(stream.write_all(b"RSET\r\nQUIT\r\n").await);
        replies.pop()
    }
}

async fn read(stream: &mut TcpStream, reader: &mut ReplyReader) -> Option<Reply> {
    loop {
        match reader.read() {
            Some(Ok(reply)) => return Some(reply),
            Some(Err(_)) => return None,
            None => {}
        }
        let mut buffer = [0; READ_BYTES];
        let length = tokio::time::timeout(STEP_TIMEOUT, stream.read(&mut buffer)).await.ok()?.ok()?;
        if length == 0 {
            return None;
        }
        reader.receive(buffer.get(..length)?);
    }
}

fn of_reply(reply: &Reply) -> Probed {
    match reply.class() {
        ReplyClass::Positive => Probed::Accepted,
        ReplyClass::Permanent if denies_existence(reply) => Probed::Refused(reply.text()),
        ReplyClass::Permanent | ReplyClass::Intermediate | ReplyClass::Transient => {
            Probed::CannotTell(reply.to_string())
        }
    }
}

// A full mailbox exists, and a next hop whose policy refuses us or the null sender says nothing of anybody: mail that is
// refused for that would be lost for all recipients by one mistake there.
fn denies_existence(reply: &Reply) -> bool {
    match reply.enhanced() {
        // RFC 3463 3.2: no such mailbox, bad syntax of it, it has moved. The others of this subject are of the sender, of the
        // domain, or of several mailboxes. 5.1.10 is a null MX (RFC 7505 4.2); Exchange says it of unknown recipients.
        Some(Enhanced { subject, detail, .. }) => subject == 1 && matches!(detail, 1 | 3 | 6 | 10),
        // RFC 5321 4.2.3: mailbox unavailable, user not local, mailbox name not allowed.
        None => matches!(reply.code(), 550 | 551 | 553),
    }
}
