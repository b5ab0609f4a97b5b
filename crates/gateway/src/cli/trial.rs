//! `postern try`: the whole gateway on this machine, shown with some twenty messages.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::output::{self, joined, note, print, text};
use super::serve::bind;
use super::table::{cut, harmless, terminal_columns};
use super::{Global, configuration};
use crate::config::{self, Config, Origin};
use crate::control::handlers::{self, Handlers};
use crate::control::protocol::{Answer, Fault, Request, exit};
use crate::control::server;
use crate::data::Data;
use crate::gateway::{Bound, Gateway};
use crate::settings::{self, Settings};
use crate::trial::samples::{OUR_DOMAIN, OUR_MAILBOXES, Sample};
use crate::trial::{destination, names, samples, sender};
use crate::{logging, privileges};

/// Largest message that the trial takes, bytes: one sample is larger.
const MESSAGE_BYTES_MAX: u64 = 2 * 1024 * 1024;
/// Time for what is under way at the end.
const DRAIN_SECONDS: u64 = 5;
/// Wait for a judgement to be found in the journal.
const FOUND_TIMEOUT: Duration = Duration::from_secs(5);
/// Columns of decision and class.
const WORD_COLUMNS: usize = 11;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Port of the gateway on 127.0.0.1
    #[arg(long, default_value_t = 2525)]
    port: u16,
    /// Rule set: `observe` or `standard`
    #[arg(long, default_value = "standard", value_parser = ["observe", "standard"])]
    policy: String,
    /// End after the samples instead of running until Ctrl-C
    #[arg(long)]
    once: bool,
}

pub(crate) fn run(global: &Global, arguments: &Arguments) -> Result<u8, Fault> {
    let failed = |error: anyhow::Error| Fault::unavailable(format!("{error:#}"), "");
    let mut config = configuration(&Global { config: None, ..global.clone() })
        .or_else(|_| config::defaults().map_err(Fault::from))?;
    config.origin = Origin::Trial;
    config.values.hostname = format!("gateway.{OUR_DOMAIN}");
    config.values.inbound.listen = vec![([127, 0, 0, 1], arguments.port).into()];
    config.values.outbound.listen.clear();
    config.values.http.listen = None;
    config.values.tls = config::TlsAsTyped::default();
    config.values.limits.drain_seconds = DRAIN_SECONDS;
    config.values.limits.message_bytes_max = MESSAGE_BYTES_MAX;
    config.values.log.level = "error".to_owned();
    if let Some(data) = &global.data {
        config.values.data.clone_from(data);
    }
    logging::start(&config.values.log);
    privileges::keep_to_ourselves();
    let bound = bind(&config)?;
    if privileges::is_root() {
        refuse_a_closed_place(&config.values.data)?;
        privileges::give(&config.values.data, privileges::nobody())?;
        privileges::become_account(privileges::nobody())?;
    }
    privileges::lock_down()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| failed(error.into()))?;
    let result = runtime.block_on(show(global, arguments, config, bound));
    runtime.shutdown_background();
    result
}

// Root's home is the usual one: what nobody makes there he could not open.
fn refuse_a_closed_place(data: &Path) -> Result<(), Fault> {
    let Some(closed) = privileges::closed_to(privileges::nobody(), data) else { return Ok(()) };
    let message = format!("the trial runs as nobody, who may not enter {}", closed.display());
    Err(Fault::usage(message, "use --data /var/tmp/postern-try, or another folder that is open to others"))
}

