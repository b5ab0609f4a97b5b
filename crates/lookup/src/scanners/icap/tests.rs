//! What is read out of heads, options and verdicts, and what is never believed.

use std::fmt::Write as _;

use bytes::Bytes;
use expect_test::expect;

use super::*;

fn file(bytes: &[u8]) -> FileToScan {
    FileToScan::new("1".to_owned(), vec!["a.doc".to_owned()], "pdf".to_owned(), Bytes::copy_from_slice(bytes))
}

fn settings() -> IcapSettings {
    IcapSettings::at("icap://av.example/avscan?allow204=on").unwrap()
}

/// What an answer to a file that was sent whole means.
async fn verdict_of(answer: &str, method: IcapMethod) -> String {
    let progress = Progress::default();
    progress.finish();
    let mut incoming = Incoming::new(answer.as_bytes(), &progress);
    let verdict = async {
        let head = incoming.head().await?;
        verdict::answer(head, &mut incoming, &file(b"the file"), method).await
    };
    match verdict.await {
        Ok(answer) => format!("{} {}", answer.word(), answer.names().join(", ")).trim_end().to_owned(),
        Err(ScanTrouble::Said(text)) => format!("said {text}"),
        Err(trouble) => trouble.word().to_owned(),
    }
}

/// Answers as servers give them, and what each is.
fn answers() -> Vec<(&'static str, String)> {
    let http = "HTTP/1.1 200 OK\r\n\r\n";
    let body =
        |encapsulated: &str, rest: &str| format!("ICAP/1.0 200 OK\r\nEncapsulated: {encapsulated}\r\n\r\n{rest}");
    let same = format!("{http}8\r\nthe file\r\n0\r\n\r\n");
    let partial = |rest: &str| format!("ICAP/1.0 206 Partial\r\nEncapsulated: res-body=0\r\n\r\n{rest}");
    vec![
        ("nothing to change", "ICAP/1.0 204 No Content\r\n\r\n".to_owned()),
        ("bare line ends", "ICAP/1.0 204 No Content\nISTag: x\n\n".to_owned()),
        ("the file again", body("res-hdr=0, res-body=19", &same)),
        ("in small pieces", body("res-body=0", "3\r\nthe\r\n5;x=y\r\n file\r\n0\r\nTrailer: x\r\n\r\n")),
        ("changed", body("res-body=0", "8\r\nthe File\r\n0\r\n\r\n")),
        ("shortened", body("res-body=0", "3\r\nthe\r\n0\r\n\r\n")),
        ("lengthened", body("res-body=0", "9\r\nthe file!\r\n0\r\n\r\n")),
        ("taken away", body("res-hdr=0, null-body=19", http)),
        ("a page instead", body("res-hdr=0, res-body=26", "HTTP/1.1 403 Forbidden\r\n\r\n4\r\nstop\r\n0\r\n\r\n")),
        ("the same with another status", body("res-hdr=0, res-body=20", &same.replace("200 OK", "403 Bad"))),
        ("the rest is the original", partial("0; use-original-body=0\r\n\r\n")),
        ("a part and the rest", partial("3\r\nthe\r\n0; use-original-body=3\r\n\r\n")),
        ("a part left out", partial("3\r\nthe\r\n0; use-original-body=5\r\n\r\n")),
        ("from behind the end", partial("0; use-original-body=99\r\n\r\n")),
        ("infected", "ICAP/1.0 200 OK\r\nX-Infection-Found: Type=0; Resolution=2; Threat=Eicar;\r\n\r\n".to_owned()),
        ("infected, and no change", "ICAP/1.0 204 No\r\nX-Infection-Found: Type=0; Threat=A;\r\n\r\n".to_owned()),
        ("a container", "ICAP/1.0 200 OK\r\nX-Infection-Found: Type=2; Resolution=2; Threat=Bomb;\r\n\r\n".to_owned()),
        (
            "violations",
            "ICAP/1.0 200 OK\r\nX-Violations-Found: 2\r\n\t-\r\n\tA.B\r\n\t0\r\n\t0\r\n x\r\n C.D\r\n 1\r\n 1\r\n\r\n"
                .to_owned(),
        ),
        ("no violations", "ICAP/1.0 204 No\r\nX-Violations-Found: 0\r\n\r\n".to_owned()),
        ("a virus by name", "ICAP/1.0 200 OK\r\nX-Virus-ID: EICAR-AV-Test\r\n\r\n".to_owned()),
        ("no virus by name", "ICAP/1.0 204 No\r\nX-Virus-ID: no threats\r\n\r\n".to_owned()),
        ("blocked", "ICAP/1.0 403 Forbidden\r\nX-Blocked: a rule\r\n\r\n".to_owned()),
        ("a name with line ends", "ICAP/1.0 200 OK\r\nX-Virus-ID: a\u{1b}[31m\u{e9}\r\n b\r\n\r\n".to_owned()),
        ("overloaded", "ICAP/1.0 503 Service overloaded\r\n\r\n".to_owned()),
        ("not found", "ICAP/1.0 404 Service not found\r\n\r\n".to_owned()),
        ("its error", "ICAP/1.0 500 Server error\r\n\r\n".to_owned()),
        ("elsewhere", "ICAP/1.0 302 Found\r\n\r\n".to_owned()),
        ("go on, twice", "ICAP/1.0 100 Continue\r\n\r\n".to_owned()),
    ]
}

