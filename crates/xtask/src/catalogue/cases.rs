//! The message cases of a test catalogue (`cases.toml` beside `*.eml`) against `postern scan --batch --content`: each needs its
//! verdict and the findings that it names, and may have no effect that it forbids ([`never`]). Their names are those of the
//! catalogue; the tables here say what Postern calls them.

mod never;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use testkit::daemon::Setup;
use testkit::dns::TestDns;

use crate::command::command;

/// What shows a finding: evidence of one of these names.
const EVIDENCE: &[(&str, &[&str])] = &[
    ("malware", &["signature_malware", "eicar", "executable_attachment"]),
    ("mime_ambiguous", &["mime_ambiguous"]),
    ("mime_malformed", &["malformed_mime", "mime_ambiguous"]),
    ("message_partial", &["partial_message"]),
    ("external_body", &["partial_message"]),
    ("filename_conflict", &["name_conflict"]),
    ("filename_bidi", &["disguised_name"]),
    ("names_sanitised", &["path_name"]),
    ("type_mismatch", &["type_conflict"]),
    ("depth_limit", &["unscannable"]),
    ("part_limit", &["unscannable"]),
    ("unscannable", &["unscannable"]),
    ("archive_inconsistent", &["archive_ambiguous"]),
    ("archive_bomb", &["archive_bomb"]),
    ("archive_encrypted", &["encrypted_archive"]),
    ("xml_dtd_refused", &["xml_dtd"]),
    ("ooxml_remote_template", &["remote_template"]),
    ("html_smuggling", &["html_smuggling"]),
    ("svg_active_content", &["script_attachment"]),
    ("from_malformed", &["malformed_from", "multiple_from"]),
    ("display_name_spoof", &["display_name_address"]),
    ("bidi_in_header", &["disguised_header"]),
    ("dmarc_fail", &["dmarc_fail"]),
    ("arc_fail", &["arc_fail"]),
    ("dkim_l_tag_ignored_or_fail", &["dkim_partial_body", "dkim_fail"]),
    ("url_text_mismatch", &["link_text_mismatch"]),
    ("ssrf_target_flagged", &["inside_link"]),
];

/// What shows a finding in the content, as [`is_in_content`] takes it. The place behind a wrapped link is written nowhere else in
/// its case: it stands there because the link was read.
const CONTENT: &[(&str, &str, &str)] = &[("wrapped_unwrapped", "url", "http://evil.example/wrapped")];

/// Findings of rooms that have an issue of their own, with the reason why they are left out here.
const LATER: &[(&str, &str)] = &[
    ("own_rewrite_forged_flagged", "links are not rewritten yet"),
    ("forged_ar_removed", "shown by `gateway relay::forged_results_of_ours_are_removed`: a scan delivers nothing"),
];

/// What the domains of the cases publish: the gateway's own refuses what it does not sign, the sender names its server.
const ZONE: &str = "
corp.example TXT \"v=spf1 -all\"
_dmarc.corp.example TXT \"v=DMARC1; p=reject\"
sender.example TXT \"v=spf1 ip4:192.0.2.10 -all\"
mail.sender.example A 192.0.2.10
@192.0.2.10 PTR mail.sender.example
";

/// Families that this release answers for.
const FAMILIES: [&str; 5] = ["mime", "arc", "url", "auth", "web"];

/// Runs every case of those families in a folder; fails if any has the wrong verdict or lacks a finding.
pub(crate) fn run(folder: &Path, postern: &Path) -> Result<()> {
    let text = std::fs::read_to_string(folder.join("cases.toml")).context("cases.toml")?;
    let table: toml::Table = text.parse().context("cases.toml")?;
    let cases: Vec<&toml::Table> = table
        .get("case")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_table)
        .filter(|case| is_ours(word(case, "id")) && word(case, "file").ends_with(".eml"))
        .collect();
    ensure!(!cases.is_empty(), "no message case of {FAMILIES:?} in {}", folder.display());
    let runtime = tokio::runtime::Runtime::new()?;
    let dns = runtime.block_on(TestDns::start_text(ZONE));
    let results = scan(folder, &cases, postern, dns.address)?;
    let mut wrong = 0_usize;
    for (case, result) in cases.iter().zip(&results) {
        let faults = faults(case, result);
        wrong += usize::from(!faults.is_empty());
        let class = result.get("class").and_then(Value::as_str).unwrap_or("-");
        let decision = result.get("decision").and_then(Value::as_str).unwrap_or("-");
        let mut note = if faults.is_empty() { "right".to_owned() } else { faults.join("; ") };
        let left_out = left_out(case);
        if !left_out.is_empty() {
            note.push_str(&format!(", left out: {}", left_out.join(", ")));
        }
        println!("{:<32} {class:<12} {decision:<11} {note}", word(case, "id"));
    }
    for (name, why) in LATER {
        println!("left out: {name} ({why})");
    }
    never::elsewhere().for_each(|line| println!("{line}"));
    println!("{} of {} cases right", cases.len() - wrong, cases.len());
    if wrong > 0 {
        bail!("{wrong} cases are wrong");
    }
    Ok(())
}

/// Tests that show what a scan cannot, by package and name.
pub(super) fn cited() -> impl Iterator<Item = (&'static str, &'static str)> {
    never::cited()
}

fn is_ours(id: &str) -> bool {
    id.split('-').next().is_some_and(|family| FAMILIES.contains(&family))
}

fn word<'a>(case: &'a toml::Table, key: &str) -> &'a str {
    case.get(key).and_then(toml::Value::as_str).unwrap_or_default()
}

