//! The weights that ship: complete, and no louder than they may be.
#![expect(clippy::expect_used, reason = "set-up that fails is a failed test")]

use std::collections::BTreeSet;

use detect::detectors::ALL;
use scan::class::Class;
use scan::evidence::{Detail, Evidence, EvidenceId, Place, Strength, TextId};
use scan::judge::judge;
use scan::verdict::Verdict;
use scan::weights::Weights;

/// Quarantine of rule set `standard`.
const QUARANTINE: f64 = 0.80;
/// Tag of rule set `standard`.
const TAG: f64 = 0.40;
/// Reject of rule set `standard`.
const REJECT: f64 = 0.995;

/// Evidence that may reach quarantine alone.
const ALONE: [&str; 33] = [
    "antivirus_found",
    "archive_ambiguous",
    "archive_bomb",
    "auto_macro",
    "autorun_media",
    "charset_disguise",
    "dde_field",
    "detonation_found",
    "disguised_header",
    "disguised_name",
    "display_name_address",
    "dkim_partial_body",
    "dmarc_fail",
    "document_launch",
    "eicar",
    "equation_object",
    "executable_attachment",
    "forged_results",
    "gtube",
    "html_smuggling",
    "malformed_from",
    "mime_ambiguous",
    "multiple_from",
    "name_conflict",
    "nested_ambiguous",
    "partial_message",
    "polyglot",
    "remote_template",
    "script_attachment",
    "shortcut_command",
    "signature_malware",
    "xlm_macro",
    "xml_dtd",
];
/// Evidence that refuses alone.
const CERTAIN: [(&str, Class); 6] = [
    ("antivirus_found", Class::Malware),
    ("detonation_found", Class::Malware),
    ("eicar", Class::Malware),
    ("executable_attachment", Class::Malware),
    ("signature_malware", Class::Malware),
    ("gtube", Class::Spam),
];

fn weights() -> Weights {
    Weights::parse(detect::WEIGHTS).expect("weights.toml")
}

fn verdict(evidence: &[(&str, Strength)]) -> Verdict {
    let evidence: Vec<Evidence> = evidence
        .iter()
        .map(|(name, strength)| Evidence {
            id: EvidenceId((*name).to_owned().into()),
            strength: *strength,
            place: Place::Message,
            detail: Detail { text: TextId((*name).to_owned().into()), args: Vec::new() },
        })
        .collect();
    judge(&evidence, &weights())
}

#[test]
fn every_detector_has_its_row_and_every_row_its_detector() {
    let rows: BTreeSet<String> = weights().evidence.into_keys().collect();
    let ids: BTreeSet<String> = ALL.iter().map(|detector| detector.id.name().to_owned()).collect();
    assert_eq!(rows, ids);
    assert_eq!(ids.len(), ALL.len(), "two detectors have one name");
}

#[test]
fn they_say_that_they_are_not_calibrated() {
    assert!(!weights().calibrated);
}

#[test]
fn without_evidence_a_message_is_clean() {
    let verdict = verdict(&[]);
    assert_eq!(verdict.class, Class::Clean);
    assert!((0.01..0.04).contains(&verdict.bad()), "{}", verdict.bad());
}

#[test]
fn only_strong_signs_stop_a_message_alone() {
    for detector in ALL.iter().filter(|detector| detector.id.name() != scan::judge::UNSCANNABLE) {
        let name = detector.id.name();
        let bad = verdict(&[(name, Strength::FULL)]).bad();
        assert_eq!(bad >= QUARANTINE, ALONE.contains(&name), "{name}: {bad:.4}");
    }
}

#[test]
fn certain_signs_refuse_alone() {
    for (name, class) in CERTAIN {
        let verdict = verdict(&[(name, Strength::FULL)]);
        assert!(verdict.class == class && verdict.bad() >= REJECT, "{name}: {:.5}", verdict.bad());
    }
    let dmarc = verdict(&[("dmarc_fail", Strength::FULL)]);
    assert!(dmarc.bad() < REJECT, "DMARC alone never refuses: {:.5}", dmarc.bad());
}

#[test]
fn no_sign_lowers_a_bad_probability() {
    let weights = weights();
    for (name, row) in &weights.evidence {
        assert!(row.values().all(|weight| *weight >= 0.0), "{name} vouches for something");
    }
    // A sign of bulk mail, which anybody can add, leaves the others where they were.
    for detector in ALL.iter().filter(|detector| detector.id.name() != "bulk") {
        for strength in [Strength::HALF, Strength::FULL] {
            let name = detector.id.name();
            let without = verdict(&[(name, Strength::FULL)]).bad();
            let with = verdict(&[(name, Strength::FULL), ("bulk", strength)]).bad();
            assert!(with >= without - 0.01, "{name}: {without:.4}, as bulk {with:.4}");
        }
    }
}

#[test]
fn a_photo_that_nobody_could_read_changes_no_decision() {
    for strength in [Strength::LOW, Strength::HALF, Strength::FULL] {
        let verdict = verdict(&[("picture_unread", strength)]);
        assert!(verdict.class == Class::Clean && verdict.bad() < TAG / 4.0, "{strength:?}: {:.4}", verdict.bad());
    }
    let mishaps = [("picture_unread", Strength::LOW), ("spf_fail", Strength::LOW), ("dkim_fail", Strength::HALF)];
    assert!(verdict(&mishaps).bad() < TAG / 2.0);
}

#[test]
fn bulk_is_bulk() {
    for strength in [Strength::HALF, Strength::FULL] {
        let verdict = verdict(&[("bulk", strength)]);
        assert!(verdict.class == Class::Bulk && verdict.bad() < TAG, "{:?} {:.4}", verdict.class, verdict.bad());
    }
}

#[test]
fn our_own_domain_forged_is_tagged_alone_and_quarantined_with_a_second_sign() {
    let own = ("own_domain_from_outside", Strength::FULL);
    assert!(verdict(&[own]).bad() >= TAG);
    for second in [("spf_fail", Strength::FULL), ("dmarc_fail", Strength::LOW), ("reply_to_elsewhere", Strength::FULL)]
    {
        let verdict = verdict(&[own, second]);
        assert!(verdict.class == Class::Phishing && verdict.bad() >= QUARANTINE, "{second:?}: {:.4}", verdict.bad());
    }
}

#[test]
fn ordinary_mishaps_together_do_not_stop_a_message() {
    let mishaps = [
        ("spf_fail", Strength::LOW),
        ("dkim_fail", Strength::HALF),
        ("dmarc_fail", Strength::LOW),
        ("reverse_dns_missing", Strength::HALF),
        ("bulk", Strength::FULL),
    ];
    let bad = verdict(&mishaps).bad();
    assert!(bad < TAG, "{bad:.4}");
}
