//! What an answer says of a file. Servers say it in three ways: by fields of their own (draft-stecher-icap-subid and what
//! products made of it), by a status, and by giving something else back than the file.

use tokio::io::AsyncRead;

use super::IcapMethod;
use super::head::{Head, Part, encapsulated};
use super::incoming::{Compared, Incoming};
use crate::scanners::{FileToScan, ScanTrouble, ScannerAnswer, WhySkipped};

/// Fields that name what was found, beside `X-Infection-Found` and `X-Violations-Found`.
const NAMING: [&str; 5] = ["x-virus-id", "x-virus-name", "x-blocked", "x-block-reason", "x-blocked-reason"];
/// Values of such fields that say that nothing was found.
const NOTHING: [&str; 7] = ["", "0", "no", "none", "false", "clean", "no threats"];
/// Lines of one violation: file, threat, number, resolution.
const VIOLATION_LINES: usize = 4;

/// Reads the rest of an answer whose head has come.
pub(super) async fn answer<R: AsyncRead + Unpin>(
    head: Head,
    incoming: &mut Incoming<'_, R>,
    file: &FileToScan,
    method: IcapMethod,
) -> Result<ScannerAnswer, ScanTrouble> {
    if let Some(finding) = finding(&head) {
        return Ok(finding);
    }
    let unmodified = match head.status {
        204 => true,
        200 | 206 => is_unmodified(&head, incoming, file, method).await?,
        503 => return Err(ScanTrouble::Busy),
        100..=399 => return Err(ScanTrouble::Garbage),
        status => return Err(ScanTrouble::said(&format!("{status} {}", head.reason))),
    };
    if !unmodified {
        return Ok(ScannerAnswer::infected(["replaced by the server"]));
    }
    // "No change" of a file of which only the beginning was asked for: by its rules it did not look into it.
    if !incoming.progress().is_all_sent() {
        return Ok(ScannerAnswer::Skipped(WhySkipped::NotWanted));
    }
    Ok(ScannerAnswer::Clean)
}

/// The file comes back as it was.
async fn is_unmodified<R: AsyncRead + Unpin>(
    head: &Head,
    incoming: &mut Incoming<'_, R>,
    file: &FileToScan,
    method: IcapMethod,
) -> Result<bool, ScanTrouble> {
    let parts = encapsulated(head)?;
    let body = parts.last().ok_or(ScanTrouble::Garbage)?;
    let inner = incoming.inner(body.offset).await?;
    let (wanted_head, wanted_body) = match method {
        IcapMethod::Respmod => ("res-hdr", "res-body"),
        IcapMethod::Reqmod => ("req-hdr", "req-body"),
    };
    // An upload that is answered instead of passed on was stopped.
    if method == IcapMethod::Reqmod && parts.iter().any(|part| part.name == "res-hdr") {
        return Ok(false);
    }
    if parts.iter().rev().skip(1).any(|part| part.name != wanted_head && part.name != "req-hdr") {
        return Err(ScanTrouble::Garbage);
    }
    if method == IcapMethod::Respmod && !keeps_status(&parts, &inner)? {
        return Ok(false);
    }
    match body.name.as_str() {
        "null-body" => Ok(file.bytes().is_empty()),
        name if name == wanted_body => Ok(incoming.compare(file.bytes()).await? == Compared::Same),
        _ => Err(ScanTrouble::Garbage),
    }
}

/// The HTTP answer inside is still the one that we sent.
fn keeps_status(parts: &[Part], inner: &[u8]) -> Result<bool, ScanTrouble> {
    let Some(at) = parts.iter().position(|part| part.name == "res-hdr") else { return Ok(true) };
    let start = parts.get(at).map_or(0, |part| part.offset);
    let end = parts.get(at.saturating_add(1)).map_or(inner.len(), |part| part.offset);
    let head = Head::read(inner.get(start..end).unwrap_or_default(), "HTTP/1.")?;
    Ok(head.status == 200)
}

/// What fields of the head say.
fn finding(head: &Head) -> Option<ScannerAnswer> {
    let infection = head.field("x-infection-found");
    let mut names: Vec<&str> = infection.map(threat).into_iter().collect();
    if let Some(violations) = head.field("x-violations-found") {
        names.extend(threats(violations));
    }
    for field in NAMING {
        let value = head.field(field).filter(|value| !NOTHING.contains(&value.to_ascii_lowercase().as_str()));
        names.extend(value);
    }
    if names.is_empty() {
        return None;
    }
    // Type 0 is a virus; 1 breaks a rule for mail, 2 is a container that could not be opened.
    let is_virus = infection.is_none_or(|value| parameter(value, "type").is_none_or(|kind| kind == "0"));
    Some(if is_virus { ScannerAnswer::infected(names) } else { ScannerAnswer::suspicious(names) })
}

fn threat(infection: &str) -> &str {
    parameter(infection, "threat").unwrap_or(infection)
}

fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    let pairs = value.split([';', '\n']).filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (key.trim(), value.trim())).find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v)
}

/// A count, then so many groups of lines; the second line of a group is the threat.
fn threats(violations: &str) -> Vec<&str> {
    let mut lines = violations.lines().map(str::trim);
    let count = lines.next().unwrap_or_default();
    if NOTHING.contains(&count) {
        return Vec::new();
    }
    let lines: Vec<&str> = lines.collect();
    let named: Vec<&str> = lines.chunks(VIOLATION_LINES).filter_map(|group| group.get(1).copied()).collect();
    // There is something, whatever it is called.
    if named.is_empty() { vec!["violation"] } else { named }
}
