//! The list of fuzz targets.

use super::seeds;

#[path = "../../../../fuzz/header.rs"]
mod header;
#[path = "../../../../fuzz/log_record.rs"]
mod log_record;
#[path = "../../../../fuzz/message.rs"]
mod message;
#[path = "../../../../fuzz/smtp_session.rs"]
mod smtp_session;
#[path = "../../../../fuzz/unpack_html.rs"]
mod unpack_html;
#[path = "../../../../fuzz/unpack_zip.rs"]
mod unpack_zip;
#[path = "../../../../fuzz/worker_frames.rs"]
mod worker_frames;

/// One target.
pub(super) struct Target {
    /// Its name and file.
    pub(super) name: &'static str,
    /// The target itself.
    pub(super) run: fn(&[u8]),
    /// What inputs are made of.
    pub(super) seeds: fn() -> Vec<Vec<u8>>,
    /// Pieces that mean something in its language.
    pub(super) words: &'static [&'static [u8]],
}

const SMTP_WORDS: &[&[u8]] = &[
    b"\r\n.\r\n",
    b"\r\n..\r\n",
    b"\n.\n",
    b"\r",
    b"\n",
    b"\0",
    b"EHLO a\r\n",
    b"MAIL FROM:<a@b.example>\r\n",
    b"RCPT TO:<c@d.example>\r\n",
    b"DATA\r\n",
    b"RSET\r\n",
    b"STARTTLS\r\n",
    b"QUIT\r\n",
    b"BDAT 5 LAST\r\n",
    b"NOOP\r\n",
    b" SIZE=",
    b" BODY=8BITMIME",
    b"250-",
    b"250 ok\r\n",
    b"354 \r\n",
    b"421 ",
    b"550 5.1.1 ",
    b"220 x\r\n",
    b"STARTTLS",
];
const MAIL_WORDS: &[&[u8]] = &[
    b"\r\n",
    b"\r\n\r\n",
    b"\r\n ",
    b"\n",
    b"--b\r\n",
    b"--b--",
    b"boundary=b",
    b"boundary=\"",
    b"Content-Type: ",
    b"multipart/mixed;",
    b"message/rfc822",
    b"text/html",
    b"charset=utf-7",
    b"Content-Transfer-Encoding: base64",
    b"quoted-printable",
    b"=?utf-8?B?",
    b"=?utf-8?Q?",
    b"?=",
    b"filename*0*=utf-8''",
    b"%0D%0A",
    b"From: ",
    b"Subject: ",
    b"<a@b.example>",
    b"(",
    b")",
    b"\"",
    b"\\",
    b",",
    b";",
    b":",
    b"@",
    b"=3D",
    b"=\r\n",
    b"begin 644 x\r\n",
    b"\0",
    b"\xff",
];
const HTML_WORDS: &[&[u8]] = &[
    b"<a href=\"",
    b"</a>",
    b"<script>",
    b"</script>",
    b"<!--",
    b"-->",
    b"<style>",
    b"&#x",
    b"&amp;",
    b"<![CDATA[",
    b"]]>",
    b"javascript:",
    b"data:text/html;base64,",
    b"http://",
    b"<table>",
    b"<svg>",
    b"<form action=",
    b"<meta http-equiv=refresh",
    b"display:none",
    b"<base href=",
    b">",
    b"<",
    b"\"",
    b"'",
    b"\0",
    b"\xe2\x80\x8b",
    b"\xff\xfe",
];
const ZIP_WORDS: &[&[u8]] = &[
    b"PK\x03\x04",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"PK\x06\x06",
    b"PK\x06\x07",
    b"PK\x07\x08",
    b"\x08\0",
    b"\0\0",
    b"\xff\xff\xff\xff",
    b"\x01\0",
    b"../",
    b"/",
    b"a.zip",
    b"\x63\0",
    b"\x01\x99\x07\0",
];
const CBOR_WORDS: &[&[u8]] = &[
    b"\xbf",
    b"\xff",
    b"\x9f",
    b"\x5f",
    b"\x7f",
    b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\x5b\0\0\0\0\xff\xff\xff\xff",
    b"\xa0",
    b"\x80",
    b"\xf6",
    b"\x81",
    b"\x82",
    b"\xc0",
    b"\xfb",
    b"postern!",
];

/// All of them.
#[rustfmt::skip]
pub(super) const TARGETS: &[Target] = &[
    Target { name: "smtp_session", run: smtp_session::run, seeds: seeds::dialogues, words: SMTP_WORDS },
    Target { name: "message", run: message::run, seeds: seeds::messages, words: MAIL_WORDS },
    Target { name: "header", run: header::run, seeds: seeds::headers, words: MAIL_WORDS },
    Target { name: "log_record", run: log_record::run, seeds: seeds::records, words: CBOR_WORDS },
    Target { name: "worker_frames", run: worker_frames::run, seeds: seeds::frames, words: CBOR_WORDS },
    Target { name: "unpack_html", run: unpack_html::run, seeds: seeds::pages, words: HTML_WORDS },
    Target { name: "unpack_zip", run: unpack_zip::run, seeds: seeds::archives, words: ZIP_WORDS },
];
