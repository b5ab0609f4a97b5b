//! From a question to the bytes of its answer.

use hickory_proto::op::{Edns, Message, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, MX, PTR, SOA, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::zone::{Behaviour, Data, Zone};
use super::{Transport, UDP_ANSWER_BYTES_MAX};

/// Aliases that are followed.
const ALIASES_MAX: usize = 8;

/// A name as the zone writes it: lower case, without trailing dot, bytes as they are.
pub(super) fn plain(name: &Name) -> String {
    let labels: Vec<String> = name.iter().map(|label| String::from_utf8_lossy(label).to_ascii_lowercase()).collect();
    labels.join(".")
}

pub(super) fn to(query: &Message, question: &Query, name: &str, zone: &Zone, transport: Transport) -> Option<Vec<u8>> {
    let mut answer = Message::response(query.metadata.id, OpCode::Query);
    answer.metadata.recursion_desired = query.metadata.recursion_desired;
    answer.metadata.recursion_available = true;
    answer.metadata.authoritative = true;
    answer.add_query(question.clone());
    if query.edns.is_some() {
        answer.set_edns(Edns::new());
    }
    let last = follow(&mut answer, question, name, zone);
    if answer.answers.iter().all(|record| record.record_type() != question.query_type()) {
        match zone.behaviour(&last) {
            Some(Behaviour::Timeout) => return None,
            Some(Behaviour::ServFail) => answer.metadata.response_code = ResponseCode::ServFail,
            Some(Behaviour::Refused) => answer.metadata.response_code = ResponseCode::Refused,
            Some(Behaviour::NoSuchName) => nothing(&mut answer, &last, ResponseCode::NXDomain),
            Some(Behaviour::Truncated) => nothing(&mut answer, &last, ResponseCode::NoError),
            None if zone.exists(&last) => nothing(&mut answer, &last, ResponseCode::NoError),
            None => nothing(&mut answer, &last, ResponseCode::NXDomain),
        }
    }
    let wire = answer.to_vec().ok()?;
    let cut = zone.behaviour(name) == Some(Behaviour::Truncated) || wire.len() > UDP_ANSWER_BYTES_MAX;
    if transport == Transport::Udp && cut {
        answer.answers.clear();
        answer.authorities.clear();
        answer.metadata.truncation = true;
        return answer.to_vec().ok();
    }
    Some(wire)
}

/// Puts the records of `name` into the answer, aliases followed, and says at which name that ended.
fn follow(answer: &mut Message, question: &Query, name: &str, zone: &Zone) -> String {
    let mut at = name.to_owned();
    let mut owner = question.name().clone();
    for _ in 0..ALIASES_MAX {
        let mut next = None;
        for data in zone.records(&at) {
            if kind(data) == question.query_type() {
                answer.answers.extend(record(&owner, data));
            } else if let Data::Cname(target) = data {
                answer.answers.extend(record(&owner, data));
                next = absolute(target);
            }
        }
        let Some(target) = next else { break };
        at = plain(&target);
        owner = target;
    }
    at
}

/// "There is nothing", with the SOA record that lets it be cached (RFC 2308 3).
fn nothing(answer: &mut Message, name: &str, code: ResponseCode) {
    answer.metadata.response_code = code;
    let zone = name.rsplit('.').next().and_then(absolute).unwrap_or_else(Name::root);
    let ttl = Zone::ttl_s();
    let soa = SOA::new(Name::root(), Name::root(), 1, 3600, 600, 86_400, ttl);
    answer.authorities.push(Record::from_rdata(zone, ttl, RData::SOA(soa)));
}

const fn kind(data: &Data) -> RecordType {
    match data {
        Data::A(_) => RecordType::A,
        Data::Aaaa(_) => RecordType::AAAA,
        Data::Mx(..) => RecordType::MX,
        Data::Txt(_) => RecordType::TXT,
        Data::Ptr(_) => RecordType::PTR,
        Data::Cname(_) => RecordType::CNAME,
    }
}

fn record(owner: &Name, data: &Data) -> Option<Record> {
    let data = match data {
        Data::A(ip) => RData::A(A(*ip)),
        Data::Aaaa(ip) => RData::AAAA(AAAA(*ip)),
        Data::Mx(preference, host) => RData::MX(MX::new(*preference, absolute(host)?)),
        Data::Txt(strings) => RData::TXT(TXT::from_bytes(strings.iter().map(Vec::as_slice).collect())),
        Data::Ptr(name) => RData::PTR(PTR(absolute(name)?)),
        Data::Cname(name) => RData::CNAME(CNAME(absolute(name)?)),
    };
    Some(Record::from_rdata(owner.clone(), Zone::ttl_s(), data))
}

fn absolute(name: &str) -> Option<Name> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let mut name =
        if name.is_empty() { Name::root() } else { Name::from_labels(name.split('.').map(str::as_bytes)).ok()? };
    name.set_fqdn(true);
    Some(name)
}
