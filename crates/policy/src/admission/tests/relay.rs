//! REL-01: nothing relays for strangers, in whichever form it is asked.

use super::*;

/// What RCPT TO says, without angle brackets, and what comes of it. `syntax` is a 501 or 553 of the parser.
const FORMS: [(&str, &str); 28] = [
    ("victim@foreign.example", "550 5.7.1"),
    ("victim%foreign.example@example.org", "550 5.7.1"),
    ("victim%foreign.example@any.example", "550 5.7.1"),
    ("victim%foreign.example@ask.example", "550 5.7.1"),
    ("foreign.example!victim@example.org", "550 5.7.1"),
    ("foreign.example!victim@any.example", "550 5.7.1"),
    ("\"victim@foreign.example\"@example.org", "550 5.7.1"),
    ("\"victim@foreign.example\"@any.example", "550 5.7.1"),
    ("\"victim%foreign.example\"@any.example", "550 5.7.1"),
    ("\"@foreign.example:victim\"@any.example", "550 5.7.1"),
    ("\"victim@foreign.example\"", "syntax"),
    ("@foreign.example:victim@example.org", "syntax"),
    ("@example.org:victim@foreign.example", "syntax"),
    ("victim@foreign.example@example.org", "syntax"),
    ("victim@example.org@foreign.example", "syntax"),
    ("victim@foreign.example\0@example.org", "syntax"),
    ("victim@foreign.example\0.example.org", "syntax"),
    ("victim@[192.0.2.9]", "550 5.7.1"),
    ("victim@[IPv6:2001:db8::9]", "550 5.7.1"),
    ("victim@[127.0.0.1]", "550 5.7.1"),
    ("victim@192.0.2.9", "550 5.7.1"),
    ("victim@sub.example.org", "550 5.7.1"),
    ("victim@notexample.org", "550 5.7.1"),
    ("victim@example.org.foreign.example", "550 5.7.1"),
    ("victim@foreign.example.", "syntax"),
    ("victim@example.org.", "syntax"),
    ("postmaster@foreign.example", "550 5.7.1"),
    ("victim", "syntax"),
];

#[test]
fn no_form_relays() {
    for (form, expected) in FORMS {
        let found = match Address::parse(form) {
            Err(_) => "syntax".to_owned(),
            Ok(address) => shown(&admit(&Stage::Rcpt(ForwardPath::Address(&address)), &outside(), &rules())),
        };
        assert_eq!(found, expected, "{form:?}");
    }
}

// The sender buys nothing: it is not even asked at RCPT.
#[test]
fn no_sender_opens_the_relay() {
    let rules = rules();
    for sender in ["", "bob@example.org", "root@[127.0.0.1]", "victim@foreign.example"] {
        let sender = Address::parse(sender).map_or(ReversePath::Null, ReversePath::Address);
        assert_eq!(shown(&admit(&Stage::Mail { sender: &sender, size: None }, &outside(), &rules)), "go");
        assert_eq!(rcpt("victim@foreign.example", &outside()), "550 5.7.1");
    }
    // An inside address buys nothing at the inbound door either.
    let inside = SessionFacts::new(Listener::Inbound, "10.1.2.3".parse().unwrap());
    assert_eq!(rcpt("victim@foreign.example", &inside), "550 5.7.1");
}

#[test]
fn who_is_listed_may_send_through_the_outbound_door() {
    let rules = rules();
    let connect = |ip: &str| {
        let session = SessionFacts::new(Listener::Outbound, ip.parse().unwrap());
        shown(&admit(&Stage::Connect, &session, &rules))
    };
    assert_eq!(connect("10.1.2.3"), "go");
    assert_eq!(connect("::ffff:10.1.2.3"), "go");
    assert_eq!(connect("192.0.2.7"), "554 5.7.1 close");
    assert_eq!(connect("::1"), "554 5.7.1 close");
    let session = SessionFacts::new(Listener::Outbound, "10.1.2.3".parse().unwrap());
    assert_eq!(rcpt("a@foreign.example", &session), "go");
    assert_eq!(rcpt("bob@example.org", &session), "go");
    assert_eq!(rcpt("nobody@example.org", &session), "550 5.1.1");
}

