//! What a service manager sees and gives: notices on its socket, and listening sockets that it opened.

use std::os::unix::fs::PermissionsExt;

use testkit::client::SmtpClient;
use testkit::daemon::{Daemon, Setup};
use testkit::sink::Sink;
use testkit::{files, loopback};
use tokio::net::UnixDatagram;

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send_accepted};

/// Opens two sockets as the manager does and becomes the program: inbound, outbound, then the command.
const PASS: &str = r#"
import os, socket, sys
for number, address in ((3, sys.argv[1]), (4, sys.argv[2])):
    host, port = address.rsplit(":", 1)
    listener = socket.create_server((host, int(port)))
    os.dup2(listener.fileno(), 60 + number)
for number in (3, 4):
    os.dup2(60 + number, number)
    os.set_inheritable(number, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2", LISTEN_FDNAMES="inbound:outbound")
os.execv(sys.argv[3], sys.argv[3:])
"#;

async fn told(manager: &UnixDatagram) -> String {
    let mut buffer = [0; 4096];
    let length = tokio::time::timeout(SOON, manager.recv(&mut buffer)).await.expect("a notice in time").unwrap();
    String::from_utf8(buffer[..length].to_vec()).unwrap()
}

fn says(notice: &str, what: &str) -> bool {
    notice.lines().any(|line| line == what)
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_how_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("notify");
    let manager = UnixDatagram::bind(&socket).unwrap();
    // The gateway gives root up before it says anything; the manager's own socket is open to all, too.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::set_permissions(&socket, std::fs::Permissions::from_mode(0o777)).unwrap();
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.prefix = vec!["env".to_owned(), format!("NOTIFY_SOCKET={}", socket.display())];
    let mut daemon = Daemon::prepare(POSTERN, setup);
    daemon.spawn();
    let notice = told(&manager).await;
    assert!(says(&notice, "READY=1"), "{notice}");
    // It said so when that was true.
    SmtpClient::connect(daemon.address()).await.expect("a greeting");
    daemon.hang_up();
    let notices = [told(&manager).await, told(&manager).await];
    assert!(says(&notices[0], "RELOADING=1") && says(&notices[1], "READY=1"), "{notices:?}");
    // A mistake is refused: it is ready as before.
    files::write(&daemon.config_file(), "hostname = 5\n");
    daemon.hang_up();
    let notices = [told(&manager).await, told(&manager).await];
    assert!(says(&notices[0], "RELOADING=1") && says(&notices[1], "READY=1"), "{notices:?}");
    daemon.write();
    daemon.terminate();
    let notice = told(&manager).await;
    assert!(says(&notice, "STOPPING=1"), "{notice}");
    assert!(daemon.wait_end().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_sockets_that_are_open_already() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    let (inbound, outbound) = (setup.listen, loopback::socket(2526));
    setup.extra = "[outbound]\nnetworks = [\"127.0.0.0/8\"]\n".to_owned();
    setup.prefix = ["python3", "-c", PASS, &inbound.to_string(), &outbound.to_string()].map(str::to_owned).to_vec();
    let mut daemon = Daemon::start(POSTERN, setup).await;
    send_accepted(inbound, ALICE, &[BOB], &note("passed")).await;
    sink.wait_for(1, SOON).await;
    // The name of a socket says which it is: only one of them relays.
    for (server, code) in [(inbound, 550), (outbound, 250)] {
        let mut client = SmtpClient::hello(server).await.unwrap();
        client.expect("MAIL FROM:<bob@corp.example>", 250).await.unwrap();
        let reply = client.command("RCPT TO:<someone@elsewhere.example>").await.unwrap();
        assert_eq!(reply.code, code, "{server}: {}", reply.text);
    }
    daemon.quiet().await;
    assert!(daemon.stop().await.success());
}
