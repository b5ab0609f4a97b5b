//! The truth tables, whole, and where each unknown comes from.

use super::*;

fn unknown(name: &str) -> Truth {
    Truth::unknown(Cause::new(CauseKind::Advisory, name))
}

#[test]
fn the_truth_tables() {
    use Truth::{False, True};
    let (u, v) = (unknown("u"), unknown("v"));
    let both =
        Truth::Unknown(BTreeSet::from([Cause::new(CauseKind::Advisory, "u"), Cause::new(CauseKind::Advisory, "v")]));
    let and = [
        (True, True, True),
        (True, False, False),
        (True, u.clone(), u.clone()),
        (False, True, False),
        (False, False, False),
        (False, u.clone(), False),
        (u.clone(), True, u.clone()),
        (u.clone(), False, False),
        (u.clone(), v.clone(), both.clone()),
    ];
    for (a, b, expected) in and {
        assert_eq!(a.clone().and(b.clone()), expected, "{a} && {b}");
    }
    let or = [
        (True, True, True),
        (True, False, True),
        (True, u.clone(), True),
        (False, True, True),
        (False, False, False),
        (False, u.clone(), u.clone()),
        (u.clone(), True, True),
        (u.clone(), False, u.clone()),
        (u.clone(), v.clone(), both),
    ];
    for (a, b, expected) in or {
        assert_eq!(a.clone().or(b.clone()), expected, "{a} || {b}");
    }
    for (a, expected) in [(True, False), (False, True), (u.clone(), u)] {
        assert_eq!(a.negated(), expected);
    }
}

#[test]
fn the_tables_hold_for_written_conditions() {
    let mut message = gathered();
    message.facts.reverse_dns = Fact::Unknown(UnknownReason::Failed);
    let u = "facts.reverse_dns.confirmed";
    let is = "unknown: facts.reverse_dns (advisory)";
    let cases = [
        (format!("false && {u}"), "false"),
        (format!("{u} && false"), "false"),
        (format!("true && {u}"), is),
        (format!("true || {u}"), "true"),
        (format!("{u} || true"), "true"),
        (format!("false || {u}"), is),
        (format!("!{u}"), is),
        (format!("{u} == true"), is),
        (format!("{u} != {u}"), is),
        ("facts.reverse_dns.name == \"a\"".to_owned(), is),
        ("facts.reverse_dns.name in lists.partners".to_owned(), is),
        ("facts.reverse_dns.name.contains(\"a\")".to_owned(), is),
        ("facts.reverse_dns.name.matches(\"a\")".to_owned(), is),
        ("facts.reverse_dns.name.within(lists.partners)".to_owned(), is),
        (format!("lists.partners.exists(x, {u})"), is),
        (format!("lists.partners.all(x, {u})"), is),
    ];
    for (text, expected) in cases {
        assert_eq!(ask_of(&text, &message), expected, "{text}");
    }
}

