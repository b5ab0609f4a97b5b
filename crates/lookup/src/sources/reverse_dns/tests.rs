//! Names that lead back, names that do not, and silence.

use scan::facts::UnknownReason;

use super::*;
use crate::sources::tests::{Rig, facts};

const ZONE: &str = "
@192.0.2.1 PTR mx.example.org
mx.example.org A 192.0.2.1
@192.0.2.2 PTR liar.example.org
liar.example.org A 198.51.100.9
@192.0.2.3 PTR gone.example.org
@192.0.2.4 PTR liar.example.org
@192.0.2.4 PTR second.example.org
second.example.org A 192.0.2.4
@192.0.2.5 SERVFAIL
@192.0.2.6 TIMEOUT
@192.0.2.7 PTR broken.example.org
broken.example.org SERVFAIL
@2001:db8::1 PTR six.example.org
six.example.org AAAA 2001:db8::1
";

fn known(name: Option<&str>, confirmed: bool) -> Fact<ReverseDns> {
    Fact::Known(ReverseDns { name: name.map(str::to_owned), confirmed })
}

#[tokio::test]
async fn a_name_must_lead_back() {
    let rig = Rig::new(ZONE, Vec::new(), 800).await;
    for (ip, expected) in [
        ("192.0.2.1", known(Some("mx.example.org"), true)),
        ("::ffff:192.0.2.1", known(Some("mx.example.org"), true)),
        ("192.0.2.2", known(Some("liar.example.org"), false)),
        ("192.0.2.3", known(Some("gone.example.org"), false)),
        ("192.0.2.4", known(Some("second.example.org"), true)),
        ("192.0.2.5", Fact::Unknown(UnknownReason::Failed)),
        ("192.0.2.6", Fact::Unknown(UnknownReason::TimedOut)),
        ("192.0.2.7", Fact::Unknown(UnknownReason::Failed)),
        ("192.0.2.9", known(None, false)),
        ("2001:db8::1", known(Some("six.example.org"), true)),
    ] {
        assert_eq!(facts(&rig, ip, &[]).await.reverse_dns, expected, "{ip}");
    }
}

#[tokio::test]
async fn silence_is_remembered_for_a_short_while() {
    let rig = Rig::new(ZONE, Vec::new(), 600).await;
    let silent = "6.2.0.192.in-addr.arpa";
    facts(&rig, "192.0.2.6", &[]).await;
    let first = rig.server.queries_for(silent);
    for _ in 0..3 {
        assert_eq!(facts(&rig, "192.0.2.6", &[]).await.reverse_dns, Fact::Unknown(UnknownReason::TimedOut));
    }
    assert_eq!(rig.server.queries_for(silent), first);
    rig.clock.advance(std::time::Duration::from_secs(31));
    facts(&rig, "192.0.2.6", &[]).await;
    assert!(rig.server.queries_for(silent) > first, "asked again after its time");
}

#[test]
fn a_given_name_is_taken_as_it_is() {
    assert_eq!(given("MX.example.org."), known(Some("mx.example.org"), true));
    for none in ["", "unknown", "not a name"] {
        assert_eq!(given(none), known(None, false), "{none}");
    }
}
