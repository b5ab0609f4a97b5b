//! `postern scan --content` and `--yara`: what stands in a message, for people and as JSON, with rules of this run.

use std::path::Path;

use data_encoding::BASE64;
use serde_json::{Value, json};
use testkit::program;

use crate::POSTERN;

const TEXT: &[u8] = b"A file with the word tangerine.\n";

fn message() -> Vec<u8> {
    let zip = testkit::corpus::archive("inner.txt", TEXT, false);
    format!(
        "From: Alice <alice@sender.example>\r\nTo: <bob@corp.example>\r\nSubject: content\r\nMIME-Version: 1.0\r\n\
         Message-ID: <content@sender.example>\r\nDate: Thu, 26 Nov 2026 08:00:00 +0000\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n\
         <p>See <a href=\"https://Shop.example/x\">our shop</a></p>\r\n--b\r\nContent-Type: application/zip; name=all.zip\r\n\
         Content-Disposition: attachment; filename=\"all\x1b[31m.zip\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        BASE64.encode(&zip)
    )
    .into_bytes()
}

struct Run {
    code: i32,
    out: String,
    err: String,
}

async fn scan(folder: &Path, words: &[&str]) -> Run {
    let config = folder.join("postern.toml");
    testkit::files::write(&config, "settings = \"settings\"\ndata = \"data\"\n");
    let config = config.display().to_string();
    let all = [&["--config", &config, "scan", "--offline", "-"], words].concat();
    let output = program::run(POSTERN, &all, &message()).await;
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Run { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

#[tokio::test(flavor = "multi_thread")]
async fn content_is_told_as_json_and_as_a_tree() {
    let folder = tempfile::tempdir().unwrap();
    let run = scan(folder.path(), &["--json", "--content"]).await;
    assert_eq!(run.code, 0, "{}", run.err);
    let value: Value = serde_json::from_str(&run.out).unwrap();
    let items = value["content"]["items"].as_array().unwrap();
    let kinds: Vec<&str> = items.iter().map(|item| item["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["html", "zip", "text"], "{items:?}");
    let link = &items[0]["links"][0];
    assert_eq!(
        link,
        &json!({ "target": "https://Shop.example/x", "text": "our shop", "kind": "anchor", "host": "shop.example" })
    );
    let inner = &items[2];
    assert_eq!((&inner["names"], &inner["size"]), (&json!(["inner.txt"]), &json!(TEXT.len())));
    assert!(inner["place"].as_str().unwrap().ends_with("/zip:0"), "{inner}");
    assert_eq!(inner["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(value["content"]["unopened"], json!([]));
    let without = scan(folder.path(), &["--json"]).await;
    let value: Value = serde_json::from_str(&without.out).unwrap();
    assert_eq!(value.get("content"), None, "only when it is asked for");

    let tree = scan(folder.path(), &["--content"]).await;
    assert!(tree.out.contains("zip, declared application/zip"), "{}", tree.out);
    assert!(tree.out.contains("anchor: https://Shop.example/x  \"our shop\""), "{}", tree.out);
    let inner = tree.out.lines().find(|line| line.contains("inner.txt")).expect("the file in the archive");
    assert!(inner.starts_with("    ") && inner.contains("zip:0 text, 32 bytes"), "deeper than its archive: {inner:?}");
    assert!(!tree.out.contains('\x1b'), "names are harmless: {:?}", tree.out);
    // The archive, whose hash a list can name; neither the page that the message shows nor the text in the archive.
    let hashes: Vec<&str> = tree.out.lines().filter_map(|line| line.trim().strip_prefix("sha256: ")).collect();
    assert_eq!(hashes, [items[1]["sha256"].as_str().unwrap()], "{}", tree.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_this_run_say_what_they_find() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("mine.yar");
    testkit::files::write(
        &rules,
        "rule citrus { meta: reason = \"A sour one.\" severity = \"malware\" strings: $a = \"tangerine\" condition: $a }\n",
    );
    let rules = rules.display().to_string();
    let run = scan(folder.path(), &["--json", "--content", "--yara", &rules]).await;
    assert_eq!(run.code, 1, "malware is bad: {}", run.err);
    let value: Value = serde_json::from_str(&run.out).unwrap();
    let inner = value["content"]["items"].as_array().unwrap().last().unwrap();
    assert_eq!(inner["names"], json!(["inner.txt"]), "{value}");
    assert_eq!(
        inner["matches"],
        json!([{ "rule": "citrus", "set": "mine", "severity": "malware", "reason": "A sour one." }])
    );
    assert_eq!(value["class"], "malware", "{value}");
    assert!(value["reasons"].to_string().contains("citrus"), "{value}");
    let told = scan(folder.path(), &["--content", "--yara", &rules]).await;
    assert!(told.out.contains("rule: citrus of mine (malware): A sour one."), "{}", told.out);
    let sentence = "\"all.zip\" fits the malware rule citrus of mine: A sour one";
    assert!(told.out.contains(sentence), "{}", told.out);
    let broken = folder.path().join("broken.yar");
    testkit::files::write(&broken, "rule citrus {\n  strings: $a = \"x\"\n}\n");
    let broken = broken.display().to_string();
    let named = scan(folder.path(), &["--yara", &broken]).await;
    assert_eq!(named.code, 2, "{}", named.out);
    assert!(named.err.contains("broken.yar:3:"), "{}", named.err);
    let missing = scan(folder.path(), &["--yara", "/nowhere/x.yar"]).await;
    assert!(missing.code == 2 && missing.err.contains("/nowhere/x.yar"), "{}", missing.err);
    // Two files of one name, and a folder of which nothing is read.
    for name in ["n1", "n2", "n3"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        let file = if name == "n3" { "a.txt" } else { "a.yar" };
        testkit::files::write(&folder.path().join(name).join(file), "rule a { condition: filesize == 7 }\n");
    }
    let at = |name: &str| folder.path().join(name).display().to_string();
    let twice = scan(folder.path(), &["--yara", &at("n1"), "--yara", &at("n2")]).await;
    assert!(twice.code == 2 && twice.err.contains(&format!("{}/a.yar:1:6: ", at("n2"))), "{}", twice.err);
    let unread = scan(folder.path(), &["--yara", &at("n3")]).await;
    assert!(unread.code == 2 && unread.err.contains("n3 ends in .yar, .yara"), "{}", unread.err);
    let noted = scan(folder.path(), &["--yara", &at("n1")]).await;
    assert!(noted.code == 0 && noted.err.contains("without a known `severity`"), "{}", noted.err);
}
