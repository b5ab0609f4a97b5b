//! Whole messages: read in every way, opened, and looked at by all detectors.

use std::net::Ipv4Addr;

use ::unpack::{Budget, Limits, unpack};
use anyhow::Result;
use bytes::Bytes;
use detect::Knowledge;
use mail::address::ReversePath;
use mail::envelope::{BodyType, Client, Envelope, Helo};
use mail::id::MailId;
use mail::message::Message;
use mail::timestamp::Timestamp;
use scan::auth::AuthResults;
use scan::facts::Facts;
use scan::{Scan, ScanId};

use super::{Row, filled};
use crate::fuzz::usage::{measured, thread_time};

/// A name, what comes once, what is repeated behind it.
const MESSAGES: &[(&str, &[u8], &[u8])] = &[
    ("parts.eml", b"Content-Type: multipart/mixed; boundary=a\r\n\r\n", b"--a\r\nContent-Type: text/plain\r\n\r\nhello there\r\n"),
    ("encodings.eml", b"Content-Type: multipart/mixed; boundary=a\r\n\r\n", b"--a\r\nContent-Type: text/html; name=a.html\r\nContent-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nPGI+YTwvYj4=\r\n"),
    ("messages.eml", b"Content-Type: multipart/digest; boundary=a\r\n\r\n", b"--a\r\n\r\nSubject: b\r\n\r\nhttp://a.example\r\n"),
    ("boundaries.eml", b"Content-Type: multipart/mixed; boundary=a; boundary=b; boundary*=c\r\n\r\n", b"--a\r\n\r\n--b\r\n\r\n--c\r\n\r\nx\r\n"),
    ("fields.eml", b"", b"Content-Disposition: attachment; filename*0*=utf-8''a; filename*1=b; filename=c.exe\r\n"),
    ("parameters.eml", b"Content-Type: text/plain", b"; name*0=a; name=\"=?utf-8?q?b?=\""),
    ("words.eml", b"Subject:", b" =?utf-8?b?YQ==?=\r\n =?iso-2022-jp?q?a?="),
    ("addresses.eml", b"To:", b" a (b) <@c,@d:e@f.example>,"),
    ("parted.eml", b"From: <", b"c "),
    ("groups.eml", b"From: a a a a a a a a x@y.example", b" :"),
    ("senders.eml", b"From:", b" \"CEO\\\" <ceo@corp.example>\", <a@b.example>,"),
    ("senders_of_many.eml", b"From:", b" \"a <b@c.d.example>\",a@b.e.example,"),
    ("bare.eml", b"Subject: a\r\n", b"X: a\rY: b\n\0"),
];

/// What each of them takes.
pub(super) fn all() -> Result<impl Iterator<Item = Result<Row>>> {
    let knowledge = Knowledge::built_in(Vec::new())?;
    Ok(MESSAGES.iter().map(move |(name, start, repeated)| {
        let raw = filled(start, repeated);
        let (_, usage) = measured(|| judge(raw, &knowledge))?;
        Ok(Row { name, mebibytes: 1, usage })
    }))
}

/// All is measured together: it is for the same mebibyte.
fn judge(raw: Bytes, knowledge: &Knowledge) -> usize {
    let message = Message::parse(raw);
    let request = pipeline::open::request(&message);
    let content = unpack(&request, &mut Budget::with_clock(Limits::default(), thread_time));
    let scan = Scan {
        id: ScanId(0),
        mail: MailId::from_bytes([7; 16]),
        envelope: envelope(),
        message,
        content,
        auth: AuthResults::none(),
        facts: Facts::none(),
        findings: Default::default(),
    };
    detect::detect(&scan, knowledge).len()
}

fn envelope() -> Envelope {
    Envelope {
        client: Client { ip: Ipv4Addr::LOCALHOST.into(), port: 25, tls: None },
        helo: Helo { name: "mail.sender.example".to_owned(), extended: true },
        sender: ReversePath::Null,
        recipients: Vec::new(),
        received_at: Timestamp::from_unix_millis(1_795_000_000_000),
        body: BodyType::SevenBit,
    }
}