#[tokio::test]
async fn verdicts_are_read() {
    let mut said = String::new();
    for (what, answer) in answers() {
        writeln!(said, "{what}: {}", verdict_of(&answer, IcapMethod::Respmod).await).unwrap();
    }
    expect![[r#"
        nothing to change: clean
        bare line ends: clean
        the file again: clean
        in small pieces: clean
        changed: infected replaced by the server
        shortened: infected replaced by the server
        lengthened: infected replaced by the server
        taken away: infected replaced by the server
        a page instead: infected replaced by the server
        the same with another status: infected replaced by the server
        the rest is the original: clean
        a part and the rest: clean
        a part left out: infected replaced by the server
        from behind the end: infected replaced by the server
        infected: infected Eicar
        infected, and no change: infected A
        a container: suspicious Bomb
        violations: infected A.B, C.D
        no violations: clean
        a virus by name: infected EICAR-AV-Test
        no virus by name: clean
        blocked: infected a rule
        a name with line ends: infected a?[31m??b
        overloaded: busy
        not found: said 404 Service not found
        its error: said 500 Server error
        elsewhere: garbage
        go on, twice: garbage
    "#]]
    .assert_eq(&said);
}

#[tokio::test]
async fn what_is_no_answer_is_never_believed() {
    let body =
        |encapsulated: &str, rest: &str| format!("ICAP/1.0 200 OK\r\nEncapsulated: {encapsulated}\r\n\r\n{rest}");
    let many = format!("ICAP/1.0 204 No\r\n{}\r\n", "X: y\r\n".repeat(101));
    let long = format!("ICAP/1.0 204 No\r\nX: {}\r\n\r\n", "y".repeat(40_000));
    let zeros = format!("{}8\r\nthe file\r\n0\r\n\r\n", "0".repeat(8));
    for answer in [
        "HTTP/1.1 204 No Content\r\n\r\n",
        "ICAP/2.0 204 No Content\r\n\r\n",
        "ICAP/1.0 20 No\r\n\r\n",
        "ICAP/1.0 +20 No\r\n\r\n",
        "ICAP/1.0 200 OK\r\n\r\n",
        " folded: first\r\n\r\n",
        "ICAP/1.0 204 No\r\n folded\r\n\r\n",
        "ICAP/1.0 204 No\r\nno colon\r\n\r\n",
        &many,
        &long,
        &body("res-hdr=0", "HTTP/1.1 200 OK\r\n\r\n"),
        &body("res-body=99999999999999999999", ""),
        &body("res-body=-1", ""),
        &body("res-body=70000", ""),
        &body("res-body=10, res-hdr=0", "HTTP/1.1 200 OK\r\n\r\n"),
        &body("res-hdr=5, res-body=0", ""),
        &body("req-body=0", "8\r\nthe file\r\n0\r\n\r\n"),
        &body("res-hdr=0, res-body=4", "What8\r\nthe file\r\n0\r\n\r\n"),
        &body("res-body=0", "-8\r\nthe file\r\n0\r\n\r\n"),
        &body("res-body=0", "0x8\r\nthe file\r\n0\r\n\r\n"),
        &body("res-body=0", "fffffffff\r\nthe file\r\n0\r\n\r\n"),
        &body("res-body=0", &zeros),
        &body("res-body=0", "8\r\nthe file0\r\n\r\n"),
        &body("res-body=0", "0; use-original-body=x\r\n\r\n"),
        &body("res-body=0", &"1".repeat(300)),
    ] {
        let said = verdict_of(answer, IcapMethod::Respmod).await;
        assert_eq!(said, "garbage", "{:?}", answer.get(..80).unwrap_or(answer));
    }
}

#[tokio::test]
async fn an_upload_that_is_answered_was_stopped() {
    let verdict = async |encapsulated: &str, rest: &str| {
        let answer = format!("ICAP/1.0 200 OK\r\nEncapsulated: {encapsulated}\r\n\r\n{rest}");
        verdict_of(&answer, IcapMethod::Reqmod).await
    };
    let post = "POST / HTTP/1.1\r\n\r\n";
    let same = format!("{post}8\r\nthe file\r\n0\r\n\r\n");
    assert_eq!(verdict("req-hdr=0, req-body=19", &same).await, "clean");
    assert_eq!(verdict("req-hdr=0, null-body=19", post).await, "infected replaced by the server");
    let page = "HTTP/1.1 200 OK\r\n\r\n8\r\nthe file\r\n0\r\n\r\n";
    assert_eq!(verdict("res-hdr=0, res-body=19", page).await, "infected replaced by the server");
}

#[test]
fn options_are_read() {
    let read = |head: &str| Options::read(&Head::read(head.as_bytes(), "ICAP/1.").unwrap(), IcapMethod::Respmod);
    let options = read(
        "ICAP/1.0 200 OK\r\nMethods: REQMOD, RESPMOD\r\nService: Some AV 1.0\r\nISTag: \"abc\"\r\nPreview: 1024\r\n\
         Allow: 204, 206\r\nMax-Connections: 100\r\nOptions-TTL: 60\r\nTransfer-Preview: *\r\nTransfer-Ignore: gif, JPEG\r\n\
         Transfer-Complete: exe\r\n\r\n",
    )
    .unwrap();
    assert_eq!((options.tag.as_deref(), options.connections_max), (Some("\"abc\""), Some(100)));
    assert_eq!((options.life, options.allows_206), (Duration::from_secs(60), true));
    for (kind, transfer, preview) in [
        ("pdf", Transfer::Preview, Some(1024)),
        ("exe", Transfer::Complete, None),
        ("jpeg", Transfer::Ignore, None),
        ("", Transfer::Preview, Some(1024)),
    ] {
        assert_eq!((options.transfer(kind), options.preview(transfer)), (transfer, preview), "{kind}");
    }
    let least = read("ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nPreview: 99999999\r\nOptions-TTL: 0\r\n\r\n").unwrap();
    assert_eq!((least.tag.clone(), least.life), (None, Duration::from_secs(10)));
    assert_eq!(least.preview(least.transfer("pdf")), Some(64 << 10));
    let picky = "ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nTransfer-Complete: exe\r\nTransfer-Ignore: *\r\n\r\n";
    assert_eq!(read(picky).unwrap().transfer("pdf"), Transfer::Ignore);
    let said = |text: &str| Err(ScanTrouble::Said(text.to_owned()));
    let nothing = "ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nTransfer-Ignore: *\r\n\r\n";
    assert_eq!(read(nothing), said("the service wants no file at all: Transfer-Ignore: *"));
    assert_eq!(read("ICAP/1.0 200 OK\r\nMethods: REQMOD\r\n\r\n"), said("the service does not offer RESPMOD"));
    assert_eq!(read("ICAP/1.0 404 Service not found\r\n\r\n"), said("404 Service not found"));
    assert_eq!(read("ICAP/1.0 503 Overloaded\r\n\r\n"), Err(ScanTrouble::Busy));
}

#[test]
fn a_request_says_nothing_of_the_mail() {
    let options = Options { allows_206: true, ..Options::default() };
    let text = |settings: &IcapSettings| {
        let question = request::file(settings, &options, &file(b"the file"), Some(4));
        String::from_utf8(question.head).unwrap().replace('\r', "")
    };
    expect![[r#"
        RESPMOD icap://av.example:1344/avscan?allow204=on ICAP/1.0
        Host: av.example:1344
        User-Agent: Postern
        Connection: close
        Allow: 204, 206
        Preview: 4
        Encapsulated: req-hdr=0, res-hdr=125, res-body=203

        GET http://mail.invalid/994659de87f727ddcde75df44314f31d7f367b3bff347e852f390530f29720c7.pdf HTTP/1.1
        Host: mail.invalid

        HTTP/1.1 200 OK
        Content-Type: application/octet-stream
        Content-Length: 8

    "#]]
    .assert_eq(&text(&settings()));
    expect![[r#"
        REQMOD icap://av.example:1344/avscan?allow204=on ICAP/1.0
        Host: av.example:1344
        User-Agent: Postern
        Connection: close
        Allow: 204, 206
        Preview: 4
        Encapsulated: req-hdr=0, req-body=185

        POST http://mail.invalid/994659de87f727ddcde75df44314f31d7f367b3bff347e852f390530f29720c7.pdf HTTP/1.1
        Host: mail.invalid
        Content-Type: application/octet-stream
        Content-Length: 8

    "#]]
    .assert_eq(&text(&IcapSettings { method: IcapMethod::Reqmod, ..settings() }));
}

#[test]
fn addresses_are_read() {
    for (text, wanted) in [
        ("icap://av.example/avscan", Some(("av.example:1344", "avscan", false))),
        ("icaps://av.example/", Some(("av.example:11344", "", true))),
        ("icap://[2001:db8::1]:99/a?b=c&d", Some(("[2001:db8::1]:99", "a?b=c&d", false))),
        ("icap://av.example", None),
        ("http://av.example/avscan", None),
        ("icap://av.example/a b", None),
        ("icap://av.example/a\r\nX: y", None),
    ] {
        let read = IcapSettings::at(text);
        let read = read.as_ref().map(|read| (read.host.to_string(), read.service.as_str(), read.is_tls));
        assert_eq!(read, wanted.map(|(host, service, tls)| (host.to_owned(), service, tls)), "{text}");
    }
}

#[tokio::test]
async fn a_server_gets_no_more_connections_than_it_takes() {
    let room = Room::new();
    room.resize(Some(2));
    let (first, second) = (room.take().await, room.take().await);
    assert!(room.take().now_or_never().is_none());
    room.resize(Some(1));
    drop(first);
    room.resize(Some(1));
    assert!(room.take().now_or_never().is_none(), "one is taken, and one is all");
    drop(second);
    assert!(room.take().now_or_never().is_some());
    room.resize(None);
    let many: Vec<_> = (0..100).map(|_| room.take().now_or_never()).collect();
    assert!(many.iter().all(Option::is_some));
}

/// A virus scanner's answer, as c-icap gives it.
const FOUND: &str = "ICAP/1.0 200 OK\r\nServer: C-ICAP/0.5.10\r\nConnection: close\r\nISTag: \"CI0001-L5CkDhq\"\r\n\
    X-Infection-Found: Type=0; Resolution=2; Threat=Some.Name;\r\n\
    X-Violations-Found: 1\r\n\t-\r\n\tSome.Name\r\n\t0\r\n\t0\r\nEncapsulated: res-hdr=0, res-body=75\r\n\r\n\
    HTTP/1.0 403 Forbidden\r\nServer: C-ICAP\r\nConnection: close\r\nVia: ICAP/1.0 vm\r\n\r\n\
    f\r\nVIRUS FOUND: ...\r\n0\r\n\r\n";

#[tokio::test]
async fn no_damage_turns_a_finding_into_clean() {
    let verdict = async |bytes: &[u8]| {
        let progress = Progress::default();
        progress.finish();
        let mut incoming = Incoming::new(bytes, &progress);
        let head = incoming.head().await?;
        verdict::answer(head, &mut incoming, &file(b"the file"), IcapMethod::Respmod).await
    };
    assert_eq!(verdict(FOUND.as_bytes()).await, Ok(ScannerAnswer::infected(["Some.Name"])));
    for at in 0..FOUND.len() {
        assert_ne!(verdict(&FOUND.as_bytes()[..at]).await, Ok(ScannerAnswer::Clean), "cut at {at}");
        for byte in [0, b'\n', b'\r', b' ', b':', b'0', b'2', b'4', b'X', 0xff] {
            let mut bytes = FOUND.as_bytes().to_vec();
            bytes[at] = byte;
            assert_ne!(verdict(&bytes).await, Ok(ScannerAnswer::Clean), "{byte} at {at}");
        }
    }
}

#[tokio::test]
async fn a_body_in_the_smallest_pieces_costs_no_more_than_its_size() {
    let progress = Progress::default();
    let body = vec![b'x'; 400_000];
    let answer = [b"1\r\nx\r\n".repeat(body.len()).as_slice(), b"0\r\n\r\n"].concat();
    let mut incoming = Incoming::new(answer.as_slice(), &progress);
    assert_eq!(incoming.compare(&body).await, Ok(incoming::Compared::Same));
}
