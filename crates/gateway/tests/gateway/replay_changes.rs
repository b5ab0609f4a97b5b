//! Three hundred records whose bodies are gone: the same by what was in force, and after one change exactly those differ that the
//! change is about, with the field named. One rule, one list that a rule uses, one weight.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mail::envelope::TenantId;
use pipeline::replay::{Names, Recorded, Replayed, replay};
use policy::rules::{Policy, Site, with_site};
use scan::weights::Weights;
use serde_json::Value;
use store::Journal as _;
use store::backends::embedded::{Embedded, OpenOptions};
use store::search::{Search, SearchOptions};
use testkit::corpus::{self, Mail};
use testkit::daemon::{Daemon, Setup};
use testkit::sink::Sink;

use crate::{POSTERN, SOON, dns, send_all};

const MESSAGES: usize = 300;
/// Messages of nearly a megabyte that fill the first segment of the log (64 MiB), so that it is taken back with the bodies in it.
const FILLERS: usize = 76;
const FILLER_BYTES: usize = 950_000;
const POLICY: &str = r#"name = "mine"
[lists]
partners = ["partner.example", "third.example"]
[[rule]]
id = "partners"
when = 'from.domain in lists.partners'
actions = ["deliver"]
[[rule]]
id = "harbour"
when = 'subject.contains("harbour")'
actions = ["junk"]
[[rule]]
id = "rest"
when = "true"
actions = ["deliver"]
"#;

fn is_partner(number: usize) -> bool {
    number.is_multiple_of(3)
}

fn is_neighbour(number: usize) -> bool {
    number % 7 == 1 && !is_partner(number)
}

fn is_bulk(number: usize) -> bool {
    number % 5 == 2
}

// What decides is known by number, not by reading the records.
fn mails() -> Vec<Mail> {
    let mut mails = corpus::made(MESSAGES, 11);
    for (number, mail) in mails.iter_mut().enumerate() {
        let domain = match number {
            _ if is_partner(number) => "partner.example",
            _ if is_neighbour(number) => "neighbour.example",
            _ => "sender.example",
        };
        let from = format!("From: Alice <alice@{domain}>");
        let behind = mail.bytes.strip_prefix(b"From: Alice <alice@sender.example>").expect("how made messages begin");
        let list: &[u8] = if is_bulk(number) { b"List-Id: <garden.sender.example>\r\n" } else { b"" };
        mail.bytes = [list, from.as_bytes(), behind].concat();
    }
    let line = "A long line of filling that says nothing about anybody at all.\r\n";
    let body = line.repeat(FILLER_BYTES / line.len());
    mails.extend((0..FILLERS).map(|number| Mail {
        name: format!("filler-{number}"),
        bytes: format!("From: <alice@sender.example>\r\nSubject: filling\r\n\r\n{body}").into_bytes(),
    }));
    mails
}

fn subject_has(mail: &Mail, word: &str) -> bool {
    let head = String::from_utf8_lossy(&mail.bytes[..mail.bytes.len().min(2_000)]).to_lowercase();
    head.lines().any(|line| line.starts_with("subject: ") && line.contains(word))
}

/// A gateway that has delivered them all, stopped and started again.
struct Delivered {
    daemon: Daemon,
    mails: Vec<Mail>,
    /// Numbers by reference.
    numbers: BTreeMap<String, usize>,
    _peers: (testkit::dns::TestDns, Sink),
}

async fn delivered() -> Delivered {
    let (dns, sink) = (dns().await, Sink::start().await);
    sink.keep_bytes(500);
    let mut setup = Setup::new(sink.address, "mine").with_dns(dns.address);
    setup.policies = vec![("mine".to_owned(), POLICY.to_owned())];
    let mut daemon = Daemon::start(POSTERN, setup).await;
    let mails = mails();
    let replies = send_all(daemon.address(), &mails).await;
    let numbers = replies.iter().enumerate().map(|(number, reply)| (reply.reference().to_owned(), number)).collect();
    assert!(replies.iter().all(|reply| reply.code == 250));
    sink.wait_for(mails.len(), SOON).await;
    daemon.quiet().await;
    // The segment with the small ones is taken back, the files of the large ones are removed.
    testkit::wait::until_true("the bodies to go", SOON, async || {
        let files = std::fs::read_dir(daemon.data().join("bodies")).unwrap().count();
        files == 0 && daemon.metric("postern_log_segments_reused_total").await > 0
    })
    .await;
    daemon.restart().await;
    Delivered { daemon, mails, numbers, _peers: (dns, sink) }
}

impl Delivered {
    async fn replayed(&self, with: &str) -> Vec<Value> {
        let answer = self.daemon.json(&["replay", "--with", with, "--limit", "1000"]).await;
        let results = answer["results"].as_array().unwrap().clone();
        assert_eq!(results.len(), MESSAGES + FILLERS);
        results
    }