fn words<'a>(case: &'a toml::Table, key: &str) -> impl Iterator<Item = &'a str> {
    case.get(key).and_then(toml::Value::as_array).into_iter().flatten().filter_map(toml::Value::as_str)
}

/// What nobody looks for in the result of a case: its findings of another room, and what is never to happen there.
fn left_out(case: &toml::Table) -> Vec<&str> {
    let is_later = |finding: &&str| LATER.iter().any(|(later, _)| later == finding);
    let not_yet = |word: &&str| matches!(never::seen(word), Some(never::Seen::Later(_)));
    words(case, "find").filter(is_later).chain(words(case, "never").filter(not_yet)).collect()
}

/// All cases in one run of the program, as the gateway of `corp.example` sees them; results in their order.
fn scan(folder: &Path, cases: &[&toml::Table], postern: &Path, dns: SocketAddr) -> Result<Vec<Value>> {
    let site = tempfile::tempdir()?;
    Setup::new(SocketAddr::new(dns.ip(), 25), "standard").with_dns(dns).write(site.path());
    let mut child = command(postern)
        .arg("--config")
        .arg(site.path().join("postern.toml"))
        .args(["scan", "--batch", "--content", "--yara"])
        .arg(folder.join("segtest.yar"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", postern.display()))?;
    let mut lines = String::new();
    for case in cases {
        let line = json!({
            "file": folder.join(word(case, "file")), "client_ip": "192.0.2.10", "helo": "mail.sender.example",
            "mail_from": "alice@sender.example", "rcpt_to": ["bob@corp.example"],
        });
        lines.push_str(&format!("{line}\n"));
    }
    child.stdin.take().context("standard input")?.write_all(lines.as_bytes())?;
    let output = child.wait_with_output()?;
    let results = String::from_utf8_lossy(&output.stdout);
    let results: Vec<Value> = results.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    ensure!(results.len() == cases.len(), "{} results for {} cases", results.len(), cases.len());
    Ok(results)
}

/// What is wrong with a result, in words.
fn faults(case: &toml::Table, result: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let decision = result.get("decision").and_then(Value::as_str).unwrap_or("none");
    let is_stopped = ["quarantine", "reject", "discard", "hold"].contains(&decision);
    if (word(case, "verdict") == "deliver") == is_stopped {
        faults.push(format!("asks for {}", word(case, "verdict")));
    }
    if result.get("class").is_none() {
        faults.push("was not judged".to_owned());
    }
    faults.extend(words(case, "find").filter(|finding| !is_found(finding, result)).map(|one| format!("lacks {one}")));
    faults.extend(words(case, "never").filter_map(|word| never::fault(word, (result, is_stopped))));
    faults
}

/// `a_or_b` is either; `file:NAME`, `url:TARGET`, `url_host:HOST`, `magic:KIND` and `blocked_extension:EXT` are asked of the content.
fn is_found(finding: &str, result: &Value) -> bool {
    if LATER.iter().any(|(later, _)| *later == finding) {
        return true;
    }
    if let Some((kind, value)) = finding.split_once(':') {
        return is_in_content(kind, value, result);
    }
    if let Some((_, kind, value)) = CONTENT.iter().find(|(own, ..)| *own == finding) {
        return is_in_content(kind, value, result);
    }
    if let Some((_, names)) = EVIDENCE.iter().find(|(own, _)| *own == finding) {
        return has_evidence(names, result);
    }
    if let Some(first) = finding.strip_suffix("_if_password_tried") {
        return is_found(first, result);
    }
    finding.split("_or_").any(|one| EVIDENCE.iter().any(|(own, names)| *own == one && has_evidence(names, result)))
}

fn has_evidence(names: &[&str], result: &Value) -> bool {
    let reasons = result.get("reasons").and_then(Value::as_array).into_iter().flatten();
    let mut ids = reasons.filter_map(|reason| reason.get("id").and_then(Value::as_str));
    ids.any(|id| names.contains(&id))
}

fn is_in_content(kind: &str, value: &str, result: &Value) -> bool {
    let items = result.get("content").and_then(|content| content.get("items")).and_then(Value::as_array);
    let mut items = items.into_iter().flatten();
    let texts = |item: &Value, list: &str, member: Option<&str>| -> Vec<String> {
        let list = item.get(list).and_then(Value::as_array).into_iter().flatten();
        let text =
            |one: &Value| member.map_or(Some(one), |member| one.get(member)).and_then(Value::as_str).map(str::to_owned);
        list.filter_map(text).collect()
    };
    let type_of = |item: &Value| item.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    items.any(|item| match kind {
        "file" => texts(item, "names", None).iter().any(|name| name == value),
        "blocked_extension" => {
            let ends = |name: &String| name.trim_end_matches(['.', ' ']).to_lowercase().ends_with(&format!(".{value}"));
            texts(item, "names", None).iter().any(ends) || (value == "exe" && type_of(item) == "exe")
        }
        "url" => texts(item, "links", Some("target")).iter().any(|target| same_url(target, value)),
        "url_host" => texts(item, "links", Some("host")).iter().any(|host| host == value),
        "magic" => type_of(item) == if value == "pe" { "exe" } else { value },
        _ => false,
    })
}

/// An address in the catalogue is normal, one in the content as written: a number for an address is the same host.
fn same_url(target: &str, value: &str) -> bool {
    let normal = |text: &str| mail::links::normal(text).map(|link| (link.host, link.path));
    target == value || (normal(value).is_some() && normal(target) == normal(value))
}