#[test]
fn a_network_for_everybody_is_refused() {
    for open in
        ["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/7", "2000::/3", "::ffff:0:0/96", "1.2.3.4/0"]
    {
        assert_eq!(networks::outbound_networks([open]), Err(networks::NetworkError::TooWide(open.into())), "{open}");
    }
    for good in ["10.0.0.0/8", "fc00::/7", "192.0.2.7", "2001:db8::1", " 192.0.2.0/24 "] {
        assert!(networks::outbound_networks([good]).is_ok(), "{good}");
    }
    let error = networks::outbound_networks(["10.0.0.0/8", "example.org"]).unwrap_err();
    assert_eq!(error.to_string().lines().next(), Some("`example.org` is no network"));
}

#[test]
fn existence_is_known_asked_or_taken_for_granted() {
    for (address, expected) in [
        ("bob@example.org", "go"),
        ("BOB@EXAMPLE.ORG", "go"),
        ("\"bob\"@example.org", "go"),
        ("nobody@example.org", "550 5.1.1"),
        ("bob+tag@example.org", "550 5.1.1"),
        ("Postmaster@example.org", "go"),
        ("postmaster@ask.example", "go"),
        ("anybody@any.example", "go"),
        ("anybody@ask.example", "ask"),
    ] {
        assert_eq!(rcpt(address, &outside()), expected, "{address}");
    }
    assert_eq!(shown(&after_next_hop(NextHopAnswer::Known)), "go");
    assert_eq!(shown(&after_next_hop(NextHopAnswer::Unknown)), "550 5.1.1");
    assert_eq!(shown(&after_next_hop(NextHopAnswer::CannotTell)), "451 4.4.3");
}

#[test]
fn a_bare_postmaster_has_a_domain() {
    let rules = rules();
    assert_eq!(shown(&admit(&Stage::Rcpt(ForwardPath::Postmaster), &outside(), &rules)), "go");
    let recipient = recipient_of(ForwardPath::Postmaster, Listener::Inbound, &rules).unwrap();
    assert_eq!(recipient.address.to_string(), "postmaster@example.org");
    let nothing = AdmissionRules::default();
    assert_eq!(shown(&admit(&Stage::Rcpt(ForwardPath::Postmaster), &outside(), &nothing)), "451 4.3.0");
    assert_eq!(recipient_of(ForwardPath::Postmaster, Listener::Inbound, &nothing), None);
}

#[test]
fn direction_is_the_recipients() {
    let rules = rules();
    let direction = |address: &str, listener| {
        let address = Address::parse(address).unwrap();
        recipient_of(ForwardPath::Address(&address), listener, &rules).map(|recipient| recipient.direction)
    };
    assert_eq!(direction("a@example.org", Listener::Inbound), Some(Direction::Inbound));
    assert_eq!(direction("a@example.org", Listener::Outbound), Some(Direction::Inbound));
    assert_eq!(direction("a@foreign.example", Listener::Outbound), Some(Direction::Outbound));
    assert_eq!(direction("a@foreign.example", Listener::Inbound), None);
}

// What is refused for good bounces at the sender's; a gateway without any domain is one that is not set up yet.
#[test]
fn without_any_domain_everything_is_put_off() {
    let rules = AdmissionRules { domains: Domains::default(), ..rules() };
    let asked = |path, session: &SessionFacts| shown(&admit(&Stage::Rcpt(path), session, &rules));
    let bob = Address::parse("bob@example.org").unwrap();
    assert_eq!(asked(ForwardPath::Address(&bob), &outside()), "451 4.3.0");
    assert_eq!(asked(ForwardPath::Postmaster, &outside()), "451 4.3.0");
    let session = SessionFacts::new(Listener::Outbound, "10.1.2.3".parse().unwrap());
    assert_eq!(asked(ForwardPath::Address(&bob), &session), "go");
}
