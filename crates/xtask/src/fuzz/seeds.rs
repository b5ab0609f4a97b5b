//! What inputs are made of: the project's corpus, made messages, and one good example of each form.

use ::unpack::{Budget, Limits, Part, Request, unpack};
use bytes::Bytes;
use store::record::{Record, RefusalRecord};
use testkit::client::dotted;
use testkit::corpus;
use worker::frame;

/// Whole messages.
pub(super) fn messages() -> Vec<Vec<u8>> {
    let all = corpus::project().into_iter().chain(corpus::made(48, 1));
    all.map(|mail| mail.bytes).collect()
}

/// Their headers, and fields alone.
pub(super) fn headers() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for message in messages() {
        let end = message.windows(4).position(|four| four == b"\r\n\r\n").map_or(message.len(), |end| end + 2);
        let header = message.get(..end).unwrap_or_default();
        for line in header.split(|byte| *byte == b'\n') {
            let value = line.iter().position(|byte| *byte == b':').and_then(|colon| line.get(colon + 1..));
            seeds.extend(value.map(<[u8]>::to_vec));
        }
        seeds.push(header.to_vec());
    }
    seeds
}

/// Dialogues, with the byte in front that says how they are cut.
pub(super) fn dialogues() -> Vec<Vec<u8>> {
    let head = b"EHLO a.example\r\nMAIL FROM:<a@b.example> SIZE=100\r\nRCPT TO:<c@d.example>\r\nDATA\r\n".as_slice();
    let server: &[u8] = b"220 x ESMTP\r\n250-x\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 SIZE 0\r\n220 go\r\n250-x\r\n250 PIPELINING\r\n\
250 ok\r\n250 ok\r\n550 5.1.1 no\r\n354 go\r\n250 taken\r\n221 bye\r\n";
    let mut seeds = vec![[b"\xff", server].concat(), [b"\x01", server].concat()];
    for (cut, mail) in (1_u8..).zip(corpus::made(24, 2)) {
        // The machine that asks for the reply to DATA sees it come with the next write.
        seeds.push([&[cut.saturating_mul(9)], head, &dotted(&mail.bytes), b"QUIT\r\n"].concat());
        let pieces = [
            &[u8::try_from(head.len()).unwrap_or(u8::MAX)],
            head,
            &dotted(b"Subject: a\r\n\r\nb\r\n"),
            b"RSET\r\nQUIT\r\n",
        ];
        seeds.push(pieces.concat());
    }
    seeds
}

/// Records of the log.
pub(super) fn records() -> Vec<Vec<u8>> {
    let refusal = RefusalRecord {
        id: [7; 16],
        tenant: 1,
        at: 1_795_646_728_000,
        stage: "rcpt".to_owned(),
        code: 550,
        enhanced: "5.7.1".to_owned(),
        reason: "relay_denied".to_owned(),
        client_ip: "192.0.2.1".to_owned(),
        helo: "a.example".to_owned(),
        sender: "a@b.example".to_owned(),
        recipients: vec!["c@d.example".to_owned()],
        judged: None,
        count: 1,
    };
    // Writing to memory does not fail.
    let record = minicbor::to_vec(Record::Refusal(Box::new(refusal))).unwrap_or_default();
    vec![record.repeat(2), record, b"postern!".repeat(8)]
}

/// Requests to a worker and its answers.
pub(super) fn frames() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for page in pages().into_iter().take(20) {
        let part = Part {
            place: "1.2".to_owned(),
            names: vec!["a.html".to_owned()],
            declared: "text/html".to_owned(),
            charset: "utf-8".to_owned(),
            joins_words: false,
            inline: true,
            points_to: Vec::new(),
            labels: Vec::new(),
            bytes: Bytes::from(page),
        };
        let request = Request { parts: vec![part], ..Request::default() };
        let content = unpack(&request, &mut Budget::new(Limits::default()));
        seeds.push(frame::answer(1, &request, &content, &[]));
        let start = frame::request_start(1, &request).unwrap_or_default();
        let parts = request.parts.iter().map(|part| part.bytes.clone());
        seeds.push([start.as_slice(), &parts.collect::<Vec<_>>().concat()].concat());
    }
    seeds
}

/// Bodies of messages that are HTML, as they stand.
pub(super) fn pages() -> Vec<Vec<u8>> {
    let html = |message: &Vec<u8>| {
        let start = message.windows(2).position(|two| two == b"<h" || two == b"<p" || two == b"<a")?;
        message.get(start..).map(<[u8]>::to_vec)
    };
    messages().iter().filter_map(html).collect()
}

/// Zip archives: stored, encrypted, one within another.
pub(super) fn archives() -> Vec<Vec<u8>> {
    let names = ["a.txt", "letter.pdf.exe", "../../x", "word/document.xml", "inner.zip"];
    let mut seeds: Vec<Vec<u8>> =
        names.iter().map(|name| corpus::archive(name, b"some text, some text", false)).collect();
    let inner = corpus::archive("inner.txt", b"deep", false);
    seeds.push(corpus::archive("inner.zip", &inner, false));
    seeds.push(corpus::archive("secret.txt", b"nobody can read this", true));
    seeds.push([b"MZ stub".as_slice(), &inner].concat());
    seeds
}
