//! The table of RFC 9989: who is aligned, which record speaks, and what happens when DNS does not.

use super::*;
use crate::sample::World;
use net::dns::DnsBudget;

const ZONE: &str = "
_dmarc.example.com TXT v=DMARC1; p=reject; sp=quarantine; np=reject; rua=mailto:d@example.com
example.com A 192.0.2.1
mail.example.com A 192.0.2.1
a.b.example.com A 192.0.2.1
_dmarc.strict.example.net TXT v=DMARC1; p=reject; adkim=s; aspf=s
_dmarc.test.example.net TXT v=DMARC1; p=reject; t=y; pct=0
_dmarc.two.example.org TXT v=DMARC1; p=reject
_dmarc.two.example.org TXT v=DMARC1; p=none
_dmarc.broken.example.org TXT v=DMARC1; p=refuse
_dmarc.reports.example.org TXT v=DMARC1; p=refuse; rua=mailto:d@example.org
_dmarc.later.example.org TXT p=reject; v=DMARC1
_dmarc.case.example.org TXT v=dmarc1; p=reject
_dmarc.down.example SERVFAIL
_dmarc.silent.example TIMEOUT
_dmarc.child.down.example TXT v=DMARC1; p=reject
_dmarc.bank TXT v=DMARC1; p=reject; psd=y
_dmarc.branch.city.bank TXT v=DMARC1; p=none
_dmarc.dept.gov.example TXT v=DMARC1; p=quarantine; psd=n
_dmarc.gov.example TXT v=DMARC1; p=reject
_dmarc.deep.example TXT v=DMARC1; p=quarantine
city.bank A 192.0.2.1
";

fn domain(text: &str) -> Domain {
    Domain::parse(text).unwrap()
}

fn spf(result: SpfResult, of: &str) -> SpfCheck {
    SpfCheck { result, domain: Some(domain(of)), of_helo: false }
}

fn dkim(result: DkimResult, of: &str) -> DkimCheck {
    DkimCheck { result, domain: Some(domain(of)), selector: "s".into(), comment: String::new() }
}

/// `result policy`, with `spf` and `dkim` behind where aligned.
fn short(check: &DmarcCheck) -> String {
    let mut text = check.result.word().to_owned();
    if let Some(policy) = check.policy {
        text = format!("{text} {}", policy.word());
    }
    for (aligned, word) in [(check.spf_aligned, " spf"), (check.dkim_aligned, " dkim")] {
        if aligned {
            text.push_str(word);
        }
    }
    text
}

async fn check(world: &World, from: &str, spf: &SpfCheck, dkim: &[DkimCheck]) -> String {
    let budget = DnsBudget::of_a_message();
    short(&verify(&Author::One(domain(from)), spf, dkim, world.dns.within(&budget)).await)
}

#[tokio::test]
async fn which_record_speaks() {
    let world = World::new(ZONE).await;
    let nothing = spf(SpfResult::Fail, "evil.example");
    for (from, expected) in [
        ("example.com", "fail reject"),
        ("mail.example.com", "fail quarantine"),
        ("a.b.example.com", "fail quarantine"),
        ("no.such.example.com", "fail reject"),
        ("test.example.net", "fail quarantine"),
        ("two.example.org", "none"),
        ("broken.example.org", "none"),
        ("reports.example.org", "fail none"),
        ("later.example.org", "none"),
        ("case.example.org", "none"),
        ("unknown.example", "none"),
        ("city.bank", "fail reject"),
        ("branch.city.bank", "fail none"),
        ("x.dept.gov.example", "fail quarantine"),
        ("a.b.c.d.e.f.g.h.deep.example", "fail quarantine"),
    ] {
        assert_eq!(check(&world, from, &nothing, &[]).await, expected, "{from}");
    }
}

