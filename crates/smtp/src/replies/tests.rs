use super::*;

#[test]
fn a_refusal_shows_codes_and_reference() {
    let reply = refusal(Reason::RelayingDenied, "abc123defg");
    assert_eq!(reply.to_wire(), "550 5.7.1 relaying denied (ref abc123defg)\r\n");
    let reply = refusal(Reason::ShuttingDown, "abc123defg");
    assert_eq!(reply.to_wire(), "421 4.3.2 closing the session, connect again (ref abc123defg)\r\n");
}

#[test]
fn a_421_ends_the_session() {
    assert!(Reason::TooManySessions.ends_session());
    assert!(Reason::BareLineEndInMessage.ends_session());
    assert!(!Reason::UnknownRecipient.ends_session());
}
