use std::path::Path;

use expect_test::{Expect, expect};

use super::*;

fn check(text: &str, expected: &Expect) {
    let message = match parse(Path::new("postern.toml"), text) {
        Ok(config) => format!("ok: {}", config.values.hostname),
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&message);
}

#[test]
fn a_mistake_is_refused_with_its_place_and_a_hint() {
    check("hostname = \"gw.example.com\"\n", &expect!["ok: gw.example.com"]);
    check(
        "hostname = \"gw.example.com\"\n[inbund]\nlisten = []\n",
        &expect![[r#"
        postern.toml:2:2: unknown field `inbund`, expected one of `hostname`, `data`, `settings`, `inbound`, `outbound`, `tls`, `dns`, `http`, `log`, `limits`, `scan`, `signatures`, `ocr`, `process`, `scanner`
          hint: did you mean `inbound`?"#]],
    );
    check(
        "[inbound]\nlisten = [\"0.0.0.0\"]\n",
        &expect![[r#"
        postern.toml:2:11: inbound.listen: "0.0.0.0" has no port
          hint: for instance "0.0.0.0:25""#]],
    );
    check(
        "[inbound]\n\nlisten = []\n",
        &expect![[r#"
        postern.toml:3:1: inbound.listen: there is no address to listen on
          hint: for instance listen = ["0.0.0.0:25", "[::]:25"]"#]],
    );
    check(
        "[outbound]\nlisten = [\"127.0.0.1:2526\"]\nnetworks = [\"0.0.0.0/0\"]\n",
        &expect![[r#"
        postern.toml:3:1: outbound.networks: 0.0.0.0/0 would let the whole Internet send through here
          hint: an open relay is found and abused within hours; name your own networks"#]],
    );
    check(
        "[outbound]\nlisten = [\"127.0.0.1:2526\"]\n",
        &expect![[r#"
            postern.toml:1:1: outbound.networks: a listener that nobody may use
              hint: name the addresses of your mail servers, for instance networks = ["10.0.0.5/32"]"#]],
    );
    check(
        "[outbound]\nnetworks = [\"10.0.0.0/33\"]\n",
        &expect![[r#"
        postern.toml:2:1: outbound.networks: "10.0.0.0/33" is not a network
          hint: for instance 10.0.0.0/24"#]],
    );
    check(
        "[tls]\nkey = \"key.pem\"\n",
        &expect![[r#"
        postern.toml:2:1: tls.key: certificate and key go together
          hint: name both or none"#]],
    );
    check(
        "hostname = \"not a name\"\n",
        &expect![[r#"
        postern.toml:1:1: hostname: it is not a domain name
          hint: for instance gw.example.com"#]],
    );
    check(
        "[limits]\nmessage_bytes_max = 10\n",
        &expect![[r#"
        postern.toml:2:1: limits.message_bytes_max: RFC 5321 asks for at least 65536
          hint: default: 50000000"#]],
    );
    check(
        "[scan]\nsession_budget_ms = 0\n",
        &expect![[r#"
        postern.toml:2:1: scan.session_budget_ms: 1 to 240000
          hint: senders wait 10 minutes (RFC 5321 4.5.3.2.6), many only 5; default: 10000"#]],
    );
    check(
        "[process]\nsandbox = \"none\"\n",
        &expect!["postern.toml:2:11: process.sandbox: unknown variant `none`, expected `full` or `seccomp-only`"],
    );
    check("hostname = \"a\nb\"", &expect!["postern.toml:2:3: key with no value, expected `=`"]);
}

#[test]
fn what_no_machine_can_hold_is_refused() {
    check(
        "[limits]\nmessage_bytes_max = 50000000000\n",
        &expect![[r#"
        postern.toml:2:1: limits.message_bytes_max: a message is judged in memory: at most 1073741824
          hint: default: 50000000"#]],
    );
    check("hostname = \"gw.example.com\"\n[scan]\nworkers = 1024\n", &expect!["ok: gw.example.com"]);
    check(
        "[scan]\nworkers = 1025\n",
        &expect![[r#"
        postern.toml:2:1: scan.workers: each is a process with memory of its own: at most 1024
          hint: default: 0, one for each core"#]],
    );
}

#[test]
fn a_list_or_table_in_another_form_is_refused_with_the_right_one() {
    check(
        "[scanner]\nname = \"av\"\n",
        &expect![[r#"
        postern.toml:1:1: scanner: invalid type: table, expected a list
          hint: write `[[scanner]]`"#]],
    );
    check(
        "[signatures]\nrules = \"x\"\n",
        &expect![[r#"
        postern.toml:2:9: signatures.rules: invalid type: string "x", expected a list
          hint: write rules = ["x"]"#]],
    );
    check(
        "[[inbound]]\nlisten = []\n",
        &expect![[r#"
        postern.toml:1:1: inbound: invalid type: table, expected a list
          hint: write `[inbound]`"#]],
    );
}

#[test]
fn an_address_without_a_port_is_told_the_one_of_its_service() {
    let hint = |text: &str| {
        let error = parse(Path::new("postern.toml"), text).unwrap_err().to_string();
        error.split_once("hint: ").map(|(_, hint)| hint.to_owned()).unwrap_or_default()
    };
    assert_eq!(hint("[dns]\nservers = [\"192.0.2.53\"]\n"), "for instance \"192.0.2.53:53\"");
    assert_eq!(hint("[http]\nlisten = \"2001:db8::1\"\n"), "for instance \"[2001:db8::1]:9252\"");
    assert_eq!(hint("[outbound]\nlisten = [\"mail\"]\n"), "for instance \"192.0.2.1:25\"");
}

#[test]
fn a_missing_file_says_what_to_do() {
    let error = load(Path::new("/nonexistent/postern.toml")).unwrap_err();
    assert!(error.to_string().contains("postern init"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("postern.toml");
    testkit::files::write(&file, b"hostname = \"\xff\"\n");
    let error = load(&file).unwrap_err();
    assert!(error.to_string().contains("hint: save it as UTF-8"), "{error}");
    let error = load(&file.join("below")).unwrap_err();
    assert!(error.to_string().contains("hint: a part of this path is a file"), "{error}");
}

#[test]
fn the_defaults_print_and_read_back() {
    let text = toml::to_string(&AsTyped::default()).unwrap();
    let read = parse(Path::new("postern.toml"), &text).unwrap();
    assert_eq!(read.values.limits.message_bytes_max, 50_000_000);
    assert!(read.outbound_networks.is_empty());
}

#[test]
fn a_wrong_scanner_is_refused_with_its_place_and_a_hint() {
    let good = "[[scanner]]\nname = \"av\"\nkind = \"clamd\"\naddress = \"/run/clamav/clamd.ctl\"\n";
    let gateway = "hostname = \"gw.example.com\"\n";
    let wrong = |more: &str| {
        let text = format!("{gateway}{good}[[scanner]]\nname = \"two\"\n{more}\n");
        parse(Path::new("postern.toml"), &text).err().map(|error| error.to_string()).unwrap_or_default()
    };
    let icap = "kind = \"icap\"\naddress = \"icap://a.example/av\"";
    let cape = "kind = \"cape\"\naddress = \"https://cape.example\"";
    for (more, said) in [
        ("", "postern.toml:6:1: scanner[1].kind: what is it?\n  hint: clamd, icap, cape or rest"),
        ("kind = \"clam\"", "postern.toml:8:8: scanner.kind: unknown variant `clam`"),
        (
            "kind = \"icap\"\naddress = \"a.example\"",
            "postern.toml:9:1: scanner[1].address: \"a.example\" is no address",
        ),
        (
            "kind = \"clamd\"\naddress = \"\"",
            "scanner[1].address: \"\" is no address of such a scanner\n  hint: for instance",
        ),
        (&format!("{icap}\nfailopen = true"), "did you mean `fail_open`?"),
        (
            &format!("{icap}\nrequired = false\nfail_open = true"),
            "scanner[1].fail_open: only a required scanner can fail open",
        ),
        (&format!("{icap}\nconnections = 0"), "postern.toml:10:1: scanner[1].connections: 0 makes no sense"),
        (&format!("{icap}\ntoken_file = \"t\""), "scanner[1].token_file: only a sandbox has it"),
        (&format!("{cape}\nfiles = \"all\""), "scanner[1].files: files for a sandbox are chosen"),
        (&format!("{cape}\nmalicious_from = 2.0"), "scanner[1].malicious_from: 2 is below 3"),
        ("kind = \"rest\"\naddress = \"http://s.example\"", "describe it in [scanner.rest]"),
        (
            "kind = \"rest\"\naddress = \"http://s.example\"\n[scanner.rest]\nid = \"id\"",
            "scanner[1].rest: \"id\" is no JSON pointer",
        ),
        (
            "kind = \"rest\"\naddress = \"http://s.example\"\n[scanner.rest]\nsubmit_path = \"/f\"",
            "no state means that a task is done\n  hint: set `done` in [scanner.rest]",
        ),
        ("kind = \"clamd\"\naddress = \"localhost\"", "\"localhost\" is no address of such a scanner"),
        (&format!("{icap}\nfail_open = \"yes\""), "expected true or false"),
    ] {
        assert!(wrong(more).contains(said), "{more:?} does not say {said:?}: {}", wrong(more));
    }
    assert_eq!(wrong(icap), "");
    let twice = parse(Path::new("postern.toml"), &format!("{good}{good}")).unwrap_err().to_string();
    assert!(twice.contains("postern.toml:6:1: scanner[1].name: \"av\" is there already"), "{twice}");
    let ocr = parse(Path::new("postern.toml"), "[ocr]\nlanguages = \"eng deu\"\n").unwrap_err().to_string();
    assert!(ocr.contains("postern.toml:2:1: ocr.languages: \"eng deu\" are no languages"), "{ocr}");
}
