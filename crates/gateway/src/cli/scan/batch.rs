//! `postern scan --batch`: JSON lines in, JSON lines out, in the same order, on all cores. The form is documented in
//! docs/reference/scan-batch.md and stays.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use mail::address::{Address, ReversePath};
use mail::envelope::{BodyType, Client, Envelope, Helo};
use mail::timestamp::Timestamp;
use pipeline::given::Given;
use pipeline::stations::Stations;
use scan::auth::{DkimResult, DmarcResult, SpfResult};
use scan::facts::ReverseDns;
use serde::Deserialize;
use serde_json::{Value, json};

use super::judge::{self, Judge};
use super::mailboxes::{is_message, no_message, read_file};
use super::{Arguments, JudgedFile, show, wrapped};
use crate::cli::Global;
use crate::control::protocol::{Fault, exit};

/// Messages that are judged at a time, for each core.
const MESSAGES_PER_CORE: usize = 4;
/// Redraws of the progress bar a second.
const REDRAWS_PER_SECOND: u8 = 10;

/// One line of input. Unknown members are ignored.
#[derive(Clone, Debug, Deserialize)]
struct Line {
    file: PathBuf,
    client_ip: Option<String>,
    helo: Option<String>,
    rdns: Option<String>,
    mail_from: Option<String>,
    #[serde(default)]
    rcpt_to: Vec<String>,
    received: Option<String>,
    direction: Option<String>,
    spf: Option<String>,
    dkim: Option<String>,
    dmarc: Option<String>,
}

/// Judges all lines; exit code 1 if any message could not be judged, its line says why.
pub(super) fn run(global: &Global, arguments: &Arguments) -> Result<u8, Fault> {
    let with_content = arguments.content;
    let judge = Judge::open_with(global, arguments.offline, &arguments.yara)?;
    // Bytes: a line that is no text is a line with an error, not the end.
    let lines = std::io::stdin().lock().split(b'\n');
    let lines: Vec<Vec<u8>> =
        lines.collect::<Result<_, _>>().map_err(|error| Fault::unavailable(format!("standard input: {error}"), ""))?;
    let lines: Vec<Vec<u8>> = lines.into_iter().filter(|line| !line.trim_ascii().is_empty()).collect();
    let bar = progress_bar(lines.len());
    let cores = crate::cores();
    let (stations, now) = (judge.stations(), judge.now());
    let not_asked: Arc<[String]> = judge.not_asked().into();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let failed = judge.runtime().block_on(async {
        let tasks = lines.into_iter().map(|line| {
            let (stations, not_asked) = (Arc::clone(&stations), Arc::clone(&not_asked));
            // Spawned, so that parsing and detecting run on all cores.
            async move { tokio::spawn(judge_line(stations, line, (now, with_content, not_asked))).await }
        });
        let mut results = futures_util::stream::iter(tasks).buffered(cores * MESSAGES_PER_CORE);
        let mut failed = false;
        while let Some(result) = results.next().await {
            let value =
                result.unwrap_or_else(|error| json!({ "error": format!("the message could not be judged: {error}") }));
            failed |= value.get("error").is_some();
            bar.inc(1);
            if writeln!(out, "{value}").is_err() {
                break;
            }
        }
        failed
    });
    bar.finish_and_clear();
    out.flush().map_err(|error| Fault::unavailable(format!("standard output: {error}"), ""))?;
    Ok(if failed { exit::FOUND } else { exit::OK })
}

fn progress_bar(length: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::try_from(length).unwrap_or(u64::MAX));
    bar.set_draw_target(indicatif::ProgressDrawTarget::stderr_with_hz(REDRAWS_PER_SECOND));
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} messages, {per_sec}, {eta} left") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}

async fn judge_line(
    stations: Arc<Stations>,
    text: Vec<u8>,
    (now, with_content, not_asked): (Timestamp, bool, Arc<[String]>),
) -> Value {
    let line = match read_line(&text) {
        Ok(line) => line,
        Err(why) => return json!({ "error": format!("the line does not read: {why}") }),
    };
    let name = line.file.display().to_string();
    let judged = async {
        let (envelope, given) = envelope(&line, now)?;
        let raw = read_file(&line.file)?;
        if raw.is_empty() {
            return Err(no_message(&name, &raw));
        }
        let is_wrapped = !is_message(&raw);
        let raw = if is_wrapped { wrapped::message(&line.file, &raw) } else { raw };
        let processed = judge::judge(stations, envelope, judge::with_line_ends(raw), given).await?;
        Ok::<_, Fault>((processed, is_wrapped))
    };
    let judged = judged.await;
    match judged {
        Ok((processed, is_wrapped)) => {
            let judged = JudgedFile { name, processed, not_asked: not_asked.to_vec(), is_wrapped };
            show::json(&judged, with_content)
        }
        Err(fault) => json!({ "file": name, "error": fault.message }),
    }
}

