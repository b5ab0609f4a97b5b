//! The small DNS of `postern try`: it knows the sample domains and denies all others, so that the show needs no network and
//! asks nobody about invented names. The gateway asks it through its ordinary resolver.

use std::net::SocketAddr;

use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{PTR, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use tokio::net::UdpSocket;

/// Bytes of a question that is read.
const QUESTION_BYTES_MAX: usize = 1232;
/// Seconds that an answer may be kept.
const TTL_SECONDS: u32 = 300;

/// TXT records of the sample domains: who sends from this machine, who does not, and what their owners ask for.
const TXT_RECORDS: [(&str, &str); 15] = [
    ("mail.partner.example", "v=spf1 ip4:127.0.0.1 -all"),
    ("partner.example", "v=spf1 ip4:127.0.0.1 -all"),
    ("_dmarc.partner.example", "v=DMARC1; p=reject"),
    ("shop.example", "v=spf1 ip4:127.0.0.1 -all"),
    ("_dmarc.shop.example", "v=DMARC1; p=quarantine"),
    ("news.example", "v=spf1 ip4:127.0.0.1 -all"),
    ("mailer.example", "v=spf1 ip4:127.0.0.1 -all"),
    ("freemail.example", "v=spf1 ip4:127.0.0.1 ~all"),
    ("_dmarc.freemail.example", "v=DMARC1; p=none"),
    ("offers.example", "v=spf1 ip4:127.0.0.1 ~all"),
    ("copier.example", "v=spf1 ip4:127.0.0.1 ~all"),
    ("strict.example", "v=spf1 -all"),
    ("_dmarc.strict.example", "v=DMARC1; p=reject"),
    ("corp.example", "v=spf1 -all"),
    ("_dmarc.corp.example", "v=DMARC1; p=reject"),
];

/// Starts answering on a free port of the loopback address.
pub(crate) async fn start() -> std::io::Result<SocketAddr> {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).await?;
    let address = socket.local_addr()?;
    tokio::spawn(answer_all(socket));
    Ok(address)
}

async fn answer_all(socket: UdpSocket) {
    let mut buffer = [0; QUESTION_BYTES_MAX];
    loop {
        let Ok((length, peer)) = socket.recv_from(&mut buffer).await else { continue };
        let Some(question) = buffer.get(..length).and_then(|bytes| Message::from_vec(bytes).ok()) else { continue };
        if let Ok(bytes) = answer(&question).to_vec() {
            // The resolver asks again if this is lost.
            drop(socket.send_to(&bytes, peer).await);
        }
    }
}

fn answer(question: &Message) -> Message {
    let mut answer = Message::new(question.metadata.id, MessageType::Response, OpCode::Query);
    answer.metadata.authoritative = true;
    answer.metadata.recursion_available = true;
    answer.metadata.recursion_desired = question.metadata.recursion_desired;
    answer.metadata.response_code = ResponseCode::NXDomain;
    for query in &question.queries {
        answer.queries.push(query.clone());
        let name = query.name().to_ascii().trim_end_matches('.').to_ascii_lowercase();
        if !is_known(&name) {
            continue;
        }
        answer.metadata.response_code = ResponseCode::NoError;
        for data in records(&name, query.query_type()) {
            answer.answers.push(Record::from_rdata(query.name().clone(), TTL_SECONDS, data));
        }
    }
    answer
}

fn is_known(name: &str) -> bool {
    name == "1.0.0.127.in-addr.arpa"
        || TXT_RECORDS.iter().any(|(known, _)| known.trim_start_matches("_dmarc.") == name || *known == name)
}

fn records(name: &str, kind: RecordType) -> Vec<RData> {
    match kind {
        RecordType::TXT => {
            let texts = TXT_RECORDS.iter().filter(|(known, _)| *known == name);
            texts.map(|(_, text)| RData::TXT(TXT::new(vec![(*text).to_owned()]))).collect()
        }
        RecordType::A if !name.starts_with('_') => vec![RData::A(std::net::Ipv4Addr::LOCALHOST.into())],
        RecordType::PTR => {
            Name::from_ascii("mail.partner.example.").map(|name| vec![RData::PTR(PTR(name))]).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}
