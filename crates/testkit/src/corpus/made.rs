//! Made messages: everything that honest mail does to bytes, so that a gateway that touches one is found.

use data_encoding::BASE64;

use super::Mail;
use crate::random::Random;

const WORDS: [&str; 24] = [
    "harbour", "the", "invoice", "of", "Tuesday", "garden", "please", "find", "meeting", "attached", "with", "kind",
    "regards", "and", "delivery", "plan", "a", "winter", "report", "for", "bridge", "minutes", "thank", "you",
];
/// Characters of one long line.
const LONG_LINES: [usize; 5] = [998, 999, 1_200, 5_000, 100_000];

/// Makes header fields and a body.
type Make = fn(&mut Random) -> (String, Vec<u8>);

/// So many messages, no two alike, from a seed.
#[must_use]
pub fn made(count: usize, seed: u64) -> Vec<Mail> {
    let mut random = Random::new(seed);
    (0..count).map(|number| one(number, &mut random)).collect()
}

fn one(number: usize, random: &mut Random) -> Mail {
    let kinds: [(&str, Make); 12] = [
        ("text", text),
        ("html", html),
        ("alternative", alternative),
        ("attachment", attachment),
        ("eight-bit", eight_bit),
        ("long-line", long_line),
        ("dots", dots),
        ("folded", folded),
        ("empty", |_| (String::new(), Vec::new())),
        ("quoted-printable", quoted_printable),
        ("odd-header", odd_header),
        ("trailing-space", trailing_space),
    ];
    // Every hundredth is large: streamed to a file instead of standing in the log.
    if number % 100 == 50 {
        let (fields, body) = large(random);
        return whole(number, "large", &fields, &body, random);
    }
    let (kind, make) = kinds[number % kinds.len()];
    let (fields, body) = make(random);
    whole(number, kind, &fields, &body, random)
}

fn whole(number: usize, kind: &str, fields: &str, body: &[u8], random: &mut Random) -> Mail {
    let subject = words(random, 4);
    let head = format!(
        "From: Alice <alice@sender.example>\r\nTo: Bob <bob@corp.example>\r\nSubject: {subject} {number}\r\n\
         Date: Tue, 24 Nov 2026 16:{:02}:{:02} +0000\r\nMessage-ID: <{number}.{:x}@sender.example>\r\n{fields}\r\n",
        number / 60 % 60,
        number % 60,
        random.next()
    );
    Mail { name: format!("made/{kind}-{number}"), bytes: [head.as_bytes(), body].concat() }
}

fn words(random: &mut Random, count: usize) -> String {
    (0..count).filter_map(|_| random.pick(&WORDS).copied()).collect::<Vec<_>>().join(" ")
}

fn lines(random: &mut Random, count: usize) -> String {
    (0..count).map(|_| words(random, 9) + "\r\n").collect()
}

fn text(random: &mut Random) -> (String, Vec<u8>) {
    (String::new(), lines(random, 12).into_bytes())
}

fn html(random: &mut Random) -> (String, Vec<u8>) {
    let body = format!(
        "<html><body><p>{}</p>\r\n<a href=\"https://sender.example/{}\">more</a>\r\n</body></html>\r\n",
        words(random, 40),
        random.below(1000)
    );
    ("MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n".to_owned(), body.into_bytes())
}

fn alternative(random: &mut Random) -> (String, Vec<u8>) {
    let boundary = format!("=_{:x}", random.next());
    let body = format!(
        "preamble\r\n--{boundary}\r\nContent-Type: text/plain\r\n\r\n{}\r\n--{boundary}\r\nContent-Type: text/html\r\n\r\n\
         <p>{}</p>\r\n--{boundary}--\r\nepilogue\r\n",
        lines(random, 4),
        words(random, 20)
    );
    let fields = format!("MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n\tboundary=\"{boundary}\"\r\n");
    (fields, body.into_bytes())
}

fn attached(random: &mut Random, bytes: usize) -> (String, Vec<u8>) {
    let boundary = format!("b{:x}", random.next());
    let encoded = BASE64.encode(&random.bytes(bytes));
    let rows: Vec<&[u8]> = encoded.as_bytes().chunks(76).collect();
    let head = format!(
        "--{boundary}\r\nContent-Type: text/plain\r\n\r\n{}\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\n\
         Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"plan.dat\"\r\n\r\n",
        words(random, 10)
    );
    let body = [head.as_bytes(), &rows.join(b"\r\n".as_slice()), format!("\r\n--{boundary}--\r\n").as_bytes()].concat();
    (format!("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary={boundary}\r\n"), body)
}

fn attachment(random: &mut Random) -> (String, Vec<u8>) {
    let bytes = 1_000 + random.below(30_000);
    attached(random, bytes)
}

fn large(random: &mut Random) -> (String, Vec<u8>) {
    let bytes = 750_000 + random.below(750_000);
    attached(random, bytes)
}

fn eight_bit(random: &mut Random) -> (String, Vec<u8>) {
    let mut body = "Grüße aus München, 你好, привет\r\n".as_bytes().to_vec();
    // Latin-1, no UTF-8; no CR, LF or NUL among it.
    body.extend(random.bytes(200).iter().map(|byte| byte | 0x80));
    body.extend_from_slice(b"\r\n");
    (
        "X-Name: Müller\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n"
            .to_owned(),
        body,
    )
}

fn long_line(random: &mut Random) -> (String, Vec<u8>) {
    let length = random.pick(&LONG_LINES).copied().unwrap_or(998);
    (String::new(), [vec![b'x'; length].as_slice(), b"\r\nshort\r\n"].concat())
}

fn dots(_: &mut Random) -> (String, Vec<u8>) {
    (String::new(), b".\r\n..\r\n...\r\n.x\r\n. \r\nx.\r\n\r\n.\r\n\r\n..end\r\n".to_vec())
}

fn folded(random: &mut Random) -> (String, Vec<u8>) {
    let references: String = (0..20).map(|_| format!("\r\n <{:x}@sender.example>", random.next())).collect();
    let fields =
        format!("References:{references}\r\nX-Tab:\r\n\ttab and \t tab\r\nX-Blank: \r\nX-Space:   spaced   \r\n");
    (fields, lines(random, 2).into_bytes())
}

fn quoted_printable(random: &mut Random) -> (String, Vec<u8>) {
    let body = format!("sch=C3=B6n, {}=\r\n{}=20\r\n=3D=3D\r\n", words(random, 6), words(random, 5));
    let fields = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n";
    (fields.to_owned(), body.into_bytes())
}

fn odd_header(random: &mut Random) -> (String, Vec<u8>) {
    let long = "y".repeat(2_000);
    (
        format!("X-Long: {long}\r\nx-LOWER : space before the colon\r\nX-Empty:\r\nReceived: from a by b\r\n"),
        lines(random, 3).into_bytes(),
    )
}

fn trailing_space(random: &mut Random) -> (String, Vec<u8>) {
    (
        String::new(),
        format!("{}   \r\n\t\r\n \r\n{}\t\r\n\r\n\r\n\r\n", words(random, 5), words(random, 5)).into_bytes(),
    )
}
