//! Every detector against its mail in `corpus/<pattern>/`: `fires-*` shows the pattern, `clean-*` is its honest twin. One line
//! a case that went wrong.
#![expect(clippy::expect_used, clippy::panic, reason = "set-up that fails is a failed test")]

mod case;
mod content;
mod project;
mod template;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use detect::detectors::ALL;
use detect::texts::{Language, render};
use detect::{Knowledge, detect};
use mail::address::Domain;
use scan::class::Class;
use scan::evidence::Arg;
use scan::judge::judge;
use scan::weights::Weights;

/// Cases that a detector needs at least.
const FIRING_CASES_MIN: usize = 3;
/// Honest twins that a detector needs at least.
const CLEAN_CASES_MIN: usize = 2;

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../corpus")
}

/// Every case: pattern, file name, path.
fn cases() -> Vec<(String, String, PathBuf)> {
    let mut cases = Vec::new();
    for folder in std::fs::read_dir(corpus()).expect("corpus/") {
        let folder = folder.expect("a folder").path();
        if !folder.is_dir() {
            continue;
        }
        let pattern = folder.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        for file in std::fs::read_dir(&folder).expect("a folder") {
            let path = file.expect("a file").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            if name.ends_with(".eml") {
                cases.push((pattern.clone(), name, path));
            }
        }
    }
    cases.sort();
    cases
}

fn knowledge() -> Knowledge {
    Knowledge::built_in(vec![Domain::parse("corp.example").expect("a domain")]).expect("built in")
}

fn weights() -> Weights {
    Weights::parse(detect::WEIGHTS).expect("weights.toml")
}

#[test]
fn every_case_fires_or_is_clean_as_its_name_says() {
    let knowledge = knowledge();
    let mut wrong = Vec::new();
    for (pattern, name, path) in cases() {
        let evidence = detect(&case::scan(&path), &knowledge);
        let fired: Vec<&str> = evidence.iter().map(|item| item.id.name()).collect();
        if fired.contains(&pattern.as_str()) != name.starts_with("fires-") {
            wrong.push(format!("{pattern}/{name}: fired {fired:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_detector_has_its_cases_and_every_folder_its_detector() {
    let mut fires: BTreeMap<String, usize> = BTreeMap::new();
    let mut clean: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let ids: BTreeSet<&str> = ALL.iter().map(|detector| detector.id.name()).collect();
    for (pattern, name, path) in cases() {
        let counted = match name.split('-').next() {
            Some("fires") => &mut fires,
            Some("clean") => &mut clean,
            _ => {
                wrong.push(format!("{pattern}/{name}: neither fires- nor clean-"));
                continue;
            }
        };
        *counted.entry(pattern.clone()).or_default() += 1;
        let bytes = std::fs::read(&path).expect("a case");
        let line_ends = bytes.iter().filter(|b| **b == b'\n').count();
        if line_ends != bytes.windows(2).filter(|pair| pair == b"\r\n").count() {
            wrong.push(format!("{pattern}/{name}: a line without CRLF"));
        }
        if !ids.contains(pattern.as_str()) {
            wrong.push(format!("{pattern}/{name}: no detector has this name"));
        }
    }
    for id in ids {
        let counts = (fires.get(id).copied().unwrap_or(0), clean.get(id).copied().unwrap_or(0));
        if counts.0 < FIRING_CASES_MIN || counts.1 < CLEAN_CASES_MIN {
            wrong.push(format!("{id}: {} fire and {} are clean", counts.0, counts.1));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn evidence_fills_the_holes_of_its_text() {
    let knowledge = knowledge();
    for (pattern, name, path) in cases() {
        for mut item in detect(&case::scan(&path), &knowledge) {
            // One value more than the text has holes for must not show, each of the others must.
            let count = item.detail.args.len();
            item.detail.args = (0..=count).map(|number| Arg::Meta(format!("<{number}>"))).collect();
            let words = render(&item.detail, Language::English);
            let shown: Vec<bool> = (0..=count).map(|number| words.contains(&format!("<{number}>"))).collect();
            let expected: Vec<bool> = (0..=count).map(|number| number < count).collect();
            assert_eq!(shown, expected, "{pattern}/{name}: {words}");
        }
    }
}

// What the mail that shows a "certain" pattern must come to, whatever else stands in it.
#[test]
fn certain_patterns_reach_their_thresholds() {
    let (knowledge, weights) = (knowledge(), weights());
    for (pattern, name, path) in cases().into_iter().filter(|(_, name, _)| name.starts_with("fires-")) {
        let (class, least) = match pattern.as_str() {
            "gtube" => (Class::Spam, 0.995),
            "eicar" => (Class::Malware, 0.995),
            "executable_attachment" => (Class::Malware, 0.95),
            "mime_ambiguous" | "partial_message" => (Class::Policy, 0.8),
            "multiple_from" if !name.contains("same-organisation") => (Class::Phishing, 0.8),
            "unscannable" => (Class::Unscannable, 1.0),
            "archive_ambiguous" if !name.contains("in-front") => (Class::Policy, 0.8),
            "display_name_address" if name.contains("own-domain") => (Class::Phishing, 0.8),
            _ => continue,
        };
        let verdict = judge(&detect(&case::scan(&path), &knowledge), &weights);
        assert!(
            verdict.class == class && verdict.bad() >= least,
            "{pattern}/{name}: {:?} at {:.4}, {:?}",
            verdict.class,
            verdict.bad(),
            verdict.reasons
        );
    }
}