fn read_line(text: &[u8]) -> Result<Line, String> {
    let text = std::str::from_utf8(text).map_err(|_| "it is not UTF-8".to_owned())?;
    let value: Value = serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
    if !value.is_object() {
        return Err("it is no JSON object".to_owned());
    }
    serde_json::from_value(value).map_err(|error| error.to_string())
}

fn envelope(line: &Line, now: Timestamp) -> Result<(Envelope, Given), Fault> {
    let wrong = |what: &str, text: &str| Fault::usage(format!("{what} {text:?} does not read"), "");
    let ip: IpAddr = match line.client_ip.as_deref() {
        None | Some("") => judge::NO_CLIENT,
        Some(text) => text.parse().map_err(|_| wrong("client_ip", text))?,
    };
    let received_at = match line.received.as_deref() {
        None | Some("") => now,
        Some(text) => Timestamp::parse(text).ok_or_else(|| wrong("received", text))?,
    };
    let sender = match line.mail_from.as_deref().map(|text| text.trim_matches(['<', '>'])) {
        None | Some("") => ReversePath::Null,
        // What collectors wrote down is not always an address; such a sender cannot be verified either.
        Some(text) => Address::parse(text).map_or(ReversePath::Null, ReversePath::Address),
    };
    let addresses = line.rcpt_to.iter().filter_map(|text| Address::parse(text.trim_matches(['<', '>'])).ok()).collect();
    let mut recipients = judge::recipients(addresses, line.direction.as_deref() == Some("outbound"));
    if recipients.is_empty() {
        let fallback = Address::parse("postmaster@localhost").map_err(|error| Fault::usage(error.to_string(), ""))?;
        recipients = judge::recipients(vec![fallback], line.direction.as_deref() == Some("outbound"));
    }
    let envelope = Envelope {
        client: Client { ip: ip.to_canonical(), port: 0, tls: None },
        helo: Helo { name: line.helo.clone().unwrap_or_default(), extended: true },
        sender,
        recipients,
        received_at,
        body: BodyType::EightBitMime,
    };
    Ok((envelope, given(line)))
}

// Words that are none (`unknown`, empty) leave the fact open.
fn given(line: &Line) -> Given {
    let reverse_dns = line.rdns.as_deref().map(|name| ReverseDns {
        name: (!name.is_empty() && name != "unknown").then(|| name.trim_end_matches('.').to_ascii_lowercase()),
        confirmed: !name.is_empty() && name != "unknown",
    });
    let is_without_client = line.client_ip.as_deref().is_none_or(str::is_empty);
    let without = if is_without_client { Given::without_client() } else { Given::default() };
    Given {
        auth: auth::Given {
            spf: line.spf.as_deref().and_then(SpfResult::from_word).or(without.auth.spf),
            dkim: line.dkim.as_deref().and_then(DkimResult::from_word),
            dmarc: line.dmarc.as_deref().and_then(DmarcResult::from_word),
        },
        reverse_dns,
        ..without
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_none_says_why() {
        let why = |text: &[u8]| read_line(text).map(|line| line.file.display().to_string()).unwrap_or_else(|why| why);
        assert_eq!(why(br#"{"file":"a.eml","more":1}"#), "a.eml");
        assert_eq!(why(b"{\"file\":\"a.eml\"}\xff"), "it is not UTF-8");
        assert_eq!(why(b"[]"), "it is no JSON object");
        assert_eq!(why(b"{}"), "missing field `file`");
        assert!(why(b"{").starts_with("it is not JSON: "));
    }

    #[test]
    fn nothing_is_asked_about_a_client_that_nobody_named() {
        let given = |text: &str| given(&read_line(text.as_bytes()).unwrap());
        let nobody = given(r#"{"file":"a"}"#);
        assert_eq!((nobody.is_without_client, nobody.auth.spf), (true, Some(SpfResult::None)));
        let known = given(r#"{"file":"a","client_ip":"192.0.2.7"}"#);
        assert_eq!((known.is_without_client, known.auth.spf), (false, None));
        assert_eq!(given(r#"{"file":"a","spf":"pass"}"#).auth.spf, Some(SpfResult::Pass));
    }
}
