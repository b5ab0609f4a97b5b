//! What the page of metrics shows from the first moment on, and that nothing is shown that no table names.

use std::collections::BTreeSet;

use scan::class::Class;
use testkit::daemon::{Daemon, Setup};
use testkit::sink::Sink;
use web::metrics::{Kind, METRICS};

use crate::{ALICE, BOB, POSTERN, dns, note, send, send_accepted};

// Names with labels, without values.
fn series(page: &str) -> BTreeSet<&str> {
    let lines = page.lines().filter(|line| line.starts_with("postern_"));
    lines.filter_map(|line| line.rsplit_once(' ').map(|(series, _)| series)).collect()
}

fn expected() -> BTreeSet<String> {
    let of = |metric: &web::metrics::Metric| match metric.label {
        None => vec![metric.name.to_owned()],
        Some(label) => {
            label.values.iter().map(|value| format!("{}{{{}=\"{value}\"}}", metric.name, label.name)).collect()
        }
    };
    METRICS.iter().flat_map(of).collect()
}

/// `increase(...) > 0` sees the first event only if 0 was there before.
#[tokio::test(flavor = "multi_thread")]
async fn every_series_is_there_from_the_start_and_no_other_ever() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "standard").with_dns(dns.address)).await;
    let (page, expected) = (daemon.metrics().await, expected());
    let expected: BTreeSet<&str> = expected.iter().map(String::as_str).collect();
    assert_eq!(series(&page), expected);
    for metric in METRICS {
        let kind = format!("# TYPE {} {}\n", metric.name, metric.kind.word());
        assert!(page.contains(&kind) && page.contains(&format!("# HELP {} ", metric.name)), "{}", metric.name);
    }
    for name in ["postern_panics_total", "postern_log_full_total", "postern_worker_restarts_total{why=\"died\"}"] {
        assert!(page.contains(&format!("\n{name} 0\n")), "{name}: {page}");
    }
    send_accepted(daemon.address(), ALICE, &[BOB], &note("counted")).await;
    assert!(send(daemon.address(), ALICE, &["x@elsewhere.example"], &note("refused")).await.code >= 500);
    let page = daemon.metrics().await;
    assert_eq!(series(&page), expected);
    assert!(page.contains("\npostern_refusals_total{stage=\"rcpt\"} 1\n"), "{page}");
}

#[test]
fn the_label_of_verdicts_has_all_classes() {
    let verdicts = METRICS.iter().find(|metric| metric.name == "postern_verdicts_total").unwrap();
    assert_eq!(verdicts.kind, Kind::Counter);
    assert_eq!(verdicts.label.unwrap().values, Class::ALL.map(Class::word));
}
