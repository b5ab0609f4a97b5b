//! `postern init`: asks, probes, writes `postern.toml` and the settings folder, and says what comes next.

mod questions;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use mail::address::{Address, Domain, ReversePath};
use queue::probe::{Probe, Probed};
use queue::route::{HostPort, Route};
use serde_json::json;

use super::Global;
use super::output::{note, print, print_json};
use crate::config;
use crate::control::protocol::{Fault, exit};
use questions::Questions;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Domain to protect, for instance corp.example
    #[arg(long)]
    domain: Option<String>,
    /// Mail server behind the gateway, host or host:port
    #[arg(long, value_name = "HOST:PORT")]
    next_hop: Option<String>,
    /// An address that exists there, for the probe
    #[arg(long, value_name = "ADDRESS")]
    recipient: Option<String>,
    /// Name of this gateway in mail; by default the name of this host
    #[arg(long)]
    hostname: Option<String>,
    /// Folder to write into
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// Write even if the probe fails
    #[arg(long)]
    no_probe: bool,
    /// Replace files that exist
    #[arg(long)]
    force: bool,
}

/// What was answered, checked.
struct Answers {
    domain: Domain,
    next_hop: HostPort,
    /// For the probe; none where none is wanted.
    recipient: Option<Address>,
    hostname: String,
}

pub(crate) fn run(global: &Global, arguments: &Arguments) -> Result<u8, Fault> {
    refuse_to_overwrite(arguments)?;
    let mut questions = Questions::of_standard_input();
    let mut answers = answers(arguments, &mut questions)?;
    let probed = probe_or_ask(arguments, &mut answers, &mut questions, &mut probe)?;
    let files = files(arguments, &answers);
    for (file, text) in &files {
        store::whole::write_whole(file, text.as_bytes()).map_err(|error| {
            Fault::unavailable(format!("{}: {error}", file.display()), "may this user write there?")
        })?;
    }
    let config = files.first().map(|(file, _)| file.clone()).unwrap_or_default();
    config::load(&config).map_err(|error| Fault::usage(format!("{}: {}", error.place, error.reason), error.hint))?;
    let written: Vec<String> = files.iter().map(|(file, _)| file.display().to_string()).collect();
    if global.json {
        print_json(&json!({ "written": written, "probe": probed }));
    } else {
        note(&format!("Probe: {probed}"));
        print(&format!("Written: {}\n{}", written.join(", "), next_steps(&config, &answers)));
    }
    Ok(exit::OK)
}

// Before anything is asked: no answer should have been given for nothing.
fn refuse_to_overwrite(arguments: &Arguments) -> Result<(), Fault> {
    let existing = places(&arguments.folder).into_iter().find(|file| file.exists() && !arguments.force);
    existing.map_or(Ok(()), |file| {
        let message = format!("{} exists already", file.display());
        Err(Fault::usage(message, "remove it, choose another --folder, or say --force"))
    })
}

fn answers(arguments: &Arguments, questions: &mut Questions) -> Result<Answers, Fault> {
    let given = arguments.domain.as_deref();
    let domain = questions.ask(("--domain", "Domain to protect (corp.example)"), given, None, read_domain)?;
    let given = arguments.next_hop.as_deref();
    let question = ("--next-hop", "Mail server behind the gateway (host or host:port)");
    let next_hop = questions.ask(question, given, None, |text| {
        HostPort::parse(text).map_err(|error| Fault::usage(error.to_string(), ""))
    })?;
    let given = arguments.recipient.as_deref();
    let recipient = match given {
        None if arguments.no_probe => None,
        given => {
            let question = ("--recipient", "An address that exists there, for the probe");
            Some(questions.ask(question, given, None, |text| read_recipient(text, &domain))?)
        }
    };
    let own = config::defaults().map_or_else(|_| "localhost".to_owned(), |config| config.values.hostname);
    let hostname = match arguments.hostname.as_deref() {
        // A script that says nothing takes the name of this host, as ever.
        None if !questions.were_asked => own,
        given => questions.ask(("--hostname", "Name of this gateway in mail"), given, Some(&own), read_hostname)?,
    };
    Ok(Answers { domain, next_hop, recipient, hostname })
}

fn read_domain(text: &str) -> Result<Domain, Fault> {
    let wrong = || Fault::usage(format!("{text:?} is no domain name"), "for instance corp.example");
    let domain = Domain::parse(text).map_err(|_| wrong())?;
    // Names with an underscore or without a dot exist in DNS; nobody gets mail there from the Internet.
    let is_usual = text.contains('.') && !text.contains('_') && !domain.is_literal();
    if is_usual { Ok(domain) } else { Err(wrong()) }
}

fn read_recipient(text: &str, domain: &Domain) -> Result<Address, Fault> {
    let whole = if text.contains('@') { text.to_owned() } else { format!("{text}@{domain}") };
    let recipient = Address::parse(&whole).map_err(|error| Fault::usage(format!("{whole:?}: {error}"), ""))?;
    if recipient.domain() == domain {
        return Ok(recipient);
    }
    Err(Fault::usage(format!("{recipient} is not in {domain}"), "name an address of the domain to protect"))
}

fn read_hostname(text: &str) -> Result<String, Fault> {
    match Domain::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(Fault::usage(format!("{text:?} is no host name"), "for instance gw.corp.example")),
    }
}

