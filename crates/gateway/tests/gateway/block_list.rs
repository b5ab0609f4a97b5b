//! Files that `standard` refuses: every ending of the list whatever the bytes are, every true type whatever the name is, also
//! inside an archive; what is like them is not, nor are clean files of every format, as programs make them.

use std::io::{Cursor, Write as _};

use data_encoding::BASE64;
use serde_json::Value;
use testkit::{corpus, files, program};

use crate::POSTERN;

/// Endings that are refused by default.
const ENDINGS: &str = "ace ade adp ani apk app application appref-ms appx arj bat cab chm cmd com cpl crt deb dex diagcab dll docm elf \
    exe gadget hlp hta img inf iqy iso jar jnlp js jse kext lha lib library library-ms lnk lzh macho mde msc msi msix msp mst pif ppa ppam \
    ps1 psm1 rdp reg rev scf scpt scr sct search-ms settingcontent-ms slk sys theme uif url vb vbe vbs vhd vhdx vxd website wim wsc wsf \
    wsh xlam xll xz z";

/// Starts of files, each of a type that is refused.
const TYPES: &[(&str, &[u8])] = &[
    ("ace", b"\0\0\0\0\0\0\0**ACE**\x14\0"),
    ("ani", b"RIFF\x24\0\0\0ACONanih"),
    ("application", b"<?xml version=\"1.0\"?><asmv1:assembly xmlns:asmv1=\"urn:schemas-microsoft-com:asm.v1\"/>"),
    ("cab", b"MSCF\0\0\0\0\x2c\0\0\0"),
    ("chm", b"ITSF\x03\0\0\0\x60\0\0\0"),
    ("crt", b"-----BEGIN CERTIFICATE-----\nMIIB\n"),
    ("deb", b"!<arch>\ndebian-binary   "),
    ("dex", b"dex\n035\0\x01\x02\x03"),
    ("elf", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"),
    ("exe", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0"),
    ("hlp", b"\x3f\x5f\x03\0\0\0\0\0"),
    ("hta", b"<html><hta:application id=x><body>x</body></html>"),
    ("inf", b"[autorun]\r\nopen=x\r\n"),
    ("iqy", b"WEB\r\n1\r\nhttps://sender.example/x\r\n"),
    ("jnlp", b"<?xml version=\"1.0\"?><jnlp spec=\"1.0+\"></jnlp>"),
    ("lha", b"\x22\x10-lh5-\x10\0\0\0\x20\0\0\0"),
    ("library-ms", b"<?xml version=\"1.0\"?><libraryDescription></libraryDescription>"),
    ("lnk", b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F"),
    ("macho", b"\xcf\xfa\xed\xfe\x07\0\0\x01"),
    ("mde", b"\0\x01\0\0Standard Jet DB\0"),
    ("msc", b"<?xml version=\"1.0\"?><MMC_ConsoleFile></MMC_ConsoleFile>"),
    ("rdp", b"full address:s:host.sender.example\r\n"),
    ("reg", b"Windows Registry Editor Version 5.00\r\n"),
    ("rev", b"Rar!\x1aRev\x01"),
    ("scf", b"[Shell]\r\nCommand=2\r\n"),
    ("scpt", b"Fasd UAS 1.101.10"),
    ("sct", b"<?xml version=\"1.0\"?><scriptlet></scriptlet>"),
    ("search-ms", b"<?xml version=\"1.0\"?><persistedQuery></persistedQuery>"),
    ("settingcontent-ms", b"<?xml version=\"1.0\"?><PCSettings></PCSettings>"),
    ("slk", b"ID;PWXL;N;E\r\n"),
    ("theme", b"[Theme]\r\nDisplayName=x\r\n"),
    ("url", b"[InternetShortcut]\r\nURL=https://sender.example/\r\n"),
    ("vhd", b"conectix\0\0\0\x02"),
    ("vhdx", b"vhdxfile\0\0"),
    ("wim", b"MSWIM\0\0\0\xd0\0\0\0"),
    ("wsf", b"<?xml version=\"1.0\"?><job></job>"),
    ("xz", b"\xfd7zXZ\0\0\x04"),
    ("z", b"\x1f\x9d\x90abc"),
];

/// The class of an installer, as it stands in a compound file ({000C1084-0000-0000-C000-000000000046}).
const INSTALLER: [u8; 16] = *b"\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";

/// Names and bytes of files that look like those of the list, and are none.
const HARMLESS: &[(&str, &[u8])] = &[
    ("notes.txt", b"MZ is how programs begin, [autorun] is a section, -----BEGIN CERTIFICATE----- a line.\n"),
    ("isometric.txt", b"an isometric view\n"),
    ("report.exe.txt", b"a text about report.exe\n"),
    ("data.xml", b"<?xml version=\"1.0\"?><order><line/></order>"),
    ("settings.ini", b"[general]\r\nlanguage=en\r\n"),
    ("blob.dat", b"\x01\xfe\x17\x88\x93\x05\xaa\xd1\x44\xf0\x9c\x81\x02\xbb\xc3\x11"),
];

/// Clean files among the samples of `unpack`, by their folder.
const CLEAN: [(&str, &str); 3] = [
    ("archives", "hello.txt.bz2 hello.txt.gz hello.txt.lz hello.txt.lzma hello.txt.zst hello.uu ppmd.7z"),
    (
        "office",
        "library.docx library.xls library.xlsx lo.doc lo.docx lo.fodt.gz lo.odp lo.ods lo.odt lo.ppt.gz lo.rtf lo.xls lo.xlsx",
    ),
    ("pdf", "ghostscript.pdf libreoffice.pdf linearized.pdf picture.pdf reportlab.pdf revisions.pdf split.pdf"),
];
/// The same of small formats.
const CLEAN_SMALL: &str = "armoured.p7m clean.one clear.asc detached.p7s eva.vcf inner.eml meeting.ics opaque.p7m page.mhtml \
    report.pdf.p7m signed.asc winmail.dat";

/// Files of refused types that no start of theirs shows: images of disks, and what is a zip or a compound file besides.
fn whole() -> Vec<(&'static str, Vec<u8>)> {
    let mut boot_sector = vec![0_u8; 1024];
    boot_sector[..3].copy_from_slice(b"\xeb\x3c\x90");
    boot_sector[510..512].copy_from_slice(b"\x55\xaa");
    // ECMA-119 8.4: sixteen sectors of nothing, then the descriptor.
    let mut disc = vec![0_u8; 0x8000];
    disc.extend_from_slice(b"\x01CD001\x01");
    disc.resize(0x9000, 0);
    let package = |entry| corpus::archive(entry, b"Version: 1\r\n", false);
    vec![
        ("apk", package("AndroidManifest.xml")),
        ("appx", package("AppxManifest.xml")),
        ("arj", include_bytes!("../../../unpack/testdata/archives/files.arj").to_vec()),
        ("img", boot_sector),
        ("iso", disc),
        ("jar", package("META-INF/MANIFEST.MF")),
        ("msi", compound(INSTALLER)),
        ("msixbundle", package("AppxMetadata/AppxBundleManifest.xml")),
    ]
}

/// A compound file of this class with one stream.
fn compound(class: [u8; 16]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("Notes").unwrap().write_all(b"Notes of the meeting.\r\n").unwrap();
    file.flush().unwrap();
    let mut bytes = file.into_inner().into_inner();
    // MS-CFB 2.6.1: the class of the root stands 80 bytes behind the start of its name.
    let root: Vec<u8> = "Root Entry".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let at = bytes.windows(root.len()).position(|window| window == root).unwrap();
    bytes[at + 80..at + 96].copy_from_slice(&class);
    bytes
}

fn mail(name: &str, file: &[u8]) -> String {
    format!(
        "From: Alice <alice@sender.example>\r\nTo: <bob@corp.example>\r\nSubject: file\r\nMIME-Version: 1.0\r\n\
         Message-ID: <file@sender.example>\r\nDate: Thu, 26 Nov 2026 08:00:00 +0000\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n--b\r\n\
         Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        BASE64.encode(file)
    )
}

/// The decision of `standard` for a mail with each of these files, in order.
async fn decisions(mails: &[(String, Vec<u8>)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("postern.toml");
    files::write(&config, "settings = \"settings\"\ndata = \"data\"\n");
    let mut input = String::new();
    for (number, (name, file)) in mails.iter().enumerate() {
        let path = folder.path().join(format!("{number}.eml"));
        files::write(&path, mail(name, file));
        input.push_str(&serde_json::json!({ "file": path }).to_string());
        input.push('\n');
    }
    let config = config.display().to_string();
    let words = ["--config", &config, "scan", "--offline", "--batch"];
    let output = program::run(POSTERN, &words, input.as_bytes()).await;
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["decision"].to_string()).collect()
}

async fn assert_all(mails: &[(String, Vec<u8>)], expected: &str) {
    let decided = decisions(mails).await;
    assert_eq!(decided.len(), mails.len());
    let wrong: Vec<_> = mails.iter().zip(&decided).filter(|(_, decision)| *decision != expected).collect();
    let wrong: Vec<_> = wrong.iter().map(|((name, _), decision)| (name, decision)).collect();
    assert!(wrong.is_empty(), "not {expected}: {wrong:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_ending_of_the_list_is_refused() {
    let (_, bytes) = HARMLESS.last().unwrap();
    let mut mails = Vec::new();
    for ending in ENDINGS.split_whitespace() {
        let name = format!("Report.{}", ending.to_uppercase());
        mails.push((format!("{ending}.zip"), corpus::archive(&name, bytes, false)));
        mails.push((name, bytes.to_vec()));
    }
    assert_all(&mails, "\"reject\"").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_true_type_of_the_list_is_refused_under_any_name() {
    let begun = TYPES.iter().map(|(word, start)| {
        let mut bytes = start.to_vec();
        bytes.resize(1024, b' ');
        (*word, bytes)
    });
    let mut mails = Vec::new();
    for (word, bytes) in begun.chain(whole()) {
        mails.push((format!("{word}-in.zip"), corpus::archive("plan.dat", &bytes, false)));
        mails.push((format!("{word}.dat"), bytes));
    }
    assert_all(&mails, "\"reject\"").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_like_them_is_delivered() {
    let mails: Vec<_> = HARMLESS.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
    assert_all(&mails, "\"deliver\"").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clean_files_of_every_format_are_delivered() {
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../unpack/testdata");
    let folders = CLEAN.into_iter().chain([("small", CLEAN_SMALL)]);
    let named = folders.flat_map(|(folder, names)| names.split_whitespace().map(move |name| (folder, name)));
    let mut mails = Vec::new();
    for (folder, name) in named {
        let file = std::fs::read(samples.join(folder).join(name)).unwrap();
        mails.push((format!("{name}.zip"), corpus::archive(name, &file, false)));
        mails.push((name.to_owned(), file));
    }
    assert_all(&mails, "\"deliver\"").await;
}
