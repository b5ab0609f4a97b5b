//! Files in, a set or a named mistake out.
#![expect(clippy::disallowed_methods, reason = "a test writes its own files")]

use super::*;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn of(rules: &[&Path], hashes: &[&Path]) -> Result<SignatureSet, Fault> {
    let own = |paths: &[&Path]| paths.iter().map(|path| (*path).to_owned()).collect();
    load(&SignaturesAsTyped { builtin: false, rules: own(rules), hashes: own(hashes) }, &[], Occasion::Change)
}

const GOOD: &str = "rule a_marker { strings: $a = \"MARKER-OF-A-TEST\" condition: $a }\n";

#[test]
fn folders_are_read_by_ending_and_every_text_counts_for_the_version() {
    let one = folder(&[("a.yar", GOOD), ("notes.md", "no rule"), ("b.yara", &GOOD.replace("a_marker", "b_marker"))]);
    let set = of(&[one.path()], &[]).unwrap();
    assert_eq!(set.rules, 2);
    let file = one.path().join("a.yar");
    let again = of(&[one.path()], &[]).unwrap();
    assert_eq!(again.version, set.version, "the same texts are the same set");
    std::fs::write(&file, format!("{GOOD}// more\n")).unwrap();
    assert_ne!(of(&[one.path()], &[]).unwrap().version, set.version);
}

#[test]
fn mistakes_have_a_place() {
    let one = folder(&[("bad.yar", "rule a {\n  condition: $nowhere\n}\n"), ("empty.yar", ""), ("list.txt", "abc\n")]);
    let fault = |name: &str, is_list: bool| {
        let file = one.path().join(name);
        let outcome = if is_list { of(&[], &[&file]) } else { of(&[&file], &[]) };
        outcome.map(|_| ()).unwrap_err()
    };
    let at = |name: &str, line: u32| format!("signatures: {}:{line}:", one.path().join(name).display());
    let bad = fault("bad.yar", false);
    assert!(bad.message.starts_with(&at("bad.yar", 2)), "{bad}");
    assert!(fault("empty.yar", false).hint.contains("rename"));
    let bad = fault("list.txt", true);
    assert!(bad.message.starts_with(&at("list.txt", 1)), "{bad}");
    assert!(fault("missing.yar", false).message.contains("missing.yar"));
}

/// Of two files of one name the one that is wrong is told, and where files lie is no part of what they say.
#[test]
fn files_of_one_name_are_told_apart() {
    let (one, other) = (folder(&[("a.yar", GOOD)]), folder(&[("a.yar", GOOD)]));
    let twice = of(&[one.path(), other.path()], &[]).map(|_| ()).unwrap_err();
    let place = format!("signatures: {}:1:6: ", other.path().join("a.yar").display());
    assert!(twice.message.starts_with(&place), "{twice}");
    assert_eq!(of(&[one.path()], &[]).unwrap().version, of(&[other.path()], &[]).unwrap().version);
}

#[test]
fn a_folder_for_one_run_has_rules() {
    let empty = folder(&[("rules.txt", GOOD)]);
    let typed = SignaturesAsTyped { builtin: false, rules: Vec::new(), hashes: Vec::new() };
    let fault = load(&typed, &[empty.path().to_owned()], Occasion::Start).map(|_| ()).unwrap_err();
    assert!(fault.message.ends_with(" ends in .yar, .yara"), "{fault}");
    // In the configuration it may fill later.
    let set = of(&[empty.path()], &[]).unwrap();
    assert_eq!((set.rules, set.notes.len()), (0, 1));
}

#[test]
fn a_list_with_near_copies_asks_for_their_hashes() {
    let sha = "ab".repeat(32);
    let one = folder(&[("exact.txt", &format!("{sha} first\n"))]);
    let set = of(&[], &[one.path()]).unwrap();
    assert_eq!((set.rules, set.lists.len(), set.for_workers.tlsh), (0, 1, false));
    assert!(set.for_workers.rules.is_empty());
}
