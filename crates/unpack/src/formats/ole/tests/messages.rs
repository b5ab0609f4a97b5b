//! Mail that Outlook saved, and installers.

use expect_test::expect;

use crate::formats::office::testing::{compound_of, mutate, open, show};

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The example of MS-OXRTFCP 3.1.1.
const PACKED_RTF: &[u8] =
    b"\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70\x67\
    \x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0";

fn message() -> Vec<u8> {
    let list = [0_u8; 32];
    let inner = "__attach_version1.0_#00000001/__substg1.0_3701000D";
    compound_of(&[
        ("__properties_version1.0", &list),
        ("__substg1.0_0037001F", &wide("Your invoice")),
        ("__substg1.0_851F001F", &wide("\\\\198.51.100.7\\share\\sound.wav")),
        ("__substg1.0_0C1F001F", &wide("sender@one.example")),
        ("__substg1.0_1000001E", b"see http://body.example/\0"),
        ("__substg1.0_10130102", b"<p>page <a href='http://page.example/'>link</a></p>"),
        ("__substg1.0_10090102", PACKED_RTF),
        ("__recip_version1.0_#00000000/__substg1.0_3003001F", &wide("rcpt@two.example")),
        ("__attach_version1.0_#00000000/__properties_version1.0", &list),
        ("__attach_version1.0_#00000000/__substg1.0_37010102", b"MZ program"),
        ("__attach_version1.0_#00000000/__substg1.0_3707001F", &wide("invoice.pdf.exe")),
        ("__attach_version1.0_#00000000/__substg1.0_3704001F", &wide("INVOIC~1.EXE")),
        (&format!("{inner}/__properties_version1.0"), &list),
        (&format!("{inner}/__substg1.0_0037001F"), &wide("Within")),
        (&format!("{inner}/__attach_version1.0_#00000000/__substg1.0_37010102"), b"text of the inner one"),
        (&format!("{inner}/__attach_version1.0_#00000000/__substg1.0_3707001F"), &wide("inner.txt")),
    ])
}

#[test]
fn messages_of_outlook_are_read_with_those_within() {
    let content = open(&message());
    expect![[r#"
        1 msg ["unc_path"]
          page link
          Your invoice
          sender@one.example
          see http://body.example/
          hello world
          Within
          other rcpt@two.example
          other \\198.51.100.7\share\sound.wav
          -> http://page.example/ Anchor "link"
          -> \\198.51.100.7\share\sound.wav Field ""
          -> http://body.example/ Text ""
        1/msg:0 exe []
        1/msg:1 text []
          text of the inner one
    "#]]
    .assert_eq(&show(&content));
    assert_eq!(content.items[1].names, ["invoice.pdf.exe", "INVOIC~1.EXE"]);
}

#[test]
fn installers_show_their_streams() {
    // "Binary.a" and the table of strings in the packed form of names.
    let name = |plain: &str| {
        let letters = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._";
        let at = |byte: &u8| u32::try_from(letters.iter().position(|own| own == byte).unwrap()).unwrap();
        let pairs = plain.as_bytes().chunks(2).map(|pair| match pair {
            [one, two] => 0x3800 + at(one) + (at(two) << 6),
            [one] => 0x4800 + at(one),
            _ => 0,
        });
        pairs.filter_map(char::from_u32).collect::<String>()
    };
    let mut bytes = compound_of(&[
        (&name("Binary.x"), b"MZ custom action"),
        (&format!("\u{4840}{}", name("_StringData")), b"powershell -enc AAAA"),
    ]);
    // The class of the root.
    let directory = usize::try_from(u32::from_le_bytes(bytes[48..52].try_into().unwrap())).unwrap();
    let at = (directory + 1) * 4096 + 80;
    bytes[at..at + 16].copy_from_slice(b"\x84\x10\x0c\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46");
    let content = open(&bytes);
    expect![[r#"
        1 msi []
          other powershell -enc AAAA
        1/msi:1 exe []
    "#]]
    .assert_eq(&show(&content));
    assert_eq!(content.items[1].names, ["Binary.x"]);
}

#[test]
fn damaged_messages_do_no_harm() {
    mutate(&message(), 1_000);
}
