//! Dialogues as files: what one side says stands in `*.smtp`, what the machine answers is compared with the file, for
//! the input in one write, byte by byte and cut at random. `UPDATE_EXPECT=1` rewrites the answers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "transcripts/client.rs"]
mod client;
#[path = "transcripts/script.rs"]
mod script;
#[path = "transcripts/server.rs"]
mod server;

use std::path::{Path, PathBuf};

use script::{Cut, Script};

fn files(prefix: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.starts_with(prefix) && name.ends_with(".smtp")
    });
    files.sort();
    assert!(!files.is_empty());
    files
}

#[expect(clippy::disallowed_methods, reason = "rewrites expected text on request")]
fn check(prefix: &str, run: fn(&Script, &Cut) -> String, feed: &str) {
    let is_update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut failures = Vec::new();
    for path in files(prefix) {
        let expected = std::fs::read_to_string(&path).unwrap();
        let script = Script::parse(&expected, feed);
        let whole = run(&script, &Cut::Whole);
        let cuts = [Cut::Bytes].into_iter().chain((1..9).map(Cut::Random));
        for cut in cuts.filter(|_| !script.has("one-write")) {
            assert_eq!(run(&script, &cut), whole, "{} cut as {cut:?}", path.display());
        }
        if is_update {
            std::fs::write(&path, whole).unwrap();
        } else if whole != expected {
            failures.push(format!("{}:\n{whole}", path.display()));
        }
    }
    assert!(failures.is_empty(), "not as expected; the machine said:\n{}", failures.join("\n"));
}

#[test]
fn the_server_answers_as_written() {
    check("server_", server::run, "C:");
}

#[test]
fn the_client_answers_as_written() {
    check("client_", client::run, "S:");
}