#[tokio::test]
async fn who_is_aligned() {
    let world = World::new(ZONE).await;
    for (from, spf_of, dkim_of, expected) in [
        ("example.com", "example.com", "other.example", "pass reject spf"),
        ("example.com", "mail.example.com", "other.example", "pass reject spf"),
        ("mail.example.com", "other.example", "example.com", "pass quarantine dkim"),
        ("a.b.example.com", "mail.example.com", "mail.example.com", "pass quarantine spf dkim"),
        ("example.com", "notexample.com", "com", "fail reject"),
        ("strict.example.net", "x.strict.example.net", "x.strict.example.net", "fail reject"),
        ("strict.example.net", "x.strict.example.net", "strict.example.net", "pass reject dkim"),
        // One organisation below a public suffix is not another.
        ("branch.city.bank", "other.bank", "other.bank", "fail none"),
        ("branch.city.bank", "www.city.bank", "city.bank", "pass none spf dkim"),
        // `psd=n` cuts a department off its parent.
        ("x.dept.gov.example", "gov.example", "dept.gov.example", "pass quarantine dkim"),
        ("gov.example", "dept.gov.example", "x.dept.gov.example", "fail reject"),
    ] {
        let spf = spf(SpfResult::Pass, spf_of);
        let dkim = [dkim(DkimResult::Pass, dkim_of)];
        assert_eq!(check(&world, from, &spf, &dkim).await, expected, "{from} {spf_of} {dkim_of}");
    }
}

#[tokio::test]
async fn only_a_pass_counts() {
    let world = World::new(ZONE).await;
    for result in [SpfResult::None, SpfResult::Neutral, SpfResult::SoftFail, SpfResult::Fail, SpfResult::PermError] {
        assert_eq!(check(&world, "example.com", &spf(result, "example.com"), &[]).await, "fail reject");
    }
    let no = spf(SpfResult::None, "evil.example");
    for result in [DkimResult::None, DkimResult::Fail, DkimResult::Policy, DkimResult::PermError] {
        assert_eq!(check(&world, "example.com", &no, &[dkim(result, "example.com")]).await, "fail reject");
    }
}

#[tokio::test]
async fn trouble_is_never_pass_or_none() {
    let world = World::new(ZONE).await;
    let no = spf(SpfResult::Fail, "evil.example");
    for from in ["down.example", "silent.example", "sub.down.example", "sub.silent.example"] {
        let passed = spf(SpfResult::Pass, from);
        assert_eq!(check(&world, from, &passed, &[dkim(DkimResult::Pass, from)]).await, "temperror", "{from}");
    }
    // The author's own record answers, only the organisation is not known: the same name is aligned all the same.
    let own = spf(SpfResult::Pass, "child.down.example");
    assert_eq!(check(&world, "child.down.example", &own, &[]).await, "pass reject spf");
    let sister = [dkim(DkimResult::Pass, "sister.down.example")];
    assert_eq!(check(&world, "child.down.example", &no, &sister).await, "temperror reject");
    // A check that could not be made, of a domain that would be aligned.
    let open = [dkim(DkimResult::TempError, "mail.example.com")];
    assert_eq!(check(&world, "example.com", &no, &open).await, "temperror reject");
    let open = [dkim(DkimResult::TempError, "evil.example")];
    assert_eq!(check(&world, "example.com", &no, &open).await, "fail reject");
    assert_eq!(check(&world, "example.com", &spf(SpfResult::TempError, "example.com"), &[]).await, "temperror reject");
}

#[tokio::test]
async fn without_one_author_there_is_no_result() {
    let world = World::new(ZONE).await;
    let budget = DnsBudget::of_a_message();
    let passed = spf(SpfResult::Pass, "example.com");
    let check = verify(&Author::Unclear, &passed, &[], world.dns.within(&budget)).await;
    assert_eq!((short(&check), budget.asked()), ("permerror".to_owned(), 0));
}

#[tokio::test]
async fn many_domains_do_not_cost_many_walks() {
    let world = World::new(ZONE).await;
    let budget = DnsBudget::of_a_message();
    let no = spf(SpfResult::Fail, "evil.example");
    let many: Vec<DkimCheck> =
        (0..20).map(|n| dkim(DkimResult::Pass, &format!("a.b.c.d.e.f.x{n}.gov.example"))).collect();
    let author = Author::One(domain("dept.gov.example"));
    assert_eq!(verify(&author, &no, &many, world.dns.within(&budget)).await.result, DmarcResult::Fail);
    let gov = Author::One(domain("other.gov.example"));
    verify(&gov, &no, &many, world.dns.within(&budget)).await;
    assert!(budget.asked() <= 8 * (2 + ALIGNMENT_WALKS_MAX) + 2, "{}", budget.asked());
}
