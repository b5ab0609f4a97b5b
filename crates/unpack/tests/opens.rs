//! What is left of disarmed documents opens in the programs that people have: LibreOffice and poppler, with the words still there.
#![expect(clippy::panic, reason = "a test stops where it cannot go on")]

use std::path::Path;
use std::process::Command;

use bytes::Bytes;
use unpack::disarm::{Outcome, disarm, renamed};
use unpack::{Budget, Limits, Part};

/// File, and words that are in it.
const ARMED: [(&str, &[u8], &[&str]); 4] = [
    ("minutes.docm", include_bytes!("../testdata/disarm/armed.docm"), &["Minutes", "Dear all", "shown instead"]),
    ("letter.odt", include_bytes!("../testdata/disarm/armed.odt"), &["press here"]),
    ("table.xlsm", include_bytes!("../testdata/disarm/armed.xlsm"), &["4142", "4243"]),
    ("show.pptm", include_bytes!("../testdata/disarm/armed.pptm"), &[]),
];

/// A page with words, and a script that runs when it is opened.
const ACTIVE_PDF: &[u8] = br"%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\(1\))>>>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
4 0 obj<</Length 47>>stream
BT /F1 18 Tf 20 100 Td (Words that stay) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
%%EOF
";

fn disarmed(name: &str, bytes: &'static [u8]) -> (String, Vec<u8>) {
    let part =
        Part { place: "1".into(), names: vec![name.to_owned()], bytes: Bytes::from_static(bytes), ..Part::default() };
    match disarm(&part, &mut Budget::new(Limits::default())) {
        Outcome::Disarmed(disarmed) => (renamed(name, disarmed.kind), disarmed.bytes),
        other => panic!("{name}: {other:?}"),
    }
}

#[expect(clippy::disallowed_methods, reason = "real programs are asked")]
fn run(program: &str, arguments: &[&str], home: &Path) -> String {
    let done = Command::new(program).args(arguments).env("HOME", home).output();
    let done = done.unwrap_or_else(|error| panic!("{program} is missing (see ./test): {error}"));
    assert!(done.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "files for other programs")]
fn libreoffice_and_poppler_show_what_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (name, bytes) = disarmed("active.pdf", ACTIVE_PDF);
    std::fs::write(path(&name), bytes).unwrap();
    let shown = run("pdftotext", &[&path(&name), "-"], folder.path());
    assert_eq!(shown.trim(), "Words that stay");
    let mut names = Vec::new();
    for (name, bytes, _) in ARMED {
        let (name, bytes) = disarmed(name, bytes);
        std::fs::write(path(&name), bytes).unwrap();
        names.push(path(&name));
    }
    let out = path("out");
    let mut arguments = vec!["--headless", "--norestore", "--convert-to", "pdf", "--outdir", &out];
    arguments.extend(names.iter().map(String::as_str));
    run("soffice", &arguments, folder.path());
    for (name, _, expected) in ARMED {
        let stem = name.split('.').next().unwrap();
        let text = run("pdftotext", &[&path(&format!("out/{stem}.pdf")), "-"], folder.path());
        assert!(!text.trim().is_empty(), "{name}: LibreOffice shows nothing");
        for word in expected {
            assert!(text.contains(word), "{name} has no {word}: {text}");
        }
    }
}
