//! `postern init`: asks, probes, writes `postern.toml` and the settings folder, and says what comes next.

use std::io::{IsTerminal as _, Write as _};
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
    recipient: Address,
    hostname: String,
}

pub(crate) fn run(global: &Global, arguments: &Arguments) -> Result<u8, Fault> {
    let answers = answers(arguments)?;
    let files = files(arguments, &answers);
    if let Some((existing, _)) = files.iter().find(|(file, _)| file.exists() && !arguments.force) {
        let message = format!("{} exists already", existing.display());
        return Err(Fault::usage(message, "remove it, choose another --folder, or say --force"));
    }
    let probed = if arguments.no_probe { "not probed".to_owned() } else { probe(&answers)? };
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

fn answers(arguments: &Arguments) -> Result<Answers, Fault> {
    let domain = ask(arguments.domain.as_deref(), "--domain", "Domain to protect (corp.example)")?;
    let domain = Domain::parse(&domain)
        .map_err(|_| Fault::usage(format!("{domain:?} is no domain name"), "for instance corp.example"))?;
    let next_hop =
        ask(arguments.next_hop.as_deref(), "--next-hop", "Mail server behind the gateway (host or host:port)")?;
    let next_hop = HostPort::parse(&next_hop).map_err(|error| Fault::usage(error.to_string(), ""))?;
    let recipient = ask(arguments.recipient.as_deref(), "--recipient", "An address that exists there")?;
    let recipient = if recipient.contains('@') { recipient } else { format!("{recipient}@{domain}") };
    let recipient = Address::parse(&recipient).map_err(|error| Fault::usage(format!("{recipient:?}: {error}"), ""))?;
    if recipient.domain() != &domain {
        return Err(Fault::usage(
            format!("{recipient} is not in {domain}"),
            "name an address of the domain to protect",
        ));
    }
    let hostname = match &arguments.hostname {
        Some(name) => name.clone(),
        None => config::defaults().map(|config| config.values.hostname).unwrap_or_else(|_| "localhost".to_owned()),
    };
    if Domain::parse(&hostname).is_err() {
        return Err(Fault::usage(format!("{hostname:?} is no host name"), "for instance gw.corp.example"));
    }
    Ok(Answers { domain, next_hop, recipient, hostname })
}

// A flag, or the answer of a person; a script that gave neither is told which flag is missing.
fn ask(given: Option<&str>, flag: &str, question: &str) -> Result<String, Fault> {
    if let Some(given) = given {
        return Ok(given.trim().to_owned());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Fault::usage(format!("{flag} is missing"), "on a terminal `postern init` asks instead"));
    }
    let mut err = anstream::stderr();
    let failed = |error: std::io::Error| Fault::unavailable(format!("the terminal: {error}"), "");
    write!(err, "{question}: ").and_then(|()| err.flush()).map_err(failed)?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(failed)?;
    match line.trim() {
        "" => Err(Fault::usage("no answer, nothing was written", "")),
        answer => Ok(answer.to_owned()),
    }
}

fn probe(answers: &Answers) -> Result<String, Fault> {
    let failed =
        |error: &dyn std::fmt::Display| Fault::unavailable(error.to_string(), "--no-probe writes without asking");
    let config = config::defaults().map_err(|error| failed(&error))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| failed(&error))?;
    let _entered = runtime.enter();
    let dns = Arc::new(crate::resolver(&config).map_err(|error| failed(&error))?);
    let probe = Probe::new(dns, answers.hostname.clone());
    let route = Route::Hosts(vec![answers.next_hop.clone()]);
    match runtime.block_on(probe.recipient(&route, &answers.recipient, &ReversePath::Null)) {
        Probed::Accepted => Ok(format!("{} takes mail for {}", answers.next_hop, answers.recipient)),
        Probed::Refused(reply) => Err(Fault::unavailable(
            format!("{} refuses {}: {reply}", answers.next_hop, answers.recipient),
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
        "# Postern. All options with their defaults: postern config default\n\
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
         # key = \"/etc/postern/key.pem\"\n"
    );
    let domains = format!(
        "# Domains that we relay for. `recipients`: a list, \"ask\" (the next hop is asked at RCPT), or \"any\".\n\
         [[domain]]\nname = \"{domain}\"\nnext_hop = [\"{next_hop}\"]\nrecipients = \"ask\"\npolicy = \"standard\"\n"
    );
    let standard = policy::builtin::builtin("standard").unwrap_or_default().to_owned();
    let settings = arguments.folder.join("settings");
    vec![
        (arguments.folder.join("postern.toml"), config),
        (settings.join("domains.toml"), domains),
        (settings.join("policy").join("standard.toml"), standard),
    ]
}

fn next_steps(config: &Path, answers: &Answers) -> String {
    let config = config.display();
    format!(
        "\nNext:\n\
         1. postern config check --config {config}\n      checks everything, changes nothing\n\
         2. postern serve --config {config}\n      starts the gateway; undo: Ctrl-C (what it accepted stays in the queue)\n\
         3. swaks --server 127.0.0.1 --to {}\n      sends a first message; `postern trace search --config {config}` shows it\n\
         \nOnly then point the MX record of {} here, with a TTL of 300 s beforehand; undo: point it back.\n",
        answers.recipient, answers.domain
    )
}
