//! The conformance suite of RFC 7208 (pyspf's `rfc7208-tests.yml`): every case, asked of a DNS server that serves its zone.
//! Explanations are not compared: `exp=` is read and never fetched.

use std::net::IpAddr;

use futures_util::future::join_all;
use net::dns::{Dns, DnsBudget, DnsSettings, Servers};
use testkit::dns::{Behaviour, Data, TestDns, Zone};
use yaml_rust2::{Yaml, YamlLoader};

const SUITE: &str = include_str!("../../tests/data/rfc7208-tests.yml");
/// Cases of the suite: a reader that skips some would pass silently.
const CASES: usize = 203;

#[tokio::test]
async fn every_case_passes() {
    let documents = YamlLoader::load_from_str(SUITE).unwrap();
    let outcomes = join_all(documents.iter().map(scenario)).await;
    let count: usize = outcomes.iter().map(|(count, _)| count).sum();
    let failures: Vec<String> = outcomes.into_iter().flat_map(|(_, failures)| failures).collect();
    assert!(failures.is_empty(), "{} of {count} fail:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(count, CASES);
}

async fn scenario(document: &Yaml) -> (usize, Vec<String>) {
    let server = TestDns::start(zone(&document["zonedata"])).await;
    let settings = DnsSettings { servers: Servers::List(vec![server.address]), query_timeout_ms: 700, retries: 0 };
    let dns = Dns::new(&settings).unwrap();
    let cases = document["tests"].as_hash().unwrap();
    let outcomes = join_all(cases.iter().map(|(name, case)| run(name.as_str().unwrap(), case, &dns))).await;
    (outcomes.len(), outcomes.into_iter().flatten().collect())
}

async fn run(name: &str, case: &Yaml, dns: &Dns) -> Option<String> {
    let ip: IpAddr = case["host"].as_str().unwrap().parse().unwrap();
    let helo = text(&case["helo"]);
    let sender = text(&case["mailfrom"]);
    let (local_part, domain) = match sender.rsplit_once('@') {
        Some(parts) => parts,
        None if sender.is_empty() => ("postmaster", helo.as_str()),
        None => ("postmaster", sender.as_str()),
    };
    let budget = DnsBudget::of_a_message();
    let result = super::check_host(dns.within(&budget), ip, local_part, domain, &helo).await.word();
    let expected = strings(&case["result"]);
    let is_right = expected.iter().any(|expected| expected == result);
    (!is_right).then(|| format!("{name}: {result}, expected {expected:?}"))
}

fn zone(data: &Yaml) -> Zone {
    let mut zone = Zone::default();
    for (name, records) in data.as_hash().unwrap() {
        let name = text(name);
        let records = records.as_vec().unwrap();
        let has_txt = records.iter().any(|record| !record["TXT"].is_badvalue());
        for record in records {
            if record.as_str() == Some("TIMEOUT") {
                zone.behave(&name, Behaviour::Timeout);
                continue;
            }
            for (kind, value) in record.as_hash().unwrap() {
                if let Some(data) = record_data(kind.as_str().unwrap(), value, has_txt) {
                    zone.add(&name, data);
                }
            }
        }
    }
    zone
}

/// SPF records are served as TXT, unless the name has TXT of its own (head of the suite); `NONE` is no record.
fn record_data(kind: &str, value: &Yaml, has_txt: bool) -> Option<Data> {
    match kind {
        "TXT" if value.as_str() == Some("NONE") => None,
        "SPF" if has_txt => None,
        "TXT" | "SPF" => {
            let mut pieces: Vec<Vec<u8>> = strings(value)
                .iter()
                .flat_map(|text| latin1(text).chunks(255).map(<[u8]>::to_vec).collect::<Vec<_>>())
                .collect();
            if pieces.is_empty() {
                pieces.push(Vec::new());
            }
            Some(Data::Txt(pieces))
        }
        "A" => Some(Data::A(text(value).parse().unwrap())),
        "AAAA" => Some(Data::Aaaa(text(value).parse().unwrap())),
        "PTR" => Some(Data::Ptr(text(value))),
        "CNAME" => Some(Data::Cname(text(value))),
        "MX" => Some(Data::Mx(u16::try_from(value[0].as_i64().unwrap()).unwrap(), text(&value[1]))),
        other => panic!("record type {other}"),
    }
}

fn strings(value: &Yaml) -> Vec<String> {
    value.as_vec().map_or_else(|| vec![text(value)], |list| list.iter().map(text).collect())
}

fn text(value: &Yaml) -> String {
    match value {
        Yaml::Integer(number) => number.to_string(),
        Yaml::Real(number) => number.clone(),
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}

/// The suite writes bytes as characters below 256.
fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}
