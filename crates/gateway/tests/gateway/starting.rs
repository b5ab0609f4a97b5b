//! Commands while the daemon starts and ends.

use testkit::client::SmtpClient;
use testkit::daemon::{Daemon, Setup, number};
use testkit::sink::Sink;
use testkit::wait;

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send_accepted};

/// A command never gets in the way of a daemon that starts or ends, and is answered by whoever holds the folder.
#[tokio::test(flavor = "multi_thread")]
async fn commands_while_the_daemon_starts_and_ends() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    send_accepted(daemon.address(), ALICE, &[BOB], &note("one")).await;
    sink.wait_for(1, SOON).await;
    daemon.quiet().await;
    for round in 0..5 {
        daemon.stop().await;
        let status = daemon.json(&["status"]).await;
        assert_eq!((status["running"].as_bool(), number(&status, "delivered")), (Some(false), 1));
        daemon.spawn();
        let answers =
            tokio::join!(daemon.command(&["--json", "status"]), daemon.command(&["--json", "trace", "search"]));
        // 1 is the answer that none runs yet.
        assert!(answers.0.code < 2 && answers.1.code == 0, "round {round}: {answers:?}");
        wait::until_true("the daemon to greet", SOON, async || SmtpClient::connect(daemon.address()).await.is_ok())
            .await;
        assert!(daemon.ended().is_none(), "round {round}: {}", daemon.log());
        assert_eq!(daemon.json(&["status"]).await["running"], true);
    }
}
