//! Questions to a real server on loopback: what comes back, what trouble is called, what is asked twice.

use mail::address::Domain;
use testkit::dns::TestDns;

use super::*;

const ZONE: &str = r#"
example.com MX 20 mx2.example.com
example.com MX 10 mx1.example.com
example.com TXT "v=spf1 " "-all"
mx1.example.com A 192.0.2.1
mx1.example.com AAAA 2001:db8::1
mx2.example.com A 192.0.2.2
only-a.example.com A 192.0.2.9
null.example.com MX 0 .
alias.example.com CNAME example.com
@192.0.2.1 PTR MX1.example.com
equal.example.com MX 5 mx1.example.com
equal.example.com MX 5 mx2.example.com
no-host.example.com MX 5 nothing.example.com
half.example.com MX 5 broken.example.com
half.example.com MX 9 mx2.example.com
all-broken.example.com MX 5 broken.example.com
broken.example.com SERVFAIL
silent.example.com TIMEOUT
refused.example.com REFUSED
long.example.com TXT whole
long.example.com TRUNCATED
"#;

async fn start(timeout_ms: u64) -> (TestDns, Dns) {
    let server = TestDns::start_text(ZONE).await;
    let settings =
        DnsSettings { servers: Servers::List(vec![server.address]), query_timeout_ms: timeout_ms, retries: 1 };
    (server, Dns::new(&settings).unwrap())
}

fn domain(text: &str) -> Domain {
    Domain::parse(text).unwrap()
}

#[tokio::test]
async fn each_type_is_read() {
    let (_server, dns) = start(2_000).await;
    assert_eq!(dns.txt("example.com").await.unwrap(), [b"v=spf1 -all".to_vec()]);
    assert_eq!(dns.txt("Alias.Example.COM.").await.unwrap(), [b"v=spf1 -all".to_vec()]);
    assert_eq!(dns.addresses("mx1.example.com").await.unwrap().len(), 2);
    assert_eq!(dns.addresses("only-a.example.com").await.unwrap(), ["192.0.2.9".parse::<IpAddr>().unwrap()]);
    assert_eq!(dns.ptr("192.0.2.1".parse().unwrap()).await.unwrap(), ["mx1.example.com"]);
    let hosts: Vec<_> = dns.mx("example.com").await.unwrap().into_iter().map(|mx| mx.host).collect();
    assert_eq!(hosts, ["mx1.example.com", "mx2.example.com"]);
    assert_eq!(dns.txt("long.example.com").await.unwrap(), [b"whole".to_vec()], "by TCP");
}

#[tokio::test]
async fn trouble_has_five_names() {
    let (_server, dns) = start(800).await;
    let long = "a".repeat(64);
    for (name, error) in [
        ("missing.example.com", DnsError::NoSuchName),
        ("example.com", DnsError::NoRecords),
        ("broken.example.com", DnsError::ServerFailed),
        ("refused.example.com", DnsError::ServerFailed),
        ("silent.example.com", DnsError::Timeout),
        ("bad..example.com", DnsError::BadName),
        ("", DnsError::BadName),
        ("with\ttab.example.com", DnsError::BadName),
        (long.as_str(), DnsError::BadName),
    ] {
        assert_eq!(dns.a(name).await, Err(error), "{name}");
    }
}

#[tokio::test]
async fn the_cache_answers_the_second_time() {
    let (server, dns) = start(2_000).await;
    for _ in 0..3 {
        dns.txt("example.com").await.unwrap();
        assert_eq!(dns.txt("missing.example.com").await, Err(DnsError::NoSuchName));
    }
    assert_eq!(server.queries_for("example.com"), 1);
    assert_eq!(server.queries_for("missing.example.com"), 1);
}

#[tokio::test]
async fn a_budget_ends() {
    let (server, dns) = start(2_000).await;
    let budget = DnsBudget::new(Duration::from_secs(20), 2);
    let asker = dns.within(&budget);
    assert!(asker.txt("example.com").await.is_ok());
    assert_eq!(asker.addresses("mx1.example.com").await, Err(DnsError::Timeout), "two questions, one left");
    assert!(asker.mx("example.com").await.is_ok());
    assert_eq!(asker.mx("example.com").await, Err(DnsError::Timeout));
    assert_eq!((budget.asked(), server.queries()), (2, 2));

    let late = DnsBudget::new(Duration::from_millis(100), 10);
    assert_eq!(dns.within(&late).a("silent.example.com").await, Err(DnsError::Timeout));
}

#[tokio::test]
async fn hosts_of_a_domain_by_the_table_of_rfc_5321() {
    let (_server, dns) = start(2_000).await;
    let names = |hosts: Result<Vec<MailHost>, RouteError>| {
        hosts.map(|hosts| hosts.into_iter().map(|host| host.name).collect::<Vec<_>>())
    };
    for (name, expected) in [
        ("example.com", Ok(vec!["mx1.example.com", "mx2.example.com"])),
        ("alias.example.com", Ok(vec!["mx1.example.com", "mx2.example.com"])),
        ("only-a.example.com", Ok(vec!["only-a.example.com"])),
        ("half.example.com", Ok(vec!["mx2.example.com"])),
        ("[192.0.2.7]", Ok(vec!["[192.0.2.7]"])),
        ("null.example.com", Err(RouteError::NullMx)),
        ("missing.example.com", Err(RouteError::NoSuchDomain)),
        ("no-host.example.com", Err(RouteError::NoHost)),
        ("broken.example.com", Err(RouteError::Transient(DnsError::ServerFailed))),
        ("all-broken.example.com", Err(RouteError::Transient(DnsError::ServerFailed))),
    ] {
        let expected = expected.map(|hosts| hosts.into_iter().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(names(dns.mail_hosts(&domain(name)).await), expected, "{name}");
    }
}

#[tokio::test]
async fn hosts_of_equal_preference_take_turns() {
    let (_server, dns) = start(2_000).await;
    let mut first = std::collections::BTreeSet::new();
    for _ in 0..64 {
        let hosts = dns.mail_hosts(&domain("equal.example.com")).await.unwrap();
        first.insert(hosts[0].name.clone());
    }
    assert_eq!(first.len(), 2);
}

#[tokio::test]
async fn mail_does_not_loop_through_a_worse_host() {
    let (_server, dns) = start(2_000).await;
    let hosts = dns.mail_hosts(&domain("example.com")).await.unwrap();
    let better = without_ourselves(hosts.clone(), |host| host.name == "mx2.example.com").unwrap();
    assert_eq!(better.iter().map(|host| host.name.as_str()).collect::<Vec<_>>(), ["mx1.example.com"]);
    assert_eq!(without_ourselves(hosts, |host| host.name == "mx1.example.com"), Err(RouteError::Loop));
}

#[test]
fn no_server_is_an_error() {
    let settings = DnsSettings { servers: Servers::List(Vec::new()), ..DnsSettings::default() };
    assert!(matches!(Dns::new(&settings), Err(DnsSetupError::NoServer)));
}