#[test]
fn a_dns_list_that_did_not_answer_is_unknown() {
    check(r#""quiet.example.net" in facts.dns_lists"#, "false");
    check(r#""silent.example.net" in facts.dns_lists"#, "unknown: facts.dns_lists[silent.example.net] (advisory)");
    check(r#""never.asked.net" in facts.dns_lists"#, "unknown: facts.dns_lists[never.asked.net] (advisory)");
    check("facts.dns_lists.exists(x, true)", "true");
    check(
        "facts.dns_lists.exists(x, x.startsWith(\"silent\"))",
        "unknown: facts.dns_lists[silent.example.net] (advisory)",
    );
    check("facts.dns_lists.exists(x, x.startsWith(\"quiet\"))", "false");
    check("facts.dns_lists.all(x, x.startsWith(\"bl\"))", "unknown: facts.dns_lists[silent.example.net] (advisory)");
    check("facts.dns_lists.all(x, x.startsWith(\"silent\"))", "false");
    check("facts.dns_lists.size() > 0", "unknown: facts.dns_lists[silent.example.net] (advisory)");
    let mut message = gathered();
    message.facts.dns_lists.clear();
    assert_eq!(ask_of("facts.dns_lists.exists(x, true)", &message), "unknown: facts.dns_lists (advisory)");
}

#[test]
fn a_scanner_that_did_not_answer_is_unknown_as_much_as_it_is_needed() {
    use scan::facts::{Said, ScannedFile, ScannerFact, ScannerKind, ScannerNeed, UnknownReason};
    let fact = |scanner: &str, need, said: &[Said]| ScannerFact {
        scanner: scanner.to_owned(),
        kind: ScannerKind::AntiVirus,
        need,
        version: String::new(),
        asked: 3,
        not_wanted: 0,
        files: said.iter().map(|said| ScannedFile { place: "1".to_owned(), said: *said, words: Vec::new() }).collect(),
    };
    let failed = Said::Unknown(UnknownReason::Failed);
    let mut message = gathered();
    message.facts.scanners = vec![
        fact("found", ScannerNeed::Required, &[Said::Malware, failed]),
        fact("clean", ScannerNeed::Required, &[]),
        fact("down", ScannerNeed::Required, &[failed]),
        fact("open", ScannerNeed::FailOpen, &[failed]),
        fact("spare", ScannerNeed::Advisory, &[Said::OverLimits]),
        fact("box", ScannerNeed::Advisory, &[Said::Running]),
    ];
    for (text, expected) in [
        (r#""found" in facts.scanners"#, "true"),
        (r#""clean" in facts.scanners"#, "false"),
        (r#""nobody" in facts.scanners"#, "false"),
        (r#""down" in facts.scanners"#, "unknown: scanner:down (required)"),
        (r#""open" in facts.scanners"#, "unknown: scanner:open (advisory)"),
        (r#""spare" in facts.scanners"#, "unknown: scanner:spare (advisory)"),
        (r#""box" in facts.scanners"#, "unknown: scanner:box (required)"),
        (r#"facts.scanners.exists(name, name.startsWith("f"))"#, "true"),
    ] {
        assert_eq!(ask_of(text, &message), expected, "{text}");
    }
}

#[test]
fn a_temporary_error_is_a_word_and_a_doubt() {
    let mut message = gathered();
    message.auth.dmarc.result = DmarcResult::TempError;
    message.auth.spf.result = SpfResult::TempError;
    let required = "unknown: auth.dmarc (required)";
    let advisory = "unknown: auth.spf (advisory)";
    for (text, expected) in [
        (r#"auth.dmarc == "pass""#, required),
        (r#"auth.dmarc != "pass""#, required),
        (r#"auth.dmarc == "temperror""#, "true"),
        (r#"auth.dmarc != "temperror""#, "false"),
        (r#"auth.dmarc in ["fail", "permerror"]"#, required),
        (r#"auth.dmarc in ["fail", "temperror"]"#, "true"),
        ("auth.aligned", "unknown: auth.aligned (required)"),
        (r#"auth.dmarc_policy == "reject""#, "unknown: auth.dmarc_policy (required)"),
        (r#"auth.spf == "fail""#, advisory),
        (r#"auth.spf == "temperror""#, "true"),
        (r#"auth.spf == "fail" || auth.dmarc == "fail""#, "unknown: auth.spf (advisory), auth.dmarc (required)"),
    ] {
        assert_eq!(ask_of(text, &message), expected, "{text}");
    }
}

#[test]
fn a_question_has_four_answers() {
    let text = r#"has_type("exe")"#;
    let mut message = gathered();
    assert_eq!(ask_of(text, &message), r#"unknown: has_type("exe") (needs the body)"#);
    message.findings.0.insert(text.to_owned(), Answer::Unknown);
    assert_eq!(ask_of(text, &message), r#"unknown: content (could not be opened)"#);
    message.failed_checks.push("unpack".to_owned());
    assert_eq!(ask_of(text, &message), r#"unknown: content (required)"#);
    message.findings.0.insert(text.to_owned(), Answer::No);
    assert_eq!(ask_of(text, &message), "false");
    message.findings.0.insert(text.to_owned(), Answer::Yes);
    assert_eq!(ask_of(text, &message), "true");
}
