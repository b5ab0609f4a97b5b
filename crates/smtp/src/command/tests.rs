use super::*;
use proptest::prelude::*;

fn mail_of(line: &str) -> Mail {
    match parse(line.as_bytes()) {
        Ok(Command::Mail(mail)) => mail,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn parameters_are_read() {
    let mail = mail_of("MAIL FROM:<a@b.example> SIZE=1000 BODY=8BITMIME AUTH=e+3Dmc2@example.com");
    assert_eq!((mail.size_bytes, mail.body), (Some(1000), BodyType::EightBitMime));
    assert_eq!(mail_of("MAIL FROM:<> SIZE=99999999999999999999").size_bytes, Some(u64::MAX));
    assert_eq!(mail_of("mail from:<>").sender, ReversePath::Null);
}

#[test]
fn a_bracket_in_quotes_ends_nothing() {
    let mail = mail_of(r#"MAIL FROM:<"a> SIZE=1 \" <b"@sender.example> SIZE=2"#);
    assert_eq!(mail.sender.address().unwrap().local(), r#"a> SIZE=1 " <b"#);
    assert_eq!(mail.size_bytes, Some(2));
}

#[test]
fn routing_marks_are_seen_in_every_form() {
    for (text, expected) in [
        ("<x%evil.example@corp.example>", true),
        ("<evil.example!x@corp.example>", true),
        ("<\"x@evil.example\"@corp.example>", true),
        ("<\"x\\@evil.example\"@corp.example>", true),
        ("<postmaster>", false),
        ("<bob+tag@corp.example>", false),
    ] {
        match parse(format!("RCPT TO:{text}").as_bytes()) {
            Ok(Command::Rcpt(path)) => assert_eq!(path.has_routing_marks(), expected, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

proptest! {
    #[test]
    fn any_line_is_parsed_or_refused(line in prop::collection::vec(any::<u8>(), 0..1_200)) {
        let _ = parse(&line);
    }

    // What is accepted is written again as it was read: nothing hides in it.
    #[test]
    fn an_accepted_path_means_what_it_says(inner in r#"[a-b@."<>\\ %,:\[\]]{0,12}"#) {
        if let Ok(Command::Rcpt(ForwardPath::Address(address))) = parse(format!("RCPT TO:<{inner}@corp.example>").as_bytes()) {
            prop_assert_eq!(address.domain().as_str(), "corp.example");
            let again = parse(format!("RCPT TO:<{address}>").as_bytes());
            prop_assert_eq!(again, Ok(Command::Rcpt(ForwardPath::Address(address))));
        }
    }
}