/// What a probe says of the answers.
type Probing<'p> = &'p mut dyn FnMut(&Answers, &Address) -> Result<String, Fault>;

// A person may answer a failed probe with another address; a script is told.
fn probe_or_ask(
    arguments: &Arguments,
    answers: &mut Answers,
    questions: &mut Questions,
    probing: Probing<'_>,
) -> Result<String, Fault> {
    while let Some(recipient) = answers.recipient.clone()
        && !arguments.no_probe
    {
        let fault = match probing(answers, &recipient) {
            Ok(said) => return Ok(said),
            Err(fault) => fault,
        };
        if !questions.can_ask {
            return Err(fault);
        }
        note(&format!("  {}", fault.message));
        let domain = answers.domain.clone();
        let question = ("--recipient", "Another address, [w] to write anyway, or [q] to quit");
        let choice = questions.ask(question, None, None, |text| match text {
            "w" | "q" => Ok(None),
            other => read_recipient(other, &domain).map(Some),
        });
        match (choice?, questions.last.as_str()) {
            (Some(recipient), _) => answers.recipient = Some(recipient),
            (None, "w") => return Ok(format!("failed: {}", fault.message)),
            _ => return Err(Fault::usage("nothing was written", "")),
        }
    }
    Ok("left out".to_owned())
}

fn probe(answers: &Answers, recipient: &Address) -> Result<String, Fault> {
    let failed =
        |error: &dyn std::fmt::Display| Fault::unavailable(error.to_string(), "--no-probe writes without asking");
    let config = config::defaults().map_err(|error| failed(&error))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| failed(&error))?;
    let _entered = runtime.enter();
    let dns = Arc::new(crate::resolver(&config).map_err(|error| failed(&error))?);
    let probe = Probe::new(dns, answers.hostname.clone());
    let route = Route::Hosts(vec![answers.next_hop.clone()]);
    match runtime.block_on(probe.recipient(&route, recipient, &ReversePath::Null)) {
        Probed::Accepted => Ok(format!("{} takes mail for {}", answers.next_hop, recipient)),
        Probed::Refused(reply) => Err(Fault::unavailable(
            format!("{} refuses {}: {reply}", answers.next_hop, recipient),
            "is the address right, and does that server accept mail from this host? --no-probe writes anyway",
        )),
        Probed::CannotTell(why) => Err(Fault::unavailable(
            format!("{} cannot be asked: {why}", answers.next_hop),
            "is the server running and reachable from here? --no-probe writes anyway",
        )),
    }
}

fn files(arguments: &Arguments, answers: &Answers) -> Vec<(PathBuf, String)> {
    let Answers { domain, next_hop, hostname, .. } = answers;
    let config = format!(
        "# Postern. All options, also [ocr] and [signatures], with their defaults: postern config default\n\
         hostname = \"{hostname}\"      # our name in mail\n\
         data = \"postern-data\"        # queue, quarantine, journal\n\
         settings = \"settings\"        # domains and policies\n\
         \n\
         [inbound]\n\
         listen = [\"0.0.0.0:25\", \"[::]:25\"]\n\
         \n\
         # [outbound]                 # mail of your own servers to the world\n\
         # listen = [\"10.0.0.1:2525\"]\n\
         # networks = [\"10.0.0.5/32\"]\n\
         \n\
         # [tls]                      # without it a certificate is made at first start\n\
         # certificate = \"/etc/postern/cert.pem\"\n\
         # key = \"/etc/postern/key.pem\"\n\
         \n\
         # [[scanner]]                # ClamAV; ICAP and sandboxes: docs/admin/operations.md\n\
         # name = \"clamav\"\n\
         # kind = \"clamd\"\n\
         # address = \"/run/clamav/clamd.ctl\"\n"
    );
    let domains = format!(
        "# Domains that we relay for. `recipients`: a list, \"ask\" (the next hop is asked at RCPT), or \"any\".\n\
         [[domain]]\nname = \"{domain}\"\nnext_hop = [\"{next_hop}\"]\nrecipients = \"ask\"\npolicy = \"standard\"\n"
    );
    let standard = policy::builtin::builtin("standard").unwrap_or_default().to_owned();
    places(&arguments.folder).into_iter().zip([config, domains, standard]).collect()
}

fn places(folder: &Path) -> [PathBuf; 3] {
    ["postern.toml", "settings/domains.toml", "settings/policy/standard.toml"].map(|file| folder.join(file))
}

fn next_steps(config: &Path, answers: &Answers) -> String {
    let config = config.display();
    let to = answers.recipient.as_ref().map_or_else(|| format!("you@{}", answers.domain), ToString::to_string);
    format!(
        "\nNext:\n\
         1. postern config check --config {config}\n      checks everything, changes nothing\n\
         2. postern serve --config {config}\n      starts the gateway; undo: Ctrl-C (what it accepted stays in the queue)\n\
         3. swaks --server 127.0.0.1 --to {to}\n      sends a first message; `postern trace search --config {config}` shows it; undo: delete it in the mailbox\n\
         \nOnly then point the MX record of {} here, with a TTL of 300 s beforehand; undo: point it back.\n",
        answers.domain
    )
}

#[cfg(test)]
mod tests;
