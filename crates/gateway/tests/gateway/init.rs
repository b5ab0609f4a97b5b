//! `postern init` with flags: it asks the next hop, writes little, and what it wrote serves.

use std::path::Path;

use testkit::daemon::{Daemon, Setup};
use testkit::sink::{Sink, Stage};
use testkit::{files, program};

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send_accepted};

/// Lines of the configuration, comments and all.
const LINES_MAX: usize = 20;

struct Said {
    code: Option<i32>,
    text: String,
}

async fn init(sink: &Sink, folder: &Path, more: &[&str]) -> Said {
    let (hop, folder) = (sink.address.to_string(), folder.display().to_string());
    let flags = ["init", "--domain", "corp.example", "--next-hop", &hop, "--recipient", "bob", "--folder", &folder];
    let output = program::run(POSTERN, &[&flags, more].concat(), b"").await;
    let text = [output.stdout, output.stderr].concat();
    Said { code: output.status.code(), text: String::from_utf8(text).unwrap() }
}

fn written(folder: &Path) -> Vec<String> {
    let files = ["postern.toml", "settings/domains.toml", "settings/policy/standard.toml"];
    files.into_iter().filter(|file| folder.join(file).exists()).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_writes_is_short_and_right() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start().await);
    let said = init(&sink, folder.path(), &[]).await;
    assert_eq!(said.code, Some(0), "{}", said.text);
    // It asked the next hop about the recipient, and sent no mail.
    assert!(sink.lines().iter().any(|line| line.contains("<bob@corp.example>")), "{:?}", sink.lines());
    assert_eq!((sink.reached(Stage::Data), sink.count()), (0, 0));
    assert_eq!(written(folder.path()).len(), 3);
    let config = std::fs::read_to_string(folder.path().join("postern.toml")).unwrap();
    assert!(config.lines().count() <= LINES_MAX, "{config}");
    assert!(config.lines().filter(|line| line.contains('#')).count() >= 5, "without comments: {config}");
    // The next three commands, and how to go back.
    for number in 1..=3 {
        let found = said.text.lines().find(|line| line.trim_start().starts_with(&format!("{number}. ")));
        assert!(found.is_some(), "no step {number}: {}", said.text);
    }
    assert!(said.text.contains("undo"), "{}", said.text);
    let check = said.text.lines().find_map(|line| line.trim_start().strip_prefix("1. postern "));
    let check: Vec<&str> = check.expect("the first command").split_whitespace().collect();
    program::text(POSTERN, &check, b"").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_exist_stay() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start().await);
    for existing in ["postern.toml", "settings/domains.toml", "settings/policy/standard.toml"] {
        let file = folder.path().join(existing);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        files::write(&file, "mine");
        let said = init(&sink, folder.path(), &["--json"]).await;
        assert_eq!(said.code, Some(2), "{existing}: {}", said.text);
        assert!(said.text.contains(existing), "{}", said.text);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
        assert_eq!(written(folder.path()), [existing], "nothing else is written either");
        std::fs::remove_file(&file).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_next_hop_that_says_no_stops_it() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start().await);
    sink.say(Stage::Recipient, "bob@corp.example", "550 5.1.1 nobody of that name");
    let said = init(&sink, folder.path(), &[]).await;
    assert_eq!(said.code, Some(4), "{}", said.text);
    assert!(said.text.contains("nobody of that name") && said.text.contains("--no-probe"), "{}", said.text);
    assert!(written(folder.path()).is_empty());
    let said = init(&sink, folder.path(), &["--no-probe"]).await;
    assert_eq!((said.code, written(folder.path()).len()), (Some(0), 3), "{}", said.text);
    assert_eq!(sink.reached(Stage::Recipient), 1, "asked all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_answers_write_nothing() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start().await);
    for wrong in [
        ["--domain", "not a domain"],
        ["--recipient", "bob@elsewhere.example"],
        ["--next-hop", "mail.example:none"],
        ["--hostname", "no host"],
    ] {
        let mut flags = vec!["--domain", "corp.example", "--next-hop", "127.0.0.1:25", "--recipient", BOB];
        flags.extend(["--hostname", "gateway.example"]);
        let at = flags.iter().position(|flag| *flag == wrong[0]).unwrap();
        flags[at + 1] = wrong[1];
        let folder_text = folder.path().display().to_string();
        let all = [&["init", "--folder", &folder_text], flags.as_slice()].concat();
        let output = program::run(POSTERN, &all, b"").await;
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {said}");
        assert!(written(folder.path()).is_empty(), "{wrong:?}");
    }
    let folder_text = folder.path().display().to_string();
    let output = program::run(POSTERN, &["init", "--folder", &folder_text, "--domain", "corp.example"], b"").await;
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("--next-hop"), "a script is told what is missing: {said}");
    assert_eq!(sink.reached(Stage::Connect), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_writes_serves() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = Daemon::prepare(POSTERN, Setup::new(sink.address, "standard").with_dns(dns.address));
    std::fs::remove_dir_all(daemon.folder().join("settings")).unwrap();
    let said = init(&sink, daemon.folder(), &["--force", "--hostname", "gateway.example"]).await;
    assert_eq!(said.code, Some(0), "{}", said.text);
    // Only where it listens and whom it asks is the test's own.
    let ours: toml::Table = daemon.setup.config().parse().unwrap();
    let text = std::fs::read_to_string(daemon.config_file()).unwrap();
    let mut config: toml::Table = text.parse().unwrap();
    for table in ["inbound", "dns", "http", "process"] {
        config.insert(table.to_owned(), ours[table].clone());
    }
    files::write(&daemon.config_file(), toml::to_string(&config).unwrap());
    daemon.run().await;
    let reply = send_accepted(daemon.address(), ALICE, &[BOB], &note("first")).await;
    assert_eq!(sink.wait_for(1, SOON).await[0].recipients, [BOB]);
    let trace = daemon.json(&["trace", "show", reply.reference()]).await;
    assert_eq!(trace["judged"][0]["rulings"][0]["policy"], "standard", "{trace}");
    daemon.json(&["reload"]).await;
    // `ask`: the next hop knows who exists.
    sink.say(Stage::Recipient, "nobody@", "550 5.1.1 no such user");
    let reply = crate::send(daemon.address(), ALICE, &["nobody@corp.example"], &note("second")).await;
    assert_eq!(reply.enhanced(), "5.1.1", "{}", reply.text);
}
