//! Whatever an ICAP server does instead of answering, the sender gets 451 and nothing goes on (ARC-09).

use testkit::icap::is_whole_request;

use super::*;

const OPTIONS: &[u8] =
    b"ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nISTag: \"1\"\r\nAllow: 204\r\nEncapsulated: null-body=0\r\n\r\n";
const CLEAN: &[u8] = b"ICAP/1.0 204 No Content\r\nISTag: \"1\"\r\n\r\n";

/// By name. On every connection but the first, on which the server tells its options well.
fn misdeeds() -> Vec<(&'static str, Vec<Step>)> {
    let after = |say: &[u8]| vec![Step::Read(is_whole_request), Step::Say(say.to_vec())];
    let half = CLEAN.len() / 2;
    vec![
        ("silent", vec![Step::Hang]),
        ("silent after the file", vec![Step::Read(is_whole_request), Step::Hang]),
        ("garbage", after(b"stream: OK\0\r\n\r\n")),
        ("speaks HTTP", after(b"HTTP/1.1 204 No Content\r\n\r\n")),
        ("closed at once", vec![]),
        ("closed at byte 30", vec![Step::ReadBytes(30)]),
        ("half an answer", after(CLEAN.get(..half).unwrap_or_default())),
        ("an error", after(b"ICAP/1.0 500 Server error\r\n\r\n")),
        ("a queue that is full", after(b"ICAP/1.0 503 Service overloaded\r\n\r\n")),
        ("slow", vec![Step::Read(is_whole_request), Step::SaySlowly([CLEAN, &[b'x'; 3000]].concat())]),
    ]
}

fn at(address: SocketAddr) -> String {
    scanner("icap", format!("icap://{address}/avscan"), "scan_timeout_ms = 300")
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_an_icap_server_does_instead_of_answering_is_451() {
    let misdeeds = misdeeds();
    let told = vec![Step::Read(is_whole_options), Step::Say(OPTIONS.to_vec())];
    let good = [vec![Step::Read(is_whole_request)], vec![Step::Say(CLEAN.to_vec())]].concat();
    let mut peers = Vec::new();
    for steps in misdeeds.iter().map(|(_, steps)| steps).chain([&good]) {
        let (told, steps) = (told.clone(), steps.clone());
        peers.push(RawPeer::start(move |number| if number == 0 { told.clone() } else { steps.clone() }).await);
    }
    let first = at(peers[0].tcp);
    let rig = Rig::start(&first).await;
    for ((why, _), peer) in misdeeds.iter().zip(&peers) {
        reconfigure(&rig.daemon, &first, &at(peer.tcp)).await;
        rig.refuses_for_now(why).await;
        assert!(peer.received().len() > 1, "{why}: it was asked about files");
    }
    // The same dialogue with an answer lets mail through, so it was the misdeed each time.
    reconfigure(&rig.daemon, &first, &at(peers.last().unwrap().tcp)).await;
    rig.send_accepted("answered", "a.txt", b"a harmless file").await;
    rig.daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_icap_server_that_dies_is_451() {
    let clamd = RealClamd::start("", "").await;
    let server = CIcap::start(&clamd.unix).await;
    let rig = Rig::start(&at(server.address)).await;
    // Another file than that which is refused: an answer is remembered.
    rig.send_accepted("before", "a.txt", b"another harmless file").await;
    assert_eq!(rig.sink.wait_for(1, SOON).await.len(), 1);
    drop(rig.sink.take());
    drop(server);
    rig.refuses_for_now("its process has ended").await;
    rig.daemon.assert_balanced().await;
}
