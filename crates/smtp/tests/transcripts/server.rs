//! Runs a transcript against the server: the driver relays for `corp.example` and knows everybody there but `nobody`.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::Arc;

use mail::envelope::TlsSession;
use smtp::command::ForwardPath;
use smtp::replies::{self, Reason};
use smtp::reply::Reply;
use smtp::server::{Answer, Request, Session, Settings, Step};

use crate::script::{Cut, Item, Script, escape, fold};

/// Bytes of a message that are shown.
const SHOWN_BYTES: usize = 200;

#[derive(Default)]
struct Envelope {
    text: String,
    body: Vec<u8>,
}

pub(crate) fn run(script: &Script, cut: &Cut) -> String {
    let mut session = Session::new(Arc::new(settings(script)), "abc123defg".to_owned());
    let (mut out, mut envelope) = (String::new(), Envelope::default());
    let mut is_early = script.has("early-talk");
    for item in &script.items {
        match item {
            Item::Verbatim(line) => {
                let _ = writeln!(out, "{line}");
                match line.as_str() {
                    "! end-soon" => session.end_soon(),
                    "! timed-out" => session.timed_out(),
                    _ => continue,
                }
                drain(&mut session, &mut envelope, &mut VecDeque::new(), &mut out);
            }
            Item::Feed(lines) => {
                lines.iter().for_each(|line| writeln!(out, "{line}").unwrap());
                let mut pieces = VecDeque::from(cut.apply(&script.bytes(lines)));
                if std::mem::take(&mut is_early) {
                    session.receive(&pieces.pop_front().unwrap());
                }
                drain(&mut session, &mut envelope, &mut pieces, &mut out);
            }
        }
    }
    fold(&out, "S:")
}

fn settings(script: &Script) -> Settings {
    let usual = Settings { host: "mx.corp.example".to_owned(), ..Settings::default() };
    Settings {
        size_bytes_max: script.number("size-max").map_or(usual.size_bytes_max, |n| u64::try_from(n).unwrap()),
        recipients_max: script.number("recipients-max").unwrap_or(usual.recipients_max),
        transactions_max: script.number("transactions-max").unwrap_or(usual.transactions_max),
        errors_max: script.number("errors-max").unwrap_or(usual.errors_max),
        offers_tls: script.has("tls"),
        ..usual
    }
}

// Until the session has nothing more to do with what there is.
fn drain(session: &mut Session, envelope: &mut Envelope, pieces: &mut VecDeque<Vec<u8>>, out: &mut String) {
    loop {
        match session.step() {
            Step::NeedInput => match pieces.pop_front() {
                Some(piece) => session.receive(&piece),
                None => return,
            },
            Step::Send(reply) => say(&reply, out),
            Step::Refuse(refusal) => say(&refusal.reply, out),
            Step::Decide(request) => session.answer(decide(request, envelope)),
            Step::StartTls => {
                out.push_str("* tls\n");
                session.tls_started(TlsSession { version: "TLSv1.3".to_owned(), cipher: "x".to_owned() });
            }
            Step::Body(part) => envelope.body.extend_from_slice(&part),
            Step::Discard => {
                envelope.body.clear();
                out.push_str("* discard\n");
            }
            Step::EndOfData => {
                let body = std::mem::take(&mut envelope.body);
                let shown = escape(&body[..body.len().min(SHOWN_BYTES)]);
                let _ = writeln!(out, "* message of {} bytes, {}: {shown}", body.len(), envelope.text);
                let is_spam = body.starts_with(b"Subject: spam");
                session.answer(if is_spam { refuse(Reason::ContentRefused) } else { Answer::Accept });
            }
            Step::Close => {
                if !out.ends_with("* close\n") {
                    out.push_str("* close\n");
                }
                return;
            }
        }
    }
}

fn decide(request: Request, envelope: &mut Envelope) -> Answer {
    match request {
        Request::Connect | Request::Data => Answer::Accept,
        Request::Helo(helo) if helo.name == "evil.example" => refuse(Reason::ClientRefused),
        Request::Helo(_) => Answer::Accept,
        Request::Mail(mail) => {
            *envelope = Envelope { text: format!("<{}>", mail.sender), body: Vec::new() };
            Answer::Accept
        }
        Request::Rcpt(ForwardPath::Address(address)) if address.domain().as_str() != "corp.example" => {
            refuse(Reason::RelayingDenied)
        }
        Request::Rcpt(ForwardPath::Address(address)) if address.local() == "nobody" => refuse(Reason::UnknownRecipient),
        Request::Rcpt(path) => {
            let text = match path {
                ForwardPath::Postmaster => "postmaster".to_owned(),
                ForwardPath::Address(address) => address.to_string(),
            };
            let _ = write!(envelope.text, " <{text}>");
            Answer::Accept
        }
    }
}

fn refuse(reason: Reason) -> Answer {
    let reply = replies::refusal(reason, "abc123defg");
    if reply.code() == 421 { Answer::Close(reply) } else { Answer::Reply(reply) }
}

fn say(reply: &Reply, out: &mut String) {
    let wire = reply.to_wire();
    for line in String::from_utf8(wire.to_vec()).unwrap().lines() {
        assert!(line.len() <= 510, "{line}");
        let _ = writeln!(out, "S: {line}");
    }
}
