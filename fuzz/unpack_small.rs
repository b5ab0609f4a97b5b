//! Small formats: the first byte says as what the rest is opened.

/// Types and names.
const AS: [(&str, &str); 14] = [
    ("", "a.lnk"),
    ("", "a.url"),
    ("", "a.library-ms"),
    ("text/calendar", "a.ics"),
    ("text/vcard", "a.vcf"),
    ("text/csv", "a.csv"),
    ("", "a.slk"),
    ("application/ms-tnef", "winmail.dat"),
    ("message/rfc822", "a.eml"),
    ("", "a.mht"),
    ("application/pkcs7-mime", "smime.p7m"),
    ("", "a.asc"),
    ("", "a.gpg"),
    ("", "a.one"),
];

/// One input.
pub(crate) fn run(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    if let Some((declared, name)) = AS.get(usize::from(*kind) % AS.len()) {
        super::unpack_html::open(rest, declared, name);
    }
}
