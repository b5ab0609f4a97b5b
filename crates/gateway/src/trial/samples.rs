//! The messages that `postern try` sends, from `samples.toml`.

mod attachments;

use serde::Deserialize;

use crate::control::protocol::Fault;

/// Domain of the organisation that `try` protects.
pub(crate) const OUR_DOMAIN: &str = "corp.example";
/// Its mailboxes.
pub(crate) const OUR_MAILBOXES: [&str; 3] = ["bob@corp.example", "carol@corp.example", "dana@corp.example"];
/// Second message of the smuggling sample, behind a line end that is none.
const SMUGGLED: &[u8] =
    b"\n.\nMAIL FROM:<ceo@corp.example>\r\nRCPT TO:<bob@corp.example>\r\nDATA\r\nSubject: second\r\n\r\n";
/// Between the parts of a sample with an attachment.
const BOUNDARY: &str = "part-5f1c";

/// One message and how it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// What it shows, a few words.
    pub(crate) what: String,
    /// MAIL FROM, without brackets; empty for the null sender.
    pub(crate) sender: String,
    /// RCPT TO.
    pub(crate) recipient: String,
    /// From as written.
    pub(crate) from: String,
    /// Subject as written.
    pub(crate) subject: String,
    /// The message with CRLF line ends, before dots are doubled.
    pub(crate) message: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    sample: Vec<AsTyped>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AsTyped {
    what: String,
    sender: String,
    recipient: String,
    from: String,
    subject: String,
    #[serde(default)]
    header: Vec<String>,
    body: String,
    attachment: Option<Attachment>,
    #[serde(default)]
    smuggles: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attachment {
    name: String,
    r#type: String,
    holds: attachments::Kind,
}

/// All samples, in the order in which they are sent; `size_limit` is what the gateway takes, bytes.
///
/// # Errors
/// If the table in the program does not read.
pub(crate) fn all(size_limit: u64) -> Result<Vec<Sample>, Fault> {
    let file: File = toml::from_str(include_str!("samples.toml"))
        .map_err(|error| Fault::unavailable(format!("the samples do not read: {error}"), ""))?;
    Ok(file.sample.into_iter().zip(1..).map(|(typed, number)| compose(typed, number, size_limit)).collect())
}

fn compose(typed: AsTyped, number: u32, size_limit: u64) -> Sample {
    let mut text = format!(
        "From: {}\nTo: <{}>\nSubject: {}\nDate: Tue, 24 Nov 2026 16:{number:02}:00 +0000\nMessage-ID: <try-{number}@sample.example>\n",
        typed.from, typed.recipient, typed.subject
    );
    for line in &typed.header {
        text.push_str(line);
        text.push('\n');
    }
    let body = typed.body.replace("{gtube}", &attachments::gtube());
    match &typed.attachment {
        None => text.push_str(&format!("\n{body}\n")),
        Some(attachment) => text.push_str(&multipart(&body, attachment, size_limit)),
    }
    let mut message = text.replace('\n', "\r\n").into_bytes();
    if typed.smuggles {
        message.extend_from_slice(SMUGGLED);
    }
    let AsTyped { what, sender, recipient, from, subject, .. } = typed;
    Sample { what, sender, recipient, from, subject, message }
}

fn multipart(text: &str, attachment: &Attachment, size_limit: u64) -> String {
    let encoded = data_encoding::BASE64.encode(&attachments::make(attachment.holds, size_limit));
    let lines: Vec<&str> = encoded.as_bytes().chunks(76).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    let Attachment { name, r#type, .. } = attachment;
    format!(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\n\n\
         --{BOUNDARY}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n\
         --{BOUNDARY}\nContent-Type: {type}; name=\"{name}\"\nContent-Disposition: attachment; filename=\"{name}\"\n\
         Content-Transfer-Encoding: base64\n\n{}\n--{BOUNDARY}--\n",
        lines.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_a_message_with_line_ends_of_smtp() {
        let samples = all(1_000_000).unwrap();
        assert!(samples.len() >= 20);
        for sample in &samples {
            let text = String::from_utf8_lossy(&sample.message).replace("\r\n", "");
            assert_eq!(text.contains(['\r', '\n']), sample.what.contains("smuggling"), "{}", sample.what);
            assert_eq!(sample.message.len() > 1_000_000, sample.what.contains("limit"), "{}", sample.what);
        }
    }
}
