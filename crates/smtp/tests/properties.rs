//! SMTP-17 in small: no input makes a machine panic or run on, and how input is cut changes nothing.

use proptest::prelude::*;
use smtp::drive::{self, Served};

// Pieces that reach deep into both machines.
const WORDS: [&str; 30] = [
    "EHLO a.example\r\n",
    "HELO a\r\n",
    "MAIL FROM:<a@b.example> SIZE=10\r\n",
    "MAIL FROM:<>\r\n",
    "RCPT TO:<bob@corp.example>\r\n",
    "RCPT TO:<a%b@corp.example>\r\n",
    "DATA\r\n",
    "STARTTLS\r\n",
    "RSET\r\n",
    "NOOP\r\n",
    "QUIT\r\n",
    "BDAT 1\r\n",
    "\r\n.\r\n",
    ".\r\n",
    "..x\r\n",
    ".",
    "\r",
    "\n",
    "\r\n",
    "\0",
    "text",
    "220 mx\r\n",
    "250-mx\r\n250-PIPELINING\r\n250 STARTTLS\r\n",
    "250 ok\r\n",
    "354 go\r\n",
    "421 4.3.2 bye\r\n",
    "550 5.1.1 no\r\n",
    "503 5.5.1 order\r\n",
    "250-",
    "\u{e4}",
];

fn dialogue() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        9 => (0..WORDS.len()).prop_map(|index| WORDS[index].as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ];
    prop::collection::vec(word, 0..60).prop_map(|words| words.concat())
}

// A session with one message: the envelope at once, DATA alone, the rest in pieces.
fn message(cut: usize, text: &[u8]) -> Served {
    let envelope = [&b"EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<bob@corp.example>\r\n"[..], b"DATA\r\n"];
    drive::server(envelope.into_iter().chain(text.chunks(cut)))
}

// What may follow DATA and STARTTLS depends on when it comes, on purpose.
fn without_synchronisation(data: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(data).replace("DATA", "NOOP").replace("STARTTLS", "NOOP").into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_input_is_too_odd(data in prop::collection::vec(any::<u8>(), 0..1_000)) {
        drive::all(&data);
    }

    #[test]
    fn no_dialogue_is_too_odd(size in any::<u8>(), data in dialogue()) {
        drive::all(&[&[size], data.as_slice()].concat());
    }

    #[test]
    fn cutting_changes_no_reply(cut in 2_usize..300, data in dialogue()) {
        let text = without_synchronisation(&data);
        prop_assert_eq!(drive::server(text.chunks(1)), drive::server(text.chunks(cut)));
    }

    #[test]
    fn cutting_changes_no_message(cut in 2_usize..300, data in dialogue()) {
        let text = without_synchronisation(&[data.as_slice(), b"\r\n.\r\n"].concat());
        prop_assert_eq!(message(1, &text), message(cut, &text));
    }

    // What our client sends our server reads back, and finds no second message in it.
    #[test]
    fn what_is_stuffed_comes_out_again(cut in 1_usize..300, size in any::<u8>(), data in dialogue()) {
        let lines = String::from_utf8_lossy(&data).replace(['\r', '\0'], "").replace('\n', "\r\n") + "\r\n";
        let wire = drive::stuff(&[&[size], lines.as_bytes()].concat());
        let served = message(cut, &wire);
        prop_assert_eq!(served.messages, [lines.into_bytes()]);
    }

    // Bare line ends and NUL are gone, whatever went in.
    #[test]
    fn nothing_odd_leaves(size in any::<u8>(), data in dialogue()) {
        let wire = drive::stuff(&[&[size], data.as_slice()].concat());
        let text = wire.strip_suffix(b".\r\n").unwrap();
        prop_assert!(!text.contains(&0));
        for line in text.split_inclusive(|b| *b == b'\n') {
            let line = line.strip_suffix(b"\r\n").unwrap();
            prop_assert!(!line.contains(&b'\r') && line != b".");
        }
    }
}