async fn show(global: &Global, arguments: &Arguments, mut config: Config, bound: Bound) -> Result<u8, Fault> {
    let failed = |error: anyhow::Error| Fault::unavailable(format!("{error:#}"), "");
    let io = |error: std::io::Error| failed(error.into());
    let (behind, taken) = destination::start(&OUR_MAILBOXES).await.map_err(io)?;
    config.values.dns.servers = vec![names::start().await.map_err(io)?];
    let settings = site(behind, &arguments.policy)?;
    let data = Data::open(&config.values.data).await?;
    let control = server::bind(&config.values.data).map_err(io)?;
    let dns = crate::resolver(&config).map_err(|error| failed(error.into()))?;
    let sockets = bound.into_sockets().map_err(io)?;
    let folder = config.values.data.clone();
    let gateway = Gateway::assemble(config, settings, None, (data, dns)).await.map_err(failed)?;
    let handlers = gateway.handlers();
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(Arc::clone(&gateway).run(sockets, control, None, stopped));
    let address = SocketAddr::from(([127, 0, 0, 1], arguments.port));
    let samples = samples::all(MESSAGE_BYTES_MAX)?;
    if !global.json {
        note(&format!("The gateway listens on {address} for {OUR_DOMAIN}; {} messages come now.\n", samples.len()));
        head();
    }
    for sample in &samples {
        let reply = sender::send(address, sample).await.map_err(io)?;
        let row = judged(&handlers, sample, &reply).await;
        if global.json { output::print_json(&row) } else { line(&row) }
    }
    if !global.json {
        next_steps(&folder, (!arguments.once).then_some(address), taken.count());
    }
    if !arguments.once {
        // Without signals Ctrl-C ends the program at once, and nothing acknowledged is lost.
        drop(tokio::signal::ctrl_c().await);
    }
    // Whoever does not listen any more has ended already.
    let _ = stop.send(true);
    tokio::select! {
        ended = running => ended.map_err(|error| failed(error.into()))?.map_err(failed)?,
        // A second Ctrl-C waits for nothing.
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(exit::OK)
}

fn site(behind: SocketAddr, policy: &str) -> Result<Settings, Fault> {
    let mailboxes: Vec<String> = OUR_MAILBOXES.iter().map(|address| format!("{address:?}")).collect();
    let domains = format!(
        "[[domain]]\nname = \"{OUR_DOMAIN}\"\nnext_hop = [\"{behind}\"]\nrecipients = [{}]\npolicy = \"standard\"\n",
        mailboxes.join(", ")
    );
    Ok(settings::from_text(&domains, policy)?)
}

// The trace of the message that this reply names.
async fn judged(handlers: &Handlers, sample: &Sample, reply: &str) -> Value {
    let mut row = json!({
        "what": sample.what, "from": decoded(&sample.from), "subject": decoded(&sample.subject),
        "class": "-", "decision": "refused", "reasons": [reply.lines().last().unwrap_or("")], "reply": reply,
    });
    let Some(reference) = reply.rsplit("(ref ").next().and_then(|rest| rest.split(')').next()) else { return row };
    let asked = handlers::answer(handlers, Request::TraceShow { id: reference.to_owned() }, "");
    let Ok(Answer::Done(trace)) = tokio::time::timeout(FOUND_TIMEOUT, asked).await else { return row };
    let judged = trace.get("judged").and_then(Value::as_array).and_then(|all| all.first()).cloned();
    if let (Some(judged), Some(fields)) = (judged, row.as_object_mut()) {
        let reasons: Vec<Value> = judged
            .get("reasons")
            .and_then(Value::as_array)
            .map(|all| all.iter().take(2).filter_map(|reason| reason.get("detail").cloned()).collect())
            .unwrap_or_default();
        let actions = judged.pointer("/rulings/0").map(|ruling| joined(ruling, "actions", ", ")).unwrap_or_default();
        fields.insert("class".into(), text(&judged, "class").into());
        fields.insert("decision".into(), actions.into());
        fields.insert("reasons".into(), reasons.into());
    }
    row
}

fn decoded(text: &str) -> String {
    let message = mail::message::Message::parse(format!("Subject: {text}\r\n\r\n").into());
    message.subject()
}

fn head() {
    let bold = anstyle::Style::new().bold();
    print(&format!("{bold}{:<28}  {:<24}  {:<WORD_COLUMNS$}  {}{bold:#}\n", "FROM", "SUBJECT", "CLASS", "DECISION"));
}

// Two lines a message: what it is and what is done, then why.
fn line(row: &Value) {
    let columns = terminal_columns();
    let from = cut(&harmless(text(row, "from")), 28);
    let subject = cut(&harmless(text(row, "subject")), 24);
    let pad = |text: &str, width: usize| " ".repeat(width.saturating_sub(unicode_width::UnicodeWidthStr::width(text)));
    let (class, decision) = (text(row, "class"), text(row, "decision"));
    let style = style_of(decision);
    print(&format!(
        "{from}{}  {subject}{}  {class:<WORD_COLUMNS$}  {style}{decision}{style:#}\n",
        pad(&from, 28),
        pad(&subject, 24)
    ));
    for reason in row.get("reasons").and_then(Value::as_array).map_or(&[][..], Vec::as_slice) {
        let reason = harmless(reason.as_str().unwrap_or(""));
        let dim = anstyle::Style::new().dimmed();
        print(&format!("    {dim}{}{dim:#}\n", cut(&reason, columns.saturating_sub(4))));
    }
}

fn style_of(decision: &str) -> anstyle::Style {
    use anstyle::AnsiColor::{Green, Magenta, Red, Yellow};
    let colour = match decision.split(',').next().unwrap_or("") {
        "deliver" => Green,
        "quarantine" | "hold" | "defer" => Yellow,
        "tag" | "junk" | "disarm" | "remove" | "rebuild" => Magenta,
        _ => Red,
    };
    anstyle::Style::new().fg_color(Some(colour.into()))
}

// `address`: where it goes on to listen, if it does.
fn next_steps(folder: &Path, address: Option<SocketAddr>, delivered: u64) {
    let data = folder.display();
    let (send, end) = match address {
        Some(address) => (
            format!("\n  swaks --server {address} --from you@partner.example --to bob@{OUR_DOMAIN}"),
            "The gateway runs until Ctrl-C.",
        ),
        None => (String::new(), "The gateway has ended; what it kept can still be looked at."),
    };
    note(&format!(
        "\n{delivered} messages reached the mail server behind. Quarantine and trace are in {data}. Next:\n\
         \n  postern quarantine list --data {data}\
         \n  postern trace search --data {data}\
         \n  postern quarantine release ID --data {data}\
         \n  postern replay --data {data}{send}\
         \n\n{end} For your own domain: postern init"
    ));
}
