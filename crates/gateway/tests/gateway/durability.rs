//! kill -9 under load, SIGTERM under load, restart: what was acknowledged is never lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use testkit::client::SmtpClient;
use testkit::corpus;
use testkit::daemon::{Daemon, Setup};
use testkit::kill::{self, Plan};
use testkit::sink::{Act, Sink, Stage};

use crate::{ALICE, BOB, POSTERN, dns, note, send_accepted};

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_loses_nothing() {
    let plan = Plan { rounds: 20, clients: 16, seed: 20_261_125, life_ms_max: 600 };
    let report = kill::run(POSTERN, plan, |_, _| {}).await;
    println!(
        "seed {}: {} acknowledged, {} arrived, {} duplicates, {} in quarantine",
        plan.seed, report.acknowledged, report.arrived, report.duplicates, report.quarantined
    );
    assert!(report.acknowledged > 200, "too little load to say anything: {report:?}");
    assert!(report.lost.is_empty(), "lost: {report:?}");
    assert!(report.twofold.is_empty(), "in two places: {report:?}");
    assert!(report.refused_and_kept.is_empty(), "refused and kept: {report:?}");
    // QUE-04: at most once more for each crash.
    assert!(report.copies_max <= plan.rounds + 1, "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_under_load_drains() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let (server, acknowledged) = (daemon.address(), Arc::clone(&acknowledged));
            tokio::spawn(async move {
                let mut client = SmtpClient::hello(server).await.ok()?;
                loop {
                    let reply = client.deliver(ALICE, &[BOB], &note("drain")).await.ok()?;
                    match reply.code {
                        250 => acknowledged.fetch_add(1, Ordering::Relaxed),
                        code => return Some(code),
                    };
                }
            })
        })
        .collect();
    sink.wait_for(30, crate::SOON).await;
    let status = daemon.stop().await;
    assert!(status.success(), "{status}\n{}", daemon.log());
    let mut goodbyes = Vec::new();
    for client in clients {
        goodbyes.push(client.await.expect("a client"));
    }
    // Each was told 421, or was cut between two messages.
    assert!(goodbyes.iter().flatten().all(|code| *code == 421), "{goodbyes:?}");
    assert!(goodbyes.iter().flatten().count() > 0, "nobody was told: {goodbyes:?}");
    daemon.run().await;
    daemon.quiet().await;
    assert_eq!(sink.count(), acknowledged.load(Ordering::Relaxed));
    daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_the_queue_and_its_schedule() {
    let (dns, sink) = (dns().await, Sink::start().await);
    sink.say(Stage::Recipient, "", "450 4.2.0 not now");
    let mut daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let large = corpus::made(60, 5).into_iter().find(|mail| mail.name.contains("large")).unwrap();
    let small = note("small");
    for (id, message) in [&small, &large.bytes].into_iter().enumerate() {
        send_accepted(daemon.address(), ALICE, &[BOB], &corpus::tagged(message, id)).await;
    }
    let tried = async |daemon: &Daemon| {
        testkit::wait::until("both tried", crate::SOON, async || {
            let rows = daemon.rows(&["queue", "list"]).await;
            rows.iter().all(|row| row["attempts"].as_u64() >= Some(1)).then_some(rows)
        })
        .await
    };
    let before = tried(&daemon).await;
    assert_eq!(before.len(), 2);
    daemon.restart().await;
    assert_eq!(daemon.rows(&["queue", "list"]).await, before, "by SIGTERM");
    daemon.kill().await;
    daemon.run().await;
    assert_eq!(daemon.rows(&["queue", "list"]).await, before, "by kill -9");
    sink.behave();
    assert_eq!(daemon.json(&["queue", "retry"]).await["retried"], 2);
    let arrived = sink.wait_for(2, crate::SOON).await;
    for received in arrived {
        let id = corpus::tag_of(&received.message).unwrap();
        let sent = corpus::tagged(if id == 0 { &small } else { &large.bytes }, id);
        testkit::compare::assert_same("after two restarts", &sent, &received.message, &crate::ADDED);
    }
    daemon.quiet().await;
    daemon.assert_balanced().await;
}

/// A connection that breaks after the next hop has said yes, and before we could note it, is a second copy and never a loss.
#[tokio::test(flavor = "multi_thread")]
async fn a_crash_after_the_next_hops_yes_doubles_at_most() {
    let (dns, sink) = (dns().await, Sink::start().await);
    // The reply never comes: the sink has the message, we do not know it.
    sink.times(1, Stage::End, "", Act::Raw(b"250 2.6.0 tak".to_vec()));
    let mut daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    send_accepted(daemon.address(), ALICE, &[BOB], &note("twice")).await;
    testkit::wait::until_true("the message at the sink", crate::SOON, async || sink.reached(Stage::End) == 1).await;
    daemon.kill().await;
    daemon.run().await;
    sink.wait_for(1, crate::SOON).await;
    daemon.quiet().await;
    assert_eq!(sink.reached(Stage::End), 2);
    assert_eq!(daemon.account("delivered").await, 1);
    let repeated = "postern_deliveries_maybe_repeated_total{why=\"unclean_stop\"}";
    assert_eq!(daemon.metric(repeated).await, 1);
    daemon.stop().await;
    daemon.run().await;
    assert_eq!(daemon.metric(repeated).await, 0, "an orderly stop repeats nothing");
}

/// The next hop takes the message whole and then says nothing: it goes out again, and is counted.
#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_never_comes_is_counted() {
    let (dns, sink) = (dns().await, Sink::start().await);
    sink.times(1, Stage::End, "", Act::Drop);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    send_accepted(daemon.address(), ALICE, &[BOB], &note("unheard")).await;
    testkit::wait::until_true("the message at the sink", crate::SOON, async || sink.reached(Stage::End) == 1).await;
    testkit::wait::until_true("the count", crate::SOON, async || {
        daemon.metric("postern_deliveries_maybe_repeated_total{why=\"no_reply\"}").await == 1
    })
    .await;
    assert_eq!(daemon.json(&["queue", "retry"]).await["retried"], 1);
    sink.wait_for(1, crate::SOON).await;
    daemon.quiet().await;
}
