//! What is mutated: the project's corpus, and messages that have files in every place.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use testkit::corpus;

/// Templates count as often as this, beside the corpus.
const TEMPLATES_TIMES: usize = 40;
/// Messages of other folders, at most.
const OTHERS_MAX: usize = 20_000;

/// The project's own messages, and those of folders, none longer than `bytes_max`.
pub(super) fn messages(folders: &[PathBuf], bytes_max: usize) -> Result<Vec<Vec<u8>>> {
    let mut messages: Vec<Vec<u8>> = corpus::project().into_iter().map(|mail| mail.bytes).collect();
    messages.extend(corpus::made(24, 7).into_iter().map(|mail| mail.bytes));
    for folder in folders {
        let mut files = Vec::new();
        collect(folder, &mut files).with_context(|| folder.display().to_string())?;
        files.sort();
        let read = files.iter().take(OTHERS_MAX).filter_map(|file| std::fs::read(file).ok());
        messages.extend(read.map(|bytes| corpus::with_crlf(&bytes)));
    }
    messages.retain(|message| message.len() <= bytes_max);
    for _ in 0..TEMPLATES_TIMES {
        messages.extend(TEMPLATES.iter().map(|template| corpus::with_crlf(template.as_bytes())));
    }
    Ok(messages)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// A file in each place where files stand.
const TEMPLATES: [&str; 8] = [
    "From: a@b.example\nTo: c@d.example\nSubject: one\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"outer\"\n\n\
     preamble\n--outer\nContent-Type: text/plain; charset=utf-8\n\nhello\n--outer\nContent-Type: application/pdf; name=\"letter.pdf\"\n\
     Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=\"letter.pdf\"\n\n\
     JVBERi0xLjQKMSAwIG9iago8PD4+CmVuZG9iagp0cmFpbGVyCjw8\nL1Jvb3QgMSAwIFI+PgolJUVPRgo=\n--outer--\nepilogue\n",
    "From: a@b.example\nSubject: two\nMIME-Version: 1.0\nContent-Type: multipart/mixed;\n boundary=out\n\n--out\n\
     Content-Type: multipart/alternative; boundary=in\n\n--in\nContent-Type: text/plain\n\na\n--in\nContent-Type: text/html\n\
     Content-Transfer-Encoding: quoted-printable\n\n<p>a=20b=\nc</p>\n--in--\n\n--out\n\
     Content-Disposition: attachment;\n filename*0=\"a long \";\n filename*1=\"name.exe\"\nContent-Type: application/octet-stream\n\
     Content-Transfer-Encoding: base64\n\nTVqQAAMAAAAEAAAA//8AALgAAAAAAAAA\nQAAAAAAAAAAAAAAA\n--out\n\
     Content-Type: application/zip; name=\"=?utf-8?B?YS56aXA=?=\"\nContent-Transfer-Encoding: base64\n\nUEsDBBQAAAAIAA==\n--out--\n",
    "From: a@b.example\nSubject: three\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nforwarded\n--a\n\
     Content-Type: message/rfc822\nContent-Disposition: attachment; filename=mail.eml\n\nFrom: x@y.example\nSubject: inner\n\
     MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\ninner\n--b\n\
     Content-Type: application/vnd.ms-excel; name=table.xls\nContent-Transfer-Encoding: base64\n\n0M8R4KGxGuEAAAAA\n--b--\n\n--a--\n",
    "From: a@b.example\nSubject: four\nMIME-Version: 1.0\nContent-Type: application/javascript; name=run.js\n\
     Content-Disposition: attachment; filename*=utf-8''r%C3%BCn.js\nContent-Transfer-Encoding: quoted-printable\n\n\
     var a =3D \"b\";=\n eval(a)\nnext line\n",
    "From: a@b.example\nSubject: five\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"=_r\"; type=\"text/html\"\n\n--=_r\n\
     Content-Type: text/html; charset=iso-8859-1\n\n<img src=cid:1>\n--=_r\nContent-Type: image/png\nContent-ID: <1>\n\
     Content-Transfer-Encoding: base64\nContent-Disposition: inline; filename=a.png\n\niVBORw0KGgoAAAANSUhEUg==\n--=_r\n\
     Content-Type: text/plain; name=\"notes.txt\"\n\nnot shown but saved\n--=_r\nContent-Type: text/csv\n\
     Content-Disposition: attachment; filename=\"a b.csv\"\nContent-Transfer-Encoding: 8bit\n\n1,2\n3,4\n--=_r--\n",
    "From: a@b.example\nSubject: six\nMIME-Version: 1.0\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\
     Content-Disposition: attachment; filename=\"whole.bin\"\n\nAAECAwQFBgcICQoLDA0ODw==\n",
    "From: a@b.example\nSubject: seven\nMIME-Version: 1.0\nContent-Type: multipart/signed; boundary=s; micalg=sha-256;\n\
     \tprotocol=\"application/pkcs7-signature\"\n\n--s\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\ntext\n--m\n\
     Content-Type: application/x-sh; charset=us-ascii\nContent-Disposition: attachment; filename=a.sh\n\n#!/bin/sh\necho a\n--m--\n--s\n\
     Content-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64\n\nMIIBAAYJKoZIhvcNAQcC\n--s--\n",
    "From: a@b.example\nSubject: eight\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=d\n\n--d\nContent-Type: multipart/digest;\n\
     boundary=e\n\n--e\n\nSubject: first\nContent-Type: application/x-foo\n\nfoo body\n--e\n\nSubject: second\n\nplain\n--e--\n--d\n\
     Content-Type: message/external-body; access-type=url; URL=\"http://a.example/b\"\n\nContent-Type: image/gif\n\n--d\n\
     Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\nFinal-Recipient: rfc822;b\n--d--\n",
];
