//! `postern config`: print and check.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use net::clock::{Clock, SystemClock};
use serde_json::json;

use super::output::{print, print_json};
use super::{Global, configuration};
use crate::config::{self, AsTyped, Config, Origin, ScannerAsTyped as Scanner};
use crate::control::protocol::{Fault, exit};
use crate::gateway::Pem;
use crate::privileges;
use crate::scanners::{self, Means};
use crate::settings::{self, Settings};
use crate::signatures::Occasion;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print all options with their meanings and default values
    Default,
    /// Check configuration and settings whole, as start and reload do
    Check,
    /// Print the configuration in force, and mark what is not the default
    Show,
}

pub(crate) fn run(global: &Global, command: &Command) -> Result<u8, Fault> {
    let unprintable =
        |error: &dyn std::fmt::Display| Fault::unavailable(format!("the configuration does not print: {error}"), "");
    let json = |values: &AsTyped| serde_json::to_value(values).map_err(|error| unprintable(&error));
    match command {
        Command::Default if global.json => print_json(&json(&AsTyped::default())?),
        Command::Default => print(&config::print_default().map_err(|error| unprintable(&error))?),
        Command::Show if global.json => print_json(&json(&configuration(global)?.values)?),
        Command::Show => print(&config::print_in_force(&configuration(global)?).map_err(|error| unprintable(&error))?),
        Command::Check => check(global)?,
    }
    Ok(exit::OK)
}

// What start and reload try with these files, but for the ports.
fn check(global: &Global) -> Result<(), Fault> {
    let config = configuration(global)?;
    let mut settings = settings::in_force(&config)?;
    Pem::of_files(&config)?.as_ref().map_or(Ok(()), Pem::check)?;
    let signatures = crate::signatures::load(&config.values.signatures, &[], Occasion::Change)?;
    settings.files.extend(signatures.files.iter().cloned());
    settings.warnings.extend(signatures.notes.iter().cloned());
    let account_warnings = check_account(&config, &settings)?;
    settings.warnings.extend(account_warnings.into_iter().chain(open_tokens(&config)));
    let (outside, silent) = probe(&config)?;
    settings.warnings.extend(silent);
    if settings.domains.all().is_empty() {
        settings.warnings.push("no domain is configured: all mail from the Internet gets 451".to_owned());
    }
    let names: Vec<&str> = settings.in_force.policies.by_name.keys().map(String::as_str).collect();
    let domains = settings.domains.all().len();
    if global.json {
        let files: Vec<String> = read(&config, &settings).iter().map(|file| file.display().to_string()).collect();
        print_json(&json!({
            "domains": domains, "policies": names.len(), "files": files, "warnings": settings.warnings,
            "outside": outside, "signatures": signatures.shown(),
        }));
        return Ok(());
    }
    for warning in &settings.warnings {
        print(&format!("warning: {warning}\n"));
    }
    for file in read(&config, &settings) {
        print(&format!("read: {}\n", file.display()));
    }
    for line in &outside {
        print(&format!("{line}\n"));
    }
    let without = match config.origin {
        Origin::File(_) => "",
        Origin::Defaults | Origin::Trial => "No configuration file was found; the embedded defaults are good. ",
    };
    let counted = |count: usize, one: &str, more: &str| format!("{count} {}", if count == 1 { one } else { more });
    print(&format!(
        "{without}Good: {}, {} ({}), {}.\n",
        counted(domains, "domain", "domains"),
        counted(names.len(), "policy", "policies"),
        names.join(", "),
        signatures.counted(),
    ));
    Ok(())
}

// What outside scanners and the reader of pictures say, and who says nothing. One that is down is no mistake of the file.
fn probe(config: &Config) -> Result<(Vec<String>, Vec<String>), Fault> {
    if config.values.scanner.is_empty() && !config.values.ocr.enabled {
        return Ok((Vec::new(), Vec::new()));
    }
    let failed = |error: &dyn std::fmt::Display| Fault::unavailable(error.to_string(), "");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| failed(&error))?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let said = runtime.block_on(async {
        let dns = crate::resolver(config).map_err(|error| failed(&error))?;
        Ok::<_, Fault>(scanners::probe(config, &Means { dns: &dns, clock: &clock }).await?)
    })?;
    let (mut answers, mut silent) = (Vec::new(), Vec::new());
    for one in said {
        match one {
            Ok(line) => answers.push(line),
            Err(line) => silent.push(line),
        }
    }
    Ok((answers, silent))
}

fn read(config: &Config, settings: &Settings) -> Vec<PathBuf> {
    let file = match &config.origin {
        Origin::File(file) => Some(file.clone()),
        Origin::Defaults | Origin::Trial => None,
    };
    file.into_iter().chain(settings.files.iter().cloned()).collect()
}

// Only root becomes the user of the configuration, and only root's look is not his.
fn check_account(config: &Config, settings: &Settings) -> Result<Vec<String>, Fault> {
    if !privileges::is_root() {
        return Ok(Vec::new());
    }
    let user = &config.values.process.user;
    let account = match privileges::account(user) {
        // Just written by `postern init`, perhaps on another machine than the one that will run it.
        Err(error) if *user == AsTyped::default().process.user => {
            let fault = Fault::from(error);
            return Ok(vec![format!("{}, and Postern started by root would not start: {}", fault.message, fault.hint)]);
        }
        account => account?,
    };
    let tls = [&config.values.tls.certificate, &config.values.tls.key].into_iter().flatten().cloned();
    let scanners = config.values.scanner.iter();
    let of_scanners = scanners.flat_map(|scanner| [&scanner.ca_file, &scanner.token_file]).flatten().cloned();
    let unreadable = read(config, settings).into_iter().chain(tls).chain(of_scanners);
    let unreadable = unreadable.filter(|file| !privileges::is_readable_by(account, file));
    let unreadable = unreadable
        .map(|file| format!("{} cannot be read by the user {user}: a reload would be refused", file.display()));
    Ok(unreadable.chain(closed_sockets(config, account)).collect())
}

// Root reaches them all; the gateway, which left all groups, may not.
fn closed_sockets(config: &Config, account: privileges::Account) -> impl Iterator<Item = String> {
    let user = &config.values.process.user;
    let sockets = config.values.scanner.iter().filter_map(|Scanner { name, address, .. }| {
        let path = address.strip_prefix("unix:").unwrap_or(address);
        path.starts_with('/').then_some((name, path))
    });
    let closed = sockets.filter(move |(_, path)| !privileges::is_open_to(account, Path::new(path)));
    closed.map(move |(name, address)| {
        format!(
            "scanner {name}: the user {user} may not speak to {address}, and it would count as down: open it \
             (clamd: LocalSocketMode 666) and the folders that lead to it"
        )
    })
}

// Who reads a token may use the service as we do.
fn open_tokens(config: &Config) -> impl Iterator<Item = String> {
    let tokens = config.values.scanner.iter().filter_map(|scanner| scanner.token_file.as_ref());
    let open = tokens.filter(|file| privileges::is_open_to_others(file));
    open.map(|file| format!("{} can be read by others: chmod 400 {}", file.display(), file.display()))
}
