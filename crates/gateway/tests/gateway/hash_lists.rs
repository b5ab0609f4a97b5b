//! Hash lists of the site: what stands on one is refused, also inside an archive and as a near copy, and what is only like it is
//! not. A changed list counts from the reload on; a broken one is named, and the one before stays.

use std::io::{Cursor, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::Value;
use testkit::client::Reply;
use testkit::corpus::archive;
use testkit::daemon::{Daemon, Setup};
use testkit::files;
use testkit::sink::Sink;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::{ALICE, BOB, POSTERN, SOON, dns, send, with_file};

const FORM: &[u8] = b"A form that nobody should fill in.\n";
/// `sha256sum` of [`FORM`].
const FORM_SHA256: &str = "4a257fe39d016200a34c0326c68f6822df0383d9c8c9a970a7f8e01add43e628";
const OTHER: &[u8] = b"Another form that nobody should fill in.\n";
/// `sha256sum` of [`OTHER`].
const OTHER_SHA256: &str = "ee5057562e674b41d2223f2334617132d86f437d2502e458b00fdab1ed776158";

/// A gateway with a folder of lists in which this one stands, and where it stands.
async fn gateway(sink: &Sink, dns: SocketAddr, list: &str) -> (Daemon, PathBuf) {
    let mut setup = Setup::new(sink.address, "standard").with_dns(dns);
    setup.extra = "[signatures]\nhashes = [\"lists\"]\n".to_owned();
    let mut daemon = Daemon::prepare(POSTERN, setup);
    let folder = daemon.folder().join("lists");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("today.txt");
    files::write(&file, list);
    daemon.run().await;
    (daemon, file)
}

async fn sent(daemon: &Daemon, name: &str, bytes: &[u8]) -> Reply {
    send(daemon.address(), ALICE, &[BOB], &with_file("file", name, bytes)).await
}

async fn code(daemon: &Daemon, name: &str, bytes: &[u8]) -> u16 {
    sent(daemon, name, bytes).await.code
}

/// It is refused, and the trace says by which file in it and which line of the list.
async fn refused(daemon: &Daemon, (name, bytes): (&str, &[u8]), (place, why): (&str, &str)) {
    let reply = sent(daemon, name, bytes).await;
    assert_eq!(reply.code, 550, "{name}: {}", reply.text);
    let judged = daemon.json(&["trace", "show", reply.reference()]).await["judged"][0].clone();
    assert_eq!(judged["class"], "malware", "{name}: {judged}");
    let reasons = judged["reasons"].as_array().unwrap();
    let listed = reasons.iter().find(|reason| reason["id"] == "signature_malware");
    let listed = listed.unwrap_or_else(|| panic!("{name}: {judged}"));
    assert_eq!((listed["place"].as_str(), listed["detail"].as_str()), (Some(place), Some(why)), "{name}");
}

async fn in_force(daemon: &Daemon) -> Value {
    daemon.json(&["status"]).await["daemon"]["signatures"].clone()
}

async fn reload(daemon: &Daemon) {
    let told = daemon.command(&["reload"]).await;
    assert_eq!(told.code, 0, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listed_file_is_refused_wherever_it_lies() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let list = format!("# of today\n{FORM_SHA256} A stolen form\n");
    let (daemon, _) = gateway(&sink, dns.address, &list).await;
    let packed = archive("form.txt", FORM, false);
    let twice = archive("inner.zip", &packed, false);
    for (name, bytes, place) in
        [("form.txt", FORM, "part:2"), ("a.zip", &packed, "part:2/zip:0"), ("b.zip", &twice, "part:2/zip:0/zip:0")]
    {
        let why = "\"form.txt\" is on the hash list today.txt (A stolen form)";
        refused(&daemon, (name, bytes), (place, why)).await;
    }
    assert_eq!(sink.count(), 0);
    // The same without the file.
    assert_eq!(code(&daemon, "form.txt", OTHER).await, 250);
    assert_eq!(code(&daemon, "a.zip", &archive("form.txt", OTHER, false)).await, 250);
    sink.wait_for(2, SOON).await;
    let status = in_force(&daemon).await;
    assert_eq!((status["lists"].as_u64(), status["hashes"].as_u64()), (Some(1), Some(1)), "{status}");
    daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_list_counts_from_the_reload_on_and_a_broken_one_changes_nothing() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let (daemon, list) = gateway(&sink, dns.address, &format!("{FORM_SHA256}\n")).await;
    let codes = async || (code(&daemon, "form.txt", FORM).await, code(&daemon, "other.txt", OTHER).await);
    assert_eq!(codes().await, (550, 250));
    files::write(&list, format!("{OTHER_SHA256}\n"));
    assert_eq!(codes().await, (550, 250), "nobody has read it yet");
    reload(&daemon).await;
    assert_eq!(codes().await, (250, 550));
    let before = in_force(&daemon).await;

    let old_hash = "d41d8cd98f00b204e9800998ecf8427e";
    for (text, place) in [
        (format!("{FORM_SHA256}\n{old_hash} old.exe\n"), "today.txt:2:1: MD5 and SHA-1 are not looked up"),
        (format!("{FORM_SHA256}\n{OTHER_SHA256}\n# severity: very bad\n"), "today.txt:3:1: "),
        (String::new(), "today.txt is empty"),
    ] {
        files::write(&list, text);
        let told = daemon.command(&["reload"]).await;
        assert_eq!(told.code, 2, "{told:?}");
        assert!(told.err.contains(place) && told.err.contains("the old configuration stays in force"), "{told:?}");
        assert_eq!(in_force(&daemon).await, before, "{place}");
        assert_eq!(codes().await, (250, 550), "{place}");
    }
    files::write(&list, format!("{FORM_SHA256}\n{OTHER_SHA256}\n"));
    reload(&daemon).await;
    assert_eq!(codes().await, (550, 550));
    // Of the first three pairs and the three between the mistakes one each.
    sink.wait_for(6, SOON).await;
    daemon.quiet().await;
    daemon.assert_balanced().await;
}

/// A long text with a line for each number.
fn text(customer: &str, line: impl Fn(u32) -> String) -> Vec<u8> {
    let lines: String = (1..=300).map(line).collect();
    format!("Dear {customer},\nthese are the prices of today:\n{lines}").into_bytes()
}

fn items(number: u32) -> String {
    let (pieces, price, order) = (number * 7 % 40, number * number % 900, number * 7_919 % 10_000);
    format!("Item {number}: {pieces} pieces at {price} Euro, order number {order}\n")
}

fn chairs(number: u32) -> String {
    let (chair, price, left) = (number * 31 % 977, number * number % 900, number * 7 % 40);
    format!("Chair {chair} costs {price} Euro, of which {left} are left in the shop\n")
}

/// Packed so that nothing of it is as it was.
fn deflated(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file(name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap().into_inner()
}

// By TLSH: 1 apart where the name is another, 369 where the words are (of which 30 is near).
#[tokio::test(flavor = "multi_thread")]
async fn a_near_copy_is_refused_and_another_text_of_its_kind_is_not() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let (daemon, list) = gateway(&sink, dns.address, &format!("{FORM_SHA256}\n")).await;
    let (near, other) = (text("Bob", items), text("Bob", chairs));
    assert_eq!(code(&daemon, "near.txt", &near).await, 250, "a list of whole files knows none that are near");
    let hash = signatures::tlsh(&text("Ann", items)).unwrap();
    files::write(&list, format!("{hash} A list with a trap\n"));
    reload(&daemon).await;
    let why = "\"near.txt\" is on the hash list today.txt (A list with a trap)";
    refused(&daemon, ("near.txt", &near), ("part:2", why)).await;
    refused(&daemon, ("near.zip", &deflated("near.txt", &near)), ("part:2/zip:0", why)).await;
    assert_eq!(code(&daemon, "other.txt", &other).await, 250);
    assert_eq!(code(&daemon, "other.zip", &deflated("other.txt", &other)).await, 250);
    // A list may ask for nearer ones alone.
    files::write(&list, format!("# tlsh-distance: 0\n{hash} A list with a trap\n"));
    reload(&daemon).await;
    assert_eq!(code(&daemon, "near.txt", &near).await, 250);
    sink.wait_for(4, SOON).await;
    daemon.quiet().await;
    daemon.assert_balanced().await;
}
