//! Sessions of the server and of the client; what they accept and what they write is in order whatever came in.

/// One input; its first byte says how it is cut.
pub(crate) fn run(data: &[u8]) {
    smtp::drive::all(data);
    let (cut, input) = data.split_first().map_or((1, data), |(cut, rest)| (usize::from(*cut).max(1), rest));
    let served = smtp::drive::server(input.chunks(cut));
    for message in &served.messages {
        assert!(!has_bare_line_end(message), "a message with a bare line end was accepted");
    }
    assert!(!has_bare_line_end(&served.written), "a reply with a bare line end");
    // However the same bytes are cut: no more messages, and no other ones, than in one piece; a client that does not wait is
    // told so and closed, which depends on the cut.
    let whole = smtp::drive::server([input]);
    assert!(served.messages.len() <= whole.messages.len().max(input.len() / 5), "messages out of nothing");
    assert!(!has_bare_line_end(&smtp::drive::stuff(data)), "what goes out has a bare line end");
}

fn has_bare_line_end(bytes: &[u8]) -> bool {
    let mut before = 0;
    for byte in bytes {
        if (*byte == b'\n') != (before == b'\r') {
            return true;
        }
        before = *byte;
    }
    before == b'\r'
}
