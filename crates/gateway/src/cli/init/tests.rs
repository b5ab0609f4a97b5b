use super::*;

fn arguments() -> Arguments {
    Arguments {
        domain: None,
        next_hop: None,
        recipient: None,
        hostname: None,
        folder: ".".into(),
        no_probe: false,
        force: false,
    }
}

fn typed(text: &'static str) -> Questions {
    Questions::of(Box::new(text.as_bytes()), true)
}

fn shown(answers: &Answers) -> String {
    let Answers { domain, next_hop, recipient, hostname } = answers;
    format!("{domain} {next_hop} {} {hostname}", recipient.as_ref().map_or("-".to_owned(), ToString::to_string))
}

#[test]
fn a_wrong_answer_is_asked_for_again() {
    let mut questions = typed(
        "corp_example\n\nnonsense\ncorp.example\nnot a host\nmail.corp.example\nbob@other.example\nbob\na b\ngw.corp.example\n",
    );
    let answers = answers(&arguments(), &mut questions).unwrap_or_else(|fault| panic!("{}", fault.message));
    assert_eq!(shown(&answers), "corp.example mail.corp.example:25 bob@corp.example gw.corp.example");
}

#[test]
fn the_name_of_the_host_is_offered() {
    let mut questions = typed("corp.example\nmail.corp.example\nbob\n\n");
    let answers = answers(&arguments(), &mut questions).unwrap_or_else(|fault| panic!("{}", fault.message));
    assert_eq!(answers.hostname, config::defaults().unwrap().values.hostname);
}

#[test]
fn the_end_of_the_answers_is_the_end() {
    let fault = answers(&arguments(), &mut typed("corp.example\nnot a host\n")).err().unwrap();
    assert_eq!(fault.message, "no answer, nothing was written");
}

#[test]
fn without_a_probe_nobody_has_to_be_named() {
    let given = Arguments {
        domain: Some("corp.example".to_owned()),
        next_hop: Some("192.0.2.1".to_owned()),
        hostname: Some("gw.corp.example".to_owned()),
        no_probe: true,
        ..arguments()
    };
    let mut nobody = Questions::of(Box::new(&b""[..]), false);
    let mut found = answers(&given, &mut nobody).unwrap_or_else(|fault| panic!("{}", fault.message));
    assert_eq!(shown(&found), "corp.example 192.0.2.1:25 - gw.corp.example");
    let said = probe_or_ask(&given, &mut found, &mut nobody, &mut |_, _| panic!("nobody asked for it"));
    assert_eq!(said.unwrap_or_default(), "left out");
    assert!(next_steps(Path::new("postern.toml"), &found).contains("--to you@corp.example"));
    let fault = answers(&Arguments { no_probe: false, ..given }, &mut nobody).err().unwrap();
    assert_eq!(fault.message, "--recipient is missing");
}

#[test]
fn after_a_failed_probe_there_is_a_choice() {
    let probe = |answers: &Answers, recipient: &Address| match recipient.local() {
        "carol" => Ok(format!("{} takes mail for {recipient}", answers.next_hop)),
        _ => Err(Fault::unavailable(format!("{recipient} is refused"), "")),
    };
    for (typed_next, expected) in [
        ("carol\n", "mail.corp.example:25 takes mail for carol@corp.example"),
        ("dana\ncarol@corp.example\n", "mail.corp.example:25 takes mail for carol@corp.example"),
        ("w\n", "failed: bob@corp.example is refused"),
        ("q\n", "nothing was written"),
    ] {
        let mut first = typed("corp.example\nmail.corp.example\nbob\n\n");
        let mut found = answers(&arguments(), &mut first).unwrap_or_else(|fault| panic!("{}", fault.message));
        let said = probe_or_ask(&arguments(), &mut found, &mut typed(typed_next), &mut { probe });
        assert_eq!(said.unwrap_or_else(|fault| fault.message), expected);
    }
    let mut first = typed("corp.example\nmail.corp.example\nbob\n\n");
    let mut found = answers(&arguments(), &mut first).unwrap_or_else(|fault| panic!("{}", fault.message));
    let mut nobody = Questions::of(Box::new(&b""[..]), false);
    let fault = probe_or_ask(&arguments(), &mut found, &mut nobody, &mut { probe }).err().unwrap();
    assert_eq!(fault.message, "bob@corp.example is refused");
}
