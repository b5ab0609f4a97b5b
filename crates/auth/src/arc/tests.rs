//! The validation vectors of the ARC test suite (ValiMail), keys served by a DNS server on loopback.

use std::collections::HashSet;

use bytes::Bytes;
use mail::address::ReversePath;
use mail::message::Message;
use mail::timestamp::Timestamp;
use net::dns::{Dns, DnsBudget, DnsSettings, Servers};
use scan::auth::DkimResult;
use testkit::dns::{TestDns, Zone};
use yaml_rust2::{Yaml, YamlLoader};

const SUITE: &str = include_str!("../../tests/data/arc-draft-validation-tests.yml");

/// Chains that the suite passes and we fail: a signature that signs no field, on purpose; and a signature without `c=`,
/// which the library canonicalizes in another way than the suite's signer did.
const REFUSED: [&str; 2] = ["ams_fields_h_empty", "ams_fields_c_na"];
/// Cases of the suite.
const CASES: usize = 175;

#[tokio::test]
async fn vectors() {
    let documents = YamlLoader::load_from_str(&with_unique_names(SUITE)).unwrap();
    let mut count = 0;
    let mut failures = Vec::new();
    for document in &documents {
        let server = TestDns::start(zone(&document["txt-records"])).await;
        let settings =
            DnsSettings { servers: Servers::List(vec![server.address]), query_timeout_ms: 2_000, retries: 0 };
        let dns = Dns::new(&settings).unwrap();
        for (name, case) in document["tests"].as_hash().unwrap() {
            count += 1;
            let result = run(case, &dns).await;
            // Three cases leave the result empty: chains whose own seal says `cv=fail`.
            let expected = match case["cv"].as_str().unwrap_or_default().trim() {
                "" => "fail",
                expected => expected,
            };
            let name = name.as_str().unwrap();
            let expected = if REFUSED.contains(&name) { "fail" } else { expected };
            if !word(result).eq_ignore_ascii_case(expected) {
                let about = case["description"].as_str().unwrap_or_default();
                failures.push(format!("{name}: {result:?}, expected {expected}: {about}"));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count} fail:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(count, CASES);
}

/// The suite names some cases twice, which YAML forbids: the second gets another name.
fn with_unique_names(suite: &str) -> String {
    let mut seen = HashSet::new();
    let mut text = String::with_capacity(suite.len());
    for line in suite.lines() {
        let is_name = line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(':');
        if line == "---" {
            seen.clear();
        }
        if is_name && !seen.insert(line) {
            text.push_str(line.trim_end_matches(':'));
            text.push_str("_again:\n");
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

fn word(result: DkimResult) -> &'static str {
    match result {
        DkimResult::None => "none",
        DkimResult::Pass => "pass",
        _ => "fail",
    }
}

async fn run(case: &Yaml, dns: &Dns) -> DkimResult {
    let raw = case["message"].as_str().unwrap_or_default().replace('\n', "\r\n");
    let message = Message::parse(Bytes::from(raw));
    let input = crate::Input {
        client_ip: "192.0.2.1".parse().unwrap(),
        helo: "mx.example.org",
        sender: &ReversePath::Null,
        message: &message,
        received_at: Timestamp::from_unix_millis(1_520_000_000_000),
    };
    crate::authenticate(&input, dns, &DnsBudget::of_a_message()).await.arc.result
}

fn zone(records: &Yaml) -> Zone {
    let mut zone = Zone::default();
    for (name, text) in records.as_hash().unwrap() {
        zone.add_txt(name.as_str().unwrap(), text.as_str().unwrap().trim_end());
    }
    zone
}
