use expect_test::expect;

use super::prefix::prefix;
use super::sessions::{SessionCounts, SessionLimits};
use super::*;

mod relay;

pub(super) fn rules() -> AdmissionRules {
    let text = r#"
[[domain]]
name = "example.org"
next_hop = ["192.0.2.1"]
recipients = ["bob@example.org"]
[[domain]]
name = "any.example"
next_hop = ["192.0.2.1"]
recipients = "any"
[[domain]]
name = "ask.example"
next_hop = ["192.0.2.1"]
recipients = "ask"
"#;
    AdmissionRules {
        domains: Domains::parse("domains.toml", text).unwrap(),
        outbound_networks: networks::outbound_networks(["10.0.0.0/8"]).unwrap(),
        limits: AdmissionLimits::default(),
    }
}

pub(super) fn outside() -> SessionFacts {
    SessionFacts::new(Listener::Inbound, "192.0.2.7".parse().unwrap())
}

pub(super) fn shown(admit: &Admit) -> String {
    match admit {
        Admit::Go => "go".to_owned(),
        Admit::Delay(ms) => format!("delay {ms}"),
        Admit::AskNextHop => "ask".to_owned(),
        Admit::Refuse(refused) => format!("{} {}", refused.code, refused.enhanced),
        Admit::Close(refused) => format!("{} {} close", refused.code, refused.enhanced),
    }
}

pub(super) fn rcpt(address: &str, session: &SessionFacts) -> String {
    let address = Address::parse(address).unwrap();
    shown(&admit(&Stage::Rcpt(ForwardPath::Address(&address)), session, &rules()))
}

