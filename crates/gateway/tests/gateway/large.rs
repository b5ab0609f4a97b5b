//! Large messages are looked into like small ones: the allocator of the real program asks the system for more than that of
//! the worker's own tests.

use testkit::program;

use crate::POSTERN;

/// Bytes of text, near the limit of a message.
const TEXT_BYTES: usize = 40_000_000;

#[tokio::test]
async fn a_message_near_the_limit_is_opened() {
    let line = format!("{}\r\n", "word ".repeat(14));
    let text = line.repeat(TEXT_BYTES / line.len());
    let message = format!("From: a@sender.example\r\nTo: bob@corp.example\r\nSubject: large\r\n\r\n{text}");
    let answer = program::run(POSTERN, &["--json", "scan", "--offline", "-"], message.as_bytes()).await;
    let report: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(report["class"], "clean", "{report}");
}
