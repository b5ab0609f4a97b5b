//! What the given words say together with the domains.

use bytes::Bytes;
use mail::address::Address;
use mail::message::Message;
use mail::timestamp::Timestamp;

use super::*;

fn results(words: (&str, &str, &str), sender: &str) -> AuthResults {
    let message = Message::parse(Bytes::from_static(b"From: Ann <ann@example.org>\r\n\r\nhello\r\n"));
    let sender = Address::parse(sender).map_or(ReversePath::Null, ReversePath::Address);
    let input = Input {
        client_ip: "192.0.2.1".parse().unwrap(),
        helo: "mx.example.org",
        sender: &sender,
        message: &message,
        received_at: Timestamp::from_unix_millis(0),
    };
    let given = Given {
        spf: SpfResult::from_word(words.0),
        dkim: DkimResult::from_word(words.1),
        dmarc: DmarcResult::from_word(words.2),
    };
    given.results(&input)
}

#[test]
fn alignment_is_deduced_from_the_domains() {
    for (words, sender, spf, dkim) in [
        (("pass", "none", "pass"), "ann@example.org", true, false),
        (("pass", "none", "pass"), "bounce@mail.example.org", true, false),
        (("pass", "pass", "pass"), "bounce@esp.example", false, true),
        (("pass", "none", "fail"), "bounce@esp.example", false, false),
        (("pass", "pass", "fail"), "bounce@esp.example", false, false),
        (("fail", "pass", "pass"), "ann@example.org", false, true),
        (("fail", "fail", "fail"), "ann@example.org", false, false),
        (("pass", "none", "pass"), "", false, false),
    ] {
        let results = results(words, sender);
        let aligned = (results.dmarc.spf_aligned, results.dmarc.dkim_aligned);
        let expected = if sender.is_empty() { (true, false) } else { (spf, dkim) };
        assert_eq!(aligned, expected, "{words:?} {sender}");
        assert_eq!(results.dmarc.from, Domain::parse("example.org").ok());
    }
}

#[test]
fn missing_words_are_not_known() {
    let results = results(("softfail", "", ""), "ann@example.org");
    assert_eq!(results.spf.result, SpfResult::SoftFail);
    assert_eq!((results.dkim.len(), results.dmarc.result), (0, DmarcResult::None));
    assert!(!results.dmarc.spf_aligned);
}