#[test]
fn every_refusal_has_a_reply_of_its_own_form() {
    let lines: Vec<String> = Refusal::ALL
        .iter()
        .map(|refusal| {
            let reply = refusal.reply();
            assert_eq!(reply.reason, *refusal);
            // RFC 2034 4: the class of both codes is the same.
            assert_eq!(reply.code / 100, u16::from(reply.enhanced.as_bytes()[0] - b'0'));
            format!("{} {} {}", reply.code, reply.enhanced, refusal.word())
        })
        .collect();
    expect![[r#"
        451 4.3.0 no_domain
        550 5.7.1 relaying_denied
        554 5.7.1 client_refused
        550 5.1.1 unknown_recipient
        451 4.4.3 recipient_unverified
        451 4.7.1 too_many_unknown
        452 4.5.3 second_tenant
        452 4.5.3 too_many_recipients
        554 5.5.1 recipient_first
        552 5.3.4 message_too_large
        421 4.3.2 too_many_sessions_of_prefix
        421 4.3.2 too_many_sessions
        421 4.7.0 too_many_errors
        421 4.3.2 session_spent"#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn each_stage_has_its_limits() {
    let rules = rules();
    let mail = |size| Stage::Mail { sender: &ReversePath::Null, size };
    let ask = |stage: &Stage<'_>, change: fn(&mut SessionFacts)| {
        let mut session = outside();
        change(&mut session);
        shown(&admit(stage, &session, &rules))
    };
    let max = rules.limits.message_bytes_max;
    assert_eq!(ask(&Stage::Connect, |_| ()), "go");
    assert_eq!(ask(&Stage::Helo("x"), |_| ()), "go");
    assert_eq!(ask(&mail(None), |_| ()), "go");
    assert_eq!(ask(&mail(Some(max)), |_| ()), "go");
    assert_eq!(ask(&mail(Some(max + 1)), |_| ()), "552 5.3.4");
    assert_eq!(ask(&mail(Some(u64::MAX)), |_| ()), "552 5.3.4");
    assert_eq!(ask(&mail(None), |session| session.errors = 10), "delay 1000");
    assert_eq!(ask(&mail(None), |session| session.errors = 19), "delay 1000");
    assert_eq!(ask(&mail(None), |session| session.errors = 20), "421 4.7.0 close");
    assert_eq!(ask(&mail(None), |session| session.transactions = 999), "go");
    assert_eq!(ask(&mail(None), |session| session.transactions = 1_000), "421 4.3.2 close");
    assert_eq!(ask(&Stage::Data, |session| session.recipients = 1), "go");
    assert_eq!(ask(&Stage::Data, |_| ()), "554 5.5.1");
    // AUTH by DMARC comes after the data: lists and forwarders send for our domain, too.
    let own = ReversePath::Address(Address::parse("bob@example.org").unwrap());
    assert_eq!(ask(&Stage::Mail { sender: &own, size: None }, |_| ()), "go");
}

#[test]
fn a_transaction_has_one_tenant_and_so_many_recipients() {
    let mut session = outside();
    session.tenant = Some(TenantId::DEFAULT);
    assert_eq!(rcpt("bob@example.org", &session), "go");
    session.tenant = Some(TenantId(2));
    assert_eq!(rcpt("bob@example.org", &session), "452 4.5.3");
    assert_eq!(rcpt("postmaster@example.org", &session), "452 4.5.3");
    assert_eq!(shown(&admit(&Stage::Rcpt(ForwardPath::Postmaster), &session, &rules())), "452 4.5.3");
    let mut session = outside();
    session.recipients = 999;
    assert_eq!(rcpt("bob@example.org", &session), "go");
    session.recipients = 1_000;
    assert_eq!(rcpt("bob@example.org", &session), "452 4.5.3");
}

// REL-03.
#[test]
fn guessing_names_stops_answering() {
    let known_or_not = ["bob@example.org", "nobody@example.org", "x@any.example", "x@ask.example"];
    for (in_session, in_hour, expected) in [
        (9, 49, ["go", "550 5.1.1", "go", "ask"]),
        (10, 0, ["451 4.7.1"; 4]),
        (0, 50, ["451 4.7.1"; 4]),
        (u32::MAX, u32::MAX, ["451 4.7.1"; 4]),
    ] {
        let mut session = outside();
        session.unknown_in_session = in_session;
        session.unknown_in_hour = in_hour;
        assert_eq!(known_or_not.map(|address| rcpt(address, &session)), expected);
        assert_eq!(rcpt("postmaster@example.org", &session), "go");
        assert_eq!(rcpt("bob@foreign.example", &session), "550 5.7.1");
    }
}

#[test]
fn prefixes_are_24_and_64_bits() {
    let shown = |ip: &str| prefix(ip.parse().unwrap()).to_string();
    assert_eq!(shown("192.0.2.255"), "192.0.2.0/24");
    assert_eq!(shown("::ffff:192.0.2.255"), "192.0.2.0/24");
    assert_eq!(shown("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
}

#[test]
fn sessions_are_counted_by_prefix_and_in_all() {
    let mut counts = SessionCounts::new(SessionLimits::default());
    let ip = |text: &str| text.parse::<IpAddr>().unwrap();
    for last in 0..50 {
        assert_eq!(counts.open(ip(&format!("192.0.2.{last}"))), Ok(()));
    }
    assert_eq!(counts.open(ip("192.0.2.99")), Err(Refusal::TooManySessionsOfPrefix.reply()));
    assert_eq!(counts.open(ip("192.0.3.1")), Ok(()));
    counts.close(ip("192.0.2.1"));
    assert_eq!(counts.open(ip("192.0.2.99")), Ok(()));
    assert_eq!((counts.total(), counts.of_prefix(prefix(ip("192.0.2.0"))), counts.prefixes()), (51, 50, 2));

    let mut counts = SessionCounts::new(SessionLimits::default());
    for number in 0..20_000_u32 {
        assert_eq!(counts.open(IpAddr::from((number << 8).to_be_bytes())), Ok(()));
    }
    assert_eq!(counts.open(ip("203.0.113.1")), Err(Refusal::TooManySessions.reply()));
    for number in 0..20_000_u32 {
        counts.close(IpAddr::from((number << 8).to_be_bytes()));
    }
    // One too many does no harm, and nothing is left behind.
    counts.close(ip("203.0.113.1"));
    assert_eq!((counts.total(), counts.prefixes()), (0, 0));
    counts.limit(SessionLimits { of_prefix_max: 1, total_max: 1 });
    assert_eq!(counts.open(ip("203.0.113.1")), Ok(()));
    assert_eq!(counts.open(ip("203.0.113.1")), Err(Refusal::TooManySessions.reply()));
}
