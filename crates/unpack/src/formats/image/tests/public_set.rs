//! Pictures of another project that opens files, `qr-strelka` of the suites: what each says, as zbar 0.23 reads it, but for those
//! that are light on dark, which it does not read.

use std::path::{Path, PathBuf};

use super::{open, said};

const URL: &str = "https://www.example.com/";
const PLAIN: &str = "Plain Text Code";
const VCARD: &str = "BEGIN:VCARD\nVERSION:3.0\nFN;CHARSET=UTF-8:John Doe\nN;CHARSET=UTF-8:Doe;John;;;\nTEL;TYPE=HOME,VOICE:555-555-5555\n\
    TEL;TYPE=WORK,VOICE:666-666-6666\nEMAIL:email@example.com\nURL:https://www.example.com\nEND:VCARD";
const EVENT: &str =
    "BEGIN:VEVENT\nSUMMARY:My Event\nDESCRIPTION:Description\nLOCATION:Location\nDTSTART:20231017T222901Z\nEND:VEVENT";
const TRANSFER: &str = "BCD\n002\n1\nSCT\nRLNWATWW\nDoctors Without Borders\nAT973200000000518548\n\n\n\nEmergency Donation\n\
    Emergency aid donation - MSF";

/// Each picture and the texts of all codes in it.
const SAID: [(&str, &[&str]); 16] = [
    ("test_qr.jpg", &[URL]),
    ("test_qr.png", &[URL]),
    ("test_qr.webp", &[URL]),
    ("test_qr_email.png", &["mailto:email@example.com?subject=Subject&body=Body"]),
    ("test_qr_epc.png", &[TRANSFER]),
    ("test_qr_event.png", &[EVENT]),
    ("test_qr_inverted.png", &[PLAIN]),
    (
        "test_qr_mecard.png",
        &["MECARD:N:John Doe;TEL:555-555-5555;EMAIL:email@example.com;NOTE:Contoso;URL:https://www.example.com;"],
    ),
    ("test_qr_multi.png", &[URL, PLAIN]),
    ("test_qr_multi_inverted.png", &[URL, PLAIN]),
    ("test_qr_phone.png", &["tel:555-555-5555"]),
    ("test_qr_raw.png", &[PLAIN]),
    ("test_qr_sms.png", &["smsto:555-555-5555:Message"]),
    ("test_qr_url.png", &[URL]),
    ("test_qr_vcard.png", &[VCARD]),
    ("test_qr_wifi.png", &["WIFI:T:WPA;S:SSID;P:password;;"]),
];

#[test]
fn the_public_set_is_read_whole() {
    // As the suites of MIME: `POSTERN_SUITES`, or beside the checkout.
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/suites");
    let suites = std::env::var_os("POSTERN_SUITES").map_or_else(beside, PathBuf::from);
    let folder = suites.join("qr-strelka/src/python/strelka/tests/fixtures");
    let Ok(files) = std::fs::read_dir(&folder) else {
        return eprintln!("{} is not here: the public set is not read", folder.display());
    };
    let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, SAID.map(|(name, _)| name));
    for (name, texts) in SAID {
        let content = open(&[std::fs::read(folder.join(name)).unwrap()]);
        assert_eq!(lines(&said(&content)), lines(&texts.join("\n")), "{name}");
        assert_eq!(content.items[0].marks, ["qr"], "{name}");
    }
}

// Codes of a picture come in no order that is promised; line ends differ between makers of codes.
fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.retain(|line| !line.is_empty());
    lines.sort();
    lines
}
