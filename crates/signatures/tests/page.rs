//! The page of our rules is fresh, and says of each rule what its text says. `UPDATE_EXPECT=1` writes the page.

use expect_test::expect_file;
use signatures::{builtin, describe};

/// As `cargo xtask docs` puts it above every page.
const HEAD: &str = "# Signatures\n\n<!-- Made by `cargo xtask docs` from the code; change it there. -->\n\n";

#[test]
fn the_page_in_the_reference_is_fresh() {
    let page = format!("{HEAD}{}", describe().unwrap());
    expect_file!["../../../docs/reference/signatures.md"].assert_eq(&page);
}

#[test]
fn every_rule_has_one_row_and_no_private_one_has() {
    let page = describe().unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| `")).count();
    let declared = |word: &str| builtin::FILES.iter().map(|(_, text)| text.matches(word).count()).sum::<usize>();
    let private = declared("\nprivate rule ");
    assert!(private > 10, "{private}");
    assert_eq!(rows, declared("\nrule "));
}

#[test]
fn a_row_has_name_subjects_reason_and_reference() {
    let page = describe().unwrap();
    let row = page.lines().find(|line| line.starts_with("| `program_mshta` |")).unwrap();
    assert_eq!(
        row,
        "| `program_mshta` | lolbin dropper | The script host for pages is started with an address or a script. | \
         <https://attack.mitre.org/techniques/T1218/005/> |"
    );
}
