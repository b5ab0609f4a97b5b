//! Drives whole machines with bytes from anywhere, for fuzzing: nothing here may panic, grow without bound or run on.
//! The first byte of the data says how the rest is cut into writes.

use std::sync::Arc;

use bytes::Bytes;
use mail::address::{Address, ReversePath};
use mail::envelope::{BodyType, TlsSession};

use crate::client::{Client, Job, Step as ClientStep, Stuffer, TlsUse};
use crate::reply::Reply;
use crate::server::{Answer, Session, Settings, Step};

/// Messages that a client of the fuzzer tries to deliver in one session.
const JOBS_MAX: usize = 3;

/// What a session of the server came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// The messages that were accepted.
    pub messages: Vec<Vec<u8>>,
    /// Everything that was written.
    pub written: Vec<u8>,
}

/// All machines with the same data, and a reply that quotes it.
pub fn all(data: &[u8]) {
    let (cut, input) = split_cut(data);
    let _ = server(input.chunks(cut));
    let _ = client(input.chunks(cut));
    let _ = stuff(data);
    let _ = Reply::new(550, None, &String::from_utf8_lossy(input)).to_wire();
}

/// One session of the server that gets these writes; every question is answered with yes.
pub fn server<'a>(writes: impl IntoIterator<Item = &'a [u8]>) -> Served {
    let settings = Settings { offers_tls: true, size_bytes_max: 4_096, recipients_max: 4, ..Settings::default() };
    let mut session = Session::new(Arc::new(settings), "abc123defg".to_owned());
    let mut writes = writes.into_iter();
    let (mut served, mut body) = (Served::default(), Vec::new());
    loop {
        match session.step() {
            Step::NeedInput => match writes.next() {
                Some(bytes) => session.receive(bytes),
                None => return served,
            },
            Step::Send(reply) => served.written.extend_from_slice(&reply.to_wire()),
            Step::Refuse(refusal) => served.written.extend_from_slice(&refusal.reply.to_wire()),
            Step::Decide(_) => session.answer(Answer::Accept),
            Step::StartTls => session.tls_started(TlsSession { version: String::new(), cipher: String::new() }),
            Step::Body(part) => body.extend_from_slice(&part),
            Step::Discard => body.clear(),
            Step::EndOfData => {
                served.messages.push(std::mem::take(&mut body));
                session.answer(Answer::Accept);
            }
            Step::Close => return served,
        }
    }
}

/// One session of the client with a server that sends these writes. Returns what the client sent.
pub fn client<'a>(writes: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut client = Client::new("gateway.example".to_owned(), TlsUse::Opportunistic);
    let mut writes = writes.into_iter();
    let (mut written, mut jobs) = (Vec::new(), 0_usize..JOBS_MAX);
    loop {
        match client.step() {
            ClientStep::Send(bytes) => written.extend_from_slice(&bytes),
            ClientStep::Wait(_) => match writes.next() {
                Some(bytes) => client.receive(bytes),
                None => return written,
            },
            ClientStep::StartTls => client.tls_started(),
            ClientStep::Ready if jobs.next().is_some() => client.start(job()),
            ClientStep::Ready => client.quit(),
            ClientStep::SendBody => client.body_sent(),
            ClientStep::Done(_) | ClientStep::Failed(_) => {}
            ClientStep::Close => return written,
        }
    }
}

/// A message made fit for DATA.
#[must_use]
pub fn stuff(data: &[u8]) -> Vec<u8> {
    let (cut, input) = split_cut(data);
    let mut stuffer = Stuffer::default();
    let mut out = Vec::new();
    for piece in input.chunks(cut) {
        out.extend_from_slice(&stuffer.push(&Bytes::copy_from_slice(piece)));
    }
    out.extend_from_slice(&stuffer.finish());
    out
}

fn split_cut(data: &[u8]) -> (usize, &[u8]) {
    data.split_first().map_or((1, data), |(cut, rest)| (usize::from(*cut).max(1), rest))
}

fn job() -> Job {
    let recipients = ["bob@corp.example", "eve@corp.example"].into_iter().filter_map(|text| Address::parse(text).ok());
    Job { sender: ReversePath::Null, recipients: recipients.collect(), size_bytes: 1_000, body: BodyType::EightBitMime }
}
