//! Every rule of ours has cases of its own in `rules/cases/RULE/`: it fires on each `hit-*` there, and no rule at all fires on any
//! `clean-*`, the near thing without what makes it bad. A file that ends in `.hex` holds bytes in hexadecimal; what stands between
//! the number and that, other than `txt`, is the name that the rules are told.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test: what is missing here must stop it")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use signatures::{Rules, Scanner, builtin};

/// Of each kind, for each rule.
const CASES_MIN: usize = 2;

struct Case {
    rule: String,
    path: PathBuf,
    name: String,
    bytes: Vec<u8>,
    fires: bool,
}

fn cases() -> Vec<Case> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/cases");
    let mut cases = Vec::new();
    for folder in fs::read_dir(top).unwrap() {
        let folder = folder.unwrap().path();
        let rule = folder.file_name().unwrap().to_string_lossy().into_owned();
        for file in fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            cases.push(case(&rule, &path));
        }
    }
    cases.sort_by(|a, b| a.path.cmp(&b.path));
    cases
}

fn case(rule: &str, path: &Path) -> Case {
    let file = path.file_name().unwrap().to_str().unwrap();
    let (kind, name) = file.split_once('.').unwrap();
    let fires = match kind.split_once('-').unwrap().0 {
        "hit" => true,
        "clean" => false,
        other => panic!("{}: {other:?} is neither hit nor clean", path.display()),
    };
    let text = fs::read(path).unwrap();
    let (name, bytes) = match name.strip_suffix("hex") {
        Some(name) => (name.trim_end_matches('.'), from_hex(&text)),
        None => (name, text),
    };
    let name = if name == "txt" { String::new() } else { name.to_owned() };
    Case { rule: rule.to_owned(), path: path.to_owned(), name, bytes, fires }
}

fn from_hex(text: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    data_encoding::HEXLOWER.decode(&digits).unwrap()
}

fn rules() -> Rules {
    let (rules, faults) = Rules::compile(&builtin::sources()).unwrap();
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "our own rules have faults:\n{}", faults.join("\n"));
    rules
}

#[test]
fn every_rule_fires_on_its_cases_and_is_silent_on_all_clean_ones() {
    let rules = rules();
    let mut scanner = Scanner::new(&rules);
    let mut wrong = Vec::new();
    for case in cases() {
        let scanned = scanner.scan_named(&case.bytes, &case.name, "");
        assert!(scanned.whole, "{}", case.path.display());
        let found: Vec<&str> = scanned.matches.iter().map(|found| found.rule).collect();
        if case.fires && !found.contains(&case.rule.as_str()) {
            wrong.push(format!("{}: not found, only {found:?}", case.path.display()));
        }
        if !case.fires && !found.is_empty() {
            wrong.push(format!("{}: clean, but {found:?}", case.path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} cases are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_rule_has_cases_and_all_cases_have_a_rule() {
    let mut counts = BTreeMap::<String, (usize, usize)>::new();
    for case in cases() {
        let count = counts.entry(case.rule).or_default();
        if case.fires { count.0 += 1 } else { count.1 += 1 }
    }
    let mut wrong = Vec::new();
    for rule in rule_names() {
        let (hits, clean) = counts.remove(&rule).unwrap_or_default();
        if hits < CASES_MIN || clean < CASES_MIN {
            wrong.push(format!("{rule}: {hits} hits and {clean} clean, at least {CASES_MIN} of each"));
        }
    }
    wrong.extend(counts.into_keys().map(|rule| format!("{rule}: cases of no rule")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_says_what_it_is() {
    for (file, text) in builtin::FILES {
        for rule in text.split("\nrule ").skip(1) {
            let name = rule.split([' ', ':']).next().unwrap();
            for key in ["severity = \"", "reason = \"", "reference = \"https://"] {
                assert!(rule.contains(&format!("    {key}")), "{file}: {name} has no {key}");
            }
            let severity = rule.split("severity = \"").nth(1).unwrap().split('"').next().unwrap();
            assert!(signatures::Severity::from_word(severity).is_some(), "{file}: {name}: {severity:?}");
        }
    }
}

/// Names of the rules that are not private, from their texts.
fn rule_names() -> Vec<String> {
    let declarations =
        builtin::FILES.iter().flat_map(|(_, text)| text.lines().filter_map(|line| line.strip_prefix("rule ")));
    declarations.map(|line| line.split([' ', ':']).next().unwrap().to_owned()).collect()
}
