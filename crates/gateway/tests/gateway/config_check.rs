//! `config check` finds what a start or a reload would find, names what it read, and what it says helps.

use testkit::daemon::{Daemon, Setup};
use testkit::sink::Sink;
use testkit::{files, loopback, program};

use crate::{POSTERN, dns};

/// What stands in postern.toml, and what the refusal says.
const REFUSED: [(&str, &[&str]); 16] = [
    ("[tls]\ncertificate = \"no.pem\"\nkey = \"no.pem\"", &["no.pem: cannot be read", "without [tls]"]),
    ("[tls]\ncertificate = \"postern.toml\"\nkey = \"postern.toml\"", &["certificate ", "postern.toml"]),
    ("[process]\nuser = \"postern-no-such-user\"", &["postern-no-such-user", "useradd"]),
    ("[log]\nlevel = \"verbose\"", &["postern.toml:2:1: log.level: \"verbose\" is no level", "debug"]),
    ("[dns]\nclient_lists = [\"zen\"]", &["postern.toml:2:1: dns.client_lists: \"zen\"", "zen.spamhaus.org"]),
    (
        "[inbound]\nlisten = [\"0.0.0.0:2525\", \"127.0.0.1:2525\"]",
        &["postern.toml:2:1: inbound.listen: 127.0.0.1:2525 is taken by 0.0.0.0:2525 of inbound.listen"],
    ),
    (
        "[inbound]\nlisten = [\"127.0.0.1:2525\"]\n[http]\nlisten = \"127.0.0.1:2525\"",
        &["postern.toml:4:1: http.listen: 127.0.0.1:2525 is taken by 127.0.0.1:2525 of inbound.listen"],
    ),
    ("settings = \"nosuch\"", &["nosuch: there is no such settings folder", "mkdir -p"]),
    (
        "[inbound]\nlisten = [\"127.0.0.1\"]",
        &["postern.toml:2:11: inbound.listen: \"127.0.0.1\" has no port", "for instance \"127.0.0.1:25\""],
    ),
    (
        "[inbound]\nlisten = [\"127.0.0.300:25\"]",
        &["postern.toml:2:11: inbound.listen: \"127.0.0.300:25\" is no IP address with a port", "192.0.2.1:25"],
    ),
    ("[dns]\nservers = [\n  \"8.8.8\"\n]", &["postern.toml:3:3: dns.servers: \"8.8.8\" is no IP address"]),
    ("[limits]\nsessions_max = -1", &["postern.toml:2:16: limits.sessions_max: ", "a whole number"]),
    ("[outbound]\nlisten = [\"127.0.0.1:2587\"]", &["postern.toml:1:1: outbound.networks: "]),
    ("[process]\nuser = \"root\"", &["process.user: \"root\" is root", "name another"]),
    (
        "[[scanner]]\nname = \"a\"\nkind = \"clamd\"\naddress = \"/nowhere.sock\"\ntypes = [\"pdff\"]",
        &["scanner[0].types: no true type is called \"pdff\"", "conditions.md"],
    ),
    ("[process]\nsandbox = \"ful\"", &["process.sandbox: unknown variant `ful`", "did you mean `full`?"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_a_start_would_refuse_is_refused() {
    let daemon = Daemon::prepare(POSTERN, Setup::new(loopback::socket(25), "observe"));
    for (text, needed) in REFUSED {
        // What the text does not set must be good on this machine.
        let user = if text.contains("[process]") { "" } else { "\n[process]\nuser = \"nobody\"\n" };
        files::write(&daemon.config_file(), format!("{text}{user}"));
        for command in [&["serve"][..], &["config", "check"]] {
            let answered = daemon.command(command).await;
            assert_eq!(answered.code, 2, "{command:?} of {text:?}: {answered:?}");
            for needed in needed {
                assert!(answered.err.contains(needed), "{command:?} does not say {needed:?}: {}", answered.err);
            }
        }
    }
    assert!(!daemon.data().exists(), "a refused start leaves nothing");
    daemon.write();
    let domain = "[[domain]]\nname = \"b.example\"\nnext_hop = \"mx\"\nrecipients = \"any\"\n";
    for (line, needed) in [
        ("  policy = \"standrd\"", &["domains.toml:5:3: domain b.example asks for", "did you mean `standard`?"][..]),
        ("policy = \"mine\"", &["domains.toml:5:1: ", "observe, standard", "policy/mine.toml"]),
    ] {
        files::write(&daemon.folder().join("settings/domains.toml"), format!("{domain}{line}"));
        let answered = daemon.command(&["config", "check"]).await;
        assert_eq!(answered.code, 2, "{line}: {answered:?}");
        needed.iter().for_each(|needed| assert!(answered.err.contains(needed), "{needed:?}: {}", answered.err));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_is_named_and_what_was_not_too() {
    let mut setup = Setup::new(loopback::socket(25), "observe");
    setup.policies = vec![("mine".to_owned(), "name = \"mine\"\n".to_owned())];
    let daemon = Daemon::prepare(POSTERN, setup);
    let settings = daemon.folder().join("settings");
    for unread in ["domain.toml", "policy/other.tml", "README.md", ".gitignore"] {
        files::write(&settings.join(unread), "");
    }
    let mine = settings.join("policy/mine.toml");
    std::fs::set_permissions(&mine, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let checked = daemon.command(&["config", "check"]).await;
    assert_eq!(checked.code, 0, "{checked:?}");
    let lines: Vec<String> =
        checked.out.lines().map(|line| line.replace(&daemon.folder().display().to_string(), "")).collect();
    let expected = [
        "warning: /settings/domain.toml is not read: only domains.toml and policy/NAME.toml are",
        "warning: /settings/policy/other.tml is not read: only domains.toml and policy/NAME.toml are",
        "warning: /settings/policy/mine.toml cannot be read by the user nobody: a reload would be refused",
        "read: /postern.toml",
        "read: /settings/domains.toml",
        "read: /settings/policy/mine.toml",
    ];
    assert_eq!(lines[..lines.len() - 1], expected);
    let good = "Good: 1 domain, 3 policies (mine, observe, standard), ";
    assert!(lines.last().unwrap().starts_with(good) && lines.last().unwrap().ends_with(" rules."), "{lines:?}");
    let mut elsewhere = program::command(POSTERN);
    let empty = tempfile::tempdir().unwrap();
    let checked = elsewhere.current_dir(empty.path()).args(["config", "show"]).output().await.unwrap();
    let shown = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(shown.starts_with("# No configuration file was found"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_protect_nothing_is_said() {
    let mut setup = Setup::new(loopback::socket(25), "mine");
    let rule = |id: &str, when: &str| {
        format!("[[rule]]\nid = \"{id}\"\nwhen = '{when}'\nactions = [\"quarantine\"]\nnote = \"n\"\n")
    };
    let rules = [
        rule("a", "\"eicarr\" in evidence"),
        rule("b", "\"clamaw\" in facts.scanners"),
        rule("c", "\"eicar\" in evidence"),
    ];
    setup.policies = vec![("mine".to_owned(), format!("name = \"mine\"\n{}", rules.concat()))];
    let daemon = Daemon::prepare(POSTERN, setup);
    for folder in ["rules/deeper", "hashes"] {
        std::fs::create_dir_all(daemon.folder().join(folder)).unwrap();
    }
    files::write(
        &daemon.folder().join("rules/own.yar"),
        "rule own { meta: severity = \"low\" condition: filesize == 7 }\n",
    );
    let socket = daemon.folder().join("closed.sock");
    // Nobody listens any more.
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    std::fs::set_permissions(&socket, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let more =
        "[signatures]\nrules = [\"rules\"]\nhashes = [\"hashes\"]\n[[scanner]]\nname = \"clam\"\nkind = \"clamd\"\n";
    let text = std::fs::read_to_string(daemon.config_file()).unwrap();
    files::write(
        &daemon.config_file(),
        format!("{text}\n{more}address = \"{}\"\nconnect_timeout_ms = 100\n", socket.display()),
    );
    let checked = daemon.command(&["config", "check"]).await;
    assert_eq!(checked.code, 0, "{checked:?}");
    for needed in [
        "rule mine/a: no evidence is called \"eicarr\": it never matches",
        "rule mine/b: no outside scanner is called \"clamaw\": it never matches",
        "rules/deeper is not read: it is no file",
        "hashes ends in .txt",
        "own.yar:1:6: 1 rule of \"own\" without a known `severity`",
        "scanner clam: the user nobody may not speak to ",
        "rules/own.yar",
        "206 rules",
    ] {
        assert!(checked.out.contains(needed), "{needed:?} is not said: {}", checked.out);
    }
    assert!(!checked.out.contains("mine/c"), "{}", checked.out);
    for (signatures, needed) in
        [("rules = [\"no.yar\"]", "no.yar: No such file"), ("hashes = [\"postern.toml\"]", "no hash here")]
    {
        files::write(&daemon.config_file(), format!("{text}\n[signatures]\n{signatures}\n"));
        let checked = daemon.command(&["config", "check"]).await;
        assert!(checked.code == 2 && checked.err.contains(needed), "{checked:?}");
    }
    let mistakes = [("has_type(\"docmm\")", "did you mean `docm`?"), ("has_type(\"picture\")", "conditions.md")];
    for (when, hint) in mistakes {
        files::write(
            &daemon.folder().join("settings/policy/mine.toml"),
            format!("name = \"mine\"\n{}", rule("d", when)),
        );
        let checked = daemon.command(&["config", "check"]).await;
        assert!(checked.code == 2 && checked.err.contains(hint), "{checked:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_named_with_its_option() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    let taken = std::net::TcpListener::bind((loopback::socket(1).ip(), 0)).unwrap();
    let at = taken.local_addr().unwrap();
    setup.http = Some(at);
    let mut daemon = Daemon::prepare(POSTERN, setup);
    let answered = daemon.command(&["serve"]).await;
    assert_eq!(answered.code, 4, "{answered:?}");
    assert!(answered.err.contains(&format!("error: http.listen {at}: the port is in use\n")), "{}", answered.err);
    assert!(answered.err.contains(&format!("hint: ss -ltnp 'sport = :{}'", at.port())), "{}", answered.err);
    drop(taken);
    daemon.run().await;
    let answered = daemon.command(&["serve"]).await;
    assert_eq!(answered.code, 4, "{answered:?}");
    assert!(answered.err.contains("Postern runs already") && answered.err.contains("data"), "{}", answered.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn man_pages_name_files_and_environment() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().display().to_string();
    program::text(POSTERN, &["manual", &place], b"").await;
    for page in ["postern.1", "postern-queue-list.1"] {
        let text = std::fs::read_to_string(folder.path().join(page)).unwrap();
        for section in ["EXIT STATUS\"", "FILES", "ENVIRONMENT", "SEE ALSO\""] {
            assert!(
                text.contains(&format!(".SH {section}")) || text.contains(&format!(".SH \"{section}")),
                "{page}: {section}"
            );
        }
        assert!(text.contains("POSTERN_CONFIG") && !text.contains("EXTRA"), "{page}");
    }
    // A reader that has had enough is no mistake of the program.
    let cut = program::text("sh", &["-c", "\"$0\" completions bash | head -1", POSTERN], b"").await;
    assert_eq!(cut.lines().count(), 1, "{cut}");
}
