use super::*;
use crate::evidence::{Detail, EvidenceId, Place, Strength, TextId};

fn seen(name: &'static str, strength: f32) -> Evidence {
    Evidence {
        id: EvidenceId::new(name),
        strength: Strength::new(strength),
        place: Place::Message,
        detail: Detail { text: TextId(name.into()), args: Vec::new() },
    }
}

fn weights() -> Weights {
    Weights::parse(
        r#"
        version = "test"
        calibrated = false
        prior = { bulk = -2.0, spam = -3.0, phishing = -4.0, malware = -6.0, policy = -6.0 }
        [evidence]
        eicar = { malware = 20.0 }
        list = { bulk = 4.0, spam = -0.5 }
        gtube = { spam = 14.0 }
        "#,
    )
    .unwrap()
}

#[test]
fn nothing_seen_is_clean() {
    let verdict = judge(&[], &weights());
    assert_eq!(verdict.class, Class::Clean);
    assert!((verdict.probability.0.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert!(verdict.bad() > 0.0 && verdict.bad() < 0.1);
}

#[test]
fn the_strongest_reason_comes_first() {
    let verdict = judge(&[seen("list", 1.0), seen("gtube", 1.0)], &weights());
    assert_eq!(verdict.class, Class::Spam);
    assert!(verdict.bad() > 0.99);
    let names: Vec<_> = verdict.reasons.iter().map(|reason| reason.evidence.id.name()).collect();
    assert_eq!(names, ["gtube", "list"]);
    assert!(verdict.reasons[1].contribution < 0.0);
}

#[test]
fn bulk_is_not_bad() {
    let verdict = judge(&[seen("list", 1.0)], &weights());
    assert_eq!(verdict.class, Class::Bulk);
    assert!(verdict.bad() < 0.1);
}

#[test]
fn what_could_not_be_opened_is_unscannable_unless_malware_is_certain() {
    let verdict = judge(&[seen(UNSCANNABLE, 1.0)], &weights());
    assert_eq!(verdict.class, Class::Unscannable);
    assert!((verdict.bad() - 1.0).abs() < 1e-12);
    let verdict = judge(&[seen(UNSCANNABLE, 1.0), seen("eicar", 1.0)], &weights());
    assert_eq!(verdict.class, Class::Malware);
}

#[test]
fn a_weights_file_with_a_mistake_names_it() {
    let error =
        Weights::parse("version = \"x\"\ncalibrated = false\nprior = { spma = 1.0 }\n[evidence]\n").unwrap_err();
    assert!(error.to_string().contains("spma"), "{error}");
}