    // Numbers of those that differ, and the fields.
    async fn differing(&self) -> (BTreeSet<usize>, BTreeSet<String>) {
        let results = self.replayed("current").await;
        let odd: Vec<&Value> = results
            .iter()
            .filter(|result| !["same", "differs"].contains(&result["result"].as_str().unwrap()))
            .collect();
        assert!(odd.is_empty(), "{odd:?}");
        let differs = results.iter().filter(|result| result["result"] == "differs");
        differs
            .map(|result| {
                assert_ne!(result["recorded"], result["computed"], "{result}");
                let id = result["id"].as_str().unwrap();
                (self.numbers[&id[..10]], result["field"].as_str().unwrap().to_owned())
            })
            .unzip()
    }

    async fn change(&mut self, from: &str, to: &str) {
        assert!(POLICY.contains(from));
        self.daemon.setup.policies[0].1 = POLICY.replace(from, to);
        self.daemon.write();
        self.daemon.json(&["reload"]).await;
    }

    fn predicted(&self, differs: impl Fn(usize, &Mail) -> bool) -> BTreeSet<usize> {
        self.mails
            .iter()
            .enumerate()
            .filter(|(number, mail)| differs(*number, mail))
            .map(|(number, _)| number)
            .collect()
    }

    async fn expect(&self, field: &str, predicted: BTreeSet<usize>) {
        assert!((10..MESSAGES / 2).contains(&predicted.len()), "{}", predicted.len());
        let (numbers, fields) = self.differing().await;
        assert_eq!(numbers, predicted);
        assert_eq!(fields, BTreeSet::from([field.to_owned()]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_the_predicted_records_differ() {
    let mut delivered = delivered().await;
    for with in ["recorded", "current"] {
        let results = delivered.replayed(with).await;
        assert!(results.iter().all(|result| result["result"] == "same"), "{with}");
    }
    let kept = |number: usize, mail: &Mail, word: &str| !is_partner(number) && subject_has(mail, word);

    // One list: neighbours become partners, so their mail about the harbour is delivered; of the rest another rule is the reason.
    delivered.change("\"third.example\"", "\"third.example\", \"neighbour.example\"").await;
    let (numbers, fields) = delivered.differing().await;
    assert_eq!(numbers, delivered.predicted(|number, _| number < MESSAGES && is_neighbour(number)));
    let expected = ["decision[bob@corp.example].actions", "decision[bob@corp.example].because"];
    assert_eq!(fields, expected.map(str::to_owned).into());
    // A list entry that no record meets changes nothing.
    delivered.change("\"third.example\"", "\"fourth.example\"").await;
    assert_eq!(delivered.differing().await.0, BTreeSet::new());

    // One rule: what it does.
    delivered.change("[\"junk\"]", "[\"quarantine\"]").await;
    let predicted = delivered.predicted(|number, mail| kept(number, mail, "harbour"));
    delivered.expect("decision[bob@corp.example].actions", predicted).await;
    // One rule: when it holds.
    delivered.change("contains(\"harbour\")", "contains(\"garden\")").await;
    let predicted = delivered.predicted(|number, mail| kept(number, mail, "harbour") != kept(number, mail, "garden"));
    delivered.expect("decision[bob@corp.example].actions", predicted).await;

    // What was in force then is still known.
    let results = delivered.replayed("recorded").await;
    assert!(results.iter().all(|result| result["result"] == "same"));
    weights(delivered).await;
}

// The program brings its weights: another release would bring others, and find these records.
async fn weights(delivered: Delivered) {
    let Delivered { mut daemon, mails, numbers, _peers } = delivered;
    daemon.stop().await;
    let store = Embedded::open(OpenOptions::new(daemon.data())).await.unwrap();
    let search = Search::open(SearchOptions { folder: daemon.data() }, store.feed()).await.unwrap();
    let whole = with_site(POLICY, &Site { domains: vec!["corp.example".to_owned()], lists: BTreeMap::new() });
    let policies = BTreeMap::from([("mine".to_owned(), Arc::new(Policy::parse("mine", &whole).unwrap()))]);
    let shipped = Weights::parse(detect::WEIGHTS).unwrap();
    let mut changed = shipped.clone();
    changed.evidence.get_mut("bulk").unwrap().values_mut().for_each(|weight| *weight += 0.25);
    let mut unused = shipped.clone();
    unused.evidence.get_mut("eicar").unwrap().values_mut().for_each(|weight| *weight += 0.25);
    for (weights, differs) in [(&shipped, (|_| false) as fn(usize) -> bool), (&changed, is_bulk), (&unused, |_| false)]
    {
        for (reference, number) in &numbers {
            let trace = search.show(TenantId::DEFAULT, reference).await.unwrap().expect("a trace");
            let mail = trace.row.id.parse().unwrap();
            let recorded = Recorded { mail, tenant: TenantId::DEFAULT, record: &trace.judged[0] };
            let outcome = replay(recorded, weights, &policies, Names::Recorded).unwrap();
            let is_predicted = *number < MESSAGES && differs(*number);
            match outcome {
                Replayed::Same => assert!(!is_predicted, "{} is the same", mails[*number].name),
                Replayed::Differs { field, recorded, computed } => {
                    assert!(is_predicted, "{}: {field}: {recorded} {computed}", mails[*number].name);
                    assert!(field.starts_with("verdict.") && recorded != computed, "{field}: {recorded} {computed}");
                }
                Replayed::NeedsBody(question) => panic!("{question}"),
            }
        }
    }
    search.close().await;
    store.close().await;
}
