//! A message of many forms with bytes taken out and put in.

use proptest::prelude::*;
use proptest::sample::Index;

const SEED: &[u8] = b"Received: by mx.example; Wed, 25 Nov 2026 21:00:00 +0000\r\nFrom: =?utf-8?Q?J=C3=BC?= <a@b.example>\r\n\
To: Team: \"C, D\" <c@d.example>, e@f.example (E);\r\nSubject: one\r\n two =?utf-8?B?eA==?=\r\nMIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=\"out\"; boundary*0=\"o\"; boundary*1=\"ut\"\r\n\r\npreamble\r\n--out\r\n\
Content-Type: multipart/alternative; boundary=in\r\n\r\n--in\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\
Content-Transfer-Encoding: quoted-printable\r\n\r\ncaf=E9 =\r\n\r\n--in\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n--in--\r\n\
--out\r\nContent-Type: application/pdf; name*=utf-8''a%2Epdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\
Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--out\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\n\
begin 644 a\r\n%:&5L;&\\\r\nend\r\n--out--\r\nepilogue\r\n";

const SPLICES: [&[u8]; 52] = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"--out",
    b"--in",
    b"--out--\r\n",
    b"--",
    b"Content-Type: multipart/mixed; boundary=in\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"=?utf-8?Q?",
    b"?=",
    b"\"",
    b"(",
    b"<",
    b":",
    b";",
    b"=",
    b",",
    b"\xff\xfe",
    b"boundary=out",
    b"From ",
    b" ",
    b"\t",
    b"\r\r\n",
    b"\r\n \r\n",
    b" --out\r\n",
    b"--outX\r\n",
    b"--OUT\r\n",
    b"--out--x\r\n",
    b"\r--in\r\n",
    b"\n--in\n",
    b"Content-Type: text/html\r\n",
    b"Content-Type: multipart/mixed; boundary=\"out\"; boundary=other\r\n",
    b"Content-Type: multipart; boundary=out\r\n",
    b"Content-Type : text/html; name=x.exe\r\n",
    b"Content-Transfer-Encoding: 8bit; base64\r\n",
    b"Content-Transfer-Encoding: x-base64\r\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"Content-Transfer-Encoding: x-uue\r\n",
    b"Content-Transfer-Encoding: nonsense\r\n",
    b"Content-Disposition: inline; filename=\"a.exe\".txt\r\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%E2%80%AE; filename*1=\"x;y\"\r\n",
    b"boundary*=us-ascii''in",
    b"\r\n\r\n",
    b"no colon\r\n",
    b"=3D=",
    b"aGVsbG8=d29ybGQ=",
    b"-_",
    b"\xc3\xa4",
    b"\\",
];

/// The bytes of a message; shown as text where a property fails.
#[derive(Clone)]
pub(crate) struct Raw(pub(crate) Vec<u8>);

impl std::fmt::Debug for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

// Bytes taken out and put in at random places.
pub(crate) fn mutated() -> impl Strategy<Value = Raw> {
    let change = (any::<Index>(), 0..40_usize, any::<Index>());
    prop::collection::vec(change, 0..12).prop_map(|changes| {
        let mut raw = SEED.to_vec();
        for (place, length, splice) in changes {
            let start = place.index(raw.len() + 1);
            let end = (start + length / 2).min(raw.len());
            raw.splice(start..end, splice.get(&SPLICES).iter().copied());
        }
        Raw(raw)
    })
}
